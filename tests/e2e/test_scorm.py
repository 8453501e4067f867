"""SCORM packages in the running product: played, left, resumed, sequenced; nothing that they commit is lost."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.data.scorm import packages
from tests.e2e.scorm import reopened

EMPTIED = """() => new Promise(done => {
  const look = () => document.querySelector("iframe").contentDocument?.URL === "about:blank" ? done(true) : setTimeout(look, 20);
  look();
})"""


def test_a_unit_of_scorm_12_is_passed_and_reported(course: Any) -> None:
    one = course(packages.single_12())
    one.open()
    one.unit.locator("#state").get_by_text("ab-initio:").wait_for()
    one.committed(lambda: one.unit.locator("#pass").click())
    one.page.get_by_text("Quay lại lớp học").wait_for()
    (unit,) = [unit for unit in one.said()["units"] if unit["kind"] == "sco"]
    assert unit["completed_at"] and unit["passed_at"] and unit["score"] == 0.85
    verbs = [
        s["verb"]["id"].rsplit("/", 1)[1]
        for s in one.api("GET", f"/registrations/{one.registration}/statements")["statements"]
    ]
    assert {"passed", "completed", "responded", "terminated"} <= set(verbs)


def test_a_unit_is_suspended_and_resumed(course: Any) -> None:
    one = course(packages.single_12())
    one.open()
    one.committed(lambda: one.unit.locator("#suspend").click())
    one.open()
    one.unit.locator("#state").get_by_text("resume:trang-3").wait_for()


def test_a_unit_of_scorm_2004_is_resumed_after_the_tab_was_closed(course: Any, kept: Any) -> None:
    one = course(packages.third_2004())
    one.open()
    one.unit.locator("#state").get_by_text("ab-initio:").wait_for()
    frame = one.page.frames[1]
    frame.evaluate(
        "() => { API = parent.API_1484_11; API.SetValue('cmi.location', 'trang-9'); API.SetValue('cmi.suspend_data', 'x'.repeat(3000)); }"
    )
    frame.evaluate(
        "addEventListener('pagehide', () => { parent.API_1484_11.SetValue('cmi.location', 'trang-10'); parent.API_1484_11.Commit(''); })"
    )
    one.page.close()
    kept(one, "trang-10")
    reopened(one)
    one.unit.locator("#state").get_by_text("resume:trang-10").wait_for()


def test_several_units_of_scorm_12_in_any_order(course: Any) -> None:
    one = course(packages.multi_12())
    page = one.open()
    one.unit.locator("#state").get_by_text("ab-initio:").wait_for()
    assert one.current() == "bai-1"
    one.committed(lambda: one.unit.locator("#pass").click())
    page.get_by_text("đã được ghi nhận").wait_for()
    one.choose("kiem-tra")
    one.unit.locator("#state").get_by_text("ab-initio:").wait_for()
    one.committed(lambda: one.unit.locator("#pass").click())
    assert one.state("bai-1")["passed_at"] and one.state("kiem-tra")["passed_at"]
    assert page.locator("[data-unit=tai-lieu]").count() == 0  # isvisible="false"
    assert page.locator("[data-unit=bai-1] small").inner_text() == "đạt"


def test_a_page_without_a_program_is_done_when_it_is_shown(course: Any) -> None:
    files = packages.multi_12()
    files["imsmanifest.xml"] = files["imsmanifest.xml"].replace(b'isvisible="false"', b'isvisible="true"')
    one = course(files)
    one.open()
    one.unit.locator("#state").get_by_text("ab-initio:").wait_for()
    one.committed(lambda: one.choose("tai-lieu"))
    one.page.locator("[data-unit=tai-lieu] small").get_by_text("đã xong").wait_for()
    one.choose("kiem-tra")
    one.unit.locator("#state").get_by_text("ab-initio:").wait_for()
    assert one.state("tai-lieu")["completed_at"]


def test_sequencing_leads_through_the_course_and_goes_on_where_it_was_left(course: Any) -> None:
    one = course(packages.sequenced_2004())
    page = one.open()
    one.unit.locator("#state").get_by_text("ab-initio:").wait_for()
    assert one.current() == "dau-vao"
    assert page.get_by_role("button", name="Phần tiếp theo").is_hidden()  # hideLMSUI
    one.choose("bai-1")  # its block says choice="false"
    page.get_by_text("chưa mở được theo trình tự").wait_for()
    assert one.current() == "dau-vao"
    frame = page.frames[1]
    fail = (
        "() => { const a = parent.API_1484_11; a.SetValue('cmi.score.scaled', '0.4'); "
        "a.SetValue('cmi.completion_status', 'completed'); a.SetValue('adl.nav.request', 'continue'); a.Terminate(''); }"
    )
    one.committed(lambda: frame.evaluate(fail))
    page.locator("[data-unit^=bai-][aria-current]").wait_for()
    within = one.current()
    one.unit.locator("#state").get_by_text("ab-initio:").wait_for()
    assert one.state("dau-vao")["failed_at"]
    page.frames[1].evaluate("parent.API_1484_11.SetValue('cmi.location', 'giua-bai')")
    page.get_by_role("button", name="Tạm dừng và thoát").click()
    page.evaluate(EMPTIED)
    page = one.open()
    one.unit.locator("#state").get_by_text("resume:giua-bai").wait_for()
    assert one.current() == within


def test_a_satisfied_global_objective_skips_what_it_covers(course: Any) -> None:
    files = packages.sequenced_2004()
    files["imsmanifest.xml"] = files["imsmanifest.xml"].replace(b'tracked="false"', b'tracked="true"')
    one = course(files)
    page = one.open()
    one.unit.locator("#state").get_by_text("ab-initio:").wait_for()
    page.frames[1].evaluate(
        "() => { const a = parent.API_1484_11; a.SetValue('cmi.score.scaled', '0.9'); a.SetValue('cmi.success_status', "
        "'passed'); a.SetValue('cmi.completion_status', 'completed'); a.SetValue('adl.nav.request', 'continue'); "
        "a.Terminate(''); }"
    )
    page.locator("[data-unit=cuoi-khoa][aria-current]").wait_for()  # both lessons are skipped


def test_another_window_takes_over_and_the_first_says_so(course: Any) -> None:
    one = course(packages.single_12())
    page = one.open()
    one.unit.locator("#state").get_by_text("ab-initio:").wait_for()
    one.api.launch(one.version, one.learner, whole=True)
    one.unit.locator("#suspend").click()
    page.get_by_text("đã được mở ở cửa sổ hoặc thiết bị khác").wait_for()


def test_without_a_network_the_result_waits_and_is_saved_afterwards(course: Any) -> None:
    one = course(packages.single_12())
    page = one.open()
    one.unit.locator("#state").get_by_text("ab-initio:").wait_for()
    one.one.context.set_offline(True)
    one.unit.locator("#pass").click()
    page.get_by_text("Chưa lưu được kết quả").wait_for()
    one.committed(lambda: one.one.context.set_offline(False))
    page.get_by_text("Chưa lưu được kết quả").wait_for(state="hidden")
    assert one.state("ITEM")["passed_at"]


def test_looking_around_tells_nothing(course: Any) -> None:
    one = course(packages.single_12())
    page = one.open("Browse")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    one.unit.locator("#pass").click()
    page.get_by_text("Quay lại lớp học").wait_for()
    assert page.evaluate("API.LMSGetValue('cmi.core.lesson_mode')") in ("browse", "")
    assert sent == [] and one.state("ITEM")["passed_at"] is None


@pytest.mark.parametrize("width", [360, 1280])
def test_the_list_of_units_is_accessible(course: Any, width: int) -> None:
    one = course(packages.multi_12())
    one.page.set_viewport_size({"width": width, "height": 740})
    page = one.open()
    one.unit.locator("#state").get_by_text("ab-initio:").wait_for()
    if width == 360:
        page.get_by_text("Các phần").click()
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert found.response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("[data-unit=kiem-tra]").press("Enter")
    page.locator("[data-unit=kiem-tra][aria-current]").wait_for(state="attached")
