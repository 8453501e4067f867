"""Counting answers and telling what they say. Plain values in, plain values out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import sqrt
from statistics import NormalDist
from typing import Literal
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


def large_enough(form: Form, filled: Iterable[Mapping[str, Value]]) -> set[Cell]:
    """Return what was asked of at least five: behind each of the others, too few people stand.

    What a condition spared some must have spared at least five: else the others' answers, subtracted from those of all,
    would isolate them.
    """
    asked: Counter[Cell] = Counter()
    spared: Counter[Cell] = Counter()
    for values in filled:
        about = {UUID(teaching) for name in values for _, dot, teaching in [name.partition(".")] if dot}
        for section, item in form.items():
            for teaching in about if section.repeat else {NONE}:
                question = Question(section, item, "" if teaching == NONE else str(teaching))
                (asked if applies(question, values) else spared)[item.code, teaching] += 1
    return {cell for cell, people in asked.items() if publishable(people) and publishable(spared[cell] or people)}


Filled = Sequence[Mapping[str, Value]]
"""Forms: question -> answer."""


def told(form: Form, sent: Filled, on_paper: Filled) -> tuple[set[Cell], set[Cell]]:
    """Return the questions of which all forms may tell together, and those of which only the forms on paper may.

    Whoever typed in the forms on paper knows them and could subtract them, so they help no others to be five. Where
    fewer than five others stand behind a question, those on paper speak alone, if they are five themselves.
    """
    answered = count(form, sent)
    together = {cell for cell in large_enough(form, sent) if cell not in answered or publishable(answered[cell].n)}
    return together, large_enough(form, on_paper) - together


def count(form: Form, filled: Iterable[Mapping[str, Value]]) -> dict[Cell, Tally]:
    """Count filled-in forms. Comments are not counted."""
    known = {item.code: (section, item) for section, item in form.items()}
    tallies: dict[Cell, Tally] = {}
    for values in filled:
        for name, value in values.items():
            code, _, teaching = name.partition(".")
            section, item = known[code]
            if item.kind == "text":
                continue
            size = len(form.labels(item)) if item.kind == "scale" else len(item.options)
            empty = [0] * (size * size if item.kind == "ranking" else size)
            key = (code, UUID(teaching) if teaching else NONE)
            tally = tallies.setdefault(key, Tally(section.key, item.kind, empty))
            _add(tally, value, [one.key for one in item.options])
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
    far = progress(invited, answered)
    if at >= closes or far == "all":
        return True
    return outside and far == "half" and answered >= EARLY_FORMS and at >= opened + EARLY_AFTER


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
    found: list[Mean] = []
    whole: list[tuple[float, float]] = []
    overall = [0] * form.points
    most = 0
    for section in form.sections:
        teachings = sorted({teaching for (_item, teaching), one in tallies.items() if one.section == section.key})
        parts = [mean for teaching in teachings if (mean := _mean(form, section, teaching, tallies)) is not None]
        if not parts:
            continue
        together = parts[0] if not section.repeat else _together(section.key, parts)
        found += [*parts, together] if section.repeat else parts
        whole.append((together.mean, section.weight))
        overall = [one + other for one, other in zip(overall, together.counts, strict=True)]
        most = max(most, *(part.n for part in parts))
    index = weighted(whole)
    return found if index is None else [*found, Mean("", NONE, most, index, tuple(overall))]


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
            counts = [one + other for one, other in zip(counts, tally.counts, strict=True)]
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
