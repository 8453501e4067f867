"""What happens by itself: evaluations open with the end of a class, remind, and close."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app

from lms.core import jobs
from lms.core.guard import SYSTEM
from lms.surveys import tasks
from lms.surveys.services import evaluations, follow_ups, reopening

REMINDED_BEFORE = timedelta(days=3)


def open_with_class(_sender: Any, *, class_id: UUID, at: datetime) -> None:
    """Open the evaluations of a finished class, and plan what follows three months later."""
    keys = current_app.config["SETTINGS"].keys_dir
    evaluations.open_survey(SYSTEM, class_id, keys=keys, at=at)
    evaluations.open_lecturers(SYSTEM, class_id, keys=keys, at=at)
    follow_ups.plan(SYSTEM, class_id, at=at)


def take_back(_sender: Any, *, class_id: UUID, at: datetime) -> None:
    """Cancel the evaluation of a class that is opened again, if nobody has answered it; its key goes too."""
    cancelled = reopening.take_back(SYSTEM, class_id, at=at)
    if cancelled is not None:
        jobs.enqueue(tasks.forget, SYSTEM, at=at, survey_id=str(cancelled))


def schedule(survey_id: UUID, *, opens_at: datetime, closes_at: datetime) -> None:
    """Put the reminder and the closing of an evaluation on the queue."""
    name = str(survey_id)
    if closes_at - REMINDED_BEFORE > opens_at:
        before = closes_at - REMINDED_BEFORE
        jobs.enqueue(tasks.remind, SYSTEM, at=opens_at, schedule_at=before, survey_id=name)
    jobs.enqueue(tasks.close_survey, SYSTEM, at=opens_at, schedule_at=closes_at, survey_id=name)


def say_who_answered(survey_id: UUID, *, at: datetime) -> None:
    """Have it told who answered, once the closing is committed: of thousands this takes longer than a page may."""
    jobs.enqueue(tasks.tell, SYSTEM, at=at, survey_id=str(survey_id))
