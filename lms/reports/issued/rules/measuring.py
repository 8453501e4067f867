"""From results to the figures of a report: of a class, and of many classes together."""

from collections.abc import Iterator, Sequence

from lms.quality.rules import statistics, summaries
from lms.quality.rules.class_results import ClassResults, ItemResult, SectionResult
from lms.quality.rules.comparison import Averages
from lms.quality.rules.statistics import WHOLE
from lms.quality.rules.summaries import EvaluatedClass, Results, TaughtResult
from lms.reports.issued.rules.figures import Figures, Group, Option, Part, Question, Response, Score, Taught, Theme
from lms.surveys.document import Form, Words
from lms.surveys.rules import Summary
from lms.surveys.themes import group

DECIMALS = 6
"""Sums in another order differ behind these."""


def of_class(report: ClassResults, comments: Sequence[str], programme: Averages, city: Averages) -> Figures | None:
    """Return the figures of a class; None where there are too few answers for any.

    :param comments: those that the trusted reader let through
    """
    if not report.shown or report.figures is None or report.trust is None:
        return None
    survey = report.survey
    return Figures(
        response=Response(1, 0, survey.invited, survey.answered or 0, report.valid, survey.invalid or 0),
        trust=report.trust.share,
        few=report.trust.few,
        blank_limit=report.form.blank_limit_percent,
        points=report.points,
        labels=_labels(report.form.scales[report.form.scale]),
        overall=_score(report.figures),
        programme=_average(programme, WHOLE),
        city=_average(city, WHOLE),
        parts=tuple(
            Part(
                one.title["vi"],
                one.object,
                _score(one.figures),
                one.threshold,
                _average(programme, one.key),
                _average(city, one.key),
            )
            for one in report.sections
            if one.figures
        ),
        taught=tuple(
            Taught(one.topic["vi"], one.lecturer, _score(one.figures) if one.figures else None, one.threshold)
            for one in report.teachings
        ),
        questions=tuple(_class_questions(report)),
        options=tuple(_options(report.sections)),
        groups=(),
        themes=_themes(comments),
        comments=len(comments),
        removed=report.removed,
    )


def of_results(
    results: Results,
    taught: Sequence[TaughtResult],
    classes: Sequence[EvaluatedClass],
    comments: Sequence[str],
    said: int,
    removed: int,
) -> Figures | None:
    """Return the figures of an institution, a programme or a year; None where there are none.

    :param classes: those that are listed one by one
    :param comments: those that are grouped by theme, of all that were let through (:param said: is their number)
    """
    found = results.overview
    trust = found.response.trust
    if found.whole is None or trust is None:
        return None
    threshold = _repeated(found.form)
    thresholds = {one.key: found.form.threshold_of(one) for one in found.form.sections}
    return Figures(
        response=_response(found.response),
        trust=trust.share,
        few=trust.few,
        blank_limit=found.form.blank_limit_percent,
        points=found.form.points,
        labels=_labels(found.form.scales[found.form.scale]),
        overall=_score(found.whole),
        programme=None,
        city=rounded(found.city.mean) if found.city else None,
        parts=tuple(
            Part(
                (one.title or {}).get("vi", ""),
                one.object,
                _score(one.figures),
                thresholds.get(one.key),
                None,
                rounded(one.city.mean) if one.city else None,
            )
            for one in found.stages
        ),
        taught=tuple(
            Taught(f"{one.programme} – {one.title['vi']}", one.name, _score(one.figures), threshold) for one in taught
        ),
        questions=tuple(_questions(results)),
        options=(),
        groups=tuple(_groups(results, classes)),
        themes=_themes(comments),
        comments=said,
        removed=removed,
    )


def rounded(value: float) -> float:
    """Return a value as it is frozen."""
    return round(value, DECIMALS)


# -- of a class --------------------------------------------------------------------------------------------------------


def _class_questions(report: ClassResults) -> Iterator[Question]:
    repeated = {section.key: section.title["vi"] for section in report.form.sections if section.repeat}
    for section in report.sections:
        for item in section.items if section.key not in repeated else ():
            yield from _question(section.title["vi"], "", item)
    for one in report.teachings:
        for item in one.items:
            yield from _question(next(iter(repeated.values())), f"{one.lecturer} – {one.topic['vi']}", item)


def _question(section: str, about: str, item: ItemResult) -> Iterator[Question]:
    if item.summary is not None:
        yield Question(section, item.text["vi"], about, _labels(item.labels), _summary(item.summary))


def _options(sections: Sequence[SectionResult]) -> Iterator[Option]:
    for section in sections:
        for item in section.items:
            for bar in item.bars:
                place = None if bar.place is None else rounded(bar.place)
                yield Option(item.text["vi"], bar.label["vi"], item.n, bar.count, rounded(bar.share), place)


def _average(averages: Averages, section: str) -> float | None:
    found = averages.get(section)
    return rounded(found.mean) if found else None


# -- of many -----------------------------------------------------------------------------------------------------------


def _repeated(form: Form) -> float | None:
    """Return the threshold of the section about lecturers."""
    return next((form.threshold_of(one) for one in form.sections if one.repeat), None)


def _questions(results: Results) -> Iterator[Question]:
    titles = {one.key: one.title["vi"] for one in results.overview.form.sections}
    for one in results.questions:
        yield Question(titles[one.section], one.text["vi"], "", _labels(one.labels), _score(one.figures))


def _groups(results: Results, classes: Sequence[EvaluatedClass]) -> Iterator[Group]:
    for one in results.institutions:
        yield Group("institution", one.code, one.name["vi"], _response(one.response), _told(one.figures))
    for one in results.programmes:
        yield Group("programme", one.code, one.name["vi"], _response(one.response), _told(one.figures))
    for run in classes:
        yield Group("class", run.code, run.name, _response(run.response), _told(run.figures))
    for version in results.versions:
        yield Group("version", str(version.number), "", None, _score(version.figures))
    for year in results.overview.series:
        yield Group("year", str(year.year), "", _response(year.response), _told(year.figures))


def _response(one: summaries.Response) -> Response:
    return Response(one.evaluations, one.few, one.invited, one.answered, one.valid, one.invalid)


# -- of both -----------------------------------------------------------------------------------------------------------


def _themes(comments: Sequence[str]) -> tuple[Theme, ...]:
    return tuple(
        Theme(one.theme.title["vi"] if one.theme else "", one.count, one.praise, one.wish) for one in group(comments)
    )


def _labels(words: Sequence[Words]) -> tuple[str, ...]:
    return tuple(one["vi"] for one in words)


def _told(one: statistics.Figures | None) -> Score | None:
    return None if one is None else _score(one)


def _score(one: statistics.Figures) -> Score:
    low, high = (None, None) if one.margin is None else (rounded(one.low), rounded(one.high))
    spread = None if one.spread is None else rounded(one.spread)
    return Score(one.people, rounded(one.mean), one.median, spread, one.counts, low, high)


def _summary(one: Summary) -> Score:
    low, high = (None, None) if one.margin is None else (rounded(one.low), rounded(one.high))
    return Score(one.count, rounded(one.mean), one.median, rounded(one.spread), one.counts, low, high)
