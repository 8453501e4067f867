"""Typed rows about persons, accounts, units and sessions."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased

from lms.core import audit
from lms.core.database import db
from lms.core.guard import Actor
from lms.core.lists import numbered
from lms.core.pages import Page
from lms.core.search import folded, matches
from lms.people.access import units_within, valid_on, visible_persons
from lms.people.models import Account, Person, RoleHolding, SignInSession, Unit, UnitSuccession

PAGE = 50


class PersonCard(NamedTuple):
    """A person as other domains show her."""

    person_id: UUID
    staff_code: str
    full_name: str
    position: str
    unit: str
    unit_path: str


class PersonRow(NamedTuple):
    """A line of the list of persons; an operator's account has no staff code and no unit."""

    person_id: UUID | None
    account_id: UUID | None
    full_name: str
    staff_code: str | None
    position: str | None
    unit: str | None
    unit_id: int | None
    active: bool | None
    activated: bool
    sort_key: str
    left_on: date | None = None


class AccountCard(NamedTuple):
    """An account with its person."""

    account_id: UUID
    username: str
    display_name: str
    active: bool
    has_password: bool
    must_change_password: bool
    locale: str | None
    created_at: datetime
    activated_at: datetime | None
    person_id: UUID | None
    staff_code: str | None
    position: str | None
    rank: str | None
    category: str | None
    birth_date: date | None
    email: str | None
    service_ends_on: date | None
    left_on: date | None
    unit_id: int | None
    unit: str | None


class Holding(NamedTuple):
    """A role held over a unit."""

    id: int
    role: str
    unit_id: int
    unit: str
    unit_path: str
    valid_from: date | None
    valid_to: date | None

    @property
    def last_day(self) -> date | None:
        """The last day on which the role is held."""
        return self.valid_to - timedelta(days=1) if self.valid_to else None


class UnitChoice(NamedTuple):
    """A unit in a filter."""

    id: int
    code: str
    name: str
    path: str


class UnitRow(NamedTuple):
    """A unit of the tree."""

    id: int
    code: str
    name: str
    kind: str
    parent_id: int | None
    path: str
    valid_from: date
    valid_to: date | None
    children: int
    successors: str | None


class Succession(NamedTuple):
    """A unit that went before or came after."""

    id: int
    code: str
    name: str
    on: date
    document: str | None


class SessionRow(NamedTuple):
    """A browser in which one is signed in."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    user_agent: str
    address: str | None


# -- for other domains ------------------------------------------------------------------------------------------------


def actor_name(person_id: UUID) -> UUID:
    """Return the opaque name of a person in statements.

    :raises sqlalchemy.exc.NoResultFound: the person has no account
    """
    return db.session.execute(select(Account.actor_name).where(Account.person_id == person_id)).scalar_one()


def account_names(account_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of accounts (:data:`lms.core.transitions.account_names`)."""
    rows = db.session.execute(select(Account.id, Account.display_name).where(Account.id.in_(account_ids)))
    return {row.id: row.display_name for row in rows}


def account_actor_name(account_id: UUID | None) -> UUID | None:
    """Return the opaque name of an account's owner in statements; None for the system itself."""
    return db.session.scalar(select(Account.actor_name).where(Account.id == account_id)) if account_id else None


def person_card(person_id: UUID) -> PersonCard | None:
    """Return a person with her unit."""
    row = db.session.execute(
        select(Person.id, Person.staff_code, Person.full_name, Person.position, Unit.name, Unit.path)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.id == person_id)
    ).first()
    return None if row is None else PersonCard(*row)


def unit_path(unit_id: int) -> str | None:
    """Return a unit's path."""
    return db.session.scalar(select(Unit.path).where(Unit.id == unit_id))


def unit_by_code(code: str, paths: Sequence[str]) -> UnitChoice | None:
    """Return the unit with this code if it lies within the paths."""
    row = db.session.execute(
        select(Unit.id, Unit.code, Unit.name, Unit.path).where(
            Unit.code == code.strip().upper(), units_within(tuple(paths))
        )
    ).first()
    return None if row is None else UnitChoice(*row)


