"""Blocks of lessons: every kind is read and drawn; whatever is wrong is told with file, line and what is expected."""

import shutil
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.catalogue import services
from lms.catalogue.content import Reader, formulas
from lms.catalogue.content.formulas import BadFormulaError
from lms.catalogue.content.lessons import render
from lms.catalogue.content.markup import Page, pieces
from lms.catalogue.content.registers import RegisteredSource, Registers
from lms.catalogue.content.writing import Writer, names
from lms.catalogue.models import GlossaryTerm, Lesson, ProgrammeVersion
from lms.core.database import utcnow
from tests.catalogue import sample

HEAD = sample.COURSE.joinpath(sample.LESSON).read_text("utf-8").partition("\n---\n")[0] + "\n---\n"


@pytest.fixture
def course(tmp_path):
    shutil.copytree(sample.COURSE, tmp_path / "course")
    return tmp_path / "course"


def told(course, markdown):
    (course / sample.LESSON).write_text(HEAD + markdown, "utf-8")
    return [(fault.key, fault.expected) for fault in sample.read(course)[1].faults]


def test_every_kind_of_block_is_read_and_drawn():
    lesson, reader = sample.read(sample.COURSE)
    assert reader.faults == []
    kinds = {str(block.__struct_config__.tag) for block in lesson.document.blocks}
    assert len(kinds) == len(names()) + 1  # and running text
    assert [heading["text"] for heading in lesson.headings] == ["Hỏi bốn câu theo thứ tự", "Nhìn, đo, tính", "Làm thử"]
    assert "(điểm a khoản 6 Điều 135 Luật Đất đai 2024)" in lesson.html.replace("</a>; <a", "</a>)<a").replace(
        '<a href="#nguon-thu-ldd">', ""
    ).replace("</a>", "")
    assert "Nghị định số 16/2022/NĐ-CP ngày 28/01/2022 của Chính phủ quy định xử phạt" in lesson.html
    assert 'download="phieu-phan-luong.csv"' in lesson.html
    assert {file.name for file in lesson.figures} == {
        "m1-mo-dau/figures/hien-truong.svg",
        "m1-mo-dau/tai-ve/phieu-phan-luong.csv",
        "m1-mo-dau/nghe-nhin/cuoc-goi.mp3",
    }


def test_solutions_are_closed_on_the_screen_and_stand_at_the_end_on_paper():
    html = sample.read(sample.COURSE)[0].html
    assert "<details open" not in html
    solutions = html.partition('<section class="solutions on-paper">')[2].partition("</section>")[0]
    for words in ("Chưa biết: diện tích sàn", "Dưới bảy tầng, dưới 500 m²", "Nguy hiểm được xét trước", "320 m²"):
        assert words in solutions


