"""Completion and quality reports, and their exports."""

from datetime import datetime
from uuid import UUID

from flask import Flask

from lms.core import guard
from lms.core.pages import N_, NavItem, add_navigation
from lms.learning.dashboard import duties
from lms.reports.adjustments import services as adjustments
from lms.reports.routes import ROUTES
from lms.reports.unit_reports import duties as unit_reports
from lms.surveys.signals import survey_closed


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    guard.register(app, "reports", __name__, ROUTES)
    add_navigation(
        app,
        NavItem(N_("Completion"), "reports.completion", "reports.completion", order=60),
        NavItem(N_("Quality"), "reports.quality_index", "reports.quality", order=61),
        NavItem(N_("My results"), "reports.own", "classes.teach", order=62, needs_person=True),
        NavItem(N_("Yearly report"), "reports.unit_reports", "reports.write_unit", order=62),
        NavItem(N_("Reports of units"), "reports.campaigns", "reports.read_units", order=62),
    )
    if unit_reports.due not in duties:
        duties.append(unit_reports.due)
    survey_closed.connect(_make_due)


def _make_due(survey_id: UUID, *, at: datetime) -> None:
    adjustments.make_due(survey_id, at=at)
