"""The rules of classes. Plain values in; a value or a reason out."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

ATTENDED = frozenset({"present", "late"})
"""Who came late was there; who was excused was not."""

ATTENDANCE_OPENS = timedelta(minutes=30)
"""Attendance can be taken from half an hour before a session starts."""


class Period(NamedTuple):
    """The days of a class, both included."""

    starts_on: date
    ends_on: date
    name: str = ""


def overlap(one: Period, other: Period) -> bool:
    """Tell whether two classes share a day."""
    return one.starts_on <= other.ends_on and other.starts_on <= one.ends_on


def clash(wanted: Period, held: Iterable[Period]) -> Period | None:
    """Return a class that bars a person from another one, or None.

    Decision 1698/QĐ-UBND, Phần IV.4, third dash: nobody is sent to several classes of different programmes, plans or
    schemes at the same time.
    """
    return next((period for period in held if overlap(wanted, period)), None)


def places_left(capacity: int, enrolled: int) -> int:
    """Return how many may still be enrolled; never below zero."""
    return max(0, capacity - enrolled)


def times_overlap(start: datetime, end: datetime, other_start: datetime, other_end: datetime) -> bool:
    """Tell whether two meetings run at the same time; one may begin when the other ends."""
    return start < other_end and other_start < end


def attendance_open(starts_at: datetime, at: datetime) -> bool:
    """Tell whether attendance can be taken yet."""
    return at >= starts_at - ATTENDANCE_OPENS


def read_codes(text: str) -> Sequence[str]:
    """Return the staff codes in a pasted list: one a line or set apart by commas or semicolons, each once, in order."""
    parts = text.replace(",", "\n").replace(";", "\n").replace("\t", "\n").split("\n")
    return list(dict.fromkeys(part.strip().upper() for part in parts if part.strip()))
