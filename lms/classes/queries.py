"""Typed rows for the pages of classes, and what the floors above ask."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from lms.assessment.models import Assignment, Submission
from lms.assessment.queries import counting, essay_score, quizzes_passed
from lms.catalogue.models import Programme, ProgrammeVersion, Topic
from lms.classes.models import Attendance, ClassRun, Enrolment, Session, Teaching
from lms.classes.rules import ATTENDED, Period
from lms.core.database import db
from lms.core.text import fold, like_pattern
from lms.people.access import within
from lms.people.models import Account, Person, RoleHolding, Unit

PAGE = 50


class ClassRow(NamedTuple):
    """A class in a list."""

    id: UUID
    code: str
    name: str
    institution: str
    starts_on: date
    ends_on: date
    status: str
    trainees: int
    next_session: datetime | None


def classes(visible: ColumnElement[bool], query: str, after: str | None, *, at: datetime) -> list[ClassRow]:
    """Return classes, newest first; one more than a page when there are more. ``after`` is a class's id."""
    trainees = (
        select(func.count())
        .where(Enrolment.class_id == ClassRun.id, Enrolment.status != "withdrawn")
        .correlate(ClassRun)
        .scalar_subquery()
    )
    upcoming = (
        select(func.min(Session.starts_at))
        .where(Session.class_id == ClassRun.id, Session.starts_at > at)
        .correlate(ClassRun)
        .scalar_subquery()
    )
    statement = (
        select(
            ClassRun.id,
            ClassRun.code,
            ClassRun.name,
            Unit.name,
            ClassRun.starts_on,
            ClassRun.ends_on,
            ClassRun.status,
            trainees,
            upcoming,
        )
        .join(Unit, Unit.id == ClassRun.institution_id)
        .where(visible)
        .order_by(ClassRun.starts_on.desc(), ClassRun.code.desc())
        .limit(PAGE + 1)
    )
    if query:
        found = or_(ClassRun.code.ilike(f"%{_escaped(query)}%", escape="\\"), *_name_like(query))
        statement = statement.where(found)
    if after:
        last = select(ClassRun.starts_on, ClassRun.code).where(ClassRun.code == after).subquery()
        statement = statement.where(
            or_(
                ClassRun.starts_on < select(last.c.starts_on).scalar_subquery(),
                and_(ClassRun.starts_on == select(last.c.starts_on).scalar_subquery(), ClassRun.code < after),
            )
        )
    return [ClassRow(*row) for row in db.session.execute(statement)]


class ClassHead(NamedTuple):
    """A class as its own page shows it."""

    id: UUID
    code: str
    name: str
    version_id: UUID
    version: int
    programme_code: str
    programme: dict[str, str]
    institution_id: int
    institution: str
    institution_path: str
    starts_on: date
    ends_on: date
    status: str
    capacity: int
    attendance_min_percent: int


def class_head(class_id: UUID) -> ClassHead | None:
    """Return one class."""
    row = db.session.execute(
        select(
            ClassRun.id,
            ClassRun.code,
            ClassRun.name,
            ClassRun.version_id,
            ProgrammeVersion.number,
            Programme.code,
            Programme.name,
            Unit.id,
            Unit.name,
            Unit.path,
            ClassRun.starts_on,
            ClassRun.ends_on,
            ClassRun.status,
            ClassRun.capacity,
            ProgrammeVersion.attendance_min_percent,
        )
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .join(Unit, Unit.id == ClassRun.institution_id)
        .where(ClassRun.id == class_id)
    ).one_or_none()
    return None if row is None else ClassHead(*row)


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


class TeachingRow(NamedTuple):
    """A topic and who teaches it."""

    id: UUID
    topic_id: UUID
    lecturer_id: UUID
    lecturer: str


def teachings_of(class_id: UUID) -> list[TeachingRow]:
    """Return who teaches what in a class."""
    rows = db.session.execute(
        select(Teaching.id, Teaching.topic_id, Person.id, Person.full_name)
        .join(Person, Person.id == Teaching.lecturer_id)
        .where(Teaching.class_id == class_id)
        .order_by(Person.full_name)
    )
    return [TeachingRow(*row) for row in rows]


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
    return [TopicRow(*row) for row in rows]


class LecturerRow(NamedTuple):
    """Somebody who may be given a topic."""

    id: UUID
    name: str
    staff_code: str


