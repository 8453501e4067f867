"""SCORM's run-time rules in the running product: status, time, errors, ends and beginnings of attempts."""

from typing import Any

import pytest

from tests.data.scorm import packages
from tests.e2e.scorm import READY, begun, reopened


def _changed(files: dict[str, bytes], *changes: tuple[bytes, bytes]) -> dict[str, bytes]:
    manifest = files["imsmanifest.xml"]
    for old, new in changes:
        assert old in manifest
        manifest = manifest.replace(old, new)
    return files | {"imsmanifest.xml": manifest}


_PARTS = b"".join(
    b'<item identifier="%b" identifierref="RES"><title>%b</title></item>' % (name, name) for name in (b"a", b"b")
)


def _two(*, controls: bytes, first: bytes = b"") -> dict[str, bytes]:
    """Return a SCORM 2004 course of the units a and b."""
    parts = _PARTS.replace(b"<title>a</title>", b"<title>a</title>" + first)
    manifest = (
        b'<manifest identifier="m" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" '
        b'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">'
        b"<metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>"
        b'<organizations default="o"><organization identifier="o"><title>Hai</title>' + parts + b"<imsss:sequencing>"
        b"<imsss:controlMode " + controls + b"/></imsss:sequencing></organization></organizations><resources>"
        b'<resource identifier="RES" type="webcontent" adlcp:scormType="sco" href="index.html">'
        b'<file href="index.html"/><file href="sco.js"/></resource></resources></manifest>'
    )
    return {
        "imsmanifest.xml": manifest,
        "index.html": packages.source("index.html"),
        "sco.js": packages.source("sco.js"),
    }


def test_a_unit_that_ends_without_a_status_is_completed(course: Any) -> None:
    one = course(packages.single_12())
    frame = begun(one)
    one.committed(lambda: frame.evaluate("parent.API.LMSFinish('')"))
    assert one.state("ITEM")["completed_at"]


def test_a_unit_that_said_incomplete_stays_so(course: Any) -> None:
    one = course(packages.single_12())
    frame = begun(one)
    frame.evaluate("parent.API.LMSSetValue('cmi.core.lesson_status', 'incomplete')")
    one.committed(lambda: frame.evaluate("parent.API.LMSFinish('')"))
    assert one.state("ITEM")["completed_at"] is None


def test_calls_after_the_end_of_a_12_unit_are_refused_and_change_nothing(course: Any) -> None:
    one = course(packages.single_12())
    frame = begun(one)
    one.committed(lambda: frame.evaluate("parent.API.LMSFinish('')"))
    said = frame.evaluate(
        "() => { const a = parent.API; return [a.LMSSetValue('cmi.core.lesson_location', 'x'), a.LMSGetLastError(),"
        " a.LMSGetValue('cmi.core.lesson_location'), a.LMSGetLastError(), a.LMSCommit(''), a.LMSGetLastError()]; }"
    )
    assert said == ["false", "301", "", "301", "false", "301"]


@pytest.mark.parametrize(
    ("files", "said", "wanted"),
    [
        (
            packages.single_12,
            "const a = parent.API; [a.LMSInitialize(''), a.LMSGetLastError(), a.LMSGetValue('cmi.nope'),"
            " a.LMSGetLastError(), a.LMSSetValue('cmi.core.student_id', 'x'), a.LMSGetLastError(),"
            " a.LMSSetValue('cmi.core.lesson_status', 'xong'), a.LMSGetLastError()]",
            ["101", "401", "403", "405"],
        ),
        (
            packages.third_2004,
            "const a = parent.API_1484_11; [a.Initialize(''), a.GetLastError(), a.GetValue('cmi.nope'),"
            " a.GetLastError(), a.SetValue('cmi.learner_id', 'x'), a.GetLastError(),"
            " a.SetValue('cmi.completion_status', 'xong'), a.GetLastError()]",
            ["103", "401", "404", "406"],
        ),
    ],
)
def test_wrong_calls_get_the_error_codes_of_the_standard(course: Any, files: Any, said: str, wanted: list[str]) -> None:
    frame = begun(course(files()))
    answers = frame.evaluate(said)
    assert answers[1::2] == wanted
    assert [answers[index] for index in (0, 2, 4, 6)] == ["false", "", "false", "false"]


