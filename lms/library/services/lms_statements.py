"""The statements that the product itself makes about packages (cmi5, sections 9.3 and 9.6)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from lms.library.kinds import UNIT_KINDS
from lms.library.models import ContentUnit, Registration
from lms.packages.cmi5 import terms
from lms.records import emit
from lms.records.vocabulary import PLATFORM, PROFILE, VERBS

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")


def say(
    word: str,
    registration: Registration,
    unit: ContentUnit,
    session_id: UUID,
    *,
    at: datetime,
    result: Mapping[str, Any] | None = None,
    extensions: Mapping[str, Any] | None = None,
) -> None:
    """Make one of the LMS's statements in the current transaction.

    :param word: launched, abandoned, waived or satisfied
    """
    moves_on = bool(result and {"success", "completion"} & set(result))
    statement: dict[str, Any] = {
        "id": str(uuid4()),
        "actor": registration.agent,
        "verb": {"id": terms.VERBS[word], "display": terms.DISPLAY[word]},
        "object": _object(unit),
        "context": {
            "registration": str(registration.id),
            "platform": PLATFORM,
            "contextActivities": {
                "category": [{"id": category} for category in _categories(moves_on=moves_on)],
                "grouping": [{"id": publisher_iri(unit)}],
            },
            "extensions": {terms.SESSION_ID: str(session_id), **(extensions or {})},
        },
        "timestamp": moment_text(at),
    }
    if result:
        statement["result"] = dict(result)
    emit.say(statement)


def say_for_content(
    registration: Registration,
    unit: ContentUnit,
    verb: str,
    *,
    at: datetime,
    result: Mapping[str, Any] | None = None,
    target: Mapping[str, Any] | None = None,
    display: Mapping[str, str] | None = None,
    session_id: UUID | None = None,
) -> None:
    """Say for content that cannot speak xAPI itself what a learner has done in it.

    :param verb: a word of the vocabulary, or an IRI
    :param target: what it is about, when that is something within the unit
    """
    term = VERBS.get(verb)
    related: dict[str, Any] = {"category": [{"id": PROFILE}]}
    if target is not None:
        related["parent"] = [_object(unit)]
    context: dict[str, Any] = {
        "registration": str(registration.id),
        "platform": PLATFORM,
        "contextActivities": related,
    }
    if session_id is not None:
        context["extensions"] = {terms.SESSION_ID: str(session_id)}
    statement: dict[str, Any] = {
        "id": str(uuid4()),
        "actor": registration.agent,
        "verb": {"id": term.iri if term else verb, "display": term.display if term else dict(display or {})},
        "object": dict(target) if target is not None else _object(unit),
        "context": context,
        "timestamp": moment_text(at),
    }
    if result:
        statement["result"] = dict(result)
    emit.say(statement)


def moment_text(at: datetime) -> str:
    """Write a moment as statements have it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def publisher_iri(unit: ContentUnit) -> str:
    """Return the publisher's id of a unit as an IRI; what is none stands under the unit's own."""
    return unit.identifier if _IRI.fullmatch(unit.identifier) else f"{unit.iri}/publisher"


def spent(seconds: float) -> str:
    """Return a time as an ISO 8601 duration."""
    return f"PT{max(seconds, 0):.2f}S"


def _object(unit: ContentUnit) -> dict[str, Any]:
    definition: dict[str, Any] = {}
    kind = UNIT_KINDS[unit.kind].activity_type or unit.properties.get("activityType")
    if kind:
        definition["type"] = kind
    if unit.title:
        definition["name"] = unit.title
    if unit.description:
        definition["description"] = unit.description
    return {"objectType": "Activity", "id": unit.iri} | ({"definition": definition} if definition else {})


def _categories(*, moves_on: bool) -> list[str]:
    return [terms.CATEGORY, terms.MOVE_ON_CATEGORY] if moves_on else [terms.CATEGORY]
