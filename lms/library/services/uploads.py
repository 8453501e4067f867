"""Files on their way in: begun, received piece by piece (tus 1.0), handed over to the job that takes them in."""

import base64
import hashlib
import re
from datetime import datetime, timedelta
from typing import IO, cast
from uuid import UUID, uuid4

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from lms.core import files, jobs
from lms.core.database import act, db, lock
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.core.text import one_line
from lms.library.models import Package, PackageVersion, StorageQuota, Upload, UploadPiece
from lms.library.rules import UPLOAD

LARGEST = 4 * 1024**3
"""Bytes of one file."""
PIECE = 32 * 1024 * 1024
"""Most bytes of one request."""
OPEN_AT_ONCE = 20
"""Unfinished uploads of one institution."""
KEPT = timedelta(days=2)
"""How long an unfinished upload waits for its next piece."""
REPORT_KEPT = timedelta(days=14)
CHECKED_AT_ONCE = timedelta(hours=1)
"""A check without a job, within a request, has ended after this time or died with its process."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Misplaced(DomainError):
    """A piece does not begin where the last one ended (tus: 409)."""

    def __init__(self, received: int) -> None:
        super().__init__("misplaced", _l("The upload goes on at byte %(place)s.", place=received), 409)
        self.received = received


@act
def begin(
    actor: Actor,
    institution_id: int,
    *,
    filename: str,
    size: int,
    at: datetime,
    checksum: str | None = None,
    package_id: UUID | None = None,
    title: str | None = None,
) -> Upload:
    """Begin an upload.

    :param size: bytes of the whole file
    :param checksum: its SHA-256, if its sender knows it
    :param package_id: the package of which it becomes a new version
    :raises DomainError: ``empty``, ``too-large``, ``quota``, ``too-many``, ``bad-checksum``
    """
    name = one_line(filename.replace("\\", "/").rsplit("/", 1)[-1])[:240] or "file"
    if size <= 0:
        raise DomainError("empty", _l("The file is empty."), 400)
    if size > LARGEST:
        raise DomainError("too-large", _l("A file may have %(size)s GB at most.", size=LARGEST // 1024**3), 413)
    if checksum is not None and not _SHA256.fullmatch(checksum.lower()):
        raise DomainError("bad-checksum", _l("The checksum must be a SHA-256 in hexadecimal digits."), 400)
    if package_id is not None:
        package = db.session.get(Package, package_id)
        if package is None or package.removed_at is not None or package.institution_id != institution_id:
            raise NotFound
    lock("library-room", institution_id)
    check_quota(institution_id, size)
    waiting = select(func.count()).where(Upload.institution_id == institution_id, Upload.state == "receiving")
    if (db.session.scalar(waiting) or 0) >= OPEN_AT_ONCE:
        raise DomainError("too-many", _l("Too many uploads are unfinished; finish or cancel some first."), 429)
    upload = Upload(
        id=uuid4(),
        institution_id=institution_id,
        account_id=actor.account_id,
        package_id=package_id,
        filename=name,
        size=size,
        received=0,
        checksum=checksum.lower() if checksum else None,
        title=one_line(title)[:300] or None if title else None,
        state="receiving",
        created_at=at,
        touched_at=at,
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def receive(
    actor: Actor,
    upload_id: UUID,
    start: int,
    stream: IO[bytes],
    length: int,
    *,
    at: datetime,
    digest: str | None = None,
    enqueue: bool = True,
) -> Upload:
    """Take the next piece; with the last one the job that takes the file in begins.

    The piece is stored before anything is locked, so that a slow line holds nobody up; of two that begin at the same
    byte one is taken.

    :param enqueue: whether the job begins by itself; otherwise the caller takes the file in
    :param digest: ``sha256 <base64>`` or ``sha1 <base64>`` of the piece (tus, extension *checksum*)
    :raises Misplaced: it does not begin where the last one ended.
    :raises DomainError: ``not-receiving``, ``too-large``, ``checksum`` (460)
    """
    upload = _receiving(upload_id)
    if start != upload.received:
        raise Misplaced(upload.received)
    if length > PIECE or start + length > upload.size:
        raise DomainError("too-large", _l("This piece is longer than it may be."), 413)
    db.session.commit()  # no connection waits while the piece comes over a slow line
    name = f"{upload_id}/{start}-{uuid4().hex}"
    reader = _Digesting(stream, digest)
    size = files.put_piece(name, cast(IO[bytes], reader), length)
    try:
        reader.check(complete=size == length)
        if not size:
            files.remove_pieces([name])
            return upload
        return _append(actor, upload_id, start, size, name, at=at, enqueue=enqueue)
    except DomainError:  # after anything else the piece may have been noted; it goes with its upload at the latest
        files.remove_pieces([name])
        raise


def receive_all(actor: Actor, upload_id: UUID, stream: IO[bytes], *, at: datetime, enqueue: bool) -> Upload:
    """Take a whole file from one stream.

    :raises DomainError: ``cut-off`` (400), the stream ended early; nothing is left of it.
    """
    upload = _receiving(upload_id)
    while upload.state == "receiving":
        before = upload.received
        length = min(PIECE, upload.size - before)
        upload = receive(actor, upload_id, before, stream, length, at=at, enqueue=enqueue)
        if upload.received - before < length:
            cancel(upload_id, at=at)
            raise DomainError("cut-off", _l("The file did not arrive whole. Please send it again."), 400)
    return upload


@act
def _append(actor: Actor, upload_id: UUID, start: int, size: int, name: str, *, at: datetime, enqueue: bool) -> Upload:
    upload = _receiving(upload_id, locked=True)
    if upload.received != start:
        raise Misplaced(upload.received)
    db.session.add(UploadPiece(upload_id=upload_id, start=start, size=size, name=name))
    upload.received, upload.touched_at = start + size, at
    if upload.received == upload.size:
        upload.state = "checking"
        if enqueue:
            task = jobs.queue.tasks["library.take_in"]
            upload.job_id = jobs.enqueue(task, actor, at=at, upload_id=str(upload_id))
    db.session.flush()
    return upload


@act
def cancel(upload_id: UUID, *, at: datetime) -> None:
    """Forget an upload that is not being checked, with all that has arrived of it."""
    upload = db.session.get(Upload, upload_id, with_for_update=True)
    if upload is None:
        raise NotFound
    UPLOAD.require("cancel", upload.state)
    forget_pieces(upload_id, at=at)
    db.session.delete(upload)
    db.session.flush()


@act
def give_up(upload_id: str | UUID, *, at: datetime) -> None:
    """Note that an upload could not be checked by a fault of ours; it must be sent again and takes no room any more."""
    upload = db.session.get(Upload, UUID(str(upload_id)), with_for_update=True, populate_existing=True)
    if upload is not None and UPLOAD.refusal("give_up", upload.state) is None:
        upload.state, upload.touched_at = "broken_off", at
        forget_pieces(upload.id, at=at)


def forget_pieces(upload_id: UUID, *, at: datetime) -> None:
    """Forget, with the act, what has arrived of an upload."""
    db.session.execute(delete(UploadPiece).where(UploadPiece.upload_id == upload_id))
    files.release_pieces(str(upload_id), at=at)


def sweep(*, at: datetime) -> int:
    """Forget unfinished uploads that nobody goes on with, and old reports, and give up those whose check has died.

    :returns: how many were forgotten
    """
    died = select(Upload.id).outerjoin(jobs.JobProgress, jobs.JobProgress.id == Upload.job_id)
    unheard = jobs.JobProgress.id.is_(None) & (Upload.touched_at < at - CHECKED_AT_ONCE)
    died = died.where(Upload.state == "checking", (jobs.JobProgress.state == "failed") | unheard)
    for upload_id in db.session.scalars(died).all():
        give_up(upload_id, at=at)
    stale = select(Upload.id).where(
        ((Upload.state == "receiving") & (Upload.touched_at < at - KEPT))
        | (Upload.state.in_(("taken", "refused", "broken_off")) & (Upload.touched_at < at - REPORT_KEPT))
    )
    upload_ids = list(db.session.scalars(stale))
    for upload_id in upload_ids:
        cancel(upload_id, at=at)
    return len(upload_ids)


def pieces(upload_id: UUID) -> list[str]:
    """Return the names of an upload's pieces in order."""
    rows = select(UploadPiece.name).where(UploadPiece.upload_id == upload_id).order_by(UploadPiece.start)
    return list(db.session.scalars(rows))


