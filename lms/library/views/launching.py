"""The fetch URL of cmi5 (section 8.2): a session's token for the record store, once."""

from typing import Any

from flask import request

from lms.core.database import utcnow
from lms.library import addresses
from lms.library.services import launch_log, launches

_OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "no-store",
}


def fetch(code: str) -> Any:
    """Give the token at the first request; errors are answers of status 200 too."""
    if request.method == "OPTIONS":
        return "", 204, _OPEN
    session_id = addresses.session_of_fetch(code)
    if session_id is None:
        return {"error-code": "2", "error-text": "This address opens nothing."}, 200, _OPEN
    token = launches.fetch(session_id, at=utcnow())
    launch_log.note(session_id, "refused" if token is None else "asked", "POST fetch", status=200)
    if token is None:
        return {"error-code": "1", "error-text": "The token was given already, or the session is over."}, 200, _OPEN
    return {"auth-token": token}, 200, _OPEN
