"""A launch belongs to the browser that opened it first: whoever else is given its address opens nothing.

That browser gets a secret twice. In a cookie of the content's own host, below the path of this launch: partitioned, so
that browsers which refuse cookies to third parties still keep it. And within the player page, which is sent once (again
only to the bearer of the cookie) and shows the secret with all that it reports. So reporting works where no cookie is
kept at all. There the browser itself tells which files an opened page asks for (Fetch Metadata, ``same-origin``); that
header can be forged outside browsers, and what it opens are files of the package, neither records nor keys.
"""

import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, g, request
from werkzeug.http import parse_cookie

from lms.core.database import db, direct, utcnow
from lms.library import addresses
from lms.library.addresses import isolation

COOKIES = ("khue-launch", "khue-launch-part")
"""One for browsers that keep cookies in frames, one that is partitioned; both hold the same."""
SHOWN = "HTTP_X_KHUE_LAUNCH"
"""The header in which our players show the secret."""
_BIND = "UPDATE content_sessions SET bound_at = %(at)s WHERE id = %(id)s AND bound_at IS NULL RETURNING id"
_REFUSED = (
    "Học liệu này đang mở ở một trình duyệt khác, hoặc trang đã được tải lại. Xin Anh/Chị mở lại từ trang lớp học.\n"
    "This material is open in another browser, or its page was loaded again. Please open it anew from your course.\n"
)


def check(session_id: UUID, secret: str, *, of_page: bool) -> None:
    """Let this request pass if it comes from the launch's browser; the first one makes it that.

    :param secret: what the launch's browser shows (:func:`lms.library.addresses.browser_secret`)
    :param of_page: whether what an opened page loads by itself passes: files, but no reports and no player pages
    """
    if shown(secret, request.environ) or (of_page and loaded_by_page(request.environ)):
        return
    if of_page and isolation(current_app) == "opaque":  # there a page has no origin, and no cookie
        return
    if not _bind(session_id, at=utcnow()):
        abort(Response(_REFUSED, 403, {"Content-Type": "text/plain; charset=utf-8"}))
    g.content_bound = session_id


def shown(secret: str, environ: Any) -> bool:
    """Tell whether a request shows the secret of a launch; asked outside of any application too."""
    given = [environ.get(SHOWN, "")]
    if "HTTP_COOKIE" in environ:
        cookies = parse_cookie(environ)
        given += [cookies.get(name, "") for name in COOKIES]
    return any(hmac.compare_digest(one.encode("utf-8", "replace"), secret.encode()) for one in given if one)


def loaded_by_page(environ: Any) -> bool:
    """Tell whether a browser says that a page of this very host asks."""
    return bool(environ.get("HTTP_SEC_FETCH_SITE") == "same-origin")


def finish(response: Response) -> Response:
    """Give the browser that has just opened a launch its secret."""
    session_id = g.get("content_bound")
    if session_id is not None and isolation(current_app) != "opaque":
        host = request.host.rpartition(":")[0] or request.host
        trusted = request.is_secure or host.endswith("localhost") or host.startswith("127.")
        path = f"{request.script_root}/{(request.view_args or {}).get('token', '')}/"
        for name in COOKIES if trusted else COOKIES[:1]:
            response.set_cookie(
                name,
                addresses.browser_secret(session_id),
                path=path,
                httponly=True,
                secure=trusted,
                samesite="None" if trusted else "Lax",
                partitioned=name == COOKIES[1],
            )
    return response


def _bind(session_id: UUID, *, at: datetime) -> bool:
    db.session.rollback()  # what was read of the launch is read; its connection is free before another one writes
    return bool(direct(_BIND, {"id": session_id, "at": at}))