def find(upload_id: UUID) -> Upload | None:
    """Return an upload."""
    return db.session.get(Upload, upload_id)


def quota_of(institution_id: int) -> int:
    """Return how many bytes an institution may keep."""
    own = db.session.scalar(select(StorageQuota.size).where(StorageQuota.institution_id == institution_id))
    return own if own is not None else current_app.config["SETTINGS"].quota_gb * 1024**3


def used_by(institution_id: int) -> int:
    """Return how many bytes an institution keeps: each version as uploaded and unpacked, and what is on its way."""
    stored = (
        select(func.coalesce(func.sum(PackageVersion.size + PackageVersion.unpacked), 0))
        .join(Package, Package.id == PackageVersion.package_id)
        .where(Package.institution_id == institution_id, Package.removed_at.is_(None))
    )
    coming = select(func.coalesce(func.sum(Upload.size), 0)).where(
        Upload.institution_id == institution_id, Upload.state.in_(("receiving", "checking"))
    )
    return int(db.session.scalar(stored) or 0) + int(db.session.scalar(coming) or 0)


def check_quota(institution_id: int, size: int) -> None:
    """Refuse what an institution has no room for.

    :raises DomainError: ``quota`` (413)
    """
    free = quota_of(institution_id) - used_by(institution_id)
    if size > free:
        message = _l(
            "There is no room for %(size)s MB: %(free)s MB are free. Please remove packages that are not used.",
            size=-(-size // 1024**2),
            free=max(free, 0) // 1024**2,
        )
        raise DomainError("quota", message, 413)


class _Digesting:
    """A stream whose digest is known at its end."""

    def __init__(self, stream: IO[bytes], checksum: str | None) -> None:
        name, _, value = (checksum or "").partition(" ")
        if checksum and (name not in ("sha1", "sha256") or not value):
            raise DomainError("bad-checksum", _l("The checksum of a piece must be by sha1 or sha256."), 400)
        self.stream, self.expected = stream, value.strip()
        self.digest = hashlib.new(name, usedforsecurity=False) if checksum else None

    def read(self, size: int) -> bytes:
        chunk = self.stream.read(size)
        if self.digest is not None:
            self.digest.update(chunk)
        return chunk

    def check(self, *, complete: bool) -> None:
        if self.digest is None:
            return
        if not complete or base64.b64encode(self.digest.digest()).decode() != self.expected:
            raise DomainError("checksum", _l("The piece was damaged on its way and must be sent again."), 460)


def _receiving(upload_id: UUID, *, locked: bool = False) -> Upload:
    upload = db.session.get(Upload, upload_id, with_for_update=locked, populate_existing=locked)
    if upload is None:
        raise NotFound
    reason = UPLOAD.refusal("append", upload.state)
    if reason is not None:
        gone = 410  # as tus says of an upload with which nobody can go on
        raise DomainError(reason, UPLOAD.words[reason], gone)
    return upload
