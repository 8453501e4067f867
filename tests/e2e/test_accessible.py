"""Every page of the walk without axe violations, in light and dark, on a phone and on a desk, and usable by keyboard."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

UUID = r"[0-9a-f-]{36}"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


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
        run = on("/classes", rf"/classes/{UUID}")[0]
        report = on("/reports/quality", rf"/reports/classes/{UUID}/quality")[-1]
        return ["/classes", run, f"{run}/enrol", f"{run}/sessions/new", "/classes/new", "/reports/quality", report]
    if who == "sonoivu":
        return _of_home_affairs(on)
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("who", [None, "hocvien", "hocvien2", "giangvien", "coso", "thutruong", "sonoivu", "quantri"])
def test_no_page_has_an_axe_violation_or_scrolls_sideways(visitor, who, scheme):
    one = visitor(color_scheme=scheme, bypass_csp=True, viewport={"width": 1280, "height": 900})
    found = []
    for path in _pages(one, who):
        page = one.go(path)
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 800})
            for violation in Axe().run(page, options=RULES).response["violations"]:
                where = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
                found.append(f"{path} {width}: {violation['id']}: {where}")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{path}: scrolls sideways at {width} px")
    one.violations.clear()  # a missing page is among those looked at
    assert found == []


def test_the_walk_starts_by_keyboard_alone(visitor):
    one = visitor()
    page = one.go("/account/sign-in")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    from lms.console.demo import PASSWORD

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
