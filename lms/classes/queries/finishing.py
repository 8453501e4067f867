"""What a class that is to be finished lacks, and which classes wait for their results."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, or_, select

from lms.assessment.models import Attempt, Submission
from lms.catalogue.models import Topic
from lms.classes import rules
from lms.classes.models import Attendance, ClassRun, Enrolment, Session, Teaching
from lms.core.database import db
from lms.core.i18n import local


def unfinished(class_id: UUID, at: datetime) -> list[rules.Gap]:
    """Return what is missing for a class to be finished; three statements."""
    columns = (Session.id, Session.title, Session.ends_at, Session.attendance_taken_at)
    sessions = db.session.execute(select(*columns).where(Session.class_id == class_id).order_by(Session.starts_at))
    taught = exists().where(Teaching.class_id == class_id, Teaching.topic_id == Topic.id)
    topics = db.session.execute(
        select(Topic.id, Topic.title, taught)
        .join(ClassRun, ClassRun.version_id == Topic.version_id)
        .where(ClassRun.id == class_id)
        .order_by(Topic.position)
    )
    took_part = select(Enrolment.id).where(
        Enrolment.class_id == class_id,
        Enrolment.status != "withdrawn",
        or_(
            exists().where(Attendance.enrolment_id == Enrolment.id, Attendance.status.in_(rules.ATTENDED)),
            exists().where(Attempt.registration == Enrolment.id),
            exists().where(Submission.registration == Enrolment.id),
            Enrolment.status == "completed",
        ),
    )
    return rules.gaps(
        [(row[0], row[1], row[2], row[3] is not None) for row in sessions],
        [(row[0], local(row[1]), row[2]) for row in topics],
        took_part=db.session.scalar(took_part.limit(1)) is not None,
        at=at,
    )


def without_results(at: datetime) -> Sequence[UUID]:
    """Return the finished classes whose results are due and in which somebody has none."""
    waits = exists().where(Enrolment.class_id == ClassRun.id, Enrolment.status == "enrolled")
    due = select(ClassRun.id).where(
        ClassRun.status == "finished", ClassRun.finished_at <= at - rules.RESULTS_AFTER, waits
    )
    return db.session.scalars(due.order_by(ClassRun.finished_at, ClassRun.id)).all()