# -- persons and accounts ---------------------------------------------------------------------------------------------


def persons(
    actor: Actor,
    permission: str,
    *,
    query: str = "",
    within_path: str | None = None,
    after: Sequence[Any] | None = None,
) -> list[PersonRow]:
    """Return persons by name, one more than a page when there are more.

    :param query: part of a name or staff code, with or without accents
    :param within_path: only those of this unit and below
    :param after: id and sort key of the last person of the page before
    """
    statement = (
        select(
            Person.id,
            Account.id,
            Person.full_name,
            Person.staff_code,
            Person.position,
            Unit.name,
            Unit.id,
            Account.active,
            func.coalesce(Account.password_hash.is_not(None), literal(False)),
            Person.sort_key,
            Person.left_on,
        )
        .join(Unit, Unit.id == Person.unit_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(visible_persons(actor, permission), matches(query, Person.search_text))
        .order_by(Person.sort_key, Person.id)
        .limit(PAGE + 1)
    )
    if within_path is not None:
        statement = statement.where(Unit.path.startswith(within_path))
    if after:
        statement = statement.where(tuple_(Person.sort_key, Person.id) > tuple_(after[1], after[0]))
    return [PersonRow._make(row) for row in db.session.execute(statement)]


def operators(actor: Actor, permission: str, query: str = "") -> list[PersonRow]:
    """Return the accounts without a staff record, for those who hold the permission over the whole city."""
    if not actor.holds_whole(permission):
        return []
    rows = db.session.execute(
        select(Account.id, Account.display_name, Account.username, Account.active, Account.password_hash.is_not(None))
        .where(Account.person_id.is_(None), matches(query, folded(Account.display_name), Account.username))
        .order_by(Account.username)
        .limit(500)
    )
    return [PersonRow(None, a, name, user, None, None, None, active, has, "") for a, name, user, active, has in rows]


def account_card(account_id: UUID) -> AccountCard | None:
    """Return an account with its person and unit."""
    row = db.session.execute(
        select(
            Account.id,
            Account.username,
            Account.display_name,
            Account.active,
            Account.password_hash.is_not(None),
            Account.must_change_password,
            Account.locale,
            Account.created_at,
            Account.activated_at,
            Person.id,
            Person.staff_code,
            Person.position,
            Person.rank,
            Person.category,
            Person.birth_date,
            Person.email,
            Person.service_ends_on,
            Person.left_on,
            Unit.id,
            Unit.name,
        )
        .outerjoin(Person, Person.id == Account.person_id)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Account.id == account_id)
    ).first()
    return None if row is None else AccountCard._make(row)


def holdings(account_id: UUID) -> list[Holding]:
    """Return the roles an account holds, held or will hold."""
    rows = db.session.execute(
        select(
            RoleHolding.id,
            RoleHolding.role,
            Unit.id,
            Unit.name,
            Unit.path,
            RoleHolding.valid_from,
            RoleHolding.valid_to,
        )
        .join(Unit, Unit.id == RoleHolding.unit_id)
        .where(RoleHolding.account_id == account_id)
        .order_by(RoleHolding.role, Unit.sort_key, Unit.id)
    )
    return [Holding(*row) for row in rows]


def sessions(account_id: UUID, *, at: datetime) -> list[SessionRow]:
    """Return the browsers in which an account is signed in, the latest first."""
    rows = db.session.execute(
        select(
            SignInSession.id,
            SignInSession.created_at,
            SignInSession.last_seen_at,
            SignInSession.user_agent,
            SignInSession.address,
        )
        .where(SignInSession.account_id == account_id, SignInSession.ended_at.is_(None), SignInSession.expires_at > at)
        .order_by(SignInSession.created_at.desc())
        .limit(200)
    )
    return [SessionRow(*row) for row in rows]


# -- units ------------------------------------------------------------------------------------------------------------


