"""The days of people in classes, kept beside their enrolments so that the database refuses two at one time."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, and_, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from lms.classes.life import OPEN
from lms.classes.models import ClassRun, Commitment, Enrolment
from lms.core.clauses import cite
from lms.core.database import db
from lms.core.errors import DomainError
from lms.people.models import Person

_COLUMNS = ("id", "person_id", "enrolment_id", "class_id", "title", "starts_on", "ends_on", "holds")


def reserve(class_id: UUID, person_id: UUID) -> None:
    """Hold the days of a class for somebody who will be enrolled in it.

    :raises DomainError: ``two-classes`` (mục IV.4)
    """
    clash = _clashes().where(ClassRun.id == class_id, Commitment.person_id == person_id)
    clash = clash.join(ClassRun, Commitment.starts_on <= ClassRun.ends_on)
    _refuse(clash.where(ClassRun.starts_on <= Commitment.ends_on))
    days = (ClassRun.id, ClassRun.name, ClassRun.starts_on, ClassRun.ends_on, literal(True))
    columns = [name for name in _COLUMNS if name != "enrolment_id"]
    wanted = select(func.gen_random_uuid(), literal(person_id), *days).where(ClassRun.id == class_id)
    db.session.execute(insert(Commitment).from_select(columns, wanted))


def release(class_id: UUID, person_id: UUID) -> None:
    """Let go of days that were held for somebody who will not be enrolled after all."""
    held = (Commitment.class_id == class_id, Commitment.person_id == person_id, Commitment.enrolment_id.is_(None))
    db.session.execute(update(Commitment).values(holds=False).where(*held))


def promised(class_id: UUID, *, besides: Sequence[UUID]) -> int:
    """Return for how many others the days of a class are held who are not enrolled yet: their places are taken."""
    held = select(func.count()).where(Commitment.class_id == class_id, Commitment.enrolment_id.is_(None))
    return db.session.scalar(held.where(Commitment.holds, Commitment.person_id.not_in(besides))) or 0


def follow(class_id: UUID) -> None:
    """Make the commitments of a class what its dates, its state and its enrolments say, in the act that changed them.

    :raises DomainError: ``two-classes`` (mục IV.4)
    """
    db.session.flush()
    _take_over(class_id)
    _refuse_overlap(class_id)
    holds = and_(ClassRun.status.in_(OPEN), Enrolment.status == "enrolled")
    days = (ClassRun.id, ClassRun.name, ClassRun.starts_on, ClassRun.ends_on)
    wanted = select(func.gen_random_uuid(), Enrolment.person_id, Enrolment.id, *days, holds)
    wanted = wanted.join(ClassRun, ClassRun.id == Enrolment.class_id).where(ClassRun.id == class_id)
    rows = insert(Commitment).from_select(list(_COLUMNS), wanted)
    changed = {name: rows.excluded[name] for name in ("title", "starts_on", "ends_on", "holds")}
    differs = or_(*(getattr(Commitment, name).is_distinct_from(value) for name, value in changed.items()))
    db.session.execute(rows.on_conflict_do_update(index_elements=["enrolment_id"], set_=changed, where=differs))


def _take_over(class_id: UUID) -> None:
    """What was held for people before they were enrolled is their enrolment's now; the rest follows the class."""
    held = (Commitment.class_id == class_id, Commitment.enrolment_id.is_(None), Commitment.holds)
    enrolled = (Enrolment.class_id == class_id, Enrolment.person_id == Commitment.person_id)
    known = exists().where(aliased(Commitment).enrolment_id == Enrolment.id)
    rows = update(Commitment).values(enrolment_id=Enrolment.id).where(*held, *enrolled, ~known)
    db.session.execute(rows.execution_options(synchronize_session=False))
    days = {"starts_on": ClassRun.starts_on, "ends_on": ClassRun.ends_on, "holds": ClassRun.status.in_(OPEN)}
    rows = update(Commitment).values(days).where(*held, ClassRun.id == Commitment.class_id)
    db.session.execute(rows.execution_options(synchronize_session=False))


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


def _clashes() -> Select[str, str, str, date, date]:
    """Other days that hold, with whose they are."""
    other = (Person.full_name, Person.staff_code, Commitment.title, Commitment.starts_on, Commitment.ends_on)
    asked = select(*other).join(Person, Person.id == Commitment.person_id).where(Commitment.holds)
    return asked.order_by(Person.sort_key, Person.id, Commitment.starts_on)


def _refuse_overlap(class_id: UUID) -> None:
    """Answer in words what the constraint would refuse: of who is enrolled, and of who will be."""
    mine = aliased(Commitment)
    enrolled = select(Enrolment.person_id).where(Enrolment.class_id == class_id, Enrolment.status == "enrolled")
    to_come = select(mine.person_id).where(mine.class_id == class_id, mine.enrolment_id.is_(None), mine.holds)
    _refuse(
        _clashes()
        .join(ClassRun, ClassRun.id == class_id)
        .where(
            ClassRun.status.in_(OPEN),
            Commitment.person_id.in_(enrolled.union(to_come)),
            Commitment.class_id.is_distinct_from(class_id),
            Commitment.starts_on <= ClassRun.ends_on,
            ClassRun.starts_on <= Commitment.ends_on,
        )
    )


def _refuse(clashes: Select[str, str, str, date, date]) -> None:
    row = db.session.execute(clashes.limit(1)).one_or_none()
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
