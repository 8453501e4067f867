"""Files of packages: found, and sent whole or in ranges (RFC 9110, section 14), in constant memory."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from lms.core import files
from lms.core.database import db
from lms.core.files import Opener
from lms.library.models import PackageFile

AT_ONCE = 1024 * 1024
"""Bytes of an answer that is one piece, for which the server asks only once."""
CHUNK = 512 * 1024
"""Bytes of a piece of a longer one."""
MOST_REMEMBERED = 50_000
_RANGE = re.compile(r"bytes=(\d{0,1000})-(\d{0,1000})", re.ASCII)


class StoredFile(NamedTuple):
    """A file of a version; such a row never changes."""

    sha256: str
    size: int
    media_type: str
    opener: Opener


class Answer(NamedTuple):
    """What is sent: the file, a part of it, or only that it is unchanged or shorter than that."""

    status: int
    headers: dict[str, str]
    body: Iterable[bytes]


def find(version_id: UUID, path: str) -> StoredFile | None:
    """Return a version's file, that of a folder being its ``index.html``.

    Letter case is overlooked, as on the machines where such packages are made.
    """
    if "\0" in path:
        return None
    file = remembered(version_id, path) or _look_up(version_id, path or "index.html")
    if file is None and path.endswith("/"):
        file = _look_up(version_id, f"{path}index.html")
    if file is not None and (version_id, path) not in _remembered:
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        _remembered[version_id, path] = file
    return file


def remembered(version_id: UUID, path: str) -> StoredFile | None:
    """Return a version's file if it was looked up before."""
    return _remembered.get((version_id, path))


def answer(file: StoredFile, environ: Mapping[str, Any]) -> Answer:
    """Return what a GET or HEAD request for a file gets: all of it, or the range that it asks for.

    :param environ: the request, as WSGI has it
    """
    headers = {"ETag": f'"{file.sha256}"', "Accept-Ranges": "bytes", "Cache-Control": "private, max-age=43200"}
    if headers["ETag"] in environ.get("HTTP_IF_NONE_MATCH", ""):
        return Answer(304, headers, [])
    headers["Content-Type"] = file.media_type
    unchanged = environ.get("HTTP_IF_RANGE", headers["ETag"]) == headers["ETag"]
    span = _span(environ.get("HTTP_RANGE", ""), file.size) if unchanged else None
    if span is None:
        status, part = 200, range(file.size)
    else:
        status, part = 206 if span else 416, span
        of_file = f"{part.start}-{part.stop - 1}" if part else "*"
        headers["Content-Range"] = f"bytes {of_file}/{file.size}"
    headers["Content-Length"] = str(len(part))
    is_read = part and environ["REQUEST_METHOD"] != "HEAD"
    return Answer(status, headers, _pieces(file, part) if is_read else [])


def _pieces(file: StoredFile, part: range) -> Iterable[bytes]:
    if len(part) <= AT_ONCE:
        return [file.opener.part(part.start, len(part))]
    return file.opener.chunks(start=part.start, length=len(part), chunk=CHUNK)


_remembered: dict[tuple[UUID, str], StoredFile] = {}


def _look_up(version_id: UUID, path: str) -> StoredFile | None:
    columns = select(PackageFile.sha256, PackageFile.size, PackageFile.media_type).where(
        PackageFile.version_id == version_id
    )
    row = db.session.execute(columns.where(PackageFile.path == path)).one_or_none()
    if row is None:
        row = db.session.execute(columns.where(func.lower(PackageFile.path) == path.lower()).limit(1)).one_or_none()
    return None if row is None else StoredFile(*row, files.opener(row.sha256))


def _span(header: str, size: int) -> range | None:
    """Return the bytes asked for, none where they lie beyond the end; None for what is answered whole."""
    match = _RANGE.fullmatch(header.strip())
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        return range(max(size - int(match[2]), 0), size)
    start, stop = int(match[1]), int(match[2]) + 1 if match[2] else size
    if match[2] and stop <= start:
        return None
    return range(start, min(stop, size))
