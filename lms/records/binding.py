"""What a session token may do: it is bound to one learner, one registration and one activity.

Launched content holds such a token (cmi5, section 8; xAPI launch). It speaks for its learner and for nothing else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lms.core.errors import DomainError
from lms.records.shapes import ifi
from lms.records.vocabulary import ACTIVITIES, VOIDED

SCOPES = ("profile", "state", "statements/read/mine", "statements/write")


@dataclass(frozen=True, slots=True)
class Binding:
    """The limits of a token.

    :ivar agent: identifier of the learner in one form (:func:`lms.records.shapes.ifi`)
    :ivar activity: IRI of the launched activity
    """

    agent: str
    registration: UUID
    activity: str

    def check_statements(self, statements: Iterable[Mapping[str, Any]]) -> None:
        """Refuse statements of others, of other registrations, that void, or about other activities of the product.

        :raises DomainError: 403, naming the property.
        """
        for statement in statements:
            if statement["actor"].get("objectType", "Agent") != "Agent":
                _refuse("actor.objectType: this token is bound to one learner, not to a group")
            if ifi(statement["actor"]) != self.agent:
                _refuse("actor: this token is bound to another learner")
            registration = statement.get("context", {}).get("registration")
            if registration is None or UUID(registration) != self.registration:
                _refuse("context.registration: this token is bound to another registration")
            if statement["verb"]["id"] == VOIDED:
                _refuse("verb: launched content may not void statements")
            target = statement["object"]
            about = target["id"] if target.get("objectType", "Activity") == "Activity" else ""
            if about.startswith(f"{ACTIVITIES}/") and about != self.activity:
                _refuse("object.id: this token is bound to another activity")

    def check_address(self, *, agent: str | None, activity: str | None, registration: UUID | None) -> None:
        """Refuse documents of another learner, activity or registration; None is not asked for.

        :raises DomainError: 403, naming the parameter.
        """
        if agent is not None and agent != self.agent:
            _refuse("agent: this token is bound to another learner")
        if activity is not None and activity != self.activity:
            _refuse("activityId: this token is bound to another activity")
        if registration is not None and registration != self.registration:
            _refuse("registration: this token is bound to another registration")


def _refuse(message: str) -> None:
    raise DomainError("bound", message, 403)
