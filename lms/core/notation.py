"""How standards write values: language tags and moments, as xAPI, SCORM and cmi5 share them."""

import re
from datetime import UTC, datetime, timedelta

LANGUAGE_TAG = re.compile(
    r"(?:(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[a-wy-z0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?)"
    r"|x(?:-[a-z0-9]{1,8})+"
    r"|en-GB-oed|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)|sgn-(?:BE-FR|BE-NL|CH-DE)"
    r"|art-lojban|cel-gaulish|no-bok|no-nyn|zh-guoyu|zh-hakka|zh-min|zh-min-nan|zh-xiang)",
    re.IGNORECASE | re.ASCII,
)
"""A language tag (RFC 5646, section 2.1)."""

_BEYOND = re.compile(r"(?P<day>[\d-]+[T ])(?:(?P<end>24)(?P<none>[\d:.]*)|(?P<minute>\d\d:?\d\d:?)60)(?P<rest>.*)")
"""The end of a day written as its 24th hour (ISO 8601:2004, 4.2.3), or a leap second (4.2.5; RFC 3339, 5.6)."""


def moment_of(text: str) -> datetime:
    """Return the moment in UTC that a text writes by ISO 8601; without an offset it is taken as UTC.

    The 24th hour is midnight of the next day. A leap second is the second after it: clocks of computers have none.

    :raises ValueError: there is no such moment; so does OverflowError.
    """
    text = text.upper().replace(",", ".")
    beyond = _BEYOND.fullmatch(text)
    if beyond is None:
        return _in_utc(datetime.fromisoformat(text))
    if beyond["end"]:
        if beyond["none"].strip("0:."):
            raise ValueError("the 24th hour has no minutes")
        return _in_utc(datetime.fromisoformat(f"{beyond['day']}00{beyond['none']}{beyond['rest']}")) + timedelta(days=1)
    second = _in_utc(datetime.fromisoformat(f"{beyond['day']}{beyond['minute']}59{beyond['rest']}"))
    after = second + timedelta(seconds=1)
    if (after.month, after.day, after.hour, after.minute, after.second) not in ((1, 1, 0, 0, 0), (7, 1, 0, 0, 0)):
        raise ValueError("leap seconds end June and December")
    return after


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
