"""Evaluation of classes, topics and lecturers by trainees, anonymously."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask, current_app

from lms.classes.signals import class_finished
from lms.core import guard, jobs
from lms.core.guard import SYSTEM
from lms.surveys import models, services, tasks  # noqa: F401 - models registers the tables
from lms.surveys.routes import ROUTES
from lms.surveys.signals import survey_opened


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    guard.register(app, "surveys", __name__, ROUTES)
    class_finished.connect(_open)
    survey_opened.connect(_schedule_closing)


def _open(_sender: Any, *, class_id: UUID, at: datetime) -> None:
    services.open_survey(SYSTEM, class_id, keys=current_app.config["SETTINGS"].keys_dir, at=at)


def _schedule_closing(survey_id: UUID, *, opens_at: datetime, closes_at: datetime) -> None:
    jobs.enqueue(tasks.close_survey, SYSTEM, at=opens_at, schedule_at=closes_at, survey_id=str(survey_id))
