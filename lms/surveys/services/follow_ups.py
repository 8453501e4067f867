"""After training: three to six months later the trainee and her manager say, by name, what is applied at work."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lms.classes.models import Enrolment
from lms.core import audit
from lms.core.database import act, db
from lms.core.errors import NotFound
from lms.core.guard import Actor
from lms.surveys import answers, life
from lms.surveys.models import FollowUp
from lms.surveys.queries import rights
from lms.surveys.services import evaluations, instruments

AFTER, UNTIL = timedelta(days=90), timedelta(days=183)
"""Three to six months after the class has ended (Quyết định 1698/QĐ-UBND, mục IV.1 and IV.2)."""


@act
def plan(actor: Actor, class_id: UUID, *, at: datetime) -> int:
    """Plan the named forms of a class for those who completed it; again is no harm. Returns how many are new."""
    completed = select(Enrolment.id).where(Enrolment.class_id == class_id, Enrolment.status == "completed")
    period = {"opens_at": at + AFTER, "closes_at": at + UNTIL}
    programme_id = rights.programme_of(class_id)
    rows = [
        {"id": uuid4(), "class_id": class_id, "enrolment_id": row, "audience": audience, "instrument_id": form} | period
        for audience in ("follow_up", "employer")
        for form in [instruments.for_audience(audience, programme_id).id]
        for row in db.session.scalars(completed)
    ]
    if not rows:
        return 0
    made = db.session.execute(insert(FollowUp).on_conflict_do_nothing().returning(FollowUp.id), rows).all()
    audit.record(actor, "follow_up.plan", "class_run", class_id, at=at, after={"forms": len(made)})
    return len(made)


@act
def answer(actor: Actor, follow_up_id: UUID, submitted: Mapping[str, Sequence[str]], *, at: datetime) -> None:
    """Take a named form; until it closes it may be sent again, which replaces what was said.

    :raises DomainError: ``not-open``, ``malformed``, ``too-long``, ``required``, ``too-many-blanks``
    """
    follow_up = db.session.get(FollowUp, follow_up_id, with_for_update=True)
    if follow_up is None or actor.person_id is None:
        raise NotFound
    life.FOLLOW_UP.require("answer", life.follow_up_state(follow_up.opens_at, follow_up.closes_at, at))
    form = rights.document_of(follow_up.instrument_id)
    values, _check = evaluations.checked(form, answers.questions(form, ()), submitted)
    follow_up.answers, follow_up.answered_by, follow_up.answered_at = dict(values), actor.person_id, at
    audit.record(actor, "follow_up.answer", "follow_up", follow_up.id, at=at)
