"""Typed rows about packages, their units, and what learners have done in them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, text

from lms.core.database import db
from lms.library.models import ContentUnit, UnitState


def units(version_id: UUID) -> Sequence[ContentUnit]:
    """Return all units of a version in the order of the walk over its tree."""
    return db.session.scalars(
        select(ContentUnit).where(ContentUnit.version_id == version_id).order_by(ContentUnit.position)
    ).all()


def states(registration_id: UUID) -> dict[UUID, UnitState]:
    """Return how far a registration is, by unit."""
    rows = db.session.scalars(select(UnitState).where(UnitState.registration_id == registration_id))
    return {state.unit_id: state for state in rows}


LOCALE = text(
    """
    SELECT a.locale FROM content_registrations r JOIN accounts a ON a.person_id = r.person_id
    WHERE r.id = :registration
    """
)
