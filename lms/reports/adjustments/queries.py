"""Typed rows of adjustments, and what the next evaluation said."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, text

from lms.catalogue.models import Programme, ProgrammeVersion, Topic
from lms.classes.models import ClassRun, Teaching
from lms.core.database import db
from lms.people.models import Person, Unit
from lms.reports.adjustments.models import Adjustment
from lms.surveys import queries as surveys
from lms.surveys.models import Survey

PAGE = 200


class Line(NamedTuple):
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
        form = surveys.document_of(self.instrument_id)
        return next((dict(one.title) for one in form.sections if one.key == self.section), {"vi": self.section})

    def late(self, today: date) -> bool:
        """Whether its measure should have been carried out."""
        return self.state == "stated" and self.due_on is not None and self.due_on < today


@cache
def _lines() -> Select[Any]:
    answering = ProgrammeVersion.__table__.alias("answering")
    return (
        select(
            Adjustment.id,
            Adjustment.class_id,
            ClassRun.code,
            ClassRun.name,
            Unit.name,
            Unit.path,
            Programme.code,
            Adjustment.section,
            Survey.instrument_id,
            Topic.title,
            Person.full_name,
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
            answering.c.number,
        )
        .join(Survey, Survey.id == Adjustment.survey_id)
        .join(ClassRun, ClassRun.id == Adjustment.class_id)
        .join(Unit, Unit.id == ClassRun.institution_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .outerjoin(Teaching, Teaching.id == Adjustment.teaching_id)
        .outerjoin(Topic, Topic.id == Teaching.topic_id)
        .outerjoin(Person, Person.id == Teaching.lecturer_id)
        .outerjoin(answering, answering.c.id == Adjustment.answered_by)
        .order_by(Adjustment.state.desc(), Adjustment.due_on, Adjustment.made_at.desc(), Adjustment.id)
    )


def _read(statement: Select[Any]) -> list[Line]:
    return [Line(*row) for row in db.session.execute(statement)]


def of_class(class_id: UUID) -> list[Line]:
    """Return the adjustments that a class's results ask for."""
    return _read(_lines().where(Adjustment.class_id == class_id))


def one(adjustment_id: UUID) -> Line | None:
    """Return an adjustment."""
    return next(iter(_read(_lines().where(Adjustment.id == adjustment_id))), None)


def of_institutions(paths: Sequence[str], state: str | None = None) -> list[Line]:
    """Return the adjustments of the institutions held: stated ones first, by their date (at most PAGE)."""
    held = or_(*(Unit.path.startswith(path, autoescape=True) for path in paths)) if paths else Unit.id.is_(None)
    statement = _lines().where(held).limit(PAGE)
    return _read(statement.where(Adjustment.state == state) if state else statement)


def within(*conditions: ColumnElement[bool]) -> list[Line]:
    """Return the adjustments that evaluations ask for, by conditions on evaluation, class, version and institution."""
    return _read(_lines().where(*conditions))


def of_version(version_id: UUID) -> list[Line]:
    """Return the adjustments that a version of a programme answers."""
    return _read(_lines().where(Adjustment.answered_by == version_id))


class Later(NamedTuple):
    """What the next evaluation said of the same thing."""

    class_name: str
    mean: float
    points: int
    n: int


_NEXT = text(
    """
    SELECT DISTINCT ON (a.id) a.id, r.name, m.mean, m.points, m.n
    FROM adjustments a
    JOIN surveys s ON s.id = a.survey_id
    JOIN class_runs c ON c.id = a.class_id
    JOIN programme_versions v ON v.id = c.version_id
    LEFT JOIN teachings t ON t.id = a.teaching_id
    LEFT JOIN topics p ON p.id = t.topic_id
    JOIN surveys later ON later.audience = 'trainee' AND later.closed_at > s.closed_at
    JOIN class_runs r ON r.id = later.class_id
    JOIN programme_versions w ON w.id = r.version_id AND w.programme_id = v.programme_id
    LEFT JOIN teachings u ON u.class_id = r.id AND u.lecturer_id = t.lecturer_id
    LEFT JOIN topics q ON q.id = u.topic_id
    JOIN ballots.section_means m ON m.survey_id = later.id AND m.section = a.section
     AND m.teaching = coalesce(u.id, '00000000-0000-0000-0000-000000000000')
    WHERE a.id = ANY(:ids)
      AND (a.teaching_id IS NULL AND u.id IS NULL OR a.teaching_id IS NOT NULL AND q.code = p.code)
    ORDER BY a.id, later.closed_at
    """
)


def next_results(lines: Iterable[Line]) -> dict[UUID, Later]:
    """Return, by adjustment, what the next evaluation of the programme (and of the lecturer in that topic) said."""
    ids = [line.id for line in lines]
    if not ids:
        return {}
    return {row[0]: Later(*row[1:]) for row in db.session.execute(_NEXT, {"ids": ids})}


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
    return [Choice(*row) for row in rows]
