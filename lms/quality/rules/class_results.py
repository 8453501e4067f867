"""The results of an evaluation put together: by object, question, topic and lecturer (Quyết định 1698, mục IV.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from lms.quality.rules.statistics import Extremes, Figures, Trust, extremes, figures, merged, sums, trust
from lms.surveys import rules
from lms.surveys.document import Form, Item, Section, Words
from lms.surveys.queries.comments import ReadComment
from lms.surveys.queries.rights import TaughtTopic
from lms.surveys.queries.states import SurveyState
from lms.surveys.rules import NONE, Mean, Summary, Tallies, publishable
from lms.surveys.themes import Group, group


@dataclass(frozen=True, slots=True)
class Bar:
    """An option of a question and how it was answered.

    :ivar share: of those who answered
    :ivar place: mean place, in rankings
    """

    label: Words
    count: int
    share: float
    place: float | None = None


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One question's result; neither summary nor bars where fewer than five answered."""

    code: str
    kind: str
    text: Words
    labels: tuple[Words, ...]
    n: int
    na: int
    summary: Summary | None
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionResult:
    """A section of the form: one of the six objects, or a part of it."""

    key: str
    object: str
    title: Words
    mean: float | None
    summary: Summary | None
    """Of all its answers on the form's scale."""
    threshold: float | None
    items: tuple[ItemResult, ...]
    figures: Figures | None

    @property
    def below(self) -> bool:
        """Whether an adjustment is due."""
        return self.mean is not None and self.threshold is not None and self.mean < self.threshold


@dataclass(frozen=True, slots=True)
class TeachingResult:
    """A lecturer in one topic; :ivar mean: None where fewer than five answered."""

    teaching_id: UUID
    topic: Words
    lecturer: str
    lecturer_id: UUID
    mean: float | None
    summary: Summary | None
    threshold: float | None
    items: tuple[ItemResult, ...]
    comments: tuple[str, ...]
    figures: Figures | None

    @property
    def below(self) -> bool:
        """Whether an adjustment is due."""
        return self.mean is not None and self.threshold is not None and self.mean < self.threshold


@dataclass(frozen=True, slots=True)
class LecturerResult:
    """A lecturer over all topics taught in the class."""

    lecturer_id: UUID
    name: str
    topics: int
    mean: float | None
    n: int


@dataclass(frozen=True, slots=True)
class ClassResults:
    """What the institution reads after a course.

    :ivar index: mean of the sections on the form's scale, weighted as the form says
    :ivar comments: general comments: the question, and its answers by theme
    :ivar figures: of the whole form, with the range of its mean
    :ivar removed: how many comments were shortened or withheld by the trusted reader
    """

    survey: SurveyState
    form: Form
    shown: bool
    index: float | None
    overall: Summary | None
    sections: tuple[SectionResult, ...]
    teachings: tuple[TeachingResult, ...]
    lecturers: tuple[LecturerResult, ...]
    comments: tuple[tuple[Words, tuple[Group, ...]], ...]
    removed: int
    figures: Figures | None

    @property
    def valid(self) -> int:
        """Forms that count."""
        return self.survey.valid or 0

    @property
    def extremes(self) -> Extremes[SectionResult] | None:
        """The sections with the highest and the lowest mean."""
        return extremes(self.sections, lambda section: section.mean)

    @property
    def trust(self) -> Trust | None:
        """How far the results may be trusted; None when there are none."""
        return trust(self.survey.invited, self.valid)

    @property
    def response_rate(self) -> float | None:
        """Forms sent, as a share of those invited; None while the evaluation is open."""
        return None if self.survey.answered is None else self.survey.answered / max(self.survey.invited, 1)

    @property
    def points(self) -> int:
        """Length of the form's scale."""
        return self.form.points


def build(
    survey: SurveyState, tallies: Tallies, taught: Sequence[TaughtTopic], comments: Sequence[ReadComment]
) -> ClassResults:
    """Put a report together; with fewer than five valid forms it holds no result at all."""
    form = survey.document
    if not publishable(survey.valid or 0):
        return ClassResults(survey, form, False, None, None, (), (), (), (), 0, None)
    means = {(mean.section, mean.teaching): mean for mean in rules.means(form, tallies)}
    whole = means.get(("", NONE))
    teachings = tuple(_teaching(form, topic, tallies, means, comments) for topic in taught)
    return ClassResults(
        survey,
        form,
        True,
        whole.mean if whole else None,
        rules.summarise(whole.counts) if whole else None,
        tuple(_section(form, section, tallies, means) for section in form.sections),
        teachings,
        _lecturers(teachings),
        tuple(_general(form, comments)),
        sum(comment.removed for comment in comments),
        _figures([whole] if whole else []),
    )


