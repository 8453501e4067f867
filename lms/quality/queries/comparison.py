"""What a class stands beside: the city, its programme, and each version of it, in one look at the database."""

from collections import defaultdict
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Select, Uuid, bindparam, case, select

from lms.catalogue.models import ProgrammeVersion
from lms.classes.models import ClassRun
from lms.core.database import db
from lms.quality.queries.scopes import evaluations
from lms.quality.queries.sums import Sections, add, of_no_teaching, read, sums
from lms.quality.rules import statistics
from lms.quality.rules.comparison import Averages, Comparison
from lms.surveys.models import SectionMean, Survey


def comparison_of(class_id: UUID, points: int, until: datetime | None = None) -> Comparison:
    """Return what a class is compared with, on a scale of so many points.

    :param until: only evaluations closed by then
    """
    values: dict[str, Any] = {"class_id": class_id} | ({} if until is None else {"until": until})
    rows = db.session.execute(_statement(points, until is not None), values)
    city, programme, versions = Sections(), Sections(), defaultdict[int, Averages](dict)
    for row in rows:
        added = read(row, points)
        add(city, row.section, added)
        if row.number is not None:
            add(programme, row.section, added)
            versions[row.number][row.section] = statistics.figures(added)
    return Comparison(_told(city), _told(programme), dict(versions))


def _told(added: Sections) -> Averages:
    return {section: statistics.figures(total) for section, total in added.items()}


@cache  # 2.6 ms a look otherwise, 0.3 kept (docs/benchmarks.md, evaluations)
def _statement(points: int, as_then: bool) -> Select[Any]:
    """Return the statement, for a class ``class_id``, as known at the time ``until`` or now; built once."""
    own = (
        select(ProgrammeVersion.programme_id)
        .join(ClassRun, ClassRun.version_id == ProgrammeVersion.id)
        .where(ClassRun.id == bindparam("class_id", type_=Uuid()))
        .scalar_subquery()
    )
    number = case((ProgrammeVersion.programme_id == own, ProgrammeVersion.number)).label("number")
    statement = (
        evaluations(number, SectionMean.section, *sums(points))
        .join(SectionMean, SectionMean.survey_id == Survey.id)
        .where(of_no_teaching())
        .group_by(number, SectionMean.section)
        .order_by(number)
    )
    return (
        statement.where(Survey.closed_at <= bindparam("until", type_=DateTime(timezone=True))) if as_then else statement
    )
