"""Courses written here, handed on in every form, and played again in the product."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.api import Api


@pytest.fixture
def exported(visitor: Any, tmp_path: Path) -> Any:
    """``exported(form, quizzes=False)`` downloads the first module of A2.1 as the institution's staff do."""

    def get(form: str, *, quizzes: bool = False) -> Path:
        one = visitor()
        one.sign_in("coso")
        page = one.go("/programmes/A2.1")
        page.get_by_role("link", name="Xuất sang hệ thống khác").click()
        page.select_option("#module", index=1)
        page.check(f"#form-{form}")
        if quizzes:
            page.get_by_label("Kèm bài kiểm tra").check()
        with page.expect_download() as download:
            page.get_by_role("button", name="Xuất", exact=True).click()
        target = tmp_path / download.value.suggested_filename
        download.value.save_as(target)
        return target

    return get


def play(api: Api, visitor: Any, path: Path, *, whole: bool = False) -> tuple[Any, str]:
    version = api.version(api.upload(path))
    registration, launched = api.launch(version, "hv-xuat", whole=whole)
    page = visitor().page
    page.goto(launched["url"])
    return page, registration


def says(address: str, word: str) -> Any:
    return lambda answer: address in answer.url and answer.ok and word in (answer.request.post_data or "")


@pytest.mark.parametrize("form", ["cmi5", "folder"])
def test_an_exported_lesson_is_read_and_counts(api: Api, visitor: Any, exported: Any, form: str) -> None:
    page, registration = play(api, visitor, exported(form))
    with page.expect_response(says("/xapi/statements", "verbs/completed")):
        page.get_by_role("button", name="Đã học xong").click()
    page.goto("about:blank")
    said = api("GET", f"/registrations/{registration}")
    done = [unit for unit in said["units"] if unit["completed_at"]]
    assert len(done) == 1 and done[0]["kind"] == "au"


def test_an_exported_scorm_package_is_read_and_counts(api: Api, visitor: Any, exported: Any) -> None:
    page, registration = play(api, visitor, exported("scorm12"), whole=True)
    frame = page.frame_locator(".stage-scorm iframe")
    with page.expect_response(says("/_khue/commit", '"completed"')):
        frame.get_by_role("button", name="Đã học xong").click()
    page.locator("[aria-current] small").get_by_text("đã xong").wait_for()
    said = api("GET", f"/registrations/{registration}")
    assert [unit["kind"] for unit in said["units"] if unit["completed_at"]] == ["sco"]


def test_an_exported_cartridge_is_taken_and_shown(api: Api, visitor: Any, exported: Any) -> None:
    page, registration = play(api, visitor, exported("cartridge"))
    page.get_by_role("heading", level=1).first.wait_for()
    said = api("GET", f"/registrations/{registration}")
    assert any(unit["completed_at"] for unit in said["units"])


def test_a_quiz_leaves_in_a_cartridge_and_is_passed_where_it_comes_in(api: Api, visitor: Any, exported: Any) -> None:
    version = api.version(api.upload(exported("cartridge", quizzes=True)))
    version["units"] = [one for one in version["units"] if one["kind"] == "au" or not one["launchable"]]
    registration, launched = api.launch(version, "hv-bai-kiem-tra")
    page = visitor().page
    page.goto(launched["url"])
    keys = json.loads(str(page.locator("#keys").text_content()))["questions"]
    assert len(keys) >= 3
    for name, key in keys.items():
        for right in key["right"]:
            page.locator(f'[data-question="{name}"] [value="{right}"]').check()
    with page.expect_response(says("/xapi/statements", "verbs/passed")):
        page.get_by_role("button", name="Nộp bài").click()
    page.goto("about:blank")
    done = [one for one in api("GET", f"/registrations/{registration}")["units"] if one["passed_at"]]
    assert [one["kind"] for one in done] == ["au"]
