"""Who may see and do what with one class: each rule once, as an SQL condition; an object is tested by the same rule."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, or_, select

from lms.assessment.models import Submission
from lms.classes.models import ClassRun, Enrolment, Session, Teaching
from lms.core.database import db
from lms.core.guard import Actor
from lms.core.ownership import owned_by
from lms.people.access import units_within
from lms.people.models import Unit


def held(actor: Actor, permission: str) -> ColumnElement[bool]:
    """Classes of institutions over which the permission is held."""
    return ClassRun.institution_id.in_(select(Unit.id).where(units_within(actor.paths(permission))))


def taught(actor: Actor) -> ColumnElement[bool]:
    """Classes in which this person teaches a topic or a session."""
    if actor.person_id is None or not actor.may("classes.teach"):
        return false()
    return or_(
        exists().where(Teaching.class_id == ClassRun.id, owned_by(Teaching.lecturer_id, actor.person_id)),
        exists().where(Session.class_id == ClassRun.id, owned_by(Session.lecturer_id, actor.person_id)),
    )


def readable(actor: Actor) -> ColumnElement[bool]:
    """Classes this person may read: run by her institution, taught by her, or within what she oversees."""
    return or_(held(actor, "classes.manage"), held(actor, "classes.oversee"), taught(actor))


def may_read(actor: Actor, class_id: UUID, **_other: object) -> bool | None:
    """Tell whether this class may be read; None when there is no such class."""
    return _test(class_id, readable(actor))


def may_move(actor: Actor, class_id: UUID) -> bool | None:
    """The days of a class are moved by the institution while it is planned, later by who decides (``life.CLASS``)."""
    return _test(class_id, or_(held(actor, "classes.manage"), held(actor, "classes.decide")))


def may_mark(actor: Actor, class_id: UUID, **_other: object) -> bool | None:
    """Essays are read and marked by the class's lecturers and the institution's staff."""
    return _test(class_id, or_(held(actor, "classes.manage"), taught(actor)))


def may_mark_submission(actor: Actor, class_id: UUID, submission_id: UUID, **_other: object) -> bool | None:
    """As :func:`may_mark`, for a submission that belongs to the class."""
    belongs = (
        select(Submission.id)
        .join(Enrolment, Enrolment.id == Submission.registration)
        .where(Submission.id == submission_id, Enrolment.class_id == class_id)
    )
    return None if db.session.scalar(belongs) is None else may_mark(actor, class_id)


def may_take_attendance(actor: Actor, class_id: UUID, session_id: UUID) -> bool | None:
    """Attendance is taken by the session's lecturer or the institution's staff."""
    row = db.session.execute(
        select(owned_by(Session.lecturer_id, actor.person_id), held(actor, "classes.manage"))
        .select_from(Session)
        .join(ClassRun, ClassRun.id == Session.class_id)
        .where(Session.id == session_id, Session.class_id == class_id)
    ).one_or_none()
    return None if row is None else bool(row[0]) or bool(row[1])


def institution_path(class_id: UUID, **_other: object) -> str | None:
    """Path of the institution that runs the class; None when there is no such class."""
    return db.session.scalar(
        select(Unit.path).join(ClassRun, ClassRun.institution_id == Unit.id).where(ClassRun.id == class_id)
    )


def _test(class_id: UUID, condition: ColumnElement[bool]) -> bool | None:
    return db.session.scalar(select(condition).select_from(ClassRun).where(ClassRun.id == class_id))