def test_time_adds_up_over_the_sessions(course: Any) -> None:
    one = course(packages.single_12())
    frame = begun(one)
    frame.evaluate("parent.API.LMSSetValue('cmi.core.session_time', '00:10:00')")
    frame.evaluate("parent.API.LMSSetValue('cmi.core.exit', 'suspend')")
    one.committed(lambda: frame.evaluate("parent.API.LMSFinish('')"))
    frame = reopened(one)
    assert frame.evaluate("parent.API.LMSGetValue('cmi.core.total_time')").lstrip("0").startswith(":10:00")
    frame.evaluate("parent.API.LMSSetValue('cmi.core.session_time', '00:05:30')")
    one.committed(lambda: frame.evaluate("parent.API.LMSFinish('')"))
    frame = reopened(one)
    assert ":15:30" in frame.evaluate("parent.API.LMSGetValue('cmi.core.total_time')")
    assert frame.evaluate("parent.API.LMSGetValue('cmi.core.entry')") == ""


def test_what_was_only_set_is_kept_when_the_tab_is_closed(course: Any, kept: Any) -> None:
    one = course(packages.single_12())
    frame = begun(one)
    frame.evaluate("parent.API.LMSSetValue('cmi.core.lesson_location', 'trang-7')")
    one.page.close()
    kept(one, "trang-7")
    reopened(one)
    one.unit.locator("#state").get_by_text("resume:trang-7").wait_for()


def test_a_unit_that_writes_and_finishes_in_onunload_loses_nothing(course: Any, kept: Any) -> None:
    one = course(packages.single_12())
    frame = begun(one)
    frame.evaluate(
        "() => { const a = parent.API; addEventListener('unload', () => { a.LMSSetValue('cmi.suspend_data', "
        "'ắ'.repeat(4000)); a.LMSSetValue('cmi.core.lesson_location', 'cuoi'); a.LMSCommit('');"
        " a.LMSSetValue('cmi.core.exit', 'suspend'); a.LMSFinish(''); }); }"
    )
    one.page.close()
    kept(one, "cuoi")
    frame = reopened(one)
    one.unit.locator("#state").get_by_text("resume:cuoi").wait_for()
    assert frame.evaluate("parent.API.LMSGetValue('cmi.suspend_data').length") == 4000


def test_large_data_set_last_survives_the_closing_of_the_tab(course: Any, kept: Any) -> None:
    one = course(packages.third_2004())
    frame = begun(one)
    frame.evaluate("parent.API_1484_11.SetValue('cmi.suspend_data', 'x'.repeat(50000))")
    one.page.close()
    kept(one, "x" * 50000)
    frame = reopened(one)
    assert frame.evaluate("parent.API_1484_11.GetValue('cmi.suspend_data').length") == 50000


def test_the_way_back_of_the_browser_does_not_open_another_unit(course: Any) -> None:
    one = course(packages.multi_12())
    begun(one)
    one.choose("kiem-tra")
    one.page.locator("[data-unit=kiem-tra][aria-current]").wait_for()
    one.unit.locator("#state").get_by_text(READY).wait_for()
    assert one.page.evaluate("history.length") <= 2


def test_after_another_window_took_over_a_commit_is_answered_false(course: Any) -> None:
    one = course(packages.single_12())
    frame = begun(one)
    one.api.launch(one.version, one.learner, whole=True)
    frame.evaluate("parent.API.LMSSetValue('cmi.core.lesson_location', 'x'); parent.API.LMSCommit('')")
    one.page.get_by_text("đã được mở ở cửa sổ hoặc thiết bị khác").wait_for()
    assert frame.evaluate("parent.API.LMSCommit('')") == "false"
    frame.evaluate("parent.API.LMSFinish('')")
    one.page.get_by_text("Quay lại lớp học").wait_for()
    assert one.page.get_by_text("đã được mở ở cửa sổ hoặc thiết bị khác").is_visible()


_LEAVE = (
    "() => { const a = parent.API_1484_11; a.SetValue('cmi.completion_status', 'completed'); "
    "a.SetValue('cmi.success_status', 'passed'); a.Terminate(''); }"
)
_LIMIT = b'<imsss:sequencing><imsss:limitConditions attemptLimit="1"/></imsss:sequencing>'


def test_a_limit_of_attempts_holds_after_the_page_was_closed(course: Any) -> None:
    one = course(_two(controls=b'choice="true" flow="true"', first=_LIMIT))
    frame = begun(one)
    assert one.current() == "a"
    one.committed(lambda: frame.evaluate(_LEAVE))
    reopened(one)
    assert one.current() == "b"
    one.choose("a")
    one.page.get_by_text("chưa mở được theo trình tự").wait_for()


