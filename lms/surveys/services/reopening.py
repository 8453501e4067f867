"""What the end of a class triggered, taken back when Home Affairs opens the class again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, or_, select

from lms.classes.models import ClassRun, Teaching
from lms.core import audit
from lms.core.database import act, db, lock
from lms.core.errors import DomainError
from lms.core.guard import Actor
from lms.surveys import rules
from lms.surveys.life import SURVEY
from lms.surveys.models import FollowUp, Participation, Survey


def against(class_id: UUID) -> DomainError | None:
    """Answer whether the evaluation bars the class from being opened (:data:`lms.classes.hooks.reopening`)."""
    state = db.session.scalar(select(Survey.state).where(Survey.class_id == class_id).with_for_update())
    reason = SURVEY.refusal("take_back", state) if state else None
    return DomainError(reason, SURVEY.words[reason]) if reason else None


@act
def take_back(actor: Actor, class_id: UUID, *, at: datetime) -> UUID | None:
    """Cancel what nobody has used yet; returns the evaluation that is cancelled, if one is.

    An evaluation in which somebody has sent a form goes on to its date: what was said is not lost, and who was not
    invited yet is when the class is finished. Forms to come three months later are planned anew then.
    """
    db.session.execute(delete(FollowUp).where(FollowUp.class_id == class_id, FollowUp.answers.is_(None)))
    _disinvite_lecturers(class_id, at)
    lock("survey", class_id)
    survey = db.session.scalar(select(Survey).where(Survey.class_id == class_id).with_for_update())
    if survey is None:
        return None
    lock("ballots", survey.id)  # held by everybody whose form is on its way
    used = or_(Participation.answered, Participation.on_paper)
    if survey.paper_typed or db.session.scalar(select(exists().where(Participation.survey_id == survey.id, used))):
        return None
    cancelled = survey.id
    db.session.execute(delete(Participation).where(Participation.survey_id == cancelled))
    db.session.delete(survey)
    audit.record(actor, "survey.cancel", "survey", cancelled, at=at, before={"class": class_id})
    return cancelled


def _disinvite_lecturers(class_id: UUID, at: datetime) -> None:
    """Take back unused invitations of lecturers whom no other finished class of the half-year invites."""
    run = db.session.get_one(ClassRun, class_id)
    period, _closes = rules.half_year(at)
    survey_id = db.session.scalar(
        select(Survey.id).where(
            Survey.institution_id == run.institution_id, Survey.period == period, Survey.state == "open"
        )
    )
    if survey_id is None:
        return
    elsewhere = (
        select(Teaching.lecturer_id)
        .join(ClassRun, ClassRun.id == Teaching.class_id)
        .where(ClassRun.institution_id == run.institution_id, ClassRun.status == "finished", ClassRun.id != class_id)
    )
    db.session.execute(
        delete(Participation).where(
            Participation.survey_id == survey_id,
            Participation.person_id.in_(select(Teaching.lecturer_id).where(Teaching.class_id == class_id)),
            Participation.person_id.not_in(elsewhere),
            ~Participation.answered,
            ~Participation.on_paper,
        )
    )
