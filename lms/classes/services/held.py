"""The class an act is done in: found, kept as it is until the act ends, and in a state that allows the act."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from lms.classes import rules
from lms.classes.models import ClassRun
from lms.core.database import db
from lms.core.errors import DomainError, NotFound

REFUSALS = {
    "class-closed": _l("The class is over; this can no longer be changed."),
    "class-cancelled": _l("The class was cancelled; this can no longer be changed."),
}


def class_for(act: str, class_id: UUID, *, exclusive: bool = False) -> ClassRun:
    """Return the class, held until the transaction ends so that nobody finishes it meanwhile.

    :param exclusive: one such act at a time: what counts places, or changes the class itself
    :raises DomainError: ``class-closed``, ``class-cancelled``
    """
    held = select(ClassRun).where(ClassRun.id == class_id).with_for_update(read=not exclusive)
    run = db.session.scalar(held.execution_options(populate_existing=True))
    if run is None:
        raise NotFound
    require(act, run.status)
    return run


def require(act: str, state: str) -> None:
    """Refuse an act in a class of this state, in words.

    :raises DomainError: ``class-closed``, ``class-cancelled``
    """
    reason = rules.refusal(act, state)
    if reason is not None:
        raise DomainError(reason, REFUSALS[reason])
