"""The pages of a class's results."""

from typing import Any
from uuid import UUID

from flask import abort, render_template
from flask_babel import gettext as _

from lms.classes.models import ClassRun
from lms.core import downloads
from lms.core.admission import costly
from lms.core.database import utcnow
from lms.core.guard import current_actor
from lms.core.i18n import local
from lms.documents import charts
from lms.documents.charts import Bar
from lms.quality import hooks
from lms.quality.exports import classes as exports
from lms.quality.hooks import Subject
from lms.quality.queries import adjustments
from lms.quality.queries import classes as queries
from lms.quality.queries.comparison import comparison_of
from lms.quality.queries.effects import effects_of
from lms.quality.rules.after_training import after_training
from lms.quality.rules.class_results import ClassResults
from lms.surveys.queries import named


def index() -> Any:
    """The classes whose evaluation the reader may see."""
    rows = queries.evaluated_classes(current_actor().paths("reports.quality"))
    return render_template("quality/index.html", classes=rows)


def class_results(class_id: UUID) -> Any:
    """The quality report of a class."""
    head = queries.class_head(class_id)
    report = queries.report_of(class_id)
    given: dict[str, Any] = {"head": head, "report": report, "class_id": class_id, "now": utcnow()}
    if report is not None and report.shown:
        given["beside"] = comparison_of(class_id, report.points)
        given["replies"] = queries.replies(report.survey.survey_id) if report.survey.released_at else {}
        given["due"] = adjustments.of_class(class_id)
        done = any(one.state == "done" for one in given["due"])
        given["moved"] = effects_of(ClassRun.id == class_id) if done else []
    if head is not None and report is not None and report.shown:
        subject = Subject("class", head.institution_path, class_id=class_id)
        given["panels"] = hooks.below_results.ask(current_actor(), subject)
    if head is not None and report is not None:
        named_reader = current_actor().may("surveys.read_named", head.institution_path)
        by = None if named_reader else utcnow()
        given["after"] = [after_training(one) for one in named.answered_in(ClassRun.id == class_id, by=by)]
        given["named"] = named.of_class(class_id) if named_reader else []
    return render_template("quality/class.html", **given)


@costly()
def workbook(class_id: UUID) -> Any:
    """The figures of the quality report as XLSX."""
    head = queries.class_head(class_id)
    report = _shown(class_id)
    if head is None:
        abort(404)
    return downloads.workbook(exports.workbook(head, report), f"{head.code}-{_('quality')}.xlsx")


@costly()
def chart(class_id: UUID, name: str) -> Any:
    """One chart of the quality report, as SVG."""
    report = _shown(class_id)
    if name == "sections":
        city = comparison_of(class_id, report.points).city
        known = [(one, one.figures) for one in report.sections if one.figures]
        rows = [
            Bar(local(one.title), told.mean, told.low, told.high, city[one.key].mean if one.key in city else None)
            for one, told in known
        ]
        return downloads.svg(charts.means_chart(rows, report.points, _("Mean"), _("City")))
    spread = {
        "spread": [(local(one.title), one.summary.counts) for one in report.sections if one.summary],
        "topics": [
            (f"{one.lecturer} – {local(one.topic)}", one.summary.counts) for one in report.teachings if one.summary
        ],
    }
    if name not in spread:
        abort(404)
    labels = [local(label) for label in report.form.scales[report.form.scale]]
    return downloads.svg(charts.distribution_chart(spread[name], labels, _("Share of answers")))


def _shown(class_id: UUID) -> ClassResults:
    report = queries.report_of(class_id)
    if report is None or not report.shown:
        abort(404)
    return report
