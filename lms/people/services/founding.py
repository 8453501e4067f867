"""The first person who may do anything: made once, on an installation that nobody administers yet."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from lms.core.database import act, db, lock
from lms.core.guard import SYSTEM
from lms.people.models import Account, RoleHolding, Unit
from lms.people.services import accounts, units
from lms.people.sessions import local_day

ROLE = "administrator"


class Administered(RuntimeError):
    """Somebody is administrator already, who can give this role to others."""


class City(NamedTuple):
    """The root of the tree of units."""

    code: str
    name: str


@act
def first_administrator(username: str, name: str, city: City, *, at: datetime) -> str:
    """Make the city if it is not there, and an account that administers all of it; returns its one-time code.

    :raises Administered: somebody is administrator already
    :raises DomainError: the values are refused
    """
    lock("first administrator")
    if db.session.scalar(select(RoleHolding.id).where(RoleHolding.role == ROLE).limit(1)) is not None:
        raise Administered
    root = db.session.scalar(select(Unit).where(Unit.parent_id.is_(None), Unit.kind == "city"))
    if root is None:
        root = units.create_unit(SYSTEM, code=city.code, name=city.name, kind="city", valid_from=local_day(at), at=at)
    account: Account = accounts.create_account(SYSTEM, username=username, display_name=name, person_id=None, at=at)
    accounts.give_role(SYSTEM, account.id, ROLE, root.id, at=at)
    return accounts.issue_activation_code(SYSTEM, account.id, at=at)
