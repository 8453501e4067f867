"""A lecturer's answer to her results."""

from datetime import datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects.postgresql import insert

from lms.core import audit
from lms.core.database import act, db
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.core.text import prose
from lms.quality.queries import classes as queries
from lms.surveys.models import Reply
from lms.surveys.queries import states

LONGEST = 4000
"""Characters of an answer."""


@act
def reply(actor: Actor, teaching_id: UUID, text: str, *, at: datetime) -> None:
    """Keep a lecturer's answer to the results of a topic; it is given once and shown with them.

    :raises DomainError: ``empty``, ``too-long``, ``already-answered``
    """
    place = queries.teaching_place(teaching_id)
    survey = states.state_of_class(place[0]) if place else None
    if survey is None or survey.released_at is None:
        raise NotFound
    text = prose(text)
    if not text:
        raise DomainError("empty", _l("Please write your answer."), 422)
    if len(text) > LONGEST:
        raise DomainError("too-long", _l("Please write at most %(most)s characters.", most=LONGEST), 422)
    values = {"survey_id": survey.survey_id, "teaching_id": teaching_id, "text": text, "replied_at": at}
    kept = db.session.execute(insert(Reply).values(**values).on_conflict_do_nothing().returning(Reply.survey_id))
    if kept.scalar() is None:
        raise DomainError("already-answered", _l("You have answered these results already."))
    audit.record(actor, "evaluation.reply", "teaching", teaching_id, at=at)
