"""Question banks, quizzes, attempts and assignments."""

from flask import Flask

from lms.assessment import content, models, personal, queries  # noqa: F401 - models registers the tables
from lms.assessment.routes import ROUTES
from lms.catalogue.hooks import version_questions
from lms.catalogue.signals import version_loaded, version_read
from lms.core import guard
from lms.core.personal import held as personal_data


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    personal_data.register(personal.held)
    guard.register(app, "assessment", __name__, ROUTES)
    version_read.connect(content.check_version)
    version_loaded.connect(content.load_version)
    version_questions.register(queries.version_questions)
