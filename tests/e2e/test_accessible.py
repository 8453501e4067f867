"""Every page of the walk without axe violations, in light and dark, on a phone and on a desk, and usable by keyboard."""

import re

import pytest

from tests.e2e.looking import STILL, change_to, faults

pytestmark = pytest.mark.long
UUID = r"[0-9a-f-]{36}"


def _of_home_affairs(on):
    record = on("/reports/completion/trainees", rf"/records/{UUID}")[0]
    year = on("/reports/campaigns", r"/reports/campaigns/\d{4}(?=\")")[0]
    report = on(f"{year}?show=submitted", rf"/reports/units/{UUID}(?=\")")[-1]
    school = on("/reports/results", r"/reports/results/institutions/\d+")[0]
    completion = ["/reports/completion", "/reports/completion?by=unit", "/reports/completion/trainees", record]
    units = ["/reports/campaigns", "/reports/campaigns/new", year, f"{year}/summary", report]
    results = ["/reports/results", "/reports/results?year=2000", school, "/reports/results/programmes/A2.1"]
    forms = ["/instruments", "/instruments/uses", on("/instruments", rf"/instruments/{UUID}(?=\")")[0]]
    return [*completion, *units, *results, *forms]


def _run(one, name):
    """The address of a class by what it is called."""
    return one.go("/classes").get_by_text(name).first.evaluate("found => found.closest('a').pathname")


def _pages(one, who):
    page = one.page
    if who is None:
        return [
            "/programmes",
            "/programmes/A2.1",
            "/programmes?q=khongcogi",
            "/account/sign-in",
            "/account/activate",
            "/no-such-page",
        ]
    one.sign_in(who)

    def on(path, pattern):
        page.goto(one.address + path)
        found = re.findall(pattern, page.content())
        assert found, f"{pattern} is not on {path}"
        return found

    if who == "hocvien":
        course = on("/learn", rf"/learn/{UUID}")[0]
        lesson = on(course, rf"{course}/lessons/{UUID}")[0]
        attempts = on(course, rf"/attempts/{UUID}")
        record = f"{course}/essay"
        return [
            "/learn",
            course,
            lesson,
            record,
            attempts[0],
            "/account",
            "/account/sessions",
            "/account/password",
            "/my/records",
        ]
    if who == "hocvien3":
        return ["/learn"]
    if who == "hocvien2":
        form = re.search(rf"/evaluations/{UUID}", page.content())
        return ["/learn"] + ([form.group()] if form else [])
    if who == "giangvien":
        sheet = on("/classes/timetable", rf"/classes/{UUID}/sessions/{UUID}/attendance")[0]
        essays = re.search(rf"/classes/{UUID}", sheet).group() + "/essays"
        return ["/classes/timetable", "/classes", sheet, essays]
    if who == "coso":
        run = _run(one, "lớp 3 năm 2026")
        planned = _run(one, "lớp dự kiến")
        life = [planned, f"{planned}/days", f"{planned}/edit", f"/classes/new?from={run.rpartition('/')[2]}"]
        report = on("/reports/quality", rf"/reports/classes/{UUID}/quality")[-1]
        return [
            *life,
            "/classes",
            run,
            f"{run}/enrol",
            f"{run}/sessions/new",
            "/classes/new",
            "/reports/quality",
            report,
        ]
    if who == "sonoivu":
        ahead, postponed = _run(one, "lớp 5 năm 2026"), _run(one, "lớp 6 năm 2026")
        moves = [f"{ahead}/{move}" for move in ("postpone", "cancel", "days")]
        return [*_of_home_affairs(on), ahead, *moves, postponed, f"{postponed}/days"]
    if who == "thutruong":
        edit = on("/reports/units", rf"/reports/units/{UUID}/edit")[0]
        return ["/reports/completion", "/reports/units", edit, edit.removesuffix("/edit")]
    statement = on("/admin/xapi/statements", rf"/admin/xapi/statements/{UUID}")[0]
    return [
        statement,
        "/admin/people",
        "/admin/people/import",
        "/admin/units",
        "/admin/xapi",
        "/admin/xapi/statements",
        "/admin/audit",
        "/admin/library",
        "/admin/library/keys",
    ]


