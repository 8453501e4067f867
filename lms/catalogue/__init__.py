"""Programmes of the Decision, their versions, targets and quotas."""

from flask import Flask

from lms.catalogue import cli, listing, models, personal, waiting  # noqa: F401 - models registers the tables
from lms.catalogue.routes import ROUTES
from lms.core import guard
from lms.core.guard import PUBLIC
from lms.core.pages import N_, NavItem, add_navigation
from lms.core.personal import held as personal_data
from lms.core.waiting import waiting as what_waits


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    what_waits.register(waiting.waiting)
    personal_data.register(personal.held)
    guard.register(app, "catalogue", __name__, ROUTES)
    beside = ("/decision", "/glossary", "/figures")
    add_navigation(app, NavItem(N_("Programmes"), "catalogue.index", PUBLIC, order=20, covers=beside))
    listing.init_app(app)
    cli.init_app(app)
