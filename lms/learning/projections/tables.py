"""The rows that the tables hold, in the form in which statements tell them; and writing them.

A row is written only while it still is as it was read, so that a change made meanwhile is never undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from lms.assessment.models import Answer, Attempt, Question, Quiz, Submission
from lms.assessment.rules import seed_of
from lms.catalogue.models import Lesson, Module
from lms.classes.models import Attendance, Enrolment, Session
from lms.core.database import Base, db
from lms.learning.models import LessonProgress
from lms.learning.projections.folding import Key, Row
from lms.people.models import Account


class Held(NamedTuple):
    """A row as its table holds it.

    :ivar row: the columns that statements can tell
    :ivar identity: the primary key
    """

    row: Row
    identity: dict[str, Any]


@dataclass(slots=True)
class Holding:
    """All that the tables hold of a registration; nobody's, without person and class, when it is no enrolment.

    :ivar named_since: when the person's account was made; none without an account
    """

    registration: UUID
    person_id: UUID | None = None
    class_id: UUID | None = None
    version_id: UUID | None = None
    named_since: datetime | None = None
    rows: dict[Key, Held] = field(default_factory=dict)


class _Source(NamedTuple):
    """How the rows of a table are read: SQL of registration, codes of the key, and tables beside it (``r``)."""

    model: type[Base]
    identity: tuple[str, ...]
    columns: tuple[str, ...]
    registration: str
    codes: tuple[str, ...]
    joined: str


_ACCOUNTS = ("recorded_by", "marked_by")
"""Columns that hold an account's id; here, as in statements, its opaque name."""

_FIXED = ("id", "seed")
"""Columns that a row is made with and that never change."""

_SOURCES = {
    "enrolment": _Source(Enrolment, ("id",), ("status", "enrolled_at", "completed_at"), "r.id", (), ""),
    "lesson": _Source(
        LessonProgress,
        ("registration", "lesson_id"),
        ("percent", "anchor", "seconds", "started_at", "seen_at", "completed_at"),
        "r.registration",
        ("m.code", "l.code"),
        "JOIN lessons l ON l.id = r.lesson_id JOIN modules m ON m.id = l.module_id",
    ),
    "attempt": _Source(
        Attempt,
        ("id",),
        ("id", "seed", "started_at", "submitted_at", "score", "max_score", "passed"),
        "r.registration",
        ("q.code", "r.number"),
        "JOIN quizzes q ON q.id = r.quiz_id",
    ),
    "answer": _Source(
        Answer,
        ("attempt_id", "question_id"),
        ("correct",),
        "t.registration",
        ("q.code", "t.number", "u.code"),
        "JOIN attempts t ON t.id = r.attempt_id AND r.correct IS NOT NULL "
        "JOIN quizzes q ON q.id = t.quiz_id JOIN questions u ON u.id = r.question_id",
    ),
    "submission": _Source(
        Submission,
        ("id",),
        ("id", "submitted_at", "score", "passed", "marked_at", "marked_by"),
        "r.registration",
        ("g.version_id || ':' || g.code", "r.number"),
        "JOIN assignments g ON g.id = r.assignment_id LEFT JOIN accounts n ON n.id = r.marked_by",
    ),
    "attendance": _Source(
        Attendance,
        ("session_id", "enrolment_id"),
        ("status", "recorded_at", "recorded_by"),
        "r.enrolment_id",
        ("r.session_id",),
        "LEFT JOIN accounts n ON n.id = r.recorded_by",
    ),
}

_ENROLMENTS = text(
    "SELECT e.id AS registration, e.person_id, e.class_id, c.version_id, n.created_at AS named_since FROM enrolments e "
    "JOIN class_runs c ON c.id = e.class_id LEFT JOIN accounts n ON n.person_id = e.person_id WHERE e.id = ANY(:of)"
)


def read(registrations: Sequence[UUID]) -> dict[UUID, Holding]:
    """Return what the tables hold of these registrations; one SQL statement a table."""
    chosen = {"of": list(registrations)}
    holdings = {registration: Holding(registration) for registration in registrations}
    for enrolment in db.session.execute(_ENROLMENTS, chosen).mappings():
        holdings[enrolment["registration"]] = Holding(**enrolment)
    for table, source in _SOURCES.items():
        width = len(source.identity)
        for registration, codes, *values in db.session.execute(text(_sql(source)), chosen):
            row = dict(zip(source.columns, values[width:], strict=True))
            holdings[registration].rows[table, *codes] = Held(row, dict(zip(source.identity, values, strict=False)))
    return holdings


def change(key: Key, held: Held, said: Row) -> bool:
    """Make a row hold what statements say; returns whether it was still as read, and all of it can be changed."""
    new = {name: value for name, value in said.items() if held.row[name] != value and name not in _FIXED}
    return bool(new) and _update(_SOURCES[key[0]], held, new)


