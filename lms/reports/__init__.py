"""Completion, quality reports as documents, and the units' yearly reports."""

from flask import Flask

from lms.core import guard
from lms.core.pages import N_, NavItem, add_navigation, cover
from lms.core.personal import held as personal_data
from lms.core.waiting import waiting as what_waits
from lms.learning.hooks import due
from lms.quality.hooks import below_results
from lms.reports import personal, waiting
from lms.reports.issued import cli
from lms.reports.issued import views as issued
from lms.reports.routes import ROUTES
from lms.reports.unit_reports import duties as unit_reports


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    personal_data.register(personal.held)
    what_waits.register(waiting.waiting)
    guard.register(app, "reports", __name__, ROUTES)
    add_navigation(
        app,
        NavItem(
            N_("Completion"),
            "reports.completion",
            "reports.completion",
            order=60,
            group=N_("Reports"),
            covers=("/records/<uuid:person_id>",),
        ),
        NavItem(N_("Quality reports as documents"), "reports.issued", "reports.read", order=61, group=N_("Reports")),
        NavItem(N_("Yearly report"), "reports.unit_reports", "reports.write_unit", order=62, group=N_("Reports")),
        NavItem(
            N_("Reports of units"),
            "reports.campaigns",
            "reports.read_units",
            order=62,
            group=N_("Reports"),
            covers=("/reports/units",),
        ),
    )
    cover(app, "learning.dashboard", "/records")
    app.cli.add_command(cli.group)
    due.register(unit_reports.due)
    below_results.register(issued.below_results)
