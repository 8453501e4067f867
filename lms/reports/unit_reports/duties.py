"""What waits for those who report for a unit, named on their pages."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from lms.core.guard import Actor
from lms.core.i18n import deadline
from lms.learning.hooks import DueItem
from lms.people.sessions import local_day
from lms.reports.unit_reports.access import WRITE
from lms.reports.unit_reports.queries import reports
from lms.reports.unit_reports.queries.reports import OwnReport

_MOST = 5


def due(actor: Actor, at: datetime) -> list[DueItem]:
    """Name the reports that units held still have to give; a reminded, returned or late one comes first."""
    paths = actor.paths(WRITE)
    return [_item(report, at) for report in reports.awaited(paths, _MOST)] if paths else []


def _item(report: OwnReport, at: datetime) -> DueItem:
    late = report.late(local_day(at))
    if report.state == "returned":
        detail = _("returned by Home Affairs: %(reason)s", reason=report.return_reason)
    elif late:
        detail = _("%(unit)s; was to be submitted by %(date)s", unit=report.unit, date=deadline(report.due_on, at))
    elif report.reminded_at:
        detail = _("%(unit)s; reminder: only until %(date)s", unit=report.unit, date=deadline(report.due_on, at))
    else:
        detail = _("%(unit)s; until %(date)s", unit=report.unit, date=deadline(report.due_on, at))
    pressing = late or report.state == "returned" or report.reminded_at is not None
    return DueItem(
        "report",
        _("Yearly report %(year)s on quality and use of trained staff", year=report.year),
        detail,
        url_for("reports.edit_unit_report", report_id=report.report_id),
        _("Write the report"),
        0 if pressing else 20,
    )
