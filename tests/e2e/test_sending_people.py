"""Two units nominate, one is refused by a rule and one by overlap; a waiting list, a decision, summonses, a substitute."""

import re

OPEN = "Quản lý phát triển đô thị – lớp 4 năm 2026"


def _class_page(page):
    """The list of the open class, as Home Affairs reads it; returns the id of the class."""
    return re.search(r"/classes/([0-9a-f-]{36})/nominations", page.url).group(1)


def _choose(someone):
    page = someone.go("/nominations")
    page.get_by_role("link", name=OPEN).click()
    return page


def _name(someone, count):
    """Pick the first few who may be sent, and name them."""
    page = _choose(someone)
    boxes = page.locator("fieldset", has_text="Được cử").locator("input[name=pick]")
    for place in range(count):
        boxes.nth(place).check()
    page.get_by_label("Cơ quan, đơn vị bảo đảm điều kiện").check()
    page.get_by_role("button", name="Đề cử", exact=True).click()
    page.wait_for_selector(f"text=Đã đề cử {count} người.")
    return page


def _refused(someone, code):
    """Send a list that holds a code, and return what the page says of it."""
    page = _choose(someone)
    page.get_by_role("link", name="Chọn theo danh sách mã hoặc bảng tính").click()
    page.get_by_label("Mã cán bộ", exact=False).first.fill(code)
    page.get_by_role("button", name="Xem danh sách gồm những ai").click()
    page.get_by_role("button", name="Chọn những người này và tiếp tục").click()
    return page


def _barred(page, words):
    """The staff code of somebody who may not be sent for a reason."""
    page.locator("summary", has_text="Không được cử").click()
    line = page.locator("details.fold > ul > li", has_text=words).first.text_content()
    return re.search(r"HN\d{5}", line).group()


def _sign(page):
    page.locator("select[name=signer]").select_option(index=1)
    page.locator("main form button[type=submit]").first.click()


def test_from_naming_to_a_substitute(visitor):
    school = visitor()
    school.sign_in("coso")
    page = school.go("/classes?q=lop 4 nam 2026")
    page.get_by_role("link", name=OPEN).click()
    page.get_by_role("link", name="Sửa thông tin lớp").or_(page.locator("a[href$='/edit']")).first.click()
    page.fill("[name=capacity]", "7")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(lambda url: "/edit" not in url)

    first = visitor()
    first.sign_in("hn91001")
    page = _choose(first)
    first.picture("60-choose")
    by_rule, by_overlap = _barred(page, "tuổi") if page.locator("text=tuổi quy định").count() else None, None
    by_overlap = _barred(page, "đang học hoặc được đề cử") if by_rule is None else by_overlap
    page = _name(first, 2)
    first.picture("61-named")
    assert by_overlap

    second = visitor()
    second.sign_in("thutruong")
    page = _name(second, 1)

    officer = visitor()
    officer.sign_in("sonoivu")
    page = officer.go("/nominations/classes")
    page.get_by_role("link", name=OPEN).click()
    officer.picture("62-list")
    class_id = _class_page(page)
    assert class_id
