"""What an assignable unit may send: one function a rule, named after it (cmi5, sections 7.1.3 and 9).

The LMS rejects what conflicts (section 6.3). Order is judged by timestamps (section 9.3).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from lms.core.notation import moment_of
from lms.packages.cmi5 import terms

AFTER_TERMINATED = timedelta(minutes=1)
"""How long statements may still arrive after Terminated (section 9.3.8), of what happened before it."""

Statement = Mapping[str, Any]
_WORDS = {iri: word for word, iri in terms.VERBS.items()}


class Conflict(Exception):
    """A statement that cmi5 does not allow; the message names section, property and rule."""


@dataclass(frozen=True, slots=True)
class Session:
    """What is known when a statement arrives.

    :ivar id: session id, as in the context template
    :ivar activity: the unit's activity id, as in its launch
    :ivar publisher_id: the unit's id in the course structure
    :ivar mode: launch mode
    :ivar mastery: masteryScore, 0 to 1
    :ivar verbs: words of its cmi5 defined statements, in order
    :ivar initialized_at: timestamp of Initialized; so is ``terminated_at``
    :ivar terminated_arrived_at: when Terminated arrived
    :ivar preferences_read: whether it has asked for the learner's preferences
    :ivar completed: whether the registration has completed the unit, in any session; so is ``passed``
    """

    id: str
    activity: str
    publisher_id: str
    mode: str = "Normal"
    mastery: float | None = None
    verbs: tuple[str, ...] = ()
    initialized_at: datetime | None = None
    terminated_at: datetime | None = None
    terminated_arrived_at: datetime | None = None
    completed: bool = False
    passed: bool = False
    preferences_read: bool = True
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


def defined(statement: Statement) -> str | None:
    """Return the word of a cmi5 defined statement; None for one that is only allowed (section 7.1.3)."""
    if not _has_category(statement, terms.CATEGORY):
        return None
    return _WORDS.get(statement["verb"]["id"], "")


def check(statement: Statement, session: Session) -> None:
    """Judge one statement.

    :raises Conflict: what the first rule it breaks says.
    """
    for rule in _ALWAYS:
        rule(statement, session)
    word = defined(statement)
    if word is not None:
        for of_defined in _DEFINED:
            of_defined(statement, session, word)


# -- rules for all statements of a session -----------------------------------------------------------------------------


def _has_id(statement: Statement, _session: Session) -> None:
    if "id" not in statement:
        raise Conflict("9.1: id: the unit gives each statement its id")


def _has_timestamp_in_utc(statement: Statement, _session: Session) -> None:
    timestamp = statement.get("timestamp")
    if timestamp is None:
        raise Conflict("9.7: timestamp: is required")
    if not timestamp.upper().endswith(("Z", "+00:00", "-00:00", "+0000", "+00")):
        raise Conflict("9.7: timestamp: must be in UTC")


def _has_session_id(statement: Statement, session: Session) -> None:
    if _context(statement).get("extensions", {}).get(terms.SESSION_ID) != session.id:
        raise Conflict(f"9.6.3.1: context.extensions: {terms.SESSION_ID} must be the one of the context template")


def _keeps_grouping(statement: Statement, session: Session) -> None:
    if session.publisher_id not in _activities(statement, "grouping"):
        raise Conflict("9.6.2.3: context.contextActivities.grouping: the publisher's id of the template is missing")


def _within_session(statement: Statement, session: Session) -> None:
    at = moment_of(statement["timestamp"])
    if session.initialized_at is None:
        if defined(statement) != "initialized":
            raise Conflict("9.3: verb: Initialized must be the first statement of a session")
    elif at < session.initialized_at:
        raise Conflict("9.3: timestamp: lies before that of Initialized, which must be the first statement")
    if session.terminated_arrived_at is not None:
        if session.now > session.terminated_arrived_at + AFTER_TERMINATED:
            raise Conflict("9.3.8: the session has been terminated")
        if session.terminated_at is not None and at > session.terminated_at:
            raise Conflict("9.3: timestamp: lies after that of Terminated, which must be the last statement")


def _progress_is_percent(statement: Statement, _session: Session) -> None:
    extensions = statement.get("result", {}).get("extensions", {})
    if terms.PROGRESS in extensions:
        value = extensions[terms.PROGRESS]
        if isinstance(value, bool) or value not in range(101):
            raise Conflict(f"9.5.5.1: result.extensions: {terms.PROGRESS} is a whole number from 0 to 100")


def _move_on_category_only_in_defined(statement: Statement, _session: Session) -> None:
    if defined(statement) is None and _has_category(statement, terms.MOVE_ON_CATEGORY):
        raise Conflict(
            f"9.6.2.2: context.contextActivities.category: {terms.MOVE_ON_CATEGORY} must not be in a statement "
            "without the cmi5 category"
        )


_ALWAYS: tuple[Callable[[Statement, Session], None], ...] = (
    _has_id,
    _has_timestamp_in_utc,
    _has_session_id,
    _keeps_grouping,
    _within_session,
    _progress_is_percent,
    _move_on_category_only_in_defined,
)


# -- rules for cmi5 defined statements ---------------------------------------------------------------------------------


def _verb_is_of_units(_statement: Statement, _session: Session, word: str) -> None:
    if word not in terms.OF_UNIT:
        raise Conflict("7.1.3: verb: a statement with the cmi5 category uses a verb that cmi5 defines for units")


def _object_is_unit(statement: Statement, session: Session, _word: str) -> None:
    target = statement["object"]
    if target.get("objectType", "Activity") != "Activity" or target["id"] != session.activity:
        raise Conflict("9.4: object.id: must be the activityId of the launch")


def _preferences_first(_statement: Statement, session: Session, word: str) -> None:
    if word == "initialized" and not session.preferences_read:
        raise Conflict(
            f"11: verb: Initialized comes after the unit has read the learner's preferences "
            f"(GET agents/profile, profileId {terms.PREFERENCES})"
        )


def _mode_allows(_statement: Statement, session: Session, word: str) -> None:
    if session.mode != "Normal" and word not in ("initialized", "terminated"):
        raise Conflict(f"10.2.2: verb: {word} must not be sent in launch mode {session.mode}")


def _not_repeated(_statement: Statement, session: Session, word: str) -> None:
    if word in session.verbs:
        raise Conflict(f"9.3: verb: {word} was sent in this session already")
    if word in ("passed", "failed") and {"passed", "failed"} & set(session.verbs):
        raise Conflict("9.3: verb: only one of Passed and Failed may be sent in a session")


def _once_per_registration(_statement: Statement, session: Session, word: str) -> None:
    if word == "completed" and session.completed:
        raise Conflict("9.3: verb: Completed was sent in this registration already")
    if word == "passed" and session.passed:
        raise Conflict("9.3: verb: Passed was sent in this registration already")
    if word == "failed" and session.passed:
        raise Conflict("9.3: verb: Failed must not follow Passed")


def _score_only_when_judged(statement: Statement, _session: Session, word: str) -> None:
    score = statement.get("result", {}).get("score")
    if score is None:
        return
    if word not in ("passed", "failed"):
        raise Conflict(f"9.5.1: result.score: must not be set in {word}")
    if not 0 <= score.get("scaled", 0) <= 1:
        raise Conflict("9.5.1: result.score.scaled: lies between 0 and 1")
    if "raw" in score and not {"min", "max"} <= set(score):
        raise Conflict("9.5.1: result.score: raw needs min and max")


def _fits_mastery(statement: Statement, session: Session, word: str) -> None:
    scaled = statement.get("result", {}).get("score", {}).get("scaled")
    if session.mastery is None or scaled is None:  # only Passed and Failed have a score: _score_only_when_judged
        return
    if word == "passed" and scaled < session.mastery:
        raise Conflict(f"9.3.4: result.score.scaled: Passed needs at least the mastery score {session.mastery}")
    if word == "failed" and scaled >= session.mastery:
        raise Conflict(f"9.3.5: result.score.scaled: Failed needs less than the mastery score {session.mastery}")
    if _context(statement).get("extensions", {}).get(terms.MASTERY_SCORE) != session.mastery:
        raise Conflict(f"9.6.3.2: context.extensions: {terms.MASTERY_SCORE} must be {session.mastery}")


def _success_as_verb(statement: Statement, _session: Session, word: str) -> None:
    expected = {"passed": True, "failed": False}.get(word)
    if statement.get("result", {}).get("success") is not expected:
        raise Conflict(f"9.5.2: result.success: must be {_shown(expected)} in {word}")


def _completion_as_verb(statement: Statement, _session: Session, word: str) -> None:
    expected = True if word == "completed" else None
    if statement.get("result", {}).get("completion") is not expected:
        raise Conflict(f"9.5.3: result.completion: must be {_shown(expected)} in {word}")


def _has_duration(statement: Statement, _session: Session, word: str) -> None:
    if word != "initialized" and "duration" not in statement.get("result", {}):
        raise Conflict(f"9.5.4.1: result.duration: is required in {word}")


def _move_on_category_as_result(statement: Statement, _session: Session, word: str) -> None:
    expected = word in ("completed", "passed", "failed")
    if _has_category(statement, terms.MOVE_ON_CATEGORY) != expected:
        must = "must" if expected else "must not"
        raise Conflict(f"9.6.2.2: context.contextActivities.category: {terms.MOVE_ON_CATEGORY} {must} be in {word}")


_DEFINED: tuple[Callable[[Statement, Session, str], None], ...] = (
    _verb_is_of_units,
    _object_is_unit,
    _preferences_first,
    _mode_allows,
    _not_repeated,
    _once_per_registration,
    _score_only_when_judged,
    _fits_mastery,
    _success_as_verb,
    _completion_as_verb,
    _has_duration,
    _move_on_category_as_result,
)


def _shown(expected: bool | None) -> str:
    return "absent" if expected is None else str(expected).lower()


def _context(statement: Statement) -> Mapping[str, Any]:
    context: Mapping[str, Any] = statement.get("context", {})
    return context


def _activities(statement: Statement, place: str) -> set[str]:
    listed = _context(statement).get("contextActivities", {}).get(place, [])
    return {activity["id"] for activity in (listed if isinstance(listed, list) else [listed])}


def _has_category(statement: Statement, category: str) -> bool:
    return category in _activities(statement, "category")
