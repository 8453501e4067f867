"""What launched content reports: judged, kept, and followed by what it means for the learner's progress."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from lms.core.database import act, db, utcnow
from lms.core.errors import DomainError
from lms.library.kinds import UNIT_KINDS
from lms.library.kinds.kind import Launch
from lms.library.models import ContentSession, ContentUnit, UnitState
from lms.library.services.registrations import conclude, hold, state_of
from lms.packages.cmi5 import rules, terms
from lms.records import queries as records
from lms.records.values import moment, span

Statement = Mapping[str, Any]
_SHORT = {iri: word for word, iri in terms.VERBS.items()}


def of_session(credential_id: UUID, statements: Sequence[Statement], keep: Callable[[], list[UUID]]) -> list[UUID]:
    """Take the statements of launched content: what the record store calls (:data:`lms.records.statements.OfSession`).

    :raises DomainError: 403, a statement conflicts with cmi5 or with how it was launched; nothing is kept.
    """
    return _take(credential_id, statements, keep, at=utcnow())


@act
def _take(
    credential_id: UUID, statements: Sequence[Statement], keep: Callable[[], list[UUID]], *, at: datetime
) -> list[UUID]:
    launched = db.session.query(ContentSession).filter_by(credential_id=credential_id).one_or_none()
    if launched is None:  # a session token that was not made by a launch
        return keep()
    registration = hold(launched.registration_id)
    session = db.session.get_one(ContentSession, launched.id, populate_existing=True)
    if session.abandoned:
        raise DomainError("abandoned", "9.3.6: this session was abandoned; nothing more is taken", 403)
    unit = db.session.get_one(ContentUnit, session.unit_id)
    state = state_of(registration.id, unit.id, at=at)
    fresh = _fresh(statements)
    if not fresh and session.ended_at is not None and UNIT_KINDS[unit.kind].launch is Launch.CMI5:
        raise DomainError("cmi5", "9.3.8: the session has been terminated; nothing is taken once more either", 403)
    for statement in sorted(fresh, key=_when):
        if UNIT_KINDS[unit.kind].launch is Launch.CMI5:
            _judge(statement, session, unit, state, at)
            _follow(statement, session, unit, state, at)
        elif session.mode == "Normal":
            _note(statement, unit, state, at)
    ids = keep()
    if fresh:
        session.seen_at = at
        _seconds(fresh, unit, state)
        if session.mode == "Normal" and registration.superseded_at is None:
            conclude(registration, session_id=session.id, at=at)
    if session.terminated_at is not None and session.ended_at is None:
        session.ended_at = at
    return ids


def _fresh(statements: Sequence[Statement]) -> list[Statement]:
    """Leave out what is stored already and was sent once more: it changes nothing."""
    ids = [statement["id"].lower() for statement in statements if "id" in statement]
    stored = {str(id_) for id_ in records.known([UUID(id_) for id_ in ids])} if ids else set()
    return [statement for statement in statements if statement.get("id", "").lower() not in stored]


def _when(statement: Statement) -> datetime:
    return moment(statement["timestamp"]) if "timestamp" in statement else datetime.max.replace(tzinfo=utcnow().tzinfo)


# -- cmi5 --------------------------------------------------------------------------------------------------------------


def _judge(statement: Statement, session: ContentSession, unit: ContentUnit, state: UnitState, at: datetime) -> None:
    mastery = unit.properties.get("masteryScore")
    facts = rules.Session(
        id=str(session.id),
        activity=unit.iri,
        publisher_id=unit.identifier,
        mode=session.mode,
        mastery=None if mastery is None else float(mastery),
        verbs=tuple(session.told),
        initialized_at=session.initialized_at,
        terminated_at=session.terminated_at,
        terminated_arrived_at=session.ended_at,
        completed=state.completed_at is not None,
        passed=state.passed_at is not None,
        preferences_read=session.preferences_read_at is not None,
        now=at,
    )
    try:
        rules.check(statement, facts)
    except rules.Conflict as conflict:
        raise DomainError("cmi5", str(conflict), 403) from None


def _follow(statement: Statement, session: ContentSession, unit: ContentUnit, state: UnitState, at: datetime) -> None:
    word = rules.defined(statement)
    if word is not None:
        when = moment(statement["timestamp"])
        session.told = [*session.told, word]
        if word == "initialized":
            session.initialized_at = when
        elif word == "terminated":
            session.terminated_at, session.ended_at = when, at
        elif session.mode == "Normal":
            _outcome(word, state, when)
            _score(statement, state)
    if session.mode == "Normal" and statement["object"].get("id") == unit.iri:
        _progress(statement, state)


# -- other content -----------------------------------------------------------------------------------------------------


def _note(statement: Statement, unit: ContentUnit, state: UnitState, at: datetime) -> None:
    """Take what a statement about the unit itself says of completion, success, score and progress."""
    if statement["object"].get("id") not in (unit.iri, unit.identifier):
        return
    result, word = statement.get("result", {}), _SHORT.get(statement["verb"]["id"], "")
    if word in ("completed", "passed", "failed"):
        _outcome(word, state, at)
    if result.get("completion") is True:
        _outcome("completed", state, at)
    if isinstance(result.get("success"), bool):
        _outcome("passed" if result["success"] else "failed", state, at)
    _score(statement, state)
    _progress(statement, state)


def _outcome(word: str, state: UnitState, at: datetime) -> None:
    match word:
        case "completed":
            state.completed_at, state.progress = state.completed_at or at, 100
        case "passed":
            state.passed_at = state.passed_at or at
        case "failed":
            state.failed_at = at


def _score(statement: Statement, state: UnitState) -> None:
    scaled = statement.get("result", {}).get("score", {}).get("scaled")
    if scaled is not None:
        state.score = float(scaled)


def _progress(statement: Statement, state: UnitState) -> None:
    progress = statement.get("result", {}).get("extensions", {}).get(terms.PROGRESS)
    if isinstance(progress, (int, float)) and not isinstance(progress, bool) and 0 <= progress <= 100:
        state.progress = max(state.progress, int(progress))


def _seconds(statements: Sequence[Statement], unit: ContentUnit, state: UnitState) -> None:
    """Add up the time of the sessions that ended (section 9.5.4.1)."""
    for statement in statements:
        about = statement["object"].get("id") in (unit.iri, unit.identifier)
        if about and _SHORT.get(statement["verb"]["id"]) == "terminated" and "duration" in statement.get("result", {}):
            state.seconds += int(min(max(span(statement["result"]["duration"]).total_seconds(), 0), 86_400))
