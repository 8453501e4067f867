"""Reading files: what is wrong is told with file, key and what is expected; what is unsafe does not get in."""

import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue import services
from lms.catalogue.content import ContentError, Reader, figures
from lms.catalogue.content.lessons import read_lesson, render
from lms.catalogue.content.registers import Registers
from lms.core.config import ROOT

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 20"><rect width="5" height="5"/></svg>'
HEAD = """---
id: l1
title: {vi: "Bài", en: "Lesson"}
minutes: 10
summary: {vi: "Tóm tắt", en: "Summary"}
sources:
  - {title: "Nguồn", kind: law}
---
"""


@pytest.fixture
def repository(tmp_path):
    """A copy of the programme with content, small enough to break."""
    for name in ("courses/A2.1-quan-ly-phat-trien-do-thi", "content/A2.1"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("content/can-cu.yaml", "content/thuat-ngu.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def programme(repository):
    return next((repository / "courses").glob("A2.1-*")) / "programme.yaml"


def _faults(root: Path) -> list[str]:
    with pytest.raises(ContentError) as caught:
        services.read(root)
    return [str(fault) for fault in caught.value.faults]


def _change(path: Path, **values) -> None:
    document = yaml.safe_load(path.read_text("utf-8")) | values
    path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")


def test_a_sound_copy_is_read(repository, app):
    assert services.read(repository)[0].version is not None


def test_an_empty_repository_is_refused(tmp_path):
    assert "a folder for each programme" in _faults(tmp_path)[0]


def test_every_wrong_key_is_told_at_once(repository, programme):
    _change(programme, quota="many", group="Z9", colour="red")
    told = _faults(repository)
    assert any("programme.yaml: quota: Expected `int`" in fault for fault in told)
    assert any("programme.yaml: group: Invalid enum value 'Z9'" in fault for fault in told)
    assert any("programme.yaml: colour: no such key; known are" in fault for fault in told)


def test_a_missing_key_is_named(repository, programme):
    document = yaml.safe_load(programme.read_text("utf-8"))
    del document["audience"]["text"]["en"]
    programme.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    assert any("audience.text.en: the key is missing" in fault for fault in _faults(repository))


def test_a_fault_deep_in_a_list_is_named_with_its_place(repository, programme):
    document = yaml.safe_load(programme.read_text("utf-8"))
    document["version"]["topics"][2]["hours"] = "eight"
    programme.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    assert any("version.topics[2].hours: Expected `int`" in fault for fault in _faults(repository))


def test_hours_that_do_not_add_up_are_refused(repository, programme):
    document = yaml.safe_load(programme.read_text("utf-8"))
    document["version"]["hours"] += 1
    programme.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    assert any("version.hours: " in fault and "the sum of" in fault for fault in _faults(repository))


def test_a_key_given_twice_is_refused(repository, programme):
    programme.write_text(programme.read_text("utf-8") + "\ncode: A2.2\n", "utf-8")
    assert any("the key 'code' is given twice" in fault for fault in _faults(repository))


def test_windows_1258_is_refused_with_its_byte(repository, programme):
    programme.write_bytes("code: A2.1\nname: đô thị\n".encode("cp1258", "replace"))
    assert any("UTF-8 text" in fault for fault in _faults(repository))


def test_decomposed_vietnamese_is_refused_with_its_line(repository, programme):
    programme.write_text(programme.read_text("utf-8") + "# Đô thi\u0323\n", "utf-8")
    assert any("composed Vietnamese letters" in fault for fault in _faults(repository))


def test_a_byte_order_mark_is_refused(repository, programme):
    programme.write_bytes(b"\xef\xbb\xbf" + programme.read_bytes())
    assert any("no byte order mark" in fault for fault in _faults(repository))


def test_faults_of_quizzes_are_told_with_the_rest(repository, programme, app):
    quiz = next((repository / "content/A2.1").glob("*/quiz.yaml"))
    document = yaml.safe_load(quiz.read_text("utf-8"))
    single = next(n for n, question in enumerate(document["questions"]) if question["kind"] == "single")
    for option in document["questions"][single]["options"]:
        option["correct"] = True
    document["questions"][single]["lesson"] = "nowhere"
    quiz.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    version = yaml.safe_load(programme.read_text("utf-8"))["version"]
    _change(programme, version=version | {"hours": 1})
    told = _faults(repository)
    assert any(f"questions[{single}].options: exactly one right option" in fault for fault in told)
    assert any(f"questions[{single}].lesson: one of" in fault for fault in told)
    assert any("version.hours: " in fault for fault in told)


def _lesson(tmp_path, markdown: str, **files: str):
    folder = tmp_path / "content/X/m1"
    (folder / "figures").mkdir(parents=True)
    (folder / "l.md").write_text(HEAD + markdown, "utf-8")
    for name, content in files.items():
        (folder / "figures" / f"{name}.svg").write_text(content, "utf-8")
    reader = Reader(tmp_path)
    return read_lesson(reader, folder / "l.md", tmp_path / "content/X", Registers()), [
        str(fault) for fault in reader.faults
    ]


def test_a_figure_becomes_a_figure_with_its_caption_and_size(tmp_path):
    lesson, faults = _lesson(tmp_path, '![Sơ đồ](figures/a.svg "Hình 1. Một > hai")', a=SVG)
    assert not faults
    assert '<img src="figure:m1/figures/a.svg" alt="Sơ đồ" width="10" height="20" loading="lazy">' in lesson.html
    assert "<figcaption>Hình 1. Một &gt; hai</figcaption>" in lesson.html
    assert [figure.name for figure in lesson.figures] == ["m1/figures/a.svg"]


@pytest.mark.parametrize(
    "source",
    ["https://example.com/x.svg", "/etc/passwd", "../../../secret.svg", "data:image/svg+xml,x", "figures/none.svg"],
)
def test_pictures_from_outside_the_folder_are_refused(tmp_path, source):
    lesson, faults = _lesson(tmp_path, f"![x]({source})")
    assert "<img" not in (lesson.html if lesson else "")
    assert faults or source.startswith("data:")  # Markdown itself takes no data: address


@pytest.mark.parametrize(
    "bad",
    [
        SVG.replace("<rect", "<script>alert(1)</script><rect"),
        SVG.replace("<rect", '<rect onclick="alert(1)"'),
        SVG.replace("<rect", '<image href="https://example.com/x.png"/><rect'),
        SVG.replace("<rect", '<use href="other.svg#x"/><rect'),
        SVG.replace("<rect", '<rect fill="url(https://example.com)"'),
        SVG.replace("<rect", "<style>@import 'x.css';</style><rect"),
        SVG.replace("<rect", "<foreignObject/><rect"),
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG,
        '<?xml-stylesheet href="x.css"?>' + SVG,
        SVG.replace(' viewBox="0 0 10 20"', ""),
        SVG[:-3],
        "<svg/>",
    ],
)
def test_a_drawing_that_does_more_than_show_is_refused(bad):
    with pytest.raises(figures.BadFigureError):
        figures.check("x.svg", bad.encode())


def test_a_drawing_may_use_its_own_parts():
    own = SVG.replace("<rect", '<defs><g id="p"/></defs><use href="#p"/><rect fill="url(#g)"')
    assert figures.check("x.svg", own.encode()).height == 20


@pytest.mark.parametrize(
    ("drawn", "letters"),
    [
        ('<text font-size="20">a</text><text font-size="14px">b</text>', 14),
        ("<style>.a{font:600 16px sans-serif} .b { font-size: 12.5px }</style>", 12.5),
        ('<text style="fill:red;font-size:9px">a</text>', 9),
        ("<rect/>", None),
    ],
)
def test_the_smallest_letters_of_a_drawing_are_known(drawn, letters):
    drawing = SVG.replace("<rect", f"{drawn}<rect").replace("0 0 10 20", "0 0 656 400")
    picture = figures.check("x.svg", drawing.encode())
    assert picture.letters == letters
    assert picture.letters_at(328) == (letters / 2 if letters else None)


def test_a_picture_must_be_what_its_name_says():
    with pytest.raises(figures.BadFigureError):
        figures.check("x.png", b"<html>")


def test_headings_get_stable_ids_of_their_own():
    html, headings = render("## Đô thị **thông minh**\n\n## Đô thị thông minh\n\n### Nhỏ")
    assert [heading["id"] for heading in headings] == ["s-do-thi-thong-minh", "s-do-thi-thong-minh-2"]
    assert '<h3 id="s-nho">' in html


def test_markup_in_a_lesson_is_shown_not_run():
    html, _ = render('<script>alert(1)</script>\n\n[x](javascript:alert(1)) <b onclick="x">b</b>')
    assert "<script" not in html and 'href="javascript' not in html and "<b " not in html


@given(st.text())
def test_whatever_is_written_yields_no_script(text):
    html, _ = render(text)
    assert "<script" not in html.lower()
    assert "<img" not in html
