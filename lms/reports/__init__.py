"""Completion and quality reports, and their exports."""

from flask import Flask

from lms.core import guard
from lms.core.pages import N_, NavItem, add_navigation
from lms.reports.routes import ROUTES


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    guard.register(app, "reports", __name__, ROUTES)
    add_navigation(
        app,
        NavItem(N_("Completion"), "reports.completion", "reports.completion", order=60),
        NavItem(N_("Quality"), "reports.quality_index", "reports.quality", order=61),
    )
