"""The questions assessment asks of floors above."""

from uuid import UUID

from lms.core.errors import DomainError
from lms.core.hooks import Hook

refusal: Hook[[str, UUID], DomainError | None] = Hook("assessment.refusal")
"""A trainee is about to do this act (of :data:`lms.assessment.rules.QUIZ`, ``ATTEMPT`` or ``ESSAY``) in this
registration: is there a reason against it? Who answers keeps the registration as it is until the transaction ends."""
