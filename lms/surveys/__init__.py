"""Evaluation of classes, topics and lecturers by trainees, anonymously."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask, current_app, url_for
from flask_babel import gettext as _

from lms.classes.signals import class_finished
from lms.core import guard, jobs
from lms.core.guard import SYSTEM
from lms.core.i18n import moment
from lms.learning.dashboard import DueItem, contributors
from lms.surveys import models, queries, services, tasks  # noqa: F401 - models registers the tables
from lms.surveys.routes import ROUTES
from lms.surveys.signals import survey_opened


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    guard.register(app, "surveys", __name__, ROUTES)
    class_finished.connect(_open)
    survey_opened.connect(_schedule_closing)
    if _due not in contributors:
        contributors.append(_due)


def _open(_sender: Any, *, class_id: UUID, at: datetime) -> None:
    services.open_survey(SYSTEM, class_id, keys=current_app.config["SETTINGS"].keys_dir, at=at)


def _schedule_closing(survey_id: UUID, *, opens_at: datetime, closes_at: datetime) -> None:
    jobs.enqueue(tasks.close_survey, SYSTEM, at=opens_at, schedule_at=closes_at, survey_id=str(survey_id))


def _due(registrations: Sequence[UUID], at: datetime) -> list[DueItem]:
    return [
        DueItem(
            "evaluation",
            _("Evaluation of %(name)s", name=one.class_name),
            _("open until %(when)s; nobody can see who wrote what", when=moment(one.closes_at)),
            url_for("surveys.form", survey_id=one.survey_id),
            _("Evaluate the course"),
            1,
        )
        for one in queries.due(registrations, at)
    ]
