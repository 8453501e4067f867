"""Accounts: made, locked, given roles and one-time codes."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, or_, select, update

from lms.core import audit
from lms.core.database import act, db
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.core.ownership import is_own
from lms.core.text import one_line
from lms.people import passwords, signals
from lms.people.models import Account, ActivationCode, Person, RoleHolding, SignInSession, Unit
from lms.people.permissions import ROLES
from lms.people.rules import (
    ACCOUNT,
    PERSON,
    ROLE,
    USERNAME,
    code_hash,
    new_code,
    password_fault,
    role_state,
    username_of,
)
from lms.people.sessions import local_day

CODE_LIFETIME = timedelta(days=14)


class IssuedCode(NamedTuple):
    """A one-time code with the person it is for; shown once, never kept."""

    username: str
    full_name: str
    position: str
    code: str
    expires_at: datetime


@act
def create_account(
    actor: Actor,
    *,
    username: str,
    display_name: str,
    person_id: UUID | None,
    at: datetime,
    password: str | None = None,
    must_change_password: bool = False,
) -> Account:
    """Make an account; without a password its owner activates it with a one-time code.

    :raises DomainError: the username is malformed or taken, the person has an account, or the password is too weak
    """
    name = username_of(username)
    if not USERNAME.fullmatch(name):
        raise DomainError("username", _l("A username has 2 to 64 letters, digits, dots, dashes or underscores."), 422)
    same = Account.username == name
    if person_id is not None:
        same = same | (Account.person_id == person_id)
    taken = db.session.scalar(select(Account.id).where(same))
    if taken is not None:
        raise DomainError("account-exists", _l("This username is taken, or this person has an account already."))
    if password is not None and (fault := password_fault(password, name)) is not None:
        raise DomainError("password", fault, 422)
    account = Account(
        id=uuid4(),
        username=name,
        display_name=one_line(display_name),
        person_id=person_id,
        password_hash=None if password is None else passwords.make_hash(password),
        must_change_password=must_change_password,
        active=True,
        created_at=at,
        activated_at=None if password is None else at,
    )
    db.session.add(account)
    db.session.flush()
    audit.record(actor, "account.create", "account", account.id, at=at, after={"username": name})
    return account


@act
def set_password(
    actor: Actor, account_id: UUID, password: str, *, at: datetime, must_change_password: bool = True
) -> None:
    """Set an account's password in its owner's stead; all its sessions end.

    :raises DomainError: the password is too weak
    """
    account = _account(account_id, "set_password")
    fault = password_fault(password, account.username)
    if fault is not None:
        raise DomainError("password", fault, 422)
    account.password_hash = passwords.make_hash(password)
    account.must_change_password = must_change_password
    account.activated_at = account.activated_at or at
    _end_sessions(account_id, at)
    audit.record(actor, "account.set_password", "account", account_id, at=at)


@act
def set_locale(actor: Actor, locale: str, *, at: datetime) -> None:
    """Remember one's own language."""
    account = db.session.get_one(Account, actor.account_id)
    if account.locale != locale:
        before, account.locale = account.locale, locale
        old, new = {"locale": before}, {"locale": locale}
        audit.record(actor, "account.set_locale", "account", account.id, at=at, before=old, after=new)


