"""Classes in lists and on their own pages, and what a new one may be made of."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from lms.catalogue.life import ENDED
from lms.catalogue.models import Programme, ProgrammeVersion
from lms.classes import rules
from lms.classes.life import HELD
from lms.classes.models import ClassRun, Enrolment, Session
from lms.core.database import db
from lms.core.search import folded, matches
from lms.people.access import units_within, valid_on
from lms.people.models import Unit

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
    """Return classes, newest first; one more than a page when there are more. ``after`` is a class's code."""
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
            Unit.name.label("institution"),
            ClassRun.starts_on,
            ClassRun.ends_on,
            ClassRun.status,
            trainees.label("trainees"),
            upcoming.label("next_session"),
        )
        .join(Unit, Unit.id == ClassRun.institution_id)
        .where(visible)
        .order_by(ClassRun.starts_on.desc(), ClassRun.sort_key.desc(), ClassRun.id.desc())
        .limit(PAGE + 1)
    )
    if query:
        statement = statement.where(matches(query, folded(ClassRun.code), folded(ClassRun.name)))
    if after:
        last = aliased(ClassRun)
        place = select(last.starts_on, last.sort_key, last.id).where(last.code == after)
        statement = statement.where(
            tuple_(ClassRun.starts_on, ClassRun.sort_key, ClassRun.id) < place.scalar_subquery()
        )
    return [ClassRow(**row._mapping) for row in db.session.execute(statement)]


def was_approved() -> ColumnElement[bool]:
    """Condition: the version is approved, or was before a newer one; a proposal that was replaced never was.

    One whose approval was withdrawn is not: no class is opened on it, and none confirmed.
    """
    was = ProgrammeVersion.document.has_key("approval") & (ProgrammeVersion.status != "withdrawn")
    return or_(ProgrammeVersion.status == "approved", was)


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
    minimum: int
    nominations_until: date | None
    approved: bool
    finished_at: datetime | None
    finished_reason: str | None
    attendance_min_percent: int

    @property
    def results_due(self) -> datetime | None:
        """When the results of the finished class are fixed."""
        return rules.results_due(self.finished_at) if self.finished_at else None


def class_head(class_id: UUID) -> ClassHead | None:
    """Return one class."""
    row = db.session.execute(
        select(
            ClassRun.id,
            ClassRun.code,
            ClassRun.name,
            ClassRun.version_id,
            ProgrammeVersion.number.label("version"),
            Programme.code.label("programme_code"),
            Programme.name.label("programme"),
            Unit.id.label("institution_id"),
            Unit.name.label("institution"),
            Unit.path.label("institution_path"),
            ClassRun.starts_on,
            ClassRun.ends_on,
            ClassRun.status,
            ClassRun.capacity,
            ClassRun.minimum,
            ClassRun.nominations_until,
            was_approved().label("approved"),
            ClassRun.finished_at,
            ClassRun.finished_reason,
            ProgrammeVersion.attendance_min_percent,
        )
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .join(Unit, Unit.id == ClassRun.institution_id)
        .where(ClassRun.id == class_id)
    ).one_or_none()
    return None if row is None else ClassHead(**row._mapping)


class Choice(NamedTuple):
    """An entry of a list to choose from."""

    value: Any
    label: str


class VersionRow(NamedTuple):
    """A programme version of which a class can be run."""

    id: UUID
    code: str
    name: dict[str, str]
    number: int


def versions_to_run() -> list[VersionRow]:
    """Return the newest version of each programme that has one."""
    rows = db.session.execute(
        select(ProgrammeVersion.id, Programme.code, Programme.name, ProgrammeVersion.number)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .where(ProgrammeVersion.status.not_in(ENDED))
        .ext(distinct_on(Programme.position))
        .order_by(Programme.position, ProgrammeVersion.number.desc())
    )
    return [VersionRow(**row._mapping) for row in rows]


def institutions(paths: Sequence[str], on: date) -> list[Choice]:
    """Return the institutions within the units held that exist on this day."""
    chosen = select(Unit.id.label("value"), Unit.name.label("label")).where(_runs_classes(on), units_within(paths))
    return [Choice(**row._mapping) for row in db.session.execute(chosen.order_by(Unit.sort_key, Unit.id))]


def may_run_classes(institution_id: int, on: date) -> bool:
    """Tell whether this is an institution that exists on this day."""
    return db.session.scalar(select(Unit.id).where(Unit.id == institution_id, _runs_classes(on))) is not None


def _runs_classes(on: date) -> ColumnElement[bool]:
    return and_(Unit.kind == "institution", valid_on(on))


def takes_quizzes(person_id: UUID, version_id: UUID) -> bool:
    """Tell whether a person is enrolled in a class, not yet over for her, of this version's programme."""
    programme = select(ProgrammeVersion.programme_id).where(ProgrammeVersion.id == version_id).scalar_subquery()
    enrolled = (
        select(Enrolment.id)
        .join(ClassRun, ClassRun.id == Enrolment.class_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.status == "enrolled",
            ClassRun.status.in_(HELD),
            ProgrammeVersion.programme_id == programme,
        )
    )
    return db.session.scalar(enrolled.limit(1)) is not None
