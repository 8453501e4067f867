"""Jobs of learning."""

from uuid import UUID

from lms.core.database import utcnow
from lms.core.jobs import Progress, task
from lms.learning import services


@task("learning.review")
def review(progress: Progress, *, class_id: str) -> None:
    """Look at all trainees of a class again, since what it asks for has changed."""
    del progress
    services.review_class(UUID(class_id), at=utcnow())
