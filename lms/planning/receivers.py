"""Answers to the questions of floors below."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from lms.classes.rules import Objection
from lms.core.transitions import Transition
from lms.planning import services
from lms.planning.audiences import audience_of
from lms.planning.judging import in_words
from lms.planning.queries.people import asked_by, officials
from lms.planning.rules.eligibility import findings


def objections_to(class_id: UUID, person_ids: Sequence[UUID]) -> list[Objection]:
    """Answer what stands against these people in a class (:data:`lms.classes.hooks.objections`); days are its own."""
    asked = asked_by(class_id)
    audience = audience_of(asked.programme)
    return [
        Objection(person_id, code, name, finding.bars, in_words(finding))
        for person_id, (code, name, official) in officials(person_ids, asked.programme_id).items()
        for finding in findings(official, audience, asked.limits, day=asked.day)
    ]


def close_list(_actor: Any, *, line: Transition, at: datetime) -> None:
    """Close the lists of a class that begins, or does not take place (:data:`lms.core.transitions.moved`)."""
    if line.kind == "class" and line.to_state in ("running", "finished", "cancelled"):
        services.expire(UUID(line.object_id), at=at)


def follow_leaving(_actor: Any, *, registration: UUID, at: datetime) -> None:
    """Somebody left a class (:data:`lms.classes.signals.withdrawn`); so does her nomination."""
    services.left(registration, at=at)
