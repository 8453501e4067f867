"""What launched content asks of documents: judged before the record store looks at it (cmi5, 8.1.2, 10, 11)."""

import json
import re
from typing import Any
from uuid import UUID

from lms.core.database import direct, utcnow
from lms.core.errors import DomainError
from lms.library.kinds import UNIT_KINDS
from lms.library.kinds.kind import Launch
from lms.packages.cmi5 import terms
from lms.records.launched import DocumentAsked

_SESSION = """
    SELECT s.id, u.kind, s.ended_at FROM content_sessions s JOIN content_units u ON u.id = s.unit_id
    WHERE s.credential_id = %(credential)s
"""
_PREFERENCES_READ = """
    UPDATE content_sessions SET preferences_read_at = %(at)s WHERE id = %(id)s AND preferences_read_at IS NULL
    RETURNING id
"""
_LANGUAGES = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*(,[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*)*", re.ASCII)


def judge(credential_id: UUID, asked: DocumentAsked) -> None:
    """Refuse what conflicts with cmi5, and note that the preferences were read.

    :raises DomainError: 403, naming section, property and rule.
    """
    rows = direct(_SESSION, {"credential": credential_id})
    if not rows or UNIT_KINDS[rows[0][1]].launch is not Launch.CMI5:
        return
    session_id, _kind, ended_at = rows[0]
    if ended_at is not None:
        raise _conflict("8.1.2: Authorization: the session has been terminated; its token opens nothing more")
    if not asked.named:
        raise _conflict("11: agent: is required, and is the actor of the launch")
    if asked.kind != "agent" or asked.document_id != terms.PREFERENCES:
        return
    if asked.method in ("GET", "HEAD"):
        direct(_PREFERENCES_READ, {"id": session_id, "at": utcnow()})
    elif asked.method in ("PUT", "POST"):
        _check_preferences(asked)


def _check_preferences(asked: DocumentAsked) -> None:
    if asked.content_type.partition(";")[0].strip().lower() != "application/json":
        raise _conflict(f"11: Content-Type: {terms.PREFERENCES} is application/json")
    try:
        sent: Any = json.loads(asked.content)
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        raise _conflict(f"11: {terms.PREFERENCES} is a JSON object")
    whole = asked.method == "PUT"
    languages, audio = sent.get("languagePreference"), sent.get("audioPreference")
    if (whole or "languagePreference" in sent) and not (isinstance(languages, str) and _LANGUAGES.fullmatch(languages)):
        raise _conflict("11.1: languagePreference: is required, language tags of RFC 5646 with commas between")
    if (whole or "audioPreference" in sent) and audio not in ("on", "off"):
        raise _conflict("11.2: audioPreference: is required, “on” or “off”")


def _conflict(message: str) -> DomainError:
    return DomainError("cmi5", message, 403)
