"""The file store: content-addressed, a local folder by default, S3 by URL (fsspec).

Whoever stores a file holds its lock until the commit of the row that refers to it; what is to be removed is named in
a transaction (:func:`release`) and removed after its commit by a job, unless somebody holds or refers to it
(docs/decisions/0016-after-the-commit.md).
"""

import hashlib
import io
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from uuid import uuid4

import fsspec
from flask import current_app
from fsspec.implementations.local import LocalFileSystem
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from lms.core import disk, jobs
from lms.core.database import act, db, in_transaction
from lms.core.guard import SYSTEM
from lms.core.hooks import Hook

CHUNK = 1024 * 1024
ABANDONED = timedelta(days=1)
"""A waiting file this old was left by a process that died."""

referred: Hook[[list[str]], Iterable[str]] = Hook("core.files-referred")
"""Which of these addresses are referred to? Domains register their columns with :func:`refer`."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored file: its SHA-256 (hex) is its address; size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that has been read whole and waits on this machine to be stored or thrown away."""

    sha256: str
    size: int
    path: Path


def stage(stream: IO[bytes]) -> Staged:
    """Read a stream into a waiting file; nothing is in the store yet."""
    path = _waiting_room() / uuid4().hex
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("wb") as out:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Staged(digest.hexdigest(), size, path)


def keep(staged: Sequence[Staged], *, run: "Run" = in_transaction) -> None:
    """Store waiting files and hold them (:func:`hold`); they have outlasted a power cut when this returns.

    The same content is kept once. Content is on the disk before it gets its address, so that none shows half a file.
    """
    hold((file.sha256 for file in staged), run=run)
    fs, root = _store()
    fresh = {file.sha256: file for file in staged if not fs.exists(_path(root, file.sha256))}
    if _is_local(fs):
        disk.settle(file.path for file in fresh.values())
        for sha256, file in fresh.items():
            path = Path(_path(root, sha256))
            path.parent.mkdir(parents=True, exist_ok=True)
            file.path.replace(path)
        disk.settle(folder for file in staged for folder in _folders(root, _path(root, file.sha256)))
    else:
        for sha256, file in fresh.items():
            fs.put_file(str(file.path), _path(root, sha256))
    discard(staged)


def discard(staged: Iterable[Staged]) -> None:
    """Throw waiting files away."""
    for file in staged:
        file.path.unlink(missing_ok=True)


def put(stream: IO[bytes], *, run: "Run" = in_transaction) -> Stored:
    """Store a stream, hold it until the transaction ends (:func:`hold`), and return its address."""
    staged = stage(stream)
    keep([staged], run=run)
    return Stored(staged.sha256, staged.size)


@dataclass(frozen=True, slots=True)
class Opener:
    """A stored file that can be read later, also where no application is at hand."""

    fs: Any
    path: str

    def open(self) -> IO[bytes]:
        """Open it for reading.

        :raises FileNotFoundError: nothing is stored at this address.
        """
        if _is_local(self.fs):
            return Path(self.path).open("rb")
        handle: IO[bytes] = self.fs.open(self.path, "rb")
        return handle

    def part(self, start: int, length: int) -> bytes:
        """Return a part of it.

        :raises FileNotFoundError: nothing is stored at this address.
        """
        if not _is_local(self.fs):
            return bytes(self.fs.cat_file(self.path, start=start, end=start + length))
        number = os.open(self.path, os.O_RDONLY)  # a file object costs as much as reading 64 kB
        try:
            return os.pread(number, length, start)
        finally:
            os.close(number)

    def chunks(self, *, start: int = 0, length: int | None = None, chunk: int = CHUNK) -> Iterator[bytes]:
        """Yield its content in chunks.

        :param start: first byte; ``length`` the number of bytes, all from there when None
        :param chunk: most bytes at a time
        :raises FileNotFoundError: nothing is stored at this address.
        """
        handle = self.open()

        def chunks() -> Iterator[bytes]:
            with handle:
                if start:
                    handle.seek(start)
                rest = length
                while piece := handle.read(chunk if rest is None else min(chunk, rest)):
                    yield piece
                    if rest is not None:
                        rest -= len(piece)

        return chunks()


