"""The evaluation form, its closing and reminders, forms on paper."""

import hmac
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.core import arguments
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.forms import INVALID, Fault
from lms.core.guard import current_actor
from lms.core.i18n import local
from lms.core.pages import here
from lms.surveys import answers, forms, life, rules
from lms.surveys.document import Form
from lms.surveys.queries import rights, states
from lms.surveys.queries.paper import invited, paper_survey
from lms.surveys.services import evaluations, paper


def form(survey_id: UUID) -> Any:
    """Show the form; take it once."""
    actor = current_actor()
    submitted = forms.given(request)
    error, status, code = None, 200, ""
    if request.method == "POST":
        try:
            forms.refuse_old(submitted)
            evaluations.answer(actor, survey_id, submitted, at=utcnow(), incomplete="incomplete" in request.form)
            return redirect(url_for("surveys.thanks", survey_id=survey_id))
        except DomainError as refused:
            error, status, code = refused.message, refused.status, refused.code
    shown = rights.form_of(survey_id, actor.person_id)
    if shown is None:
        abort(404)
    owner = _owner(survey_id)
    if shown.answered:
        return unkept(render_template("surveys/thanks.html", form=shown, owner=owner, error=error), status)
    shown_to_her = {"form": shown, "answers": submitted, "error": error, "now": utcnow(), "owner": owner}
    shown_to_her["barred"] = life.RIGHT.words
    marked = marks(shown.document, shown.questions, submitted) if error else {}
    shown_to_her |= {"marks": marked, "blanks": blanks(shown.document, shown.taught, marked)}
    page = render_template("surveys/form.html", **shown_to_her, may_stay_blank=code == "too-many-blanks")
    return unkept(page, status)


def unkept(page: str, status: int = 200) -> Response:
    """Answer with a page that no browser keeps: on a shared computer, "back" must not show what somebody wrote."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def marks(form: Form, asked: list[answers.Question], submitted: dict[str, list[str]]) -> dict[str, str]:
    """Return what is still to be done, by question."""
    try:
        values = answers.read(form, asked, submitted)
    except answers.TooLongError as error:
        return {str(error): _("too long")}
    except answers.MalformedError:
        return {}
    old = forms.old_texts(submitted)
    if old:
        return old
    check = answers.check(form, asked, values)
    blank = dict.fromkeys((*check.blank, *check.required), _("not answered yet"))
    return blank | dict.fromkeys(answers.unfinished(asked, submitted, values), _("not finished yet"))


def blanks(form: Form, taught: Sequence[rights.TaughtTopic], marked: Mapping[str, str]) -> list[Fault]:
    """Return the marked questions (:func:`marks`) for the summary above the form, in its order."""
    lines = []
    for section in form.sections:
        for topic in taught if section.repeat == "teaching" else (None,):
            about = f"{local(topic.topic)} – {topic.lecturer}: " if topic else ""
            for item in section.items:
                name = f"{item.code}.{topic.teaching_id}" if topic else item.code
                if name in marked:
                    lines.append(Fault(name, about + local(item.text), marked[name]))
    return lines


def _owner(survey_id: UUID) -> str:
    """Return a name for this person's draft in her browser that tells nobody who she is."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, f"{survey_id}/{current_actor().person_id}".encode(), "sha256").hexdigest()[:16]


def thanks(survey_id: UUID) -> Any:
    """Say thank you, and what happens next."""
    shown = rights.form_of(survey_id, current_actor().person_id)
    if shown is None:
        abort(404)
    if not shown.answered:
        return redirect(url_for("surveys.form", survey_id=survey_id))
    return unkept(render_template("surveys/thanks.html", form=shown, owner=_owner(survey_id)))


def close(survey_id: UUID) -> Any:
    """Say what closing before the date destroys; close the evaluation when that is confirmed."""
    actor, keys = current_actor(), current_app.config["SETTINGS"].keys_dir
    state = states.state_of(survey_id)
    if state is None:
        abort(404)
    error, status = None, 200
    if request.method == "POST" and "confirm" not in request.form:
        error, status = _("Please confirm that you know what is destroyed."), INVALID
    elif request.method == "POST":
        try:
            evaluations.close(actor, survey_id, keys=keys, at=utcnow())
            evaluations.forget_key(survey_id, keys=keys)
            flash(_("The evaluation is closed. Its results can be read now."))
            return redirect(_results_of(state))
        except DomainError as refused:
            error, status = refused.message, refused.status
    outside = evaluations.is_outside(actor, states.institution_path(survey_id) or "")
    shown: dict[str, Any] = {"survey": state, "name": states.name_of(survey_id), "error": error, "outside": outside}
    return render_template("surveys/close.html", **shown, back=_results_of(state), rules=rules), status


def _results_of(state: states.SurveyState) -> str:
    """Return the address of the results of an evaluation."""
    if state.class_id is None:
        return url_for("quality.index")
    return url_for("quality.class_results", class_id=state.class_id)


def remind(survey_id: UUID) -> Any:
    """Remind all who are missing."""
    evaluations.remind(current_actor(), survey_id, at=utcnow())
    flash(_("Everybody who has not sent a form is reminded on the own page."))
    return redirect(request.referrer or url_for("console.home"))


def release(survey_id: UUID) -> Any:
    """Let the lecturers see their own results."""
    evaluations.release(current_actor(), survey_id, at=utcnow())
    flash(_("The results are released: each lecturer sees her own."))
    return redirect(request.referrer or url_for("console.home"))


def on_paper(survey_id: UUID) -> Any:
    """Tick who handed in a form on paper, and type the forms in."""
    paper.check(survey_id, at=utcnow())
    survey = paper_survey(survey_id)
    if survey is None:
        abort(404)
    submitted = forms.given(request)
    error, status = None, 200
    if request.method == "POST":
        try:
            if "person" in request.form:
                people = [UUID(person) for person in submitted.pop("person")]
                count = paper.hand_in(current_actor(), survey_id, people, at=utcnow())
                flash(ngettext("%(num)s form on paper is noted.", "%(num)s forms on paper are noted.", count))
            else:
                forms.refuse_old(submitted)
                paper.type_in(current_actor(), survey_id, submitted, at=utcnow())
                flash(_("The form is typed in and sealed."))
            return redirect(here())
        except DomainError as refused:
            error, status = refused.message, refused.status
        except ValueError:
            abort(400)
    shown: dict[str, Any] = {
        "survey": survey,
        "page": invited(survey_id, arguments.search()),
        "query": arguments.search(),
        "answers": submitted,
        "error": error,
        "marks": (marked := forms.old_texts(submitted)),
    }
    taught = rights.taught_in(survey.class_id)
    shown["blanks"] = blanks(survey.document, taught, marked)
    return unkept(render_template("surveys/paper.html", **shown, taught=taught), status)
