"""The evaluation form."""

from typing import Any
from uuid import UUID

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import current_actor
from lms.core.text import nfc
from lms.surveys import queries, services


def form(survey_id: UUID) -> Any:
    """Show the form; take it once."""
    actor = current_actor()
    shown = queries.form_of(survey_id, actor.person_id)
    if shown is None:
        abort(404)
    if shown.answered:
        return render_template("surveys/thanks.html", form=shown)
    answers = {name: nfc(value) for name, value in request.form.items() if name != "csrf_token"}
    error, status = None, 200
    if request.method == "POST":
        try:
            services.answer(actor, survey_id, answers, at=utcnow())
            return redirect(url_for("surveys.thanks", survey_id=survey_id))
        except DomainError as refused:
            error, status = refused.message, refused.status
    return render_template("surveys/form.html", form=shown, answers=answers, error=error, now=utcnow()), status


def thanks(survey_id: UUID) -> Any:
    """Say thank you, and what happens next."""
    shown = queries.form_of(survey_id, current_actor().person_id)
    return render_template("surveys/thanks.html", form=shown)


def close(survey_id: UUID) -> Any:
    """Close the evaluation before its period ends."""
    keys = current_app.config["SETTINGS"].keys_dir
    services.close(current_actor(), survey_id, keys=keys, at=utcnow())
    services.forget_key(survey_id, keys=keys)
    flash(_("The evaluation is closed. Its results can be read now."))
    return redirect(url_for("console.home") if not request.referrer else request.referrer)