def opener(sha256: str) -> Opener:
    """Return what reads a stored file."""
    fs, root = _store()
    return Opener(fs, _path(root, sha256))


def read(sha256: str) -> Iterator[bytes]:
    """Yield a stored file's content in chunks.

    :raises FileNotFoundError: nothing is stored at this address.
    """
    return opener(sha256).chunks()


def open_(sha256: str) -> IO[bytes]:
    """Open a stored file for reading.

    :raises FileNotFoundError: nothing is stored at this address.
    """
    return opener(sha256).open()


@contextmanager
def local(sha256: str) -> Iterator[Path]:
    """Give a stored file as one of this machine, copied for the while where the store is elsewhere.

    :raises FileNotFoundError: nothing is stored at this address.
    """
    fs, root = _store()
    path = _path(root, sha256)
    if _is_local(fs):
        if not Path(path).exists():
            raise FileNotFoundError(path)
        yield Path(path)
        return
    with TemporaryDirectory(prefix="khue-") as folder:
        copy = Path(folder) / "file"
        fs.get_file(path, str(copy))
        yield copy


def local_folder() -> Path | None:
    """Return the store's folder on this machine; none where it is elsewhere."""
    fs, root = _store()
    return Path(root) if _is_local(fs) else None


def exists(sha256: str) -> bool:
    """Tell whether something is stored at this address."""
    fs, root = _store()
    return bool(fs.exists(_path(root, sha256)))


# -- pieces of what is still on its way --------------------------------------------------------------------------------


def put_piece(name: str, stream: IO[bytes], length: int) -> int:
    """Keep a piece under a name of its own and return how many bytes came, ``length`` at most.

    They outlast a power cut from then on.
    """
    fs, root = _store()
    path, size = f"{root}/pieces/{name}", 0
    fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
    try:
        with fs.open(path, "wb") as out:
            while size < length and (chunk := stream.read(min(CHUNK, length - size))):
                out.write(chunk)
                size += len(chunk)
        if _is_local(fs):
            disk.settle([Path(path), *_folders(root, path)])
    except BaseException:
        with suppress(Exception):
            fs.rm(path)
        raise
    return size


