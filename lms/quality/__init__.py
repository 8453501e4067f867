"""Results of evaluations: of a class, a lecturer, an institution, a programme, a year; and adjustments they ask for."""

from flask import Flask

from lms.catalogue.hooks import version_notes
from lms.classes.hooks import lecturer_histories
from lms.core import guard
from lms.core.pages import N_, NavItem, add_navigation
from lms.core.personal import held as personal_data
from lms.core.waiting import waiting as what_waits
from lms.quality import personal, receivers, waiting
from lms.quality.routes import ROUTES
from lms.surveys.signals import survey_closed

_RESULTS = (
    *("/reports/results", "/reports/classes", "/reports/lecturers", "/reports/adjustments"),
    *("/evaluations/<uuid:survey_id>/close", "/evaluations/<uuid:survey_id>/paper"),
)


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    personal_data.register(personal.held)
    what_waits.register(waiting.waiting)
    guard.register(app, "quality", __name__, ROUTES)
    add_navigation(
        app,
        NavItem(
            N_("Results of evaluations"),
            "quality.index",
            "reports.quality",
            order=61,
            group=N_("Reports"),
            covers=_RESULTS,
        ),
        NavItem(N_("My results"), "quality.own", "classes.teach", order=62, needs_person=True, group=N_("Teaching")),
    )
    survey_closed.connect(receivers.note_adjustments)
    lecturer_histories.register(receivers.lecturers_in_words)
    version_notes.register(receivers.adjustments_of_version)
