"""Quizzes, questions and essays as activities of statements."""

from typing import Any

from lms.assessment.models import Assignment, Question, Quiz
from lms.records.emit import Activity


def quiz_activity(quiz: Quiz) -> Activity:
    """A quiz, by the code that stays the same over versions."""
    return Activity("quiz", quiz.code, quiz.title)


def question_activity(question: Question) -> Activity:
    """A question, named by the start of its prompt."""
    return Activity("question", question.code, {"vi": question.body["prompt"][:200]})


def assignment_activity(assignment: Assignment) -> Activity:
    """An essay of a version."""
    return Activity("assignment", f"{assignment.version_id}:{assignment.code}", assignment.title)


def response_text(response: Any) -> str:
    """Write a response as xAPI does (Data, appendix C): keys joined by ``[,]``, pairs by ``[.]``."""
    match response:
        case bool():
            return "true" if response else "false"
        case list():
            return "[,]".join(str(key) for key in response if key is not None)
        case dict():
            return "[,]".join(f"{left}[.]{right}" for left, right in response.items())
        case _:
            return str(response)
