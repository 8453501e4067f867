"""The life of a class: set up, and finished."""

from datetime import date, datetime
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from lms.catalogue.models import ProgrammeVersion
from lms.classes import queries, signals
from lms.classes.models import ClassRun
from lms.classes.services.held import class_for
from lms.core import audit
from lms.core.database import act, db, lock
from lms.core.errors import DomainError
from lms.core.guard import Actor
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

    :raises DomainError: ``class-code-taken``, ``class-dates``, ``no-version``, ``no-institution``
    """
    lock("class-code", code)
    if db.session.scalar(select(ClassRun.id).where(ClassRun.code == code)) is not None:
        raise DomainError("class-code-taken", _l("There is a class with this code already."))
    if ends_on < starts_on:
        raise DomainError("class-dates", _l("The last day comes before the first."), 400)
    version = db.session.get(ProgrammeVersion, version_id)
    if version is None or version.status == "retired":
        raise DomainError("no-version", _l("This programme version does not exist."), 400)
    if not queries.may_run_classes(institution_id, local_day(at)):
        raise DomainError("no-institution", _l("This institution does not exist, or exists no longer."), 400)
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
def finish_class(actor: Actor, class_id: UUID, *, at: datetime) -> None:
    """End a class: nobody is enrolled any more, and its evaluation opens (Phần IV.5).

    :raises DomainError: ``class-closed``, ``class-cancelled``
    """
    run = class_for("finish", class_id, exclusive=True)
    before, run.status = run.status, "finished"
    audit.record(
        actor, "class.finish", "class", class_id, at=at, before={"status": before}, after={"status": "finished"}
    )
    signals.class_finished.send(actor, class_id=class_id, at=at)
