"""What SCORM units commit: kept, never overtaken by what is older, and said in statements."""

import json
import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, select

from lms.core.database import act, db
from lms.core.errors import DomainError
from lms.core.exact import storable
from lms.library import progress, queries
from lms.library.kinds import UNIT_KINDS
from lms.library.models import ContentSession, ContentUnit, PackageVersion, Registration, ScormCommit, ScormState
from lms.library.services.lms_statements import say_for_content
from lms.library.services.registrations import conclude, held_session, state_of
from lms.packages.scorm import mapping

COURSE = ""
"""The identifier under which the state of the whole course is kept."""
LARGEST = 4 * 1024 * 1024
"""Bytes of one commit; SCORM 2004 asks for 64,000 characters of suspend data and 250 interactions."""


COMMITS = 20
"""Commits of a registration that are kept, besides the latest of each unit."""
DEEPEST = 100
"""Levels of objects within objects."""


class Committed(NamedTuple):
    """A commit as it was sent, checked."""

    unit: str
    sequence: int
    cmi: dict[str, Any]
    course: dict[str, Any] | None
    final: bool


@act
def commit(session_id: UUID, sent: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """Keep a commit of a SCORM unit and follow it; the same one sent again changes nothing.

    :param sent: ``{"unit": identifier, "sequence": n, "cmi": {…}, "course": {…} | None, "final": bool}``
    :returns: ``{"sequence": n}``
    :raises DomainError: ``stale`` (409) another launch has taken over, or a later commit is here; ``bad-commit`` (400)
    """
    session = held_session(session_id)
    committed = _checked(sent)
    if session.mode != "Normal":
        return {"sequence": committed.sequence}
    repeated = db.session.get(ScormCommit, (session.id, committed.sequence))
    if repeated is not None and repeated.data == committed.cmi and repeated.identifier == committed.unit:
        return {"sequence": committed.sequence}
    if session.ended_at is not None and session.abandoned:
        raise _stale()
    registration = db.session.get_one(Registration, session.registration_id)
    if registration.superseded_at is not None:
        raise _stale()
    unit = _unit(registration, committed.unit)
    before = _keep(session, registration, committed, at)
    _follow(session, registration, unit, before, committed, at)
    return {"sequence": committed.sequence}


def _checked(sent: Mapping[str, Any]) -> Committed:
    unit, sequence, cmi, course = sent.get("unit"), sent.get("sequence"), sent.get("cmi"), sent.get("course")
    good = (
        isinstance(unit, str)
        and 0 < len(unit) <= 4096
        and isinstance(sequence, int)
        and not isinstance(sequence, bool)
        and 0 <= sequence < 2**53
        and isinstance(cmi, dict)
        and (course is None or isinstance(course, dict))
        and storable(unit) == unit
        and _shallow([cmi, course])
        and _size([cmi, course]) <= LARGEST
    )
    if not good:
        raise DomainError("bad-commit", "What the lesson sent cannot be read.", 400)
    return Committed(str(unit), int(sequence or 0), dict(cmi or {}), course, bool(sent.get("final")))


def _size(data: Any) -> float:
    """Return the bytes that data take as JSON; without end when they cannot be written so."""
    try:
        return len(json.dumps(data, ensure_ascii=False, allow_nan=False).encode("utf-8", "surrogatepass"))
    except ValueError:
        return math.inf


def _shallow(data: Any) -> bool:
    """Tell whether data nest no deeper than can be kept."""
    level = [data]
    for _ in range(DEEPEST):
        level = [part for value in level for part in _parts(value)]
        if not level:
            return True
    return False


def _parts(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _unit(registration: Registration, identifier: str) -> ContentUnit:
    unit = db.session.scalar(
        select(ContentUnit).where(
            ContentUnit.version_id == registration.version_id,
            ContentUnit.identifier == identifier,
            ContentUnit.kind.in_([key for key, kind in UNIT_KINDS.items() if kind.whole]),
        )
    )
    if unit is None:
        raise DomainError("bad-commit", "The package has no such part.", 400)
    return unit


def _keep(
    session: ContentSession, registration: Registration, committed: Committed, at: datetime
) -> dict[str, Any] | None:
    """Store the commit and make it the latest; returns what the unit's data were before."""
    state = db.session.get(ScormState, (registration.id, committed.unit))
    highest = db.session.scalar(
        select(ScormState.sequence)
        .where(ScormState.registration_id == registration.id)
        .order_by(ScormState.sequence.desc())
        .limit(1)
    )
    if highest is not None and committed.sequence <= highest:
        raise _stale()
    before = dict(state.data) if state else None
    db.session.add(
        ScormCommit(
            session_id=session.id,
            sequence=committed.sequence,
            identifier=committed.unit,
            data=committed.cmi,
            committed_at=at,
        )
    )
    _forget_older(registration, committed.sequence)
    latest = [(committed.unit, committed.cmi)] + ([(COURSE, committed.course)] if committed.course is not None else [])
    for identifier, data in latest:
        row = db.session.get(ScormState, (registration.id, identifier))
        if row is None:
            row = ScormState(registration_id=registration.id, identifier=identifier)
            db.session.add(row)
        row.session_id, row.sequence, row.data, row.committed_at = session.id, committed.sequence, data, at
    session.seen_at = at
    return before


def _forget_older(registration: Registration, sequence: int) -> None:
    """Keep the last commits of a registration: for disputes; what they said stands in statements."""
    sessions = select(ContentSession.id).where(ContentSession.registration_id == registration.id)
    of_registration = ScormCommit.session_id.in_(sessions) & (ScormCommit.sequence < sequence)
    newest = select(ScormCommit.sequence).where(of_registration).order_by(ScormCommit.sequence.desc())
    last = db.session.scalar(newest.offset(COMMITS - 2).limit(1))
    if last is not None:
        db.session.execute(delete(ScormCommit).where(of_registration, ScormCommit.sequence < last))


def _follow(
    session: ContentSession,
    registration: Registration,
    unit: ContentUnit,
    before: dict[str, Any] | None,
    committed: Committed,
    at: datetime,
) -> None:
    edition = db.session.get_one(PackageVersion, registration.version_id).properties.get("edition", "1.2")
    state = state_of(registration.id, unit.id, at=at)
    try:
        outcome = mapping.outcome(committed.cmi, edition, unit)
        parts = mapping.statements(before, committed.cmi, edition=edition, unit=unit, mode=session.mode)
    except ValueError as error:
        raise DomainError("bad-commit", str(error), 400) from None
    if outcome.completed:
        state.completed_at, state.progress = state.completed_at or at, 100
    elif outcome.progress is not None:
        state.progress = max(state.progress, outcome.progress)
    if outcome.passed:
        state.passed_at = state.passed_at or at
    elif outcome.passed is False:
        state.failed_at = at
    if outcome.scaled is not None:
        state.score = outcome.scaled
    state.seconds = max(state.seconds, min(outcome.seconds, 10**9))
    for part in parts:
        _say(session, registration, unit, part, at)
    _roll_up(registration, committed.course or {}, at)
    conclude(registration, session_id=session.id, at=at)


def _roll_up(registration: Registration, course: Mapping[str, Any], at: datetime) -> None:
    """Note what the course's own rollup says of it; a failure only as long as it says so."""
    rollup = course.get("rollup")
    if not isinstance(rollup, dict):
        return
    values = [value if isinstance(value := rollup.get(name), bool) else None for name in ("completed", "satisfied")]
    root, done = queries.units(registration.version_id)[0], progress.rolled_up(*values)
    state = state_of(registration.id, root.id, at=at)
    if done.completed:
        state.completed_at = state.completed_at or at
    if done.passed:
        state.passed_at = state.passed_at or at
    state.failed_at = (state.failed_at or at) if done.failed else None


def _say(
    session: ContentSession, registration: Registration, unit: ContentUnit, part: Mapping[str, Any], at: datetime
) -> None:
    target = part.get("object")
    if target is not None and "suffix" in target:
        rest = {key: value for key, value in target.items() if key != "suffix"}
        target = {"objectType": "Activity", "id": f"{unit.iri}{target['suffix']}"} | rest
    say_for_content(
        registration,
        unit,
        part["verb"],
        at=at,
        result=part.get("result"),
        target=target,
        display=part.get("display"),
        session_id=session.id,
    )


def _stale() -> DomainError:
    return DomainError("stale", "This was opened elsewhere after; nothing more is saved here.", 409)
