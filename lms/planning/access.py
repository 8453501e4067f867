"""Whose nominations one may make, decide on and see; history stays with the unit of its day, rights go to its heirs."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from lms.classes.models import ClassRun
from lms.core.database import db
from lms.core.guard import Actor
from lms.core.ownership import is_own
from lms.documents.models import IssuedPaper
from lms.people.access import units_within
from lms.people.models import Unit, UnitSuccession
from lms.planning.models import Nomination, Quota

NAME, DECIDE = "planning.nominate", "planning.decide"


def names_for(actor: Actor) -> ColumnElement[bool]:
    """Condition on a Unit: one may name its people; or those of the unit that came after it."""
    own = units_within(actor.paths(NAME))
    heirs = select(UnitSuccession.predecessor_id).join(Unit, Unit.id == UnitSuccession.successor_id).where(own)
    return or_(own, Unit.id.in_(heirs))


def may_name(actor: Actor, class_id: UUID, unit_id: int) -> bool | None:
    """Tell whether one names people of this unit for this class, which has given it a quota."""
    asked = select(names_for(actor)).select_from(Unit).join(Quota, Quota.unit_id == Unit.id)
    return db.session.scalar(asked.where(Unit.id == unit_id, Quota.class_id == class_id))


def may_take_back(actor: Actor, nomination_id: UUID) -> bool | None:
    """Tell whether a nomination is one's unit's."""
    asked = select(names_for(actor)).select_from(Unit).join(Nomination, Nomination.unit_id == Unit.id)
    return db.session.scalar(asked.where(Nomination.id == nomination_id))


def is_hers(actor: Actor, nomination_id: UUID) -> bool | None:
    """Tell whether a nomination is about oneself."""
    person_id = db.session.scalar(select(Nomination.person_id).where(Nomination.id == nomination_id))
    return None if person_id is None else is_own(person_id, actor.person_id)


def class_path(class_id: UUID, **_other: object) -> str | None:
    """Path of the institution that runs the class."""
    return db.session.scalar(
        select(Unit.path).join(ClassRun, ClassRun.institution_id == Unit.id).where(ClassRun.id == class_id)
    )


def acting_path(actor: Actor, permission: str, unit_id: int) -> str:
    """Return the path over which somebody acts for a unit: its own, or that of the unit that came after it."""
    heirs = select(Unit.path).join(UnitSuccession, UnitSuccession.successor_id == Unit.id)
    own = db.session.scalars(select(Unit.path).where(Unit.id == unit_id)).one()
    if actor.may(permission, own):
        return own
    after = db.session.scalars(heirs.where(UnitSuccession.predecessor_id == unit_id)).all()
    return next((path for path in after if actor.may(permission, path)), own)


def belongs(actor: Actor, class_id: UUID, nomination_id: UUID, **_other: object) -> bool | None:
    """Tell whether one decides on a nomination of this class."""
    known = select(Nomination.id).where(Nomination.id == nomination_id, Nomination.class_id == class_id)
    path = class_path(class_id)
    return None if path is None or db.session.scalar(known) is None else actor.may(DECIDE, path)


def may_read_paper(actor: Actor, paper_id: UUID, **_other: object) -> bool | None:
    """Papers are read by who decides, by the institution, by units that they are sent to or name, by whom they call."""
    row = db.session.execute(
        select(IssuedPaper.about, IssuedPaper.kind, IssuedPaper.person_id, IssuedPaper.unit_id).where(
            IssuedPaper.id == paper_id
        )
    ).one_or_none()
    if row is None:
        return None
    if is_own(row.person_id, actor.person_id):
        return True
    path = class_path(row.about)
    if path is not None and any(actor.may(name, path) for name in (DECIDE, "classes.manage", "classes.oversee")):
        return True
    mine = select(Unit.id).where(names_for(actor))
    if row.unit_id is not None or row.person_id is not None:
        named = select(Nomination.unit_id).where(
            Nomination.class_id == row.about, Nomination.person_id == row.person_id, Nomination.unit_id.in_(mine)
        )
        return db.session.scalar(mine.where(Unit.id == row.unit_id).union_all(named).limit(1)) is not None
    ours = select(Nomination.id).where(Nomination.class_id == row.about, Nomination.unit_id.in_(mine)).limit(1)
    return db.session.scalar(ours) is not None
