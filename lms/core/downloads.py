"""What is given to save or to draw: files that people uploaded, never shown as they are somebody else's; our own."""

from typing import Any
from urllib.parse import quote

from flask import Response, request

from lms.core import files, workbooks


def attachment(sha256: str, filename: str, size: int | None = None) -> Response:
    """Send a stored file as a download under a name (RFC 6266); no browser opens it within our pages.

    :raises FileNotFoundError: nothing is stored at this address
    """
    response = Response(files.read(sha256), mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    if size is not None:
        response.content_length = size
    return response


def workbook(content: bytes, filename: str) -> Response:
    """Send a workbook of ours."""
    response = Response(content, mimetype=workbooks.MEDIA_TYPE)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    response.headers["Cache-Control"] = "no-store"
    return response


def svg(drawing: str) -> Any:
    """Send a chart; opened alone it may run and fetch nothing."""
    response = Response(drawing, mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)
