"""Essays as the marker sees them."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.dialects.postgresql import distinct_on

from lms.assessment.models import Assignment, Submission
from lms.assessment.queries import counting
from lms.classes.models import Enrolment
from lms.core.collation import name_key
from lms.core.database import db
from lms.people.models import Person


class Essay(NamedTuple):
    """A trainee's essay as the marker sees it: the newest file, or none."""

    enrolment_id: UUID
    full_name: str
    staff_code: str
    submission_id: UUID | None
    filename: str | None
    sha256: str | None
    size: int | None
    submitted_at: datetime | None
    score: float | None
    passed: bool | None
    comment: str | None
    marks: list[dict[str, Any]] | None
    """By the rubric, in the order of its criteria."""
    marked_at: datetime | None
    max_score: int | None
    pass_score: int | None
    version_id: UUID | None
    instructions: dict[str, str] | None


def essays(class_id: UUID) -> list[Essay]:
    """Return every trainee's newest essay; those who have handed in nothing come last."""
    return _essays(Enrolment.class_id == class_id)


def essay(class_id: UUID, submission_id: UUID) -> Essay | None:
    """Return one essay of the class."""
    rows = _essays(and_(Enrolment.class_id == class_id, Submission.id == submission_id))
    return rows[0] if rows else None


def next_to_mark(class_id: UUID, submission_id: UUID) -> UUID | None:
    """Return the essay that is marked after this one: the next of the list that waits, or the first that does."""
    rows = [row for row in essays(class_id) if row.submission_id is not None]
    places = {row.submission_id: place for place, row in enumerate(sorted(rows, key=lambda row: _place(row)[2:]))}
    here = places.get(submission_id, -1)
    waiting = [row.submission_id for row in rows if row.marked_at is None and row.submission_id != submission_id]
    return min(waiting, key=lambda found: (places[found] < here, places[found]), default=None)


def _essays(condition: ColumnElement[bool]) -> list[Essay]:
    rows = db.session.execute(
        select(
            Enrolment.id.label("enrolment_id"),
            Person.full_name,
            Person.staff_code,
            Submission.id.label("submission_id"),
            Submission.filename,
            Submission.sha256,
            Submission.size,
            Submission.submitted_at,
            Submission.score,
            Submission.passed,
            Submission.comment,
            Submission.marks,
            Submission.marked_at,
            Assignment.max_score,
            Assignment.pass_score,
            Assignment.version_id,
            Assignment.instructions,
        )
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Submission, and_(Submission.registration == Enrolment.id, counting()))
        .outerjoin(Assignment, Assignment.id == Submission.assignment_id)
        .where(condition, Enrolment.status != "withdrawn")
        .ext(distinct_on(Enrolment.id))
        .order_by(Enrolment.id, Submission.number.desc().nulls_last())
    )
    newest = [Essay(**row._mapping) for row in rows]
    return sorted(newest, key=_place)


def _place(row: Essay) -> tuple[bool, bool, str, str]:
    return row.submission_id is None, row.marked_at is not None, name_key(row.full_name), row.staff_code
