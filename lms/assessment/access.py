"""Who may open which attempt."""

from typing import Any
from uuid import UUID

from lms.assessment import queries
from lms.core.guard import Actor
from lms.core.ownership import is_own


def owns_attempt(actor: Actor, attempt_id: UUID, **_rest: Any) -> bool | None:
    """An attempt is its trainee's alone; None when there is none."""
    owner = queries.attempt_owner(attempt_id)
    return None if owner is None else is_own(owner, actor.person_id)
