"""What results say of lecturers to those who assign them next."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from flask_babel import ngettext
from sqlalchemy import func, or_, select

from lms.classes.models import ClassRun, Teaching
from lms.core.database import db
from lms.core.guard import Actor
from lms.core.i18n import number
from lms.people.models import Unit
from lms.reports.quality.comparisons import on_scale
from lms.surveys.models import SectionMean

POINTS = 5
"""Length of the scale on which lecturers are told beside one another."""


class Standing(NamedTuple):
    """A lecturer over all her evaluated topics; :ivar mean: on a scale of POINTS points."""

    topics: int
    mean: float


def standings(lecturers: Sequence[UUID], paths: Sequence[str]) -> dict[UUID, Standing]:
    """Return how trainees evaluated lecturers, at the institutions below ``paths``."""
    held = or_(*(Unit.path.startswith(path, autoescape=True) for path in paths)) if paths else Unit.id.is_(None)
    mean = func.sum(on_scale(POINTS) * SectionMean.n) / func.sum(SectionMean.n)
    rows = db.session.execute(
        select(Teaching.lecturer_id, func.count(Teaching.id.distinct()), mean)
        .join(SectionMean, SectionMean.teaching == Teaching.id)
        .join(ClassRun, ClassRun.id == Teaching.class_id)
        .join(Unit, Unit.id == ClassRun.institution_id)
        .where(Teaching.lecturer_id.in_(lecturers), held)
        .group_by(Teaching.lecturer_id)
    )
    return {lecturer: Standing(topics, value) for lecturer, topics, value in rows}


def in_words(_sender: Any, *, actor: Actor, lecturers: Sequence[UUID]) -> dict[UUID, str]:
    """Tell the standing of lecturers in words, as far as the reader may see results."""
    return {
        lecturer: ngettext(
            "%(mean)s of %(points)s points in %(num)s evaluated topic",
            "%(mean)s of %(points)s points in %(num)s evaluated topics",
            one.topics,
            mean=number(one.mean, "0.00"),
            points=POINTS,
        )
        for lecturer, one in standings(lecturers, actor.paths("reports.quality")).items()
    }
