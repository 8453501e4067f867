"""Jobs of classes."""

from datetime import datetime

from lms.classes import services
from lms.core.jobs import periodic


@periodic("classes.begin", cron="*/10 * * * *")
def begin(*, at: datetime) -> None:
    """Begin the confirmed classes whose first day has come."""
    services.begin_due(at=at)
