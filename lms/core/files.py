"""The file store: content-addressed, a local folder by default, S3 by URL (fsspec)."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any
from uuid import uuid4

import fsspec
from flask import current_app

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored file: its SHA-256 (hex) is its address; size in bytes."""

    sha256: str
    size: int


def put(stream: IO[bytes]) -> Stored:
    """Store a stream and return its address. The same content is kept once.

    The bytes are written under a temporary name, so that an address never shows half a file.
    """
    fs, root = _store()
    fs.makedirs(f"{root}/incoming", exist_ok=True)
    temporary = f"{root}/incoming/{uuid4().hex}"
    digest, size = hashlib.sha256(), 0
    try:
        with fs.open(temporary, "wb") as out:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
        path = _path(root, digest.hexdigest())
        if fs.exists(path):
            fs.rm(temporary)
        else:
            fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
            fs.mv(temporary, path)
    except BaseException:
        with suppress(Exception):
            fs.rm(temporary)
        raise
    return Stored(digest.hexdigest(), size)


def read(sha256: str) -> Iterator[bytes]:
    """Yield a stored file's content in chunks.

    :raises FileNotFoundError: nothing is stored at this address.
    """
    fs, root = _store()
    handle = fs.open(_path(root, sha256), "rb")

    def chunks() -> Iterator[bytes]:
        with handle:
            while chunk := handle.read(CHUNK):
                yield chunk

    return chunks()


def remove(sha256: str) -> None:
    """Remove a stored file; what is not there is no error. The caller knows that nothing refers to it any more."""
    fs, root = _store()
    with suppress(FileNotFoundError):
        fs.rm(_path(root, sha256))


def _path(root: str, sha256: str) -> str:
    return f"{root}/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _store() -> tuple[Any, str]:
    fs, root = fsspec.url_to_fs(current_app.config["FILES_URL"])
    return fs, root.rstrip("/")
