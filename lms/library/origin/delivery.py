"""Files of packages: found, and sent whole or in ranges (RFC 9110, section 14), in constant memory."""

import re
from typing import NamedTuple
from uuid import UUID

from flask import Response, request
from sqlalchemy import func, select

from lms.core import files
from lms.core.database import db
from lms.library.models import PackageFile

CHUNK = 512 * 1024
"""Most bytes in memory for one answer."""
MOST_REMEMBERED = 50_000
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


class Found(NamedTuple):
    """A file of a version; such a row never changes."""

    sha256: str
    size: int
    media_type: str


_remembered: dict[tuple[UUID, str], Found] = {}


def find(version_id: UUID, path: str) -> Found | None:
    """Return a version's file; letter case is overlooked, as on the machines where such packages are made."""
    if "\0" in path:
        return None
    known = _remembered.get((version_id, path))
    if known is not None:
        return known
    columns = select(PackageFile.sha256, PackageFile.size, PackageFile.media_type).where(
        PackageFile.version_id == version_id
    )
    row = db.session.execute(columns.where(PackageFile.path == path)).one_or_none()
    if row is None:
        row = db.session.execute(columns.where(func.lower(PackageFile.path) == path.lower()).limit(1)).one_or_none()
    if row is None:
        return None
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    found = _remembered[version_id, path] = Found(*row)
    return found


def send(found: Found) -> Response:
    """Answer with a file, or the range of it that was asked for."""
    tag = f'"{found.sha256}"'
    if tag in request.headers.get("If-None-Match", ""):
        return _headed(Response(status=304), found)
    asked = request.headers.get("Range")
    if asked and request.headers.get("If-Range", tag) == tag:
        span = _span(asked, found.size)
        if span is None:
            return _headed(Response(status=416, headers={"Content-Range": f"bytes */{found.size}"}), found)
        if span != (0, 0):
            return _part(found, *span)
    body = () if request.method == "HEAD" else files.read(found.sha256, chunk=CHUNK)
    response = Response(body, direct_passthrough=True)
    response.content_length = found.size
    return _headed(response, found)


def _part(found: Found, start: int, end: int) -> Response:
    length = end - start
    pieces = () if request.method == "HEAD" else files.read(found.sha256, start=start, length=length, chunk=CHUNK)
    body = list(pieces) if length <= CHUNK else pieces  # one piece: the server need not ask for the next
    response = Response(body, status=206, direct_passthrough=True)
    response.content_length = length
    response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{found.size}"
    return _headed(response, found)


def _span(asked: str, size: int) -> tuple[int, int] | None:
    """Return first byte and the one after the last; ``(0, 0)`` for what is answered whole, None beyond the end."""
    given = _RANGE.fullmatch(asked.strip())
    if given is None or not (given[1] or given[2]):
        return 0, 0
    if not given[1]:
        length = min(int(given[2]), size)
        return (size - length, size) if length else None
    start = int(given[1])
    end = min(int(given[2]) + 1, size) if given[2] else size
    if given[2] and int(given[2]) < start:
        return 0, 0
    return (start, end) if start < size else None


def _headed(response: Response, found: Found) -> Response:
    headers = response.headers
    headers["Content-Type"] = found.media_type
    headers["ETag"] = f'"{found.sha256}"'
    headers["Accept-Ranges"] = "bytes"
    headers["Cache-Control"] = "private, max-age=43200"
    return response
