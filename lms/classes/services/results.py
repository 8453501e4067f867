"""What comes of a trainee's work in a class: marks and the result."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from lms.assessment import services as assessment
from lms.assessment.models import Submission
from lms.catalogue import services as catalogue
from lms.catalogue.models import ProgrammeVersion
from lms.classes import queries, rules
from lms.classes.models import ClassRun, Enrolment
from lms.classes.services.commitments import settle
from lms.classes.services.held import class_for, require_work
from lms.classes.services.statements import class_activity, tell
from lms.core import audit
from lms.core.database import act, db
from lms.core.edits import Edit
from lms.core.guard import Actor


@act
def mark_essay(actor: Actor, class_id: UUID, submission_id: UUID, edit: Edit, *, at: datetime) -> Submission:
    """Mark an essay of the class (:func:`lms.assessment.services.mark_with`), also after it is over.

    :param edit: of what :func:`lms.assessment.services.mark_with` takes
    :raises ChangedMeanwhile: somebody else has marked it since
    :raises DomainError: ``class-cancelled``, and those of the mark
    """
    class_for("mark_essay", class_id)
    registration = db.session.scalar(select(Submission.registration).where(Submission.id == submission_id))
    if registration is not None:
        require_work("mark_essay", registration)
    return assessment.mark_with(actor, submission_id, edit, at=at)


@act
def conclude(actor: Actor, enrolment_id: UUID, status: str, *, at: datetime) -> bool:
    """Set a trainee's result; returns whether it changed (:func:`conclude_all`)."""
    return bool(conclude_all(actor, [enrolment_id], status, at=at))


@act
def conclude_all(actor: Actor, enrolment_ids: Sequence[UUID], status: str, *, at: datetime) -> list[UUID]:
    """Set the results of trainees of one class (of :data:`lms.classes.rules.RESULTS`); returns whose changed.

    Counts the programme's completions, tells the record store, and leaves a trace for each. Who was withdrawn keeps
    that, and a cancelled class has no results.
    """
    held = select(Enrolment).where(Enrolment.id.in_(enrolment_ids)).order_by(Enrolment.id)
    held = held.with_for_update(key_share=True).execution_options(populate_existing=True)
    changing = [enrolment for enrolment in db.session.scalars(held) if enrolment.status not in ("withdrawn", status)]
    if not changing:
        return []
    run = db.session.get_one(ClassRun, changing[0].class_id)
    if rules.CLASS.refusal("conclude", run.status) is not None:
        return []
    version = db.session.get_one(ProgrammeVersion, run.version_id)
    completing = status == "completed"
    taken_back = sum(enrolment.status == "completed" for enrolment in changing)
    catalogue.count_completion(version.programme_id, len(changing) if completing else -taken_back)
    names = queries.actor_names(enrolment.person_id for enrolment in changing)
    failed = {"success": False} if status == "failed" else {}
    said: dict[str, Any] = {"result": {"completion": False} | failed, "extensions": {"status": status}}
    if completing:
        said = {"result": {"completion": True, "success": True}}
    for enrolment in changing:
        trace: dict[str, Any] = {"before": {"status": enrolment.status}, "after": {"status": status}}
        enrolment.status, enrolment.completed_at = status, at if completing else None
        audit.record(actor, "enrolment.conclude", "enrolment", enrolment.id, at=at, **trace)
        verb = "completed" if completing else "amended"
        tell(names, enrolment.person_id, verb, class_activity(run), enrolment.id, at, **said)
    changed = [enrolment.id for enrolment in changing]
    settle(changed)
    return changed
