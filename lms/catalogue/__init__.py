"""Programmes of the Decision, their versions, targets and quotas."""

from flask import Flask

from lms.catalogue import cli, models  # noqa: F401 - models registers the tables
from lms.catalogue.routes import ROUTES
from lms.core import guard


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    guard.register(app, "catalogue", __name__, ROUTES)
    cli.init_app(app)
