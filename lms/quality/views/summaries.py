"""The pages of results over many classes: of a year, of an institution, of a programme.

The three share their views: ``unit_id`` names an institution, ``code`` a programme, neither a year.
"""

from typing import Any

from flask import abort, render_template
from flask_babel import gettext as _

from lms.core import arguments, downloads
from lms.core.admission import costly
from lms.core.database import utcnow
from lms.core.guard import current_actor
from lms.core.i18n import local
from lms.core.lists import portion
from lms.documents import charts
from lms.documents.charts import Bar, Point
from lms.quality import hooks
from lms.quality.exports import summaries as exports
from lms.quality.hooks import Subject
from lms.quality.queries import classes as queries
from lms.quality.queries import summaries, sums
from lms.quality.queries.classes import Named
from lms.quality.queries.scopes import Scope, in_year
from lms.quality.rules.after_training import AfterTraining, after_training
from lms.quality.rules.summaries import Overview
from lms.surveys.builder.forms import OBJECTS
from lms.surveys.queries import named


def page(unit_id: int | None = None, code: str | None = None) -> Any:
    """The results of a scope in a year."""
    scope, head = _scope(unit_id, code)
    results = summaries.results_of(scope, _year())
    classes = () if results is None or scope.kind == "year" else sums.classes(scope, results.overview.year)
    context: dict[str, Any] = {"scope": scope, "head": head, "results": results, "objects": OBJECTS}
    context["classes"] = portion(classes, name="classes", anchor="classes")
    if results is not None:
        path = head.path if head else None
        subject = Subject(
            scope.kind, path, results.overview.year, unit_id=unit_id, programme_id=scope.programme_id, code=code
        )
        context["after"] = _after(scope, results.overview.year)
        context["panels"] = hooks.below_results.ask(current_actor(), subject)
    return render_template("quality/results.html", **context)


@costly()
def workbook(unit_id: int | None = None, code: str | None = None) -> Any:
    """The data behind the page as XLSX."""
    scope, head = _scope(unit_id, code)
    results = summaries.results_of(scope, _year())
    if results is None:
        abort(404)
    year = results.overview.year
    name = local(head.name) if head else _("All institutions held")
    title = f"{name} – {year}"
    taught = summaries.taught_in(scope, results.overview)
    content = exports.workbook(title, results, taught, sums.classes(scope, year), _after(scope, year))
    return downloads.workbook(content, "-".join([_("results"), *([head.code] if head else []), str(year)]) + ".xlsx")


def _after(scope: Scope, year: int) -> list[AfterTraining]:
    """Return what was said after training in the classes of a scope in a year."""
    return [
        after_training(evaluation) for evaluation in named.answered_in(scope.of_classes, in_year(year), by=utcnow())
    ]


@costly()
def chart(name: str, unit_id: int | None = None, code: str | None = None) -> Any:
    """One chart of the page, as SVG."""
    scope, head = _scope(unit_id, code)
    overview = summaries.overview_of(scope, _year())
    if overview is None or overview.whole is None or name not in _CHARTS:
        abort(404)
    return downloads.svg(_CHARTS[name](overview, local(head.name) if head else _("Institutions held")))


def _objects(overview: Overview, _name: str) -> str:
    rows = [
        Bar(
            str(OBJECTS[part.key]),
            part.figures.mean,
            part.figures.low,
            part.figures.high,
            part.city.mean if part.city else None,
        )
        for part in overview.objects
    ]
    return charts.means_chart(rows, overview.form.points, _("Mean"), _("Whole city"))


def _spread(overview: Overview, _name: str) -> str:
    rows = [(str(OBJECTS[part.key]), part.figures.counts) for part in overview.objects if any(part.figures.counts)]
    labels = [local(label) for label in overview.form.scales[overview.form.scale]]
    return charts.distribution_chart(rows, labels, _("Share of answers"))


def _trend(overview: Overview, name: str) -> str:
    lines = [(name, result.year, result.figures) for result in overview.series]
    lines += [(_("Whole city"), result.year, result.city) for result in overview.series]
    rows = [Point(line, str(year), figures.mean, figures.low, figures.high) for line, year, figures in lines if figures]
    return charts.trend_chart(rows, _("Mean"))


_CHARTS = {"objects": _objects, "spread": _spread, "trend": _trend}


def _scope(unit_id: int | None, code: str | None) -> tuple[Scope, Named | None]:
    """Return what the address names, within what the reader holds."""
    paths = current_actor().paths("reports.quality")
    if unit_id is not None:
        return Scope(institution_id=unit_id, paths=paths), queries.institution(unit_id)
    if code is None:
        return Scope(paths=paths), None
    head = queries.programme(code)
    if head is None:
        abort(404)
    return Scope(programme_id=head.key, paths=paths), head


def _year() -> int | None:
    return arguments.year()
