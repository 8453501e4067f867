"""Answers to the questions of floors below."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from lms.classes.rules import Objection
from lms.core.clauses import place
from lms.planning import queries
from lms.planning.audiences import audience_of
from lms.planning.rules.eligibility import WORDS, Finding, findings


def objections_to(class_id: UUID, person_ids: Sequence[UUID]) -> list[Objection]:
    """Answer what stands against these people in a class (:data:`lms.classes.hooks.objections`)."""
    asked = queries.asked_by(class_id)
    audience = audience_of(asked.programme)
    return [
        Objection(person_id, code, name, finding.bars, in_words(finding))
        for person_id, (code, name, official) in queries.officials(person_ids, asked.programme_id).items()
        for finding in findings(official, audience, asked.limits, day=asked.day)
    ]


def in_words(finding: Finding) -> str:
    """Return a finding as people read it, with its clause."""
    values: dict[str, Any] = {key: _day(value) for key, value in finding.values.items()}
    return str(_("%(reason)s (%(clause)s)", reason=WORDS[finding.code] % values, clause=place(finding.clause)))


def _day(value: Any) -> Any:
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else value
