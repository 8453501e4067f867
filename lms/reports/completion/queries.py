"""Typed rows for completion reports and a trainee's record. Every query is limited to the units the reader holds."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, case, cast, extract, func, select, tuple_
from sqlalchemy.orm import aliased

from lms.assessment.models import Assignment, Quiz
from lms.assessment.queries import essay_score, quizzes_passed
from lms.catalogue.models import Module, Programme, ProgrammeVersion
from lms.classes.models import ClassRun, Enrolment, Session
from lms.classes.queries import sessions_attended
from lms.core.database import db
from lms.core.search import folded, matches
from lms.people.access import units_within
from lms.people.models import Person, Unit

PAGE = 100


class Completion(NamedTuple):
    """How far a group of enrolments has come."""

    key: str
    code: str
    name: Any
    """Bilingual for programmes, plain for units and classes."""
    enrolled: int
    """Everybody but those who withdrew."""
    completed: int
    incomplete: int
    failed: int
    ongoing: int
    withdrawn: int

    @property
    def rate(self) -> float | None:
        """Completed as a share of enrolled."""
        return self.completed / self.enrolled if self.enrolled else None


def together(rows: Sequence[Completion]) -> Completion:
    """Return the sum of rows."""
    counted = ("enrolled", "completed", "incomplete", "failed", "ongoing", "withdrawn")
    return Completion(key="", code="", name="", **{name: sum(getattr(row, name) for row in rows) for name in counted})


class Filters(NamedTuple):
    """What the reader chose."""

    paths: tuple[str, ...]
    year: int | None = None
    programme: str | None = None
    unit_path: str | None = None
    query: str | None = None


def years(paths: Sequence[str]) -> list[int]:
    """Return the years in which classes with trainees of these units started, newest first."""
    year = cast(extract("year", ClassRun.starts_on), Integer)
    statement = (
        select(year)
        .join(Enrolment, Enrolment.class_id == ClassRun.id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .where(units_within(paths))
        .distinct()
        .order_by(year.desc())
    )
    return list(db.session.scalars(statement))


def by_programme(filters: Filters) -> list[Completion]:
    """Completion by programme, in the Decision's order."""
    statement = _counted(Programme).where(*_conditions(filters)).group_by(Programme.id).order_by(Programme.position)
    return _rows(statement)


def by_class(filters: Filters, after: str | None = None, size: int = PAGE) -> list[Completion]:
    """Completion by class, in the order of codes; one more row than ``size`` when there are more.

    :param after: code of the last one of the page before
    """
    statement = _counted(ClassRun).where(*_conditions(filters)).group_by(ClassRun.id)
    statement = statement.order_by(ClassRun.sort_key, ClassRun.id).limit(size + 1)
    if filters.query:
        statement = statement.where(matches(filters.query, folded(ClassRun.code), folded(ClassRun.name)))
    if after:
        statement = statement.where(_after(ClassRun, after))
    return _rows(statement)


def by_unit(filters: Filters, after: str | None = None, size: int = PAGE) -> list[Completion]:
    """Completion by the unit that sent the trainees, by name; otherwise as :func:`by_class`."""
    statement = _counted(Unit).where(*_conditions(filters)).group_by(Unit.id)
    statement = statement.order_by(Unit.sort_key, Unit.id).limit(size + 1)
    if filters.query:
        statement = statement.where(matches(filters.query, Unit.search_text))
    if after:
        statement = statement.where(_after(Unit, after))
    return _rows(statement)


def _after(model: type[ClassRun] | type[Unit], code: str) -> ColumnElement[bool]:
    last = aliased(model)
    place = select(last.sort_key, last.id).where(last.code == code)
    return tuple_(model.sort_key, model.id) > place.scalar_subquery()


class TraineeRow(NamedTuple):
    """One enrolment in a list."""

    registration: UUID
    person_id: UUID
    staff_code: str
    full_name: str
    unit: str
    class_code: str
    programme: str
    status: str
    completed_at: datetime | None


