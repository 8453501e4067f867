"""Essays as the marker sees them."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, select, true

from lms.assessment.models import Assignment, Submission
from lms.assessment.queries import counting
from lms.classes.models import Enrolment
from lms.core.database import db
from lms.core.lists import numbered
from lms.core.pages import Page
from lms.core.search import matches
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
    """Return every trainee's newest essay, those that wait for a mark first; who has handed in nothing comes last."""
    return [Essay(*row) for row in db.session.execute(_essays(Enrolment.class_id == class_id))]


def essays_page(class_id: UUID, query: str) -> Page[Essay]:
    """Return the essays of the trainees whose names or codes hold what is searched for, in pages."""
    found = and_(Enrolment.class_id == class_id, matches(query, Person.search_text))
    return numbered(_essays(found), Essay)


def essay(class_id: UUID, submission_id: UUID) -> Essay | None:
    """Return one essay of the class."""
    of = and_(Enrolment.class_id == class_id, Enrolment.id == _registration_of(submission_id))
    row = db.session.execute(_essays(of, Submission.id == submission_id)).one_or_none()
    return None if row is None or row.submission_id is None else Essay(*row)


def next_to_mark(class_id: UUID, submission_id: UUID) -> UUID | None:
    """Return the essay that is marked after this one: the next by name that waits, or the first that does."""
    by_name = _essays(Enrolment.class_id == class_id).order_by(None).order_by(Person.sort_key, Person.id)
    rows = [row for row in map(Essay._make, db.session.execute(by_name)) if row.submission_id is not None]
    places = {row.submission_id: place for place, row in enumerate(rows)}
    here = places.get(submission_id, -1)
    waiting = [row.submission_id for row in rows if row.marked_at is None and row.submission_id != submission_id]
    return min(waiting, key=lambda one: (places[one] < here, places[one]), default=None)


def _registration_of(submission_id: UUID) -> ScalarSelect[UUID]:
    return select(Submission.registration).where(Submission.id == submission_id).scalar_subquery()


def _essays(of: ColumnElement[bool], which: ColumnElement[bool] | None = None) -> Select[*tuple[Any, ...]]:
    """Return as SQL the trainees of these enrolments, each with her newest essay of those that count."""
    newest = (
        select(Submission.id)
        .where(Submission.registration == Enrolment.id, counting(), true() if which is None else which)
        .order_by(Submission.number.desc())
        .limit(1)
        .correlate(Enrolment)
        .scalar_subquery()
    )
    return (
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
        .outerjoin(Submission, Submission.id == newest)
        .outerjoin(Assignment, Assignment.id == Submission.assignment_id)
        .where(of, Enrolment.status != "withdrawn")
        .order_by(Submission.id.is_(None), Submission.marked_at.is_not(None), Person.sort_key, Person.id)
    )
