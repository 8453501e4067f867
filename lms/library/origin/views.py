"""What the content origin answers."""

import json
from typing import Any

from flask import Response, abort, request
from markupsafe import escape

from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.library.origin import delivery, headers, players, with_storage
from lms.library.origin.access import facts
from lms.library.services import launch_log, launches, scorm
from lms.packages.inspection.outside import origin_of

_RETURN = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Khuê</title>
<script type="application/json" id="khue">{{"app": "{application}"}}</script>
<script src="/_khue/return.js" defer></script><p>{words}</p></html>"""


def known() -> Any:
    """Tell a page of the application that the browser knows such hosts."""
    return "", 204, {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


def file(token: str, path: str = "") -> Any:
    """A file of the package."""
    del token
    stored = delivery.find(facts().version_id, path)
    if stored is None:
        abort(404)
    headers.file(stored.media_type)
    if with_storage.wanted(stored, request.environ):
        content = b"".join(stored.opener.chunks(start=0, length=stored.size, chunk=delivery.CHUNK))
        page = with_storage.page(content, request.script_root)
        return Response(page, headers={"Cache-Control": "private, no-store", "Content-Type": stored.media_type})
    status, fields, body = delivery.answer(stored, request.environ)
    return Response(body, status=status, headers=fields, direct_passthrough=True)


def play(token: str) -> Any:
    """A player page of ours."""
    player, page = players.page(facts(), base=f"{request.script_root}/{token}/")
    headers.player(player.policy)
    return page


def return_(token: str) -> Any:
    """Where content that closes itself comes back to: it tells the page around it."""
    del token
    headers.player()
    words = "Anh/Chị có thể đóng cửa sổ này. · You may close this window."
    return _RETURN.format(application=escape(facts().application), words=words)


def commit(token: str) -> Any:
    """Keep what a SCORM unit committed."""
    del token
    try:
        sent = json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError):
        abort(400)
    if not isinstance(sent, dict):
        abort(400)
    session_id, about = facts().session_id, f"POST commit {str(sent.get('unit'))[:100]}"
    try:
        kept = scorm.commit(session_id, sent, at=utcnow())
    except DomainError as refused:
        launch_log.note(session_id, "refused", about, status=refused.status, reason=f"{refused.code}")
        raise
    launch_log.note(session_id, "sent", about, status=200)
    return kept


def blocked(token: str) -> Any:
    """Note which host outside was asked for something in vain, as the browser reports it."""
    del token
    try:
        told = json.loads(request.get_data(cache=False)[:20_000])["csp-report"]
        origin = origin_of(str(told["blocked-uri"]))
    except (ValueError, RecursionError, KeyError, TypeError):
        abort(400)
    if origin is not None:
        launch_log.note(facts().session_id, "blocked", origin)
    return "", 204


def close(token: str) -> Any:
    """End the session when its page is left."""
    del token
    launches.close(facts().session_id, at=utcnow())
    return "", 204
