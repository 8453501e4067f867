"""What moved after an adjustment (Quyết định 1698, Phần IV.5): the result that asked for it, and the next one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Select, and_, bindparam, func, or_, select, true
from sqlalchemy.orm import aliased

from lms.catalogue.models import Programme, ProgrammeVersion, Topic
from lms.classes.models import ClassRun, Teaching
from lms.core.database import db
from lms.people.models import Person, Unit
from lms.quality import rules
from lms.quality.adjustments.models import Adjustment
from lms.quality.adjustments.queries import placed
from lms.quality.rules import Change, Figures
from lms.quality.scopes import in_year
from lms.surveys.document import Words
from lms.surveys.models import SectionMean, Survey
from lms.surveys.queries.rights import document_of
from lms.surveys.rules import NONE

_UNTIL = bindparam("until", type_=DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class Moved:
    """An adjustment that was carried out.

    :ivar title: of the section
    :ivar topic: with :ivar lecturer:, when it is about a lecturer's topic
    :ivar later: name of the class that was evaluated next, :ivar later_id: its id; None while there is none
    """

    adjustment_id: UUID
    class_id: UUID
    class_code: str
    class_name: str
    institution: str
    programme: str
    topic: Words | None
    lecturer: str | None
    measure: str
    done_at: datetime
    title: Words
    before: Figures
    later_id: UUID | None
    later: str | None
    after: Figures | None

    @property
    def change(self) -> Change | None:
        """From the one to the other."""
        return None if self.after is None else rules.change(self.before, self.after)


def moved(*conditions: ColumnElement[bool], year: int | None = None, until: datetime | None = None) -> list[Moved]:
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
    given = {} if until is None else {"until": until}
    return [_read(row) for row in db.session.execute(statement, given)]


@cache
def _statement(as_then: bool) -> tuple[Select[Any], ColumnElement[int]]:
    """Return the statement without its conditions, and the year of the next evaluation in it; built once.

    :param as_then: only what was known at the time ``until``
    """
    before, after = aliased(SectionMean), _next(as_then)
    columns = select(
        Adjustment.id,
        Adjustment.class_id,
        ClassRun.code,
        ClassRun.name,
        Unit.name,
        Programme.code,
        Topic.title,
        Person.full_name,
        Adjustment.measure,
        Adjustment.done_at,
        Adjustment.section,
        Survey.instrument_id,
        before.n,
        before.mean,
        before.counts,
        after.c.id,
        after.c.name,
        after.c.n,
        after.c.mean,
        after.c.counts,
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


class Later(NamedTuple):
    """What the next evaluation said of the same thing, on the adjustment's scale."""

    class_name: str
    mean: float


def next_of(adjustments: Iterable[UUID]) -> dict[UUID, Later]:
    """Return, by adjustment, what the next evaluation said: after the measure, or after the first if none."""
    rows = db.session.execute(_nexts(), {"ids": list(adjustments)})
    return {adjustment: Later(name, mean) for adjustment, name, mean in rows}


@cache
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


def _read(row: Any) -> Moved:
    section, instrument_id, people, mean, counts, later_id, later, *after = row[10:]
    form = document_of(instrument_id)
    title = next((one.title for one in form.sections if one.key == section), {"vi": section})
    before = rules.figures(rules.sums(people, mean, counts))
    values: list[Any] = [*row[:10], title, before, later_id, later]
    values.append(None if later is None else rules.figures(rules.sums(*after)))
    return Moved(*values)
