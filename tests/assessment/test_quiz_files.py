"""Quizzes as files: the outcome a question tests, and numbers that are computed where they are asked."""

import shutil

import pytest
import yaml

from lms.catalogue import services
from lms.catalogue.content import ContentError
from lms.core.config import ROOT


@pytest.fixture
def quiz(tmp_path):
    """Change the first numeric question of a copy of A2.1's quizzes, and tell the faults of reading it."""
    for name in ("courses/A2.1-quan-ly-phat-trien-do-thi", "content/A2.1"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("content/can-cu.yaml", "content/thuat-ngu.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    path = min((tmp_path / "content/A2.1").glob("*/quiz.yaml"))
    document = yaml.safe_load(path.read_text("utf-8"))
    number, question = next((n, q) for n, q in enumerate(document["questions"]) if q["kind"] == "numeric")

    def change(**values):
        question.update(values)
        path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
        try:
            services.read(tmp_path)
        except ContentError as error:
            return [str(fault).partition(f"questions[{number}].")[2] for fault in error.faults]
        return []

    return change


def test_a_formula_that_gives_the_answer_is_taken(quiz, app):
    assert quiz(answer=30, tolerance=0, formula="500 - (5 * 82 + 60)", mistakes=["500 - 6 * 82"], outcome=1) == []


def test_a_formula_that_gives_another_number_is_refused_with_it(quiz, app):
    (fault,) = quiz(answer=30, tolerance=0.01, formula="500 - 6 * 82")
    assert fault == "formula: a formula that gives the answer 30; it gives 8"


def test_a_wrong_way_that_leads_to_the_right_number_is_refused(quiz, app):
    (fault,) = quiz(answer=9, tolerance=0.01, formula="180 - 162 - 15 * 0.6", mistakes=["18 / 3", "15 * 0.6"])
    assert fault == "mistakes[1]: a computation that does not give the answer 9"


@pytest.mark.parametrize("bad", ["__import__('os')", "1 / 0", "x + 1", "2 +"])
def test_what_is_no_formula_is_refused(quiz, app, bad):
    (fault,) = quiz(answer=1, tolerance=0, formula=bad)
    assert fault.startswith("formula: ")


def test_an_outcome_that_the_module_does_not_have_is_refused(quiz, app):
    (fault,) = quiz(outcome=40)
    assert fault.startswith("outcome: at most ")
