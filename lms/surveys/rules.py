"""Counting answers and telling what they say. Plain values in, plain values out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import sqrt
from statistics import NormalDist
from typing import Any, Literal, Protocol
from uuid import UUID

from lms.core.i18n import ZONE
from lms.surveys.answers import Question, Value, applies
from lms.surveys.document import NA, Form, Section

MINIMUM_RESPONSES = 5
"""Results of fewer answers are not shown: with four, a reader could guess who wrote what."""
FEW = 30
"""Below this many answers the range in which the mean may lie is told with it."""
NONE = UUID(int=0)
"""The teaching of a question that is about none."""
_Z = NormalDist().inv_cdf(0.975)


@dataclass(slots=True)
class Tally:
    """The answers to one question, counted.

    :ivar section: key of its section
    :ivar n: how many answered it, "not applicable" aside
    :ivar na: how many said that it does not apply
    :ivar counts: by point, by option, or (ranking of k options) k times k: option by option, how often at which place
    """

    section: str
    kind: str
    counts: list[int]
    n: int = 0
    na: int = 0


Cell = tuple[str, UUID]
"""A question, and the teaching it is about or NONE."""
Tallies = dict[Cell, Tally]


Filled = Sequence[Mapping[str, Value]]
"""Forms: question -> answer."""


class Chance(Protocol):
    """What decides whose answers are left out."""

    def shuffle(self, x: MutableSequence[Any]) -> None:
        """Put a list into an order that nobody can know."""


def told(form: Form, sent: Filled, on_paper: Filled, chance: Chance) -> dict[Cell, set[int]]:
    """Return the questions of which results are told, each with the forms that speak (``sent``, then ``on_paper``).

    The sets of forms behind any two results could be subtracted from each other, and a third from what is left. So all
    results together cut the people into groups, and no group is smaller than five (:class:`_Groups`). Where one to
    four missed a topic, some who attended it are left out beside them, so that five are missing; of a question that a
    condition spared one to four, nothing is told.
    """
    everybody = [*sent, *on_paper]
    groups = _Groups(len(sent), len(everybody))
    asked = _asked(form, everybody)
    known = {item.code: item for _section, item in form.items()}
    missed = Counter(person for people in asked.values() if len(everybody) - len(people) < MINIMUM_RESPONSES
                     for person in groups.everybody - people)  # fmt: skip
    order = list(range(len(everybody)))
    chance.shuffle(order)
    order.sort(key=lambda person: -missed[person])  # who missed something is left out with others who did
    speaking: dict[Cell, set[int]] = {}
    for cell in sorted(asked, key=lambda cell: (known[cell[0]].when is not None, -len(asked[cell]), cell)):
        item, people = known[cell[0]], asked[cell]
        spare = order if item.when is None else ()
        told = groups.speak(people, spare)
        if item.kind == "text":
            told = people & groups.everybody if told else told
        elif not groups.enough(_answered(everybody, cell, told)):
            told = groups.speak({person for person in people if person >= len(sent)}, ())
            told = told if groups.enough(_answered(everybody, cell, told)) else set()
        if told:
            speaking[cell] = told
    return speaking


class _Groups:
    """People whom no results told so far tell apart; none of the groups is smaller than five.

    Whoever typed in the forms on paper knows them and could subtract them, so they help no others to be five: where
    fewer than five others stand behind a result, those on paper speak alone, if they are five themselves.
    """

    def __init__(self, sent: int, people: int) -> None:
        """Begin with everybody in one group, or with those on paper alone."""
        self.sent = sent
        whole, paper = set(range(people)), set(range(sent, people))
        self.everybody = whole if self.enough(whole) else paper if self.enough(paper) else set()
        self.groups = [self.everybody] if self.everybody else []

    def enough(self, people: set[int]) -> bool:
        """Tell whether these are five: five who sent, or nobody but five on paper."""
        senders = sum(person < self.sent for person in people)
        return publishable(senders) if senders else publishable(len(people))

    def speak(self, asked: set[int], spare: Sequence[int]) -> set[int]:
        """Return those of the people asked who may speak, and remember how that cuts the groups.

        :param spare: in this order people may be left out so that the others who say nothing are five
        """
        told: set[int] = set()
        for number, group in enumerate(list(self.groups)):
            inside, outside = group & asked, group - asked
            if inside and outside:
                for person in spare:
                    if self.enough(outside):
                        break
                    if person in inside:
                        inside, outside = inside - {person}, outside | {person}
                if not self.enough(inside) or not self.enough(outside):
                    continue
                self.groups[number] = inside
                self.groups.append(outside)
            told |= inside
        return told


def _asked(form: Form, filled: Filled) -> dict[Cell, set[int]]:
    """Return who was asked what; a topic of which a form says nothing was not asked about."""
    asked: dict[Cell, set[int]] = defaultdict(set)
    for number, values in enumerate(filled):
        about = {teaching for name in values for _, dot, teaching in [name.partition(".")] if dot}
        for section, item in form.items():
            for teaching in about if section.repeat else {""}:
                if applies(Question(section, item, teaching), values):
                    asked[item.code, UUID(teaching) if teaching else NONE].add(number)
    return asked


def _answered(filled: Filled, cell: Cell, people: set[int]) -> set[int]:
    """Return those of the people who answered a question, "not applicable" aside."""
    code, teaching = cell
    name = code if teaching == NONE else f"{code}.{teaching}"
    return {person for person in people if filled[person].get(name, NA) != NA}


def count(form: Form, filled: Iterable[Mapping[str, Value]], told: Mapping[Cell, set[int]] | None = None) -> Tallies:
    """Count filled-in forms. Comments are not counted.

    :param told: by question, the forms that speak; without it, all do
    """
    known = {item.code: (section, item) for section, item in form.items()}
    tallies: Tallies = {}
    for number, values in enumerate(filled):
        for name, value in values.items():
            code, _, teaching = name.partition(".")
            section, item = known[code]
            key = (code, UUID(teaching) if teaching else NONE)
            if item.kind == "text" or (told is not None and number not in told.get(key, ())):
                continue
            size = len(form.labels(item)) if item.kind == "scale" else len(item.options)
            empty = [0] * (size * size if item.kind == "ranking" else size)
            tally = tallies.setdefault(key, Tally(section.key, item.kind, empty))
            _add(tally, value, [option.key for option in item.options])
    return tallies


def _add(tally: Tally, value: Value, keys: Sequence[str]) -> None:
    if value == NA:
        tally.na += 1
        return
    tally.n += 1
    if isinstance(value, int):
        tally.counts[value - 1] += 1
    elif isinstance(value, str):
        tally.counts[keys.index(value)] += 1
    elif tally.kind == "ranking":
        for place, key in enumerate(value):
            tally.counts[keys.index(key) * len(keys) + place] += 1
    else:
        for key in value:
            tally.counts[keys.index(key)] += 1


@dataclass(frozen=True, slots=True)
class Summary:
    """The answers to one or several questions on a scale.

    :ivar spread: population standard deviation
    :ivar counts: how many gave 1, 2, …
    :ivar margin: see :func:`margin`; None for one answer
    """

    count: int
    mean: float
    median: float
    spread: float
    counts: tuple[int, ...]
    margin: float | None = field(default=None)

    @property
    def few(self) -> bool:
        """Whether the answers are so few that the range should be told."""
        return self.count < FEW

    @property
    def upper(self) -> int:
        """How many gave one of the two highest points."""
        return sum(self.counts[-2:])

    @property
    def low(self) -> float:
        """Lower end of that range, within the scale."""
        return max(1.0, self.mean - (self.margin or 0))

    @property
    def high(self) -> float:
        """Upper end of that range, within the scale."""
        return min(float(len(self.counts)), self.mean + (self.margin or 0))


Progress = Literal["none", "some", "half", "all"]
"""How far an evaluation is while it is open, in steps that tell of nobody: none, under way, at least half, all."""
EARLY_AFTER = timedelta(days=7)
"""How long an evaluation is open at least before somebody outside the institution may close it."""
EARLY_FORMS = 2 * MINIMUM_RESPONSES
"""How many forms there are at least then: whoever knows four of them, and the moment, still learns of six together."""


def progress(invited: int, answered: int) -> Progress:
    """Tell how far an evaluation is."""
    if answered == 0:
        return "none"
    if answered >= invited:
        return "all"
    return "half" if 2 * answered >= invited else "some"


def may_close(*, outside: bool, opened: datetime, closes: datetime, at: datetime, invited: int, answered: int) -> bool:
    """Tell whether an evaluation may be closed: at its date, or once all have sent; by an outsider also in between.

    Whoever runs the class could choose the moment at which all forms but one are known to her.

    :param outside: the one who closes does not run the classes of the institution
    """
    reached = progress(invited, answered)
    if at >= closes or reached == "all":
        return True
    return outside and reached == "half" and answered >= EARLY_FORMS and at >= opened + EARLY_AFTER


def half_year(at: datetime) -> tuple[str, datetime]:
    """Return the half-year of a time in Hà Nội (``2026-2``) and when its evaluation closes: 15 days after it."""
    day = at.astimezone(ZONE).date()
    first = day.month <= 6
    end = date(day.year, 7, 16) if first else date(day.year + 1, 1, 16)
    return f"{day.year}-{1 if first else 2}", datetime.combine(end, time(), ZONE)


def publishable(answers: int) -> bool:
    """Tell whether there are enough answers to show a result."""
    return answers >= MINIMUM_RESPONSES


def summarise(counts: Sequence[int]) -> Summary | None:
    """Summarise a distribution (how many gave 1, 2, …); None when nobody answered."""
    total = sum(counts)
    if total == 0:
        return None
    mean = sum(point * count for point, count in enumerate(counts, 1)) / total
    squares = sum(count * (point - mean) ** 2 for point, count in enumerate(counts, 1))
    median = (_nth(counts, (total - 1) // 2) + _nth(counts, total // 2)) / 2
    half = margin(sqrt(squares / total), total, total) if total > 1 else None
    return Summary(total, mean, median, sqrt(squares / total), tuple(counts), half)


def margin(spread: float, answers: int, people: int) -> float:
    """Return half the width of the range in which the mean lies with 95% confidence, were these people a sample.

    Student's t times the standard error. Several answers of one person are not several people, so the error is that of
    as many independent answers as there are people; it is rather too wide than too narrow (docs/results.md).

    :param spread: population standard deviation of the answers
    :param people: two or more
    """
    sample = spread * sqrt(answers / (answers - 1))
    return quantile(people - 1) * sample / sqrt(people)


def quantile(freedom: int) -> float:
    """Return the 97.5% quantile of Student's t (Abramowitz and Stegun 26.7.5; within 0.3% from four degrees on)."""
    z = _Z
    terms: tuple[float, ...] = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / float(freedom) ** power for power, term in enumerate(terms, 1))