@act
def give_role(
    actor: Actor,
    account_id: UUID,
    role: str,
    unit_id: int,
    *,
    at: datetime,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> RoleHolding:
    """Give an account a role over a unit and all below it, for a period; a role held already gets the new period.

    :param valid_until: the last day
    :raises DomainError: there is no such role, the period ends before it begins, the unit does not exist when it
        begins, or the person has left the service
    """
    if role not in ROLES or role == "trainee":  # every member of staff is a trainee without being given it
        raise DomainError("role", _l("There is no such role to give."), 422)
    if valid_from and valid_until and valid_until < valid_from:
        raise DomainError("period", _l("The last day must not be before the first."), 422)
    account, unit = _account(account_id, "give_role"), db.session.get(Unit, unit_id)
    if unit is None:
        raise NotFound
    begins = max(valid_from or local_day(at), local_day(at))
    if unit.valid_to is not None and unit.valid_to <= begins:
        raise DomainError("unit-closed", _l("This unit no longer exists on that day. Please name its successor."))
    if account.person_id is not None:
        PERSON.require("give_role", "left" if _has_left(account.person_id) else "serving")
    holding = db.session.scalar(
        select(RoleHolding)
        .where(RoleHolding.account_id == account_id, RoleHolding.role == role, RoleHolding.unit_id == unit_id)
        .with_for_update()
    )
    before = None if holding is None else _holding_values(holding)
    if holding is None:
        holding = RoleHolding(account_id=account_id, role=role, unit_id=unit_id)
        db.session.add(holding)
    holding.valid_from = valid_from
    holding.valid_to = valid_until + timedelta(days=1) if valid_until else None
    db.session.flush()
    audit.record(actor, "role.give", "account", account_id, at=at, before=before, after=_holding_values(holding))
    return holding


@act
def end_role(actor: Actor, holding_id: int, *, at: datetime) -> None:
    """Take a role away from today on; one that has not begun is removed.

    :raises DomainError: it is the administrator's own right to administer, or has ended
    """
    holding = db.session.get(RoleHolding, holding_id, with_for_update=True)
    if holding is None:
        raise NotFound
    if is_own(holding.account_id, actor.account_id) and holding.role == "administrator":
        raise DomainError(
            "own-role", _l("You cannot take your own administrator role away. Ask another administrator.")
        )
    before, today = _holding_values(holding), local_day(at)
    ROLE.require("end_role", role_state(holding.valid_from, holding.valid_to, today))
    account_id = holding.account_id
    if holding.valid_from is not None and holding.valid_from >= today:
        db.session.delete(holding)
        after = None
    else:
        holding.valid_to = today if holding.valid_to is None else min(today, holding.valid_to)
        after = _holding_values(holding)
    db.session.flush()
    audit.record(actor, "role.end", "account", account_id, at=at, before=before, after=after)
    signals.role_ended.send(actor, account_id=account_id, at=at)


@act
def leave(actor: Actor, person_id: UUID, left_on: date, *, at: datetime) -> None:
    """Note the day on which a person left the service: her roles and what was opened in her name end.

    Her account stays, for her own data.
    """
    person = db.session.get_one(Person, person_id, with_for_update=True)
    before, person.left_on = person.left_on, left_on
    old, new = {"left_on": before}, {"left_on": left_on}
    audit.record(actor, "person.leave", "person", person_id, at=at, before=old, after=new)
    account_id = db.session.scalar(select(Account.id).where(Account.person_id == person_id))
    if account_id is None:
        return
    today = local_day(at)
    in_force = or_(RoleHolding.valid_to.is_(None), RoleHolding.valid_to > today)
    for holding_id in db.session.scalars(
        select(RoleHolding.id).where(RoleHolding.account_id == account_id, in_force).order_by(RoleHolding.id)
    ).all():
        end_role(actor, holding_id, at=at)
    _end_sessions(account_id, at)


@act
def lock_account(actor: Actor, account_id: UUID, *, at: datetime) -> None:
    """Lock an account; all its sessions end.

    :raises DomainError: it is one's own, or locked
    """
    if is_own(account_id, actor.account_id):
        raise DomainError("own-account", _l("You cannot lock your own account."))
    _account(account_id, "lock").active = False
    audit.record(actor, "account.lock", "account", account_id, at=at)
    _end_sessions(account_id, at)


@act
def unlock_account(actor: Actor, account_id: UUID, *, at: datetime) -> None:
    """Open a locked account again.

    :raises DomainError: it is not locked
    """
    _account(account_id, "unlock").active = True
    audit.record(actor, "account.unlock", "account", account_id, at=at)


@act
def issue_activation_code(actor: Actor, account_id: UUID, *, at: datetime) -> str:
    """Return a new one-time code with which the owner sets a password; earlier codes are void."""
    _account(account_id, "issue_code")
    code = _issue([account_id], at)[account_id]
    audit.record(actor, "account.issue_code", "account", account_id, at=at)
    return code


@act
def issue_codes_of_unit(actor: Actor, unit_id: int, *, at: datetime) -> list[IssuedCode]:
    """Issue codes to all accounts of a unit and below that are open, hold no role and are not activated yet.

    Who holds a role gets a code one by one, where it is checked that nobody reaches a role wider than their own.
    """
    unit = db.session.get(Unit, unit_id)
    if unit is None:
        raise NotFound
    rows = db.session.execute(
        select(Account.id, Account.username, Person.full_name, Person.position)
        .join(Person, Person.id == Account.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(
            Unit.path.startswith(unit.path),
            Account.active,
            Account.password_hash.is_(None),
            Person.left_on.is_(None),
            ~select(RoleHolding.id).where(RoleHolding.account_id == Account.id).exists(),
        )
        .order_by(Unit.path, Person.sort_key, Person.id)
    ).all()
    codes = _issue([row.id for row in rows], at)
    audit.record(actor, "account.issue_codes", "unit", unit_id, at=at, after={"accounts": len(rows)})
    expires = at + CODE_LIFETIME
    return [IssuedCode(row.username, row.full_name, row.position, codes[row.id], expires) for row in rows]


def _issue(account_ids: Iterable[UUID], at: datetime) -> dict[UUID, str]:
    codes = {account_id: new_code() for account_id in account_ids}
    if not codes:
        return codes
    unused = ActivationCode.account_id.in_(codes), ActivationCode.used_at.is_(None)
    db.session.execute(delete(ActivationCode).where(*unused))
    rows = [
        {"id": uuid4(), "account_id": a, "code_hash": code_hash(c), "created_at": at, "expires_at": at + CODE_LIFETIME}
        for a, c in codes.items()
    ]
    db.session.execute(insert(ActivationCode), rows)
    return codes


def _account(account_id: UUID, act_: str) -> Account:
    account = db.session.get(Account, account_id, with_for_update=True)
    if account is None:
        raise NotFound
    ACCOUNT.require(act_, "open" if account.active else "locked")
    return account


def _has_left(person_id: UUID) -> bool:
    return db.session.scalar(select(Person.left_on).where(Person.id == person_id)) is not None


def _end_sessions(account_id: UUID, at: datetime) -> None:
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.account_id == account_id, SignInSession.ended_at.is_(None))
        .values(ended_at=at)
        .execution_options(synchronize_session=False)
    )
    signals.access_ended.send(None, account_id=account_id, at=at)


def _holding_values(holding: RoleHolding) -> dict[str, Any]:
    return {
        "role": holding.role,
        "unit_id": holding.unit_id,
        "valid_from": holding.valid_from,
        "valid_to": holding.valid_to,
    }