@pytest.mark.parametrize(
    ("markdown", "line", "expected"),
    [
        ("\nVăn bản.\n\n:::khối-lạ\nx\n:::\n", 4, "“khối-lạ” is none"),
        (":::ghi-nhớ\nchưa đóng\n", 1, "closes the block ghi-nhớ"),
        (":::ghi-nhớ\nmột\n:::sai-lầm\nhai\n:::\n", 1, "closes the block ghi-nhớ"),
        ("Văn bản\n\n:::\n", 3, "a block that is open"),
        (":::tình-huống\nx\n:::\n", 1, "dựng"),
        (":::tình-huống thật\nkhông nguồn\n:::\n", 1, "a citation"),
        (":::tự-làm\nlàm\n---\ngiải\n:::\n", 1, "minutes"),
        (":::tự-làm 5 phút\nkhông lời giải\n:::\n", 1, "its solution"),
        (":::căn-cứ\nx\n:::\n", 1, "a code of"),
        (":::căn-cứ khong-co\nx\n:::\n", 1, "“khong-co” is none"),
        ("Câu một.\nCâu hai [@khong-co Đ1].\n", 2, "“khong-co” is none"),
        ("- một\n- hai [[từ lạ]]\n", 2, "“từ lạ” is none"),
        ("| a |\n| --- |\n| [[từ lạ]] |\n", 3, "“từ lạ” is none"),
        ("![](figures/hien-truong.svg)\n", 1, "words for those who do not see"),
        ("\n\n![Hình](figures/khong-co.svg)\n", 3, "is missing"),
        ("[tải](tai-ve/khong-co.csv)\n", 1, "is missing"),
        ("[tải](../../../../etc/passwd)\n", 1, "inside the content folder"),
        ("# Một\n", 1, "headings ## and ###"),
        (":::ghi-nhớ\n\n## Trong khối\n:::\n", 3, "outside blocks"),
        (":::danh-mục Tên\n- một\n- [ ] hai\n:::\n", 2, "- [ ]"),
        (":::phân-loại Tên\n- một => A\n- hai\n- ba => B\n:::\n", 3, "- item => group"),
        (":::phân-loại Tên\n- một => A\n- hai => A\n- ba => A\n:::\n", 1, "2 to 5 groups"),
        (":::phân-loại\n- một => A\n- hai => B\n- ba => B\n:::\n", 1, "a title"),
        (":::trình-tự Tên\n- một\n- hai\n- ba\n:::\n", 1, "a numbered list"),
        (":::nhớ-lại khong-co 2\n:::\n", 1, "has none"),
        (":::nhớ-lại a9-m1-l1 5\n:::\n", 1, "at most 2 questions"),
        (":::nhớ-lại a9-m1-l1\n:::\n", 1, "how many questions"),
        (":::quyết-định khong-co\n:::\n", 1, "tinh-huong/"),
        (":::mô-phỏng ../bi-mat\n:::\n", 1, "mo-phong/"),
        (":::bản-đồ Tên\n![Hình](figures/hien-truong.svg)\n- 120, 3 => a\n- 1, 3 => b\n:::\n", 3, "in percent"),
        (":::nghe-nhìn Tên\n![Cuộc gọi](nghe-nhin/cuoc-goi.mp3)\n:::\n", 1, "the transcript"),
        (":::bảng-tính Tên\ninputs: {a: {label: A, value: 1, min: 0, max: 2}}\nresults:\n"
         "  - {label: B, formula: a + chua_co}\n:::\n", 1, "“chua_co” is none"),
        (":::bảng-tính Tên\ninputs: [\n:::\n", 3, "valid YAML"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line_and_what_is_expected(course, markdown, line, expected):
    first = HEAD.count("\n")
    faults = told(course, markdown)
    assert any(key == f"line {first + line}" and expected in words for key, words in faults), faults


def test_code_may_show_a_block_without_being_one(course):
    assert told(course, "Nguồn [@thu-ldd].\n\n```\n:::khối-lạ\n:::\n```\n") == []


@given(st.text())
def test_any_text_is_read_and_every_fault_has_its_line(text):
    reader = Reader(sample.COURSE)
    path = sample.COURSE / sample.LESSON
    writer = Writer(reader, path, Registers(), 1)
    writer.read(text)
    render(text)
    lines = text.count("\n") + text.count("\r") + 1
    for fault in reader.faults:
        assert 1 <= int(fault.key.removeprefix("line ")) <= lines


SOURCE = sample.COURSE.joinpath(sample.LESSON).read_text("utf-8").partition("\n---\n")[2].split("\n")


@given(
    st.lists(st.tuples(st.integers(0, len(SOURCE) - 1), st.sampled_from(["drop", "double", ":::", "---", "- a => b"])))
)
def test_a_lesson_broken_anywhere_is_read_and_every_fault_has_its_place(changes):
    lines = list(SOURCE)
    for at, change in changes:
        place = at % len(lines)
        lines[place : place + 1] = (
            [] if change == "drop" else [lines[place], lines[place] if change == "double" else change]
        )
        lines = lines or [""]
    reader = Reader(sample.COURSE)
    Writer(reader, sample.COURSE / sample.LESSON, Registers(), 1).read("\n".join(lines))
    assert all(fault.key and fault.expected for fault in reader.faults)


@given(st.text(alphabet="a:[]@|()=>!#-`~ \n1", max_size=80))
def test_a_lesson_is_divided_without_loss(text):
    assert all(piece.line >= 1 for piece in pieces(text))
    assert "<script" not in render(text)[0]


# -- situations and simulations ---------------------------------------------------------------------------------------


def changed(course, name, old, new):
    path = (course / sample.LESSON).parent / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return [f"{fault.file}: {fault.key}: {fault.expected}" for fault in sample.read(course)[1].faults]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("next: den-noi", "next: den-muon", "nodes.den-noi: a choice that leads here"),
        ("next: ket-vua", "next: tin-nhan", "ways that end"),
        ("next: ket-tot", "next: khong-co", "“khong-co” is none"),
        ("start: tin-nhan", "start: khong-co", "start: one of"),
        ("effect: {long_dan: -20}", "effect: {long_tin: -20}", "effect.long_tin: one of"),
        ("constructed: true", "constructed: false", "constructed"),
        ("ket-vua: {end: true,", "ket-vua: {", "2 to 4 choices, or end: true; here are 0"),
        ("feedback: \"Muộn nhưng thẳng.\"", "loi: 1", "no such key"),
    ],
)  # fmt: skip
def test_a_situation_whose_graph_is_broken_is_refused(course, old, new, expected):
    faults = changed(course, "tinh-huong/nha-sau-tang.yaml", old, new)
    assert any("nha-sau-tang.yaml" in fault and expected in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("max: 400", "max: 60", "variables.cho: between 0 and 60; with choices"),
        ("cho = max(0, cho + 60 - quay * 20)", "cho = cho / (quay - quay)", "never divides by 0"),
        ("cho = max(0, cho + 60 - quay * 20)", "cho = mua * 2", "“mua” is none"),
        ("cho = max(0, cho + 60 - quay * 20)", "hang = cho", "a variable of"),
        ("start: 40", "start: 4000", "between min and max"),
        ("when: \"cho <= 40 and tien >= 40\", ", "", "a condition (when)"),
        ("quay = quay + 1, tien = tien - 20", "quay = __import__('os')", "numbers, variables"),
    ],
)  # fmt: skip
def test_a_simulation_that_leaves_its_bounds_or_cannot_be_computed_is_refused(course, old, new, expected):
    faults = changed(course, "mo-phong/hang-cho.yaml", old, new)
    assert any("hang-cho.yaml" in fault and expected in fault for fault in faults), faults


