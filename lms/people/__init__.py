"""The ground of all domains: units, staff, accounts and roles."""

from flask import Flask

from lms.core import guard
from lms.people import models, sessions  # noqa: F401 - models registers the tables
from lms.people.routes import ROUTES


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    sessions.init_app(app)
    guard.register(app, "people", __name__, ROUTES)
