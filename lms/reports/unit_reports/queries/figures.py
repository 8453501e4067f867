"""What the system knows of a unit's training: figures by programme, and what the forms after training said."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from lms.catalogue.models import Programme, ProgrammeVersion
from lms.classes.models import ClassRun, Enrolment
from lms.core.database import db
from lms.core.i18n import ZONE
from lms.quality.rules.class_results import ItemResult, item_results
from lms.reports.unit_reports.models import UnitReportCover
from lms.reports.unit_reports.queries.concerned import in_year
from lms.surveys.models import FollowUp
from lms.surveys.queries.rights import document_of
from lms.surveys.rules import count, publishable


class Figures(NamedTuple):
    """The system's figures of a programme in a report; see lms.reports.unit_reports.models.UnitReportLine."""

    sent: int = 0
    enrolled: int = 0
    completed: int = 0
    hours: int = 0
    trained: int = 0
    city_trained: int = 0
    target: int = 0


def by_programme(report_id: UUID, year: int) -> dict[UUID, Figures]:
    """Return the figures of the units that a report covers, for every programme to which they sent people."""
    now = in_year(year)
    completed = Enrolment.status == "completed"
    covered = select(UnitReportCover.unit_id).where(UnitReportCover.report_id == report_id)
    statement = (
        select(
            Programme.id.label("programme_id"),
            func.count().filter(now).label("sent"),
            func.count().filter(now, Enrolment.status != "withdrawn").label("enrolled"),
            func.count().filter(now, completed).label("completed"),
            func.coalesce(func.sum(ProgrammeVersion.hours).filter(now, completed), 0).label("hours"),
            func.count().filter(completed).label("trained"),
            Programme.trained.label("city_trained"),
            Programme.quota.label("target"),
        )
        .select_from(Enrolment)
        .join(ClassRun, ClassRun.id == Enrolment.class_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .where(Enrolment.unit_id.in_(covered), ClassRun.ends_on <= date(year, 12, 31))
        .group_by(Programme.id)
    )
    return {row.programme_id: _figures(row) for row in db.session.execute(statement)}


def _figures(row: Any) -> Figures:
    return Figures(**{name: getattr(row, name) for name in Figures._fields})


def after_training(report_id: UUID, year: int, at: datetime) -> list[dict[str, Any]]:
    """Return the named forms asked for in the year about people of these units, in counts.

    What they say is counted from five answers on; fewer would be a person's own words.
    """
    covered = select(UnitReportCover.unit_id).where(UnitReportCover.report_id == report_id)
    begins = datetime(year, 1, 1, tzinfo=ZONE)
    rows = db.session.execute(
        select(FollowUp.audience, FollowUp.instrument_id, FollowUp.answers)
        .join(Enrolment, Enrolment.id == FollowUp.enrolment_id)
        .where(
            Enrolment.unit_id.in_(covered),
            FollowUp.opens_at >= begins,
            FollowUp.opens_at < begins.replace(year=year + 1),
            FollowUp.opens_at <= at,
        )
        .order_by(FollowUp.audience, FollowUp.instrument_id)
    )
    return [
        _counted(instrument_id, [row.answers for row in group])
        for (_audience, instrument_id), group in groupby(rows, key=lambda row: (row.audience, row.instrument_id))
    ]


def _counted(instrument_id: UUID, asked: Sequence[dict[str, Any] | None]) -> dict[str, Any]:
    form = document_of(instrument_id)
    answers = [answer for answer in asked if answer]
    shown = item_results(form, count(form, answers)) if publishable(len(answers)) else ()
    return {
        "title": dict(form.title),
        "asked": len(asked),
        "answered": len(answers),
        "questions": [_question(item) for item in shown if publishable(item.n)],
    }


def _question(item: ItemResult) -> dict[str, Any]:
    counts = item.summary.counts if item.summary else [bar.count for bar in item.bars]
    labels = item.labels if item.summary else [bar.label for bar in item.bars]
    return {
        "text": dict(item.text),
        "answers": [[dict(label), count] for label, count in zip(labels, counts, strict=True)],
    }
