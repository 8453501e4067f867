"""A class after an earlier one: its lecturers and its timetable, moved to the new days."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from lms.catalogue.models import Topic
from lms.classes.models import ClassRun, Session, Teaching
from lms.classes.queries import held_meanwhile, is_lecturer
from lms.classes.services.timetable import add_session, assign_lecturer
from lms.core.database import act, db
from lms.core.guard import Actor
from lms.people.sessions import local_day


@act
def copy_timetable(actor: Actor, run: ClassRun, *, at: datetime) -> None:
    """Take lecturers and sessions over from the class after which this one was made.

    Topics are found by their code in the version that is taught now; who is no lecturer any more, or teaches elsewhere
    at that hour, is left out; what would lie after the last day is not taken over.
    """
    if run.copied_from is None:
        return
    earlier = db.session.get_one(ClassRun, run.copied_from)
    topics = _topics(earlier.version_id, run.version_id)
    for teaching in db.session.scalars(select(Teaching).where(Teaching.class_id == earlier.id)).all():
        topic_id = topics.get(teaching.topic_id)
        if topic_id is not None and is_lecturer(teaching.lecturer_id, local_day(at)):
            assign_lecturer(actor, run.id, topic_id, teaching.lecturer_id, at=at)
    _sessions(actor, earlier, run, topics, at)


def _sessions(actor: Actor, earlier: ClassRun, run: ClassRun, topics: Mapping[UUID, UUID], at: datetime) -> None:
    by = run.starts_on - earlier.starts_on
    held = select(Session).where(Session.class_id == earlier.id).order_by(Session.starts_at)
    for session in db.session.scalars(held).all():
        starts_at, ends_at = session.starts_at + by, session.ends_at + by
        if local_day(ends_at) > run.ends_on:
            continue
        lecturer_id = session.lecturer_id
        if lecturer_id is not None and (
            not is_lecturer(lecturer_id, local_day(at))
            or held_meanwhile(lecturer_id, starts_at, ends_at, but=session.id) is not None
        ):
            lecturer_id = None
        add_session(
            actor,
            run.id,
            topic_id=topics.get(session.topic_id) if session.topic_id else None,
            lecturer_id=lecturer_id,
            kind=session.kind,
            title=session.title,
            starts_at=starts_at,
            ends_at=ends_at,
            place=session.place,
            at=at,
        )


def _topics(old: UUID, new: UUID) -> dict[UUID, UUID]:
    """Return topic -> the topic of the same code in the other version."""
    codes = {topic.code: topic.id for topic in db.session.scalars(select(Topic).where(Topic.version_id == new))}
    known = db.session.scalars(select(Topic).where(Topic.version_id == old))
    return {topic.id: codes[topic.code] for topic in known if topic.code in codes}
