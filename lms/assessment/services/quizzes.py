"""What can be done with quizzes: start, answer, hand in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lms.assessment import rules, signals
from lms.assessment.models import Answer, Attempt, Question, Quiz
from lms.assessment.services.held import require_work
from lms.assessment.statements import question_activity, quiz_activity, response_text
from lms.catalogue.models import Module
from lms.core import audit
from lms.core.database import act, db, lock
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.people.queries import actor_name
from lms.records.emit import Activity, emit


class Saved(NamedTuple):
    """What became of a saved answer: stored, or ignored because a later one is there."""

    stored: bool
    revision: int
    response: Any
    saved_at: datetime

    @property
    def sign(self) -> str:
        """What a form sends to say that its page shows this answer."""
        return rules.as_read(self.response, self.revision)


@act
def start_attempt(quiz_id: UUID, registration: UUID, person_id: UUID, *, at: datetime) -> Attempt:
    """Start a try at a quiz, or return the one that is open.

    :raises DomainError: ``no-attempt-left``, ``quiz-passed``, and those of the class
    """
    lock("attempt", registration, quiz_id)
    quiz = db.session.get(Quiz, quiz_id)
    if quiz is None:
        raise NotFound
    require_work("start_quiz", registration)
    tried = db.session.scalars(
        select(Attempt).where(Attempt.registration == registration, Attempt.quiz_id == quiz_id).order_by(Attempt.number)
    ).all()
    rules.QUIZ.require("start_quiz", rules.quiz_state([attempt.passed for attempt in tried], quiz.attempts_allowed))
    if tried and tried[-1].submitted_at is None:
        return tried[-1]
    number = len(tried) + 1
    bank = db.session.scalars(select(Question.id).where(Question.quiz_id == quiz_id).order_by(Question.position)).all()
    questions = quiz.draw or len(bank)
    attempt_id = emit(
        learner=actor_name(person_id),
        verb="initialized",
        activity=quiz_activity(quiz),
        registration=registration,
        at=at,
        extensions={"attempt": number, "questions": questions},
    )
    before = [question for attempt in tried for question in attempt.asked or bank]
    attempt = Attempt(
        id=attempt_id,
        quiz_id=quiz_id,
        registration=registration,
        person_id=person_id,
        number=number,
        seed=rules.seed_of(attempt_id),
        asked=rules.drawn(rules.seed_of(attempt_id), bank, questions, before) if quiz.draw else None,
        started_at=at,
        max_score=questions,
    )
    db.session.add(attempt)
    db.session.flush()
    return attempt


@act
def save_answer(attempt_id: UUID, question_id: UUID, response: Any, revision: int, *, at: datetime) -> Saved:
    """Save an answer as it is given; one with a lower revision than the stored is stale and ignored.

    :raises DomainError: handed in already, or not an answer to this question; nothing is changed.
    """
    if not 1 <= revision < 2**31:
        raise _malformed()
    attempt = db.session.execute(
        select(Attempt.submitted_at, Attempt.registration, Attempt.asked, Question.kind, Question.body)
        .join(Question, Question.quiz_id == Attempt.quiz_id)
        .where(Attempt.id == attempt_id, Question.id == question_id)
        .with_for_update(of=Attempt, key_share=True)
    ).first()
    if attempt is None or (attempt.asked is not None and question_id not in attempt.asked):
        raise NotFound
    rules.ATTEMPT.require("answer", "handed-in" if attempt.submitted_at else "open")
    require_work("answer", attempt.registration)
    values = _read(attempt.kind, attempt.body, response)
    return _store(attempt_id, question_id, values, revision, at)


@act
def save_answers(
    attempt_id: UUID, responses: Mapping[UUID, Any], *, signs: Mapping[UUID, str] | None = None, at: datetime
) -> dict[UUID, Any]:
    """Save what was touched in a whole form (a browser without scripts, or the form that hands in).

    :param signs: what the form's page was given of each question (:func:`lms.assessment.rules.as_read`); a question
        that has none was given without an answer
    :returns: question -> the answer that is stored, where it is newer than the one the page was given and another
        than the one typed there: nothing of these was written, and she is asked
    :raises DomainError: handed in already, not an answer to its question, and those of the class; nothing is changed
    """
    attempt = _open_attempt("answer", attempt_id)
    stored = {answer.question_id: answer for answer in _answers(attempt_id)}
    newer: dict[UUID, Any] = {}
    for question in questions_of(attempt):
        if question.id not in responses:
            continue
        response = _read(question.kind, question.body, responses[question.id])
        known = stored.get(question.id)
        before, revision = (known.response, known.revision) if known else (None, 0)
        sign = (signs or {}).get(question.id, rules.NOTHING_READ)
        if not rules.touched(sign, response) or not rules.touched(rules.as_read(before, revision), response):
            continue
        if revision > rules.revision_read(sign):
            newer[question.id] = before
        else:
            _store(attempt_id, question.id, response, revision + 1, at)
    return newer


@act
def submit_attempt(actor: Actor, attempt_id: UUID, *, at: datetime) -> Attempt:
    """Hand in a try: score it, say so in statements, and tell those above.

    :raises DomainError: it is handed in already, and those of the class.
    """
    attempt = _open_attempt("hand_in_quiz", attempt_id)
    quiz = db.session.get_one(Quiz, attempt.quiz_id)
    questions = questions_of(attempt)
    answers = {answer.question_id: answer for answer in _answers(attempt_id)}
    learner = actor_name(attempt.person_id)
    activity = quiz_activity(quiz)
    score = 0
    for question in questions:
        answer = answers.get(question.id)
        if answer is None or rules.is_blank(answer.response):
            continue
        answer.correct = rules.is_right(question.kind, question.body, answer.response)
        score += answer.correct
        emit(
            learner=learner,
            verb="answered",
            activity=question_activity(question),
            registration=attempt.registration,
            at=at,
            result={"success": answer.correct, "response": response_text(answer.response)},
            parent=activity,
            extensions={"attempt": attempt.number},
        )
    attempt.submitted_at, attempt.score = at, score
    attempt.max_score = len(questions)
    attempt.passed = rules.has_passed(score, len(questions), quiz.pass_percent)
    db.session.flush()
    result = {"quiz": quiz.code, "number": attempt.number, "score": score, "passed": attempt.passed}
    audit.record(actor, "attempt.submit", "attempt", attempt.id, at=at, after=result)
    module = db.session.get_one(Module, quiz.module_id)
    emit(
        learner=learner,
        verb="passed" if attempt.passed else "failed",
        activity=activity,
        registration=attempt.registration,
        at=at,
        result={
            "score": {"scaled": score / len(questions), "raw": score, "min": 0, "max": len(questions)},
            "success": attempt.passed,
            "completion": True,
            "duration": at - attempt.started_at,
        },
        parent=Activity("module", module.code, module.title),
        extensions={"attempt": attempt.number},
    )
    signals.attempt_submitted.send(
        attempt.id, registration=attempt.registration, quiz_id=quiz.id, passed=attempt.passed, at=at
    )
    return attempt


def questions_of(attempt: Attempt) -> list[Question]:
    """Return the questions of an attempt in the order in which they are asked."""
    of_quiz = select(Question).where(Question.quiz_id == attempt.quiz_id).order_by(Question.position)
    bank = list(db.session.scalars(of_quiz))
    if attempt.asked is None:
        return bank
    known = {question.id: question for question in bank}
    return [known[question_id] for question_id in attempt.asked]


def right_answer(question: Question) -> Any:
    """Return the right answer in the form of a response."""
    return question.body["right"]


# -- helpers ----------------------------------------------------------------------------------------------------------


def _open_attempt(act: str, attempt_id: UUID) -> Attempt:
    attempt = db.session.scalar(
        select(Attempt).where(Attempt.id == attempt_id).with_for_update().execution_options(populate_existing=True)
    )
    if attempt is None:
        raise NotFound
    rules.ATTEMPT.require(act, "handed-in" if attempt.submitted_at else "open")
    require_work(act, attempt.registration)
    return attempt


def _answers(attempt_id: UUID) -> list[Answer]:
    chosen = select(Answer).where(Answer.attempt_id == attempt_id).execution_options(populate_existing=True)
    return list(db.session.scalars(chosen))


def _read(kind: str, body: rules.Body, response: Any) -> Any:
    try:
        return rules.read_response(kind, body, response)
    except rules.MalformedResponseError:
        raise _malformed() from None


def _store(attempt_id: UUID, question_id: UUID, response: Any, revision: int, at: datetime) -> Saved:
    statement = insert(Answer).values(
        attempt_id=attempt_id, question_id=question_id, response=response, revision=revision, saved_at=at
    )
    new = statement.excluded
    row = db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[Answer.attempt_id, Answer.question_id],
            set_={"response": new.response, "revision": new.revision, "saved_at": new.saved_at},
            where=Answer.revision < new.revision,
        ).returning(Answer.revision, Answer.response, Answer.saved_at)
    ).first()
    if row is not None:
        return Saved(True, *row)
    kept = db.session.execute(
        select(Answer.revision, Answer.response, Answer.saved_at).where(
            Answer.attempt_id == attempt_id, Answer.question_id == question_id
        )
    ).one()
    return Saved(False, *kept)


def _malformed() -> DomainError:
    return DomainError("malformed", _l("This is not an answer that the question can have. Nothing was changed."), 400)
