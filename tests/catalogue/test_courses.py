"""Complete courses in the language of blocks: what each of them has, and what its questions, hours and figures keep."""

import re
from collections import Counter
from xml.etree import ElementTree

import pytest
import yaml

from lms.catalogue import services
from lms.catalogue.content import blocks
from lms.catalogue.content.registers import SOURCES
from lms.core.config import ROOT

COURSES = {programme.file.code: programme.version for programme in services.read(ROOT) if programme.version is not None}
MODULES = [pytest.param(module, id=module.file.id) for version in COURSES.values() for module in version.modules]
LESSONS = [
    pytest.param(lesson, id=lesson.head.id)
    for version in COURSES.values()
    for module in version.modules
    for lesson in module.lessons
]
INTERACTIVE = (
    blocks.Sorting,
    blocks.Ordering,
    blocks.Decision,
    blocks.Simulation,
    blocks.Calculator,
    blocks.Timeline,
    blocks.MapPoints,
)


def _questions(module):
    return yaml.safe_load(module.quiz_path.read_text("utf-8"))["questions"]


def _of(lesson, *kinds):
    return [block for block in lesson.document.blocks if isinstance(block, kinds)]


@pytest.mark.parametrize("code", COURSES)
def test_a_course_is_a_proposal_with_a_rubric_that_has_levels(code):
    block = COURSES[code].block
    assert block.status == "proposed"
    assert "chờ cấp có thẩm quyền phê duyệt" in block.notice.vi
    assert "Chưa đạt" in block.essay.instructions.vi
    assert "Not yet" in block.essay.instructions.en


@pytest.mark.parametrize("code", COURSES)
def test_a_course_has_a_simulation(code):
    assert any(_of(lesson, blocks.Simulation) for module in COURSES[code].modules for lesson in module.lessons)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_three_to_five_lessons_and_a_branching_situation(module):
    assert 3 <= len(module.lessons) <= 5
    assert any(_of(lesson, blocks.Decision) for lesson in module.lessons)


@pytest.mark.parametrize("module", MODULES)
def test_a_modules_minutes_are_its_periods(module):
    minutes = sum(lesson.minutes for lesson in module.lessons) + 1.5 * len(_questions(module))
    assert abs(minutes - 45 * module.file.hours) <= 0.15 * 45 * module.file.hours


@pytest.mark.parametrize("module", MODULES)
def test_a_module_ends_with_a_page_to_print(module):
    assert len(_of(module.lessons[-1], blocks.Checklist)) == 1


@pytest.mark.parametrize("module", MODULES)
def test_a_quiz_has_fifteen_questions_of_four_kinds_on_every_outcome_and_lesson(module):
    questions = _questions(module)
    assert len(questions) == 15
    assert len({question["kind"] for question in questions}) >= 4
    assert {question["outcome"] for question in questions} == set(range(1, len(module.file.outcomes) + 1))
    assert {question["lesson"] for question in questions} == {lesson.head.id for lesson in module.lessons}


@pytest.mark.parametrize("module", MODULES)
def test_every_answer_is_explained(module):
    for question in _questions(module):
        assert len(question["explanation"]) > 20, question["id"]
        for text in [option["explanation"] for option in question.get("options", [])]:
            assert len(text) > 15, question["id"]


@pytest.mark.parametrize("module", MODULES)
def test_numbers_are_computed_by_a_formula_or_show_a_mistake(module):
    for question in _questions(module):
        if question["kind"] == "numeric":
            assert question.get("formula") or question.get("mistakes"), question["id"]


@pytest.mark.parametrize("module", MODULES)
def test_the_right_option_does_not_stand_out(module):
    right_at = Counter()
    for question in _questions(module):
        options = question.get("options", [])
        lengths = [len(option["text"]) for option in options]
        assert not options or max(lengths) <= 2 * min(lengths), question["id"]
        if question["kind"] == "single":
            right = next(n for n, option in enumerate(options) if option["correct"])
            others = lengths[:right] + lengths[right + 1 :]
            assert lengths[right] <= 1.2 * max(others), question["id"]
            right_at[right] += 1
    assert len(right_at) >= 3, "the right option stands at three places or more"


@pytest.mark.parametrize("module", MODULES)
def test_the_best_choice_of_a_situation_is_not_always_the_first(module):
    for lesson in module.lessons:
        for decision in _of(lesson, blocks.Decision):
            choices = [node["choices"] for node in decision.file["nodes"].values() if node["choices"]]
            worth = [[sum(choice["effect"].values()) for choice in offered] for offered in choices]
            assert len({values.index(max(values)) for values in worth}) > 1, decision.file["id"]


@pytest.mark.parametrize("code", COURSES)
def test_true_and_false_are_balanced(code):
    answers = Counter(
        question["answer"]
        for module in COURSES[code].modules
        for question in _questions(module)
        if question["kind"] == "true_false"
    )
    assert abs(answers[True] - answers[False]) <= 2


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_starts_with_a_situation_and_asks_for_an_attempt_before_it_explains(lesson):
    first, second = lesson.document.blocks[:2]
    assert isinstance(first, blocks.Situation)
    assert isinstance(second, blocks.TryIt)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_has_600_to_1200_words(lesson):
    assert 600 <= lesson.words <= 1_200


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_has_two_figures_or_interactive_elements(lesson):
    drawn = [figure for figure in lesson.figures if figure.media_type == "image/svg+xml"]
    assert len(drawn) + len(_of(lesson, *INTERACTIVE)) >= 2


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_ends_in_a_task_at_the_office_with_a_template_and_a_measure(lesson):
    (task,) = _of(lesson, blocks.Apply)
    assert "](tai-ve/" in task.text.text
    assert "**Nộp**" in task.text.text
    assert "**Đạt**" in task.text.text


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_worked_example_says_that_its_figures_are_invented(lesson):
    source = lesson.path.read_text("utf-8")
    examples = [match.end() for match in re.finditer("Ví dụ có lời giải", source)]
    for start in examples:
        assert re.search("giả định|tình huống dựng", source[start : start + 300], re.IGNORECASE)


FIGURES = sorted((ROOT / "content").glob("[A-D]*/*/figures/*.svg"))


@pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.stem)
def test_the_text_of_a_figure_is_at_least_11_pixels_where_the_picture_is_328_wide(path):
    root = ElementTree.parse(path).getroot()
    width = float(root.get("viewBox").split()[2])
    sizes = [float(element.get("font-size")) for element in root.iter() if element.get("font-size")]
    assert sizes
    assert min(sizes) * 328 / width >= 11


def test_what_a_lawyer_must_answer_stands_with_the_sources_that_lessons_quote():
    sources = yaml.safe_load((ROOT / SOURCES).read_text("utf-8"))["sources"]
    quoted = {code for version in COURSES.values() for m in version.modules for lesson in m.lessons
              for code in (source.get("code") for source in lesson.sources) if code}  # fmt: skip
    assert quoted
    for code in quoted:
        if sources[code]["sure"] != "cao":
            assert sources[code].get("ask"), f"{code} is not sure and asks nothing"
