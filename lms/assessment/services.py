"""What can be done with quizzes and essays: start, answer, hand in, mark."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lms.assessment import hooks, queries, rules, signals, uploads
from lms.assessment.models import Answer, Assignment, Attempt, Question, Quiz, Submission
from lms.assessment.statements import assignment_activity, question_activity, quiz_activity, response_text
from lms.catalogue.models import Module
from lms.core import audit, files
from lms.core.database import act, db, lock
from lms.core.edits import Edit, settle
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.core.text import prose
from lms.people.queries import account_actor_name, actor_name
from lms.records.emit import Activity, emit

COMMENT_MAX = 5000


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


# -- quizzes ----------------------------------------------------------------------------------------------------------


@act
def start_attempt(quiz_id: UUID, registration: UUID, person_id: UUID, *, at: datetime) -> Attempt:
    """Start a try at a quiz, or return the one that is open.

    :raises DomainError: ``no-attempt-left``, ``quiz-passed``, and those of the class
    """
    lock("attempt", registration, quiz_id)
    quiz = db.session.get(Quiz, quiz_id)
    if quiz is None:
        raise NotFound
    _require_work("start_quiz", registration)
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
    _require_work("answer", attempt.registration)
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


def refusal(act: str, registration: UUID) -> DomainError | None:
    """Return what those above have against an act: the trainee has left, her result is fixed, the class is off."""
    return next((refused for refused in hooks.refusal.ask(act, registration) if refused is not None), None)


def right_answer(question: Question) -> Any:
    """Return the right answer in the form of a response."""
    return question.body["right"]


# -- essays -----------------------------------------------------------------------------------------------------------


@act
def hand_in(
    actor: Actor,
    assignment_id: UUID,
    registration: UUID,
    person_id: UUID,
    essay: uploads.Essay,
    *,
    at: datetime,
) -> Submission:
    """Hand in a file for an assignment; it replaces an earlier one until that has passed.

    :raises DomainError: passed already, and those of the class.
    """
    assignment = db.session.get(Assignment, assignment_id)
    if assignment is None:
        raise NotFound
    lock("submission", assignment_id, registration)
    _require_work("hand_in_essay", registration)
    newest = _newest_submission(assignment_id, registration)
    marks = newest.passed if newest else None
    rules.ESSAY.require("hand_in_essay", rules.essay_state(marks, handed_in=newest is not None))
    stored = files.put(essay.stream)
    number = newest.number + 1 if newest else 1
    submission_id = emit(
        learner=actor_name(person_id),
        verb="submitted",
        activity=assignment_activity(assignment),
        registration=registration,
        at=at,
        extensions={"attempt": number},
    )
    submission = Submission(
        id=submission_id,
        assignment_id=assignment_id,
        registration=registration,
        person_id=person_id,
        number=number,
        filename=essay.filename,
        sha256=stored.sha256,
        size=stored.size,
        submitted_at=at,
    )
    db.session.add(submission)
    db.session.flush()
    _let_go_of_older(submission, at)
    audit.record(
        actor,
        "submission.hand_in",
        "submission",
        submission.id,
        at=at,
        before={"submission": newest.id, "sha256": newest.sha256} if newest else None,
        after={"registration": registration, "filename": submission.filename, "sha256": stored.sha256},
    )
    return submission


@act
def mark(
    actor: Actor,
    submission_id: UUID,
    score: float,
    comment: str,
    *,
    at: datetime,
    seen: Mapping[str, Any] | None = None,
) -> Submission:
    """Mark a submission in steps of a quarter point; marking again is audited with what it was before.

    :param seen: the ``score`` and ``comment`` that the marker had read; without it they count as read
    :raises ChangedMeanwhile: somebody else has marked it since, otherwise

    :raises DomainError: the score is out of range or step, or a newer submission is there.
    """
    submission = db.session.scalar(select(Submission).where(Submission.id == submission_id).with_for_update())
    if submission is None:
        raise NotFound
    assignment = db.session.get_one(Assignment, submission.assignment_id)
    lock("submission", assignment.id, submission.registration)
    newest = _newest_submission(assignment.id, submission.registration)
    if newest is not None and newest.id != submission.id:
        raise DomainError("replaced", _l("The trainee has handed in a newer file. Please mark that one."))
    rules.ESSAY.require("mark", rules.essay_state(submission.passed, handed_in=True))
    if rules.mark_fault(score, assignment.max_score):
        raise DomainError(
            "score",
            _l("Please give a score from 0 to %(max)s in steps of 0.25.", max=assignment.max_score),
            422,
        )
    stored = {"score": submission.score, "comment": submission.comment or ""}
    if seen is not None:
        settled = stored | settle(Edit({"score": score, "comment": comment}, seen), stored)
        score, comment = settled["score"], settled["comment"]
    before = None
    if submission.marked_at is not None:
        before = {"score": submission.score, "comment": submission.comment, "marked_by": submission.marked_by}
    submission.score, submission.passed = score, score >= assignment.pass_score
    submission.comment = prose(comment)[:COMMENT_MAX] or None
    submission.marked_by, submission.marked_at = actor.account_id, at
    db.session.flush()
    after = {"score": score, "comment": submission.comment, "marked_by": actor.account_id}
    audit.record(actor, "submission.mark", "submission", submission.id, at=at, before=before, after=after)
    emit(
        learner=actor_name(submission.person_id),
        verb="scored",
        activity=assignment_activity(assignment),
        registration=submission.registration,
        at=at,
        result={
            "score": {"scaled": score / assignment.max_score, "raw": score, "min": 0, "max": assignment.max_score},
            "success": submission.passed,
        },
        instructor=account_actor_name(actor.account_id),
        extensions={"attempt": submission.number},
    )
    signals.submission_marked.send(
        submission.id,
        registration=submission.registration,
        assignment_id=assignment.id,
        passed=submission.passed,
        at=at,
    )
    return submission


# -- helpers ----------------------------------------------------------------------------------------------------------


def _require_work(act: str, registration: UUID) -> None:
    refused = refusal(act, registration)
    if refused is not None:
        raise refused


def _open_attempt(act: str, attempt_id: UUID) -> Attempt:
    attempt = db.session.scalar(
        select(Attempt).where(Attempt.id == attempt_id).with_for_update().execution_options(populate_existing=True)
    )
    if attempt is None:
        raise NotFound
    rules.ATTEMPT.require(act, "handed-in" if attempt.submitted_at else "open")
    _require_work(act, attempt.registration)
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


def _newest_submission(assignment_id: UUID, registration: UUID) -> Submission | None:
    return db.session.scalar(
        select(Submission).where(
            Submission.assignment_id == assignment_id, Submission.registration == registration, queries.counting()
        )
    )


def _let_go_of_older(newest: Submission, at: datetime) -> None:
    """Keep the last files of a trainee and those that were marked; of the others only that they were handed in."""
    older = db.session.scalars(
        select(Submission).where(
            Submission.assignment_id == newest.assignment_id,
            Submission.registration == newest.registration,
            Submission.number <= newest.number - rules.FILES_KEPT,
            Submission.marked_at.is_(None),
            Submission.sha256 != "",
        )
    ).all()
    files.release([submission.sha256 for submission in older], at=at)
    for submission in older:
        submission.sha256, submission.size = "", 0


def _malformed() -> DomainError:
    return DomainError("malformed", _l("This is not an answer that the question can have. Nothing was changed."), 400)
