"""Which persons, accounts and units an actor may see or change, for one object and as an SQL condition."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, literal, or_, select, true
from sqlalchemy.orm import aliased

from lms.core.database import db, utcnow
from lms.core.guard import Actor
from lms.people.models import Account, Person, RoleHolding, Unit
from lms.people.sessions import local_day


def units_within(paths: Sequence[str]) -> ColumnElement[bool]:
    """Condition: the unit is one of these or below."""
    return or_(*(Unit.path.startswith(path) for path in paths)) if paths else false()


def may_see_account(actor: Actor, account_id: UUID) -> bool | None:
    """Tell whether the account belongs to the units over which people may be read."""
    return _covers(actor, "people.read", account_id)


def may_manage_account(actor: Actor, account_id: UUID) -> bool | None:
    """Tell whether the account, and every role it holds now or later, lies within the units one administers.

    Without the second half, an administrator of one unit could take over the account of a colleague who holds a role
    over the whole city.
    """
    covered = _covers(actor, "people.manage", account_id)
    if not covered:
        return covered
    return bool(db.session.scalar(select(manageable(actor, literal(account_id)))))


def manageable(actor: Actor, account_id: Any) -> ColumnElement[bool]:
    """Condition: an account holds no role, now or later, over units that one does not administer.

    :param account_id: a column, or a literal
    """
    over = aliased(Unit)
    within = or_(false(), *(over.path.startswith(path) for path in actor.paths("people.manage")))
    today = local_day(utcnow())
    wider = (
        select(RoleHolding.id)
        .join(over, over.id == RoleHolding.unit_id)
        .where(
            RoleHolding.account_id == account_id,
            or_(RoleHolding.valid_to.is_(None), RoleHolding.valid_to > today),
            ~within,
        )
    )
    return ~wider.exists()


def _covers(actor: Actor, permission: str, account_id: UUID) -> bool | None:
    row = db.session.execute(
        select(Account.id, Unit.path)
        .outerjoin(Person, Person.id == Account.person_id)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Account.id == account_id)
    ).first()
    if row is None:
        return None
    return actor.holds_whole(permission) if row.path is None else actor.may(permission, row.path)


def visible_persons(actor: Actor, permission: str) -> ColumnElement[bool]:
    """Condition on a joined Unit: the person's unit is covered; always true for those who hold the whole."""
    return true() if actor.holds_whole(permission) else units_within(actor.paths(permission))


def unit_path(unit_id: int, **_args: Any) -> str | None:
    """Return the path of the unit in an address."""
    return db.session.scalar(select(Unit.path).where(Unit.id == unit_id))


def valid_on(day: Any) -> ColumnElement[bool]:
    """Condition: the unit exists on this day."""
    return and_(Unit.valid_from <= day, or_(Unit.valid_to.is_(None), Unit.valid_to > day))


def in_service(day: date) -> ColumnElement[bool]:
    """Condition: the person has not left the city's service on this day."""
    return or_(Person.left_on.is_(None), Person.left_on > day)


def role_in_force(day: date) -> ColumnElement[bool]:
    """Condition: the role is held on this day."""
    return and_(
        or_(RoleHolding.valid_from.is_(None), RoleHolding.valid_from <= day),
        or_(RoleHolding.valid_to.is_(None), RoleHolding.valid_to > day),
    )
