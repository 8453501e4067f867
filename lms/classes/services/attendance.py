"""Who was at a session."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from lms.classes import queries, rules, signals
from lms.classes.models import ATTENDANCE, Attendance, ClassRun, Enrolment, Session
from lms.classes.services.held import class_for
from lms.classes.services.statements import class_activity, tell
from lms.core import audit
from lms.core.database import act, db
from lms.core.edits import Edit, settle
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.people.queries import account_actor_name
from lms.records.emit import Activity


@act
def record_attendance(
    actor: Actor,
    session_id: UUID,
    marks: Mapping[UUID, tuple[str, str | None]],
    *,
    at: datetime,
    seen: Mapping[UUID, tuple[str, str | None]] | None = None,
) -> int:
    """Record or correct who was at a session; returns how many marks changed.

    :param marks: enrolment -> (status, note)
    :param seen: the marks that whoever records had read; None where nothing was read (:class:`lms.core.edits.Edit`)
    :raises ChangedMeanwhile: somebody else has marked the same trainees since, otherwise
    :raises DomainError: ``class-cancelled``, ``too-early``, ``nobody-marked``, ``bad-mark``
    """
    run, session = _to_mark(session_id, at)
    members = _members(session, marks)
    known: dict[UUID, tuple[str, str | None]] = {
        row.enrolment_id: (row.status, row.note)
        for row in db.session.scalars(select(Attendance).where(Attendance.session_id == session_id))
    }
    changed = _settled(marks, seen, known)
    session.attendance_taken_at = session.attendance_taken_at or at
    if not changed:
        return 0
    _write(session_id, changed, {"recorded_by": actor.account_id, "recorded_at": at})
    before = {str(enrolment_id): known[enrolment_id] for enrolment_id in changed if enrolment_id in known}
    after = {str(enrolment_id): mark for enrolment_id, mark in changed.items()}
    audit.record(actor, "attendance.record", "session", session_id, at=at, before=before or None, after=after)
    _tell(actor, run, session, changed, known, members, at)
    taken_back = [
        enrolment
        for enrolment, (status, _note) in changed.items()
        if enrolment in known and known[enrolment][0] in rules.ATTENDED and status not in rules.ATTENDED
    ]
    signals.attendance_recorded.send(actor, registrations=list(changed), taken_back=taken_back, at=at)
    return len(changed)


def _to_mark(session_id: UUID, at: datetime) -> tuple[ClassRun, Session]:
    """Return a session whose attendance can be taken, locked, with its class."""
    class_id = db.session.scalar(select(Session.class_id).where(Session.id == session_id))
    if class_id is None:
        raise NotFound
    run = class_for("record_attendance", class_id)
    session = db.session.scalar(
        select(Session).where(Session.id == session_id).with_for_update().execution_options(populate_existing=True)
    )
    if session is None:  # removed a moment ago
        raise NotFound
    if not rules.attendance_open(session.starts_at, at):
        raise DomainError("too-early", _l("Attendance can be taken from half an hour before the session starts."))
    return run, session


def _members(session: Session, marks: Mapping[UUID, tuple[str, str | None]]) -> dict[UUID, UUID]:
    """Return the class's trainees, enrolment -> person; the marks must be of them, and of those there are."""
    if not marks:
        raise DomainError("nobody-marked", _l("Nobody is marked yet, so nothing was saved."), 422)
    enrolled = db.session.execute(
        select(Enrolment.id, Enrolment.person_id).where(
            Enrolment.class_id == session.class_id, Enrolment.status != "withdrawn"
        )
    )
    members: dict[UUID, UUID] = {row.id: row.person_id for row in enrolled}
    if not set(marks) <= set(members) or any(status not in ATTENDANCE for status, _ in marks.values()):
        raise DomainError("bad-mark", _l("The list holds a trainee or a mark that does not belong to it."), 422)
    return members


def _write(session_id: UUID, marks: Mapping[UUID, tuple[str, str | None]], recorded: Mapping[str, Any]) -> None:
    rows = [
        {"session_id": session_id, "enrolment_id": enrolment_id, "status": status, "note": note} | dict(recorded)
        for enrolment_id, (status, note) in marks.items()
    ]
    statement = upsert(Attendance)
    columns = ("status", "note", "recorded_by", "recorded_at")
    replace = {name: getattr(statement.excluded, name) for name in columns}
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["session_id", "enrolment_id"], set_=replace), rows
    )


def _settled(
    marks: Mapping[UUID, tuple[str, str | None]],
    seen: Mapping[UUID, tuple[str, str | None]] | None,
    known: Mapping[UUID, tuple[str, str | None]],
) -> dict[UUID, tuple[str, str | None]]:
    """Return the marks to be written, by trainee (:func:`lms.core.edits.settle`)."""
    wanted = {str(enrolment_id): mark for enrolment_id, mark in marks.items()}
    read = None if seen is None else {str(enrolment_id): seen.get(enrolment_id) for enrolment_id in marks}
    stored = {str(enrolment_id): known.get(enrolment_id) for enrolment_id in marks}
    return {UUID(key): mark for key, mark in settle(Edit(wanted, read), stored).items()}


def _tell(
    actor: Actor,
    run: ClassRun,
    session: Session,
    changed: Mapping[UUID, tuple[str, str | None]],
    known: Mapping[UUID, tuple[str, str | None]],
    members: Mapping[UUID, UUID],
    at: datetime,
) -> None:
    """Say each mark; the note is left out, since it may tell of somebody's health."""
    parent, recorder = class_activity(run), account_actor_name(actor.account_id)
    names = queries.actor_names(members[enrolment_id] for enrolment_id in changed)
    activity = Activity("session", str(session.id), {"vi": session.title})
    for enrolment_id, (status, _note) in changed.items():
        attended = status in rules.ATTENDED
        verb = "attended" if attended else "missed"
        if enrolment_id in known and (known[enrolment_id][0] in rules.ATTENDED) == attended:
            verb = "amended"
        said: dict[str, Any] = {"instructor": recorder, "extensions": {"status": status}}
        tell(names, members[enrolment_id], verb, activity, enrolment_id, at, parent=parent, **said)
