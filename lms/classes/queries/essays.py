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
    marked_at: datetime | None
    max_score: int | None
    pass_score: int | None


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
            Submission.marked_at,
            Assignment.max_score,
            Assignment.pass_score,
        )
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Submission, Submission.id == newest)
        .outerjoin(Assignment, Assignment.id == Submission.assignment_id)
        .where(of, Enrolment.status != "withdrawn")
        .order_by(Submission.id.is_(None), Submission.marked_at.is_not(None), Person.sort_key, Person.id)
    )