def trainees(
    filters: Filters, class_id: UUID | None = None, after: tuple[str, UUID] | None = None, size: int | None = PAGE
) -> list[TraineeRow]:
    """Enrolments of the units held, by name; one more row than ``size`` when there are more, all when it is None."""
    statement = (
        select(
            Enrolment.id.label("registration"),
            Person.id.label("person_id"),
            Person.staff_code,
            Person.full_name,
            Unit.name.label("unit"),
            ClassRun.code.label("class_code"),
            Programme.code.label("programme"),
            Enrolment.status,
            Enrolment.completed_at,
        )
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .join(ClassRun, ClassRun.id == Enrolment.class_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .where(*_conditions(filters))
        .order_by(Person.sort_key, Enrolment.id)
    )
    if class_id is not None:
        statement = statement.where(Enrolment.class_id == class_id)
    if filters.query:
        statement = statement.where(matches(filters.query, Person.search_text))
    if after is not None:
        statement = statement.where(tuple_(Person.sort_key, Enrolment.id) > after)
    if size is not None:
        statement = statement.limit(size + 1)
    return [TraineeRow(**row._mapping) for row in db.session.execute(statement)]


def sort_key(registration: UUID) -> tuple[str, UUID] | None:
    """Return where an enrolment stands in the order of :func:`trainees`."""
    key = db.session.scalar(
        select(Person.sort_key).join(Enrolment, Enrolment.person_id == Person.id).where(Enrolment.id == registration)
    )
    return None if key is None else (key, registration)


class RecordLine(NamedTuple):
    """One class in a person's record."""

    registration: UUID
    programme_code: str
    programme: dict[str, str]
    version: int
    hours: int
    class_id: UUID
    class_code: str
    class_name: str
    institution: str
    unit: str
    starts_on: date
    ends_on: date
    status: str
    completed_at: datetime | None
    sessions: int
    attended: int
    quizzes: int
    quizzes_passed: int
    essay_score: float | None
    essay_max: int | None


def record_of(person_id: UUID) -> list[RecordLine]:
    """Return all classes of a person with their figures, newest first; one statement."""
    institution = Unit.__table__.alias("institution")
    held = select(func.count()).where(Session.class_id == ClassRun.id).scalar_subquery()
    quizzes = (
        select(func.count())
        .select_from(Quiz)
        .join(Module, Module.id == Quiz.module_id)
        .where(Module.version_id == ProgrammeVersion.id)
        .scalar_subquery()
    )
    maximum = (
        select(func.max(Assignment.max_score)).where(Assignment.version_id == ProgrammeVersion.id).scalar_subquery()
    )
    statement = (
        select(
            Enrolment.id.label("registration"),
            Programme.code.label("programme_code"),
            Programme.name.label("programme"),
            ProgrammeVersion.number.label("version"),
            ProgrammeVersion.hours,
            ClassRun.id.label("class_id"),
            ClassRun.code.label("class_code"),
            ClassRun.name.label("class_name"),
            institution.c.name.label("institution"),
            Unit.name.label("unit"),
            ClassRun.starts_on,
            ClassRun.ends_on,
            Enrolment.status,
            Enrolment.completed_at,
            held.label("sessions"),
            sessions_attended().label("attended"),
            quizzes.label("quizzes"),
            quizzes_passed(Enrolment.id).label("quizzes_passed"),
            essay_score(Enrolment.id).label("essay_score"),
            maximum.label("essay_max"),
        )
        .select_from(Enrolment)
        .join(ClassRun, ClassRun.id == Enrolment.class_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .join(institution, institution.c.id == ClassRun.institution_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .where(Enrolment.person_id == person_id)
        .order_by(ClassRun.starts_on.desc(), Enrolment.id)
    )
    return [RecordLine(**row._mapping) for row in db.session.execute(statement)]


def _counted(by: type[Programme] | type[ClassRun] | type[Unit]) -> Select[Any]:
    def count(*statuses: str) -> Any:
        return func.count(case((Enrolment.status.in_(statuses), 1)))

    return (
        select(
            by.id.label("key"),
            by.code,
            by.name,
            count("enrolled", "completed", "incomplete", "failed").label("enrolled"),
            count("completed").label("completed"),
            count("incomplete").label("incomplete"),
            count("failed").label("failed"),
            count("enrolled").label("ongoing"),
            count("withdrawn").label("withdrawn"),
        )
        .select_from(Enrolment)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .join(ClassRun, ClassRun.id == Enrolment.class_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
    )


def _rows(statement: Select[Any]) -> list[Completion]:
    return [Completion(**{**row._mapping, "key": str(row.key)}) for row in db.session.execute(statement)]


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    conditions = [units_within(filters.paths)]
    if filters.year:
        conditions.append(extract("year", ClassRun.starts_on) == filters.year)
    if filters.programme:
        conditions.append(Programme.code == filters.programme)
    if filters.unit_path:
        conditions.append(Unit.path.startswith(filters.unit_path, autoescape=True))
    return conditions
