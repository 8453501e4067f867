"""The workbook behind results over many classes: every figure of the page, and every class."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from lms.core.i18n import local
from lms.core.workbooks import Workbook
from lms.quality.rules.after_training import AfterTraining
from lms.quality.rules.statistics import Figures
from lms.quality.rules.summaries import EvaluatedClass, Part, Response, Results, TaughtResult
from lms.surveys.builder.forms import OBJECTS

_Column = tuple[str, float]


def workbook(
    title: str,
    results: Results,
    taught: Sequence[TaughtResult],
    classes: Sequence[EvaluatedClass],
    after: Sequence[AfterTraining] = (),
) -> bytes:
    """Return the results as XLSX."""
    book = Workbook()
    scale = results.overview.form.scales[results.overview.form.scale]
    figures = [*_figure_columns(), *[(local(label), 12.0) for label in scale]]
    _overview(book, title, results, figures)
    _groups(book, title, results, figures)
    _lecturers(book, title, taught, figures)
    _classes(book, title, classes, figures)
    _moved(book, title, results)
    _after_training(book, title, after)
    return book.content()


def _overview(book: Workbook, title: str, results: Results, figures: Sequence[_Column]) -> None:
    """Objects and stages, questions, years."""
    overview = results.overview
    whole = [[_("Whole form"), None, *_figures(overview.whole), overview.city.mean if overview.city else None]]
    parts = [[str(OBJECTS[part.key]), None, *_part(part)] for part in overview.objects]
    parts += [[str(OBJECTS[stage.object]), local(stage.title), *_part(stage)] for stage in overview.stages]
    heads = [(_("Object"), 28), (_("Stage"), 40), *figures, (_("Whole city"), 10)]
    book.sheet(_("Objects and stages"), title, heads, whole + parts)

    asked = [[question.code, local(question.text), *_figures(question.figures)] for question in results.questions]
    points = max((question.figures.points for question in results.questions), default=0)
    heads = [(_("Code"), 16), (_("Question"), 70), *_figure_columns(), *[(str(k), 8) for k in range(1, points + 1)]]
    book.sheet(_("Questions"), title, heads, asked)

    years = [[year.year, *_response(year.response), *_figures(year.figures)] for year in overview.series]
    heads = [(_("Year"), 8), *_response_columns(), *figures]
    book.sheet(_("Years"), title, heads, years, shares=frozenset({4}))


def _groups(book: Workbook, title: str, results: Results, figures: Sequence[_Column]) -> None:
    """Institutions, programmes, topics."""
    for name, groups in ((_("Institutions"), results.institutions), (_("Programmes"), results.programmes)):
        lines = [
            [group.code, local(group.name), *_response(group.response), *_figures(group.figures)] for group in groups
        ]
        heads = [(_("Code"), 14), (_("Name"), 50), *_response_columns(), *figures]
        book.sheet(name, title, heads, lines, shares=frozenset({5}))

    topics = [[topic.programme, topic.code, local(topic.title), *_figures(topic.figures)] for topic in results.topics]
    heads = [(_("Programme"), 14), (_("Code"), 10), (_("Topic"), 50), *figures]
    book.sheet(_("Topic"), title, heads, topics)


def _lecturers(book: Workbook, title: str, taught: Sequence[TaughtResult], figures: Sequence[_Column]) -> None:
    lines = [
        [lecturer.name, lecturer.programme, lecturer.code, local(lecturer.title), *_figures(lecturer.figures)]
        for lecturer in taught
    ]
    heads = [(_("Lecturer"), 28), (_("Programme"), 14), (_("Code"), 10), (_("Topic"), 50), *figures]
    book.sheet(_("Lecturers"), title, heads, lines)


def _classes(book: Workbook, title: str, classes: Sequence[EvaluatedClass], figures: Sequence[_Column]) -> None:
    lines = [
        [
            *(run.code, run.name, run.institution, run.programme, run.starts_on, run.ends_on),
            *_response(run.response),
            *_figures(run.figures),
        ]
        for run in classes
    ]
    heads: list[_Column] = [(_("Code"), 18), (_("Class"), 46), (_("Institution"), 40), (_("Programme"), 14)]
    heads += [(_("From"), 12), (_("To"), 12), *_response_columns(), *figures]
    book.sheet(_("Classes"), title, heads, lines, shares=frozenset({9}))


def _after_training(book: Workbook, title: str, after: Sequence[AfterTraining]) -> None:
    lines = [
        [
            local(evaluation.form.title),
            local(item.text),
            item.n,
            item.summary.mean if item.summary else None,
            evaluation.asked,
        ]
        for evaluation in after
        for item in evaluation.items
        if item.kind == "scale"
    ]
    heads = [(_("Form"), 40), (_("Question"), 70), (_("Answers"), 10), (_("Mean"), 10), (_("Invited"), 10)]
    if lines:
        book.sheet(_("After training"), title, heads, lines)


def _moved(book: Workbook, title: str, results: Results) -> None:
    ways = {"up": _("better"), "down": _("worse"), "unclear": _("cannot be told")}
    lines = [
        [
            effect.institution,
            effect.programme,
            effect.class_code,
            local(effect.title),
            local(effect.topic),
            effect.lecturer,
        ]
        + [effect.measure, effect.done_at, effect.before.mean, effect.later]
        + ([moved.after, moved.difference, moved.margin, ways[moved.way]] if (moved := effect.change) else [])
        for effect in results.effects
    ]
    heads = [(_("Institution"), 40), (_("Programme"), 14), (_("Class"), 18), (_("Stage"), 34), (_("Topic"), 40)]
    heads += [(_("Lecturer"), 26), (_("Measure"), 50), (_("Carried out"), 14), (_("Before"), 10)]
    heads += [(_("Next evaluation"), 40), (_("After"), 10), (_("Difference"), 10)]
    book.sheet(_("Adjustments"), title, [*heads, (_("Chance explains up to"), 14), (_("Result"), 16)], lines)


def _response_columns() -> list[_Column]:
    names = (
        _("Closed evaluations"),
        _("Left out"),
        _("Invited"),
        _("Response rate"),
        _("Valid forms"),
        _("Invalid forms"),
    )
    return [(name, 12) for name in names]


def _response(response: Response) -> list[Any]:
    return [response.evaluations, response.few, response.invited, response.share, response.valid, response.invalid]


def _figure_columns() -> list[_Column]:
    names = (_("Answers"), _("Mean"), _("Range from"), _("Range to"), _("Median"), _("Standard deviation"))
    return [(name, 10) for name in names]


def _figures(figures: Figures | None) -> list[Any]:
    """The columns of figures, and the distribution."""
    if figures is None:
        return [None] * 6
    ends = (None, None) if figures.margin is None else (figures.low, figures.high)
    return [figures.people, figures.mean, *ends, figures.median, figures.spread, *figures.counts]


def _part(part: Part) -> list[Any]:
    return [*_figures(part.figures), part.city.mean if part.city else None]
