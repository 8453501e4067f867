"""The figures of a report as plain values: made from the stored counts, frozen at issue, made again to verify."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec
import orjson

from lms.reports.quality.beside import Averages
from lms.reports.quality.results import ItemResult, QualityReport, SectionResult, TeachingResult
from lms.surveys.document import Words
from lms.surveys.rules import Summary
from lms.surveys.themes import group

DECIMALS = 6
"""Sums in another order differ behind these."""


@dataclass(frozen=True, slots=True)
class Score:
    """Answers on a scale; :ivar low: to :ivar high: is where the mean may lie, told where answers are few."""

    n: int
    mean: float
    median: float
    spread: float
    counts: tuple[int, ...]
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the form: one of the six objects, or a part of it.

    :ivar programme: the programme's average, :ivar city: the city's
    """

    title: str
    object: str
    mean: float
    score: Score | None
    threshold: float | None = None
    programme: float | None = None
    city: float | None = None

    @property
    def below(self) -> bool:
        """Whether an adjustment is due."""
        return self.threshold is not None and self.mean < self.threshold


@dataclass(frozen=True, slots=True)
class Taught:
    """A lecturer in a topic; :ivar mean: None where fewer than five answered."""

    topic: str
    lecturer: str
    n: int
    mean: float | None
    score: Score | None
    threshold: float | None

    @property
    def below(self) -> bool:
        """Whether an adjustment is due."""
        return self.mean is not None and self.threshold is not None and self.mean < self.threshold


@dataclass(frozen=True, slots=True)
class Question:
    """A question on a scale; :ivar about: topic and lecturer, where it is repeated for them."""

    section: str
    text: str
    about: str
    na: int
    labels: tuple[str, ...]
    score: Score


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a question and how often it was chosen; :ivar place: its mean place in a ranking."""

    question: str
    option: str
    n: int
    count: int
    share: float
    place: float | None


@dataclass(frozen=True, slots=True)
class Theme:
    """Comments that touch a theme, counted; :ivar title: empty for those that touch none."""

    title: str
    count: int
    praise: int
    wish: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a report."""

    invited: int
    answered: int
    valid: int
    invalid: int
    blank_limit: float
    points: int
    labels: tuple[str, ...]
    mean: float
    overall: Score
    programme: float | None
    city: float | None
    parts: tuple[Part, ...]
    taught: tuple[Taught, ...]
    questions: tuple[Question, ...]
    options: tuple[Option, ...]
    themes: tuple[Theme, ...]
    comments: int
    removed: int

    @property
    def below(self) -> int:
        """How many results lie below their threshold."""
        return sum(one.below for one in self.parts) + sum(one.below for one in self.taught)


def plain(figures: Figures) -> dict[str, Any]:
    """Return figures as JSON data."""
    return orjson.loads(orjson.dumps(figures))  # type: ignore[no-any-return]


def fingerprint(figures: Figures) -> str:
    """Return the SHA-256 of figures, over their canonical JSON."""
    return sha256(canonical(plain(figures)).encode()).hexdigest()


def canonical(values: Any) -> str:
    """Return the one way in which these values are written as JSON: keys in order, no blanks."""
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()


def differences(before: Any, now: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Give every value that differs between two pieces of JSON data, with the place where it stands."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in sorted({*before, *now}):
            yield from differences(before.get(key), now.get(key), f"{place}.{key}".lstrip("."))
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for number, (old, new) in enumerate(zip(before, now, strict=True), 1):
            yield from differences(old, new, f"{place}[{number}]")
    elif before != now:
        yield place, before, now


def of_class(report: QualityReport, comments: Sequence[str], programme: Averages, city: Averages) -> Figures | None:
    """Return the figures of a class; None where there are too few answers for any.

    :param comments: those that the trusted reader let through
    """
    if not report.shown or report.index is None or report.overall is None:
        return None
    labels = _labels(report.form.scales[report.form.scale])
    return Figures(
        invited=report.survey.invited,
        answered=report.survey.answered,
        valid=report.valid,
        invalid=report.survey.invalid or 0,
        blank_limit=report.form.blank_limit_percent,
        points=report.points,
        labels=labels,
        mean=rounded(report.index),
        overall=_score(report.overall),
        programme=_average(programme, ""),
        city=_average(city, ""),
        parts=tuple(_part(one, programme, city) for one in report.sections if one.mean is not None),
        taught=tuple(_taught(one) for one in report.teachings),
        questions=tuple(_questions(report)),
        options=tuple(_options(report.sections)),
        themes=themes(comments),
        comments=len(comments),
        removed=report.removed,
    )


def rounded(value: float) -> float:
    """Return a value as it is frozen."""
    return round(value, DECIMALS)


def _part(one: SectionResult, programme: Averages, city: Averages) -> Part:
    return Part(
        one.title["vi"],
        one.object,
        rounded(one.mean or 0),
        _score(one.summary) if one.summary else None,
        one.threshold,
        _average(programme, one.key),
        _average(city, one.key),
    )


def _taught(one: TeachingResult) -> Taught:
    most = max((item.n for item in one.items), default=0)
    mean = None if one.mean is None else rounded(one.mean)
    score = _score(one.summary) if one.summary else None
    return Taught(one.topic["vi"], one.lecturer, most, mean, score, one.threshold)


def _questions(report: QualityReport) -> Iterator[Question]:
    repeated = {section.key: section.title["vi"] for section in report.form.sections if section.repeat}
    for section in report.sections:
        for item in section.items if section.key not in repeated else ():
            yield from _question(section.title["vi"], "", item)
    for one in report.teachings:
        for item in one.items:
            yield from _question(next(iter(repeated.values())), f"{one.lecturer} – {one.topic['vi']}", item)


def _question(section: str, about: str, item: ItemResult) -> Iterator[Question]:
    if item.summary is not None:
        yield Question(section, item.text["vi"], about, item.na, _labels(item.labels), _score(item.summary))


def _options(sections: Sequence[SectionResult]) -> Iterator[Option]:
    for section in sections:
        for item in section.items:
            for bar in item.bars:
                place = None if bar.place is None else rounded(bar.place)
                yield Option(item.text["vi"], bar.label["vi"], item.n, bar.count, rounded(bar.share), place)


def themes(comments: Sequence[str]) -> tuple[Theme, ...]:
    """Return how many comments touch each theme; a comment may touch several."""
    return tuple(
        Theme(one.theme.title["vi"] if one.theme else "", one.count, one.praise, one.wish) for one in group(comments)
    )


def _labels(words: Sequence[Words]) -> tuple[str, ...]:
    return tuple(one["vi"] for one in words)


def _average(averages: Averages, section: str) -> float | None:
    found = averages.get(section)
    return rounded(found.mean) if found else None


def _score(one: Summary) -> Score:
    told = one.few and one.margin
    return Score(
        one.count,
        rounded(one.mean),
        one.median,
        rounded(one.spread),
        one.counts,
        rounded(one.low) if told else None,
        rounded(one.high) if told else None,
    )


def read(values: Mapping[str, Any]) -> Figures:
    """Read frozen figures."""
    return msgspec.convert(values, Figures)
