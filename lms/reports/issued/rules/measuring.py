"""From results to the figures of a report: of a class, and of many classes together."""

from collections.abc import Iterator, Sequence

from lms.quality.rules import statistics, summaries
from lms.quality.rules.class_results import ClassResults, ItemResult, SectionResult
from lms.quality.rules.comparison import Averages
from lms.quality.rules.statistics import WHOLE
from lms.quality.rules.summaries import EvaluatedClass, Results, TaughtResult
from lms.reports.issued.rules.figures import By, Figures, Group, Option, Part, Question, Response, Score, Taught, Theme
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
                section.title["vi"],
                section.object,
                _score(section.figures),
                section.threshold,
                _average(programme, section.key),
                _average(city, section.key),
            )
            for section in report.sections
            if section.figures
        ),
        taught=tuple(
            Taught(teaching.topic["vi"], teaching.lecturer, _score_shown(teaching.figures), teaching.threshold)
            for teaching in report.teachings
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
    comment_count: int,
    removed: int,
) -> Figures | None:
    """Return the figures of an institution, a programme or a year; None where there are none.

    :param classes: those that are listed one by one
    :param comments: those that are grouped by theme; :param comment_count: of how many that were let through
    """
    overview = results.overview
    trust = overview.response.trust
    if overview.whole is None or trust is None:
        return None
    threshold = _repeated(overview.form)
    thresholds = {section.key: overview.form.threshold_of(section) for section in overview.form.sections}
    return Figures(
        response=_response(overview.response),
        trust=trust.share,
        few=trust.few,
        blank_limit=overview.form.blank_limit_percent,
        points=overview.form.points,
        labels=_labels(overview.form.scales[overview.form.scale]),
        overall=_score(overview.whole),
        programme=None,
        city=rounded(overview.city.mean) if overview.city else None,
        parts=tuple(
            Part(
                (stage.title or {}).get("vi", ""),
                stage.object,
                _score(stage.figures),
                thresholds.get(stage.key),
                None,
                rounded(stage.city.mean) if stage.city else None,
            )
            for stage in overview.stages
        ),
        taught=tuple(
            Taught(f"{teaching.programme} – {teaching.title['vi']}", teaching.name, _score(teaching.figures), threshold)
            for teaching in taught
        ),
        questions=tuple(_questions(results)),
        options=(),
        groups=tuple(_groups(results, classes)),
        themes=_themes(comments),
        comments=comment_count,
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
    for teaching in report.teachings:
        for item in teaching.items:
            yield from _question(next(iter(repeated.values())), f"{teaching.lecturer} – {teaching.topic['vi']}", item)


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
    figures = averages.get(section)
    return rounded(figures.mean) if figures else None


# -- of many -----------------------------------------------------------------------------------------------------------


def _repeated(form: Form) -> float | None:
    """Return the threshold of the section about lecturers."""
    return next((form.threshold_of(section) for section in form.sections if section.repeat), None)


def _questions(results: Results) -> Iterator[Question]:
    titles = {section.key: section.title["vi"] for section in results.overview.form.sections}
    for question in results.questions:
        labels = _labels(question.labels)
        yield Question(titles[question.section], question.text["vi"], "", labels, _score(question.figures))


def _groups(results: Results, classes: Sequence[EvaluatedClass]) -> Iterator[Group]:
    for institution in results.institutions:
        yield _group("institution", institution)
    for programme in results.programmes:
        yield _group("programme", programme)
    for run in classes:
        yield Group("class", run.code, run.name, _response(run.response), _score_shown(run.figures))
    for version in results.versions:
        yield Group("version", str(version.number), "", None, _score(version.figures))
    for year in results.overview.series:
        yield Group("year", str(year.year), "", _response(year.response), _score_shown(year.figures))


def _group(by: By, group: summaries.Group) -> Group:
    return Group(by, group.code, group.name["vi"], _response(group.response), _score_shown(group.figures))


def _response(response: summaries.Response) -> Response:
    return Response(
        response.evaluations, response.few, response.invited, response.answered, response.valid, response.invalid
    )


# -- of both -----------------------------------------------------------------------------------------------------------


def _themes(comments: Sequence[str]) -> tuple[Theme, ...]:
    return tuple(
        Theme(themed.theme.title["vi"] if themed.theme else "", themed.count, themed.praise, themed.wish)
        for themed in group(comments)
    )


def _labels(words: Sequence[Words]) -> tuple[str, ...]:
    return tuple(label["vi"] for label in words)


def _score_shown(figures: statistics.Figures | None) -> Score | None:
    return None if figures is None else _score(figures)


def _score(figures: statistics.Figures) -> Score:
    low, high = (None, None) if figures.margin is None else (rounded(figures.low), rounded(figures.high))
    spread = None if figures.spread is None else rounded(figures.spread)
    return Score(figures.people, rounded(figures.mean), figures.median, spread, figures.counts, low, high)


def _summary(summary: Summary) -> Score:
    low, high = (None, None) if summary.margin is None else (rounded(summary.low), rounded(summary.high))
    return Score(
        summary.count, rounded(summary.mean), summary.median, rounded(summary.spread), summary.counts, low, high
    )
