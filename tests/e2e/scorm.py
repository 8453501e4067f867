"""A SCORM package that a learner has open in the running product."""

from typing import Any

from tests.e2e.api import Api

READY = "ab-initio:"
"""What a unit of the samples says when it begins for the first time."""


class Course:
    """A package that a learner has open, in a browser of hers."""

    def __init__(self, api: Api, visitor: Any, version: Any, learner: str) -> None:
        self.api, self.version, self.learner = api, version, learner
        self.one = visitor()
        self.page = self.one.page

    def open(self, mode: str = "Normal") -> Any:
        self.registration, launched = self.api.launch(self.version, self.learner, mode, whole=True)
        self.page.goto(launched["url"])
        return self.page

    @property
    def unit(self) -> Any:
        return self.page.frame_locator(".stage-scorm iframe")

    def said(self) -> Any:
        return self.api("GET", f"/registrations/{self.registration}")

    def state(self, identifier: str) -> Any:
        return next(one for one in self.said()["units"] if one["identifier"] == identifier)

    def current(self) -> str:
        return str(self.page.locator("[aria-current]").get_attribute("data-unit"))

    def choose(self, identifier: str) -> None:
        self.page.locator(f"[data-unit={identifier}]").click()

    def committed(self, act: Any) -> None:
        with self.page.expect_response(lambda answer: answer.url.endswith("/_khue/commit") and answer.status == 200):
            act()


def begun(one: Course, mode: str = "Normal") -> Any:
    one.open(mode)
    one.unit.locator("#state").get_by_text(":").wait_for()
    return one.page.frames[1]


def reopened(one: Course) -> Any:
    one.page.close()
    one.page = one.one.context.new_page()
    return begun(one)
