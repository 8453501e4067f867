"""Exported packages: taken in again by our own readers, and by their rules."""

import io
from datetime import UTC, datetime
from html import unescape
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from sqlalchemy import select

from lms.assessment.models import QUESTION_KINDS
from lms.assessment.models import Question as Question_
from lms.core.database import db
from lms.core.guard import SYSTEM
from lms.core.text import one_line
from lms.learning.exchange import queries, services
from lms.packages.course import Attached, Course, FileItem, Lesson, Link, Module, Option, Question, Quiz
from lms.packages.exports import cartridge as cartridge_writer
from lms.packages.exports import cmi5 as cmi5_writer
from lms.packages.exports import qti as qti_writer
from lms.packages.exports import scorm12
from lms.packages.formats import cartridge, cmi5, qti
from lms.packages.scorm import manifest as scorm
from tests import factories

TITLE = "Chuyển đổi số ở cơ sở: hướng dẫn dành cho cán bộ, công chức <phường> & xã"


class Held(dict[str, bytes]):
    """A package's files in memory."""

    def size(self, path: str) -> int:
        return len(self[path])

    def open(self, path: str) -> io.BytesIO:
        return io.BytesIO(self[path])


def unpacked(write, course: Course) -> Held:
    out = io.BytesIO()
    write(course, out)
    with ZipFile(out) as archive:
        return Held({name: archive.read(name) for name in archive.namelist()})


CHOICES = (Option("a", "Đúng", right=True), Option("b", "Sai", explanation="Vì…"))
QUIZ = Quiz(
    "q",
    "Bài luyện tập",
    50,
    (
        Question(
            "one",
            "single",
            "Một </script> câu?",
            (Option("a", "Đúng", right=True), Option("b", "Sai", explanation="Vì…")),
        ),
        Question("two", "short", "Thủ đô?", answers=("Hà Nội",)),
    ),
)
COURSE = Course(
    "https://khue.example/programmes/A2.1/versions/1",
    TITLE,
    (
        Module(
            "m1",
            TITLE,
            (
                Lesson("l1", TITLE, '<h2 id="a">Mục</h2><img src="files/hình 1.svg" alt="Hình">', ("hình 1.svg",)),
                Link("k", "Trang", "https://example.org/?a=1&b=2"),
                Attached("f", "Tệp", "hình 1.svg"),
                QUIZ,
            ),
        ),
    ),
    files=(FileItem("hình 1.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"),),
)
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=60).filter(
    lambda text: text.strip() and "￾" not in text
)


def test_our_own_reader_takes_the_cmi5_package_as_it_was_meant():
    held = unpacked(cmi5_writer.write, COURSE)
    read = cmi5.read_structure(held)
    units = [unit for unit in read.root.walk() if unit.kind == "au"]
    assert [unit.href for unit in units] == ["m01-01.html", "m01-02.html", "m01-03.html", "m01-04.html"]
    assert read.root.title == {"vi": TITLE} and not read.notes
    assert units[0].properties["moveOn"] == "Completed" and "masteryScore" not in units[0].properties
    assert units[3].properties["moveOn"] == "Passed" and float(units[3].properties["masteryScore"]) == 0.5


def test_our_own_reader_takes_the_scorm_package_without_a_note():
    held = unpacked(scorm12.write, COURSE)
    read = scorm.read_structure(held)
    units = [unit for unit in read.root.walk() if unit.kind == "sco"]
    assert read.kind == "scorm12" and read.notes == ()
    assert [unit.href for unit in units] == ["m01-01.html", "m01-02.html", "m01-03.html", "m01-04.html"]
    assert list(units[0].title.values()) == [TITLE]


def test_the_scorm_manifest_lists_every_file_once_and_has_its_elements_in_order():
    held = unpacked(scorm12.write, COURSE)
    root = etree.fromstring(held["imsmanifest.xml"])
    listed = [unquote(one.get("href")) for one in root.iter("{*}file")]
    assert sorted(listed) == sorted(set(held) - {"imsmanifest.xml"})
    assert [etree.QName(one).localname for one in root] == ["metadata", "organizations", "resources"]
    ids = [one.get("identifier") for one in root.iter() if one.get("identifier")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("write", [scorm12.write, cmi5_writer.write])
def test_pages_need_nothing_from_elsewhere_and_do_not_end_their_own_script(write):
    held = unpacked(write, COURSE)
    page = held["m01-04.html"].decode()
    assert page.count("</script>") == 3
    assert "<phường>" not in page
    for name in ("khue/page.css", "khue/page.js", "khue/tracker.js"):
        assert b"//cdn" not in held[name] and b"import(" not in held[name]


@pytest.mark.parametrize("write", [scorm12.write, cmi5_writer.write])
def test_the_same_course_gives_the_same_bytes(write):
    one, other = io.BytesIO(), io.BytesIO()
    write(COURSE, one)
    write(COURSE, other)
    assert one.getvalue() == other.getvalue()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(words, st.lists(words, min_size=1, max_size=3)), min_size=1, max_size=3))
