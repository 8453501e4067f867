"""The days of people in classes, kept beside their enrolments so that the database refuses two at one time."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from lms.classes.life import OPEN
from lms.classes.models import ClassRun, Commitment, Enrolment
from lms.core.clauses import cite
from lms.core.database import db
from lms.core.errors import DomainError
from lms.people.models import Person

_COLUMNS = ("id", "person_id", "enrolment_id", "class_id", "title", "starts_on", "ends_on", "holds")


def follow(class_id: UUID) -> None:
    """Make the commitments of a class what its dates, its state and its enrolments say, in the act that changed them.

    :raises DomainError: ``two-classes`` (mục IV.4)
    """
    db.session.flush()
    _refuse_overlap(class_id)
    holds = and_(ClassRun.status.in_(OPEN), Enrolment.status == "enrolled")
    days = (ClassRun.id, ClassRun.name, ClassRun.starts_on, ClassRun.ends_on)
    wanted = select(func.gen_random_uuid(), Enrolment.person_id, Enrolment.id, *days, holds)
    wanted = wanted.join(ClassRun, ClassRun.id == Enrolment.class_id).where(ClassRun.id == class_id)
    rows = insert(Commitment).from_select(list(_COLUMNS), wanted)
    changed = {name: rows.excluded[name] for name in ("title", "starts_on", "ends_on", "holds")}
    differs = or_(*(getattr(Commitment, name).is_distinct_from(value) for name, value in changed.items()))
    db.session.execute(rows.on_conflict_do_update(index_elements=["enrolment_id"], set_=changed, where=differs))


def settle(enrolment_ids: Sequence[UUID]) -> None:
    """Let go of who has her result; hold again whose result was taken back, unless she is in another class by now."""
    db.session.flush()
    other = aliased(Commitment)
    elsewhere = exists().where(
        other.person_id == Commitment.person_id,
        other.id != Commitment.id,
        other.holds,
        other.starts_on <= Commitment.ends_on,
        Commitment.starts_on <= other.ends_on,
    )
    studies = and_(Enrolment.status == "enrolled", ClassRun.status.in_(OPEN), ~elsewhere)
    values = update(Commitment).values(holds=studies).where(Commitment.enrolment_id.in_(enrolment_ids))
    values = values.where(Enrolment.id == Commitment.enrolment_id, ClassRun.id == Enrolment.class_id)
    db.session.execute(values.execution_options(synchronize_session=False))


def _refuse_overlap(class_id: UUID) -> None:
    """Answer in words what the constraint would refuse."""
    clash = (
        select(Person.full_name, Person.staff_code, Commitment.title, Commitment.starts_on, Commitment.ends_on)
        .join(Commitment, Commitment.person_id == Person.id)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(ClassRun, ClassRun.id == Enrolment.class_id)
        .where(
            ClassRun.id == class_id,
            ClassRun.status.in_(OPEN),
            Enrolment.status == "enrolled",
            Commitment.holds,
            Commitment.class_id.is_distinct_from(class_id),
            Commitment.starts_on <= ClassRun.ends_on,
            ClassRun.starts_on <= Commitment.ends_on,
        )
        .order_by(Person.sort_key, Person.id)
    )
    row = db.session.execute(clash.limit(1)).one_or_none()
    if row is not None:
        raise two_classes(*row)


def two_classes(name: str, code: str, other: str, starts_on: object, ends_on: object) -> DomainError:
    """Return the refusal of somebody who is in another class at that time."""
    return DomainError(
        "two-classes",
        _l(
            "%(person)s (%(code)s) is in class %(other)s from %(start)s to %(end)s; nobody attends two classes "
            "at the same time (%(clause)s).",
            clause=cite("IV.4"),
            person=name,
            code=code,
            other=other,
            start=f"{starts_on:%d/%m/%Y}",
            end=f"{ends_on:%d/%m/%Y}",
        ),
    )
