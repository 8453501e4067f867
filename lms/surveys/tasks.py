"""Jobs of evaluations: closing at the end of the period."""

from uuid import UUID

from flask import current_app

from lms.core.database import utcnow
from lms.core.guard import SYSTEM
from lms.core.jobs import Progress, task
from lms.surveys import services


@task("surveys.close")
def close_survey(progress: Progress, *, survey_id: str) -> None:
    """Close a survey whose period has ended, and destroy its key."""
    del progress
    keys = current_app.config["SETTINGS"].keys_dir
    services.close(SYSTEM, UUID(survey_id), keys=keys, at=utcnow())
    services.forget_key(UUID(survey_id), keys=keys)
