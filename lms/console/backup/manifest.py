"""What a backup says of itself: written last, so that a folder with a manifest is a whole backup."""

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from lms.core import disk

FORMAT = 1
NAME = "manifest.json"
DUMP = "database.dump"
FILES = "files"
LIST = "files.list"
CHUNK = 1024 * 1024


class BackupError(RuntimeError):
    """A backup cannot be taken, or not be used; the message says why and what to do."""


class Summed(msgspec.Struct, frozen=True):
    """A file of the backup: its size in bytes and its SHA-256."""

    size: int
    sha256: str


class Lost(msgspec.Struct, frozen=True):
    """A file that a row names and the store could not give: ``missing``, or ``damaged`` (its content is another)."""

    sha256: str
    fault: str


class Manifest(msgspec.Struct, frozen=True):
    """What is in a backup."""

    format: int
    id: str
    taken_at: datetime
    """The moment at which the database was seen (UTC)."""
    product: str
    revision: str
    """The newest migration that had run."""
    server: int
    """Major version of the database server."""
    dumper: int
    """Major version of pg_dump."""
    database: Summed
    tables: dict[str, int]
    """Rows of every table, at that moment."""
    audit_count: int
    audit_hash: str
    """The head of the audit trail at that moment."""
    listing: Summed
    """``files.list``: address and size of every file, sorted."""
    files: int
    bytes: int
    lost: list[Lost]
    lost_keys: list[str]
    """Keys of open evaluations that were to be copied and were not there."""

    def write(self, folder: Path) -> None:
        """Write it with a sum of its own; it has outlasted a power cut when this returns."""
        body = msgspec.json.format(msgspec.json.encode(self), indent=1)
        path = folder / NAME
        path.write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body + b"\n")
        disk.settle([path, folder])

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Read a backup's manifest.

        :raises BackupError: there is none, it was changed, or this version does not know its format
        """
        try:
            digest, body = (folder / NAME).read_bytes().split(b"\n", 1)
        except FileNotFoundError:
            raise BackupError(f"{folder} has no {NAME}: it is no backup, or one that was broken off") from None
        except ValueError:
            raise BackupError(f"{folder / NAME} is damaged") from None
        body = body.removesuffix(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != digest:
            raise BackupError(f"{folder / NAME} is damaged: its sum is another")
        try:
            manifest = msgspec.json.decode(body, type=cls)
        except msgspec.ValidationError as error:
            raise BackupError(f"{folder / NAME} is of another version: {error}") from None
        if manifest.format != FORMAT:
            raise BackupError(f"this version reads backups of format {FORMAT}, not {manifest.format}")
        return manifest


def summed(path: Path) -> Summed:
    """Read a file through and return its sum.

    :raises FileNotFoundError: it is not there
    """
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Summed(size, digest.hexdigest())


def place(folder: Path, sha256: str) -> Path:
    """Return where a file of the store lies in a backup."""
    return folder / FILES / sha256[:2] / sha256[2:4] / sha256


def listed(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield address and size of every file that a backup holds."""
    with (folder / LIST).open() as lines:
        for line in lines:
            sha256, size = line.split()
            yield sha256, int(size)


def private_folder(path: Path) -> None:
    """Make a folder that only its owner can open."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, onto the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