class Joined(io.RawIOBase):
    """Pieces one after the other, as one stream."""

    def __init__(self, names: Sequence[str]) -> None:
        self.fs, self.root = _store()
        self.rest = list(names)
        self.handle: IO[bytes] | None = None

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; none at the end."""
        while True:
            if self.handle is None:
                if not self.rest:
                    return b""
                self.handle = self.fs.open(f"{self.root}/pieces/{self.rest.pop(0)}", "rb")
            if chunk := self.handle.read(size):
                return chunk
            self.handle.close()
            self.handle = None


def remove_pieces(names: Iterable[str]) -> None:
    """Remove pieces that nothing tells of; what is not there is no error."""
    fs, root = _store()
    for name in names:
        with suppress(FileNotFoundError):
            fs.rm(f"{root}/pieces/{name}")


def sum_of(sha256: str) -> str:
    """Return the SHA-256 of what is stored at this address: another one when it has rotted.

    :raises FileNotFoundError: nothing is stored at this address.
    """
    digest = hashlib.sha256()
    for chunk in read(sha256):
        digest.update(chunk)
    return digest.hexdigest()


def remove_folder_of_pieces(folder: str) -> None:
    """Remove all pieces whose names begin with ``folder/``; what is not there is no error."""
    fs, root = _store()
    with suppress(FileNotFoundError):
        fs.rm(f"{root}/pieces/{folder}", recursive=True)


def release_pieces(folder: str, *, at: datetime) -> None:
    """Have all pieces whose names begin with ``folder/`` removed after the commit."""
    jobs.enqueue(jobs.queue.tasks["core.remove_pieces"], SYSTEM, at=at, folder=folder)


# -- who refers to a file, and its removal -----------------------------------------------------------------------------

Run = Callable[[str, Mapping[str, Any]], list[Any]]
"""Runs an SQL statement in the transaction that is to hold a lock."""

_LOCKS = 0x6B66
"""The first key of the locks of files; the second is the first two hexadecimal digits of the address."""
_HOLD = "SELECT pg_advisory_xact_lock_shared(%(locks)s, key) FROM unnest(%(keys)s::int[]) AS key"
_TAKE = "SELECT pg_try_advisory_xact_lock(%(locks)s, %(key)s)"
_NAMED_AT_ONCE = 2000
_referring: list[InstrumentedAttribute[Any]] = []


def refer(*columns: InstrumentedAttribute[Any]) -> None:
    """Declare columns that hold addresses of stored files: what stands in one is not removed."""
    for column in columns:
        referred.register(_Column(column))
        _referring.append(column)


def referring() -> tuple[InstrumentedAttribute[Any], ...]:
    """Return the columns that hold addresses of stored files."""
    return tuple(_referring)


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    column: InstrumentedAttribute[Any]

    def __call__(self, shas: list[str]) -> Iterable[str]:
        return db.session.scalars(select(self.column).where(self.column.in_(shas)))


def unreferenced(shas: Iterable[str]) -> set[str]:
    """Return those addresses that nothing refers to."""
    asked = set(shas)
    return asked.difference(*referred.ask(list(asked))) if asked else set()


def hold(shas: Iterable[str], *, run: Run = in_transaction) -> None:
    """See to it that these files are not removed before the current transaction ends.

    Many may hold a file at once; only its removal must be alone. There are 256 locks, so that a package of thousands of
    files does not fill the database's table of locks.

    :param run: runs SQL in the transaction, when that is another one than the session's
    """
    keys = sorted({_key(sha256) for sha256 in shas})
    if keys:
        run(_HOLD, {"locks": _LOCKS, "keys": keys})


def release(shas: Iterable[str], *, at: datetime, after: timedelta | None = None) -> None:
    """Have files removed after the commit, or some time after it, as far as nothing refers to them then."""
    listed = sorted({sha256 for sha256 in shas if sha256})
    for start in range(0, len(listed), _NAMED_AT_ONCE):
        names = listed[start : start + _NAMED_AT_ONCE]
        task, when = jobs.queue.tasks["core.remove_files"], at + after if after else None
        jobs.enqueue(task, SYSTEM, at=at, schedule_at=when, sha256s=names)


def clear(shas: Iterable[str]) -> list[str]:
    """Remove released files that nothing refers to; returns those that somebody holds at the moment."""
    by_lock: dict[int, list[str]] = defaultdict(list)
    for sha256 in shas:
        by_lock[_key(sha256)].append(sha256)
    return [sha256 for key, names in by_lock.items() if not _cleared(key, names) for sha256 in names]


@act
def _cleared(key: int, shas: list[str]) -> bool:
    """Never wait for the lock: whoever holds it may wait for something else that another removal has."""
    ((taken,),) = in_transaction(_TAKE, {"locks": _LOCKS, "key": key})
    if taken:
        for sha256 in unreferenced(shas):
            remove(sha256)
    return bool(taken)


def remove(sha256: str) -> None:
    """Remove a stored file at once; what is not there is no error. Acts call :func:`release` instead."""
    fs, root = _store()
    with suppress(FileNotFoundError):
        fs.rm(_path(root, sha256))


def sweep(*, at: datetime) -> int:
    """Remove waiting files that a process which died has left; returns how many."""
    left = [path for path in _waiting_room().iterdir() if path.stat().st_mtime < (at - ABANDONED).timestamp()]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _key(sha256: str) -> int:
    return int(sha256[:2], 16)


def _folders(root: str, path: str) -> Iterator[Path]:
    """Yield the folders from a file of the store up to its root, each of which holds the name of the next."""
    yield from (folder for folder in Path(path).parents if folder.is_relative_to(root))


def _path(root: str, sha256: str) -> str:
    return f"{root}/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _waiting_room() -> Path:
    """Return the folder of waiting files: beside a local store, so that storing is a change of name; else our own."""
    fs, root = _store()
    instance: Path = current_app.config["SETTINGS"].instance
    folder = (Path(root) if _is_local(fs) else instance) / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _store() -> tuple[Any, str]:
    return _opened(current_app.config["FILES_URL"])


@cache
def _opened(url: str) -> tuple[Any, str]:
    fs, root = fsspec.url_to_fs(url)
    return fs, root.rstrip("/")


def _is_local(fs: Any) -> bool:
    return isinstance(fs, LocalFileSystem)
