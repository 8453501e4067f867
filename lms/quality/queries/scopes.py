"""Whose results a report tells: which evaluations are in it, as SQL conditions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Label, Select, and_, bindparam, cast, extract, or_, select, true

from lms.catalogue.models import ProgrammeVersion
from lms.classes.models import ClassRun
from lms.people.models import Unit
from lms.surveys.models import Survey

YEAR: Label[int] = cast(extract("year", ClassRun.starts_on), Integer).label("year")
"""The year of a class is that in which it began, as in the records of completion."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Evaluations by trainees of one institution, of one programme, or of all within what the reader holds.

    :ivar paths: of the institutions whose classes may be told
    :ivar until: only evaluations closed by then, so that what was told once can be told again
    """

    institution_id: int | None = None
    programme_id: UUID | None = None
    paths: tuple[str, ...] = ("/",)
    until: datetime | None = None

    @property
    def kind(self) -> Literal["institution", "programme", "year"]:
        """What it is the result of."""
        if self.institution_id is not None:
            return "institution"
        return "year" if self.programme_id is None else "programme"

    @property
    def condition(self) -> ColumnElement[bool]:
        """Tell of a row of :func:`evaluations` whether it belongs here."""
        return and_(self.of_classes, self.closed)

    @property
    def of_classes(self) -> ColumnElement[bool]:
        """Tell of a class, with version and institution, whether it belongs here."""
        if self.programme_id is None:
            return self.of_institutions
        return and_(self.of_institutions, ProgrammeVersion.programme_id == written(self.programme_id))

    @property
    def closed(self) -> ColumnElement[bool]:
        """Tell of an evaluation whether it was closed in time."""
        return true() if self.until is None else Survey.closed_at <= self.until

    @property
    def of_institutions(self) -> ColumnElement[bool]:
        """Tell of a unit whether it is an institution whose results belong here."""
        own = true() if self.institution_id is None else Unit.id == written(self.institution_id)
        return and_(own, written_within(self.paths))


def written_within(paths: Sequence[str]) -> ColumnElement[bool]:
    """Tell of a unit whether it lies below one of these paths."""
    return or_(*(Unit.path.like(written(f"{path}%")) for path in paths)) if paths else Unit.id.is_(None)


def in_year(year: int, since: int | None = None) -> ColumnElement[bool]:
    """Tell of a class whether it is of a year, or of the years since another."""
    return ClassRun.starts_on.between(written(date(since or year, 1, 1)), written(date(year, 12, 31)))


def written(value: Any) -> Any:
    """Write a value into the statement itself.

    What psycopg prepares is soon planned for values not known yet, and these joins then take a hundred times as long.
    """
    return bindparam(None, value, literal_execute=True)


def evaluations(*columns: Any) -> Select[Any]:
    """Select from the closed evaluations by trainees, with class, version and institution."""
    return (
        select(*columns)
        .select_from(Survey)
        .join(ClassRun, ClassRun.id == Survey.class_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .join(Unit, Unit.id == ClassRun.institution_id)
        .where(Survey.audience == written("trainee"), Survey.state != written("open"))
    )
