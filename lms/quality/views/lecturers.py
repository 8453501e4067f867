"""What trainees said of lecturers: each sees her own, and answers; those who assign her see all."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from lms.core import downloads
from lms.core.admission import costly
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.forms import INVALID
from lms.core.guard import current_actor
from lms.core.i18n import local
from lms.documents import charts
from lms.documents.charts import Bar
from lms.quality.forms import ReplyForm
from lms.quality.queries import classes, lecturers
from lms.quality.rules.class_results import ClassResults, TeachingResult
from lms.quality.services import replies
from lms.surveys.queries import rights


def own() -> Any:
    """A lecturer's own results, and the evaluation that waits for her."""
    person_id = current_actor().person_id
    if person_id is None:
        abort(404)
    history = lecturers.history_of(person_id, released=True)
    return render_template("quality/own_results.html", history=history, due=rights.due_to(person_id, utcnow()))


def own_topic(teaching_id: UUID) -> Any:
    """A lecturer's results in one topic; she answers them once."""
    class_id, report, mine = _own(teaching_id)
    form, status = ReplyForm(), 200
    if form.validate_on_submit():
        try:
            replies.reply(current_actor(), teaching_id, form.text.data or "", at=utcnow())
            flash(_("Your answer is kept and shown with the results."))
            return redirect(url_for("quality.own_topic", teaching_id=teaching_id))
        except DomainError as refused:
            form.text.errors = [refused.message]
            status = refused.status
    elif form.is_submitted():
        status = INVALID
    reply = classes.replies(report.survey.survey_id).get(teaching_id)
    context = {"report": report, "mine": mine, "reply": reply, "form": form}
    return render_template("quality/own_topic.html", head=classes.class_head(class_id), **context), status


@costly()
def own_chart() -> Any:
    """The means of a lecturer's own topics as bars, all on one scale."""
    person_id = current_actor().person_id
    history = lecturers.history_of(person_id, released=True) if person_id else []
    if not history:
        abort(404)
    points = history[0].points
    rows = [Bar(f"{local(line.topic)} ({line.class_name})", _on(line.mean, line.points, points)) for line in history]
    return downloads.svg(charts.means_chart(rows, points, _("Mean")))


def _on(mean: float, points: int, wanted: int) -> float:
    return mean if points == wanted else 1 + (mean - 1) * (wanted - 1) / (points - 1)


@costly()
def own_topic_chart(teaching_id: UUID) -> Any:
    """How the answers to each question about one's own topic are spread."""
    _class_id, report, mine = _own(teaching_id)
    if mine is None or mine.summary is None:
        abort(404)
    labels = [local(label) for label in report.form.scales[report.form.scale]]
    rows = [
        (local(item.text), item.summary.counts)
        for item in mine.items
        if item.summary and len(item.summary.counts) == len(labels)
    ]
    return downloads.svg(charts.distribution_chart(rows, labels, _("Share of answers")))


def _own(teaching_id: UUID) -> tuple[UUID, ClassResults, TeachingResult | None]:
    place = classes.teaching_place(teaching_id)
    report = classes.report_of(place[0]) if place else None
    if place is None or report is None:
        abort(404)
    return place[0], report, next((one for one in report.teachings if one.teaching_id == teaching_id), None)


def lecturer(person_id: UUID) -> Any:
    """What trainees said of a lecturer over the years, for those who assign her."""
    name = classes.person_name(person_id)
    lines = lecturers.history_of(person_id, paths=current_actor().paths("reports.quality"))
    if name is None or not lines:
        abort(404)
    return render_template("quality/lecturer.html", name=name, history=lines)
