"""What can be done with a class's sessions and lecturers."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from lms.catalogue.models import Topic
from lms.classes import rules, signals
from lms.classes.models import SESSION_KINDS, Attendance, ClassRun, Session, Teaching
from lms.core import audit
from lms.core.database import act, db, lock
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.people.models import Person


@act
def assign_lecturer(actor: Actor, class_id: UUID, topic_id: UUID, person_id: UUID, *, at: datetime) -> Teaching:
    """Give a topic of the class to a lecturer; a topic may have several."""
    run = db.session.get(ClassRun, class_id)
    topic = db.session.get(Topic, topic_id)
    if run is None or topic is None or topic.version_id != run.version_id or db.session.get(Person, person_id) is None:
        raise NotFound
    lock("teaching", class_id, topic_id)
    same = (Teaching.class_id == class_id, Teaching.topic_id == topic_id, Teaching.lecturer_id == person_id)
    found = db.session.scalar(select(Teaching).where(*same))
    if found is not None:
        return found
    teaching = Teaching(id=uuid4(), class_id=class_id, topic_id=topic_id, lecturer_id=person_id)
    db.session.add(teaching)
    db.session.flush()
    after = {"class": class_id, "topic": topic.code, "lecturer": person_id}
    audit.record(actor, "class.assign_lecturer", "teaching", teaching.id, at=at, after=after)
    return teaching


@act
def remove_lecturer(actor: Actor, class_id: UUID, teaching_id: UUID, *, at: datetime) -> None:
    """Take a topic from a lecturer, as long as the class runs (its evaluation asks about those who taught)."""
    teaching = db.session.scalar(select(Teaching).where(Teaching.id == teaching_id, Teaching.class_id == class_id))
    run = db.session.get(ClassRun, class_id)
    if teaching is None or run is None:
        raise NotFound
    if run.status == "finished":
        raise DomainError("class-closed", _l("The class is over; its lecturers cannot be changed any more."))
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

    :raises DomainError: ``session-times``, ``lecturer-busy``
    """
    session = Session(id=uuid4(), class_id=class_id)
    if db.session.get(ClassRun, class_id) is None:
        raise NotFound
    values = {"topic_id": topic_id, "lecturer_id": lecturer_id, "kind": kind, "title": title, "place": place}
    _set(session, values | {"starts_at": starts_at, "ends_at": ends_at})
    db.session.add(session)
    db.session.flush()
    audit.record(actor, "session.add", "session", session.id, at=at, after=_values(session))
    signals.requirements_changed.send(actor, class_id=class_id, at=at)
    return session


@act
def change_session(actor: Actor, class_id: UUID, session_id: UUID, values: dict[str, Any], *, at: datetime) -> Session:
    """Change a meeting's time, place, title, kind, topic or lecturer."""
    session = _session(class_id, session_id)
    before = _values(session)
    _set(session, values)
    db.session.flush()
    audit.record(actor, "session.change", "session", session_id, at=at, before=before, after=_values(session))
    signals.requirements_changed.send(actor, class_id=class_id, at=at)
    return session


@act
def remove_session(actor: Actor, class_id: UUID, session_id: UUID, *, at: datetime) -> None:
    """Take a meeting out of the timetable, unless attendance was taken."""
    session = _session(class_id, session_id)
    if db.session.scalar(select(func.count()).where(Attendance.session_id == session_id)):
        raise DomainError("attendance-taken", _l("Attendance was taken for this session, so it cannot be removed."))
    audit.record(actor, "session.remove", "session", session_id, at=at, before=_values(session))
    db.session.delete(session)
    signals.requirements_changed.send(actor, class_id=class_id, at=at)


def _session(class_id: UUID, session_id: UUID) -> Session:
    session = db.session.scalar(select(Session).where(Session.id == session_id, Session.class_id == class_id))
    if session is None:
        raise NotFound
    return session


def _set(session: Session, values: dict[str, Any]) -> None:
    starts_at, ends_at, lecturer_id = values["starts_at"], values["ends_at"], values["lecturer_id"]
    if ends_at <= starts_at:
        raise DomainError("session-times", _l("The session must end after it starts."), 400)
    if values["kind"] not in SESSION_KINDS:
        raise DomainError("session-kind", _l("Please choose a kind of session."), 400)
    if lecturer_id is not None:
        lock("lecturer", lecturer_id)
        for other in db.session.scalars(
            select(Session).where(Session.lecturer_id == lecturer_id, Session.id != session.id)
        ):
            if rules.times_overlap(starts_at, ends_at, other.starts_at, other.ends_at):
                raise DomainError(
                    "lecturer-busy", _l("The lecturer has another session at this time: %(title)s.", title=other.title)
                )
    for name, value in values.items():
        setattr(session, name, value)


def _values(session: Session) -> dict[str, Any]:
    names = ("kind", "title", "starts_at", "ends_at", "place", "topic_id", "lecturer_id")
    return {name: getattr(session, name) for name in names}