def rescaled(mean: float, points: int, to: int) -> float:
    """Return a mean on a scale of ``points`` as one on a scale of ``to`` points: the ends meet the ends."""
    return mean if points == to else 1 + (mean - 1) * (to - 1) / (points - 1)


def weighted(means: Iterable[tuple[float, float]]) -> float | None:
    """Return the mean of (mean, weight) pairs; None when all weights are nothing."""
    pairs = list(means)
    weights = sum(weight for _mean, weight in pairs)
    return sum(mean * weight for mean, weight in pairs) / weights if weights else None


@dataclass(frozen=True, slots=True)
class Mean:
    """What a section's questions on scales say together, about one teaching or over all.

    :ivar section: its key; empty for the whole form
    :ivar n: people: the most that answered one of its questions; over all teachings their sum
    :ivar mean: on the form's scale, questions (and for the whole form, sections) weighted as the form says
    :ivar counts: the distribution of the answers on that scale
    """

    section: str
    teaching: UUID
    n: int
    mean: float
    counts: tuple[int, ...]


def means(form: Form, tallies: Mapping[Cell, Tally]) -> list[Mean]:
    """Return the mean of each section and teaching, of each section as a whole, and of the form."""
    means: list[Mean] = []
    whole: list[tuple[float, float]] = []
    overall = [0] * form.points
    most = 0
    for section in form.sections:
        teachings = sorted({teaching for (_item, teaching), tally in tallies.items() if tally.section == section.key})
        parts = [mean for teaching in teachings if (mean := _mean(form, section, teaching, tallies)) is not None]
        if not parts:
            continue
        together = parts[0] if not section.repeat else _together(section.key, parts)
        means += [*parts, together] if section.repeat else parts
        whole.append((together.mean, section.weight))
        overall = [count + other for count, other in zip(overall, together.counts, strict=True)]
        most = max(most, *(part.n for part in parts))
    index = weighted(whole)
    return means if index is None else [*means, Mean("", NONE, most, index, tuple(overall))]


