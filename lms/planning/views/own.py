"""A trainee's own nominations: what happens to her, that she comes, that she cannot."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from lms.core import transitions
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.forms import INVALID
from lms.core.guard import current_actor
from lms.documents.models import IssuedPaper
from lms.planning import forms, services
from lms.planning.life import LIVE, NOMINATION, SEATED
from lms.planning.models import Nomination
from lms.planning.queries.nominations import nomination_row, told
from lms.planning.queries.papers import papers


def mine() -> Any:
    """What happens to whom her unit named."""
    person_id = current_actor().person_id or abort(404)
    rows = told(Nomination.person_id == person_id)
    return render_template(
        "planning/mine.html", rows=rows, names=NOMINATION.names, live=LIVE, seated=SEATED,
        lines={row.id: transitions.history(NOMINATION, row.id) for row in rows[:10]},
        papers=papers(IssuedPaper.person_id == person_id),
    )  # fmt: skip


def promise(nomination_id: UUID) -> Any:
    """Confirm that she comes."""
    services.promise(current_actor(), nomination_id, at=utcnow())
    flash(_("Thank you. Your unit and Home Affairs see that you will come."))
    return redirect(url_for("planning.mine"))


def cannot(nomination_id: UUID) -> Any:
    """Say that she cannot come."""
    row, form, status = nomination_row(nomination_id) or abort(404), forms.CannotForm(), 200
    NOMINATION.require("say_cannot", row.status)
    if form.validate_on_submit():
        try:
            services.say_cannot(current_actor(), nomination_id, form.reason.data or "", at=utcnow())
            flash(_("Your unit and Home Affairs read it and decide. Nothing changes until then."))
            return redirect(url_for("planning.mine"))
        except DomainError as refused:
            form.reason.errors = [refused.message]
            status = refused.status
    elif form.is_submitted():
        status = INVALID
    return render_template("planning/cannot.html", row=row, form=form), status
