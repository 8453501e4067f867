"""Jobs of the library: taking uploads in, ending forgotten launches, clearing what nobody goes on with."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from lms.core import jobs
from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.library.models import ContentSession, Upload
from lms.library.services import intake, registrations, uploads
from lms.people.sessions import actor_of


@jobs.task("library.take_in", gave_up=uploads.give_up)
def take_in(progress: jobs.Progress, upload_id: str) -> dict[str, Any]:
    """Take an upload in, and show how far it is."""
    key = UUID(upload_id)
    upload = uploads.find(key)
    if upload is None:
        return {}
    if upload.state != "checking":  # a worker that died after its commit has done it
        return {"url": f"/library/uploads/{key}", "state": upload.state}
    actor = actor_of(upload.account_id, at=utcnow()) if upload.account_id else SYSTEM

    def tell(**values: Any) -> None:
        with db.engine.begin() as connection:
            connection.execute(update(Upload).where(Upload.id == key).values(**values))
        progress.tell(**{name: value for name, value in values.items() if name != "step"})

    taken = intake.take_in(actor or SYSTEM, key, tell=tell, at=utcnow())
    return {"url": f"/library/uploads/{key}", "state": taken.state}


@jobs.periodic("library.tidy", cron="*/10 * * * *")
def tidy(*, at: datetime) -> None:
    """End launches whose time is over, and forget uploads that nobody goes on with."""
    over = select(ContentSession.id).where(ContentSession.ended_at.is_(None), ContentSession.expires_at < at)
    for session_id in db.session.scalars(over.limit(5000)).all():
        registrations.abandon(session_id, at=at)
    uploads.sweep(at=at)
