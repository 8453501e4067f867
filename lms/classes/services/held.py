"""The class an act is done in: found, kept as it is until the act ends, and in a state that allows the act."""

from uuid import UUID

from sqlalchemy import select

from lms.classes import rules
from lms.classes.life import CLASS
from lms.classes.models import ClassRun, Enrolment
from lms.core.database import db
from lms.core.errors import DomainError, NotFound


def class_for(act: str, class_id: UUID, *, exclusive: bool = False) -> ClassRun:
    """Return the class, held until the transaction ends so that nobody finishes it meanwhile.

    :param exclusive: one such act at a time: what counts places, or changes the class itself
    :raises DomainError: ``class-closed``, ``class-cancelled``
    """
    held = select(ClassRun).where(ClassRun.id == class_id).with_for_update(read=not exclusive)
    run = db.session.scalar(held.execution_options(populate_existing=True))
    if run is None:
        raise NotFound
    CLASS.require(act, run.status)
    return run


def refusal_of(act: str, registration: UUID) -> DomainError | None:
    """Answer why a trainee may not do an act (:data:`lms.assessment.hooks.refusal`); who may is held as she is.

    Nobody withdraws her until the transaction ends.
    """
    asked = select(Enrolment.status, ClassRun.status).join(ClassRun, ClassRun.id == Enrolment.class_id)
    asked = asked.where(Enrolment.id == registration).with_for_update(of=Enrolment, read=True, key_share=True)
    row = db.session.execute(asked).one_or_none()
    if row is None:
        return NotFound()
    try:
        rules.ENROLMENT.require(act, row[0])
        CLASS.require(act, row[1])
    except DomainError as refused:
        return refused
    return None


def require_work(act: str, registration: UUID) -> None:
    """Refuse an act of a trainee, in words (:func:`refusal_of`)."""
    refused = refusal_of(act, registration)
    if refused is not None:
        raise refused
