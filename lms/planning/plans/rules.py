"""Who belongs to a target's population, and how places are shared out. Pure: plain values in and out."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from lms.planning.audiences import Audience, fields_of, is_outside, names_one, posts_of
from lms.planning.rules.eligibility import Limits, Official, findings
from lms.planning.rules.retirement import retires_on


class Target(NamedTuple):
    """A target of the Decision as planning counts it (mục II.2).

    :ivar percent: of the population that is to be trained; None where the Decision names a number of people only
    """

    programme_id: UUID
    code: str
    audience: Audience | None
    limits: Limits
    percent: int | None


class Row(NamedTuple):
    """Somebody in the roster."""

    person_id: UUID
    category: str
    position: str
    unit_id: int
    birth_date: date | None
    sex: str | None
    service_ends_on: date | None


class Member(NamedTuple):
    """Somebody of a population; :ivar questions: what the roster cannot tell, empty where she counts."""

    target: Target
    row: Row
    questions: tuple[str, ...]


Units = Mapping[int, tuple[str, str]]
"""Unit -> name, kind."""
Verdict = tuple[Target, tuple[str, ...]]
Stated = Mapping[UUID | None, Mapping[str, bool]]
"""What was answered about somebody: the programme it is about, None for all, -> question -> answer."""


def _about(target: Target, answers: Stated) -> Mapping[str, bool]:
    return {**answers.get(None, {}), **answers.get(target.programme_id, {})}


class Counter:
    """Judges a roster against targets: what position and unit tell is judged once for all whom they tell it of."""

    def __init__(self, targets: Iterable[Target], units: Units, day: date) -> None:
        self.targets, self.units, self.day = tuple(targets), units, day
        words = {one.audience.named for one in self.targets if one.audience}
        words |= {one.audience.asked_named for one in self.targets if one.audience}
        self._words = sorted(word for word in words if word)
        self._of_unit = {unit_id: self._signature(*told) for unit_id, told in units.items()}
        self._of_post: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
        self._judged: dict[object, tuple[Verdict, ...]] = {}
        self._direct: dict[tuple[str, str, int], tuple[Verdict, ...]] = {}

    def _signature(self, name: str, kind: str) -> object:
        return kind, is_outside(name), fields_of(name), tuple(names_one(name, words) for words in self._words)

    def members(self, rows: Iterable[Row], stated: Mapping[UUID, Stated]) -> Iterator[Member]:
        """Yield whom each target counts, and of whom the roster cannot tell; those it bars are left out."""
        direct = self._direct
        for row in rows:
            key = row[1:4]
            verdicts = direct.get(key)
            if verdicts is None:
                verdicts = direct[key] = self._by_position(row)
            answers = stated.get(row.person_id)
            if answers is not None:
                verdicts = self._verdicts(row, answers)
            for target, questions in verdicts:
                limits = target.limits
                if limits.age is None and limits.years_left is None:
                    yield Member(target, row, questions)
                else:
                    yield from self._personally(target, row, questions, _about(target, answers or {}))

    def _by_position(self, row: Row) -> tuple[Verdict, ...]:
        told = self._of_post.get(row.position)
        if told is None:
            told = self._of_post[row.position] = (posts_of(row.position), fields_of(row.position))
        key = (row.category, told, self._of_unit[row.unit_id])
        if key not in self._judged:
            self._judged[key] = self._verdicts(row, {})
        return self._judged[key]

    def _verdicts(self, row: Row, answers: Stated) -> tuple[Verdict, ...]:
        name, kind = self.units[row.unit_id]
        official = Official(row.category, row.position, name, kind, None, None, None)
        judged = (
            (one, findings(official._replace(stated=_about(one, answers)), one.audience, Limits(), day=self.day))
            for one in self.targets
        )
        return tuple(
            (target, tuple(finding.code for finding in found))
            for target, found in judged
            if not any(finding.bars for finding in found)
        )

    def _personally(
        self, target: Target, row: Row, questions: tuple[str, ...], answers: Mapping[str, bool]
    ) -> Iterator[Member]:
        """Age and service, which are each person's own."""
        limits, asked = target.limits, list(questions)
        if limits.years_left is not None:
            until = row.service_ends_on or _until(row.birth_date, row.sex)
            if until is None:
                asked.append("service-unknown")
            elif until < _after(self.day, limits.years_left):
                return
        if limits.age is not None:
            if row.birth_date is None:
                asked.append("age-unknown")
            elif row.birth_date <= _after(self.day, -limits.age - 1):
                if not limits.first_time:
                    return
                asked.append("age-asked")
        for question in ("age", "service"):
            of_it = [code for code in asked if code.startswith(f"{question}-")]
            if of_it and question in answers:
                if not answers[question]:
                    return
                asked = [code for code in asked if code not in of_it]
        yield Member(target, row, tuple(asked))


@lru_cache(maxsize=100_000)
def _until(born: date | None, sex: str | None) -> date | None:
    return None if born is None or sex is None else retires_on(born, sex)


@lru_cache(maxsize=64)
def _after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def needed(counts: int, percent: int | None) -> int:
    """Return how many of a population are to be trained, rounded up.

    >>> needed(7, 20), needed(0, 100)
    (2, 0)
    """
    return -(-counts * (percent or 0) // 100)


def shared_out(places: int, needs: Mapping[int, int]) -> dict[int, int]:
    """Share places out by the largest remainder of need: never more than is needed, never more than there are.

    Equal remainders go to the larger need, then to the smaller id, so that the same need gives the same quotas.

    >>> shared_out(10, {1: 3, 2: 3, 3: 4}), shared_out(5, {1: 6, 2: 3, 3: 1})
    ({1: 3, 2: 3, 3: 4}, {1: 3, 2: 2, 3: 0})
    """
    total = sum(needs.values())
    if places >= total:
        return dict(needs)
    whole = {unit: places * need // total for unit, need in needs.items()}
    left = places - sum(whole.values())
    order = sorted(needs, key=lambda unit: (-(places * needs[unit] % total), -needs[unit], unit))
    for unit in order[:left]:
        whole[unit] += 1
    return whole
