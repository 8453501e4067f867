"""The walk of the product's main job, step by step, as its people do it (pictures: docs/walk.md)."""

import base64
import io
import json
import re
import urllib.request
import zipfile

from lms.console.demo_texts import essay_pdf

UUID = r"[0-9a-f-]{36}"


def link(page, pattern):
    """The first address on the page that matches."""
    found = re.search(pattern, page.content())
    assert found is not None, f"{pattern} is not on {page.url}"
    return found.group()


def test_1_a_visitor_reads_the_catalogue_and_finds_without_accents(visitor):
    one = visitor()
    page = one.go("/programmes")
    assert page.locator("h1").inner_text() == "Chương trình đào tạo, bồi dưỡng"
    one.picture("01-catalogue")
    page.fill("[name=q]", "do thi thong minh")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=do*")
    codes = page.locator("main").inner_text()
    assert "A1.3" in codes
    assert "C3" not in codes.split("chương trình")[-1]
    one.go("/programmes/A2.1")
    assert "01/QĐ-UBND (số ví dụ, chỉ dùng để minh họa)" in page.locator("main").inner_text()
    one.picture("02-programme")


def test_2_a_trainee_sees_on_one_page_what_is_due_her_timetable_and_progress(visitor):
    one = visitor()
    page = one.sign_in("hocvien")
    assert page.url.endswith("/learn")
    text = page.locator("main").inner_text()
    for part in ("Việc tiếp theo của Anh/Chị", "Lịch học", "Lớp của tôi"):
        assert part in text
    assert page.locator("main progress").count() >= 3
    one.picture("03-dashboard")


