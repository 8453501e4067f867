"""What the moves of a class ask, and whom a change of its days would put in two places at once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from lms.catalogue.models import ProgrammeVersion, Topic
from lms.classes.life import ClassFacts
from lms.classes.models import ClassRun, Commitment, Enrolment, Session, Teaching
from lms.classes.queries.runs import was_approved
from lms.classes.queries.timetable import held_meanwhile
from lms.classes.rules import Period
from lms.core.database import db
from lms.people.models import Person


def class_facts(class_id: UUID, today: date) -> ClassFacts:
    """Return what the guards of a class's moves ask, with one statement."""
    trainees = select(func.count()).where(Enrolment.class_id == ClassRun.id, Enrolment.status != "withdrawn")
    sessions = select(func.count()).where(Session.class_id == ClassRun.id)
    someone = select(Teaching.id).where(Teaching.class_id == ClassRun.id, Teaching.topic_id == Topic.id).exists()
    untaught = select(func.count()).where(Topic.version_id == ClassRun.version_id, ~someone)
    row = db.session.execute(
        select(
            ClassRun.starts_on,
            ClassRun.ends_on,
            was_approved().label("approved"),
            trainees.correlate(ClassRun).scalar_subquery().label("trainees"),
            ClassRun.minimum,
            sessions.correlate(ClassRun).scalar_subquery().label("sessions"),
            untaught.correlate(ClassRun).scalar_subquery().label("untaught"),
        )
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .where(ClassRun.id == class_id)
    ).one()
    return ClassFacts(today, **row._mapping)


class Collision(NamedTuple):
    """A trainee who is in another class on the new days."""

    enrolment_id: UUID
    name: str
    staff_code: str
    other: Period


class Busy(NamedTuple):
    """A session whose lecturer teaches elsewhere at its new time."""

    session_id: UUID
    title: str
    starts_at: datetime
    lecturer: str
    other: str


class Collisions(NamedTuple):
    """Whom new days of a class would put in two places at once."""

    trainees: Sequence[Collision]
    sessions: Sequence[Busy]


def collisions(run: ClassRun, starts_on: date, ends_on: date) -> Collisions:
    """Return everybody whom a move of the class to these days would put in two places."""
    held = (
        select(Enrolment.id, Person.full_name, Person.staff_code, *_DAYS)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Commitment, Commitment.person_id == Enrolment.person_id)
        .where(
            Enrolment.class_id == run.id,
            Enrolment.status == "enrolled",
            Commitment.holds,
            Commitment.class_id.is_distinct_from(run.id),
            Commitment.starts_on <= ends_on,
            Commitment.ends_on >= starts_on,
        )
        .ext(distinct_on(Person.sort_key, Person.id))
        .order_by(Person.sort_key, Person.id, Commitment.starts_on)
    )
    barred = [Collision(row[0], row[1], row[2], Period(*row[3:])) for row in db.session.execute(held)]
    return Collisions(barred, _busy(run, starts_on - run.starts_on))


_DAYS = (Commitment.starts_on, Commitment.ends_on, Commitment.title)


def _busy(run: ClassRun, by: timedelta) -> list[Busy]:
    held = (
        select(Session.id, Session.title, Session.starts_at, Session.ends_at, Session.lecturer_id, Person.full_name)
        .join(Person, Person.id == Session.lecturer_id)
        .where(Session.class_id == run.id)
        .order_by(Session.starts_at)
    )
    busy = []
    for row in db.session.execute(held).all():
        other = held_meanwhile(row.lecturer_id, row.starts_at + by, row.ends_at + by, but=row.id, but_class=run.id)
        if other is not None:
            busy.append(Busy(row.id, row.title, row.starts_at + by, row.full_name, other))
    return busy


def due_to_begin(today: date) -> list[UUID]:
    """Return the confirmed classes whose first day has come."""
    due = select(ClassRun.id).where(ClassRun.status == "confirmed", ClassRun.starts_on <= today)
    return list(db.session.scalars(due.order_by(ClassRun.id)))


def code_taken(code: str) -> bool:
    """Tell whether a class has this code."""
    return db.session.scalar(select(ClassRun.id).where(ClassRun.code == code)) is not None
