"""When a class meets, and who teaches in it."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on

from lms.catalogue.models import Topic
from lms.classes.life import TIMED
from lms.classes.models import ClassRun, Enrolment, Session, Teaching
from lms.core.database import db
from lms.people.access import in_service, role_in_force
from lms.people.models import Account, Person, RoleHolding, Unit


class SessionRow(NamedTuple):
    """A meeting of a class."""

    id: UUID
    class_id: UUID
    class_name: str
    kind: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    topic_id: UUID | None
    lecturer_id: UUID | None
    lecturer: str | None
    attendance_taken_at: datetime | None


def sessions_of(class_id: UUID) -> list[SessionRow]:
    """Return a class's meetings in order."""
    return _sessions(_session_rows().where(Session.class_id == class_id))


def sessions_of_lecturer(person_id: UUID) -> list[SessionRow]:
    """Return all meetings this person holds, in order."""
    return _sessions(_session_rows().where(Session.lecturer_id == person_id))


def session_row(class_id: UUID, session_id: UUID) -> SessionRow | None:
    """Return one meeting of a class."""
    rows = _sessions(_session_rows().where(Session.id == session_id, Session.class_id == class_id))
    return rows[0] if rows else None


def held_meanwhile(
    lecturer_id: UUID, starts_at: datetime, ends_at: datetime, *, but: UUID, but_class: UUID | None = None
) -> str | None:
    """Return the title of another session that a lecturer holds within these times; one may begin when it ends.

    A class that was cancelled or postponed keeps nobody busy.

    :param but_class: a class that moves as a whole, so that its own sessions do not count
    """
    other = (
        select(Session.title)
        .join(ClassRun, ClassRun.id == Session.class_id)
        .where(
            Session.lecturer_id == lecturer_id,
            Session.id != but,
            Session.starts_at < ends_at,
            Session.ends_at > starts_at,
            ClassRun.status.in_(TIMED),
        )
    )
    if but_class is not None:
        other = other.where(Session.class_id != but_class)
    return db.session.scalar(other.order_by(Session.starts_at).limit(1))


class TeachingRow(NamedTuple):
    """A topic and who teaches it."""

    id: UUID
    topic_id: UUID
    lecturer_id: UUID
    lecturer: str


def teachings_of(class_id: UUID) -> list[TeachingRow]:
    """Return who teaches what in a class."""
    rows = db.session.execute(
        select(Teaching.id, Teaching.topic_id, Teaching.lecturer_id, Person.full_name.label("lecturer"))
        .join(Person, Person.id == Teaching.lecturer_id)
        .where(Teaching.class_id == class_id)
        .order_by(Person.sort_key, Person.id)
    )
    return [TeachingRow(**row._mapping) for row in rows]


class TopicRow(NamedTuple):
    """A topic of a version."""

    id: UUID
    code: str
    title: dict[str, str]
    hours: int


def topics_of(version_id: UUID) -> list[TopicRow]:
    """Return a version's topics in order."""
    columns = (Topic.id, Topic.code, Topic.title, Topic.hours)
    rows = db.session.execute(select(*columns).where(Topic.version_id == version_id).order_by(Topic.position))
    return [TopicRow(**row._mapping) for row in rows]


class LecturerRow(NamedTuple):
    """Somebody who may be given a topic."""

    id: UUID
    name: str
    staff_code: str


def lecturers_of(institution_path: str, on: date) -> list[LecturerRow]:
    """Return who holds the role of a lecturer over the institution (or a unit of it) on this day."""
    offered = (
        _lecturers(select(Person.id, Person.full_name.label("name"), Person.staff_code), on)
        .join(Unit, Unit.id == RoleHolding.unit_id)
        .where(Unit.path.startswith(institution_path))
        .ext(distinct_on(Person.sort_key, Person.id))
        .order_by(Person.sort_key, Person.id)
    )
    return [LecturerRow(**row._mapping) for row in db.session.execute(offered)]


def is_lecturer(person_id: UUID, on: date) -> bool:
    """Tell whether somebody is a lecturer on this day, at whatever institution."""
    return db.session.scalar(_lecturers(select(Person.id), on).where(Person.id == person_id).limit(1)) is not None


class Taught(NamedTuple):
    """A topic that was taught to a trainee, and by whom."""

    teaching_id: UUID
    topic_id: UUID
    topic_title: dict[str, str]
    lecturer_name: str


def taught_to(enrolment_id: UUID) -> list[Taught]:
    """Return the topics and lecturers of a trainee's class."""
    rows = db.session.execute(
        select(
            Teaching.id.label("teaching_id"),
            Teaching.topic_id,
            Topic.title.label("topic_title"),
            Person.full_name.label("lecturer_name"),
        )
        .join(Enrolment, Enrolment.class_id == Teaching.class_id)
        .join(Topic, Topic.id == Teaching.topic_id)
        .join(Person, Person.id == Teaching.lecturer_id)
        .where(Enrolment.id == enrolment_id)
        .order_by(Topic.position, Person.sort_key, Person.id)
    )
    return [Taught(**row._mapping) for row in rows]


def _session_rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Session.id,
            Session.class_id,
            ClassRun.name.label("class_name"),
            Session.kind,
            Session.title,
            Session.starts_at,
            Session.ends_at,
            Session.place,
            Session.topic_id,
            Session.lecturer_id,
            Person.full_name.label("lecturer"),
            Session.attendance_taken_at,
        )
        .join(ClassRun, ClassRun.id == Session.class_id)
        .outerjoin(Person, Person.id == Session.lecturer_id)
        .order_by(Session.starts_at)
    )


def _sessions(statement: Select[*tuple[Any, ...]]) -> list[SessionRow]:
    return [SessionRow(**row._mapping) for row in db.session.execute(statement)]


def _lecturers(statement: Select[*tuple[Any, ...]], on: date) -> Select[*tuple[Any, ...]]:
    return (
        statement.join(Account, Account.person_id == Person.id)
        .join(RoleHolding, RoleHolding.account_id == Account.id)
        .where(RoleHolding.role == "lecturer", role_in_force(on), Account.active, in_service(on))
    )