def test_3a_a_lesson_is_gone_on_with_on_another_device(visitor):
    laptop = visitor()
    page = laptop.sign_in("hocvien")
    page.goto(laptop.address + link(page, rf"/learn/{UUID}"))
    lesson = page.locator(".lesson-list li:not(:has(.tag-ok)) a").first.get_attribute("href")
    page.goto(laptop.address + lesson)
    laptop.picture("04-lesson")
    heading = page.locator(".prose h2").nth(2)
    with page.expect_response(lambda answer: answer.url.endswith("/progress") and answer.ok):
        heading.evaluate("node => node.scrollIntoView()")
    words = heading.inner_text()
    phone = visitor(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    phone.sign_in("hocvien")
    small = phone.go(lesson)
    resume = small.locator(".resume a")
    assert words in resume.inner_text()
    resume.click()
    small.wait_for_function(
        "() => Math.abs(document.querySelectorAll('.prose h2')[2].getBoundingClientRect().top) < 200"
    )
    small.click(".lesson-end button")
    assert "Còn phải đọc hết" in small.locator("main, .flash, .notice").all_inner_texts().__str__()
    for heading in small.locator(".prose h2[id]").all()[1:]:
        heading.evaluate("node => node.scrollIntoView({block: 'center'})")
        small.wait_for_function(
            "text => [...document.querySelectorAll('.prose h2[id]')].some((one, i, all) => all[i + 1]?.innerText === text && "
            "document.querySelector(`[data-step][value='${one.id}']`).checked)",
            arg=heading.inner_text(),
        )
    for sorting in small.locator("khue-sort").all():
        for choice in sorting.locator("fieldset").all():
            choice.locator("input").first.check(force=True)
        sorting.locator(".btn").click()
    for figure in small.locator("khue-calc").all():
        for number in figure.locator("input").all():
            number.fill(number.input_value() or number.get_attribute("min") or "1")
    small.locator(".prose .apparatus").first.evaluate("node => node.scrollIntoView({block: 'center'})")  # read to here
    small.wait_for_function("() => [...document.querySelectorAll('[data-step]')].every((one) => one.checked)")
    small.locator(".lesson-end button").scroll_into_view_if_needed()
    small.wait_for_function("() => ![...document.querySelectorAll('[data-step]')].some((one) => !one.checked)")
    small.click(".lesson-end button")
    small.goto(phone.address + lesson)
    assert small.locator(".lesson .tag-ok").count() == 1


def test_3b_a_quiz_survives_a_lost_connection_and_explains_itself(visitor):
    one = visitor()
    page = one.sign_in("hocvien")
    page.goto(one.address + link(page, rf"/learn/{UUID}"))
    page.locator("form[action*='/quizzes/'] button").first.click()
    page.wait_for_url("**/attempts/*")
    attempt = page.url
    one.picture("05-quiz")
    first = page.locator("fieldset[data-kind=single], fieldset[data-kind=true_false]")
    with page.expect_response(lambda answer: "/answers/" in answer.url and answer.ok):
        first.nth(0).locator("input").first.check()
    one.context.set_offline(True)
    first.nth(1).locator("input").last.check()
    page.wait_for_function(
        """() => { const {offline, waiting} = document.querySelector("form.quiz").dataset;
        const told = document.querySelector("[data-overall]").textContent;
        return told.endsWith(offline) || told.endsWith(waiting); }"""
    )
    with page.expect_response(lambda answer: "/answers/" in answer.url and answer.ok):
        one.context.set_offline(False)  # the page may hear of it, and send, before anybody tells it
        page.evaluate("dispatchEvent(new Event('online'))")
    again = visitor()
    again.sign_in("hocvien")
    other = again.go(attempt.removeprefix(one.address))
    kinds = other.locator("fieldset[data-kind=single], fieldset[data-kind=true_false]")
    assert kinds.nth(0).locator("input").first.is_checked()
    assert kinds.nth(1).locator("input").last.is_checked()
    for fieldset in other.locator("fieldset.question").all():
        if fieldset.get_attribute("data-kind") in ("single", "multiple", "true_false"):
            fieldset.locator("input").first.check()
    other.locator("button[value=submit]").click()
    if other.locator("[name=confirmed]").count():
        other.locator("button[value=submit]").click()
    other.locator("main").get_by_text("Những phần cần đọc lại").wait_for()
    again.picture("06-explanations")


def test_4_the_lecturer_takes_attendance_and_the_essay_is_handed_in_and_marked(visitor):
    trainee = visitor()
    page = trainee.sign_in("hocvien")
    course = link(page, rf"/learn/{UUID}")
    page.goto(trainee.address + course + "/essay")
    page.set_input_files("#file", {"name": "ảnh.png", "mimeType": "image/png", "buffer": b"\x89PNG not an essay"})
    page.click("main form button[type=submit]")
    page.locator("#file-error").wait_for()
    pdf = {"name": "Bài thu hoạch của Ánh Tuyết.pdf", "mimeType": "application/pdf", "buffer": essay_pdf()}
    page.set_input_files("#file", pdf)
    page.click("main form button[type=submit]")
    page.locator("main dd", has_text="Bài thu hoạch của Ánh Tuyết.pdf").wait_for()
    trainee.picture("07-essay")
    lecturer = visitor(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    desk = lecturer.sign_in("giangvien")
    assert "Bài thu hoạch chờ chấm" in desk.locator("main").inner_text()
    lecturer.go("/classes/timetable")
    sheet = link(desk, rf"/classes/{UUID}/sessions/{UUID}/attendance")
    desk.goto(lecturer.address + sheet)
    line = desk.locator("fieldset.attend", has_text="Nguyễn Thị Ánh Tuyết")
    line.locator("input[value=late]").check()
    line.locator(".attend-note").fill("Đến lúc 08:45")
    desk.click(".sticky-save button")
    assert desk.locator("fieldset.attend", has_text="Nguyễn Thị Ánh Tuyết").locator("input[value=late]").is_checked()
    lecturer.picture("08-attendance")
    running = re.search(rf"/classes/{UUID}", sheet).group()
    desk.goto(lecturer.address + running + "/essays")
    desk.locator("tr", has_text="Nguyễn Thị Ánh Tuyết").locator("a").click()
    with desk.expect_download() as taken:
        desk.locator("dd a").click()
    assert taken.value.suggested_filename.endswith("Bài thu hoạch của Ánh Tuyết.pdf")
    desk.fill("[name=points-1]", "11")
    desk.click("main form button[type=submit]")
    assert desk.locator("#points-1-error").is_visible()
    for points in desk.locator("[name^=points-]").all():
        points.fill("8.5")
    assert desk.locator("[data-total]").inner_text() == "8,5"
    desk.fill("[name=comment]", "Phân tích sát thực tế của đơn vị.")
    desk.click("main form button[type=submit]")
    page.reload()
    assert "8,5/10" in page.locator("main").inner_text()


def test_5_completion_is_a_list_of_what_is_done_and_what_is_missing(visitor):
    one = visitor()
    page = one.sign_in("hocvien")
    page.goto(one.address + link(page, rf"/learn/{UUID}"))
    items = page.locator(".checklist li")
    assert items.count() == 4
    text = page.locator(".checklist").inner_text()
    assert "thu hoạch" in text
    assert "Còn thiếu" in text
    one.picture("09-completion")
    done = visitor()
    finished = done.sign_in("hocvien2")
    finished.goto(done.address + link(finished, rf"/learn/{UUID}"))
    assert "Anh/Chị đã hoàn thành lớp" in finished.locator("main").inner_text()
    assert finished.locator(".checklist .is-open").count() == 0


def test_6_she_evaluates_every_stage_and_every_lecturer_once_and_anonymously(visitor):
    one = visitor()
    page = one.sign_in("hocvien2")
    form = link(page, rf"/evaluations/{UUID}")
    page.goto(one.address + form)
    assert "Không ai biết ai đã viết gì" in page.locator("main").inner_text()
    one.picture("10-evaluation")
    page.click("main form.survey button[type=submit]")
    assert page.get_by_role("alert").is_visible()
    for fieldset in page.locator("fieldset.rating").all():
        fieldset.locator("input").nth(3).check()
    page.locator("textarea").last.fill("Nên giữ phần nghiên cứu thực tế.")
    page.click("main form.survey button[type=submit]")
    page.wait_for_url("**/thanks")
    page.goto(one.address + form)
    assert page.locator("form.survey").count() == 0


def test_7_the_institution_reads_the_quality_report(visitor):
    one = visitor()
    page = one.sign_in("coso")
    page.goto(one.address + "/reports/quality")
    page.get_by_text("lớp 1 năm 2026").click()
    text = page.locator("main").inner_text()
    for part in ("92%", "Kết quả theo nhóm nội dung", "TS. Vũ Thị Hải Yến", "Ý kiến"):
        assert part in text
    for chart in page.locator(".chart img").all():
        chart.scroll_into_view_if_needed()
        assert chart.evaluate("image => image.decode().then(() => image.naturalWidth)") > 200
    one.picture("11-quality", full=True)
    page.goto(one.address + "/reports/quality")
    page.get_by_text("lớp 2 năm 2026").click()
    assert "niêm phong" in page.locator("main").inner_text()
    assert "Ý kiến" not in page.locator("main").inner_text()


def test_8_home_affairs_reads_completion_opens_a_record_and_exports_both(visitor):
    one = visitor()
    page = one.sign_in("sonoivu")
    assert "Việc cần xử lý" in page.locator("main").inner_text()
    one.go("/reports/completion")
    one.picture("12-completion")
    for by in ("Theo đơn vị", "Theo lớp"):
        page.get_by_role("link", name=by).click()
        page.locator("tbody tr").nth(1).wait_for()
    with page.expect_download() as table:
        page.get_by_role("link", name="Xuất XLSX").click()
    assert zipfile.is_zipfile(io.BytesIO(table.value.path().read_bytes()))
    page.goto(one.address + "/reports/completion/trainees?q=tran+duc+long")
    page.get_by_role("link", name="Trần Đức Long").click()
    assert "Hồ sơ học tập" in page.locator("h1").inner_text()
    one.picture("13-record")
    with page.expect_download() as record:
        page.get_by_role("link", name="Xuất XLSX").click()
    assert zipfile.is_zipfile(io.BytesIO(record.value.path().read_bytes()))


def test_9_every_learning_event_is_a_statement_read_with_a_key_made_in_the_administration(visitor):
    one = visitor()
    page = one.sign_in("quantri")
    page.goto(one.address + "/admin/xapi")
    page.fill("[name=name]", "Kho dữ liệu thử nghiệm")
    page.locator("main form").first.locator("button[type=submit]").click()
    codes = [code.inner_text() for code in page.locator("code.xapi-copy").all()]
    one.picture("14-key")
    basic = base64.b64encode(f"{codes[1]}:{codes[2]}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "X-Experience-API-Version": "1.0.3"}
    verbs = set()
    url = one.address + "/xapi/statements?limit=500"
    while url:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            body = json.load(answer)
        verbs |= {statement["verb"]["id"].rsplit("/", 1)[-1] for statement in body["statements"]}
        url = one.address + body["more"] if body.get("more") else ""
    assert {
        "registered",
        "initialized",
        "completed",
        "answered",
        "passed",
        "attended",
        "submit",
        "scored",
        "evaluated",
    } <= verbs
    assert "Nguyễn" not in json.dumps(body, ensure_ascii=False)
