"""The rules of classes. Plain values in; a value or a reason out."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from flask_babel import lazy_gettext as _l

from lms.classes import life
from lms.core.states import Acts

ATTENDED = frozenset({"present", "late"})
"""Who came late was there; who was excused was not."""
CLASS = life.CLASS
"""The states of a class, among the rules though they fill a file of their own."""

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

RESULTS_AFTER = timedelta(days=30)
"""Results are fixed so long after a class was finished: until then late work is handed in and marked.

Decision 1698/QĐ-UBND sets no period; mục IV.5 has a course evaluated and summed up once it is over, and mục IV.1 asks
each unit for its yearly figures, in which nobody can be "studying" in a class that ended long ago. The period is ours.
"""
RESULTS = {
    "enrolled": _l("Studying"),
    "completed": _l("Completed"),
    "incomplete": _l("Not completed"),
    "failed": _l("Failed"),
    "withdrawn": _l("Withdrawn"),
}
"""The results of a trainee in words, the same on every page, report and sheet."""

ATTENDANCE_OPENS = timedelta(minutes=30)
"""Attendance can be taken from half an hour before a session starts."""


class Objection(NamedTuple):
    """What stands against enrolling somebody.

    :ivar bars: whether she may not be enrolled because of it; otherwise somebody answers for it
    :ivar reason: in words that follow her name, with the clause
    """

    person_id: UUID
    staff_code: str
    full_name: str
    bars: bool
    reason: str


class Period(NamedTuple):
    """The days of a class, both included."""

    starts_on: date
    ends_on: date
    name: str = ""


def overlap(period: Period, other: Period) -> bool:
    """Tell whether two classes share a day."""
    return period.starts_on <= other.ends_on and other.starts_on <= period.ends_on


def clash(wanted: Period, held: Iterable[Period]) -> Period | None:
    """Return a class that bars a person from another one, or None.

    Decision 1698/QĐ-UBND, mục IV.4, third dash: nobody is sent to several classes of different programmes, plans or
    schemes at the same time.
    """
    return next((period for period in held if overlap(wanted, period)), None)


class Gap(NamedTuple):
    """Something that a class lacks when it is to be finished.

    :ivar kind: ``session-ahead``, ``attendance``, ``lecturer`` or ``nobody``
    :ivar id: the session or topic
    """

    kind: str
    id: UUID | None = None
    title: str = ""


def gaps(
    sessions: Iterable[tuple[UUID, str, datetime, bool]],
    topics: Iterable[tuple[UUID, str, bool]],
    *,
    took_part: bool,
    at: datetime,
) -> list[Gap]:
    """Return what is missing for a class to be finished: it is finished then only with a stated reason.

    :param sessions: id, title, end, and whether attendance was taken
    :param topics: id, title, and whether somebody teaches it
    :param took_part: whether any trainee attended, took a quiz or handed in an essay
    """
    missing = [
        Gap("session-ahead" if ends_at > at else "attendance", key, title)
        for key, title, ends_at, taken in sessions
        if ends_at > at or not taken
    ]
    missing += [Gap("lecturer", key, title) for key, title, taught in topics if not taught]
    return missing if took_part else [*missing, Gap("nobody")]


def results_due(finished_at: datetime) -> datetime:
    """Return when the results of a class are fixed."""
    return finished_at + RESULTS_AFTER


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
