"""The folder form: out, in and out again the same; hostile folders refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.packages.course import Course, FileItem, Lesson, Link, Module, Option, Question, Quiz
from lms.packages.exports import folder as writer
from lms.packages.formats import folder
from lms.packages.structure import Refused
from tests.packages.test_exports import Held, unpacked

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=40)
line = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=40)
options = st.builds(Option, words, words, st.booleans(), words, words)
questions = st.builds(
    Question, words, st.sampled_from(["single", "matching", "essay"]), words,
    st.lists(options, max_size=3).map(tuple), st.lists(words, max_size=2).map(tuple), words, st.floats(0, 10),
)  # fmt: skip
items = st.one_of(
    st.builds(Lesson, line, line, st.just("<h2>Mục</h2>\n<p>Đoạn văn.</p>")),
    st.builds(Link, line, line, st.just("https://example.org/?a=1&b=ữ")),
    st.builds(Quiz, line, line, st.integers(1, 100), st.lists(questions, max_size=3).map(tuple)),
)
courses = st.builds(
    Course, line, line,
    st.lists(st.builds(Module, line, line, st.lists(items, max_size=3).map(tuple)), max_size=3).map(tuple),
    st.sampled_from(["vi", "en"]),
    st.just((FileItem("hình/1.svg", b"\x00\xff", "image/svg+xml", "Hình"),)),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(courses)
def test_out_in_and_out_again_is_the_same(course: Course):
    held = unpacked(writer.write, course)
    found = folder.read_course(held)
    assert found == course
    assert unpacked(writer.write, found) == held


HEAD = "form: 1\nidentifier: x\ntitle: T\nmodules:\n- {id: m, title: M, items: [%s]}\n"


@pytest.mark.parametrize(
    "head",
    [
        "", "[", "form: 2\nidentifier: x\ntitle: T\nmodules: []\n", "a: &a [1]\nb: *a", "!!python/object:os.system {}",
        HEAD % "{id: a, title: A}", HEAD % "{id: a, title: A, link: 'javascript:alert(1)'}",
        HEAD % "{id: a, title: A, lesson: ../../etc/passwd}", HEAD % "{id: a, title: A, file: gone.pdf}",
        HEAD % "{id: a, title: A, quiz: q.json}", HEAD % "{id: a, title: A, link: 'http://[', lesson: l}", "[" * 5000,
    ],
)  # fmt: skip
def test_a_folder_at_fault_is_refused(head: str):
    with pytest.raises(Refused):
        folder.read_course(Held({"khue.yaml": head.encode(), "q.json": b'[{"kind": "evil"}]'}))


def test_pages_are_cleaned_on_the_way_in():
    head = (HEAD % "{id: a, title: A, lesson: l.html}").encode()
    found = folder.read_course(Held({"khue.yaml": head, "l.html": b"<p onclick='x()'>a</p><script>b</script>"}))
    assert "onclick" not in found.modules[0].items[0].html and "<script" not in found.modules[0].items[0].html
