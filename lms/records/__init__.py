"""The xAPI record store. Knows nothing of the other domains."""

from flask import Flask

from lms.core import guard
from lms.core.pages import N_, NavItem, add_navigation
from lms.records import cli, models, protocol  # noqa: F401 - models registers the tables
from lms.records.routes import ROUTES


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    guard.register(app, "records", __name__, ROUTES)
    add_navigation(app, NavItem(N_("Learning records"), "records.reader", "audit.read", order=90))
    protocol.init_app(app)
    app.extensions["xapi_clients"] = {}
    app.cli.add_command(cli.group)
