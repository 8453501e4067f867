"""Who issues a document, read from the tree of units."""

from sqlalchemy import func, literal, select

from lms.core.database import db
from lms.documents.issuers import Body, Issuer, issuer_of
from lms.people.models import Unit


def issuer_at(path: str) -> Issuer:
    """Return who issues what the unit at a path writes."""
    above = select(Unit.code, Unit.name).where(literal(path).startswith(Unit.path)).order_by(func.length(Unit.path))
    return issuer_of([Body(*row) for row in db.session.execute(above)])
