"""Who has to report: kept up to date with the units, reminded."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update

from lms.core import audit
from lms.core.database import act, db
from lms.core.errors import NotFound
from lms.core.guard import Actor
from lms.people.sessions import local_day
from lms.reports.unit_reports import rules
from lms.reports.unit_reports.models import (
    MISSING,
    REPORTED,
    ReportCampaign,
    UnitReport,
    UnitReportCover,
    UnitReportLine,
)
from lms.reports.unit_reports.queries import concerned


@act
def bring_up_to_date(actor: Actor, year: int, *, at: datetime) -> int:
    """Take in the units that became concerned since, and hand reports not yet given to successors.

    :returns: how many units have a new report to give
    :raises DomainError: ``campaign-closed``
    """
    campaign = held(year, "bring_up_to_date")
    duties = concerned.duties(year, list(campaign.levels), local_day(at))
    reports = {
        report.unit_id: report for report in db.session.scalars(select(UnitReport).where(UnitReport.year == year))
    }
    new = {unit_id: uuid4() for unit_id in sorted(set(duties.reporters.values()) - reports.keys())}
    if new:
        rows = [{"id": report_id, "year": year, "unit_id": unit_id} for unit_id, report_id in new.items()]
        db.session.execute(insert(UnitReport), rows)
        after = {"new": len(new), "all": len(new) + len(reports)}
        audit.record(actor, "report_campaign.units", "report_campaign", year, at=at, after=after)
    ids = {unit_id: report.id for unit_id, report in reports.items()} | new
    _cover(year, duties, ids, {report.id for report in reports.values() if report.state in REPORTED})
    _hand_over(actor, year, at)
    return len(new)


@act
def remind(actor: Actor, year: int, *, at: datetime) -> int:
    """Remind all units that are missing on the pages of those who report for them; returns how many.

    :raises DomainError: ``campaign-closed``
    """
    campaign = held(year, "remind")
    bring_up_to_date(actor, year, at=at)
    reminded = db.session.execute(
        update(UnitReport)
        .where(UnitReport.year == year, UnitReport.state.in_(MISSING))
        .values(reminders=UnitReport.reminders + 1, reminded_at=at)
        .returning(UnitReport.id)
    ).all()
    campaign.reminded_at = at
    audit.record(actor, "report_campaign.remind", "report_campaign", year, at=at, after={"units": len(reminded)})
    return len(reminded)


def held(year: int, act_: str) -> ReportCampaign:
    """Return a campaign in which an act can be done, locked until the transaction ends.

    :raises NotFound: there is none
    :raises DomainError: ``campaign-closed``
    """
    campaign = db.session.get(ReportCampaign, year, with_for_update=True)
    if campaign is None:
        raise NotFound
    rules.CAMPAIGN.require(act_, rules.campaign_state(closed=campaign.closed_at is not None))
    return campaign


def _cover(year: int, duties: rules.Duties, ids: dict[int, UUID], fixed: set[UUID]) -> None:
    """Write who reports for whom; what a submitted report is about stays as it is."""
    before = dict(
        db.session.execute(
            select(UnitReportCover.unit_id, UnitReportCover.report_id).where(UnitReportCover.year == year)
        ).all()
    )
    wanted: dict[int, UUID | None] = {unit_id: ids[reporter] for unit_id, reporter in duties.reporters.items()}
    wanted |= dict.fromkeys(duties.orphans)
    changed = {
        unit_id: report_id
        for unit_id, report_id in wanted.items()
        if unit_id not in before
        or (before[unit_id] != report_id and before[unit_id] not in fixed and report_id not in fixed)
    }
    moved = [unit_id for unit_id in changed if unit_id in before]
    if moved:
        db.session.execute(
            delete(UnitReportCover).where(UnitReportCover.year == year, UnitReportCover.unit_id.in_(moved))
        )
    rows = [{"year": year, "unit_id": unit_id, "report_id": report_id} for unit_id, report_id in changed.items()]
    if rows:
        db.session.execute(insert(UnitReportCover), rows)


def _hand_over(actor: Actor, year: int, at: datetime) -> None:
    """Remove the reports, not given yet, that are about nobody any more; their texts stay in the audit trail."""
    covered = select(UnitReportCover.report_id).where(UnitReportCover.report_id == UnitReport.id).exists()
    empty = db.session.scalars(
        select(UnitReport).where(UnitReport.year == year, UnitReport.state.in_(MISSING), ~covered)
    ).all()
    for report in empty:
        texts = {name: getattr(report, name) for name in ("quality_text", "use_text", "difficulties", "proposals")}
        before = {"unit_id": report.unit_id, "state": report.state} | texts
        audit.record(actor, "unit_report.hand_over", "unit_report", report.id, at=at, before=before)
        db.session.execute(delete(UnitReportLine).where(UnitReportLine.report_id == report.id))
        db.session.delete(report)
    db.session.flush()
