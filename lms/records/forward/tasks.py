"""The jobs that forward: every minute by itself, and at once when somebody asks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from lms.core import jobs
from lms.core.database import utcnow
from lms.records.forward import delivery

SECONDS = 50.0
"""How long one job goes on; the next is a minute later."""


@jobs.periodic("records.forward", cron="* * * * *")
def forward(*, at: datetime) -> None:
    """Run all forwarders that are due; each has a lock of its own, which ends with its connection."""
    delivery.run_due(at=at, seconds=SECONDS)


@jobs.task("records.forward_now")
def forward_now(_progress: jobs.Progress, forwarder_id: str) -> dict[str, Any]:
    """Run one forwarder."""
    outcome = delivery.run(UUID(forwarder_id), at=utcnow(), goes_on=delivery.time_left(SECONDS))
    return {"sent": outcome.sent, "set_aside": outcome.set_aside}
