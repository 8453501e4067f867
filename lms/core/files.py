"""The file store: content-addressed, a local folder by default, S3 by URL (fsspec)."""

import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import IO, Any
from uuid import uuid4

import fsspec
from flask import current_app
from fsspec.implementations.local import LocalFileSystem
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from lms.core import disk
from lms.core.database import db

CHUNK = 1024 * 1024
REFERENCES: list[InstrumentedAttribute[Any]] = []
"""Columns that hold addresses of stored files; each domain adds its own."""


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


def keep(staged: Sequence[Staged]) -> None:
    """Store waiting files; they have outlasted a power cut when this returns.

    The same content is kept once. Content is on the disk before it gets its address, so that none shows half a file.
    """
    fs, root = _store()
    fresh = {one.sha256: one for one in staged if not fs.exists(_path(root, one.sha256))}
    if _is_local(fs):
        disk.settle(one.path for one in fresh.values())
        for sha256, one in fresh.items():
            path = Path(_path(root, sha256))
            path.parent.mkdir(parents=True, exist_ok=True)
            one.path.replace(path)
        disk.settle(folder for one in staged for folder in _folders(root, _path(root, one.sha256)))
    else:
        for sha256, one in fresh.items():
            fs.put_file(str(one.path), _path(root, sha256))
    discard(staged)


def discard(staged: Iterable[Staged]) -> None:
    """Throw waiting files away."""
    for one in staged:
        one.path.unlink(missing_ok=True)


def put(stream: IO[bytes]) -> Stored:
    """Store a stream and return its address."""
    staged = stage(stream)
    keep([staged])
    return Stored(staged.sha256, staged.size)


def read(sha256: str, *, start: int = 0, length: int | None = None, chunk: int = CHUNK) -> Iterator[bytes]:
    """Yield a stored file's content in chunks.

    :param start: first byte; ``length`` the number of bytes, all from there when None
    :param chunk: most bytes at a time
    :raises FileNotFoundError: nothing is stored at this address.
    """
    handle = open_(sha256)

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


def open_(sha256: str) -> IO[bytes]:
    """Open a stored file for reading.

    :raises FileNotFoundError: nothing is stored at this address.
    """
    fs, root = _store()
    path = _path(root, sha256)
    if _is_local(fs):
        return Path(path).open("rb")
    handle: IO[bytes] = fs.open(path, "rb")
    return handle


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
    """Remove pieces; what is not there is no error."""
    fs, root = _store()
    for name in names:
        with suppress(FileNotFoundError):
            fs.rm(f"{root}/pieces/{name}")


def unreferenced(shas: set[str]) -> set[str]:
    """Return those addresses that no row refers to any more (:data:`REFERENCES`)."""
    listed = list(shas)
    used: set[str] = set()
    for column in REFERENCES:
        used |= set(db.session.scalars(select(column).where(column.in_(listed))))
    return shas - used


def remove(sha256: str) -> None:
    """Remove a stored file; what is not there is no error. The caller knows that nothing refers to it any more."""
    fs, root = _store()
    with suppress(FileNotFoundError):
        fs.rm(_path(root, sha256))


def _folders(root: str, path: str) -> Iterator[Path]:
    """Yield the folders from a file of the store up to its root, each of which holds the name of the next."""
    yield from (folder for folder in Path(path).parents if folder.is_relative_to(root))


def _path(root: str, sha256: str) -> str:
    return f"{root}/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _waiting_room() -> Path:
    """Return the folder of waiting files: beside a local store, so that storing is a change of name."""
    fs, root = _store()
    folder = Path(root) / "incoming" if _is_local(fs) else Path(gettempdir()) / "khue-incoming"
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
