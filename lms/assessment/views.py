"""A trainee's attempt: questions, saving as she goes, handing in, the result; and a quiz for reviewers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lms.assessment import hooks, queries, rules, services
from lms.assessment.forms import SentForm, UnknownFieldError, read_form
from lms.assessment.queries import AskedQuestion, AttemptCard
from lms.assessment.sheets import Sheet, in_words, sheet
from lms.catalogue.queries import version_id as find_version
from lms.core.database import utcnow
from lms.core.forms import INVALID, Fault, pressed
from lms.core.guard import current_actor
from lms.core.i18n import clock

ANSWER_MAX = 16_384


def attempt(attempt_id: UUID) -> Any:
    """The questions while the attempt is open, the result afterwards; takes the form of a browser without scripts."""
    card, asked = _load(attempt_id)
    if request.method == "GET":
        return _result(card, asked) if card.submitted_at else _questions(card, asked)
    rules.ATTEMPT.require("answer", "handed-in" if card.submitted_at else "open")
    try:
        sent = read_form(asked, request.form)
    except UnknownFieldError:
        abort(400)
    if sent.faults:
        return _questions(card, asked, sent), INVALID
    newer = services.save_answers(attempt_id, sent.responses, signs=sent.signs, at=utcnow())
    card, asked = _load(attempt_id)
    if newer:
        return _questions(card, asked, sent, newer=newer), 409
    if pressed("action") != "submit":
        return redirect(url_for("assessment.attempt", attempt_id=attempt_id, saved=1))
    blank = sum(rules.is_blank(question.response) for question in asked)
    if blank and not request.form.get("confirmed"):
        return _questions(card, asked, blank=blank)
    services.submit_attempt(current_actor(), attempt_id, at=utcnow())
    return redirect(url_for("assessment.attempt", attempt_id=attempt_id))


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
        "read": saved.sign,
    }


def review_quiz(code: str, number: int, quiz_code: str) -> Any:
    """A quiz with its keys and explanations, for those who review the programme."""
    known = (code + quiz_code).isprintable()
    version = find_version(code, number) if known else None
    quiz = queries.quiz_of_version(version, quiz_code) if version else None
    if version is None or quiz is None:
        abort(404)
    hooks.refuse_answers(current_actor(), version)
    sheets = [sheet(question, 0) for question in queries.questions(quiz.id)]
    return render_template("assessment/review.html", quiz=quiz, sheets=sheets, code=code, number=number)


def _load(attempt_id: UUID) -> tuple[AttemptCard, list[AskedQuestion]]:
    card = queries.attempt(attempt_id)
    if card is None:
        abort(404)
    return card, list(queries.questions(card.quiz_id, attempt_id, card.asked))


def _questions(
    card: AttemptCard,
    asked: list[AskedQuestion],
    sent: SentForm | None = None,
    blank: int = 0,
    newer: Mapping[UUID, Any] | None = None,
) -> str:
    faults = sent.faults if sent else {}
    saved = [question.saved_at for question in asked if question.saved_at]
    sheets = [_sheet(question, card.seed, sent, newer or {}) for question in asked]
    return render_template(
        "assessment/attempt.html",
        attempt=card,
        sheets=sheets,
        faults=faults,
        misread=[
            Fault(sheet.field, _("Question %(number)s", number=sheet.number), sheet.fault)
            for sheet in sheets
            if sheet.fault
        ],
        newer=newer,
        refused=services.refusal("answer", card.registration),
        blank=blank,
        saved_at=max(saved, default=None),
        just_saved=request.args.get("saved") == "1",
    )


def _sheet(question: AskedQuestion, seed: int, sent: SentForm | None, newer: Mapping[UUID, Any]) -> Sheet:
    """What was touched in a form that comes back shows what was typed, not what is stored.

    Beside an answer that was saved elsewhere meanwhile she sees both; sending the form again then writes hers.
    """
    if sent is None or not sent.touched(question.id):
        return sheet(question, seed)
    typed = sent.typed.get(question.id, sent.responses.get(question.id))
    stored = rules.as_read(question.response, question.revision)
    if question.id in newer:
        words = in_words(question, newer[question.id])
        return sheet(question._replace(response=typed), seed, read=stored, newer=words)
    sign = stored if not sent.faults else sent.signs.get(question.id, rules.NOTHING_READ)
    return sheet(question._replace(response=typed), seed, sent.faults.get(question.id), read=sign)


def _result(card: AttemptCard, asked: list[AskedQuestion]) -> str:
    return render_template(
        "assessment/result.html",
        attempt=card,
        sheets=[sheet(question, card.seed) for question in asked],
        lessons=queries.lessons_of(card.module_id),
        left=card.attempts_allowed - card.attempts_used,
        standing=(standing := rules.quiz_state(card.results, card.attempts_allowed)),
        shows_answers=rules.shows_answers(standing),
    )
