"""Exported packages in Chromium: SCORM 1.2 through scorm-again on a bare page, cmi5 against a small LMS."""

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

import pytest
from playwright.sync_api import Page

from lms.core.config import ROOT
from lms.packages.exports import cmi5, scorm12
from tests.packages.test_exports import COURSE, unpacked

pytestmark = pytest.mark.browser
BARE = b"""<!DOCTYPE html><html lang="vi"><title>LMS</title><script src="/scorm12.js"></script><script>
const kept = JSON.parse(sessionStorage.kept || "null");
window.API = new Scorm12API({autocommit: false, logLevel: 5});
if (kept) window.API.loadFromJSON(kept.cmi ? kept.cmi : kept, "cmi");
window.finished = 0;
window.API.on("LMSFinish", () => {
  window.finished += 1;
  sessionStorage.kept = JSON.stringify(window.API.renderCMIToJSONObject());
});
</script><iframe id="unit" title="unit" width="360" height="700"></iframe></html>"""
ACTOR = {"objectType": "Agent", "account": {"homePage": "https://khue.example", "name": "an"}}
REGISTRATION = "6f0b1f4e-5d50-4d7e-9f43-1b1f4e5d504d"
UNIT = f"{COURSE.identifier}/m01-04"


class Lms:
    """A web server that is an LMS: packages, the fetch address and a record store in memory."""

    def __init__(self) -> None:
        self.statements: list[dict[str, Any]] = []
        self.states: dict[str, Any] = {}
        self.fetched = 0
        self.mode = "Normal"
        self.answering = threading.Event()
        self.answering.set()
        self.changed = threading.Condition()
        self.files: dict[str, bytes] = {"bare.html": BARE}
        self.files["scorm12.js"] = (ROOT / "node_modules/scorm-again/dist/scorm12.min.js").read_bytes()
        for folder, write in (("scorm", scorm12.write), ("cmi5", cmi5.write)):
            self.files |= {f"{folder}/{path}": content for path, content in unpacked(write, COURSE).items()}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, self))
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def launch(self) -> str:
        given = {
            "endpoint": f"{self.origin}/xapi",
            "fetch": f"{self.origin}/fetch",
            "actor": json.dumps(ACTOR),
            "registration": REGISTRATION,
            "activityId": UNIT,
        }
        return f"{self.origin}/cmi5/m01-04.html?{urlencode(given)}"

    def verbs(self) -> list[str]:
        return [one["verb"]["id"].rpartition("/")[2] for one in self.statements]

    def wait_for(self, verb: str) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: verb in self.verbs(), timeout=15), self.verbs()


class Handler(BaseHTTPRequestHandler):
    """Answers for Lms."""

    def __init__(self, lms: Lms, *given: Any) -> None:
        self.lms = lms
        super().__init__(*given)

    def log_message(self, *_given: Any) -> None:
        """Say nothing."""

    def answer(self, status: int, body: bytes = b"", kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or b"null")

    def allowed(self) -> bool:
        right = self.headers["Authorization"] == "Basic key" and self.headers["X-Experience-API-Version"] == "1.0.3"
        if not right:
            self.answer(401)
        return right

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        name = unquote(parts.path).lstrip("/")
        if name == "xapi/activities/state":
            if self.allowed():
                self.state(parse_qs(parts.query)["stateId"][0])
        elif name in self.lms.files:
            ends = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
            self.answer(200, self.lms.files[name], ends.get(name.rpartition(".")[2], "text/html; charset=utf-8"))
        else:
            self.answer(404)

    def state(self, name: str) -> None:
        launch = {"launchMode": self.lms.mode, "masteryScore": 0.5, "moveOn": "Passed", "contextTemplate": {}}
        found = launch if name == "LMS.LaunchData" else self.lms.states.get(name)
        self.answer(404) if found is None else self.answer(200, json.dumps(found).encode())

    def do_POST(self) -> None:
        if self.path == "/fetch":
            self.lms.fetched += 1
            self.answer(200, b'{"auth-token": "key"}')
        elif self.allowed():
            self.take(self.body())
            self.answer(200, b"[]")

    def do_PUT(self) -> None:
        if not self.allowed():
            return
        body, parts = self.body(), urlsplit(self.path)
        if parts.path == "/xapi/activities/state":
            self.lms.states[parse_qs(parts.query)["stateId"][0]] = body
        else:
            self.take([body])
            self.lms.answering.wait()
        self.answer(204)

    def take(self, statements: list[dict[str, Any]]) -> None:
        with self.lms.changed:
            for given in statements:
                same = [kept for kept in self.lms.statements if kept["id"] == given["id"]]
                assert same in ([], [given]), "another statement under the same id"
                self.lms.statements += [] if same else [given]
            self.lms.changed.notify_all()


