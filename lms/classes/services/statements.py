"""What classes tell the record store."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from lms.classes.models import ClassRun
from lms.records.emit import Activity, emit


def class_activity(run: ClassRun) -> Activity:
    """The class as an activity of statements."""
    return Activity("class", str(run.id), {"vi": run.name})


def tell(
    names: Mapping[UUID, UUID],
    person_id: UUID,
    verb: str,
    activity: Activity,
    registration: UUID,
    at: datetime,
    **said: Any,
) -> None:
    """Store a statement about a trainee; of one without an account nothing is told."""
    if person_id in names:
        emit(
            learner=names[person_id],
            verb=verb,
            activity=activity,
            registration=registration,
            at=at,
            **said,
        )
