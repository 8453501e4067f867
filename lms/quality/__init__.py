"""Results of evaluations: of a class, a lecturer, an institution, a programme, a year; and adjustments they ask for."""

from datetime import datetime
from uuid import UUID

from flask import Flask

from lms.catalogue.hooks import version_notes
from lms.classes.hooks import lecturer_histories
from lms.core import guard
from lms.core.pages import N_, NavItem, add_navigation
from lms.quality import lecturers
from lms.quality.adjustments import answered
from lms.quality.adjustments import services as adjustments
from lms.quality.routes import ROUTES
from lms.surveys.signals import survey_closed

_RESULTS = ("/reports/results", "/reports/classes", "/reports/lecturers", "/reports/adjustments")


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    guard.register(app, "quality", __name__, ROUTES)
    add_navigation(
        app,
        NavItem(N_("Quality"), "quality.index", "reports.quality", order=61, group=N_("Reports"), covers=_RESULTS),
        NavItem(N_("My results"), "quality.own", "classes.teach", order=62, needs_person=True, group=N_("Teaching")),
    )
    survey_closed.connect(_make_due)
    lecturer_histories.register(lecturers.in_words)
    version_notes.register(answered.of_version)


def _make_due(survey_id: UUID, *, at: datetime) -> None:
    adjustments.make_due(survey_id, at=at)
