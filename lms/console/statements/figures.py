"""Numbers and durations of statements in words; other programs send them in any size. Pure functions."""

import re
from decimal import Decimal
from typing import Any, TypeGuard

from lms.console.statements import phrases as say

_VIETNAMESE = str.maketrans(",.", ".,")
_HUGE = 10**9
_N = r"(\d{1,9}(?:[.,]\d{1,9})?)"
_DURATION = re.compile(rf"P(?:{_N}W|(?:{_N}Y)?(?:{_N}M)?(?:{_N}D)?(?:T(?:{_N}H)?(?:{_N}M)?(?:{_N}S)?)?)")
_SECONDS = (604_800, 365 * 86_400, 30 * 86_400, 86_400, 3600, 60, 1)
_UNITS = ((say.DAYS, 1440), (say.HOURS, 60), (say.MINUTES, 1))


def is_number(value: Any) -> TypeGuard[int | float]:
    """Tell whether a value is a number, which true and false are not."""
    return type(value) is int or type(value) is float


def figure(value: float, language: str) -> str:
    """Write a number as 8,5 (Vietnamese) or 8.5, with at most two decimals; huge ones as 1.00e+400.

    >>> figure(8.5, "vi"), figure(1234, "en"), figure(10**400, "en")
    ('8,5', '1,234', '1.00e+400')
    """
    if not -_HUGE < value < _HUGE:
        written = f"{Decimal(value):.2e}"
    else:
        written = f"{round(value, 2) + 0:,.2f}".rstrip("0").rstrip(".")
    return written if language == "en" else written.translate(_VIETNAMESE)


def share(value: float, language: str) -> str:
    """Write a share as a percentage."""
    return f"{figure(value * 100, language)}%"


def seconds_of(duration: str) -> float | None:
    """Return an ISO 8601 duration in seconds, a month as 30 days and a year as 365; None if it is beyond reason.

    >>> seconds_of("PT12M30.5S"), seconds_of("P1W"), seconds_of("P99999999999Y")
    (750.5, 604800.0, None)
    """
    match = _DURATION.fullmatch(duration)
    if not match or duration[-1:] in ("P", "T"):
        return None
    parts = zip(match.groups(), _SECONDS, strict=True)
    return sum(float(part.replace(",", ".")) * worth for part, worth in parts if part)


def duration_words(seconds: float, language: str) -> str:
    """Return a duration in words: up to two units, the smaller one rounded.

    >>> duration_words(754, "vi"), duration_words(3700, "en"), duration_words(0.4, "en")
    ('13 phút', '1 hour 2 minutes', '1 second')
    """
    if round(seconds) < 60:
        return _counted(say.SECONDS, max(1, round(seconds)), language)
    left = round(seconds / 60)
    if left >= 1440:
        left = round(left / 60) * 60
    parts = []
    for words, worth in _UNITS:
        number, left = divmod(left, worth)
        if number:
            parts.append(_counted(words, number, language))
    return " ".join(parts)


def _counted(words: tuple[say.Phrase, say.Phrase], number: int, language: str) -> str:
    return words[number != 1].say(language, n=figure(number, language))
