"""Jobs of the library: taking uploads in, ending forgotten launches, clearing what nobody goes on with."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from lms.core import jobs
from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.library.models import ContentSession, Upload
from lms.library.services import intake, registrations, uploads
from lms.people.sessions import actor_of


@jobs.task("library.take_in")
def take_in(progress: jobs.Progress, upload_id: str) -> dict[str, Any]:
    """Take an upload in, and show how far it is."""
    key = UUID(upload_id)
    upload = uploads.find(key)
    if upload is None:
        return {}
    actor = actor_of(upload.account_id, at=utcnow()) if upload.account_id else SYSTEM

    def tell(**values: Any) -> None:
        with db.engine.begin() as connection:
            connection.execute(update(Upload).where(Upload.id == key).values(**values))
        progress.tell(**{name: value for name, value in values.items() if name != "step"})

    taken = intake.take_in(actor or SYSTEM, key, tell=tell, at=utcnow())
    return {"url": f"/library/uploads/{key}", "state": taken.state}


@jobs.queue.periodic(cron="*/10 * * * *")
@jobs.queue.task(name="library.tidy", queue="default", queueing_lock="library.tidy")
def tidy(timestamp: int) -> None:
    """End launches whose time is over, and forget uploads that nobody goes on with."""
    del timestamp
    with jobs.worker_app().app_context():
        at = utcnow()
        over = select(ContentSession.id).where(ContentSession.ended_at.is_(None), ContentSession.expires_at < at)
        for session_id in db.session.scalars(over.limit(5000)).all():
            registrations.abandon(session_id, at=at)
        uploads.sweep(at=at)
