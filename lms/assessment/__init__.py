"""Quizzes and assignments: questions, attempts, submissions and marks."""

from flask import Flask

from lms.core import guard
from lms.assessment import models  # noqa: F401 - registers the tables
from lms.assessment.routes import ROUTES


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    guard.register(app, "assessment", __name__, ROUTES)
