"""A year's campaign: opened, extended, closed by Home Affairs."""

from collections.abc import Sequence
from datetime import date, datetime, time

from flask_babel import lazy_gettext as _l

from lms.core import audit, jobs
from lms.core.database import act, db, lock
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM, Actor
from lms.core.i18n import ZONE
from lms.people.sessions import local_day
from lms.reports.unit_reports import rules, tasks
from lms.reports.unit_reports.models import ReportCampaign
from lms.reports.unit_reports.services import duties

_HOUR = time(8)
"""When reminders are sent, in Hà Nội."""


@act
def open_campaign(
    actor: Actor, year: int, *, due_on: date, levels: Sequence[str], quota_from: int, quota_to: int, at: datetime
) -> ReportCampaign:
    """Open the collection of a year's reports: every unit concerned has one to give.

    :raises DomainError: ``campaign-exists``
    """
    lock("report-campaign", year)
    if db.session.get(ReportCampaign, year) is not None:
        raise DomainError("campaign-exists", _l("The reports of this year are being collected already."))
    campaign = ReportCampaign(
        year=year, due_on=due_on, levels=sorted(levels), quota_from=quota_from, quota_to=quota_to, opened_at=at
    )
    db.session.add(campaign)
    db.session.flush()
    duties.bring_up_to_date(actor, year, at=at)
    _schedule(campaign, at)
    after = {"due_on": due_on, "levels": campaign.levels, "quota_from": quota_from, "quota_to": quota_to}
    audit.record(actor, "report_campaign.open", "report_campaign", year, at=at, after=after)
    return campaign


@act
def extend(actor: Actor, year: int, *, due_on: date, at: datetime) -> None:
    """Set another last day; a closed campaign is open again.

    :raises DomainError: ``past-deadline``
    """
    if due_on < local_day(at):
        raise DomainError("past-deadline", _l("The new deadline cannot lie in the past."), 422)
    campaign = duties.held(year, "extend")
    before = {"due_on": campaign.due_on, "closed_at": campaign.closed_at}
    campaign.due_on, campaign.closed_at = due_on, None
    _schedule(campaign, at)
    audit.record(
        actor, "report_campaign.extend", "report_campaign", year, at=at, before=before, after={"due_on": due_on}
    )


@act
def close(actor: Actor, year: int, *, at: datetime) -> None:
    """Close a campaign: nobody can submit any longer.

    :raises DomainError: ``campaign-closed``
    """
    duties.held(year, "close").closed_at = at
    audit.record(actor, "report_campaign.close", "report_campaign", year, at=at)


def _schedule(campaign: ReportCampaign, at: datetime) -> None:
    due_on = campaign.due_on.isoformat()
    for day in rules.reminder_days(local_day(at), campaign.due_on):
        when = datetime.combine(day, _HOUR, ZONE)
        jobs.enqueue(tasks.remind, SYSTEM, at=at, schedule_at=when, year=campaign.year, due_on=due_on)
