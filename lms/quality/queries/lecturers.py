"""What results say of one lecturer: topic by topic, and in words to those who assign her next."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from lms.catalogue.models import Programme, ProgrammeVersion, Topic
from lms.classes.models import ClassRun, Teaching
from lms.core.database import db
from lms.people.access import units_within
from lms.people.models import Unit
from lms.quality.queries.sums import on_scale
from lms.surveys.models import SectionMean, Survey

POINTS = 5
"""Length of the scale on which lecturers are told beside one another."""


class Standing(NamedTuple):
    """A lecturer over all her evaluated topics; :ivar mean: on a scale of POINTS points."""

    topics: int
    mean: float


def standings(lecturers: Sequence[UUID], paths: Sequence[str]) -> dict[UUID, Standing]:
    """Return how trainees evaluated lecturers, at the institutions below ``paths``."""
    mean = func.sum(on_scale(POINTS) * SectionMean.n) / func.sum(SectionMean.n)
    rows = db.session.execute(
        select(Teaching.lecturer_id, func.count(Teaching.id.distinct()), mean)
        .join(SectionMean, SectionMean.teaching == Teaching.id)
        .join(ClassRun, ClassRun.id == Teaching.class_id)
        .join(Unit, Unit.id == ClassRun.institution_id)
        .where(Teaching.lecturer_id.in_(lecturers), units_within(paths))
        .group_by(Teaching.lecturer_id)
    )
    return {lecturer: Standing(topics, value) for lecturer, topics, value in rows}


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
            Teaching.id.label("teaching_id"),
            ClassRun.id.label("class_id"),
            ClassRun.name.label("class_name"),
            ClassRun.starts_on,
            Programme.code.label("programme"),
            Topic.title.label("topic"),
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
        .where(Teaching.lecturer_id == lecturer_id, units_within(paths))
        .order_by(Survey.closed_at.desc(), Topic.position)
    )
    if released:
        statement = statement.where(Survey.released_at.is_not(None))
    return [Taught(**row._mapping) for row in db.session.execute(statement)]
