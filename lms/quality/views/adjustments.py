"""The pages of adjustments."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the stubs lag

from lms.core import arguments
from lms.core.database import utcnow
from lms.core.edits import ChangedMeanwhile
from lms.core.forms import INVALID
from lms.core.guard import current_actor
from lms.core.i18n import ZONE
from lms.quality import forms
from lms.quality.queries import adjustments as queries
from lms.quality.queries.effects import next_results
from lms.quality.rules.life import ADJUSTMENT
from lms.quality.services import adjustments as services


def index() -> Any:
    """The adjustments of the institutions held, each with what the next evaluation said."""
    state = request.args.get("state") or None
    if state not in (None, "due", "stated", "done"):
        abort(400)
    query = arguments.search()
    page = queries.of_institutions(current_actor().paths("reports.quality"), state, query)
    later = next_results(line.id for line in page.rows)
    return render_template(
        "quality/adjustments.html",
        page=page,
        query=query,
        later=later,
        state=state,
        today=_today(),
        opens_classes=current_actor().may("classes.manage"),
    )


def adjustment(adjustment_id: UUID) -> Any:
    """State cause, measure, person and date; say when it is done; name the version that answers it."""
    line = queries.one(adjustment_id)
    if line is None:
        abort(404)
    stating = forms.StateForm(data=line._asdict(), prefix="")
    finishing, answering = forms.DoneForm(), forms.AnswerForm()
    versions = queries.later_versions(adjustment_id)
    answering.version.choices = [
        SelectChoice("", _("No version yet")),
        *(SelectChoice(str(version.id), str(version.number)) for version in versions),
    ]
    actor, at, status = current_actor(), utcnow(), 200
    if request.method == "POST":
        done = True
        if "cause" in request.form and stating.validate():
            try:
                services.state(actor, adjustment_id, stating.edit(), at=at)
            except ChangedMeanwhile as changed:
                stating.show(changed, (queries.one(adjustment_id) or line)._asdict())
                done, status = False, changed.status
        elif "outcome" in request.form and finishing.validate():
            services.finish(actor, adjustment_id, str(finishing.outcome.data), at=at)
        elif "version" in request.form and answering.validate():
            chosen = answering.version.data
            services.answer_by(actor, adjustment_id, UUID(chosen) if chosen else None, at=at)
        else:
            done, status = False, INVALID
        if done:
            flash(_("Kept."))
            return redirect(url_for("quality.adjustment", adjustment_id=adjustment_id))
    context = {"line": line, "stating": stating, "finishing": finishing, "answering": answering, "versions": versions}
    later = next_results([line.id]).get(line.id)
    return render_template("quality/adjustment.html", **context, later=later, today=_today(), acts=ADJUSTMENT), status


def _today() -> Any:
    return utcnow().astimezone(ZONE).date()
