"""The trainee's way through a class: lessons, progress, completion."""

from flask import Flask

from lms.core import guard
from lms.learning import models  # noqa: F401 - registers the tables
from lms.learning.routes import ROUTES


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    guard.register(app, "learning", __name__, ROUTES)
