"""What figures allow to say: how far they can be trusted, whether two differ, where they go (docs/results.md).

Plain values in, plain values out.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import hypot, sqrt
from operator import itemgetter
from typing import Generic, Literal, NamedTuple, TypeVar

from lms.surveys import rules
from lms.surveys.rules import FEW, MINIMUM_RESPONSES, publishable, rescaled

T = TypeVar("T")

WHOLE = ""
"""The section that stands for the whole form."""
MOST, HALF = 0.8, 0.5
"""Shares of those invited from which on results speak for all of them, and below which they hardly do."""

Share = Literal["most", "half", "less"]


class Trust(NamedTuple):
    """How far results may be trusted.

    :ivar share: who is missing may think otherwise: the less, the fewer are missing
    :ivar few: with so few answers, chance weighs heavily
    """

    share: Share
    few: bool


def trust(invited: int, valid: int) -> Trust | None:
    """Tell how far results may be trusted; None when there are none.

    :param valid: forms that count
    """
    if not publishable(valid):
        return None
    share = valid / max(invited, valid)
    return Trust("most" if share >= MOST else "half" if share >= HALF else "less", valid < FEW)


class Sums(NamedTuple):
    """What has to be added up, evaluation by evaluation, to tell a mean and how sure it is.

    :ivar evaluations: how many there are
    :ivar people: answers, one a person
    :ivar mean: people times mean
    :ivar people2: people squared; with it :ivar mean2: (times mean) and :ivar square2: (times mean squared)
    :ivar counts: how many answers gave 1, 2, …
    """

    evaluations: int
    people: int
    mean: float
    people2: float
    mean2: float
    square2: float
    counts: tuple[int, ...]

    def plus(self, other: "Sums") -> "Sums":
        """Return both together."""
        return Sums(
            self.evaluations + other.evaluations,
            self.people + other.people,
            self.mean + other.mean,
            self.people2 + other.people2,
            self.mean2 + other.mean2,
            self.square2 + other.square2,
            tuple(count + two for count, two in zip(self.counts, other.counts, strict=True)),
        )


def sums(people: int, mean: float, counts: Sequence[int]) -> Sums:
    """Return the sums of one evaluation."""
    squared = people * people
    return Sums(1, people, people * mean, squared, squared * mean, squared * mean * mean, tuple(counts))


@dataclass(frozen=True, slots=True)
class Figures:
    """What the answers of one or many evaluations say.

    :ivar people: answers, one a person, over all :ivar evaluations:
    :ivar counts: how many answers gave 1, 2, …; of :ivar median: and :ivar spread: (standard deviation) the basis
    :ivar margin: half the width of the range in which the mean lies with 95% confidence; None when nothing tells
    """

    evaluations: int
    people: int
    mean: float
    counts: tuple[int, ...]
    median: float | None
    spread: float | None
    margin: float | None

    @property
    def points(self) -> int:
        """Length of the scale."""
        return len(self.counts)

    @property
    def best_two(self) -> float | None:
        """Share of the answers that are one of the two best points; None without answers."""
        return sum(self.counts[-2:]) / sum(self.counts) if any(self.counts) else None

    @property
    def lowest_two(self) -> float | None:
        """Share of the answers that are one of the two lowest points; None without answers."""
        return sum(self.counts[:2]) / sum(self.counts) if any(self.counts) else None

    @property
    def few(self) -> bool:
        """Whether the answers are so few that the range must be told."""
        return self.people < FEW

    @property
    def low(self) -> float:
        """Lower end of the range, within the scale."""
        return max(1.0, self.mean - (self.margin or 0))

    @property
    def high(self) -> float:
        """Upper end of the range, within the scale."""
        return min(float(self.points), self.mean + (self.margin or 0))


class Extremes(NamedTuple, Generic[T]):
    """Of several results those with the highest and the lowest mean."""

    best: T
    worst: T


def extremes(rows: Iterable[T], mean: Callable[[T], float | None]) -> Extremes[T] | None:
    """Return the results with the highest and the lowest mean; None unless two or more have one."""
    ranked = sorted(((value, row) for row in rows if (value := mean(row)) is not None), key=itemgetter(0), reverse=True)
    return Extremes(ranked[0][1], ranked[-1][1]) if len(ranked) > 1 else None


def figures(added: Sums) -> Figures:
    """Tell what sums say.

    The range comes from how the answers differ and, with five evaluations or more, from how their means differ (each
    weighed by its people) where that is wider, because answers within a class resemble one another.
    """
    mean = added.mean / added.people
    summary = rules.summarise(added.counts)
    margins = [variance for variance in (_within(added, summary), _between(added, mean)) if variance is not None]
    return Figures(
        added.evaluations,
        added.people,
        mean,
        added.counts,
        summary.median if summary else None,
        summary.spread if summary else None,
        max(margins, default=None),
    )


def _within(added: Sums, summary: rules.Summary | None) -> float | None:
    if summary is None or added.people < 2 or summary.count < 2:
        return None
    return rules.margin(summary.spread, summary.count, added.people)


def _between(added: Sums, mean: float) -> float | None:
    many = added.evaluations
    if many < MINIMUM_RESPONSES:
        return None
    apart = max(0.0, added.square2 - 2 * mean * added.mean2 + mean * mean * added.people2)
    return rules.quantile(many - 1) * sqrt(apart * many / (many - 1)) / added.people


def merged(parts: Sequence[Figures]) -> Figures:
    """Return several sections about one object as one: those who answered both are the same people.

    :param parts: one or more
    """
    if len(parts) == 1:
        return parts[0]
    people = sum(part.people for part in parts)
    mean = sum(part.mean * part.people for part in parts) / people
    counts = tuple(map(sum, zip(*(part.counts for part in parts), strict=True)))
    summary = rules.summarise(counts)
    margins = [part.margin for part in parts if part.margin is not None]
    return Figures(
        max(part.evaluations for part in parts),
        max(part.people for part in parts),
        mean,
        counts,
        summary.median if summary else None,
        summary.spread if summary else None,
        max(margins, default=None),
    )


Way = Literal["up", "down", "unclear"]


@dataclass(frozen=True, slots=True)
class Change:
    """From one result to a later one, on the later one's scale.

    :ivar margin: how far apart chance alone may bring them (95%); None when nothing tells
    """

    before: float
    after: float
    margin: float | None

    @property
    def difference(self) -> float:
        """By how much it rose."""
        return self.after - self.before

    @property
    def way(self) -> Way:
        """Whether it rose or fell by more than chance explains."""
        if self.margin is None or abs(self.difference) <= self.margin:
            return "unclear"
        return "up" if self.difference > 0 else "down"


def change(before: Figures, after: Figures) -> Change:
    """Compare two results: the margin of a difference is the root of the sum of both margins squared."""
    stretch = (after.points - 1) / (before.points - 1)
    sure = before.margin is not None and after.margin is not None
    margin = hypot((before.margin or 0) * stretch, after.margin or 0) if sure else None
    return Change(rescaled(before.mean, before.points, after.points), after.mean, margin)


def trend(series: Iterable[Figures | None]) -> Change | None:
    """Compare the last of a series with the first; None when fewer than two hold a result."""
    known = [figures for figures in series if figures is not None]
    return change(known[0], known[-1]) if len(known) > 1 else None
