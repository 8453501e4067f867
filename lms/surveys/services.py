"""What can be done with evaluations: load instruments, open, answer, close."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
import yaml
from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select, update

from lms.classes.models import Enrolment
from lms.core import audit
from lms.core.database import act, db, lock
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.people.queries import actor_name
from lms.records.emit import Activity, emit
from lms.surveys import ballots, queries, rules, signals
from lms.surveys.models import Instrument, Participation, Survey

INSTRUMENTS = Path(__file__).parent / "instruments"
OPEN_FOR = timedelta(days=14)


@act
def load_instruments(*, at: datetime) -> None:
    """Load the shipped instruments; a changed file becomes a new version, open surveys stay on theirs."""
    for path in sorted(INSTRUMENTS.glob("*.yaml")):
        document: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
        checksum = hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()
        lock("instrument", document["code"])
        newest = db.session.scalar(
            select(Instrument).where(Instrument.code == document["code"]).order_by(Instrument.version.desc()).limit(1)
        )
        if newest is not None and newest.checksum == checksum:
            continue
        db.session.add(
            Instrument(
                id=uuid4(),
                code=document["code"],
                version=newest.version + 1 if newest else 1,
                title=document["title"],
                document=document,
                checksum=checksum,
                loaded_at=at,
            )
        )
        db.session.flush()


@act
def open_survey(actor: Actor, class_id: UUID, *, keys: Path, at: datetime, closes_at: datetime | None = None) -> Survey:
    """Open the evaluation of a class to its trainees. Opening it again gives the one that is there."""
    lock("survey", class_id)
    found = db.session.scalar(select(Survey).where(Survey.class_id == class_id))
    if found is not None:
        return found
    instrument_id = db.session.scalar(
        select(Instrument.id).where(Instrument.code == "trainee").order_by(Instrument.version.desc()).limit(1)
    )
    if instrument_id is None:
        raise DomainError("no-instrument", _l("There is no evaluation form yet. Please load the instruments first."))
    survey_id = uuid4()
    survey = Survey(
        id=survey_id,
        class_id=class_id,
        instrument_id=instrument_id,
        state="open",
        opens_at=at,
        closes_at=closes_at or at + OPEN_FOR,
        public_key=ballots.make_keys(keys, survey_id),
    )
    db.session.add(survey)
    db.session.flush()
    invited = select(Enrolment.id).where(Enrolment.class_id == class_id, Enrolment.status != "withdrawn")
    rows = [{"survey_id": survey_id, "enrolment_id": one} for one in db.session.scalars(invited)]
    if rows:
        db.session.execute(insert(Participation), rows)
    audit.record(actor, "survey.open", "survey", survey_id, at=at, after={"class": class_id, "invited": len(rows)})
    signals.survey_opened.send(survey_id, opens_at=at, closes_at=survey.closes_at)
    return survey


@act
def answer(actor: Actor, survey_id: UUID, answers: dict[str, str], *, at: datetime) -> None:
    """Take one trainee's form: note that she answered, seal what she answered.

    Neither the audit trail nor the statement says what; the sealed form says not who.

    :raises DomainError: closed, already answered, forged questions, or more than 5% left blank
    """
    form = queries.form_of(survey_id, actor.person_id)
    if form is None:
        raise NotFound
    if form.state != "open" or at >= form.closes_at:
        raise DomainError("survey-closed", _l("This evaluation is closed. Thank you for your interest."))
    asked = form.questions
    try:
        ballot = rules.read_ballot(asked, answers, len(form.document["scale"]))
    except rules.MalformedBallotError:
        raise DomainError("malformed", _l("The form holds an answer that is not part of it."), 400) from None
    check = rules.validity(asked, ballot, form.document["blank_limit_percent"])
    if not check.valid:
        raise DomainError(
            "too-many-blanks",
            _l(
                "%(blank)d of %(total)d questions are still blank. A form with more than %(limit)d%% blank is not "
                "valid (Circular 10/2017/TT-BNV), so please answer the marked ones.",
                blank=check.blank,
                total=check.indicators,
                limit=check.limit_percent,
            ),
            400,
        )
    used = db.session.execute(
        update(Participation)
        .where(
            Participation.survey_id == survey_id,
            Participation.enrolment_id == form.enrolment_id,
            Participation.answered.is_(False),
        )
        .values(answered=True)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError("already-answered", _l("You have already sent this form. Each trainee has one."))
    ballots.seal(survey_id, form.public_key, ballot)
    if actor.person_id is not None:
        emit(
            learner=actor_name(actor.person_id),
            verb="evaluated",
            activity=Activity("class", str(form.class_id), {"vi": form.class_name}),
            registration=form.enrolment_id,
            at=at,
        )


@act
def close(actor: Actor, survey_id: UUID, *, keys: Path, at: datetime) -> int:
    """Close an evaluation: open all sealed forms at once, in random order; returns how many. Closing twice is no harm.

    The key is destroyed by :func:`forget_key`, after this act has been committed.
    """
    survey = db.session.scalar(select(Survey).where(Survey.id == survey_id).with_for_update())
    if survey is None:
        raise NotFound
    if survey.state != "open":
        return 0
    count = ballots.open_all(keys, survey_id)
    survey.state, survey.closed_at, survey.closes_at = "closed", at, min(survey.closes_at, at)
    audit.record(actor, "survey.close", "survey", survey_id, at=at, after={"forms": count})
    return count


def forget_key(survey_id: UUID, *, keys: Path) -> None:
    """Destroy a survey's private key once its closing has been committed."""
    state = db.session.scalar(select(Survey.state).where(Survey.id == survey_id))
    if state is not None and state != "open":
        ballots.destroy_key(keys, survey_id)
