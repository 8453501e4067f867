"""Jobs of evaluations: reminding and closing by schedule, and finishing what was cut off."""

import logging
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from flask import current_app

from lms.core.database import utcnow
from lms.core.errors import DomainError, NotFound
from lms.core.guard import SYSTEM
from lms.core.jobs import Progress, periodic, task
from lms.surveys import ballots
from lms.surveys.queries import states
from lms.surveys.services import evaluations, telling

log = logging.getLogger("lms.surveys")


@task("surveys.close")
def close_survey(progress: Progress, *, survey_id: str) -> None:
    """Close a survey whose period has ended, and destroy its key."""
    del progress
    keys = current_app.config["SETTINGS"].keys_dir
    with suppress(NotFound):
        evaluations.close(SYSTEM, UUID(survey_id), keys=keys, at=utcnow())
    evaluations.forget_key(UUID(survey_id), keys=keys)


@task("surveys.forget")
def forget(progress: Progress, *, survey_id: str) -> None:
    """Destroy the key of an evaluation that was cancelled; that of one which is there stays."""
    del progress
    if not states.is_there(UUID(survey_id)):
        ballots.destroy_key(current_app.config["SETTINGS"].keys_dir, UUID(survey_id))


@task("surveys.tell")
def tell(progress: Progress, *, survey_id: str) -> None:
    """Say in the record store who answered a closed evaluation."""
    del progress
    telling.tell(UUID(survey_id))


@task("surveys.remind")
def remind(progress: Progress, *, survey_id: str) -> None:
    """Remind all who are missing; an evaluation that was closed early needs none."""
    del progress
    with suppress(DomainError):
        evaluations.remind(SYSTEM, UUID(survey_id), at=utcnow())


@periodic("surveys.tidy", cron="*/10 * * * *")
def tidy(*, at: datetime) -> None:
    """Close what should be closed, and destroy the keys of what is: a worker may have died on its way."""
    keys = current_app.config["SETTINGS"].keys_dir
    for survey_id in states.overdue(at):
        try:
            evaluations.close(SYSTEM, survey_id, keys=keys, at=at)
        except FileNotFoundError:
            log.error("the key of evaluation %s is gone: its forms cannot be opened", survey_id)
    for survey_id in ballots.keys_in(keys):
        evaluations.forget_key(survey_id, keys=keys)
