"""The xAPI record store. Knows nothing of the other domains."""

from flask import Flask

from lms.core import guard
from lms.records import models  # noqa: F401 - registers the tables
from lms.records.routes import ROUTES


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    guard.register(app, "records", __name__, ROUTES)
