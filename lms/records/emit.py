"""How the product says what happened: one xAPI statement an event, in the transaction of the change that caused it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import orjson
import tincan
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction
from tincan.conversions.iso8601 import make_timedelta

from lms.core.database import db
from lms.records import vocabulary
from lms.records.store import store

_Waiting = tuple[SessionTransaction | None, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Activity:
    """What a statement is about.

    :ivar kind: a key of vocabulary.KINDS, such as ``lesson``
    :ivar key: what tells it from others of its kind; part of its IRI
    :ivar name: language map
    """

    kind: str
    key: str
    name: dict[str, str] = field(default_factory=dict)

    @property
    def iri(self) -> str:
        """Its IRI within the product."""
        return f"{vocabulary.ACTIVITIES}/{self.kind}/{quote(self.key, safe='-._~:@')}"


def emit(
    *,
    learner: UUID,
    verb: str,
    activity: Activity,
    registration: UUID | None,
    at: datetime,
    result: dict[str, Any] | None = None,
    parent: Activity | None = None,
    grouping: Sequence[Activity] = (),
    instructor: UUID | None = None,
    extensions: dict[str, Any] | None = None,
    statement_id: UUID | None = None,
) -> UUID:
    """Store one statement in the current transaction and return its id.

    The statement is built and checked at once; all statements of a transaction are written together just before it
    commits, so an act that emits for a whole class costs three SQL statements; what is rolled back is forgotten.

    :param learner: opaque account name of the learner (``accounts.actor_name``); so is ``instructor``
    :param verb: a key of vocabulary.VERBS
    :param at: when it happened; when it was stored is the store's own clock
    :param statement_id: for what a job that is done twice must say once
    :raises ValueError: a word is not in the vocabulary, or a value is not what xAPI asks for.
    """
    statement = build(
        learner=learner,
        verb=verb,
        activity=activity,
        registration=registration,
        at=at,
        result=result,
        parent=parent,
        grouping=grouping,
        instructor=instructor,
        extensions=extensions,
        statement_id=statement_id,
    )
    say(statement)
    return UUID(statement["id"])


def say(statement: dict[str, Any]) -> None:
    """Store a valid statement, which has its id, in the current transaction, in the order of the calls."""
    session = db.session()
    if not session.in_transaction():
        session.begin()  # so that a rollback is noticed even when nothing else was written
    session.info.setdefault("statements", []).append((session.get_nested_transaction(), statement))


def build(
    *,
    learner: UUID,
    verb: str,
    activity: Activity,
    registration: UUID | None,
    at: datetime,
    result: dict[str, Any] | None = None,
    parent: Activity | None = None,
    grouping: Sequence[Activity] = (),
    instructor: UUID | None = None,
    extensions: dict[str, Any] | None = None,
    statement_id: UUID | None = None,
) -> dict[str, Any]:
    """Build the statement that :func:`emit` stores."""
    if verb not in vocabulary.VERBS:
        raise ValueError(f"verb {verb!r} is not in lms.records.vocabulary")
    related = {"category": [tincan.Activity(id=vocabulary.PROFILE)]}
    if parent is not None:
        related["parent"] = [_activity(parent)]
    if grouping:
        related["grouping"] = [_activity(activity) for activity in grouping]
    word = vocabulary.VERBS[verb]
    statement = tincan.Statement(
        id=statement_id or uuid4(),
        actor=_agent(learner),
        verb=tincan.Verb(id=word.iri, display=word.display),
        object=_activity(activity),
        result=_result(result) if result else None,
        context=tincan.Context(
            registration=registration,
            instructor=_agent(instructor) if instructor else None,
            language="vi",
            platform=vocabulary.PLATFORM,
            context_activities=tincan.ContextActivities(**related),
            extensions=vocabulary.extension_keys(extensions) if extensions else None,
        ),
        timestamp=at.astimezone(UTC),
    )
    plain: dict[str, Any] = statement.as_version("1.0.3")
    return plain


def _agent(name: UUID) -> Any:
    return tincan.Agent(account=tincan.AgentAccount(home_page=vocabulary.ACCOUNTS, name=str(name)), object_type="Agent")


def _activity(activity: Activity) -> Any:
    if activity.kind not in vocabulary.KINDS:
        raise ValueError(f"activity kind {activity.kind!r} is not in lms.records.vocabulary")
    definition = {"type": vocabulary.KINDS[activity.kind].iri} | ({"name": activity.name} if activity.name else {})
    return tincan.Activity(id=activity.iri, definition=tincan.ActivityDefinition(**definition))


def _result(result: dict[str, Any]) -> Any:
    values = dict(result)
    if (score := values.get("score")) is not None:
        values["score"] = _score(score)
    if values.get("extensions"):
        values["extensions"] = vocabulary.extension_keys(values["extensions"])
    if values.get("duration") is not None:
        values["duration"] = make_timedelta(values["duration"])
    return tincan.Result(**values)


def _score(score: dict[str, Any]) -> Any:
    if not -1 <= score.get("scaled", 0) <= 1:
        raise ValueError("score.scaled lies between -1 and 1")
    low, high, raw = score.get("min"), score.get("max"), score.get("raw")
    if (low is not None and high is not None and low >= high) or (
        raw is not None and ((low is not None and raw < low) or (high is not None and raw > high))
    ):
        raise ValueError("score.raw lies between min and max, and min is less than max")
    return tincan.Score(**score)


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    waiting: list[_Waiting] = session.info.pop("statements", [])
    nested = session.get_nested_transaction()
    if nested is not None:  # a savepoint ends well: what it said now belongs to the transaction around it
        session.info["statements"] = [(nested.parent if t is nested else t, statement) for t, statement in waiting]
    elif waiting:
        sent = [(statement, orjson.dumps(statement).decode()) for _, statement in waiting]
        store(sent, authority=vocabulary.AUTHORITY, version="1.0.3")


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, rolled_back: SessionTransaction) -> None:
    waiting: list[_Waiting] = session.info.pop("statements", [])
    if rolled_back.nested:
        session.info["statements"] = [entry for entry in waiting if entry[0] is not rolled_back]
