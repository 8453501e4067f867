"""What this domain holds on a person (see :mod:`lms.core.personal`)."""

from lms.core.personal import PersonalData

_TABLES = {
    "xapi_credentials": "Session keys of content launched for her. Revoked; who made a key (`created_by`) is a "
    "note of the administration.",
    "xapi_documents": "What content keeps about her. Given as files in her archive, removed.",
    "xapi_forwarders": "Who set up a forwarder, by an opaque id. Kept: an act of the administration.",
}
_COLLECT = {
    "launched_content": """
        SELECT activity, registration, created_at, expires_at, last_used_at, revoked_at
        FROM xapi_credentials WHERE agent = :ifi ORDER BY created_at""",
}
_UNLINK = {
    "xapi_documents": "DELETE FROM xapi_documents WHERE agent = ANY(:agents)",
    "xapi_credentials": """
        UPDATE xapi_credentials SET revoked_at = coalesce(revoked_at, :at) WHERE agent = ANY(:ifis)""",
}


def held() -> PersonalData:
    """What her archive tells, and what is emptied when the link to her is removed."""
    return PersonalData(tables=_TABLES, collect=_COLLECT, unlink=_UNLINK)
