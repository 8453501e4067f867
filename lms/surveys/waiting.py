"""What waits for somebody in evaluations: her own forms, forms about people she sent, comments to read.

Nothing here tells who has answered: a form is named to its own person, comments only once the evaluation is closed.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, exists, func, or_

from lms.classes.models import ClassRun, Enrolment, Teaching
from lms.core.guard import Actor
from lms.core.ownership import owned_by
from lms.core.waiting import Kind, Row, Waiting, gathered, last_day, part, rows
from lms.people.access import units_within
from lms.people.models import Person, Unit
from lms.surveys.access import readable
from lms.surveys.life import SURVEY
from lms.surveys.models import Comment, CommentReading, FollowUp, Participation, Survey
from lms.surveys.queries.rights import unbarred

ANSWER, FOLLOW, READ = "surveys.answer", "surveys.follow_up", "surveys.moderate"


def _form(row: Row) -> str:
    return url_for("surveys.form", survey_id=row.ref)


def _named(row: Row) -> str:
    return url_for("surveys.follow_up", follow_up_id=row.ref)


def _comments(row: Row) -> str:
    return url_for("surveys.comments_page", survey_id=row.ref)


_HOME = partial(url_for, "console.home")
KINDS = {
    "evaluations": Kind(_l("Evaluation forms to fill in"), _form, _HOME),
    "own_follow_ups": Kind(_l("Forms after training to fill in"), _named, _HOME),
    "follow_ups": Kind(
        _l("Forms after training about people you sent"), _named, partial(url_for, "surveys.follow_ups")
    ),
    "comments": Kind(_l("Comments to read"), _comments, partial(url_for, "surveys.reading")),
}


def waiting(actor: Actor, at: datetime) -> Sequence[Waiting]:
    """Name the forms and comments that wait for somebody."""
    parts: list[Select[Any]] = []
    if actor.may(ANSWER) and actor.person_id is not None:
        parts += [_evaluations(actor, at), _own_follow_ups(actor, at)]
        parts += [_follow_ups(actor, at)] if actor.may(FOLLOW) else []
    if actor.may(READ):
        parts.append(_unread(actor))
    return gathered(rows(*parts), KINDS)


def _evaluations(actor: Actor, at: datetime) -> Select[Any]:
    return (
        part(
            "evaluations",
            subject=func.coalesce(ClassRun.name, Unit.name),
            ref=Survey.id,
            since=Survey.opens_at,
            due_on=last_day(Survey.closes_at),
        )
        .select_from(Survey)
        .join(Participation, Participation.survey_id == Survey.id)
        .join(Unit, Unit.id == Survey.institution_id)
        .outerjoin(ClassRun, ClassRun.id == Survey.class_id)
        .outerjoin(Enrolment, Enrolment.id == Participation.enrolment_id)
        .where(
            owned_by(Participation.person_id, actor.person_id),
            Participation.answered.is_(False),
            Survey.state.in_(SURVEY.allowed["answer"]),
            Survey.closes_at > at,
            or_(Enrolment.id.is_(None), Enrolment.status != "withdrawn"),
            unbarred(),
        )
    )


def _named_forms(kind: str, subject: Any, at: datetime) -> Select[Any]:
    return (
        part(kind, subject=subject, ref=FollowUp.id, since=FollowUp.opens_at, due_on=last_day(FollowUp.closes_at))
        .select_from(FollowUp)
        .join(Enrolment, Enrolment.id == FollowUp.enrolment_id)
        .join(ClassRun, ClassRun.id == FollowUp.class_id)
        .where(FollowUp.answered_at.is_(None), FollowUp.opens_at <= at, FollowUp.closes_at > at)
    )


def _own_follow_ups(actor: Actor, at: datetime) -> Select[Any]:
    return _named_forms("own_follow_ups", ClassRun.name, at).where(
        FollowUp.audience == "follow_up",
        owned_by(Enrolment.person_id, actor.person_id),
        Enrolment.status != "withdrawn",
    )


def _follow_ups(actor: Actor, at: datetime) -> Select[Any]:
    subject = func.concat(Person.full_name, " · ", ClassRun.name)
    return (
        _named_forms("follow_ups", subject, at)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .where(
            FollowUp.audience == "employer",
            units_within(actor.paths(FOLLOW)),
            ~owned_by(Enrolment.person_id, actor.person_id),
        )
    )


def _unread(actor: Actor) -> Select[Any]:
    taught = exists().where(Teaching.class_id == Survey.class_id, owned_by(Teaching.lecturer_id, actor.person_id))
    return (
        part(
            "comments",
            subject=func.coalesce(ClassRun.name, Unit.name),
            ref=Survey.id,
            count=func.count(),
            since=Survey.closed_at,
        )
        .select_from(Survey)
        .join(Unit, Unit.id == Survey.institution_id)
        .join(Comment, Comment.survey_id == Survey.id)
        .outerjoin(CommentReading, CommentReading.comment_id == Comment.id)
        .outerjoin(ClassRun, ClassRun.id == Survey.class_id)
        .where(
            Survey.state.in_(SURVEY.allowed["read_comments"]),
            CommentReading.comment_id.is_(None),
            units_within(readable(actor, actor.paths(READ))),
            ~taught,
        )
        .group_by(Survey.id, ClassRun.name, Unit.name)
    )
