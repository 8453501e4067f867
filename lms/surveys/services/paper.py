"""Forms on paper: who handed one in is ticked, what they say is typed in; nothing ties the two."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from lms.core import audit
from lms.core.database import act, db
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.surveys import answers, life
from lms.surveys.models import Participation, SealedBallot, Survey
from lms.surveys.queries import rights
from lms.surveys.services import evaluations


@act
def hand_in(actor: Actor, survey_id: UUID, person_ids: Collection[UUID], *, at: datetime) -> int:
    """Note who handed in a form on paper; returns how many were noted for the first time.

    Whether somebody had sent a form already changes nothing that could be seen: at closing, as many forms on paper are
    left out as people had.
    """
    survey = _open(survey_id, "hand_in", at)
    ticked = db.session.execute(
        update(Participation)
        .where(
            Participation.survey_id == survey.id,
            Survey.id == Participation.survey_id,
            Participation.person_id.in_(person_ids),
            Participation.on_paper.is_(False),
            rights.unbarred(),
        )
        .values(answered=True, on_paper=True, also_sent=Participation.answered)
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()
    count: int = ticked.rowcount  # type: ignore[attr-defined]
    audit.record(actor, "survey.paper", "survey", survey_id, at=at, after={"handed_in": count})
    return count


@act
def type_in(actor: Actor, survey_id: UUID, submitted: Mapping[str, Sequence[str]], *, at: datetime) -> None:
    """Seal a form from paper; there may be as many as were handed in.

    A topic that is left blank as a whole was not asked about. A form with too much left blank is typed in all the same
    and counted as invalid.

    :raises DomainError: ``none-left``, ``malformed``, ``too-long``, ``required``
    """
    del actor  # who types a form in is noted nowhere near it
    survey = _open(survey_id, "type_in", at)
    handed_in = db.session.scalar(
        select(func.count()).where(Participation.survey_id == survey_id, Participation.on_paper)
    )
    if survey.paper_typed >= (handed_in or 0):
        raise DomainError("none-left", _l("All forms that were handed in on paper have been typed in."))
    said = {name: texts for name, texts in submitted.items() if any(text.strip() for text in texts)}
    form = rights.document_of(survey.instrument_id)
    about = {name.partition("/")[0].partition(".")[2] for name in said}
    taught = [teaching_id for teaching_id in topics(survey) if str(teaching_id) in about]
    values, check = evaluations.checked(form, answers.questions(form, taught), said, incomplete=True)
    box = evaluations.sealed(survey.public_key, values, valid=check.valid, paper=True)
    db.session.add(SealedBallot(survey_id=survey_id, box=box))
    survey.paper_typed += 1


def check(survey_id: UUID, *, at: datetime) -> None:
    """Refuse the page on which forms are ticked and typed in where neither can be done."""
    survey = db.session.get(Survey, survey_id)
    if survey is None:
        raise NotFound
    life.SURVEY.require("hand_in", life.survey_state(survey.state, survey.closes_at, at))


def topics(survey: Survey) -> list[UUID]:
    """Return all teachings of the survey's class."""
    return [topic.teaching_id for topic in rights.taught_in(survey.class_id)] if survey.class_id else []


def _open(survey_id: UUID, act_: str, at: datetime) -> Survey:
    survey = db.session.get(Survey, survey_id, with_for_update=True)
    if survey is None or survey.class_id is None:
        raise NotFound
    life.SURVEY.require(act_, life.survey_state(survey.state, survey.closes_at, at))
    return survey