def remove(key: Key, held: Held) -> Row | None:
    """Take away a row of which no statement tells, and return it whole; what people typed or handed in is left."""
    source = _SOURCES[key[0]]
    if key[0] == "answer":
        return held.row if _update(source, held, {"correct": None}) else None
    if key[0] not in ("lesson", "attendance"):
        return None
    gone = delete(source.model).where(*_as_read(source, held)).returning(*source.model.__table__.c)
    row = db.session.execute(gone).mappings().one_or_none()
    return None if row is None else dict(row)


def restore(key: Key, of: Holding, said: Row) -> bool:
    """Write a row that is missing; returns whether it could be, from what statements say."""
    if key[0] == "answer":
        return _restore_result(key, of, said)
    values = _whole(key, of, said)
    if values is None:
        return False
    table = _SOURCES[key[0]].model.__table__
    made = insert(table).values(values).on_conflict_do_nothing().returning(*table.primary_key)  # type: ignore[arg-type]
    return db.session.execute(made).first() is not None


def _sql(source: _Source) -> str:
    codes = ", ".join(f"CAST({code} AS text)" for code in source.codes)
    columns = [f"r.{name}" for name in source.identity]
    columns += ["n.actor_name" if name in _ACCOUNTS else f"r.{name}" for name in source.columns]
    return (
        f"SELECT {source.registration}, CAST(ARRAY[{codes}] AS text[]), {', '.join(columns)} "  # noqa: S608 - constants
        f"FROM {source.model.__tablename__} r {source.joined} WHERE {source.registration} = ANY(:of)"
    )


def _as_read(source: _Source, held: Held) -> list[ColumnElement[bool]]:
    columns = source.model.__table__.c
    same = [columns[name] == value for name, value in held.identity.items()]
    same += [columns[name].is_not_distinct_from(value) for name, value in held.row.items() if name not in _ACCOUNTS]
    return same


def _update(source: _Source, held: Held, new: Row) -> bool:
    values = {name: _account(value) if name in _ACCOUNTS else value for name, value in new.items()}
    return _count(db.session.execute(update(source.model).where(*_as_read(source, held)).values(values))) == 1


def _account(name: UUID | None) -> Any:
    return None if name is None else select(Account.id).where(Account.actor_name == name).scalar_subquery()


def _whole(key: Key, of: Holding, said: Row) -> Row | None:
    """Return all columns of a row that is missing; None when statements do not carry them."""
    row: Row = dict(said)
    match key:
        case ("lesson", module, code):
            row |= {"registration": of.registration, "lesson_id": _lesson(of, module, code)}
        case ("attempt", code, number):
            row = {"id": uuid4()} | row | {"registration": of.registration, "person_id": of.person_id}
            row |= {"number": int(number), "seed": seed_of(row["id"]), "quiz_id": _quiz(of, code)}
        case ("attendance", session):
            row |= {"enrolment_id": of.registration, "session_id": _session(of, UUID(session))}
            row["recorded_by"] = _account(said["recorded_by"])
        case _:
            return None
    incomplete = any(name.endswith("_id") and value is None for name, value in row.items())
    return None if incomplete else row


def _restore_result(key: Key, of: Holding, said: Row) -> bool:
    """Write whether an answer is right, if the answer is there."""
    _table, code, number, question = key
    chosen = (
        select(Attempt.id.label("attempt_id"), Question.id.label("question_id"))
        .join(Question, Question.quiz_id == Attempt.quiz_id)
        .where(Attempt.registration == of.registration, Attempt.quiz_id == _quiz(of, code))
        .where(Attempt.number == int(number), Question.code == question)
    )
    keys = db.session.execute(chosen).one_or_none()
    if keys is None:
        return False
    unmarked = (Answer.attempt_id == keys.attempt_id, Answer.question_id == keys.question_id, Answer.correct.is_(None))
    return _count(db.session.execute(update(Answer).where(*unmarked).values(said))) == 1


def _lesson(of: Holding, module: str, code: str) -> UUID | None:
    return db.session.scalar(
        select(Lesson.id)
        .join(Module)
        .where(Module.version_id == of.version_id, Module.code == module, Lesson.code == code)
    )


def _session(of: Holding, session_id: UUID) -> UUID | None:
    return db.session.scalar(select(Session.id).where(Session.id == session_id, Session.class_id == of.class_id))


def _quiz(of: Holding, code: str) -> UUID | None:
    return db.session.scalar(
        select(Quiz.id)
        .join(Module, Module.id == Quiz.module_id)
        .where(Module.version_id == of.version_id, Quiz.code == code)
    )


def _count(result: Any) -> int:
    count: int = result.rowcount
    return count
