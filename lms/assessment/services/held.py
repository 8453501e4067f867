"""Whether a trainee's work is still open to acts: what those above have against it."""

from uuid import UUID

from lms.assessment import hooks
from lms.core.errors import DomainError


def refusal(act: str, registration: UUID) -> DomainError | None:
    """Return what those above have against an act: the trainee has left, her result is fixed, the class is off."""
    return next((refused for refused in hooks.refusal.ask(act, registration) if refused is not None), None)


def require_work(act: str, registration: UUID) -> None:
    """Refuse an act that :func:`refusal` speaks against, in its words."""
    refused = refusal(act, registration)
    if refused is not None:
        raise refused