def _figures(parts: Sequence[Mean]) -> Figures | None:
    """Tell what sections about the same say together, with the range of their mean."""
    return merged([figures(sums(part.n, part.mean, part.counts)) for part in parts]) if parts else None


def _section(form: Form, section: Section, tallies: Tallies, means: Mapping[tuple[str, UUID], Mean]) -> SectionResult:
    items = tuple(_item(form, item, _over_all(tallies, item)) for item in section.items if item.kind != "text")
    mean = means.get((section.key, NONE))
    return SectionResult(
        section.key,
        section.object,
        section.title,
        mean.mean if mean else None,
        rules.summarise(mean.counts) if mean else None,
        form.threshold_of(section),
        items,
        _figures([mean] if mean else []),
    )


def item_results(form: Form, tallies: Tallies) -> tuple[ItemResult, ...]:
    """Return the results of all questions that are no free text, whatever their section."""
    return tuple(_item(form, item, _over_all(tallies, item)) for _section, item in form.items() if item.kind != "text")


def _over_all(tallies: Tallies, item: Item) -> list[rules.Tally]:
    return [tally for (code, _teaching), tally in tallies.items() if code == item.code]


def _item(form: Form, item: Item, tallies: Sequence[rules.Tally]) -> ItemResult:
    n, na = sum(tally.n for tally in tallies), sum(tally.na for tally in tallies)
    counts = [sum(column) for column in zip(*(tally.counts for tally in tallies), strict=True)]
    labels = tuple(form.labels(item) if item.kind == "scale" else [option.text for option in item.options])
    summary = rules.summarise(counts) if item.kind == "scale" else None
    bars = tuple(_bars(item, counts, n)) if counts and item.kind != "scale" else ()
    return ItemResult(item.code, item.kind, item.text, labels, n, na, summary, bars)


def _bars(item: Item, counts: Sequence[int], n: int) -> list[Bar]:
    if item.kind != "ranking":
        return [Bar(option.text, count, count / n) for option, count in zip(item.options, counts, strict=True)]
    size = len(item.options)
    bars = []
    for number, option in enumerate(item.options):
        places = counts[number * size : (number + 1) * size]
        mean = sum(place * count for place, count in enumerate(places, 1)) / n
        bars.append(Bar(option.text, places[0], places[0] / n, mean))
    return sorted(bars, key=lambda bar: bar.place or 0)


def _teaching(
    form: Form,
    topic: TaughtTopic,
    tallies: Tallies,
    means: Mapping[tuple[str, UUID], Mean],
    comments: Sequence[ReadComment],
) -> TeachingResult:
    sections = [section for section in form.sections if section.repeat]
    parts = [(part, section) for section in sections if (part := means.get((section.key, topic.teaching_id)))]
    counts = [sum(column) for column in zip(*(part.counts for part, _section in parts), strict=True)]
    mean = rules.weighted((part.mean, section.weight) for part, section in parts)
    items = [item for section in sections for item in section.items if item.kind != "text"]
    return TeachingResult(
        topic.teaching_id,
        topic.topic,
        topic.lecturer,
        topic.lecturer_id,
        mean,
        rules.summarise(counts),
        form.threshold_of(sections[0]) if sections else None,
        tuple(
            _item(form, item, [tallies[item.code, topic.teaching_id]])
            for item in items
            if (item.code, topic.teaching_id) in tallies
        ),
        tuple(said.text for said in comments if said.teaching == topic.teaching_id and said.text) if parts else (),
        _figures([part for part, _section in parts]),
    )


def _lecturers(teachings: Sequence[TeachingResult]) -> tuple[LecturerResult, ...]:
    results = []
    for lecturer_id in dict.fromkeys(teaching.lecturer_id for teaching in teachings):
        own = [teaching for teaching in teachings if teaching.lecturer_id == lecturer_id]
        seen = [
            (teaching.mean, sum(teaching.summary.counts) or 1)
            for teaching in own
            if teaching.mean is not None and teaching.summary
        ]
        mean = rules.weighted(seen)
        most = max((item.n for teaching in own for item in teaching.items), default=0)
        results.append(LecturerResult(lecturer_id, own[0].lecturer, len(own), mean, most))
    return tuple(results)


def _general(form: Form, comments: Sequence[ReadComment]) -> list[tuple[Words, tuple[Group, ...]]]:
    groups = []
    for section, item in form.items():
        if item.kind == "text" and not section.repeat:
            said = [comment.text for comment in comments if comment.item == item.code and comment.text]
            if said:
                groups.append((item.text, group(said)))
    return groups
