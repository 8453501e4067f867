"""Who is in a class, with attendance and figures."""

from collections.abc import Collection, Iterable
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, and_, exists, func, select

from lms.assessment.models import Submission
from lms.assessment.queries import essay_score, quizzes_passed
from lms.classes.life import OPEN
from lms.classes.models import Attendance, ClassRun, Enrolment
from lms.classes.rules import ATTENDED, Period
from lms.core.database import db
from lms.core.lists import numbered
from lms.core.pages import Page
from lms.core.search import matches
from lms.people.models import Account, Person, Unit


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
    attended = (Attendance.enrolment_id == Enrolment.id, Attendance.status.in_(ATTENDED))
    return select(func.count()).where(*attended).correlate(Enrolment).scalar_subquery()


def members(class_id: UUID) -> list[Member]:
    """Return a class's trainees by name, each with attendance, quizzes passed and essay; one statement."""
    return [Member(*row) for row in db.session.execute(_with_figures(_trainees(class_id)))]


def member(class_id: UUID, enrolment_id: UUID) -> Member | None:
    """Return one trainee of a class."""
    row = db.session.execute(_with_figures(_trainees(class_id).where(Enrolment.id == enrolment_id))).one_or_none()
    return None if row is None else Member(*row)


def members_page(class_id: UUID, query: str) -> Page[Member]:
    """Return the trainees of a class whose names or codes hold what is searched for, by name, in pages."""
    found = _trainees(class_id).where(matches(query, Person.search_text))
    return numbered(found, Member, anchor="trainees", rows=_with_figures)


def _trainees(class_id: UUID) -> Select[*tuple[Any, ...]]:
    """Return as SQL who is in a class, by name."""
    return (
        select(Enrolment.id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.class_id == class_id)
        .order_by(Person.sort_key, Person.id)
    )


def _with_figures(enrolments: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return as SQL the figures of these enrolments; they cost too much to be asked of more than are shown."""
    return (
        select(
            Enrolment.id,
            Enrolment.person_id,
            Person.staff_code,
            Person.full_name,
            Unit.name,
            Enrolment.status,
            sessions_attended(),
            quizzes_passed(Enrolment.id),
            essay_score(Enrolment.id),
            exists().where(Submission.registration == Enrolment.id),
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .where(Enrolment.id.in_(enrolments))
        .order_by(Person.sort_key, Person.id)
    )


class Mark(NamedTuple):
    """A line of the attendance sheet."""

    enrolment_id: UUID
    full_name: str
    staff_code: str
    unit: str
    status: str | None
    note: str | None


def attendance_sheet(class_id: UUID, session_id: UUID, only: Collection[UUID] | None = None) -> list[Mark]:
    """Return the trainees of the class by name with their mark for a session, if there is one.

    :param only: of these enrolments
    """
    sheet = _sheet(class_id, session_id)
    if only is not None:
        sheet = sheet.where(Enrolment.id.in_(only))
    return [Mark(*row) for row in db.session.execute(sheet)]


def sheet_page(class_id: UUID, session_id: UUID, query: str, *, unmarked: bool) -> Page[Mark]:
    """Return the sheet in pages.

    :param unmarked: only of trainees without a mark
    """
    sheet = _sheet(class_id, session_id).where(matches(query, Person.search_text))
    return numbered(sheet.where(Attendance.status.is_(None)) if unmarked else sheet, Mark)


def marked_of(class_id: UUID, session_id: UUID) -> tuple[int, int]:
    """Count the trainees who have a mark for a session, and all."""
    sheet = _sheet(class_id, session_id).with_only_columns(
        func.count(Attendance.status), func.count(), maintain_column_froms=True
    )
    marked, everybody = db.session.execute(sheet.order_by(None)).one()
    return marked, everybody


def _sheet(class_id: UUID, session_id: UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Enrolment.id.label("enrolment_id"),
            Person.full_name,
            Person.staff_code,
            Unit.name.label("unit"),
            Attendance.status,
            Attendance.note,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .outerjoin(Attendance, and_(Attendance.enrolment_id == Enrolment.id, Attendance.session_id == session_id))
        .where(Enrolment.class_id == class_id, Enrolment.status != "withdrawn")
        .order_by(Person.sort_key, Person.id)
    )


def actor_names(person_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return the opaque names by which statements know these people (those who have an account)."""
    rows = db.session.execute(
        select(Account.person_id, Account.actor_name).where(Account.person_id.in_(list(person_ids)))
    )
    return {row.person_id: row.actor_name for row in rows if row.person_id is not None}


def periods_of(person_ids: Iterable[UUID], *, but: UUID) -> list[tuple[str, str, list[Period]]]:
    """Return (staff code, name, periods of other running classes) of each person who has any."""
    rows = db.session.execute(
        select(Person.staff_code, Person.full_name, ClassRun.starts_on, ClassRun.ends_on, ClassRun.name)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(ClassRun, ClassRun.id == Enrolment.class_id)
        .where(
            Person.id.in_(list(person_ids)),
            ClassRun.id != but,
            ClassRun.status.in_(OPEN),
            Enrolment.status == "enrolled",
        )
        .order_by(Person.sort_key, Person.id, ClassRun.starts_on)
    )
    return [
        (code, name, [Period(row.starts_on, row.ends_on, row.name) for row in group])
        for (code, name), group in groupby(rows, key=lambda row: (row.staff_code, row.full_name))
    ]


def is_trainee_of(person_id: UUID, institution_id: int) -> bool:
    """Tell whether somebody is, or was to the end, a trainee of a class that an institution runs."""
    sessions = (
        select(Enrolment.id)
        .join(ClassRun, ClassRun.id == Enrolment.class_id)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.status != "withdrawn",
            ClassRun.institution_id == institution_id,
        )
    )
    return db.session.scalar(sessions.limit(1)) is not None
