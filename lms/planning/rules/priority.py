"""Who is sent first when a unit may not send all (mục IV.4, fifth dash): proposed and shown, never a bar."""

from datetime import date
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from lms.planning.rules.eligibility import Official, age_on

YOUNG = 35
"""Years; the Decision says "young" and no number. This is the only limit of age that it names (mục D.1)."""
WORDS = {
    "young": _l("young"),
    "female": _l("female"),
    "excellent": _l("has excellently fulfilled her duties"),
}


class Priority(NamedTuple):
    """What speaks for sending somebody first.

    :ivar age: on the day that counts; None where the roster does not tell
    :ivar reasons: keys of WORDS
    """

    age: int | None
    reasons: tuple[str, ...]

    @property
    def order(self) -> tuple[int, int]:
        """Sorts who has most reasons first, then the youngest."""
        return -len(self.reasons), 200 if self.age is None else self.age


def priority(official: Official, day: date) -> Priority:
    """Return what speaks for somebody; what the roster does not tell speaks neither for nor against."""
    age = None if official.birth_date is None else age_on(official.birth_date, day)
    reasons = {
        "young": age is not None and age <= YOUNG,
        "female": official.sex == "female",
        "excellent": official.stated.get("excellent", False),
    }
    return Priority(age, tuple(key for key, holds in reasons.items() if holds))
