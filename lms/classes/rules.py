"""The rules of classes. Plain values in; a value or a reason out."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from lms.core.states import Acts

ATTENDED = frozenset({"present", "late"})
"""Who came late was there; who was excused was not."""

OPEN = frozenset({"planned", "running"})
"""States of a class in which its people and its timetable change."""
HELD = OPEN | {"finished"}
"""States of a class that takes place or took place; work in it can still be marked and corrected."""

CLASS = Acts(
    states=frozenset({"planned", "running", "finished", "cancelled"}),
    allowed={
        "enrol": OPEN,
        "withdraw": OPEN,
        "assign_lecturer": OPEN,
        "remove_lecturer": OPEN,
        "add_session": OPEN,
        "change_session": OPEN,
        "remove_session": OPEN,
        "finish": OPEN,
        "record_attendance": HELD,
        "mark_essay": HELD,
        "conclude": HELD,
        # what a trainee does; work that comes late counts until the results are fixed (RESULTS_AFTER)
        "study": HELD,
        "start_quiz": HELD,
        "answer": HELD,
        "hand_in_quiz": HELD,
        "hand_in_essay": HELD,
        "open_material": HELD,
    },
    reasons={"finished": "class-closed", "cancelled": "class-cancelled"},
    words={
        "class-closed": _l("The class is over; this can no longer be changed."),
        "class-cancelled": _l("The class was cancelled; this can no longer be changed."),
    },
)
"""Each act with the states of the class in which it may be done."""

STUDYING = frozenset({"enrolled", "completed"})
"""Results of a trainee with which she still works in the class."""
ENROLMENT = Acts(
    states=STUDYING | {"incomplete", "failed", "withdrawn"},
    allowed={
        "withdraw": frozenset({"enrolled"}),
        "read_lesson": STUDYING | {"incomplete", "failed"},
        "study": STUDYING,
        "start_quiz": STUDYING,
        "answer": STUDYING,
        "hand_in_quiz": STUDYING,
        "hand_in_essay": STUDYING,
        "open_material": STUDYING,
        "mark_essay": STUDYING | {"incomplete", "failed"},
    },
    reasons={"withdrawn": "left-class", "completed": "not-enrolled"}
    | dict.fromkeys(("incomplete", "failed"), "results-fixed"),
    words={
        "left-class": _l("This trainee has left the class. What was done before stays on record; nothing is added."),
        "not-enrolled": _l("Only a trainee who is still studying can be withdrawn."),
        "results-fixed": _l(
            "The results of this class are fixed, so nothing can be added. Please speak to the training institution."
        ),
    },
)
"""Each act with the results of the trainee with which it may be done."""

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


def attendance_open(starts_at: datetime, at: datetime) -> bool:
    """Tell whether attendance can be taken yet."""
    return at >= starts_at - ATTENDANCE_OPENS


def read_codes(text: str) -> Sequence[str]:
    """Return the staff codes in a pasted list: one a line or set apart by commas or semicolons, each once, in order."""
    parts = text.replace(",", "\n").replace(";", "\n").replace("\t", "\n").split("\n")
    return list(dict.fromkeys(part.strip().upper() for part in parts if part.strip()))
