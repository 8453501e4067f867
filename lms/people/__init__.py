"""The ground of all domains: units, staff, accounts and roles."""

from flask import Flask

from lms.core import guard
from lms.core.pages import N_, NavItem, add_navigation
from lms.people import cli, models, sessions, tasks  # noqa: F401 - models registers the tables, tasks the job
from lms.people.routes import ROUTES


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    sessions.init_app(app)
    guard.register(app, "people", __name__, ROUTES)
    add_navigation(
        app,
        NavItem(N_("People"), "people.people", "people.read", order=80),
        NavItem(N_("Units"), "people.units", "people.read", order=82),
    )
    cli.init_app(app)