def test_any_titles_survive_both_packages(given_modules):
    modules = tuple(
        Module(f"m{n}", title, tuple(Lesson(f"l{k}", one, "<p>x</p>") for k, one in enumerate(lessons)))
        for n, (title, lessons) in enumerate(given_modules)
    )
    course = Course("https://khue.example/c", "Khóa", modules)
    count = sum(len(module.items) for module in modules)
    for write, read, kind in (
        (scorm12.write, scorm.read_structure, "sco"),
        (cmi5_writer.write, cmi5.read_structure, "au"),
    ):
        assert sum(unit.kind == kind for unit in read(unpacked(write, course)).root.walk()) == count


def test_our_own_reader_takes_the_cartridge_with_its_quiz():
    held = unpacked(cartridge_writer.write, COURSE)
    found = cartridge.read_structure(held)
    (block,) = found.root.children
    assert found.notes == () and found.root.title == {"vi": TITLE}
    assert [unit.kind for unit in block.children] == ["web", "link", "image", "au"]
    assert block.children[3].title == {"vi": QUIZ.title} and block.children[3].href in found.generated
    assert "Hà Nội" in found.generated[block.children[3].href].decode()


plain_words = words.map(one_line).filter(bool)
chosen = st.lists(st.tuples(plain_words, st.booleans()), min_size=2, max_size=5, unique_by=lambda one: one[0]).map(
    lambda given_: tuple(Option(f"k{n}", text, right=right, explanation=text) for n, (text, right) in enumerate(given_))
)
asked = st.one_of(
    st.builds(Question, st.just("q1"), st.just("multiple"), plain_words, chosen, explanation=plain_words),
    st.builds(Question, st.just("q1"), st.just("short"), plain_words, answers=st.tuples(plain_words)),
    st.builds(Question, st.just("q1"), st.just("essay"), plain_words, explanation=plain_words),
)


@given(asked)
@settings(max_examples=60, deadline=None)
def test_questions_come_back_from_a_cartridge_as_they_left(one: Question):
    quiz = Quiz("q", "Kiểm tra", 50, (one,))
    read, notes = qti.read_quiz(etree.fromstring(qti_writer.assessment(quiz, "m01-01")), "q", "Kiểm tra")
    if one.kind == "multiple" and not any(option.right for option in one.options):
        assert read is None and len(notes) == 1
    else:
        assert read == quiz and not notes


def test_what_a_cartridge_cannot_ask_is_named():
    number = Question("n", "numeric", "Bao nhiêu?", answers=("3.5",), tolerance=0.5)
    order = Question("o", "ordering", "Sắp xếp", CHOICES)
    course = Course("https://khue.example/1", TITLE, (Module("m", TITLE, (Quiz("q", "Q", 50, (number, order)),)),))
    assert cartridge_writer.left_out(course) == ("Bao nhiêu?", "Sắp xếp")
    assert sorted(unpacked(cartridge_writer.write, course)) == ["imsmanifest.xml"]


@pytest.mark.parametrize("form", sorted(services.FORMS))
def test_a_version_leaves_with_its_questions_only_when_asked(session, form: str):
    version = factories.version()
    course = queries.collect(version.id, quizzes=True)
    assert course is not None and not course.notes
    quizzes = [item for _, item in course.parts() if isinstance(item, Quiz)]
    assert quizzes and {one.kind for quiz in quizzes for one in quiz.questions} == set(QUESTION_KINDS)
    held = unpacked(services.FORMS[form][2], course)
    kept = quizzes[0].questions if form != "cartridge" else qti_writer.exportable(quizzes[0]).questions
    everything = b"\n".join(held.values()).decode()
    assert all(one.prompt in everything or one.prompt in unescape(everything) for one in kept)


@pytest.mark.parametrize("form", sorted(services.FORMS))
def test_a_version_leaves_with_its_figures_and_without_any_question(session, form: str):
    version = factories.version()
    course = queries.collect(version.id)
    assert course is not None and course.files and course.notes
    assert not any(isinstance(item, Quiz) for _, item in course.parts())
    html = "".join(item.html for _, item in course.parts() if isinstance(item, Lesson))
    assert '"/figures/' not in html and 'src="files/' in html
    held = unpacked(services.FORMS[form][2], course)
    everything = b"\n".join(held.values())
    prompts = db.session.scalars(select(Question_.body["prompt"].astext).limit(200)).all()
    assert prompts and not [one for one in prompts if one.encode() in everything]
    with services.export(SYSTEM, version.id, form, module_id=None, at=datetime.now(UTC)) as stored:
        assert stored.read(2) == b"PK"
