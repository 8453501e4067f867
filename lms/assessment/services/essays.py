"""What can be done with essays: hand in, mark by the rubric or as a whole."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from lms.assessment import queries, rules, signals, uploads
from lms.assessment.models import Assignment, Submission
from lms.assessment.services.held import require_work
from lms.assessment.statements import assignment_activity
from lms.core import audit, files
from lms.core.database import act, db, lock
from lms.core.edits import Edit, settle
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.core.text import one_line, prose
from lms.people.queries import account_actor_name, actor_name
from lms.records.emit import emit

COMMENT_MAX = 5000
REMARK_MAX = 1000


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
    require_work("hand_in_essay", registration)
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
    """Mark a submission as a whole (:func:`mark_with`).

    :param seen: the ``score`` and ``comment`` that the marker had read; without it they count as read
    """
    return mark_with(actor, submission_id, Edit({"score": score, "comment": comment}, seen), at=at)


@act
def mark_with(actor: Actor, submission_id: UUID, edit: Edit, *, at: datetime) -> Submission:
    """Mark a submission in steps of a quarter point; marking again is audited with what it was before.

    :param edit: of ``comment`` and either ``score`` or, for each criterion of the rubric, ``points-1`` and ``remark-1``
        and so on (:func:`lms.assessment.rules.mark_fields`); points give the score by the rubric's weights
    :raises ChangedMeanwhile: somebody else has marked it since, otherwise
    :raises DomainError: ``score``, out of range or step; ``replaced``, a newer submission is there
    """
    submission, assignment = _to_mark(submission_id)
    stored = rules.mark_fields(submission.score, submission.comment, submission.marks)
    stored = dict.fromkeys(edit.wanted) | stored
    settled = {name: stored[name] for name in edit.wanted} | settle(edit, stored)
    criteria = queries.criteria(assignment.version_id)
    marks = [
        {"points": settled[f"points-{n}"], "remark": one_line(settled[f"remark-{n}"] or "")[:REMARK_MAX] or None}
        for n in range(1, len(criteria) + 1)
        if f"points-{n}" in settled
    ]
    points = [mark["points"] for mark in marks]
    if any(rules.mark_fault(value, assignment.max_score) for value in points or [settled["score"]]):
        words = _l("Please give a score from 0 to %(max)s in steps of 0.25.", max=assignment.max_score)
        raise DomainError("score", words, 422)
    score = rules.weighted_score(points, [one["weight"] for one in criteria]) if marks else settled["score"]
    before = None if submission.marked_at is None else _traced(submission)
    submission.score, submission.passed = score, score >= assignment.pass_score
    submission.marks = marks or None
    submission.comment = prose(settled["comment"] or "")[:COMMENT_MAX] or None
    submission.marked_by, submission.marked_at = actor.account_id, at
    db.session.flush()
    after = _traced(submission)
    audit.record(actor, "submission.mark", "submission", submission.id, at=at, before=before, after=after)
    _tell_mark(actor, submission, assignment, at)
    return submission


# -- helpers ----------------------------------------------------------------------------------------------------------


def _to_mark(submission_id: UUID) -> tuple[Submission, Assignment]:
    """Return a submission that can be marked, locked, with its assignment."""
    submission = db.session.scalar(select(Submission).where(Submission.id == submission_id).with_for_update())
    if submission is None:
        raise NotFound
    assignment = db.session.get_one(Assignment, submission.assignment_id)
    lock("submission", assignment.id, submission.registration)
    newest = _newest_submission(assignment.id, submission.registration)
    if newest is not None and newest.id != submission.id:
        raise DomainError("replaced", _l("The trainee has handed in a newer file. Please mark that one."))
    rules.ESSAY.require("mark", rules.essay_state(submission.passed, handed_in=True))
    return submission, assignment


def _traced(submission: Submission) -> dict[str, Any]:
    """Return what the audit trail keeps of a mark."""
    points = {"points": [mark["points"] for mark in submission.marks]} if submission.marks else {}
    return {"score": submission.score, "comment": submission.comment, "marked_by": submission.marked_by} | points


def _tell_mark(actor: Actor, submission: Submission, assignment: Assignment, at: datetime) -> None:
    """Say the mark in a statement, and tell those above."""
    score, most = submission.score or 0, assignment.max_score
    emit(
        learner=actor_name(submission.person_id),
        verb="scored",
        activity=assignment_activity(assignment),
        registration=submission.registration,
        at=at,
        result={
            "score": {"scaled": score / most, "raw": score, "min": 0, "max": most},
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
