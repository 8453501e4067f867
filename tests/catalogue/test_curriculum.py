"""The full curriculum of A2.1, and the rules that every lesson keeps."""

import re

import pytest
import yaml

from lms.catalogue import services
from lms.core.config import ROOT


def _version():
    return next(one.version for one in services.read(ROOT) if one.file.code == "A2.1")


VERSION = _version()
LESSONS = [(module, lesson) for module in VERSION.modules for lesson in module.lessons]


@pytest.fixture(params=LESSONS, ids=lambda pair: pair[1].head.id)
def lesson(request):
    return request.param[1]


def test_it_says_that_it_is_a_proposal():
    assert VERSION.block.status == "proposed"
    assert "chờ cấp có thẩm quyền phê duyệt" in VERSION.block.notice.vi
    assert "awaiting approval" in VERSION.block.notice.en


def test_its_70_hours_add_up():
    block = VERSION.block
    modules = sum(module.file.hours for module in VERSION.modules)
    topics = sum(topic.hours for topic in block.topics)
    field_study = sum(session.hours for session in block.sessions if session.kind == "field_study")
    assert (modules, topics, field_study, block.essay.hours) == (22, 32, 8, 8)
    assert block.hours == modules + topics + field_study + block.essay.hours == 70


def test_it_has_three_modules_four_topics_four_sessions_one_field_study_and_an_essay():
    block = VERSION.block
    assert len(VERSION.modules) == 3
    assert [topic.code for topic in block.topics] == ["cd1", "cd2", "cd3", "cd4"]
    assert all(len(topic.objectives) == 4 for topic in block.topics)
    assert [(session.kind, session.topic) for session in block.sessions] == [
        ("classroom", "cd1"), ("classroom", "cd2"), ("classroom", "cd3"), ("classroom", "cd4"),
        ("field_study", "cd4"),
    ]  # fmt: skip
    assert 50 < block.attendance_min_percent <= 100
    assert sum(criterion.weight for criterion in block.essay.criteria) == 100
    assert (block.essay.code, block.essay.max_score, block.essay.pass_score) == ("thu-hoach", 10, 5)


def test_each_module_has_at_least_three_lessons():
    assert all(len(module.lessons) >= 3 for module in VERSION.modules)


def test_a_lesson_has_600_to_1200_words(lesson):
    assert 600 <= lesson.words <= 1_200


def test_a_lesson_is_divided_by_at_least_four_headings(lesson):
    assert len(lesson.headings) >= 4


def test_a_lesson_works_through_a_situation(lesson):
    assert any("tình huống" in heading["text"].lower() for heading in lesson.headings)


def test_a_lesson_has_a_drawn_figure_described_in_words(lesson):
    assert any(figure.media_type == "image/svg+xml" for figure in lesson.figures)
    images = re.findall(r'<img [^>]*alt="([^"]*)"', lesson.html)
    assert images
    assert all(len(alt) > 20 for alt in images)


def test_a_lesson_names_its_sources(lesson):
    assert len(lesson.head.sources) >= 2


def test_no_filler_is_left(lesson):
    assert not re.search(r"lorem|TODO|TBD|\bxxx\b|đang cập nhật", lesson.html, re.IGNORECASE)


@pytest.mark.parametrize("module", VERSION.modules, ids=lambda module: module.file.id)
def test_a_quiz_has_fifteen_questions_of_three_kinds_with_explanations_everywhere(module):
    quiz = yaml.safe_load(module.quiz_path.read_text("utf-8"))
    questions = quiz["questions"]
    assert len(questions) == 15
    assert len({question["kind"] for question in questions}) >= 3
    for question in questions:
        assert len(question["explanation"]) > 20, question["id"]
        for option in question.get("options", []):
            assert len(option["explanation"]) > 15, question["id"]
    assert {question["lesson"] for question in questions} == {lesson.head.id for lesson in module.lessons}
