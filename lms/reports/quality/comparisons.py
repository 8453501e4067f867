"""Results beside others: the programme's and the city's averages, versions of a programme, a lecturer's history."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from lms.catalogue.models import Programme, ProgrammeVersion, Topic
from lms.classes.models import ClassRun, Teaching
from lms.core.database import db
from lms.people.models import Unit
from lms.surveys.models import SectionMean, Survey
from lms.surveys.rules import NONE


class Average(NamedTuple):
    """A mean over evaluations, each weighing as much as it has answers.

    :ivar n: answers; :ivar surveys: evaluations
    """

    mean: float
    n: int
    surveys: int


Averages = dict[str, Average]
"""Section ("" for the whole form) -> average."""


def on_scale(points: int) -> ColumnElement[float]:
    """Return the stored mean as one on a scale of ``points`` points."""
    return 1 + (SectionMean.mean - 1) * (points - 1) / (SectionMean.points - 1)


def _averages(points: int, *keys: Any) -> Select[Any]:
    weighted = func.sum(on_scale(points) * SectionMean.n) / func.sum(SectionMean.n)
    return (
        select(*keys, SectionMean.section, weighted, func.sum(SectionMean.n), func.count())
        .select_from(SectionMean)
        .join(Survey, Survey.id == SectionMean.survey_id)
        .where(Survey.audience == "trainee", SectionMean.teaching == NONE)
        .group_by(*keys, SectionMean.section)
    )


def _of_programme(statement: Select[Any]) -> Select[Any]:
    return statement.join(ClassRun, ClassRun.id == Survey.class_id).join(
        ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id
    )


def of_city(points: int) -> Averages:
    """Return the averages of all evaluations by trainees."""
    return {section: Average(*figures) for section, *figures in db.session.execute(_averages(points))}


def by_version(class_id: UUID, points: int) -> dict[int, Averages]:
    """Return the averages of each version of a class's programme, in order."""
    programme = (
        select(ProgrammeVersion.programme_id)
        .join(ClassRun, ClassRun.version_id == ProgrammeVersion.id)
        .where(ClassRun.id == class_id)
        .scalar_subquery()
    )
    statement = _of_programme(_averages(points, ProgrammeVersion.number)).where(
        ProgrammeVersion.programme_id == programme
    )
    found: dict[int, Averages] = {}
    for number, section, *figures in db.session.execute(statement.order_by(ProgrammeVersion.number)):
        found.setdefault(number, {})[section] = Average(*figures)
    return found


def together(versions: Iterable[Averages]) -> Averages:
    """Return the averages over several groups."""
    parts: dict[str, list[Average]] = {}
    for averages in versions:
        for section, one in averages.items():
            parts.setdefault(section, []).append(one)
    return {
        section: Average(sum(one.mean * one.n for one in found) / n, n, sum(one.surveys for one in found))
        for section, found in parts.items()
        if (n := sum(one.n for one in found))
    }


class Taught(NamedTuple):
    """An evaluated topic of a lecturer."""

    teaching_id: UUID
    class_id: UUID
    class_name: str
    starts_on: date
    programme: str
    topic: dict[str, str]
    closed_at: datetime
    released_at: datetime | None
    mean: float
    points: int
    n: int


def history_of(lecturer_id: UUID, *, paths: Sequence[str] = ("/",), released: bool = False) -> list[Taught]:
    """Return what trainees said of a lecturer, topic by topic, the newest first.

    :param paths: of the institutions whose classes may be told
    :param released: only what was released, as she sees it herself
    """
    statement = (
        select(
            Teaching.id,
            ClassRun.id,
            ClassRun.name,
            ClassRun.starts_on,
            Programme.code,
            Topic.title,
            Survey.closed_at,
            Survey.released_at,
            SectionMean.mean,
            SectionMean.points,
            SectionMean.n,
        )
        .join(Topic, Topic.id == Teaching.topic_id)
        .join(ClassRun, ClassRun.id == Teaching.class_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .join(SectionMean, SectionMean.teaching == Teaching.id)
        .join(Survey, Survey.id == SectionMean.survey_id)
        .join(Unit, Unit.id == ClassRun.institution_id)
        .where(
            Teaching.lecturer_id == lecturer_id, or_(*(Unit.path.startswith(path, autoescape=True) for path in paths))
        )
        .order_by(Survey.closed_at.desc(), Topic.position)
    )
    if released:
        statement = statement.where(Survey.released_at.is_not(None))
    return [Taught(*row) for row in db.session.execute(statement)]
