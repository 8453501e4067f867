"""Each block that is done on a lesson's page, by keyboard alone, on a phone; nothing that axe would refuse."""

import shutil
import threading

import pytest
from werkzeug.serving import make_server

from lms.catalogue.previewing import application
from tests.catalogue import sample
from tests.e2e.looking import violations

PHONE = {"width": 360, "height": 780}


@pytest.fixture(scope="module")
def address():
    server = make_server("127.0.0.1", 0, application(sample.COURSE, sample.COURSE / sample.LESSON), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/"
    server.shutdown()
    thread.join()


@pytest.fixture
def page(browser, address):
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.add_init_script("window.told = []; addEventListener('khue-work', (event) => told.push(event.detail))")
    page.goto(address)
    page.wait_for_selector("khue-calc output")
    page.wait_for_selector("khue-sort.is-live")
    yield page
    context.close()


def axe(page):
    return [(rule["id"], node["html"][:200]) for rule in violations(page) for node in rule["nodes"]]


def told(page, key):
    return page.evaluate("key => told.filter((one) => one.key.startsWith(key)).at(-1)", key)


def press(page, element, *names):
    page.locator(element).first.focus()
    for name in names:
        page.keyboard.press(name)


def test_things_are_sorted_with_the_arrow_keys(page):
    for row, bin_ in enumerate((0, 1, 2, 1)):
        press(page, f"khue-sort fieldset:nth-of-type({row + 1}) input", "Space", *["ArrowRight"] * bin_)
    press(page, "khue-sort .btn", "Enter")
    assert page.locator("khue-sort [role=status]").inner_text() == "Đúng 4/4 mục."
    assert told(page, "phan-loai") == {
        "key": "phan-loai-1", "state": {"picks": [0, 1, 2, 1], "done": True}, "done": True, "score": 1,
    }  # fmt: skip


def test_what_is_not_sorted_yet_is_asked_for(page):
    press(page, "khue-sort .btn", "Enter")
    assert page.locator("khue-sort [role=status]").inner_text() == "Còn 4 mục chưa xếp."
    assert page.evaluate("document.activeElement.closest('fieldset') !== null")


def test_steps_are_moved_with_buttons_that_keep_the_focus(page):
    for _ in range(2):
        page.get_by_role("button", name="Đưa lên: Xem có nguy hiểm").focus()
        page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('li').innerText").startswith("Xem có nguy hiểm")
    press(page, "khue-order .btn", "Enter")
    assert page.locator("khue-order [role=status]").inner_text() == "Đúng thứ tự."
    assert "Nguy hiểm được xét trước" in page.locator("khue-order .live").inner_text()
    assert told(page, "trinh-tu")["score"] == 1


def test_questions_of_an_earlier_lesson_are_answered(page):
    press(page, "khue-recall .recalled:nth-of-type(1) input", "Space")
    press(page, "khue-recall .recalled:nth-of-type(1) .btn", "Enter")
    page.locator("khue-recall input[type=number]").focus()
    page.keyboard.type("300")
    press(page, "khue-recall .recalled:nth-of-type(2) .btn", "Enter")
    words = page.locator("khue-recall").inner_text()
    assert "an toàn đi trước" in words
    assert "Chưa đúng" in words
    assert told(page, "nho-lai")["score"] == 0.5


def test_a_situation_is_walked_to_its_end_and_begun_again(page):
    for _ in range(2):
        press(page, "khue-decide .choices button", "Enter")
    words = page.locator("khue-decide").inner_text()
    assert "Không ai bị thương" in words
    assert "An toàn +30" in words
    assert [one.inner_text() for one in page.locator("khue-decide output").all()] == ["100", "60", "60"]
    assert told(page, "quyet-dinh") == {"key": "quyet-dinh-1", "state": {"path": [0, 0]}, "done": True, "score": None}
    press(page, "khue-decide .btn", "Enter")
    assert page.locator("khue-decide .choices button").count() == 3


def test_a_simulation_is_played_over_its_rounds(page):
    for _ in range(3):
        press(page, "khue-simulate .choices button", "Enter")
    words = page.locator("khue-simulate").inner_text()
    assert "Hàng chờ ngắn lại mà vẫn còn tiền." in words
    assert [one.inner_text() for one in page.locator("khue-simulate .figures-line strong").all()] == ["40", "80", "3"]
    assert told(page, "mo-phong")["done"] is True


def test_a_calculation_follows_the_figures_and_says_nothing_of_none(page):
    field = page.get_by_label("Số người đi kiểm tra")
    field.fill("7")
    outputs = page.locator("khue-calc output")
    assert [one.inner_text() for one in outputs.all()] == ["105", "0,7"]
    field.fill("")
    assert [one.inner_text() for one in outputs.all()] == ["—", "—"]


def test_a_term_is_explained_on_focus_and_goes_with_escape(page):
    page.locator("a.term").first.focus()
    assert "Văn bản cho phép" in page.get_by_role("tooltip").inner_text()
    page.keyboard.press("Escape")
    assert page.get_by_role("tooltip").count() == 0


def test_a_solution_opens_by_keyboard_and_points_lead_to_their_words(page):
    press(page, ".answer summary", "Enter")
    assert page.get_by_text("Biết: có công trình đang đổ sàn").first.is_visible()
    press(page, ".map-point", "Enter")
    page.wait_for_function("document.activeElement.id === 'ban-do-1-1'")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_before_and_after_everything_was_done(page, theme):
    page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
    assert axe(page) == []
    press(page, ".answer summary", "Enter")
    for row in range(4):
        press(page, f"khue-sort fieldset:nth-of-type({row + 1}) input", "Space")
    for element in ("khue-sort", "khue-order"):
        press(page, f"{element} .btn", "Enter")
    for _ in range(2):
        press(page, "khue-decide .choices button", "Enter")
    for _ in range(3):
        press(page, "khue-simulate .choices button", "Enter")
    page.locator("a.term").first.focus()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_without_scripts_all_can_be_read(browser, address):
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    for words in ("Nhà tám tầng, phép ghi bảy tầng", "Sang bước 2", "Mở thêm một quầy buổi sáng", "Lập biên bản"):
        assert page.get_by_text(words).first.is_visible(), words
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    context.close()


def test_on_paper_nothing_is_hidden(page):
    press(page, "khue-decide .choices button", "Enter")
    page.emulate_media(media="print")
    for words in ("Sang bước 2", "Người trực:", "Dưới bảy tầng, dưới 500 m²"):
        assert any(one.is_visible() for one in page.get_by_text(words).all()), words
    assert not page.locator("khue-decide .live").is_visible()


def test_the_script_of_all_blocks_stays_small():
    script = (sample.ROOT / "lms/catalogue/static/blocks.js").read_bytes()
    assert len(script) <= 30_000
    assert shutil.which("node") is None or b"eval(" not in script
