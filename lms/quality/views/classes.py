"""The pages of a class's results."""

from typing import Any
from uuid import UUID

from flask import abort, render_template
from flask_babel import gettext as _

from lms.classes.models import ClassRun
from lms.core import arguments, downloads
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
from lms.quality.rules.effects import counts as effect_counts
from lms.surveys.queries import named


def index() -> Any:
    """The classes whose evaluation the reader may see."""
    query = arguments.search()
    page = queries.evaluated_classes(current_actor().paths("reports.quality"), query)
    return render_template("quality/index.html", page=page, query=query)


def class_results(class_id: UUID) -> Any:
    """The quality report of a class."""
    head = queries.class_head(class_id)
    report = queries.report_of(class_id)
    actor = current_actor()
    path = head.institution_path if head else None
    context: dict[str, Any] = {"head": head, "report": report, "class_id": class_id, "now": utcnow()}
    context |= {"manages": actor.may("classes.manage", path), "closes": actor.may("surveys.close", path)}
    if report is not None and report.shown:
        context["beside"] = comparison_of(class_id, report.points)
        context["replies"] = queries.replies(report.survey.survey_id) if report.survey.released_at else {}
        context["due"] = adjustments.of_class(class_id)
        done = any(adjustment.state == "done" for adjustment in context["due"])
        context["moved"] = effects_of(ClassRun.id == class_id) if done else []
        context["moved_counts"] = effect_counts(context["moved"])
    if head is not None and report is not None and report.shown:
        subject = Subject("class", head.institution_path, class_id=class_id)
        context["panels"] = hooks.below_results.ask(actor, subject)
    if head is not None and report is not None:
        named_reader = actor.may("surveys.read_named", head.institution_path)
        by = None if named_reader else utcnow()
        context["after"] = [
            after_training(evaluation) for evaluation in named.answered_in(ClassRun.id == class_id, by=by)
        ]
        context["named"] = named.of_class(class_id) if named_reader else []
    return render_template("quality/class.html", **context)


@costly()
def workbook(class_id: UUID) -> Any:
    """The figures of the quality report as XLSX."""
    head = queries.class_head(class_id)
    report = _shown(class_id)
    if head is None:
        abort(404)
    return downloads.workbook(exports.workbook(head, report), "-".join([_("results"), head.code]) + ".xlsx")


@costly()
def chart(class_id: UUID, name: str) -> Any:
    """One chart of the quality report, as SVG."""
    report = _shown(class_id)
    if name == "sections":
        city = comparison_of(class_id, report.points).city
        known = [(section, section.figures) for section in report.sections if section.figures]
        rows = [
            Bar(
                local(section.title),
                told.mean,
                told.low,
                told.high,
                city[section.key].mean if section.key in city else None,
            )
            for section, told in known
        ]
        return downloads.svg(charts.means_chart(rows, report.points, _("Mean"), _("Whole city")))
    spread = {
        "spread": [(local(section.title), section.summary.counts) for section in report.sections if section.summary],
        "topics": [
            (f"{teaching.lecturer} – {local(teaching.topic)}", teaching.summary.counts)
            for teaching in report.teachings
            if teaching.summary
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