@pytest.mark.parametrize("who", [None, "hocvien", "hocvien2", "giangvien", "coso", "thutruong", "sonoivu", "quantri"])
def test_no_page_has_an_axe_violation_or_scrolls_sideways(visitor, who):
    one = visitor(**STILL)
    found = [fault for path in _pages(one, who) for fault in faults(one.go(path))]
    one.violations.clear()  # a missing page is among those looked at
    assert found == []


def test_what_only_dark_or_only_a_narrow_page_shows_is_noticed(visitor):
    page = visitor(**STILL).go("/programmes")
    dark = "[data-bs-theme=dark] h1 { color: #222 !important }"
    page.add_style_tag(content=f"{dark} @media (max-width: 400px) {{ .footer {{ width: 500px }} }}")
    found = "\n".join(faults(page))
    for words in ("1280 dark: color-contrast", "320 dark: color-contrast", "320 light: scrolls sideways"):
        assert words in found
    assert "light: color-contrast" not in found
    assert "1280 light" not in found


PAINTED = """() => [...document.querySelectorAll("body, body *")].map(node => {
  const style = getComputedStyle(node), box = node.getBoundingClientRect();
  const shape = ["display", "visibility", "fontSize", "fontWeight", "textDecorationLine", "outlineWidth", "opacity"];
  return [node.tagName, box.width, box.height, ...shape.map(name => style[name])].join(" ");
})"""


@pytest.mark.parametrize(("who", "path"), [(None, "/programmes/A2.1"), ("hocvien", "/learn"), ("coso", "/classes/new")])
def test_the_dark_scheme_changes_colours_only(visitor, who, path):
    """So that no more than the rules of colours need be run again in dark."""
    one = visitor(**STILL)
    if who:
        one.sign_in(who)
    page = one.go(path)
    light, before = page.evaluate(PAINTED), page.evaluate("getComputedStyle(document.body).backgroundColor")
    change_to(page, "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    assert page.evaluate(PAINTED) == light


def test_the_walk_starts_by_keyboard_alone(visitor):
    one = visitor()
    page = one.go("/account/sign-in")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    from lms.console.demo_people import PASSWORD

    assert page.evaluate("document.activeElement.name") == "username"
    page.keyboard.type("hocvien")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/learn*")
    page.set_viewport_size({"width": 360, "height": 740})
    page.locator("[data-menu] summary").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("link", name="Học tập của tôi", exact=True).is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("link", name="Học tập của tôi", exact=True).is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


SEEN = """() => { for (let node = document.activeElement; node; node = node.parentElement) {
  const style = getComputedStyle(node); if (style.outlineStyle !== "none" || style.boxShadow !== "none") return true; } return false; }"""


def test_focus_is_always_seen(visitor):
    one = visitor()
    page = one.go("/programmes")
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN), page.evaluate("document.activeElement.outerHTML")


def test_the_menu_works_without_scripts(visitor):
    one = visitor(java_script_enabled=False)
    page = one.page
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 740})
        page.goto(f"{one.address}/programmes")
        link = page.get_by_role("navigation", name="Trình đơn chính").get_by_role("link", name="Trợ giúp")
        if width == 360:
            assert not link.is_visible()
            page.locator("[data-menu] > summary").click()
        link.click()
        assert page.url.endswith("/help")


def test_the_head_and_the_content_share_one_edge(visitor):
    page = visitor().go("/programmes")
    for width in (1600, 1280, 1000, 360):
        page.set_viewport_size({"width": width, "height": 800})
        logo, title = (page.locator(place).bounding_box()["x"] for place in (".brand", "main h1"))
        assert abs(logo - title) < 1, width


def test_a_day_is_typed_as_here_and_a_file_chosen_by_our_own_button(visitor):
    one = visitor()
    one.sign_in("coso")
    page = one.go("/classes/new")
    page.get_by_label("Ngày khai giảng").fill("31/12/2026")
    page.get_by_role("button", name="Chọn ngày trên lịch").first.click()
    assert page.locator(".day-box input[type=date]").first.input_value() == "2026-12-31"
    page.locator(".day-box input[type=date]").first.evaluate(
        "picker => { picker.value = '2027-01-05'; picker.dispatchEvent(new Event('change')); }"
    )
    assert page.get_by_label("Ngày khai giảng").input_value() == "05/01/2027"
    page = one.go("/library")
    box = page.locator(".file-box").first
    assert "Chưa chọn tệp" in box.inner_text()
    box.locator("input").set_input_files({"name": "bài giảng.pdf", "mimeType": "application/pdf", "buffer": b"x"})
