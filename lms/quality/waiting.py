"""What waits for somebody in results: a lecturer's answer, and the adjustments that an institution owes (mục IV.5)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, exists, func

from lms.catalogue.models import Topic
from lms.classes.models import ClassRun, Teaching
from lms.core.guard import Actor
from lms.core.i18n import select_language
from lms.core.ownership import owned_by
from lms.core.waiting import Kind, Row, Waiting, gathered, part, rows
from lms.people.access import units_within
from lms.people.models import Unit
from lms.people.sessions import local_day
from lms.quality.models import Adjustment
from lms.surveys.models import Reply, SectionMean, Survey

TEACH, MANAGE, SEES = "classes.teach", "classes.manage", "reports.quality"
REPLY_WITHIN = timedelta(days=90)
"""An answer may be given at any time; it is asked for so long after the results were released."""
AHEAD = timedelta(days=7)
"""A measure is named so long before its day."""


def _topic(row: Row) -> str:
    return url_for("quality.own_topic", teaching_id=row.ref)


def _adjustment(row: Row) -> str:
    return url_for("quality.adjustment", adjustment_id=row.ref)


def _adjustments(state: str) -> str:
    return url_for("quality.adjustments", state=state)


KINDS = {
    "replies": Kind(_l("Results that you can answer"), _topic, partial(url_for, "quality.own")),
    "to_state": Kind(_l("Adjustments to be stated"), _adjustment, partial(_adjustments, "due")),
    "to_finish": Kind(_l("Measures that are due"), _adjustment, partial(_adjustments, "stated")),
}


def waiting(actor: Actor, at: datetime) -> Sequence[Waiting]:
    """Name a lecturer's released results without an answer, and an institution's adjustments that are open."""
    parts = [_unanswered(actor, at)] if actor.may(TEACH) and actor.person_id is not None else []
    if actor.may(MANAGE) and actor.may(SEES):
        due = part("to_state", subject=ClassRun.name, ref=Adjustment.id, since=Adjustment.made_at)
        stated = part(
            "to_finish",
            subject=func.concat(ClassRun.name, " · ", Adjustment.measure),
            ref=Adjustment.id,
            since=Adjustment.stated_at,
            due_on=Adjustment.due_on,
        )
        parts += [
            _owed(actor, due).where(Adjustment.state == "due"),
            _owed(actor, stated).where(Adjustment.state == "stated", Adjustment.due_on <= local_day(at) + AHEAD),
        ]
    return gathered(rows(*parts), KINDS)


def _owed(actor: Actor, adjustments: Select[Any]) -> Select[Any]:
    return (
        adjustments.select_from(Adjustment)
        .join(ClassRun, ClassRun.id == Adjustment.class_id)
        .join(Unit, Unit.id == ClassRun.institution_id)
        .where(units_within(actor.paths(MANAGE)))
    )


def _unanswered(actor: Actor, at: datetime) -> Select[Any]:
    title = func.coalesce(Topic.title[select_language()].astext, Topic.title["vi"].astext)
    answered = exists().where(Reply.survey_id == Survey.id, Reply.teaching_id == Teaching.id)
    told = exists().where(SectionMean.survey_id == Survey.id, SectionMean.teaching == Teaching.id)
    return (
        part(
            "replies",
            subject=func.concat(title, " · ", ClassRun.name),
            ref=Teaching.id,
            since=Survey.released_at,
        )
        .select_from(Teaching)
        .join(Topic, Topic.id == Teaching.topic_id)
        .join(ClassRun, ClassRun.id == Teaching.class_id)
        .join(Survey, Survey.class_id == ClassRun.id)
        .where(owned_by(Teaching.lecturer_id, actor.person_id), Survey.released_at > at - REPLY_WITHIN, told, ~answered)
    )
