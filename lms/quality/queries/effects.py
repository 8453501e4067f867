"""Adjustments that were carried out, each with the evaluation that asked for it and the next one."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Select, and_, bindparam, func, or_, select, true
from sqlalchemy.orm import aliased

from lms.catalogue.models import Programme, ProgrammeVersion, Topic
from lms.classes.models import ClassRun, Teaching
from lms.core.database import db
from lms.people.models import Person, Unit
from lms.quality.models import Adjustment
from lms.quality.queries.adjustments import placed
from lms.quality.queries.scopes import in_year
from lms.quality.rules import statistics
from lms.quality.rules.effects import Effect, NextResult
from lms.surveys.models import SectionMean, Survey
from lms.surveys.queries.rights import document_of
from lms.surveys.rules import NONE

_UNTIL = bindparam("until", type_=DateTime(timezone=True))


def effects_of(
    *conditions: ColumnElement[bool], year: int | None = None, until: datetime | None = None
) -> list[Effect]:
    """Return adjustments that were carried out, each with the next evaluation, the last carried out first.

    The next one is the first that opened after the measure was carried out, at the same institution, of the same
    programme and, for a lecturer's topic, of the same lecturer in that topic.

    :param conditions: on class, version and institution of the evaluation that asked for the adjustment
    :param until: as it was known then
    :param year: only those of this year's classes, and those whose next evaluation is of this year
    """
    statement, year_after = _statement(until is not None)
    statement = statement.where(*conditions)
    if year is not None:
        statement = statement.where(or_(in_year(year), year_after == year))
    values = {} if until is None else {"until": until}
    return [_read(row) for row in db.session.execute(statement, values)]


@cache  # 12.7 ms a look otherwise, 0.7 kept (docs/benchmarks.md, evaluations)
def _statement(as_then: bool) -> tuple[Select[Any], ColumnElement[int]]:
    """Return the statement without its conditions, and the year of the next evaluation in it; built once.

    :param as_then: only what was known at the time ``until``
    """
    before, after = aliased(SectionMean), _next(as_then)
    columns = select(
        Adjustment.id.label("adjustment_id"),
        Adjustment.class_id,
        ClassRun.code.label("class_code"),
        ClassRun.name.label("class_name"),
        Unit.name.label("institution"),
        Programme.code.label("programme"),
        Topic.title.label("topic"),
        Person.full_name.label("lecturer"),
        Adjustment.measure,
        Adjustment.done_at,
        Adjustment.section,
        Survey.instrument_id,
        before.n,
        before.mean,
        before.counts,
        after.c.id.label("later_id"),
        after.c.name.label("later"),
        after.c.n.label("later_n"),
        after.c.mean.label("later_mean"),
        after.c.counts.label("later_counts"),
    )
    statement = (
        placed(columns)
        .join(before, _about(before, Adjustment.survey_id, func.coalesce(Adjustment.teaching_id, NONE)))
        .outerjoin(after, true())
        .where(Adjustment.state == "done")
        .order_by(Adjustment.done_at.desc(), Adjustment.id)
    )
    if as_then:
        statement = statement.where(Adjustment.done_at <= _UNTIL)
    return statement, after.c.year


def next_results(adjustments: Iterable[UUID]) -> dict[UUID, NextResult]:
    """Return, by adjustment, what the next evaluation said: after the measure, or after the first if none."""
    rows = db.session.execute(_nexts(), {"ids": list(adjustments)})
    return {adjustment: NextResult(name, mean) for adjustment, name, mean in rows}


@cache  # 11.3 ms a look otherwise, 0.4 kept (docs/benchmarks.md, evaluations)
def _nexts() -> Select[Any]:
    after = _next(as_then=False)
    mean = 1 + (after.c.mean - 1) * (Adjustment.points - 1) / (after.c.points - 1)
    asked = placed(select(Adjustment.id, after.c.name, mean)).join(after, true())
    return asked.where(Adjustment.id.in_(bindparam("ids", expanding=True)))


def _next(as_then: bool) -> Any:
    """The evaluation after an adjustment, as a lateral subquery of its row."""
    since = func.coalesce(Adjustment.done_at, Survey.closed_at)
    survey, run, version = aliased(Survey), aliased(ClassRun), aliased(ProgrammeVersion)
    closed = survey.closed_at <= _UNTIL if as_then else true()
    teaching, topic, mean = aliased(Teaching), aliased(Topic), aliased(SectionMean)
    return (
        select(
            run.id,
            run.name,
            func.extract("year", run.starts_on).label("year"),
            mean.n,
            mean.mean,
            mean.counts,
            mean.points,
        )
        .select_from(run)
        .join(version, and_(version.id == run.version_id, version.programme_id == ProgrammeVersion.programme_id))
        .join(survey, and_(survey.class_id == run.id, survey.opens_at >= since))
        .outerjoin(teaching, and_(teaching.class_id == run.id, teaching.lecturer_id == Teaching.lecturer_id))
        .outerjoin(topic, topic.id == teaching.topic_id)
        .join(mean, _about(mean, survey.id, func.coalesce(teaching.id, NONE)))
        .where(
            run.institution_id == ClassRun.institution_id,
            closed,
            or_(Adjustment.teaching_id.is_(None), topic.code == Topic.code),
        )
        .order_by(survey.opens_at, run.id)
        .limit(1)
        .correlate(Adjustment, Survey, ClassRun, ProgrammeVersion, Teaching, Topic)
        .lateral("later")
    )


def _about(mean: Any, survey_id: Any, teaching: Any) -> ColumnElement[bool]:
    return and_(mean.survey_id == survey_id, mean.section == Adjustment.section, mean.teaching == teaching)


def _read(row: Any) -> Effect:
    sections = document_of(row.instrument_id).sections
    later = None if row.later_id is None else statistics.sums(row.later_n, row.later_mean, row.later_counts)
    return Effect(
        adjustment_id=row.adjustment_id,
        class_id=row.class_id,
        class_code=row.class_code,
        class_name=row.class_name,
        institution=row.institution,
        programme=row.programme,
        topic=row.topic,
        lecturer=row.lecturer,
        measure=row.measure,
        done_at=row.done_at,
        title=next((section.title for section in sections if section.key == row.section), {"vi": row.section}),
        before=statistics.figures(statistics.sums(row.n, row.mean, row.counts)),
        later_id=row.later_id,
        later=row.later,
        after=None if later is None else statistics.figures(later),
    )
