"""The life of a class: set up, finished, and opened again."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from lms.catalogue.models import ProgrammeVersion
from lms.catalogue.rules import VERSION
from lms.classes import hooks, queries, signals
from lms.classes.models import ClassRun, Enrolment
from lms.classes.services.commitments import follow
from lms.classes.services.held import class_for
from lms.classes.services.results import conclude_all
from lms.core import audit
from lms.core.database import act, db, lock
from lms.core.errors import DomainError
from lms.core.guard import Actor
from lms.core.text import one_line
from lms.people.sessions import local_day


@act
def create_class(
    actor: Actor,
    *,
    code: str,
    name: str,
    version_id: UUID,
    institution_id: int,
    starts_on: date,
    ends_on: date,
    capacity: int,
    at: datetime,
) -> ClassRun:
    """Set up a class of a programme version.

    :raises DomainError: ``class-code-taken``, ``class-dates``, ``no-version``, ``retired``, ``no-institution``
    """
    lock("class-code", code)
    if db.session.scalar(select(ClassRun.id).where(ClassRun.code == code)) is not None:
        raise DomainError("class-code-taken", _l("There is a class with this code already."))
    if ends_on < starts_on:
        raise DomainError("class-dates", _l("The last day comes before the first."), 422)
    version = db.session.get(ProgrammeVersion, version_id)
    if version is None:
        raise DomainError("no-version", _l("This programme version does not exist."), 422)
    VERSION.require("teach", version.status)
    if not queries.may_run_classes(institution_id, local_day(at)):
        raise DomainError("no-institution", _l("This institution does not exist, or exists no longer."), 422)
    run = ClassRun(
        id=uuid4(),
        code=code,
        name=name,
        version_id=version_id,
        institution_id=institution_id,
        starts_on=starts_on,
        ends_on=ends_on,
        status="running",
        capacity=capacity,
    )
    db.session.add(run)
    db.session.flush()
    after = {"code": code, "name": name, "from": starts_on, "to": ends_on, "capacity": capacity}
    audit.record(actor, "class.create", "class", run.id, at=at, after=after)
    return run


@act
def finish_class(actor: Actor, class_id: UUID, *, at: datetime, reason: str | None = None) -> None:
    """End a class: nobody is enrolled any more, and its evaluation opens (mục IV.5).

    :param reason: why it is finished although something is missing (:func:`lms.classes.rules.gaps`)
    :raises DomainError: ``class-closed``, ``class-cancelled``, ``class-unfinished`` something is missing, and no reason
    """
    run = class_for("finish", class_id, exclusive=True)
    missing, said = queries.unfinished(class_id, at), one_line(reason or "")
    if missing and not said:
        raise DomainError("class-unfinished", _l("Something is still missing. Please complete it, or give a reason."))
    after: dict[str, Any] = {"status": "finished"}
    if missing:
        after |= {"reason": said, "missing": [f"{gap.kind} {gap.id or ''}".strip() for gap in missing]}
    audit.record(actor, "class.finish", "class", class_id, at=at, before={"status": run.status}, after=after)
    run.status, run.finished_at, run.finished_reason = "finished", at, said if missing else None
    follow(class_id)
    signals.class_finished.send(actor, class_id=class_id, at=at)


@act
def reopen_class(actor: Actor, class_id: UUID, reason: str, *, at: datetime) -> None:
    """Undo the end of a class: it runs again, and results that were fixed without completion are open again.

    What finishing triggered is taken back by those who did it (signal ``class_reopened``).

    :raises DomainError: ``class-open``, ``class-cancelled``, ``no-reason``, and what a floor above has against it
    """
    run = class_for("reopen", class_id, exclusive=True)
    said = one_line(reason)
    if not said:
        raise DomainError("no-reason", _l("Please say why the class is opened again."), 422)
    for refused in hooks.reopening.ask(class_id):
        if refused is not None:
            raise refused
    fixed = select(Enrolment.id).where(Enrolment.class_id == class_id, Enrolment.status.in_(("incomplete", "failed")))
    results = conclude_all(actor, db.session.scalars(fixed).all(), "enrolled", at=at)
    before = {"status": run.status, "finished_at": run.finished_at, "reason": run.finished_reason}
    after = {"status": "running", "reason": said, "results_taken_back": len(results)}
    audit.record(actor, "class.reopen", "class", class_id, at=at, before=before, after=after)
    run.status, run.finished_at, run.finished_reason = "running", None, None
    follow(class_id)
    signals.class_reopened.send(actor, class_id=class_id, at=at)
