"""What is kept of jobs that have ended goes after a month; what still waits or runs stays."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.core import jobs
from lms.core.database import utcnow
from lms.core.jobs import KEPT, JobProgress
from lms.core.tasks import tidy

SHORT = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("state", "age", "stays"),
    [
        ("done", KEPT + SHORT, False),
        ("failed", KEPT + SHORT, False),
        ("done", KEPT - SHORT, True),
        ("failed", KEPT - SHORT, True),
        ("queued", KEPT + SHORT, True),
        ("running", KEPT + SHORT, True),
    ],
)
def test_only_jobs_that_ended_long_ago_are_swept(session, state, age, stays):
    now = utcnow()
    kept = JobProgress(id=uuid4(), kind="test.job", state=state, created_at=now - age, updated_at=now - age)
    session.add(kept)
    session.commit()
    assert jobs.sweep(at=now) == (0 if stays else 1)
    assert (session.scalar(select(JobProgress.id).where(JobProgress.id == kept.id)) is not None) == stays


def test_the_hourly_job_sweeps_them(session):
    old = utcnow() - KEPT - SHORT
    session.add(JobProgress(id=uuid4(), kind="test.job", state="done", created_at=old, updated_at=old))
    session.commit()
    tidy.func.__wrapped__(at=utcnow())
    assert session.scalar(select(JobProgress.id).where(JobProgress.updated_at == old)) is None
