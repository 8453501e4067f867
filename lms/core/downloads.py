"""Files that people uploaded, given back as downloads and never shown: they are somebody else's."""

from urllib.parse import quote

from flask import Response

from lms.core import files


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
