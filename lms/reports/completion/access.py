"""Whose records a reader may open."""

from uuid import UUID

from sqlalchemy import or_, select

from lms.classes.models import Enrolment
from lms.core.database import db
from lms.core.guard import Actor
from lms.core.ownership import is_own
from lms.people.access import units_within
from lms.people.models import Person, Unit


def may_read_record(actor: Actor, person_id: UUID) -> bool | None:
    """Her own; or that of a person in, or sent by, a unit held for ``reports.completion``. None: no such person."""
    if not db.session.scalar(select(Person.id).where(Person.id == person_id)):
        return None
    if is_own(person_id, actor.person_id):
        return True
    paths = actor.paths("reports.completion")
    if not paths:
        return False
    sent = select(Enrolment.unit_id).where(Enrolment.person_id == person_id)
    own = select(Person.unit_id).where(Person.id == person_id)
    concerned = select(Unit.id).where(or_(Unit.id.in_(sent), Unit.id.in_(own)), units_within(paths)).limit(1)
    return db.session.scalar(concerned) is not None
