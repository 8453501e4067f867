"""Typed rows of quizzes, attempts and essays."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from lms.assessment.models import Answer, Assignment, Attempt, Question, Quiz, Submission
from lms.catalogue.models import Lesson, Module
from lms.core.database import db

Texts = dict[str, str]


class QuizResult(NamedTuple):
    """How a registration stands with a quiz of its version."""

    quiz_id: UUID
    module_id: UUID
    title: Texts
    pass_percent: int
    attempts_allowed: int
    attempts_used: int
    best_score: int | None
    max_score: int
    passed: bool
    open_attempt_id: UUID | None


class EssayState(NamedTuple):
    """How a registration stands with an assignment of its version: the newest submission, if any."""

    assignment_id: UUID
    title: Texts
    submission_id: UUID | None
    submitted_at: datetime | None
    score: float | None
    max_score: int
    pass_score: int
    passed: bool | None


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


def quiz_results(registration: UUID, version_id: UUID) -> list[QuizResult]:
    """Return one row for each quiz of the version, also for those not tried yet."""
    q, a = Quiz, Attempt
    asked = select(func.count(Question.id)).where(Question.quiz_id == q.id).correlate(q).scalar_subquery()
    opened = aliased(Attempt)
    rows = db.session.execute(
        select(
            q.id,
            q.module_id,
            q.title,
            q.pass_percent,
            q.attempts_allowed,
            func.count(a.id),
            func.max(a.score),
            asked,
            func.coalesce(func.bool_or(a.passed), False),
            opened.id,
        )
        .join(Module, Module.id == q.module_id)
        .outerjoin(a, and_(a.quiz_id == q.id, a.registration == registration))
        .outerjoin(
            opened,
            and_(opened.quiz_id == q.id, opened.registration == registration, opened.submitted_at.is_(None)),
        )
        .where(Module.version_id == version_id)
        .group_by(q.id, Module.position, opened.id)
        .order_by(Module.position)
    )
    return [QuizResult(*row) for row in rows]


def essay_state(registration: UUID, version_id: UUID) -> list[EssayState]:
    """Return one row for each assignment of the version, with the newest submission."""
    g, s = Assignment, Submission
    newest = (
        select(s)
        .where(s.registration == registration)
        .ext(distinct_on(s.assignment_id))
        .order_by(s.assignment_id, s.number.desc())
        .subquery()
    )
    n = newest.c
    rows = db.session.execute(
        select(g.id, g.title, n.id, n.submitted_at, n.score, g.max_score, g.pass_score, n.passed)
        .outerjoin(newest, n.assignment_id == g.id)
        .where(g.version_id == version_id)
        .order_by(g.code)
    )
    return [EssayState(*row) for row in rows]


def attempt_owner(attempt_id: UUID) -> UUID | None:
    """Return whose attempt it is."""
    return db.session.scalar(select(Attempt.person_id).where(Attempt.id == attempt_id))


def attempt(attempt_id: UUID) -> AttemptCard | None:
    """Return an attempt with its quiz and how many were used."""
    a, q, m = Attempt, Quiz, Module
    other = aliased(Attempt)
    used = (
        select(func.count(other.id))
        .where(other.registration == a.registration, other.quiz_id == a.quiz_id)
        .correlate(a)
        .scalar_subquery()
    )
    row = db.session.execute(
        select(
            a.id, a.registration, a.quiz_id, q.module_id, q.title, m.title, a.number, a.seed, a.started_at,
            a.submitted_at, a.score, a.max_score, a.passed, q.pass_percent, q.attempts_allowed, used,
        )
        .join(q, q.id == a.quiz_id)
        .join(m, m.id == q.module_id)
        .where(a.id == attempt_id)
    ).first()  # fmt: skip
    return None if row is None else AttemptCard(*row)


def questions(quiz_id: UUID, attempt_id: UUID | None = None) -> Sequence[AskedQuestion]:
    """Return a quiz's questions in order, with the answers of an attempt."""
    q, a = Question, Answer
    rows = db.session.execute(
        select(
            q.id, q.code, q.position, q.kind, q.body, a.response, func.coalesce(a.revision, 0), a.saved_at, a.correct
        )
        .outerjoin(a, and_(a.question_id == q.id, a.attempt_id == attempt_id))
        .where(q.quiz_id == quiz_id)
        .order_by(q.position)
    )
    return [AskedQuestion(*row) for row in rows]


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
