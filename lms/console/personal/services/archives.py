"""A person's copy of her data: ordered by her, made by a job, fetched by her alone, gone after a week."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from lms.console.personal import collecting, queries, writing
from lms.console.personal.collecting import Subject
from lms.console.personal.models import PersonalArchive
from lms.core import audit, files, jobs
from lms.core.database import act, db, lock
from lms.core.errors import NotFound
from lms.core.guard import SYSTEM, Actor
from lms.core.ownership import is_own

LIFETIME = timedelta(days=7)
ABANDONED = timedelta(days=1)
"""After this time an archive that was not finished will not be."""


@act
def order(actor: Actor, *, at: datetime) -> UUID:
    """Order a copy of one's own data; returns the job, which is the same while one is in the making."""
    lock("personal-archive", actor.account_id)
    making = queries.job_in_the_making(actor.account_id)
    if making is not None:
        return making
    archive_id = uuid4()
    job_id = jobs.enqueue(jobs.queue.tasks["personal.make_archive"], actor, at=at, archive_id=str(archive_id))
    db.session.add(PersonalArchive(id=archive_id, account_id=actor.account_id, job_id=job_id, ordered_at=at))
    db.session.flush()
    audit.record(actor, "archive.order", "account", actor.account_id, at=at)
    return job_id


def make(archive_id: UUID, file: IO[bytes], *, at: datetime, tell: writing.Tell) -> bool:
    """Make an ordered archive, by way of a file; returns whether it is still wanted, and now ready."""
    of = _wanted(archive_id)
    if of is None:
        return False
    writing.write(file, of, at=at, tell=tell)
    size = file.tell()
    file.seek(0)
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type] # the stub asks for more than IO
    if not _note_address(archive_id, sha256):
        return False
    file.seek(0)
    files.put(file)
    if not _make_ready(archive_id, size, at=at):
        _release(sha256, at=at)
        return False
    return True


@act
def fetch(actor: Actor, archive_id: UUID, *, at: datetime) -> PersonalArchive:
    """Note that one fetches one's own copy, and return where it is.

    :raises NotFound: it is somebody else's, not ready, or its time is over
    """
    archive = db.session.get(PersonalArchive, archive_id)
    ready = (
        archive is not None and archive.size is not None and archive.expires_at is not None and archive.expires_at > at
    )
    if archive is None or not ready or not is_own(archive.account_id, actor.account_id):
        raise NotFound
    audit.record(actor, "archive.download", "account", actor.account_id, at=at, after={"sha256": archive.sha256})
    return archive


def sweep(*, at: datetime) -> int:
    """Remove archives whose time is over, and what was left of unfinished ones; returns how many."""
    over = (PersonalArchive.expires_at <= at) | (
        PersonalArchive.size.is_(None) & (PersonalArchive.ordered_at <= at - ABANDONED)
    )
    expired = db.session.execute(select(PersonalArchive.id, PersonalArchive.sha256).where(over)).all()
    for archive_id, sha256 in expired:
        _forget(archive_id, sha256, at=at)
    return len(expired)


def hand_over(actor: Actor, staff_code: str, path: Path, *, at: datetime) -> None:
    """Write the copy of a person who asked for it on paper into a new file that only its owner can read.

    :raises NotFound: nobody with an account has this staff code
    :raises FileExistsError: the file is there already
    """
    account_id = queries.account_of_code(staff_code)
    of = collecting.subject(account_id) if account_id else None
    if of is None:
        raise NotFound
    path.touch(mode=0o600, exist_ok=False)
    try:
        with path.open("wb") as file:
            writing.write(file, of, at=at)
        _note_hand_over(actor, of, at=at)
    except BaseException:
        path.unlink()
        raise


@act
def _note_hand_over(actor: Actor, of: Subject, *, at: datetime) -> None:
    audit.record(actor, "archive.hand_over", "account", of.account_id, at=at)


@act
def _wanted(archive_id: UUID) -> Subject | None:
    archive = db.session.get(PersonalArchive, archive_id)
    return None if archive is None or archive.size is not None else collecting.subject(archive.account_id)


@act
def _note_address(archive_id: UUID, sha256: str) -> bool:
    archive = _locked(archive_id)
    if archive is not None:
        archive.sha256 = sha256
    return archive is not None


@act
def _make_ready(archive_id: UUID, size: int, *, at: datetime) -> bool:
    """Let it be downloaded; earlier copies of the same person end now, and are swept."""
    archive = _locked(archive_id)
    if archive is None:
        return False
    archive.size, archive.expires_at = size, at + LIFETIME
    earlier = select(PersonalArchive).where(
        PersonalArchive.account_id == archive.account_id,
        PersonalArchive.id != archive_id,
        PersonalArchive.size.is_not(None),
    )
    for older in db.session.scalars(earlier):
        older.expires_at = at
    jobs.enqueue(jobs.queue.tasks["personal.sweep_archives"], SYSTEM, at=at, schedule_at=archive.expires_at)
    return True


@act
def _forget(archive_id: UUID, sha256: str | None, *, at: datetime) -> None:
    db.session.execute(delete(PersonalArchive).where(PersonalArchive.id == archive_id))
    files.release([sha256 or ""], at=at)


@act
def _release(sha256: str, *, at: datetime) -> None:
    files.release([sha256], at=at)


def _locked(archive_id: UUID) -> Any:
    return db.session.get(PersonalArchive, archive_id, with_for_update=True, populate_existing=True)
