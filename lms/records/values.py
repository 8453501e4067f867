"""The plain kinds of values in statements and parameters (xAPI 1.0.3, Data, section 4; xAPI 2.0, 4.2.7).

Each check takes a parsed JSON value and raises :class:`Invalid` without a path; the callers add it.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from tincan.conversions.iso8601 import make_timedelta

from lms.core.notation import LANGUAGE_TAG, moment_of
from lms.records.errors import Invalid

IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
UUID_FORM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MBOX = re.compile(r"mailto:[^\s@<>]+@[^\s@<>]+")
_SHA1 = re.compile(r"[0-9a-fA-F]{40}")
_SHA2 = re.compile(r"(?:[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128})")
# its parameters hold no line breaks: it is answered as a header
_MEDIA = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+*-]+(?:[ \t]*;[^\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]*)?", re.ASCII)
# ISO 8601:2004, 4.4.3.2
_DURATION = re.compile(
    r"P(?=[\dT])(?:{n}W|(?:{n}Y)?(?:{n}M)?(?:{n}D)?(?:T(?=\d)(?:{n}H)?(?:{n}M)?(?:{n}S)?)?)".replace(
        "{n}", r"\d+(?:[.,]\d+)?"
    ),
    re.ASCII,
)
_LONGEST = timedelta(days=36_525)
_FRACTION_INSIDE = re.compile(r"[.,]\d+[A-Z].*\d")
_TIMESTAMP = re.compile(
    r"\d{4}-?\d\d-?\d\d[Tt ]\d\d(?::?\d\d(?::?\d\d(?:[.,]\d+)?)?)?(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)
_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ](?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):\d\d)", re.ASCII
)
_VERSION = {
    "1.0.3": re.compile(r"1\.0(?:\.\d+)?", re.ASCII),
    "2.0.0": re.compile(r"(?:1\.0(?:\.\d+)?|2\.0\.\d+)", re.ASCII),
}


def text(value: Any) -> None:
    """A string."""
    if type(value) is not str:
        raise Invalid("must be a string")


def boolean(value: Any) -> None:
    """True or false."""
    if type(value) is not bool:
        raise Invalid("must be true or false")


def number(value: Any) -> None:
    """A number."""
    if type(value) is not int and type(value) is not float:
        raise Invalid("must be a number")


def length(value: Any) -> None:
    """A number of octets."""
    if type(value) is not int or value < 0:
        raise Invalid("must be a whole number from 0")


def iri(value: Any) -> None:
    """An IRI with its scheme (RFC 3987)."""
    if type(value) is not str or not IRI.fullmatch(value):
        raise Invalid("must be an IRI with its scheme")


def uuid(value: Any) -> None:
    """A UUID in its standard form (RFC 4122)."""
    if type(value) is not str or not UUID_FORM.fullmatch(value):
        raise Invalid("must be a UUID in its standard form")


def mbox(value: Any) -> None:
    """``mailto:`` and an e-mail address."""
    if type(value) is not str or not _MBOX.fullmatch(value):
        raise Invalid("must be mailto: and an e-mail address")


def sha1(value: Any) -> None:
    """A SHA-1 in hexadecimal."""
    if type(value) is not str or not _SHA1.fullmatch(value):
        raise Invalid("must be a SHA-1 in hexadecimal")


def sha2(value: Any) -> None:
    """A SHA-224, 256, 384 or 512 in hexadecimal."""
    if type(value) is not str or not _SHA2.fullmatch(value):
        raise Invalid("must be a SHA-2 in hexadecimal")


def media_type(value: Any) -> None:
    """An Internet media type (RFC 2046)."""
    if type(value) is not str or not _MEDIA.fullmatch(value):
        raise Invalid("must be an Internet media type")


def language(value: Any) -> None:
    """A language tag (RFC 5646)."""
    if type(value) is not str or not LANGUAGE_TAG.fullmatch(value):
        raise Invalid("must be a language tag (RFC 5646)")


def language_map(value: Any) -> None:
    """Language tags, each with its text; neither version asks for a first entry."""
    if type(value) is not dict:
        raise Invalid("must be a language map")
    for key, part in value.items():
        if not LANGUAGE_TAG.fullmatch(key):
            raise Invalid("is no language tag (RFC 5646)", key)
        if type(part) is not str:
            raise Invalid("must be a string", key)


def extensions(value: Any) -> None:
    """An object whose keys are IRIs; the values are free."""
    if type(value) is not dict:
        raise Invalid("must be an object")
    for key in value:
        if not IRI.fullmatch(key):
            raise Invalid("must be an IRI with its scheme", key)


def span(duration: str) -> timedelta:
    """Return a valid duration as time, a hundred years at most: some name more years than calendars have."""
    try:
        spent: timedelta = make_timedelta(duration)
    except (ValueError, OverflowError):
        return _LONGEST
    return min(spent, _LONGEST)


def duration(value: Any) -> None:
    """A duration (ISO 8601:2004, 4.4.3.2)."""
    if type(value) is not str or not _DURATION.fullmatch(value) or _FRACTION_INSIDE.search(value):
        raise Invalid("must be an ISO 8601 duration such as PT1H30M")


def timestamp(value: Any) -> None:
    """A timestamp (ISO 8601)."""
    match = _TIMESTAMP.fullmatch(value) if type(value) is str else None
    if match is None or match["zone"] in ("-00", "-0000", "-00:00"):
        raise Invalid("must be an ISO 8601 timestamp such as 2026-11-23T09:30:00.000+07:00")
    moment(value)


def timestamp_with_zone(value: Any) -> None:
    """A timestamp with its seconds and its offset from UTC, in the form of RFC 3339, as xAPI 2.0 asks."""
    timestamp(value)
    if not _RFC_3339.fullmatch(value):
        raise Invalid("must tell seconds and offset from UTC as 2026-11-23T09:30:00+07:00 does (RFC 3339)")


def moment(value: str) -> datetime:
    """Return a timestamp's moment in UTC; without an offset it is taken as UTC.

    :raises Invalid: there is no such moment.
    """
    try:
        return moment_of(value)
    except (ValueError, OverflowError):
        raise Invalid("is no moment of the calendar") from None


def version_of(protocol: str) -> Any:
    """Return the check of a statement's ``version`` for requests of this version."""
    form = _VERSION[protocol]

    def version(value: Any) -> None:
        if type(value) is not str or not form.fullmatch(value):
            raise Invalid(f"is no version that goes with {protocol}")

    return version
