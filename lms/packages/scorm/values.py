"""Values of a manifest's attributes, read leniently: what is no value of its kind counts as not given."""

import math
import re

from lms.packages.scorm.markup import Element, attribute

_DECIMAL = re.compile(r"[+-]?(?:\d{1,9}(?:\.\d{0,15})?|\.\d{1,15})", re.ASCII)
_PERIOD = re.compile(
    r"P(?=[\dT])(?:\d{1,4}Y)?(?:\d{1,5}M)?(?:\d{1,6}D)?(?:T(?=\d)(?:\d{1,7}H)?(?:\d{1,7}M)?(?:\d{1,9}(?:\.\d{1,2})?S)?)?",
    re.ASCII,
)
_MOMENT = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII)


def boolean(value: str | None) -> bool | None:
    """Return an xs:boolean."""
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get((value or "").lower())


def decimal(value: str | None, low: float = -math.inf, high: float = math.inf) -> float | None:
    """Return a decimal within bounds."""
    number = float(value) if value and _DECIMAL.fullmatch(value) else None
    return number if number is not None and low <= number <= high else None


def whole(value: str | None, low: int = 0) -> int | None:
    """Return a whole number."""
    number = decimal(value, low)
    return int(number) if number is not None and number == int(number) else None


def period(value: str | None) -> str | None:
    """Return a duration (ISO 8601)."""
    return value if value and _PERIOD.fullmatch(value) else None


def moment(value: str | None) -> str | None:
    """Return a date, with or without time (ISO 8601)."""
    return value if value and _MOMENT.fullmatch(value) else None


def token(value: str | None, *allowed: str) -> str | None:
    """Return a word of a vocabulary in the case in which the vocabulary has it."""
    return next((word for word in allowed if word.lower() == (value or "").lower()), None)


def flags(element: Element | None, *names: str) -> dict[str, bool]:
    """Return those boolean attributes that an element has."""
    booleans = {} if element is None else {name: boolean(attribute(element, name)) for name in names}
    return {name: value for name, value in booleans.items() if value is not None}


def present(**values: object) -> dict[str, object]:
    """Return those values that are there."""
    return {name: value for name, value in values.items() if value is not None}
