"""What the moves of nominations ask, and what their pages show."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, func, literal, select
from sqlalchemy.orm import aliased

from lms.classes.life import CLASS, OPEN
from lms.classes.models import ClassRun, Commitment, Enrolment
from lms.core.database import db
from lms.documents.models import IssuedPaper
from lms.people.access import role_in_force
from lms.people.models import Account, Person, RoleHolding, Unit, UnitSuccession
from lms.planning.life import LIVE, SEATED, NominationFacts
from lms.planning.models import Nomination, Quota


class Named(NamedTuple):
    """A nomination as lists show it."""

    id: UUID
    person_id: UUID
    staff_code: str
    full_name: str
    position: str
    unit_id: int
    unit: str
    status: str
    priority: int
    submitted_at: datetime
    waiting_rank: int | None
    confirmed_at: datetime | None
    cannot_because: str | None


def named(class_id: UUID, *, unit_ids: Sequence[int] | None = None) -> list[Named]:
    """Return the nominations for a class in the order in which they are decided: by unit, and the unit's own order.

    :param unit_ids: of these units only
    """
    rows = (
        select(
            Nomination.id,
            Nomination.person_id,
            Person.staff_code,
            Person.full_name,
            Person.position,
            Nomination.unit_id,
            Unit.name.label("unit"),
            Nomination.status,
            Nomination.priority,
            Nomination.submitted_at,
            Nomination.waiting_rank,
            Nomination.confirmed_at,
            Nomination.cannot_because,
        )
        .join(Person, Person.id == Nomination.person_id)
        .join(Unit, Unit.id == Nomination.unit_id)
        .where(Nomination.class_id == class_id)
        .order_by(Unit.sort_key, Unit.id, Nomination.submitted_at, Nomination.priority, Nomination.id)
    )
    if unit_ids is not None:
        rows = rows.where(Nomination.unit_id.in_(unit_ids))
    return [Named(**row._mapping) for row in db.session.execute(rows)]


class Told(NamedTuple):
    """A nomination as its own page shows it."""

    id: UUID
    class_id: UUID
    class_code: str
    class_name: str
    class_status: str
    starts_on: date
    ends_on: date
    person_id: UUID
    staff_code: str
    full_name: str
    position: str
    unit_id: int
    unit: str
    unit_now: str
    """The unit that came after it, where it has ended; else its own name."""
    status: str
    priority: int
    submitted_at: datetime
    waiting_rank: int | None
    confirmed_at: datetime | None
    cannot_because: str | None


def nomination_row(nomination_id: UUID) -> Told | None:
    """Return a nomination for its page."""
    rows = told(Nomination.id == nomination_id)
    return rows[0] if rows else None


def told(condition: ColumnElement[bool]) -> list[Told]:
    """Return nominations for their pages, the newest first."""
    heir = aliased(Unit)
    now = (
        select(func.string_agg(heir.name, "; "))
        .join(UnitSuccession, UnitSuccession.successor_id == heir.id)
        .where(UnitSuccession.predecessor_id == Unit.id)
        .correlate(Unit)
        .scalar_subquery()
    )
    run = (ClassRun.id, ClassRun.code, ClassRun.name, ClassRun.status, ClassRun.starts_on, ClassRun.ends_on)
    person = (Person.id, Person.staff_code, Person.full_name, Person.position)
    own = (
        Nomination.status,
        Nomination.priority,
        Nomination.submitted_at,
        Nomination.waiting_rank,
        Nomination.confirmed_at,
        Nomination.cannot_because,
    )
    rows = (
        select(Nomination.id, *run, *person, Unit.id, Unit.name, func.coalesce(now, Unit.name), *own)
        .select_from(Nomination)
        .join(ClassRun, ClassRun.id == Nomination.class_id)
        .join(Person, Person.id == Nomination.person_id)
        .join(Unit, Unit.id == Nomination.unit_id)
        .where(condition)
        .order_by(Nomination.submitted_at.desc(), Nomination.id)
    )
    return [Told(*tuple(row)) for row in db.session.execute(rows)]


def places_left(class_id: UUID) -> int:
    """Return how many places of a class are neither taken nor promised."""
    members = select(func.count()).where(Enrolment.class_id == class_id, Enrolment.status != "withdrawn")
    promised = select(func.count()).where(Nomination.class_id == class_id, Nomination.status == "approved")
    left = select(ClassRun.capacity - members.scalar_subquery() - promised.scalar_subquery())
    return db.session.execute(left.where(ClassRun.id == class_id)).scalar_one()


def quota_left(class_id: UUID, unit_id: int) -> int:
    """Return how many more a unit may name for a class."""
    used = select(func.count()).where(
        Nomination.class_id == class_id, Nomination.unit_id == unit_id, Nomination.status.in_(LIVE)
    )
    left = select(Quota.places - used.scalar_subquery()).where(Quota.class_id == class_id, Quota.unit_id == unit_id)
    return db.session.scalar(left) or 0


def waiting(class_id: UUID) -> list[tuple[UUID, UUID, str]]:
    """Return who waits for a place, in rank: nomination, person, name."""
    rows = (
        select(Nomination.id, Nomination.person_id, Person.full_name)
        .join(Person, Person.id == Nomination.person_id)
        .where(Nomination.class_id == class_id, Nomination.status == "waitlisted")
        .order_by(Nomination.waiting_rank)
    )
    return [(row.id, row.person_id, row.full_name) for row in db.session.execute(rows)]


def meanwhile(person_ids: Sequence[UUID], class_id: UUID) -> dict[UUID, tuple[str, object, object]]:
    """Return what else people attend, or are named for, on the days of a class: title, first, last day (mục IV.4)."""
    these = any_(literal(list(person_ids), ARRAY(Uuid)))  # one value, however many they are
    run = select(ClassRun.starts_on, ClassRun.ends_on).where(ClassRun.id == class_id).subquery()
    held = (
        select(Commitment.person_id, Commitment.title, Commitment.starts_on, Commitment.ends_on)
        .where(Commitment.person_id == these, Commitment.holds, Commitment.class_id.is_distinct_from(class_id))
        .where(Commitment.starts_on <= run.c.ends_on, run.c.starts_on <= Commitment.ends_on)
    )
    also = (
        select(Nomination.person_id, ClassRun.name, ClassRun.starts_on, ClassRun.ends_on)
        .join(ClassRun, ClassRun.id == Nomination.class_id)
        .where(Nomination.person_id == these, Nomination.status == "submitted", ClassRun.id != class_id)
        .where(ClassRun.status.in_(OPEN))
        .where(ClassRun.starts_on <= run.c.ends_on, run.c.starts_on <= ClassRun.ends_on)
    )
    rows = db.session.execute(held.union_all(also)).all()
    return {row.person_id: (row.title, row.starts_on, row.ends_on) for row in rows}


def facts_of(
    nomination: Nomination,
    run: ClassRun,
    against: Mapping[UUID, str],
    line: Sequence[tuple[UUID, UUID, str]],
    *,
    decided: bool = False,
) -> NominationFacts:
    """Return what the guards of a nomination's moves ask.

    :param against: what bars people now, in words
    :param line: who waits (:func:`waiting`)
    :param decided: whether a signed decision says so
    """
    before = _before(nomination.id, line)
    ahead = next((name for _key, person_id, name in before if person_id not in against), None)
    return NominationFacts(
        places=places_left(run.id),
        against=against.get(nomination.person_id),
        before=ahead,
        takes_place=CLASS.refusal("decide_nomination", run.status) is None,
        decided=decided,
    )


def _before(nomination_id: UUID, line: Sequence[tuple[UUID, UUID, str]]) -> list[tuple[UUID, UUID, str]]:
    """Who waits before a nomination: all of them, before one that does not wait itself."""
    keys = [key for key, _person, _name in line]
    return list(line[: keys.index(nomination_id)] if nomination_id in keys else line)


def seated(class_id: UUID) -> int:
    """Return how many nominations for a class take a place."""
    taken = select(func.count()).where(Nomination.class_id == class_id, Nomination.status.in_(SEATED))
    return db.session.scalar(taken) or 0


class Filling(NamedTuple):
    """A class as who decides sees it among others."""

    class_id: UUID
    code: str
    name: str
    status: str
    starts_on: date
    until: date | None
    capacity: int
    quota: int
    submitted: int
    waiting: int
    approved: int
    sent: int


def fillings(condition: ColumnElement[bool]) -> list[Filling]:
    """Return the classes that units name people for, those with most to decide first."""

    def count(status: str) -> Any:
        of = select(func.count()).where(Nomination.class_id == ClassRun.id, Nomination.status == status)
        return of.correlate(ClassRun).scalar_subquery()

    quota = select(func.coalesce(func.sum(Quota.places), 0)).where(Quota.class_id == ClassRun.id)
    submitted = count("submitted")
    rows = (
        select(
            ClassRun.id, ClassRun.code, ClassRun.name, ClassRun.status, ClassRun.starts_on, ClassRun.nominations_until,
            ClassRun.capacity, quota.correlate(ClassRun).scalar_subquery(), submitted, count("waitlisted"),
            count("approved"), count("sent"),
        )
        .where(condition)
        .order_by(submitted.desc(), ClassRun.starts_on.desc(), ClassRun.sort_key)
        .limit(200)
    )  # fmt: skip
    return [Filling(*row) for row in db.session.execute(rows)]


class UnitQuota(NamedTuple):
    """A unit's quota of a class.

    :ivar managed: whether somebody can name people there today
    """

    unit_id: int
    code: str
    unit: str
    places: int
    used: int
    managed: bool


def quotas(class_id: UUID, today: date) -> list[UnitQuota]:
    """Return the quotas of a class by unit."""
    used = select(func.count()).where(
        Nomination.class_id == class_id, Nomination.unit_id == Unit.id, Nomination.status.in_(LIVE)
    )
    over = aliased(Unit)
    managed = (
        select(RoleHolding.id)
        .join(over, over.id == RoleHolding.unit_id)
        .join(Account, Account.id == RoleHolding.account_id)
        .where(RoleHolding.role == "unit_manager", role_in_force(today), Account.active)
        .where(Unit.path.startswith(over.path))
        .correlate(Unit)
        .exists()
    )
    rows = (
        select(Unit.id, Unit.code, Unit.name, Quota.places, used.correlate(Unit).scalar_subquery(), managed)
        .join(Quota, Quota.unit_id == Unit.id)
        .where(Quota.class_id == class_id)
        .order_by(Unit.sort_key, Unit.id)
    )
    return [UnitQuota(*row) for row in db.session.execute(rows)]


def paper_ids(ids: Collection[UUID]) -> ColumnElement[bool]:
    """Condition: an issued paper is one of these."""
    return IssuedPaper.id.in_(ids)
