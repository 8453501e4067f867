"""H5P content in the running product: shown, answered, kept for the next time."""

from pathlib import Path
from typing import Any

import pytest

from tests.data.h5p import packages
from tests.data.scorm.packages import zipped
from tests.e2e.api import Api
from tests.e2e.test_exports import says


@pytest.fixture
def content(api: Api, visitor: Any, tmp_path: Path) -> Any:
    """``content(files)`` uploads a package; its result opens it for a learner and gives page and registration."""

    def make(files: dict[str, bytes]) -> Any:
        path = tmp_path / "noi-dung.h5p"
        path.write_bytes(zipped(files))
        version = api.version(api.upload(path))
        one = visitor()

        def open_(mode: str = "Normal") -> tuple[Any, str]:
            registration, launched = api.launch(version, "hv-h5p", mode)
            one.page.goto(launched["url"])
            return one.page, registration

        return open_

    return make


def question(page: Any) -> Any:
    return page.frame_locator("iframe.h5p-iframe")


@pytest.mark.parametrize("folder", ["H5P.KhueQuiz-1.2", "H5P.KhueQuiz"])
def test_a_question_is_answered_and_reported(api: Api, content: Any, folder: str) -> None:
    page, registration = content(packages.quiz(folder=folder))()
    button = question(page).get_by_role("button", name="Bộ phận Một cửa")
    assert button.evaluate("one => getComputedStyle(one).color") == "rgb(1, 2, 3)"  # of the library it depends on
    with page.expect_response(says("/xapi/statements", "verbs/completed")):
        button.click()
    (unit,) = [one for one in api("GET", f"/registrations/{registration}")["units"] if one["kind"] == "h5p"]
    assert unit["completed_at"] and unit["passed_at"] and unit["score"] == 1
    said = api("GET", f"/registrations/{registration}/statements")["statements"]
    answered = next(one for one in said if one["verb"]["id"].endswith("/answered"))
    assert answered["result"]["response"] == "0" and answered["object"]["id"] == unit["activity_id"]
    assert answered["context"]["contextActivities"]["category"][0]["id"].startswith("http://h5p.org/libraries/")


def test_an_answer_is_there_the_next_time(content: Any) -> None:
    open_ = content(packages.quiz())
    page, _ = open_()
    question(page).get_by_text("mới").wait_for()
    with page.expect_response(lambda answer: "/activities/state" in answer.url and answer.request.method == "PUT"):
        question(page).get_by_role("button", name="Phòng Văn thư").click()
    page, _ = open_()
    question(page).get_by_text("lại 1").wait_for()


def test_a_wrong_answer_fails(api: Api, content: Any) -> None:
    page, registration = content(packages.quiz())()
    with page.expect_response(says("/xapi/statements", "verbs/completed")):
        question(page).get_by_role("button", name="Phòng Văn thư").click()
    (unit,) = [one for one in api("GET", f"/registrations/{registration}")["units"] if one["kind"] == "h5p"]
    assert unit["failed_at"] and not unit["passed_at"] and unit["score"] == 0


def test_content_that_asks_nothing_is_done_when_its_reader_says_so(api: Api, content: Any) -> None:
    page, registration = content(packages.quiz(asks=False))()
    question(page).get_by_text(packages.QUESTION).wait_for()
    with page.expect_response(says("/xapi/statements", "verbs/completed")):
        page.get_by_role("button", name="Tôi đã xem xong").click()
    page.get_by_text("Đã ghi nhận").wait_for()
    (unit,) = [one for one in api("GET", f"/registrations/{registration}")["units"] if one["kind"] == "h5p"]
    assert unit["completed_at"] and not unit["passed_at"]


def test_looking_around_tells_nothing(content: Any) -> None:
    sent: list[str] = []
    open_ = content(packages.quiz())
    page, _ = open_("Browse")
    page.on("request", lambda request: sent.append(request.url) if request.method in ("POST", "PUT") else None)
    question(page).get_by_role("button", name="Bộ phận Một cửa").click()
    question(page).get_by_text("đã trả lời").wait_for()
    assert sent == []


def test_packages_without_libraries_take_the_installed_ones(
    api: Api, content: Any, visitor: Any, tmp_path: Path
) -> None:
    libraries = tmp_path / "thu-vien.h5p"
    libraries.write_bytes(zipped(packages.library_set()))
    one = visitor()
    one.sign_in("quantri")
    page = one.go("/admin/library")
    page.set_input_files("#h5p-file", libraries)
    page.get_by_role("button", name="Cài đặt", exact=True).click()
    page.get_by_text("Đã cài đặt 2 thư viện").wait_for()
    page, _ = content(packages.quiz(libraries=False))()
    question(page).get_by_role("button", name="Bộ phận Một cửa").wait_for()
