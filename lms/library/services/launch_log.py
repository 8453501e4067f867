"""The log of launches: what content asked, sent and was refused, for staff to see why nothing counts.

Each line is one SQL statement by itself: what is refused is rolled back, and what was refused stays in the log. A line
that says the same as the one before it is left out, and a launch has a few hundred lines at most, so content that
sends without end fills nothing; what is refused still finds room when all else has none.
"""

import hmac
from datetime import datetime
from uuid import UUID

from lms.core.database import db, direct, utcnow
from lms.core.text import one_line
from lms.library import addresses
from lms.library.models import ContentEvent
from lms.records.launched import Told

MOST, MOST_REFUSED = 300, 500
"""Lines of one launch: of all kinds, and with what was refused."""
_NOTE = """
    INSERT INTO content_events (session_id, at, what, about, status, reason)
    SELECT s.id, %(at)s, %(what)s::text, %(about)s::text, %(status)s::int, %(reason)s::text FROM content_sessions s
    WHERE (s.id = %(session)s OR s.credential_id = %(credential)s)
      AND (SELECT count(*) FROM content_events e WHERE e.session_id = s.id) < %(most)s
      AND NOT EXISTS (
        SELECT FROM (SELECT e.* FROM content_events e WHERE e.session_id = s.id ORDER BY e.id DESC LIMIT 1) last
        WHERE (last.what, last.about, last.reason) = (%(what)s::text, %(about)s::text, %(reason)s::text)
          AND last.status IS NOT DISTINCT FROM %(status)s::int)
    RETURNING id
"""


def told(one: Told) -> None:
    """Note how the record store answered a request of launched content."""
    session_id = None
    if one.credential_id is None:
        session_id = _session_of(*(one.key or ("", "")))
        if session_id is None:
            return
    if one.status in (400, 401, 403, 409, 412, 413, 429) or one.status >= 500:
        what = "refused"
    else:
        what = "asked" if one.method in ("GET", "HEAD") else "sent"
    _write(session_id, one.credential_id, what, f"{one.method} {one.about}", one.status, one.reason)


def note(session_id: UUID, what: str, about: str, *, status: int | None = None, reason: str = "") -> None:
    """Note something about a launch, whatever becomes of the request's own transaction."""
    _write(session_id, None, what, about, status, reason)


def note_within(session_id: UUID, what: str, about: str, *, at: datetime, reason: str = "") -> None:
    """Note something within the transaction that does it."""
    db.session.add(ContentEvent(session_id=session_id, at=at, what=what, about=about, reason=reason))


def _write(
    session_id: UUID | None, credential_id: UUID | None, what: str, about: str, status: int | None, reason: str
) -> None:
    values = {
        "session": session_id,
        "credential": credential_id,
        "at": utcnow(),
        "what": what,
        "about": one_line(about)[:200],
        "status": status,
        "reason": one_line(reason)[:500],
        "most": MOST_REFUSED if what in ("refused", "blocked") else MOST,
    }
    db.session.rollback()  # what this request read is read; its connection is free before another one writes
    direct(_NOTE, values)


def _session_of(key: str, secret: str) -> UUID | None:
    """Return the launch whose key was sent after its end; None when it is none's."""
    try:
        session_id = UUID(hex=key)
    except ValueError:
        return None
    known = addresses.secret_of(session_id)
    return session_id if hmac.compare_digest(known.encode(), secret.encode("utf-8", "replace")) else None
