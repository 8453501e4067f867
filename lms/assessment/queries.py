"""Typed rows of quizzes, attempts and essays."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ScalarSelect, TextClause, and_, func, select, text
from sqlalchemy.orm import InstrumentedAttribute, aliased

from lms.assessment.models import Answer, Attempt, Question, Quiz, Submission
from lms.catalogue.models import Lesson, Module, ProgrammeVersion
from lms.core.database import db

Texts = dict[str, str]
_Registration = InstrumentedAttribute[UUID]


class AttemptCard(NamedTuple):
    """An attempt with its quiz."""

    id: UUID
    registration: UUID
    quiz_id: UUID
    module_id: UUID
    title: Texts
    module_title: Texts
    number: int
    seed: int
    started_at: datetime
    submitted_at: datetime | None
    score: int | None
    max_score: int
    passed: bool | None
    pass_percent: int
    attempts_allowed: int
    attempts_used: int
    asked: list[UUID] | None
    results: list[bool | None]
    """Of all attempts at the quiz: whether it was passed; None for one that is open."""


class AskedQuestion(NamedTuple):
    """A question with what was answered in an attempt."""

    id: UUID
    code: str
    position: int
    kind: str
    body: dict[str, Any]
    response: Any
    revision: int
    saved_at: datetime | None
    correct: bool | None


class QuizCard(NamedTuple):
    """A quiz as reviewers see it."""

    id: UUID
    title: Texts
    module_title: Texts
    pass_percent: int
    attempts_allowed: int


def counting(submissions: str = "submissions") -> TextClause:
    """Return, as SQL, whether a submission is the one that counts: the newest of its trainee for the assignment.

    A newer file replaces an older one whatever mark that had, so an essay that failed and was handed in anew has no
    score until it is marked; what has passed can no longer be replaced. Every page, record and report asks this.

    :param submissions: name or alias of the table in the statement
    """
    return text(
        "NOT EXISTS (SELECT FROM submissions newer "
        f"WHERE newer.registration = {submissions}.registration "
        f"AND newer.assignment_id = {submissions}.assignment_id AND newer.number > {submissions}.number)"
    )


def essay_score(registration: _Registration) -> ScalarSelect[float | None]:
    """Return, as SQL, the score of a registration's essay: that of the submission that counts, if it is marked."""
    return (
        select(func.max(Submission.score)).where(Submission.registration == registration, counting()).scalar_subquery()
    )


def quizzes_passed(registration: _Registration) -> ScalarSelect[int]:
    """Return, as SQL, how many quizzes a registration has passed: each counts once, in whichever attempt."""
    passed = select(func.count(Attempt.quiz_id.distinct()))
    return passed.where(Attempt.registration == registration, Attempt.passed.is_(True)).scalar_subquery()


def attempt_owner(attempt_id: UUID) -> UUID | None:
    """Return whose attempt it is."""
    return db.session.scalar(select(Attempt.person_id).where(Attempt.id == attempt_id))


def attempt(attempt_id: UUID) -> AttemptCard | None:
    """Return an attempt with its quiz and how many were used."""
    a, q, m = Attempt, Quiz, Module
    other = aliased(Attempt)
    others = (other.registration == a.registration, other.quiz_id == a.quiz_id)
    used = select(func.count(other.id)).where(*others).correlate(a).scalar_subquery()
    results = select(func.array_agg(other.passed)).where(*others).correlate(a).scalar_subquery()
    row = db.session.execute(
        select(
            a.id, a.registration, a.quiz_id, q.module_id, q.title, m.title, a.number, a.seed, a.started_at,
            a.submitted_at, a.score, a.max_score, a.passed, q.pass_percent, q.attempts_allowed, used,
            a.asked, results,
        )
        .join(q, q.id == a.quiz_id)
        .join(m, m.id == q.module_id)
        .where(a.id == attempt_id)
    ).first()  # fmt: skip
    return None if row is None else AttemptCard(*row)


def questions(
    quiz_id: UUID, attempt_id: UUID | None = None, asked: Sequence[UUID] | None = None
) -> Sequence[AskedQuestion]:
    """Return a quiz's questions in order, with the answers of an attempt.

    :param asked: the questions drawn for the attempt, in the order in which they are asked; all by default
    """
    q, a = Question, Answer
    rows = db.session.execute(
        select(
            q.id, q.code, q.position, q.kind, q.body, a.response, func.coalesce(a.revision, 0), a.saved_at, a.correct
        )
        .outerjoin(a, and_(a.question_id == q.id, a.attempt_id == attempt_id))
        .where(q.quiz_id == quiz_id)
        .order_by(q.position)
    )
    bank = [AskedQuestion(*row) for row in rows]
    if asked is None:
        return bank
    known = {question.id: question for question in bank}
    return [known[question_id]._replace(position=place) for place, question_id in enumerate(asked, 1)]


def lessons_of(module_id: UUID) -> dict[str, tuple[UUID, Texts]]:
    """Return id and title of a module's lessons by their code."""
    rows = db.session.execute(select(Lesson.code, Lesson.id, Lesson.title).where(Lesson.module_id == module_id))
    return {code: (lesson_id, title) for code, lesson_id, title in rows}


def quiz_of_version(version_id: UUID, code: str) -> QuizCard | None:
    """Return a quiz of a version by its code, or by the code of its module."""
    q, m = Quiz, Module
    row = db.session.execute(
        select(q.id, q.title, m.title, q.pass_percent, q.attempts_allowed)
        .join(m, m.id == q.module_id)
        .where(m.version_id == version_id, (q.code == code) | (m.code == code))
    ).first()
    return None if row is None else QuizCard(*row)


def criteria(version_id: UUID) -> list[dict[str, Any]]:
    """Return the criteria of a version's rubric: ``weight`` in percent, and ``text``."""
    document = db.session.scalar(select(ProgrammeVersion.document).where(ProgrammeVersion.id == version_id)) or {}
    return list(document.get("essay", {}).get("criteria", ()))


def version_questions(version_id: UUID) -> list[tuple[str, str, tuple[str, ...]]]:
    """Answer which questions a version asks (:data:`lms.catalogue.hooks.version_questions`): code, title, words."""
    rows = db.session.execute(
        select(Module.code.label("module"), Question.code, Question.position, Question.body)
        .join(Quiz, Quiz.id == Question.quiz_id)
        .join(Module, Module.id == Quiz.module_id)
        .where(Module.version_id == version_id)
        .order_by(Module.position, Question.position)
    )
    return [(f"{row.module}/{row.code}", row.body["prompt"], _words_of(row.body)) for row in rows]


def _words_of(body: Mapping[str, Any]) -> tuple[str, ...]:
    """What of a question is compared: what is asked, what can be chosen, what is right, why."""
    choices = [str(one.get("text", "")) for one in (*body.get("options", ()), *body.get("items", ()))]
    return (str(body["prompt"]), *choices, f"→ {body.get('right')}", str(body.get("explanation") or ""))
