"""A trainee's attempt: questions, saving as she goes, handing in, the result; and a quiz for reviewers."""

from typing import Any
from uuid import UUID

import orjson
from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lms.assessment import queries, rules, services
from lms.assessment.forms import SentForm, UnknownFieldError, read_form
from lms.assessment.queries import AskedQuestion, AttemptCard
from lms.assessment.sheets import Sheet, sheet
from lms.catalogue.queries import version_id as find_version
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import current_actor
from lms.core.i18n import clock

ANSWER_MAX = 16_384


def attempt(attempt_id: UUID) -> Any:
    """The questions while the attempt is open, the result afterwards; takes the form of a browser without scripts."""
    card, asked = _load(attempt_id)
    if request.method == "GET":
        return _result(card, asked) if card.submitted_at else _questions(card, asked)
    if card.submitted_at:
        raise DomainError("already-submitted", _("This attempt has been handed in, so its answers no longer change."))
    try:
        sent = read_form(asked, request.form)
    except UnknownFieldError:
        abort(400)
    if sent.faults:
        return _questions(card, asked, sent), 400
    services.save_answers(attempt_id, sent.responses, at=utcnow())
    blank = sum(rules.is_blank(response) for response in sent.responses.values())
    if request.form.get("action") == "submit" and (not blank or request.form.get("confirmed")):
        services.submit_attempt(current_actor(), attempt_id, at=utcnow())
        return redirect(url_for("assessment.attempt", attempt_id=attempt_id))
    if request.form.get("action") == "submit":
        card, asked = _load(attempt_id)
        return _questions(card, asked, blank=blank)
    return redirect(url_for("assessment.attempt", attempt_id=attempt_id, saved=1))


def answer(attempt_id: UUID, question_id: UUID) -> Any:
    """Save one answer, sent by the page's script as it is given."""
    if not request.is_json:
        abort(415)
    body = request.get_data(cache=False)
    if len(body) > ANSWER_MAX:
        abort(413)
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError:
        abort(400)
    if not isinstance(sent, dict) or sent.keys() != {"response", "revision"} or type(sent["revision"]) is not int:
        abort(400)
    saved = services.save_answer(attempt_id, question_id, sent["response"], sent["revision"], at=utcnow())
    return {
        "stored": saved.stored,
        "revision": saved.revision,
        "response": saved.response,
        "saved_at": clock(saved.saved_at),
    }


def review_quiz(code: str, number: int, quiz_code: str) -> Any:
    """A quiz with its keys and explanations, for those who review the programme."""
    known = (code + quiz_code).isprintable()
    version = find_version(code, number) if known else None
    quiz = queries.quiz_of_version(version, quiz_code) if version else None
    if quiz is None:
        abort(404)
    sheets = [sheet(question, 0) for question in queries.questions(quiz.id)]
    return render_template("assessment/review.html", quiz=quiz, sheets=sheets, code=code, number=number)


def _load(attempt_id: UUID) -> tuple[AttemptCard, list[AskedQuestion]]:
    card = queries.attempt(attempt_id)
    if card is None:
        abort(404)
    return card, list(queries.questions(card.quiz_id, attempt_id))


def _questions(card: AttemptCard, asked: list[AskedQuestion], sent: SentForm | None = None, blank: int = 0) -> str:
    faults = sent.faults if sent else {}
    saved = [question.saved_at for question in asked if question.saved_at]
    return render_template(
        "assessment/attempt.html",
        attempt=card,
        sheets=[_sheet(question, card.seed, sent) for question in asked],
        faults=faults,
        blank=blank,
        saved_at=max(saved, default=None),
        just_saved=request.args.get("saved") == "1",
    )


def _sheet(question: AskedQuestion, seed: int, sent: SentForm | None) -> Sheet:
    """A question of a refused form shows what was typed, not what is stored."""
    if sent is None:
        return sheet(question, seed)
    typed = sent.typed.get(question.id, sent.responses.get(question.id))
    return sheet(question._replace(response=typed), seed, sent.faults.get(question.id))


def _result(card: AttemptCard, asked: list[AskedQuestion]) -> str:
    return render_template(
        "assessment/result.html",
        attempt=card,
        sheets=[sheet(question, card.seed) for question in asked],
        lessons=queries.lessons_of(card.module_id),
        left=card.attempts_allowed - card.attempts_used,
    )
