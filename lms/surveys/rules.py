"""What makes a form, a valid answer and a publishable result. Plain values in, plain values out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any
from uuid import UUID

MINIMUM_RESPONSES = 5
"""Results of fewer valid forms are not shown: with four, a reader could guess who wrote what."""

MAX_COMMENT = 2000
"""Characters of one comment."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a form as one trainee sees it."""

    item: str
    section: str
    kind: str
    """scale or text"""
    text: dict[str, str]
    teaching: str = ""
    """Id of the topic-and-lecturer it is about, or empty."""

    @property
    def name(self) -> str:
        """The name of its form field."""
        return f"{self.item}.{self.teaching}" if self.teaching else self.item


@dataclass(frozen=True, slots=True)
class Validity:
    """Whether a form counts."""

    indicators: int
    blank: int
    limit_percent: int

    @property
    def valid(self) -> bool:
        """At most the limit is left blank (5% by Thông tư 10/2017/TT-BNV)."""
        return self.blank * 100 <= self.limit_percent * self.indicators


@dataclass(frozen=True, slots=True)
class Ballot:
    """The answers of one form, checked: points by question name, comments by question name."""

    scores: dict[str, int]
    comments: dict[str, str]


class MalformedBallotError(ValueError):
    """The answers hold a question that was not asked, or a value that is not on the scale."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The answers to one or several questions, told as a distribution."""

    count: int
    mean: float
    median: float
    spread: float
    """Population standard deviation."""
    counts: tuple[int, ...]
    """How many gave 1, 2, …"""


def questions(document: Mapping[str, Any], teachings: Sequence[UUID]) -> list[Question]:
    """Lay out the form of a trainee who was taught by ``teachings``: repeated sections once for each (Phần IV.5)."""
    laid: list[Question] = []
    for section in document["sections"]:
        repeats = [str(t) for t in teachings] if section.get("repeat") == "teaching" else [""]
        for teaching in repeats:
            for item in section["items"]:
                kind = item.get("kind", "scale")
                laid.append(Question(item["code"], section["key"], kind, item["text"], teaching))
    return laid


def read_ballot(asked: Iterable[Question], answers: Mapping[str, str], points: int) -> Ballot:
    """Check raw answers against the questions asked.

    :param answers: form field name -> value; blank values are no answer
    :param points: length of the scale
    :raises MalformedBallotError: an unknown question, a point off the scale, or an overlong comment
    """
    by_name = {question.name: question for question in asked}
    scores: dict[str, int] = {}
    comments: dict[str, str] = {}
    for name, value in answers.items():
        question = by_name.get(name)
        if question is None:
            raise MalformedBallotError(name)
        if not value.strip():
            continue
        if question.kind == "text":
            if len(value) > MAX_COMMENT:
                raise MalformedBallotError(name)
            comments[name] = value.strip()
        elif len(value) <= 2 and value.isascii() and value.isdigit() and 1 <= int(value) <= points:
            scores[name] = int(value)
        else:
            raise MalformedBallotError(name)
    return Ballot(scores, comments)


def validity(asked: Iterable[Question], ballot: Ballot, limit_percent: int) -> Validity:
    """Count the blank indicators (scale questions; comments are optional) of a form."""
    names = [question.name for question in asked if question.kind == "scale"]
    return Validity(len(names), sum(name not in ballot.scores for name in names), limit_percent)


def publishable(valid_responses: int) -> bool:
    """Tell whether there are enough valid forms to show results."""
    return valid_responses >= MINIMUM_RESPONSES


def summarise(counts: Sequence[int]) -> Summary | None:
    """Summarise a distribution (how many gave 1, 2, …); None when nobody answered."""
    total = sum(counts)
    if total == 0:
        return None
    mean = sum(point * count for point, count in enumerate(counts, 1)) / total
    variance = sum(count * (point - mean) ** 2 for point, count in enumerate(counts, 1)) / total
    median = (_nth(counts, (total - 1) // 2) + _nth(counts, total // 2)) / 2
    return Summary(total, mean, median, sqrt(variance), tuple(counts))


def _nth(counts: Sequence[int], index: int) -> int:
    """Return the point of the answer at ``index`` (from 0) when all are sorted."""
    seen = 0
    for point, count in enumerate(counts, 1):
        seen += count
        if index < seen:
            return point
    raise IndexError(index)
