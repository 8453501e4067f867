"""Jobs of evaluations: reminding and closing by schedule."""

from contextlib import suppress
from uuid import UUID

from flask import current_app

from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from lms.core.jobs import Progress, task
from lms.surveys.services import evaluations


@task("surveys.close")
def close_survey(progress: Progress, *, survey_id: str) -> None:
    """Close a survey whose period has ended, and destroy its key."""
    del progress
    keys = current_app.config["SETTINGS"].keys_dir
    evaluations.close(SYSTEM, UUID(survey_id), keys=keys, at=utcnow())
    evaluations.forget_key(UUID(survey_id), keys=keys)


@task("surveys.remind")
def remind(progress: Progress, *, survey_id: str) -> None:
    """Remind all who are missing; an evaluation that was closed early needs none."""
    del progress
    with suppress(DomainError):
        evaluations.remind(SYSTEM, UUID(survey_id), at=utcnow())
