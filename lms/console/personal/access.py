"""Whose archive and whose request an actor may open."""

from uuid import UUID

from lms.console.personal import queries
from lms.core.guard import Actor
from lms.people.access import may_manage_account


def may_decide(actor: Actor, request_id: UUID) -> bool | None:
    """Whether the person who asks lies within what one administers; None when there is no such request."""
    account_id = queries.account_of_request(request_id)
    return None if account_id is None else may_manage_account(actor, account_id)
