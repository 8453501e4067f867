"""How standards write values: language tags and moments, as xAPI, SCORM and cmi5 share them."""

import re
from datetime import UTC, datetime

LANGUAGE_TAG = re.compile(
    r"(?:(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[a-wy-z0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?)"
    r"|x(?:-[a-z0-9]{1,8})+"
    r"|en-GB-oed|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)|sgn-(?:BE-FR|BE-NL|CH-DE)"
    r"|art-lojban|cel-gaulish|no-bok|no-nyn|zh-guoyu|zh-hakka|zh-min|zh-min-nan|zh-xiang)",
    re.IGNORECASE | re.ASCII,
)
"""A language tag (RFC 5646, section 2.1)."""


def moment_of(text: str) -> datetime:
    """Return the moment in UTC that a text writes by ISO 8601; without an offset it is taken as UTC.

    :raises ValueError: there is no such moment; so does OverflowError.
    """
    moment = datetime.fromisoformat(text.upper().replace(",", "."))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
