"""The questions assessment asks of floors above."""

from uuid import UUID

from flask_babel import lazy_gettext as _l

from lms.core.errors import DomainError
from lms.core.guard import Actor
from lms.core.hooks import Hook

refusal: Hook[[str, UUID], DomainError | None] = Hook("assessment.refusal")
"""A trainee is about to do this act (of :data:`lms.assessment.rules.QUIZ`, ``ATTEMPT`` or ``ESSAY``) in this
registration: is there a reason against it? Who answers keeps the registration as it is until the transaction ends."""

takes: Hook[[UUID, UUID], bool] = Hook("assessment.takes")
"""Is this person (first) a trainee who is to take the quizzes of this programme version (second), or of another version
of the programme? Then their right answers are not for her, whatever else she is."""


def refuse_answers(actor: Actor, version_id: UUID) -> None:
    """Refuse the right answers of a programme's quizzes to somebody who is to take them.

    :raises DomainError: ``own-quiz``
    """
    if actor.person_id is not None and any(takes.ask(actor.person_id, version_id)):
        text = _l(
            "You are a trainee of this programme, and its quizzes are yours to take: "
            "their right answers are open to you once your class is over for you."
        )
        raise DomainError("own-quiz", text, 403)
