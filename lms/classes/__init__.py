"""Classes: enrolment, sessions, attendance and results."""

from flask import Flask

from lms.core import guard
from lms.classes import models  # noqa: F401 - registers the tables
from lms.classes.routes import ROUTES


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    guard.register(app, "classes", __name__, ROUTES)
