"""Jobs of learning."""

from datetime import datetime
from uuid import UUID

from lms.classes import queries as classes
from lms.core.database import utcnow
from lms.core.jobs import Progress, periodic, task
from lms.learning import services


@task("learning.review")
def review(progress: Progress, *, class_id: str) -> None:
    """Look at all trainees of a class again, since what it asks for has changed."""
    del progress
    services.review_class(UUID(class_id), at=utcnow())


@periodic("learning.results", cron="23 * * * *")
def results(*, at: datetime) -> None:
    """Fix the results of finished classes when they are due."""
    for class_id in classes.without_results(at):
        services.fix_results(class_id, at=at)
