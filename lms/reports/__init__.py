"""Completion and quality reports, and their exports."""

from datetime import datetime
from uuid import UUID

from flask import Flask

from lms.catalogue.signals import version_reviewed
from lms.classes.signals import lecturers_considered
from lms.core import guard
from lms.core.pages import N_, NavItem, add_navigation
from lms.learning.dashboard import duties
from lms.reports.adjustments import answered
from lms.reports.adjustments import services as adjustments
from lms.reports.issued import cli
from lms.reports.quality import lecturers
from lms.reports.routes import ROUTES
from lms.reports.unit_reports import duties as unit_reports
from lms.surveys.signals import survey_closed

_RESULTS = ("/reports/results", "/reports/classes", "/reports/lecturers", "/reports/adjustments")


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    guard.register(app, "reports", __name__, ROUTES)
    add_navigation(
        app,
        NavItem(N_("Completion"), "reports.completion", "reports.completion", order=60, group=N_("Reports")),
        NavItem(
            N_("Quality"), "reports.quality_index", "reports.quality", order=61, group=N_("Reports"), covers=_RESULTS
        ),
        NavItem(N_("My results"), "reports.own", "classes.teach", order=62, needs_person=True, group=N_("Teaching")),
        NavItem(N_("Quality reports as documents"), "reports.issued", "reports.read", order=61, group=N_("Reports")),
        NavItem(N_("Yearly report"), "reports.unit_reports", "reports.write_unit", order=62, group=N_("Reports")),
        NavItem(N_("Reports of units"), "reports.campaigns", "reports.read_units", order=62, group=N_("Reports")),
    )
    app.cli.add_command(cli.group)
    if unit_reports.due not in duties:
        duties.append(unit_reports.due)
    survey_closed.connect(_make_due)
    lecturers_considered.connect(lecturers.in_words)
    version_reviewed.connect(answered.of_version)


def _make_due(survey_id: UUID, *, at: datetime) -> None:
    adjustments.make_due(survey_id, at=at)