def lecturers_of(institution_path: str) -> list[LecturerRow]:
    """Return who holds the role of a lecturer over the institution (or a unit of it)."""
    from_roles = (
        select(Person.id, Person.full_name, Person.staff_code)
        .join(Account, Account.person_id == Person.id)
        .join(RoleHolding, RoleHolding.account_id == Account.id)
        .join(Unit, Unit.id == RoleHolding.unit_id)
        .where(RoleHolding.role == "lecturer", Unit.path.like(f"{institution_path}%"))
        .distinct()
        .order_by(Person.full_name)
    )
    return [LecturerRow(*row) for row in db.session.execute(from_roles)]


class Member(NamedTuple):
    """A trainee in a class, with figures."""

    enrolment_id: UUID
    person_id: UUID
    staff_code: str
    full_name: str
    unit: str
    status: str
    attended: int
    quizzes_passed: int
    essay_score: float | None
    essay_handed_in: bool


def sessions_attended() -> ScalarSelect[int]:
    """Return, as SQL beside ``Enrolment``, how many sessions a trainee attended."""
    there = (Attendance.enrolment_id == Enrolment.id, Attendance.status.in_(ATTENDED))
    return select(func.count()).where(*there).correlate(Enrolment).scalar_subquery()


def members(class_id: UUID) -> list[Member]:
    """Return a class's trainees by name, each with attendance, quizzes passed and essay; one statement."""
    rows = db.session.execute(
        select(
            Enrolment.id.label("enrolment_id"),
            Person.id.label("person_id"),
            Person.staff_code,
            Person.full_name,
            Unit.name.label("unit"),
            Enrolment.status,
            sessions_attended().label("attended"),
            quizzes_passed(Enrolment.id).label("quizzes_passed"),
            essay_score(Enrolment.id).label("essay_score"),
            exists().where(Submission.registration == Enrolment.id).label("essay_handed_in"),
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .where(Enrolment.class_id == class_id)
        .order_by(Person.search_text)
    )
    return [Member(**row) for row in rows.mappings()]


class Mark(NamedTuple):
    """A line of the attendance sheet."""

    enrolment_id: UUID
    full_name: str
    staff_code: str
    unit: str
    status: str | None
    note: str | None


def attendance_sheet(class_id: UUID, session_id: UUID) -> list[Mark]:
    """Return all trainees of the class with their mark for a session, if there is one."""
    rows = db.session.execute(
        select(Enrolment.id, Person.full_name, Person.staff_code, Unit.name, Attendance.status, Attendance.note)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .outerjoin(Attendance, and_(Attendance.enrolment_id == Enrolment.id, Attendance.session_id == session_id))
        .where(Enrolment.class_id == class_id, Enrolment.status != "withdrawn")
        .order_by(Person.search_text)
    )
    return [Mark(*row) for row in rows]


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
    """Return every trainee's newest essay; those who have handed in nothing come last."""
    return _essays(Enrolment.class_id == class_id)


def essay(class_id: UUID, submission_id: UUID) -> Essay | None:
    """Return one essay of the class."""
    found = _essays(and_(Enrolment.class_id == class_id, Submission.id == submission_id))
    return found[0] if found else None


class AttendanceTally(NamedTuple):
    """How often a trainee was there."""

    held: int
    """Sessions whose attendance was taken."""
    attended: int
    total: int
    """All planned sessions."""


def attendance_of(enrolment_id: UUID) -> AttendanceTally:
    """Count a trainee's attendance."""
    was_there = and_(Attendance.session_id == Session.id, Attendance.enrolment_id == enrolment_id)
    row = db.session.execute(
        select(
            func.count(Session.attendance_taken_at),
            func.count(Attendance.session_id).filter(Attendance.status.in_(ATTENDED)),
            func.count(Session.id),
        )
        .select_from(Enrolment)
        .join(Session, Session.class_id == Enrolment.class_id)
        .outerjoin(Attendance, was_there)
        .where(Enrolment.id == enrolment_id)
    ).one()
    return AttendanceTally(*row)


class Taught(NamedTuple):
    """A topic that was taught to a trainee, and by whom."""

    teaching_id: UUID
    topic_id: UUID
    topic_title: dict[str, str]
    lecturer_name: str


def taught_to(enrolment_id: UUID) -> list[Taught]:
    """Return the topics and lecturers of a trainee's class."""
    rows = db.session.execute(
        select(Teaching.id, Topic.id, Topic.title, Person.full_name)
        .join(Enrolment, Enrolment.class_id == Teaching.class_id)
        .join(Topic, Topic.id == Teaching.topic_id)
        .join(Person, Person.id == Teaching.lecturer_id)
        .where(Enrolment.id == enrolment_id)
        .order_by(Topic.position, Person.full_name)
    )
    return [Taught(*row) for row in rows]


class Choice(NamedTuple):
    """An entry of a list to choose from."""

    value: Any
    label: str


def versions_to_run() -> list[tuple[UUID, str, dict[str, str], int, str]]:
    """Return the newest version of each programme that has one: (id, code, name, number, status)."""
    rows = db.session.execute(
        select(ProgrammeVersion.id, Programme.code, Programme.name, ProgrammeVersion.number, ProgrammeVersion.status)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .where(ProgrammeVersion.status != "retired")
        .ext(distinct_on(Programme.position))
        .order_by(Programme.position, ProgrammeVersion.number.desc())
    )
    return [tuple(row) for row in rows]


def institutions(paths: Sequence[str]) -> list[Choice]:
    """Return the institutions within the units held."""
    chosen = select(Unit.id, Unit.name).where(Unit.kind == "institution", within(paths))
    rows = db.session.execute(chosen.order_by(Unit.name))
    return [Choice(*row) for row in rows]


def actor_names(person_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return the opaque names by which statements know these people (those who have an account)."""
    rows = db.session.execute(
        select(Account.person_id, Account.actor_name).where(Account.person_id.in_(list(person_ids)))
    )
    return {person_id: name for person_id, name in rows if person_id is not None}


def periods_of(person_ids: Iterable[UUID], *, but: UUID) -> list[tuple[str, str, list[Period]]]:
    """Return (staff code, name, periods of other running classes) of each person who has any."""
    rows = db.session.execute(
        select(Person.staff_code, Person.full_name, ClassRun.starts_on, ClassRun.ends_on, ClassRun.name)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(ClassRun, ClassRun.id == Enrolment.class_id)
        .where(
            Person.id.in_(list(person_ids)),
            ClassRun.id != but,
            ClassRun.status.in_(("planned", "running")),
            Enrolment.status == "enrolled",
        )
        .order_by(Person.staff_code)
    )
    return [
        (code, name, [Period(row[2], row[3], row[4]) for row in group])
        for (code, name), group in groupby(rows, key=lambda row: (row[0], row[1]))
    ]


def _session_rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Session.id,
            Session.class_id,
            ClassRun.name,
            Session.kind,
            Session.title,
            Session.starts_at,
            Session.ends_at,
            Session.place,
            Session.topic_id,
            Session.lecturer_id,
            Person.full_name,
            Session.attendance_taken_at,
        )
        .join(ClassRun, ClassRun.id == Session.class_id)
        .outerjoin(Person, Person.id == Session.lecturer_id)
        .order_by(Session.starts_at)
    )


def _sessions(statement: Select[*tuple[Any, ...]]) -> list[SessionRow]:
    return [SessionRow(*row) for row in db.session.execute(statement)]


def _essays(condition: ColumnElement[bool]) -> list[Essay]:
    rows: Any = db.session.execute(
        select(
            Enrolment.id,
            Person.full_name,
            Person.staff_code,
            Submission.id,
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
        .outerjoin(Submission, and_(Submission.registration == Enrolment.id, counting()))
        .outerjoin(Assignment, Assignment.id == Submission.assignment_id)
        .where(condition, Enrolment.status != "withdrawn")
        .ext(distinct_on(Enrolment.id))
        .order_by(Enrolment.id, Submission.number.desc().nulls_last())
    )
    found = [Essay(*row) for row in rows]
    return sorted(found, key=lambda one: (one.submission_id is None, one.marked_at is not None, fold(one.full_name)))


def _escaped(query: str) -> str:
    return query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _name_like(query: str) -> list[ColumnElement[bool]]:
    folded = func.translate(func.lower(ClassRun.name), _MARKED, _PLAIN)
    return [folded.like(like_pattern(query), escape="\\")]


_MARKED = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
_PLAIN = "aaaaaaaaaaaaaaaaaeeeeeeeeeeeiiiiiooooooooooooooooouuuuuuuuuuuyyyyyd"
