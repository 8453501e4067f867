"""Two units nominate, one person is refused by a rule and one by overlap; waiting list, decision, summons, substitute."""

import re

OPEN = "Quản lý phát triển đô thị – lớp 4 năm 2026"


def _choose(someone):
    page = someone.go("/nominations")
    page.get_by_role("link", name=OPEN).click()
    return page


def _barred(page, words):
    """The staff code of the first who may not be sent for a reason."""
    line = page.locator("details.fold > ul > li", has_text=words).first.text_content()
    return re.search(r"HN\d{5}", line).group()


def _refused(someone, code, words):
    """Send a list of one code, and read why nobody was named."""
    page = _choose(someone)
    page.get_by_role("link", name="Chọn theo danh sách mã hoặc bảng tính").click()
    page.fill("[name=codes]", code)
    page.get_by_role("button", name="Xem danh sách gồm những ai").click()
    assert code in page.locator("main table").text_content()
    page.get_by_role("button", name="Chọn những người này và tiếp tục").click()
    page.get_by_label("Cơ quan, đơn vị bảo đảm điều kiện").check()
    page.get_by_role("button", name="Đề cử", exact=True).click()
    said = page.locator("[data-summary]").text_content()
    assert "Chưa đề cử ai" in said and words in said
    assert page.locator("input[name=pick]:checked").count() == 1


def _last(someone):
    """The staff code of who stands last among those who may be sent."""
    page = _choose(someone)
    return re.search(
        r"HN\d{5}", page.locator("fieldset", has_text="Thứ tự gợi ý").locator("li").last.text_content()
    ).group()


def _name(someone, count):
    """Pick the first who may be sent, and name them."""
    page = _choose(someone)
    boxes = page.locator("fieldset", has_text="Thứ tự gợi ý").locator("input[name=pick]")
    for place in range(count):
        boxes.nth(place).check()
    page.get_by_label("Cơ quan, đơn vị bảo đảm điều kiện").check()
    page.get_by_role("button", name="Đề cử", exact=True).click()
    page.wait_for_selector(f"text=Đã đề cử {count} người.")


def _decide(page, rows, act):
    for row in rows:
        row.locator("input[name=chosen]").check()
    page.select_option("[name=act]", act)
    page.get_by_role("button", name="Quyết định", exact=True).click()
    page.wait_for_selector("text=Đã quyết định")


def _sign(page):
    page.select_option("[name=signer]", index=0)
    page.locator("main form button[type=submit]").last.click()


def test_from_naming_to_a_substitute(visitor):
    school = visitor()
    school.sign_in("coso")
    page = school.go("/classes?q=lop 4 nam 2026")
    page.get_by_role("link", name=OPEN).click()
    class_page = page.url
    page.goto(f"{class_page}/edit")
    page.fill("[name=capacity]", "7")  # four are in the class, one is approved
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(class_page)

    first = visitor()
    first.sign_in("hn91001")
    page = _choose(first)
    page.locator("summary", has_text="Không được cử").click()
    first.picture("70-three-groups", full=True)
    by_rule, by_overlap = _barred(page, "giữ chức danh"), _barred(page, "đang học hoặc được đề cử")
    _refused(first, by_rule, "mục")
    _refused(first, by_overlap, "đang học hoặc được đề cử")
    first.picture("71-refused-list")
    spare = {"Sở Xây dựng": _last(first)}
    _name(first, 2)

    second = visitor()
    second.sign_in("thutruong")
    spare["Sở Quy hoạch - Kiến trúc"] = _last(second)
    _name(second, 1)

    officer = visitor()
    officer.sign_in("sonoivu")
    page = officer.go("/nominations/classes")
    page.get_by_role("link", name=OPEN, exact=True).click()
    listing = page.url

    def undecided():
        return page.locator("main tbody tr", has_text="Chờ quyết định").all()

    _decide(page, undecided()[:2], "approve")  # two places are free
    _decide(page, undecided(), "wait")
    assert page.locator("#waiting ~ .table-wrap tbody tr").count() == 2
    officer.picture("72-nominations", full=True)

    page.get_by_role("link", name="Ký quyết định cử").click()
    _sign(page)
    page.wait_for_selector("text=Quyết định đã được ký và cấp số.")
    number = page.locator("#decisions li strong").first.text_content()
    assert re.fullmatch(r"\d+/QĐ-SNV", number)
    paper = page.locator("#decisions a", has_text="PDF").first.get_attribute("href")
    assert officer.context.request.get(officer.address + paper).body()[:5] == b"%PDF-"

    page.goto(f"{class_page}/confirm")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(class_page)
    page.goto(listing)
    page.get_by_role("link", name="Triệu tập", exact=True).click()
    _sign(page)
    page.wait_for_selector("text=Đã triệu tập 3 người.")

    page.locator("main tbody tr", has_text="Đã có quyết định cử").first.get_by_role("link").click()
    page.get_by_role("link", name="Cử người thay").click()
    unit = page.locator("#staff_code-hint").text_content().split(": ")[1].strip()
    page.fill("[name=staff_code]", spare[unit])
    page.select_option("[name=code]", "health")
    page.fill("[name=reason]", "Nghỉ ốm dài ngày")
    page.select_option("[name=signer]", index=0)
    page.locator("main form button[type=submit]").click()
    page.wait_for_selector("text=Nghỉ ốm dài ngày")
    assert "Đã được thay" in page.locator("main").text_content()
    officer.picture("73-substituted", full=True)
    page.goto(listing)
    assert "sửa đổi danh sách" in page.locator("#decisions").text_content()
