"""What happens by itself: evaluations open with the end of a class, remind, and close; the dashboard names them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app, url_for
from flask_babel import gettext as _

from lms.core import jobs
from lms.core.guard import SYSTEM
from lms.core.i18n import moment
from lms.learning.hooks import DueItem
from lms.surveys import tasks
from lms.surveys.queries import named, rights
from lms.surveys.services import evaluations, follow_ups

REMINDED_BEFORE = timedelta(days=3)


def open_with_class(_sender: Any, *, class_id: UUID, at: datetime) -> None:
    """Open the evaluations of a finished class, and plan what follows three months later."""
    keys = current_app.config["SETTINGS"].keys_dir
    evaluations.open_survey(SYSTEM, class_id, keys=keys, at=at)
    evaluations.open_lecturers(SYSTEM, class_id, keys=keys, at=at)
    follow_ups.plan(SYSTEM, class_id, at=at)


def schedule(survey_id: UUID, *, opens_at: datetime, closes_at: datetime) -> None:
    """Put the reminder and the closing of an evaluation on the queue."""
    name = str(survey_id)
    if closes_at - REMINDED_BEFORE > opens_at:
        before = closes_at - REMINDED_BEFORE
        jobs.enqueue(tasks.remind, SYSTEM, at=opens_at, schedule_at=before, survey_id=name)
    jobs.enqueue(tasks.close_survey, SYSTEM, at=opens_at, schedule_at=closes_at, survey_id=name)


def due(registrations: Sequence[UUID], at: datetime) -> list[DueItem]:
    """Name the evaluations that wait for a trainee, the reminded ones first, and the named forms after training."""
    items = [
        DueItem(
            "evaluation",
            _("Evaluation of %(name)s", name=one.name),
            _("reminder: only until %(when)s; nobody can see who wrote what", when=moment(one.closes_at))
            if one.reminded
            else _("open until %(when)s; nobody can see who wrote what", when=moment(one.closes_at)),
            url_for("surveys.form", survey_id=one.survey_id),
            _("Evaluate the course"),
            0 if one.reminded else 1,
        )
        for one in rights.due(registrations, at)
    ]
    return items + [
        DueItem(
            "evaluation",
            _("After training: %(name)s", name=one.class_name),
            _("a form with your name, open until %(when)s", when=moment(one.closes_at)),
            url_for("surveys.follow_up", follow_up_id=one.follow_up_id),
            _("Fill in the form"),
            2,
        )
        for one in named.due(registrations, at)
    ]
