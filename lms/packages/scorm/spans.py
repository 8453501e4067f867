"""Spans of time as SCORM writes them (1.2: CMITimespan, HHHH:MM:SS.SS; 2004: ISO 8601) and as xAPI does."""

import re

LONGEST = 1_000_000_000
"""Seconds that a span has at most; what is longer is cut off."""
_CLOCK = re.compile(r"(\d{1,9}):(\d{1,2}):(\d{1,2}(?:\.\d{1,9})?)", re.ASCII)
_N = r"(\d{1,9}(?:[.,]\d{1,9})?)"
_PERIOD = re.compile(
    rf"P(?=[\dT])(?:{_N}Y)?(?:{_N}M)?(?:{_N}W)?(?:{_N}D)?(?:T(?=\d)(?:{_N}H)?(?:{_N}M)?(?:{_N}S)?)?", re.ASCII
)
_DAY = 86_400
_SECONDS = (365 * _DAY, 30 * _DAY, 7 * _DAY, _DAY, 3600, 60, 1)


def seconds(span: str) -> float | None:
    """Return a span in seconds, a year having 365 days and a month 30; None when it is no span."""
    match = _CLOCK.fullmatch(span) or _PERIOD.fullmatch(span)
    if match is None:
        return None
    parts = match.groups()
    units = _SECONDS[-len(parts) :]
    total = sum(float(part.replace(",", ".")) * unit for part, unit in zip(parts, units, strict=True) if part)
    return min(total, LONGEST)


def iso(span: float) -> str:
    """Return seconds as an ISO 8601 duration, exact to a hundredth (xAPI 1.0.3, Data, 4.6)."""
    hundredths = round(max(span, 0) * 100)
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    named = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    last = f"{rest / 100:.2f}".rstrip("0").rstrip(".")
    return f"PT{named}" + (f"{last}S" if rest or not named else "")
