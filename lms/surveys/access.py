"""Who may do what with one evaluation."""

from uuid import UUID

from sqlalchemy import exists, select

from lms.classes.models import Enrolment
from lms.core.database import db
from lms.core.guard import Actor
from lms.surveys.models import Participation, Survey


def may_answer(actor: Actor, survey_id: UUID) -> bool | None:
    """A form is open to those who were invited; None when there is no such survey."""
    invited = exists().where(
        Participation.survey_id == Survey.id,
        Participation.enrolment_id == Enrolment.id,
        Enrolment.person_id == actor.person_id,
    )
    return db.session.scalar(select(invited).select_from(Survey).where(Survey.id == survey_id))
