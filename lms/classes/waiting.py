"""What waits for those who teach and run classes: attendance, essays, classes whose last day has passed."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, exists, func, or_
from sqlalchemy.dialects.postgresql import aggregate_order_by

from lms.assessment.models import Submission
from lms.assessment.queries import counting
from lms.classes.access import held, taught
from lms.classes.life import CLASS, OPEN
from lms.classes.models import ClassRun, Enrolment, Session
from lms.classes.rules import ENROLMENT, RESULTS_AFTER
from lms.core.guard import Actor
from lms.core.ownership import owned_by
from lms.core.waiting import Kind, Row, Waiting, gathered, part, rows
from lms.people.sessions import local_day

MANAGE, TEACH = "classes.manage", "classes.teach"


def _sheet(row: Row) -> str:
    return url_for("classes.attendance", class_id=row.other, session_id=row.ref)


def _essay(row: Row) -> str:
    return url_for("classes.essay", class_id=row.other, submission_id=row.ref)


def _finish(row: Row) -> str:
    return url_for("classes.finish", class_id=row.ref)


KINDS = {
    "attendance": Kind(_l("Attendance sheets to take"), _sheet, partial(url_for, "classes.index")),
    "essays": Kind(_l("Essays to mark"), _essay, partial(url_for, "classes.index")),
    "finish": Kind(_l("Classes to finish"), _finish, partial(url_for, "classes.index")),
}


def waiting(actor: Actor, at: datetime) -> Sequence[Waiting]:
    """Name what waits in the classes that somebody teaches or runs; the oldest sheet and essay of each class.

    A sheet is no longer asked for once the results of its class are fixed.
    """
    parts = [_attendance(actor, at), _essays(actor)] if actor.may(TEACH) else []
    parts += [_over(actor, at)] if actor.may(MANAGE) else []
    return gathered(rows(*parts), KINDS)


def _attendance(actor: Actor, at: datetime) -> Select[Any]:
    mine = or_(owned_by(Session.lecturer_id, actor.person_id), held(actor, MANAGE))
    return (
        part(
            "attendance",
            subject=ClassRun.name,
            ref=_first(Session.id, Session.ends_at),
            other=ClassRun.id,
            count=func.count(),
            since=func.min(Session.ends_at),
        )
        .join_from(Session, ClassRun, ClassRun.id == Session.class_id)
        .where(
            Session.attendance_taken_at.is_(None),
            Session.ends_at <= at,
            ClassRun.status.in_(CLASS.allowed["record_attendance"]),
            or_(ClassRun.status.in_(OPEN), ClassRun.finished_at > at - RESULTS_AFTER),
            mine,
            exists().where(Enrolment.class_id == ClassRun.id, Enrolment.status != "withdrawn"),
        )
        .group_by(ClassRun.id)
    )


def _essays(actor: Actor) -> Select[Any]:
    return (
        part(
            "essays",
            subject=ClassRun.name,
            ref=_first(Submission.id, Submission.submitted_at),
            other=ClassRun.id,
            count=func.count(),
            since=func.min(Submission.submitted_at),
        )
        .join_from(Submission, Enrolment, Enrolment.id == Submission.registration)
        .join(ClassRun, ClassRun.id == Enrolment.class_id)
        .where(
            Submission.marked_at.is_(None),
            counting(),
            Enrolment.status.in_(ENROLMENT.allowed["mark_essay"]),
            ClassRun.status.in_(CLASS.allowed["mark_essay"]),
            or_(held(actor, MANAGE), taught(actor)),
        )
        .group_by(ClassRun.id)
    )


def _over(actor: Actor, at: datetime) -> Select[Any]:
    return part(
        "finish", subject=ClassRun.name, ref=ClassRun.id, since=ClassRun.ends_on, due_on=ClassRun.ends_on
    ).where(ClassRun.status.in_(CLASS.allowed["finish"]), ClassRun.ends_on < local_day(at), held(actor, MANAGE))


def _first(column: Any, order: Any) -> Any:
    return func.array_agg(aggregate_order_by(column, order))[1]
