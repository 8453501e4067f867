"""The timetable of a class: who teaches its topics, and when it meets."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from lms.catalogue.models import Topic
from lms.classes import queries, rules, signals
from lms.classes.models import SESSION_KINDS, Attendance, ClassRun, Session, Teaching
from lms.classes.services.held import class_for
from lms.core import audit
from lms.core.database import act, db, lock
from lms.core.edits import Edit, settle
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.people.sessions import local_day


@act
def assign_lecturer(actor: Actor, class_id: UUID, topic_id: UUID, person_id: UUID, *, at: datetime) -> Teaching:
    """Give a topic of the class to a lecturer; a topic may have several.

    :raises DomainError: ``class-closed``, ``class-cancelled``, ``not-a-lecturer``
    """
    run = class_for("assign_lecturer", class_id)
    topic = _topic(run, topic_id)
    _require_lecturer(person_id, at)
    lock("teaching", class_id, topic_id)
    same = (Teaching.class_id == class_id, Teaching.topic_id == topic_id, Teaching.lecturer_id == person_id)
    teaching = db.session.scalar(select(Teaching).where(*same))
    if teaching is not None:
        return teaching
    teaching = Teaching(id=uuid4(), class_id=class_id, topic_id=topic_id, lecturer_id=person_id)
    db.session.add(teaching)
    db.session.flush()
    after = {"class": class_id, "topic": topic.code, "lecturer": person_id}
    audit.record(actor, "class.assign_lecturer", "teaching", teaching.id, at=at, after=after)
    return teaching


@act
def remove_lecturer(actor: Actor, class_id: UUID, teaching_id: UUID, *, at: datetime) -> None:
    """Take a topic from a lecturer, as long as the class runs (its evaluation asks about those who taught).

    :raises DomainError: ``class-closed``, ``class-cancelled``
    """
    class_for("remove_lecturer", class_id)
    teaching = db.session.scalar(select(Teaching).where(Teaching.id == teaching_id, Teaching.class_id == class_id))
    if teaching is None:
        raise NotFound
    before = {"topic": teaching.topic_id, "lecturer": teaching.lecturer_id}
    audit.record(actor, "class.remove_lecturer", "teaching", teaching_id, at=at, before=before)
    db.session.delete(teaching)


@act
def add_session(
    actor: Actor,
    class_id: UUID,
    *,
    topic_id: UUID | None,
    lecturer_id: UUID | None,
    kind: str,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    at: datetime,
) -> Session:
    """Add a meeting to the class's timetable.

    :raises DomainError: ``class-closed``, ``class-cancelled``, ``session-times``, ``not-a-lecturer``, ``lecturer-busy``
    """
    run = class_for("add_session", class_id)
    session = Session(id=uuid4(), class_id=class_id)
    values = {"topic_id": topic_id, "lecturer_id": lecturer_id, "kind": kind, "title": title, "place": place}
    _set(run, session, values | {"starts_at": starts_at, "ends_at": ends_at}, at)
    db.session.add(session)
    db.session.flush()
    audit.record(actor, "session.add", "session", session.id, at=at, after=_values(session))
    signals.requirements_changed.send(actor, class_id=class_id, at=at)
    return session


@act
def change_session(actor: Actor, class_id: UUID, session_id: UUID, edit: Edit, *, at: datetime) -> Session:
    """Change a meeting's time, place, title, kind, topic or lecturer; what was not touched stays.

    :raises ChangedMeanwhile: somebody else changed the same
    :raises DomainError: those of :func:`add_session`; ``attendance-taken`` when it would move into the future
    """
    run = class_for("change_session", class_id)
    session = _session(class_id, session_id)
    before = _values(session)
    values = before | settle(edit, before)
    if session.attendance_taken_at is not None and not rules.attendance_open(values["starts_at"], at):
        raise DomainError("attendance-taken", _l("Attendance was taken for this session; it cannot lie in the future."))
    _set(run, session, values, at)
    db.session.flush()
    audit.record(actor, "session.change", "session", session_id, at=at, before=before, after=_values(session))
    signals.requirements_changed.send(actor, class_id=class_id, at=at)
    return session


@act
def remove_session(actor: Actor, class_id: UUID, session_id: UUID, *, at: datetime) -> None:
    """Take a meeting out of the timetable, unless attendance was taken.

    :raises DomainError: ``class-closed``, ``class-cancelled``, ``attendance-taken``
    """
    class_for("remove_session", class_id)
    session = _session(class_id, session_id)
    if db.session.scalar(select(func.count()).where(Attendance.session_id == session_id)):
        raise DomainError("attendance-taken", _l("Attendance was taken for this session, so it cannot be removed."))
    audit.record(actor, "session.remove", "session", session_id, at=at, before=_values(session))
    db.session.delete(session)
    signals.requirements_changed.send(actor, class_id=class_id, at=at)


def _session(class_id: UUID, session_id: UUID) -> Session:
    held = select(Session).where(Session.id == session_id, Session.class_id == class_id).with_for_update()
    session = db.session.scalar(held.execution_options(populate_existing=True))
    if session is None:
        raise NotFound
    return session


def _topic(run: ClassRun, topic_id: UUID) -> Topic:
    topic = db.session.get(Topic, topic_id)
    if topic is None or topic.version_id != run.version_id:
        raise NotFound
    return topic


def _require_lecturer(person_id: UUID, at: datetime) -> None:
    if not queries.is_lecturer(person_id, local_day(at)):
        raise DomainError("not-a-lecturer", _l("This person is not, or is no longer, a lecturer."))


def _set(run: ClassRun, session: Session, values: dict[str, Any], at: datetime) -> None:
    starts_at, ends_at, lecturer_id = values["starts_at"], values["ends_at"], values["lecturer_id"]
    if ends_at <= starts_at:
        raise DomainError("session-times", _l("The session must end after it starts."), 422)
    if values["kind"] not in SESSION_KINDS:
        raise DomainError("session-kind", _l("Please choose a kind of session."), 422)
    if values["topic_id"] is not None:
        _topic(run, values["topic_id"])
    if lecturer_id is not None:
        if lecturer_id != session.lecturer_id:
            _require_lecturer(lecturer_id, at)
        lock("lecturer", lecturer_id)
        other = queries.held_meanwhile(lecturer_id, starts_at, ends_at, but=session.id)
        if other is not None:
            raise DomainError(
                "lecturer-busy", _l("The lecturer has another session at this time: %(title)s.", title=other)
            )
    for name, value in values.items():
        setattr(session, name, value)


def _values(session: Session) -> dict[str, Any]:
    names = ("kind", "title", "starts_at", "ends_at", "place", "topic_id", "lecturer_id")
    return {name: getattr(session, name) for name in names}
