"""Learners take packages: registering, waiving, and concluding what is done."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lms.core import audit
from lms.core.database import act, db, lock
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.library import queries, signals
from lms.library.kinds import UNIT_KINDS
from lms.library.kinds.completion import Done
from lms.library.kinds.kind import Launch
from lms.library.models import ContentSession, ContentUnit, PackageVersion, Registration, UnitState
from lms.library.progress import Part, satisfied
from lms.library.rules import REGISTRATION, registration_state
from lms.library.services import launch_log
from lms.library.services.lms_statements import say, spent
from lms.packages.cmi5 import terms
from lms.people.queries import actor_name
from lms.records.services import end_session
from lms.records.vocabulary import ACCOUNTS


class Learner(NamedTuple):
    """Who takes a package: an xAPI account, and the person of the roster behind it, if any."""

    home: str
    name: str
    person_id: UUID | None = None


def learner_of(person_id: UUID) -> Learner:
    """Return a person of the roster as a learner, under the opaque name of her statements."""
    return Learner(ACCOUNTS, str(actor_name(person_id)), person_id)


@act
def register(
    version_id: UUID, learner: Learner, *, at: datetime, context_id: UUID | None = None, anew: bool = False
) -> Registration:
    """Register a learner for a version of a package; doing it again for the same purpose gives the same registration.

    :param context_id: her enrolment in a class, for which she takes it
    :param anew: a further registration although there is one
    :raises NotFound: there is no such version.
    """
    if db.session.get(PackageVersion, version_id) is None:
        raise NotFound
    lock("registration", version_id, learner.home, learner.name, context_id)
    existing = None if anew else _registered(version_id, learner, context_id)
    if existing is not None:
        return existing
    registration = Registration(
        id=uuid4(),
        version_id=version_id,
        account_home=learner.home,
        account_name=learner.name,
        person_id=learner.person_id,
        context_id=context_id,
        created_at=at,
    )
    db.session.add(registration)
    db.session.flush()
    conclude(registration, session_id=None, at=at)
    return registration


@act
def waive(actor: Actor, registration_id: UUID, unit_id: UUID, *, reason: str, at: datetime) -> None:
    """Let a unit count as done, for a reason of cmi5 (section 9.5.5.2); once waived it stays so.

    :raises DomainError: ``bad-reason``, ``not-a-unit``
    """
    if reason not in terms.REASONS:
        raise DomainError("bad-reason", _l("This is not a reason for which a unit may be waived."), 400)
    registration = hold(registration_id)
    unit = db.session.get(ContentUnit, unit_id)
    if unit is None or unit.version_id != registration.version_id:
        raise NotFound
    if unit.href is None:
        raise DomainError("not-a-unit", _l("Only what can be opened can be waived, not a block or a course."), 400)
    REGISTRATION.require("waive", registration_state(registration.superseded_at))
    state = state_of(registration.id, unit.id, at=at)
    if state.waived_at is not None:
        return
    session_id, state.waived_at = uuid4(), at
    extensions = {terms.REASON: reason}
    result = {"success": True, "completion": True, "extensions": extensions}
    say("waived", registration, unit, session_id, at=at, result=result)
    after = {"unit": str(unit.id), "reason": reason}
    audit.record(actor, "library.waive", "registration", registration.id, at=at, after=after)
    conclude(registration, session_id=session_id, at=at)


@act
def abandon(session_id: UUID, *, at: datetime) -> bool:
    """End a session that was not terminated (cmi5, section 9.3.6); returns whether it was open."""
    session = held_session(session_id)
    if session.ended_at is not None:
        return False
    registration, unit = hold(session.registration_id), db.session.get(ContentUnit, session.unit_id)
    session.ended_at, session.abandoned = at, True
    launch_log.note_within(session.id, "ended", "abandoned", at=at)
    if session.credential_id is not None:
        end_session(session.credential_id, at=at)
    if unit is not None and _speaks_cmi5(unit):
        seconds = (session.seen_at - session.launched_at).total_seconds()
        say("abandoned", registration, unit, session.id, at=at, result={"duration": spent(seconds)})
    return True


def hold(registration_id: UUID) -> Registration:
    """Return a registration that nobody else changes until the transaction ends.

    :raises NotFound: there is none.
    """
    registration = db.session.scalar(select(Registration).where(Registration.id == registration_id).with_for_update())
    if registration is None:
        raise NotFound
    return registration


def held_session(session_id: UUID) -> ContentSession:
    """Return a session whose registration is held, so that nobody else changes either.

    :raises NotFound: there is none.
    """
    session = db.session.get(ContentSession, session_id)
    if session is None:
        raise NotFound
    hold(session.registration_id)
    db.session.refresh(session)
    return session


def state_of(registration_id: UUID, unit_id: UUID, *, at: datetime) -> UnitState:
    """Return how far a held registration is in a unit, made if it is not there yet."""
    state = db.session.get(UnitState, (registration_id, unit_id))
    if state is None:
        row = insert(UnitState).values(registration_id=registration_id, unit_id=unit_id, touched_at=at)
        db.session.execute(row.on_conflict_do_nothing())
        state = db.session.get_one(UnitState, (registration_id, unit_id))
    state.touched_at = at
    return state


def conclude(registration: Registration, *, session_id: UUID | None, at: datetime) -> None:
    """Note which units, blocks and whether the course are done now, and say so once (cmi5, section 9.3.9).

    :param session_id: of the launch that brought it about; a new one otherwise (section 9.6.1)
    """
    db.session.flush()
    units = queries.units(registration.version_id)
    states = queries.states(registration.id)
    parts = [Part(unit.id, unit.parent_id, unit.kind, unit.href is not None, unit.properties) for unit in units]
    done = {unit_id: _done(state) for unit_id, state in states.items()}
    by_id = {unit.id: unit for unit in units}
    session_id = session_id or uuid4()
    for unit_id in satisfied(parts, done):
        state = states.get(unit_id)
        if state is not None and state.satisfied_at is not None:
            continue
        state_of(registration.id, unit_id, at=at).satisfied_at = at
        unit = by_id[unit_id]
        if UNIT_KINDS[unit.kind].launch is Launch.HOLDS:
            say("satisfied", registration, unit, session_id, at=at)
        if unit.parent_id is None:
            registration.satisfied_at = at
    db.session.flush()
    signals.registration_changed.send(registration.id, registration=registration, at=at)


def _done(state: UnitState) -> Done:
    return Done(
        completed=state.completed_at is not None,
        passed=state.passed_at is not None,
        failed=state.failed_at is not None,
        waived=state.waived_at is not None,
    )


def _registered(version_id: UUID, learner: Learner, context_id: UUID | None) -> Registration | None:
    return db.session.scalar(
        select(Registration)
        .where(
            Registration.version_id == version_id,
            Registration.account_home == learner.home,
            Registration.account_name == learner.name,
            Registration.context_id == context_id if context_id is not None else Registration.context_id.is_(None),
        )
        .order_by(Registration.created_at.desc())
        .limit(1)
    )


def _speaks_cmi5(unit: ContentUnit) -> bool:
    return UNIT_KINDS[unit.kind].launch is Launch.CMI5


def preferences(locale: str | None) -> Mapping[str, str]:
    """Return the learner's preferences as content reads them (cmi5, section 11)."""
    return {"languagePreference": "en,vi" if locale == "en" else "vi,en", "audioPreference": "on"}
