"""What is given to save or to draw: files that people uploaded, never shown as they are somebody else's; our own."""

import io
from collections.abc import Iterator
from typing import IO, Any

from flask import Response, request, send_file, stream_with_context

from lms.core import files, workbooks
from lms.core.text import one_line


def attachment(sha256: str, filename: str, size: int | None = None) -> Response:
    """Send a stored file as a download under a name; no browser opens it within our pages.

    :raises FileNotFoundError: nothing is stored at this address
    """
    response = _named(Response(files.read(sha256), mimetype="application/octet-stream"), filename)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if size is not None:
        response.content_length = size
    return response


def played(sha256: str, media_type: str, max_age: int) -> Response:
    """Send a stored recording that players ask for in ranges; it never changes under its address.

    :param max_age: seconds that a browser keeps it
    :raises FileNotFoundError: nothing is stored at this address
    """
    whole = io.BytesIO(b"".join(files.read(sha256)))
    return send_file(whole, mimetype=media_type, etag=sha256, max_age=max_age)


def made(content: bytes, filename: str, media_type: str) -> Response:
    """Send a file that we have made."""
    response = saved(io.BytesIO(content), filename, media_type)
    response.content_length = len(content)
    return response


def workbook(content: bytes, filename: str) -> Response:
    """Send a workbook of ours."""
    return made(content, filename, workbooks.MEDIA_TYPE)


def streamed(chunks: Iterator[str], filename: str, media_type: str) -> Response:
    """Send a file of ours while it is being made."""
    return _named(Response(stream_with_context(chunks), mimetype=media_type), filename)


def svg(drawing: str) -> Any:
    """Send a chart; opened alone it may run and fetch nothing."""
    response = Response(drawing, mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)


def saved(content: IO[bytes], filename: str, media_type: str) -> Response:
    """Send what is read from an open file, which is closed with the answer."""
    return _named(send_file(content, mimetype=media_type), filename)


def _named(response: Response, filename: str) -> Response:
    response.headers.set("Content-Disposition", "attachment", filename=_safe(filename))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _safe(filename: str) -> str:
    return one_line(filename).replace("/", "-").replace("\\", "-") or "file"
