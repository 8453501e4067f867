"""The figures of a report as plain values: frozen when it is issued, made again to verify."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

import msgspec
import orjson

By = Literal["institution", "programme", "class", "version", "year"]


@dataclass(frozen=True, slots=True)
class Score:
    """What answers on a scale say.

    :ivar people: answers, one a person; :ivar counts: how many answers gave 1, 2, …
    :ivar low: to :ivar high: is where the mean lies with 95% confidence, where anything tells
    """

    people: int
    mean: float
    median: float | None
    spread: float | None
    counts: tuple[int, ...]
    low: float | None
    high: float | None

    @property
    def n(self) -> int:
        """Answers."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the form: one of the six objects, or a part of it.

    :ivar programme: the programme's average, :ivar city: the city's, where they are something else
    """

    title: str
    object: str
    score: Score
    threshold: float | None
    programme: float | None
    city: float | None

    @property
    def below(self) -> bool:
        """Whether it lies below its threshold."""
        return self.threshold is not None and self.score.mean < self.threshold


@dataclass(frozen=True, slots=True)
class Taught:
    """A lecturer in a topic; :ivar score: None where fewer than five answered."""

    topic: str
    lecturer: str
    score: Score | None
    threshold: float | None

    @property
    def below(self) -> bool:
        """Whether it lies below its threshold."""
        return self.score is not None and self.threshold is not None and self.score.mean < self.threshold


@dataclass(frozen=True, slots=True)
class Question:
    """A question on a scale; :ivar about: topic and lecturer, where it is repeated for them."""

    section: str
    text: str
    about: str
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
class Response:
    """Who took part in closed evaluations; :ivar few: of how many nothing is shown, for fewer than five valid forms."""

    evaluations: int
    few: int
    invited: int
    answered: int
    valid: int
    invalid: int


@dataclass(frozen=True, slots=True)
class Group:
    """An institution, a programme, a class, a version of a programme or a year, within what the report is about.

    :ivar response: None for a version; :ivar score: None where nothing is shown
    """

    by: By
    code: str
    name: str
    response: Response | None
    score: Score | None


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a report.

    :ivar trust: how far they speak for those invited (lms.quality.rules.statistics.Share)
    :ivar blank_limit: percentage of blanks above which a form does not count
    """

    response: Response
    trust: str
    few: bool
    blank_limit: float
    points: int
    labels: tuple[str, ...]
    overall: Score
    programme: float | None
    city: float | None
    parts: tuple[Part, ...]
    taught: tuple[Taught, ...]
    questions: tuple[Question, ...]
    options: tuple[Option, ...]
    groups: tuple[Group, ...]
    themes: tuple[Theme, ...]
    comments: int
    removed: int

    @property
    def below(self) -> int:
        """How many results lie below their threshold."""
        return sum(part.below for part in self.parts) + sum(teaching.below for teaching in self.taught)

    def by(self, kind: By) -> list[Group]:
        """Return the groups of one kind."""
        return [group for group in self.groups if group.by == kind]


MISSING = "–"
"""Stands in a comparison for what one side does not have."""


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
            inner = f"{place}.{key}" if place else key
            if key in before and key in now:
                yield from differences(before[key], now[key], inner)
            else:
                yield inner, before.get(key, MISSING), now.get(key, MISSING)
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for number, (old, new) in enumerate(zip(before, now, strict=True), 1):
            yield from differences(old, new, f"{place}[{number}]")
    elif before != now:
        yield place, before, now


def read(values: Mapping[str, Any]) -> Figures:
    """Read frozen figures."""
    return msgspec.convert(values, Figures)