def test_a_situation_that_gives_itself_away_is_noted(course):
    changed(
        course, "tinh-huong/nha-sau-tang.yaml", "Gọi chủ nhà yêu cầu dừng đổ sàn qua điện thoại, chờ trả lời.", "Gọi."
    )
    reader = sample.read(course)[1]
    assert any("lựa chọn dài ngắn tương đương" in note.expected for note in reader.notes)


@given(st.text(max_size=60))
def test_a_formula_is_arithmetic_or_refused(text):
    try:
        tree = formulas.read(text, {"a", "b"})
        formulas.value(tree, {"a": 1.5, "b": -2.0})
    except BadFormulaError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("formula", "result"),
    [("1 + 2 * 3", 7), ("-a", -4), ("if(a > 3 and not b, 10, 20)", 20), ("round(2.5)", 3), ("max(a, 9) / 3", 3),
     ("a == 4.0", 1), ("min(a, b, 2)", 1)],
)  # fmt: skip
def test_formulas_are_computed(formula, result):
    assert formulas.value(formulas.read(formula, {"a", "b"}), {"a": 4, "b": 1}) == result


# -- the registers ----------------------------------------------------------------------------------------------------


def test_a_correction_in_a_register_reaches_the_lessons_without_a_new_version(session, tmp_path):
    sample.install(tmp_path)
    services.load_programmes(tmp_path, at=utcnow())
    versions = session.scalar(select(func.count()).select_from(ProgrammeVersion))
    register = tmp_path / "content/can-cu.yaml"
    text = register.read_text("utf-8")
    entry = "  thu-xaydung:\n"
    before, entry, after = text.partition(entry)
    register.write_text(before + entry + f"    number: 999/2025/QH15\n{after}", "utf-8")
    services.load_programmes(tmp_path, at=utcnow())
    session.expire_all()
    html, sources = session.execute(
        select(Lesson.html, Lesson.sources)
        .where(Lesson.code == sample.CODE, Lesson.html.contains("khue-sort"))
        .where(Lesson.html.contains("thu-xaydung") | Lesson.html.contains("999/2025/QH15"))
    ).one()
    assert "Luật Xây dựng số 999/2025/QH15 ngày 10/12/2025" in html
    assert any(source["title"].startswith("Luật Xây dựng số 999/2025/QH15") for source in sources)
    assert "figure:" not in html
    assert session.scalar(select(func.count()).select_from(ProgrammeVersion)) == versions
    assert session.get(GlossaryTerm, "giấy phép thử").document["source"] == "Luật Xây dựng 2025"


def test_sources_that_should_be_looked_at_are_told_with_their_lesson(tmp_path):
    lesson = sample.install(tmp_path)
    _, faults, notes = services.examine(tmp_path, today=date(2026, 12, 1))
    assert faults == []
    told = [note.expected for note in notes if note.file.endswith(lesson.name)]
    for words in ("đã được thay thế bởi văn bản thử", "kiểm tra lần cuối đã 305 ngày", "độ chắc trung bình", "Đ?"):
        assert any(words in one for one in told), told


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"in_force_to": "2026-06-30"}, "hết hiệu lực ngày 30/6/2026"),
        ({"in_force_to": "2026-12"}, ""),
        ({"in_force_from": "2027"}, "có hiệu lực từ năm 2027, chưa tới"),
        ({"checked": None}, "chưa ai kiểm tra"),
        ({"sure": "thap"}, "độ chắc thấp"),
    ],
)
def test_what_a_reviewer_must_know_of_a_source(values, expected):
    checked = {"on": "2026-11-30", "by": "x", "how": "y"}
    raw = {"kind": "luat", "title": "Luật", "short": "Luật", "sure": "cao", "checked": checked} | values
    source = Reader(sample.COURSE).shape(sample.COURSE, RegisteredSource, raw)
    assert "; ".join(source.problems(date(2026, 12, 1))) == expected


def test_minutes_that_are_off_and_words_to_look_at_are_noted(course):
    markdown = 'Nguồn [@thu-ldd].\n\nGọi 0912 345 678.\n\nBiển 30A-123.45 “và” "thẳng", hoà.\n\n' + "từ " * 46 + "."
    told(course, markdown)
    notes = "\n".join(note.expected for note in sample.read(course)[1].notes)
    for words in ("giống số điện thoại", "giống biển số xe", "ngoặc kép cong", "“hoà”", "câu này có 46", "đang ghi 95"):
        assert words in notes, words


def test_a_page_without_finder_has_no_files():
    assert Page(Registers(), {}).file("x.svg", 1) is None