@pytest.fixture
def lms() -> Iterator[Lms]:
    made = Lms()
    yield made
    made.answering.set()
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def page(browser: Any) -> Iterator[Page]:
    made = browser.new_page(viewport={"width": 360, "height": 740})
    yield made
    made.close()


def answer(holder: Any, *, rightly: bool) -> None:
    holder.locator("body[data-ready]").wait_for()
    holder.locator(f"input[type=radio][value={'a' if rightly else 'b'}]").check()
    holder.locator("input[type=text]").fill("hà  nội" if rightly else "Huế")
    holder.get_by_role("button", name="Nộp bài").click()
    holder.locator("#result:not(:empty)").wait_for()


def cmi(page: Page, name: str) -> str:
    return page.evaluate("name => window.API.cmi.core[name] ?? window.API.cmi[name]", name)


def open_unit(page: Page, name: str) -> Any:
    page.evaluate("src => { document.getElementById('unit').src = src; }", f"/scorm/{name}")
    frame = page.frame_locator("#unit")
    frame.locator("body[data-ready]").wait_for()
    return frame


def test_the_scorm_package_scores_and_finishes_through_scorm_again(lms: Lms, page: Page):
    page.goto(f"{lms.origin}/bare.html")
    frame = open_unit(page, "m01-04.html")
    answer(frame, rightly=False)
    page.wait_for_function("window.API.cmi.core.lesson_status === 'failed'")
    frame.get_by_role("button", name="Làm lại").click()
    answer(frame, rightly=True)
    page.wait_for_function("window.API.cmi.core.lesson_status === 'passed'")
    assert page.evaluate("window.API.cmi.core.score.raw") == "100"
    page.evaluate("document.getElementById('unit').src = 'about:blank'")
    page.wait_for_function("window.finished === 1")


def test_answers_of_the_scorm_package_are_there_again(lms: Lms, page: Page):
    page.goto(f"{lms.origin}/bare.html")
    frame = open_unit(page, "m01-04.html")
    frame.locator("input[type=text]").fill("Hà Nội – thủ đô")
    page.evaluate("document.getElementById('unit').src = 'about:blank'")
    page.wait_for_function("window.finished === 1")
    page.reload()
    frame = open_unit(page, "m01-04.html")
    assert frame.locator("input[type=text]").input_value() == "Hà Nội – thủ đô"


def test_a_lesson_of_the_scorm_package_is_completed_and_fits_a_narrow_screen(lms: Lms, page: Page):
    page.goto(f"{lms.origin}/bare.html")
    frame = open_unit(page, "m01-01.html")
    assert cmi(page, "lesson_status") == "incomplete"
    frame.get_by_role("button", name="Đã học xong").click()
    page.wait_for_function("window.API.cmi.core.lesson_status === 'completed'")
    page.goto(f"{lms.origin}/scorm/{quote('m01-01.html')}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_cmi5_package_says_what_it_must_in_order(lms: Lms, page: Page):
    page.goto(lms.launch())
    answer(page, rightly=False)
    page.get_by_role("button", name="Làm lại").click()
    answer(page, rightly=True)
    lms.wait_for("passed")
    page.goto("about:blank")
    lms.wait_for("terminated")
    assert lms.verbs() == ["initialized", "completed", "passed", "terminated"] and lms.fetched == 1
    passed = lms.statements[2]
    assert passed["result"]["score"]["scaled"] == 1 and passed["result"]["success"] is True
    assert passed["context"]["registration"] == REGISTRATION and passed["object"]["id"] == UNIT
    assert len(passed["context"]["contextActivities"]["category"]) == 2


def test_who_leaves_before_passed_is_answered_has_passed_only(lms: Lms, page: Page):
    page.goto(lms.launch())
    answer(page, rightly=False)
    lms.wait_for("completed")
    page.get_by_role("button", name="Làm lại").click()
    lms.answering.clear()
    answer(page, rightly=True)
    lms.wait_for("passed")
    page.goto("about:blank")
    lms.wait_for("terminated")
    assert lms.verbs() == ["initialized", "completed", "passed", "terminated"]


def test_who_fails_is_said_to_have_failed_once_and_resumes(lms: Lms, page: Page):
    page.goto(lms.launch())
    answer(page, rightly=False)
    lms.wait_for("completed")
    page.goto("about:blank")
    lms.wait_for("terminated")
    assert lms.verbs() == ["initialized", "completed", "failed", "terminated"]
    page.goto(lms.launch())
    page.locator("body[data-ready]").wait_for()
    assert page.locator("input[type=text]").input_value() == "Huế"


def test_in_browse_mode_nothing_is_recorded(lms: Lms, page: Page):
    lms.mode = "Browse"
    page.goto(lms.launch())
    answer(page, rightly=True)
    page.goto("about:blank")
    lms.wait_for("terminated")
    assert lms.verbs() == ["initialized", "terminated"] and not lms.states
