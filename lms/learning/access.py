"""A trainee's work is her own."""

from uuid import UUID

from sqlalchemy import select

from lms.classes.models import Enrolment
from lms.core.database import db
from lms.core.guard import Actor
from lms.core.ownership import is_own


def own(actor: Actor, registration: UUID, **_other: object) -> bool | None:
    """Tell whether the registration is this person's; None when there is no such registration."""
    owner = db.session.scalar(select(Enrolment.person_id).where(Enrolment.id == registration))
    return None if owner is None else is_own(owner, actor.person_id)
