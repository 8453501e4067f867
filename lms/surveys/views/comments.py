"""The pages of the trusted reader, who reads comments before anybody else does."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.core import arguments
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.forms import INVALID
from lms.core.guard import current_actor
from lms.core.i18n import local
from lms.surveys import access
from lms.surveys.life import SURVEY
from lms.surveys.queries import rights, states
from lms.surveys.queries.comments import raw_comments, to_read
from lms.surveys.rules import NONE
from lms.surveys.services import comments
from lms.surveys.views.evaluations import unkept


def index() -> Any:
    """The evaluations whose comments wait for the reader, or were read."""
    actor = current_actor()
    paths = access.readable(actor, actor.paths("surveys.moderate"))
    query = arguments.search()
    return render_template("surveys/reading_index.html", page=to_read(paths, query), query=query)


def comments_page(survey_id: UUID) -> Any:
    """Read the comments of an evaluation: show them as they are, cut them, or withhold them."""
    survey = states.state_of(survey_id)
    if survey is None:
        abort(404)
    if survey.state == "open":
        SURVEY.require("read_comments", survey.state)
    error, status, at_fault = None, 200, None
    after = arguments.identifier("after") or NONE
    if request.method == "POST":
        try:
            return redirect(request.full_path.rstrip("?") + _decide(survey_id))
        except DomainError as refused:
            error, status, at_fault = refused.message, refused.status, request.form.get("comment")
        except ValueError:
            abort(400)
    html = render_template(
        "surveys/reading.html",
        survey=survey,
        name=states.name_of(survey_id),
        page=raw_comments(survey_id, after),
        about={} if survey.class_id is None else _topics(survey.class_id),
        words={item.code: item.text for _section, item in survey.document.items()},
        error=error,
        at_fault=at_fault,
        given=request.form,
    )
    return unkept(html, status)


def _topics(class_id: UUID) -> dict[UUID, str]:
    """Return topic and lecturer of each teaching of a class: what a comment is about, which tells nobody's name."""
    return {one.teaching_id: f"{local(one.topic)} – {one.lecturer}" for one in rights.taught_in(class_id)}


def _decide(survey_id: UUID) -> str:
    """Do what was chosen; return the place on the page at which she goes on."""
    actor, at = current_actor(), utcnow()
    if "all" in request.form:
        if "confirm" not in request.form:
            words = _("Please confirm that you have read the comments: they are shown as they are.")
            raise DomainError("unconfirmed", words, INVALID)
        count = comments.pass_all(actor, survey_id, at=at)
        flash(ngettext("%(num)s comment will be shown as it is.", "%(num)s comments will be shown as they are.", count))
        return ""
    comment_id = UUID(request.form.get("comment", ""))
    shown = None if "withhold" in request.form else request.form.get("shown", "")
    comments.remove(actor, survey_id, comment_id, shown, reason=request.form.get("reason", ""), at=at)
    flash(_("The decision is kept."))
    return f"#c-{comment_id}"