def test_beyond_the_last_unit_the_course_ends_and_says_so(course: Any) -> None:
    one = course(_two(controls=b'choice="false" flow="true"'))
    frame = begun(one)
    one.choose("b")  # flow only
    one.page.get_by_text("chưa mở được theo trình tự").wait_for()
    frame.evaluate(_LEAVE)
    one.page.get_by_role("button", name="Phần tiếp theo").click()
    one.page.locator("[data-unit=b][aria-current]").wait_for()
    one.unit.locator("#state").get_by_text(READY).wait_for()
    one.page.frames[1].evaluate(_LEAVE)
    one.page.get_by_role("button", name="Kết thúc khóa học").click()
    one.page.get_by_text("Anh/Chị đã rời khóa học").wait_for()
    assert one.state("a")["passed_at"] and one.state("b")["passed_at"]


def test_a_unit_that_asks_to_suspend_all_leaves_and_is_resumed(course: Any) -> None:
    one = course(_two(controls=b'choice="true" flow="true"'))
    frame = begun(one)
    frame.evaluate(
        "() => { const a = parent.API_1484_11; a.SetValue('cmi.location', 'nghi'); a.SetValue('cmi.exit', 'suspend');"
        " a.SetValue('adl.nav.request', 'suspendAll'); a.Terminate(''); }"
    )
    one.page.get_by_text("Anh/Chị đã rời khóa học").wait_for()
    reopened(one)
    one.unit.locator("#state").get_by_text("resume:nghi").wait_for()
    assert one.current() == "a"


@pytest.mark.parametrize("request_", ["exitAll", "abandonAll"])
def test_a_unit_that_asks_to_end_all_leaves(course: Any, request_: str) -> None:
    one = course(_two(controls=b'choice="true" flow="true"'))
    frame = begun(one)
    frame.evaluate(
        f"() => {{ const a = parent.API_1484_11; a.SetValue('adl.nav.request', '{request_}'); a.Terminate(''); }}"
    )
    one.page.get_by_text("Anh/Chị đã rời khóa học").wait_for()


def test_a_unit_asks_which_ways_are_open_and_jumps_to_another(course: Any) -> None:
    one = course(_two(controls=b'choice="true" flow="true"'))
    frame = begun(one)
    said = [
        frame.evaluate(f"parent.API_1484_11.GetValue('adl.nav.request_valid.{name}')")
        for name in ("continue", "previous", "choice.{target=b}")
    ]
    assert said == ["true", "false", "true"]
    frame.evaluate(
        "() => { const a = parent.API_1484_11; a.SetValue('adl.nav.request', '{target=b}choice'); a.Terminate(''); }"
    )
    one.page.locator("[data-unit=b][aria-current]").wait_for()


def test_a_missing_page_is_said_each_time(course: Any) -> None:
    files = _changed(packages.multi_12(), (b'isvisible="false"', b'isvisible="true"'))
    one = course(files)
    begun(one)
    one.page.route("**/kiem-tra.html*", lambda route: route.fulfill(status=404, body="404"))
    for _ in range(2):
        one.choose("kiem-tra")
        one.page.get_by_text("Không mở được trang của phần này").wait_for()
        one.choose("bai-1")
        one.page.locator(".stage-scorm iframe").wait_for()
        one.page.locator("[data-unit=bai-1][aria-current]").wait_for()


def test_review_shows_what_was_done_and_keeps_nothing(course: Any) -> None:
    one = course(packages.third_2004())
    frame = begun(one)
    frame.evaluate("parent.API_1484_11.SetValue('cmi.location', 'trang-2')")
    one.committed(lambda: frame.evaluate("parent.API_1484_11.Terminate('')"))
    one.open("Review")
    one.unit.locator("#state").get_by_text("trang-2").wait_for()
    sent: list[str] = []
    one.page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    frame = one.page.frames[1]
    said = frame.evaluate(
        "() => { const a = parent.API_1484_11; a.SetValue('cmi.location', 'khac'); "
        "return [a.Commit(''), a.GetValue('cmi.mode'), a.GetValue('cmi.credit')]; }"
    )
    assert said == ["true", "review", "no-credit"] and sent == []
