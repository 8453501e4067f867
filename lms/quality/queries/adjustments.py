"""Typed rows of adjustments, and the versions of a programme that can answer one."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from lms.catalogue.models import Programme, ProgrammeVersion, Topic
from lms.classes.models import ClassRun, Teaching
from lms.core.database import db
from lms.core.lists import numbered
from lms.core.pages import Page
from lms.core.search import folded, matches
from lms.people.access import units_within
from lms.people.models import Person, Unit
from lms.quality.models import Adjustment
from lms.surveys.models import Survey
from lms.surveys.queries import rights


class AdjustmentRow(NamedTuple):
    """An adjustment as a list shows it.

    :ivar lecturer: with :ivar topic:, when it is about a lecturer's topic
    :ivar answered_by: number of the version that answers it
    """

    id: UUID
    class_id: UUID
    class_code: str
    class_name: str
    institution: str
    institution_path: str
    programme: str
    section: str
    instrument_id: UUID
    topic: dict[str, str] | None
    lecturer: str | None
    mean: float
    threshold: float
    points: int
    state: str
    cause: str | None
    measure: str | None
    responsible: str | None
    due_on: date | None
    outcome: str | None
    made_at: datetime
    answered_by: int | None

    @property
    def title(self) -> dict[str, str]:
        """The section's title."""
        form = rights.document_of(self.instrument_id)
        return next(
            (dict(section.title) for section in form.sections if section.key == self.section), {"vi": self.section}
        )

    def late(self, today: date) -> bool:
        """Whether its measure should have been carried out."""
        return self.state == "stated" and self.due_on is not None and self.due_on < today


def _rows() -> Select[Any]:
    answering = ProgrammeVersion.__table__.alias("answering")
    columns = select(
        Adjustment.id,
        Adjustment.class_id,
        ClassRun.code.label("class_code"),
        ClassRun.name.label("class_name"),
        Unit.name.label("institution"),
        Unit.path.label("institution_path"),
        Programme.code.label("programme"),
        Adjustment.section,
        Survey.instrument_id,
        Topic.title.label("topic"),
        Person.full_name.label("lecturer"),
        Adjustment.mean,
        Adjustment.threshold,
        Adjustment.points,
        Adjustment.state,
        Adjustment.cause,
        Adjustment.measure,
        Adjustment.responsible,
        Adjustment.due_on,
        Adjustment.outcome,
        Adjustment.made_at,
        answering.c.number.label("answered_by"),
    )
    return (
        placed(columns)
        .outerjoin(answering, answering.c.id == Adjustment.answered_by)
        .order_by(Adjustment.state.desc(), Adjustment.due_on, Adjustment.made_at.desc(), Adjustment.id)
    )


def placed(adjustments: Select[Any]) -> Select[Any]:
    """Join adjustments with what they are about: evaluation, class, institution, programme, and topic."""
    return (
        adjustments.select_from(Adjustment)
        .join(Survey, Survey.id == Adjustment.survey_id)
        .join(ClassRun, ClassRun.id == Adjustment.class_id)
        .join(Unit, Unit.id == ClassRun.institution_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .outerjoin(Teaching, Teaching.id == Adjustment.teaching_id)
        .outerjoin(Topic, Topic.id == Teaching.topic_id)
        .outerjoin(Person, Person.id == Teaching.lecturer_id)
    )


def _read(statement: Select[Any]) -> list[AdjustmentRow]:
    return [AdjustmentRow(**row._mapping) for row in db.session.execute(statement)]


def of_class(class_id: UUID) -> list[AdjustmentRow]:
    """Return the adjustments that a class's results ask for."""
    return _read(_rows().where(Adjustment.class_id == class_id))


def one(adjustment_id: UUID) -> AdjustmentRow | None:
    """Return an adjustment."""
    return next(iter(_read(_rows().where(Adjustment.id == adjustment_id))), None)


def of_institutions(paths: Sequence[str], state: str | None = None, query: str = "") -> Page[AdjustmentRow]:
    """Return the adjustments of the institutions held: stated ones first, by their date.

    :param query: words of the class's name or code, of the lecturer's name, or of who is responsible
    """
    searched = (ClassRun.code, ClassRun.name, Person.full_name, Adjustment.responsible)
    found = _rows().where(units_within(paths), matches(query, *map(folded, searched)))
    return numbered(found.where(Adjustment.state == state) if state else found, AdjustmentRow)


def of_evaluations(*conditions: ColumnElement[bool]) -> list[AdjustmentRow]:
    """Return the adjustments that evaluations ask for, by conditions on evaluation, class, version and institution."""
    return _read(_rows().where(*conditions))


def of_version(version_id: UUID) -> list[AdjustmentRow]:
    """Return the adjustments that a version of a programme answers."""
    return _read(_rows().where(Adjustment.answered_by == version_id))


def institution_path(adjustment_id: UUID, **_other: object) -> str | None:
    """Return the path of the institution whose class it is."""
    return db.session.scalar(
        select(Unit.path)
        .join(ClassRun, ClassRun.institution_id == Unit.id)
        .join(Adjustment, Adjustment.class_id == ClassRun.id)
        .where(Adjustment.id == adjustment_id)
    )


class Choice(NamedTuple):
    """A version that can answer an adjustment."""

    id: UUID
    number: int


def later_versions(adjustment_id: UUID) -> list[Choice]:
    """Return the later versions of the programme."""
    evaluated = (
        select(ProgrammeVersion.programme_id, ProgrammeVersion.number)
        .join(ClassRun, ClassRun.version_id == ProgrammeVersion.id)
        .join(Adjustment, Adjustment.class_id == ClassRun.id)
        .where(Adjustment.id == adjustment_id)
        .subquery()
    )
    rows = db.session.execute(
        select(ProgrammeVersion.id, ProgrammeVersion.number)
        .join(evaluated, evaluated.c.programme_id == ProgrammeVersion.programme_id)
        .where(ProgrammeVersion.number > evaluated.c.number)
        .order_by(ProgrammeVersion.number)
    )
    return [Choice(row.id, row.number) for row in rows]
