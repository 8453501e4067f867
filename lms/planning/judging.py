"""Rules and days together: what stands against people in a class, in words; for pages, and again within each act."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from lms.core.clauses import place
from lms.planning.audiences import audience_of
from lms.planning.queries.nominations import meanwhile
from lms.planning.queries.people import asked_by, officials
from lms.planning.rules.eligibility import WORDS, Finding, Official, Stated, findings

QUESTIONS = {
    "managed": _l("Is she managed by the Standing Board of the City Party Committee?"),
    "meant_unit": _l("Does her unit do the work for which the programme is meant?"),
    "planned_post": _l("Is she planned for a post for which the programme is meant?"),
    "field": _l("Does she work in the field of the programme?"),
    "age": _l("Does she meet the condition of age?"),
    "service": _l("Has she as many years of service left as are needed?"),
}
"""What the unit answers."""


class Question(NamedTuple):
    """What the roster does not tell about somebody; the unit answers."""

    asks: Stated
    words: str


class Judged(NamedTuple):
    """A person and what stands against sending her.

    :ivar bars: in words, each with its clause
    :ivar asked: what must be answered first
    """

    person_id: UUID
    staff_code: str
    full_name: str
    official: Official
    bars: tuple[str, ...]
    asked: tuple[Question, ...]

    @property
    def group(self) -> str:
        """``may``, ``asked`` or ``barred``."""
        return "barred" if self.bars else "asked" if self.asked else "may"


def judge(class_id: UUID, of: Sequence[UUID] | ColumnElement[bool]) -> list[Judged]:
    """Return people by name, each judged for a class; three statements however many they are.

    :param of: ids, or a condition on ``Person``
    """
    asked = asked_by(class_id)
    audience = audience_of(asked.programme)
    people = officials(of, asked.programme_id)
    elsewhere = meanwhile(list(people), class_id)
    judged, say = [], Words()
    for person_id, (code, name, official) in people.items():
        found = findings(official, audience, asked.limits, day=asked.day)
        if not found and person_id not in elsewhere:
            judged.append(Judged(person_id, code, name, official, (), ()))
            continue
        bars = [say(finding) for finding in found if finding.bars]
        if person_id in elsewhere:
            bars.append(_overlap(*elsewhere[person_id]))
        open_ones = tuple(Question(one.asks, say(one)) for one in found if one.asks is not None)
        judged.append(Judged(person_id, code, name, official, tuple(bars), open_ones))
    return judged


class Words:
    """Puts findings into words of one language; each sentence is looked up once, however many people it is said of."""

    def __init__(self) -> None:
        self._whole = _("%(reason)s (%(clause)s)")
        self._sentences: dict[tuple[str, str], str] = {}

    def __call__(self, finding: Finding) -> str:
        """Return a finding as people read it, with its clause."""
        key = finding.code, finding.clause
        sentence = self._sentences.get(key)
        if sentence is None:
            known = {"reason": str(WORDS[finding.code]), "clause": place(finding.clause).replace("%", "%%")}
            sentence = self._sentences[key] = self._whole % known
        if not finding.values:
            return sentence % {} if "%" in sentence else sentence
        return sentence % {name: _day(value) for name, value in finding.values.items()}


def in_words(finding: Finding) -> str:
    """Return a finding as people read it, with its clause."""
    return Words()(finding)


def _overlap(title: str, starts_on: object, ends_on: object) -> str:
    return str(
        _(
            "is in, or named for, %(title)s from %(start)s to %(end)s (%(clause)s)",
            title=title,
            start=_day(starts_on),
            end=_day(ends_on),
            clause=place("IV.4"),
        )
    )


def _day(value: Any) -> Any:
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else value
