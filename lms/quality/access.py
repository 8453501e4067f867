"""Whose results may be opened: those of the institutions held; by a lecturer, her own."""

from uuid import UUID

from lms.core.guard import Actor
from lms.core.ownership import is_own
from lms.quality.queries import classes as queries


def teaches(actor: Actor, teaching_id: UUID) -> bool | None:
    """Her own topic, once its results are released; None when there is no such teaching or it is not released."""
    place = queries.teaching_place(teaching_id)
    if place is None:
        return None
    class_id, lecturer_id, _path = place
    if not is_own(lecturer_id, actor.person_id):
        return False
    return True if queries.released(class_id) else None
