"""What can be done with quizzes and essays: start, answer, hand in, mark."""

from lms.assessment.services.essays import COMMENT_MAX, REMARK_MAX, hand_in, mark, mark_with
from lms.assessment.services.held import refusal
from lms.assessment.services.quizzes import (
    Saved,
    questions_of,
    right_answer,
    save_answer,
    save_answers,
    start_attempt,
    submit_attempt,
)

__all__ = [
    "COMMENT_MAX",
    "REMARK_MAX",
    "Saved",
    "hand_in",
    "mark",
    "mark_with",
    "questions_of",
    "refusal",
    "right_answer",
    "save_answer",
    "save_answers",
    "start_attempt",
    "submit_attempt",
]
