"""Programmes of the Decision, their versions, targets and quotas."""

from flask import Flask

from lms.core import guard
from lms.catalogue import models  # noqa: F401 - registers the tables
from lms.catalogue.routes import ROUTES


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    guard.register(app, "catalogue", __name__, ROUTES)