def units_below(parent_id: int | None, actor: Actor, permission: str, *, on: date) -> Page[UnitRow]:
    """Return the units right below one (or the topmost ones an actor holds), that exist on a day."""
    if parent_id is None:
        where: ColumnElement[bool] = or_(*(Unit.path == path for path in actor.paths(permission)))
    else:
        where = Unit.parent_id == parent_id
    return numbered(_units(where, on), UnitRow)


def find_units(query: str, actor: Actor, permission: str, *, on: date) -> Page[UnitRow]:
    """Return units by part of their code or name."""
    found = units_within(actor.paths(permission)) & matches(query, Unit.search_text)
    return numbered(_units(found, on), UnitRow)


def unit(unit_id: int) -> UnitRow | None:
    """Return one unit, valid or not."""
    row = db.session.execute(_units(Unit.id == unit_id, None)).one_or_none()
    return None if row is None else UnitRow(*row)


def ancestors(path: str) -> list[UnitChoice]:
    """Return the units above one, from the root."""
    ids = [int(part) for part in path.strip("/").split("/")[:-1]]
    rows = db.session.execute(
        select(Unit.id, Unit.code, Unit.name, Unit.path).where(Unit.id.in_(ids)).order_by(Unit.path)
    )
    return [UnitChoice(*row) for row in rows]


def successions(unit_id: int) -> tuple[list[Succession], list[Succession]]:
    """Return the units before and after one."""
    backwards = UnitSuccession.successor_id == unit_id
    other = Unit.id == func.coalesce(func.nullif(UnitSuccession.predecessor_id, unit_id), UnitSuccession.successor_id)
    rows = db.session.execute(
        select(backwards, Unit.id, Unit.code, Unit.name, UnitSuccession.on, UnitSuccession.document)
        .join(Unit, other)
        .where(or_(UnitSuccession.predecessor_id == unit_id, backwards))
        .order_by(Unit.sort_key, Unit.id)
    ).all()
    return [Succession(*r[1:]) for r in rows if r[0]], [Succession(*r[1:]) for r in rows if not r[0]]


def headcount(path: str) -> int:
    """Return how many persons in service a unit and those below it have."""
    count = db.session.scalar(
        select(func.count())
        .select_from(Person)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Unit.path.startswith(path), Person.left_on.is_(None))
    )
    return count or 0


def _units(where: ColumnElement[bool], on: date | None) -> Select[*tuple[Any, ...]]:
    child, heir = aliased(Unit), aliased(Unit)
    children = select(func.count()).where(child.parent_id == Unit.id)
    if on is not None:
        children = children.where(child.valid_from <= on, or_(child.valid_to.is_(None), child.valid_to > on))
    successors = (
        select(func.string_agg(heir.code, ", "))
        .join(UnitSuccession, UnitSuccession.successor_id == heir.id)
        .where(UnitSuccession.predecessor_id == Unit.id)
    )
    statement = select(
        Unit.id,
        Unit.code,
        Unit.name,
        Unit.kind,
        Unit.parent_id,
        Unit.path,
        Unit.valid_from,
        Unit.valid_to,
        children.scalar_subquery(),
        successors.scalar_subquery(),
    ).where(where)
    if on is not None:
        statement = statement.where(valid_on(on))
    return statement.order_by(Unit.kind, Unit.sort_key, Unit.id)


def person_by_code(code: str) -> UUID | None:
    """Return the person with a staff code, who is still in service."""
    wanted = select(Person.id).where(Person.staff_code == code.strip().upper(), Person.left_on.is_(None))
    return db.session.scalar(wanted) if "\0" not in code else None


def imported_sheets(sha256: str) -> set[str]:
    """Return the sheets of a file that were imported, whoever did."""
    entry = audit.AuditEntry
    sheet = entry.after["sheet"].astext
    rows = select(sheet).where(entry.subject_id == sha256, entry.action == "roster.import", sheet.is_not(None))
    return set(db.session.scalars(rows))
