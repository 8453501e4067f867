"""What this domain holds on a person (see :mod:`lms.core.personal`)."""

from lms.core.personal import PersonalData

_TABLES = {
    "personal_archives": "Copies of her data. Removed with their files.",
    "erasure_requests": "What she asked for. Kept without its words.",
}
_COLLECT = {
    "archives": """
        SELECT ordered_at, expires_at FROM personal_archives WHERE account_id = :account ORDER BY ordered_at""",
    "erasure_requests": """
        SELECT state, asked_at, document, decided_at, reason
        FROM erasure_requests WHERE account_id = :account ORDER BY asked_at""",
}
_UNLINK = {
    "personal_archives": "DELETE FROM personal_archives WHERE account_id = :account",
    "erasure_requests": """
        UPDATE erasure_requests SET document = NULL, reason = NULL WHERE account_id = :account""",
}
_FILES = """
    SELECT sha256 FROM personal_archives WHERE account_id = :account AND sha256 IS NOT NULL
"""


def held() -> PersonalData:
    """What her archive tells, and what is emptied when the link to her is removed."""
    return PersonalData(tables=_TABLES, collect=_COLLECT, unlink=_UNLINK, files=_FILES)
