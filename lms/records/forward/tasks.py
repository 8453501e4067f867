"""The jobs that forward: every minute by itself, and at once when somebody asks."""

from typing import Any
from uuid import UUID

from lms.core import jobs
from lms.core.database import utcnow
from lms.records.forward import delivery

SECONDS = 50.0
"""How long one job goes on; the next is a minute later."""


@jobs.queue.periodic(cron="* * * * *")
@jobs.queue.task(name="records.forward", queue="default", queueing_lock="records.forward")
def forward(timestamp: int) -> None:  # noqa: ARG001 - the queue passes the minute
    """Run all forwarders that are due; at most one such job waits.

    It holds no lock of the queue: a job whose worker was killed would keep it for good. Each forwarder has its own,
    which ends with its connection.
    """
    with jobs.worker_app().app_context():
        delivery.run_due(at=utcnow(), seconds=SECONDS)


@jobs.task("records.forward_now")
def forward_now(_progress: jobs.Progress, forwarder_id: str) -> dict[str, Any]:
    """Run one forwarder."""
    outcome = delivery.run(UUID(forwarder_id), at=utcnow(), goes_on=delivery.within(SECONDS))
    return {"sent": outcome.sent, "set_aside": outcome.set_aside}
