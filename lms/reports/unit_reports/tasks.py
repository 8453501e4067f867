"""Jobs of campaigns: reminding by schedule."""

from datetime import date

from lms.core.database import utcnow
from lms.core.guard import SYSTEM
from lms.core.jobs import Progress, task
from lms.reports.unit_reports.queries import campaigns
from lms.reports.unit_reports.services import duties


@task("reports.remind_units")
def remind(progress: Progress, *, year: int, due_on: str) -> None:
    """Remind the units that are missing, unless the campaign was closed or its last day has been moved since."""
    del progress
    campaign = campaigns.campaign(year)
    if campaign is not None and campaign.closed_at is None and campaign.due_on == date.fromisoformat(due_on):
        duties.remind(SYSTEM, year, at=utcnow())