def _mean(form: Form, section: Section, teaching: UUID, tallies: Mapping[Cell, Tally]) -> Mean | None:
    pairs: list[tuple[float, float]] = []
    counts = [0] * form.points
    most = 0
    for item in section.items:
        tally = tallies.get((item.code, teaching))
        summary = summarise(tally.counts) if tally is not None and tally.kind == "scale" else None
        if tally is None or summary is None:
            continue
        pairs.append((rescaled(summary.mean, len(tally.counts), form.points), item.weight))
        most = max(most, tally.n)
        if len(tally.counts) == form.points:
            counts = [count + other for count, other in zip(counts, tally.counts, strict=True)]
    mean = weighted(pairs)
    return None if mean is None else Mean(section.key, teaching, most, mean, tuple(counts))


def _together(key: str, parts: Sequence[Mean]) -> Mean:
    people = sum(part.n for part in parts)
    mean = sum(part.mean * part.n for part in parts) / people
    return Mean(key, NONE, people, mean, tuple(map(sum, zip(*(part.counts for part in parts), strict=True))))


def _nth(counts: Sequence[int], index: int) -> int:
    """Return the point of the answer at ``index`` (from 0) when all are sorted."""
    seen = 0
    for point, count in enumerate(counts, 1):
        seen += count
        if index < seen:
            return point
    raise IndexError(index)
