"""The quality report of a class: from counted answers to means by stage, topic and lecturer (Phần IV.5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lms.surveys.queries import Comment, Distribution, SurveyState, TaughtTopic
from lms.surveys.rules import MINIMUM_RESPONSES, Summary, publishable, summarise


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One question's result; no summary where nobody answered."""

    text: dict[str, str]
    summary: Summary | None


@dataclass(frozen=True, slots=True)
class StageResult:
    """A stage of the training (a section of the form)."""

    key: str
    title: dict[str, str]
    summary: Summary | None
    items: tuple[ItemResult, ...]


@dataclass(frozen=True, slots=True)
class TeachingResult:
    """A lecturer in one topic; hidden where too few answered."""

    teaching_id: UUID
    topic: dict[str, str]
    lecturer: str
    shown: bool
    summary: Summary | None
    items: tuple[ItemResult, ...]
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LecturerResult:
    """A lecturer over all topics taught in the class."""

    name: str
    topics: int
    shown: bool
    summary: Summary | None


@dataclass(frozen=True, slots=True)
class QualityReport:
    """What the institution reads after a course."""

    survey: SurveyState
    valid: int
    shown: bool
    overall: Summary | None
    stages: tuple[StageResult, ...]
    teachings: tuple[TeachingResult, ...]
    lecturers: tuple[LecturerResult, ...]
    comments: tuple[tuple[dict[str, str], tuple[str, ...]], ...]
    """General comments: question and its answers."""

    @property
    def response_rate(self) -> float | None:
        """Forms sent, as a share of those invited."""
        return self.survey.answered / self.survey.invited if self.survey.invited else None

    @property
    def points(self) -> int:
        """Length of the scale."""
        return len(self.survey.document["scale"])


def build(
    survey: SurveyState,
    valid: int,
    counted: Distribution,
    taught: Sequence[TaughtTopic],
    comments: Iterable[Comment],
) -> QualityReport:
    """Put a report together; with fewer than five valid forms it holds no result at all."""
    if not publishable(valid):
        return QualityReport(survey, valid, False, None, (), (), (), ())
    document = survey.document
    said = list(comments)
    stages = tuple(_stage(section, counted, len(document["scale"])) for section in document["sections"])
    teachings = tuple(_teaching(one, document, counted, said) for one in taught)
    general = [
        (item["text"], tuple(c.text for c in said if c.item == item["code"] and not c.teaching))
        for section in document["sections"]
        for item in section["items"]
        if item.get("kind") == "text" and section.get("repeat") != "teaching"
    ]
    overall = _pool(counted.values(), len(document["scale"]))
    return QualityReport(
        survey,
        valid,
        True,
        overall,
        stages,
        teachings,
        _lecturers(teachings),
        tuple(pair for pair in general if pair[1]),
    )


def _stage(section: Mapping[str, Any], counted: Distribution, points: int) -> StageResult:
    items = []
    for item in _scale_items(section):
        about = [counts for (code, _), counts in counted.items() if code == item["code"]]
        items.append((ItemResult(item["text"], _pool(about, points)), about))
    pooled = _pool([counts for _, about in items for counts in about], points)
    return StageResult(section["key"], section["title"], pooled, tuple(item for item, _ in items))


def _teaching(
    one: TaughtTopic, document: Mapping[str, Any], counted: Distribution, said: Sequence[Comment]
) -> TeachingResult:
    points, teaching = len(document["scale"]), str(one.teaching_id)
    repeated = [s for s in document["sections"] if s.get("repeat") == "teaching"]
    items = tuple(
        ItemResult(item["text"], summarise(counted.get((item["code"], teaching), [0] * points)))
        for section in repeated
        for item in _scale_items(section)
    )
    shown = max((item.summary.count for item in items if item.summary), default=0) >= MINIMUM_RESPONSES
    if not shown:
        return TeachingResult(one.teaching_id, one.topic, one.lecturer, False, None, (), ())
    pooled = _pool([item.summary.counts for item in items if item.summary], points)
    texts = tuple(comment.text for comment in said if comment.teaching == teaching)
    return TeachingResult(one.teaching_id, one.topic, one.lecturer, True, pooled, items, texts)


def _lecturers(teachings: Iterable[TeachingResult]) -> tuple[LecturerResult, ...]:
    by_name: dict[str, list[TeachingResult]] = {}
    for teaching in teachings:
        by_name.setdefault(teaching.lecturer, []).append(teaching)
    results = []
    for name, taught in by_name.items():
        shown = [one.summary for one in taught if one.summary]
        pooled = _pool([summary.counts for summary in shown], len(shown[0].counts)) if shown else None
        results.append(LecturerResult(name, len(taught), bool(shown), pooled))
    return tuple(sorted(results, key=lambda one: (-(one.summary.mean if one.summary else 0), one.name)))


def _scale_items(section: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [item for item in section["items"] if item.get("kind", "scale") == "scale"]


def _pool(distributions: Iterable[Sequence[int]], points: int) -> Summary | None:
    pooled = [0] * points
    for counts in distributions:
        pooled = [a + b for a, b in zip(pooled, counts, strict=True)]
    return summarise(pooled)
