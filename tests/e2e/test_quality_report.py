"""A quality report in the browser: begun on the results, written, approved by somebody else, issued, verified."""

import re

from tests.e2e.looking import STILL, faults


def _looked_at(visitor, who, paths):
    """Every page in light and dark, wide and narrow: no axe violation, no sideways scrolling."""
    one = visitor(**STILL)
    one.sign_in(who)
    return [fault for path in paths for fault in faults(one.go(path))]


def _press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_a_report_from_the_results_to_the_signature(visitor):
    staff, officer = visitor(), visitor()
    page, other = staff.sign_in("coso"), officer.sign_in("sonoivu")
    page.on("dialog", lambda dialog: dialog.accept())
    staff.go("/reports/quality")
    for path in dict.fromkeys(re.findall(r"/reports/classes/[0-9a-f-]{36}/quality", page.content())):
        staff.go(path)
        if page.get_by_role("button", name="Lập báo cáo").count():
            break
    _press(page, "Lập báo cáo")
    url = re.sub(r"^https?://[^/]+", "", page.url)
    page.get_by_role("link", name="Viết nội dung thuyết minh").click()
    page.get_by_label("Đánh giá chung").fill(
        "Lớp đáp ứng yêu cầu.\n- Chương trình sát thực tiễn\n- Giảng viên nhiệt tình"
    )
    page.get_by_label("Hạn chế và nguyên nhân").fill("Phòng học chật.")
    page.get_by_label("Biện pháp điều chỉnh").fill("Đổi phòng học trước ngày 15/01/2027.")
    _press(page, "Lưu")
    staff.picture("quality-report-draft")
    _press(page, "Trình phê duyệt")
    officer.go("/reports/issued?task=approve")
    other.get_by_role("link", name=re.compile("Báo cáo chất lượng lớp")).click()
    _press(other, "Phê duyệt")
    staff.go(f"{url}/issue")
    page.get_by_label("Số, ký hiệu").fill("12/BC-TBD")
    page.get_by_label("Chức vụ người ký").fill("Hiệu trưởng")
    page.get_by_label("Họ tên người ký").fill("Nguyễn Thị Phượng")
    page.get_by_label("Nơi nhận").fill("Sở Nội vụ\nLưu: VT")
    _press(page, "Ban hành")
    page.get_by_text("Số: 12/BC-TBD").wait_for()
    assert page.locator("article img").evaluate_all("all => all.every(one => one.complete && one.naturalWidth > 100)")
    staff.picture("quality-report-issued", full=True)
    page.get_by_role("link", name="Tính lại và đối chiếu").click()
    assert page.get_by_text("giống hệt", exact=True).count() == 5
    assert _looked_at(visitor, "coso", [url, f"{url}/verify", f"{url}/correct", "/reports/issued"]) == []
