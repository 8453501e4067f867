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
    book, found = Workbook(), results.overview
    labels = [(local(label), 12) for label in found.form.scales[found.form.scale]]
    figures, response = [*_figure_columns(), *labels], _response_columns()
    beside = (_("City"), 10)

    whole = [[_("Whole form"), None, *_figures(found.whole), found.city.mean if found.city else None]]
    parts = [[str(OBJECTS[one.key]), None, *_part(one)] for one in found.objects]
    parts += [[str(OBJECTS[one.object]), local(one.title), *_part(one)] for one in found.stages]
    heads = [(_("Object"), 28), (_("Stage"), 40), *figures, beside]
    book.sheet(_("Objects and stages"), title, heads, whole + parts)

    asked = [[one.code, local(one.text), *_figures(one.figures)] for one in results.questions]
    points = max((one.figures.points for one in results.questions), default=0)
    heads = [(_("Code"), 16), (_("Question"), 70), *_figure_columns(), *[(str(k), 8) for k in range(1, points + 1)]]
    book.sheet(_("Questions"), title, heads, asked)

    years = [[one.year, *_response(one.response), *_figures(one.figures)] for one in found.series]
    heads = [(_("Year"), 8), *response, *figures]
    book.sheet(_("Years"), title, heads, years, shares=frozenset({4}))

    groups = [(_("Institutions"), results.institutions), (_("Programmes"), results.programmes)]
    for name, rows in groups:
        lines = [[one.code, local(one.name), *_response(one.response), *_figures(one.figures)] for one in rows]
        heads = [(_("Code"), 14), (_("Name"), 50), *response, *figures]
        book.sheet(name, title, heads, lines, shares=frozenset({5}))

    topics = [[one.programme, one.code, local(one.title), *_figures(one.figures)] for one in results.topics]
    heads = [(_("Programme"), 14), (_("Code"), 10), (_("Topic"), 50), *figures]
    book.sheet(_("Topic"), title, heads, topics)

    lines = [[one.name, one.programme, one.code, local(one.title), *_figures(one.figures)] for one in taught]
    heads = [(_("Lecturer"), 28), (_("Programme"), 14), (_("Code"), 10), (_("Topic"), 50), *figures]
    book.sheet(_("Lecturers"), title, heads, lines)

    lines = [
        [
            *(one.code, one.name, one.institution, one.programme, one.starts_on, one.ends_on),
            *_response(one.response),
            *_figures(one.figures),
        ]
        for one in classes
    ]
    heads = [(_("Code"), 18), (_("Class"), 46), (_("Institution"), 40), (_("Programme"), 14)]
    heads += [(_("From"), 12), (_("To"), 12), *response, *figures]
    book.sheet(_("Classes"), title, heads, lines, shares=frozenset({9}))
    _moved(book, title, results)
    lines = [
        [local(one.form.title), local(item.text), item.n, item.summary.mean if item.summary else None, one.asked]
        for one in after
        for item in one.items
        if item.kind == "scale"
    ]
    heads = [(_("Form"), 40), (_("Question"), 70), (_("Answers"), 10), (_("Mean"), 10), (_("Invited"), 10)]
    if lines:
        book.sheet(_("After training"), title, heads, lines)
    return book.content()


def _moved(book: Workbook, title: str, results: Results) -> None:
    ways = {"up": _("better"), "down": _("worse"), "unclear": _("cannot be told")}
    lines = [
        [one.institution, one.programme, one.class_code, local(one.title), local(one.topic), one.lecturer]
        + [one.measure, one.done_at, one.before.mean, one.later]
        + ([moved.after, moved.difference, moved.margin, ways[moved.way]] if (moved := one.change) else [])
        for one in results.effects
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


def _response(one: Response) -> list[Any]:
    return [one.evaluations, one.few, one.invited, one.share, one.valid, one.invalid]


def _figure_columns() -> list[_Column]:
    names = (_("Answers"), _("Mean"), _("Range from"), _("Range to"), _("Median"), _("Standard deviation"))
    return [(name, 10) for name in names]


def _figures(one: Figures | None) -> list[Any]:
    """The columns of figures, and the distribution."""
    if one is None:
        return [None] * 6
    ends = (None, None) if one.margin is None else (one.low, one.high)
    return [one.people, one.mean, *ends, one.median, one.spread, *one.counts]


def _part(one: Part) -> list[Any]:
    return [*_figures(one.figures), one.city.mean if one.city else None]
