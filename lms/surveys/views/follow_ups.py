"""The pages of the named forms after training."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lms.core import arguments
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import current_actor
from lms.surveys import answers, forms
from lms.surveys.queries import named
from lms.surveys.services import follow_ups
from lms.surveys.views.evaluations import blanks, marks


def index() -> Any:
    """The forms about people of the units that the reader manages."""
    paths = current_actor().paths("surveys.follow_up")
    query = arguments.search()
    said = named.said_in_units(paths, query)
    page = named.of_units(paths, query)
    return render_template("surveys/follow_ups.html", page=page, said=said, query=query, now=utcnow())


def form(follow_up_id: UUID) -> Any:
    """Show a named form; take it, and take it again while it is open."""
    shown = named.form_of(follow_up_id)
    if shown is None:
        abort(404)
    asked = answers.questions(shown.document, ())
    submitted = forms.given(request) if request.method == "POST" else shown.given
    error, status = None, 200
    if request.method == "POST":
        try:
            forms.refuse_old(submitted)
            follow_ups.answer(current_actor(), follow_up_id, submitted, at=utcnow())
            flash(_("Thank you. The form is kept with your name."))
            return redirect(url_for("surveys.follow_up", follow_up_id=follow_up_id))
        except DomainError as refused:
            error, status = refused.message, refused.status
    marked = marks(shown.document, asked, submitted) if error else {}
    shown_to_her = {"form": shown, "answers": submitted, "error": error, "marks": marked, "now": utcnow()}
    shown_to_her["blanks"] = blanks(shown.document, (), marked)
    return render_template("surveys/follow_up.html", **shown_to_her), status


def read(follow_up_id: UUID) -> Any:
    """Show a named form to those whom it names as its readers."""
    shown = named.form_of(follow_up_id)
    if shown is None or shown.answered_at is None:
        abort(404)
    context = {"form": shown, "answers": shown.given, "error": None, "marks": {}, "now": utcnow(), "reading": True}
    return render_template("surveys/follow_up.html", **context)
