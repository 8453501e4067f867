"""Signing in and out, activation, one's own password and sessions."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from lms.core import audit, throttle
from lms.core.database import act, db
from lms.core.errors import DomainError
from lms.core.guard import Actor
from lms.core.ownership import owned_by
from lms.core.throttle import Pace
from lms.people import guessing, passwords, signals
from lms.people.models import Account, ActivationCode, SignInSession
from lms.people.rules import code_hash, password_fault, username_of
from lms.people.sessions import open_session

T = TypeVar("T")
NOWHERE: Mapping[UUID, str] = MappingProxyType({})
"""The accounts for which a browser is known that has never signed in."""


class Refused(DomainError):
    """A form that cannot be accepted; ``field`` names where the message belongs."""

    def __init__(self, code: str, message: Any, field: str | None = None, status: int = 422) -> None:
        super().__init__(code, message, status)
        self.field = field


class Throttled(Refused):
    """Too many attempts; ``wait`` says for how many seconds."""

    def __init__(self, wait: int, message: Any) -> None:
        super().__init__("throttled", message, status=429)
        self.wait = wait


class SignedIn(NamedTuple):
    """An account that has just signed in, and the secret for its cookie."""

    account_id: UUID
    person_id: UUID | None
    name: str
    token: str


def sign_in(
    username: str,
    password: str,
    *,
    at: datetime,
    user_agent: str,
    address: str | None,
    known: Mapping[UUID, str] = NOWHERE,
    replacing: UUID | None = None,
) -> SignedIn:
    """Check a password and open a session; the session that this browser had before ends.

    :param known: the accounts that this browser is known for: others' attempts do not count against it
    :raises Throttled: too many attempts under this name or from this address, or from this known browser
    :raises Refused: the two do not belong together; the answer and its time are the same for an unknown name
    :raises DomainError: ``busy``, too many sign in at this moment
    """
    name = username_of(username)
    account = db.session.execute(
        select(Account.id, Account.person_id, Account.display_name, Account.password_hash, Account.active).where(
            Account.username == name
        )
    ).first()
    db.session.rollback()  # the connection is free while the hash is computed
    browser = None if account is None else known.get(account.id)
    counted = guessing.tries("sign-in", name, address, browser)
    _count(counted, at, _sign_in_wait)
    stored = account.password_hash if account is not None and account.active else None
    fits = _hashed(counted, partial(passwords.fits, stored, password), known=browser is not None)
    if not fits or account is None or stored is None:
        raise Refused(
            "credentials",
            _l("Username and password do not belong together, or the account is not active. Please check both."),
        )
    throttle.forgive(counted, guessing.forgotten(counted))
    renewed = passwords.make_hash(password) if passwords.is_outdated(stored) else None
    token = _open(account.id, renewed, at=at, user_agent=user_agent, address=address, replacing=replacing)
    return SignedIn(account.id, account.person_id, account.display_name, token)


@act
def _open(
    account_id: UUID, renewed: str | None, *, at: datetime, user_agent: str, address: str | None, replacing: UUID | None
) -> str:
    if renewed is not None:
        db.session.execute(update(Account).where(Account.id == account_id).values(password_hash=renewed))
    if replacing is not None:
        _end(SignInSession.id == replacing, at)
        signals.signed_out.send(None, session_id=replacing, at=at)
    return open_session(account_id, at=at, user_agent=user_agent, address=address)[1]


@act
def sign_out(actor: Actor, *, at: datetime) -> None:
    """End the session the actor asks in."""
    _end(SignInSession.id == actor.session_id, at)
    signals.signed_out.send(actor, session_id=actor.session_id, at=at)


def activate(username: str, code: str, password: str, *, at: datetime, address: str | None) -> UUID:
    """Set the first or a forgotten password with a one-time code; all sessions of the account end. Returns the account.

    The right code is taken whatever others tried: it has 80 random bits, so only wrong ones are counted.

    :raises Throttled: too many wrong codes under this name or from this address
    :raises Refused: the code does not open this account, or the password is not good enough
    """
    name = username_of(username)
    try:
        return _activate(name, code, password, at)
    except Refused as refused:
        if refused.field == "code":
            _count(guessing.tries("activation", name, address), at, _code_wait)
        raise


@act
def _activate(name: str, code: str, password: str, at: datetime) -> UUID:
    match = db.session.execute(
        select(Account, ActivationCode)
        .join(ActivationCode, ActivationCode.account_id == Account.id)
        .where(
            Account.username == name,
            Account.active,
            ActivationCode.code_hash == code_hash(code),
            ActivationCode.used_at.is_(None),
            ActivationCode.expires_at > at,
        )
        .with_for_update()
    ).first()
    if match is None:
        text = _l("Username and code do not belong together, or the code has been used or has run out.")
        raise Refused("activation-code", text, "code")
    account, row = match
    _check_password(password, account.username)
    row.used_at = at
    account.password_hash, account.must_change_password = passwords.make_hash(password), False
    account.activated_at = account.activated_at or at
    _end(SignInSession.account_id == account.id, at)
    signals.access_ended.send(None, account_id=account.id, at=at)
    owner = Actor(account_id=account.id, person_id=account.person_id, name=account.display_name)
    audit.record(owner, "account.activate", "account", account.id, at=at)
    return account.id


def change_password(actor: Actor, current: str, new: str, *, at: datetime) -> None:
    """Change one's own password; all other sessions end.

    :raises Throttled: too many attempts with a wrong current password
    :raises Refused: the current password is wrong, or the new one is not good enough
    """
    counted = guessing.tries("password", str(actor.account_id), None)
    _count(counted, at, _password_wait)
    _hashed(counted, partial(_change_password, actor, current, new, at), known=True)
    throttle.forgive({}, guessing.forgotten(counted))


@act
def _change_password(actor: Actor, current: str, new: str, at: datetime) -> None:
    account = db.session.get_one(Account, actor.account_id)
    if not passwords.fits(account.password_hash, current):
        raise Refused("current-password", _l("This is not your current password."), "current")
    if current == new:
        raise Refused("password", _l("The new password must differ from the current one."), "password")
    _check_password(new, account.username)
    account.password_hash, account.must_change_password = passwords.make_hash(new), False
    _end((SignInSession.account_id == account.id) & (SignInSession.id != actor.session_id), at)
    signals.access_ended.send(actor, account_id=account.id, at=at)
    audit.record(actor, "account.change_password", "account", account.id, at=at)


@act
def end_session(actor: Actor, session_id: UUID, *, at: datetime) -> None:
    """End one of one's own sessions; nothing happens to anybody else's."""
    if _end((SignInSession.id == session_id) & owned_by(SignInSession.account_id, actor.account_id), at):
        audit.record(actor, "session.end", "sign_in_session", session_id, at=at)
        signals.signed_out.send(actor, session_id=session_id, at=at)


@act
def end_all_sessions(actor: Actor, *, at: datetime) -> None:
    """Sign out everywhere, this browser included."""
    count = _end(owned_by(SignInSession.account_id, actor.account_id), at)
    audit.record(actor, "session.end_all", "account", actor.account_id, at=at, after={"ended": count})
    signals.access_ended.send(actor, account_id=actor.account_id, at=at)


def _end(which: Any, at: datetime) -> int:
    statement = update(SignInSession).where(which, SignInSession.ended_at.is_(None)).values(ended_at=at)
    result: Any = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(result.rowcount)


def _check_password(password: str, username: str) -> None:
    fault = password_fault(password, username)
    if fault is not None:
        raise Refused("password", fault, "password")


def _sign_in_wait(seconds: int) -> Any:
    return _l(
        "Too many attempts. Please wait %(seconds)s seconds, then try again. In a browser in which you have signed in "
        "before you need not wait for what others try. Password forgotten, or somebody tries your name all the time? "
        "A one-time code from your unit's administrator opens your account at once.",
        seconds=seconds,
    )


def _code_wait(seconds: int) -> Any:
    return _l(
        "Too many attempts with a wrong code. Please look at the code again: the right one is taken at any time. "
        "Wrong ones are read again in %(seconds)s seconds.",
        seconds=seconds,
    )


def _password_wait(seconds: int) -> Any:
    return _l(
        "Too many attempts with a wrong current password. Please wait %(seconds)s seconds, then try again.",
        seconds=seconds,
    )


def _count(counted: Mapping[str, Pace], at: datetime, message: Callable[[int], Any]) -> None:
    """Count an attempt. What was read so far ends first: it counts whatever becomes of the request."""
    db.session.rollback()
    seconds = throttle.take(counted, at=at)
    if seconds:
        raise Throttled(seconds, message(seconds))


def _hashed(counted: Mapping[str, Pace], work: Callable[[], T], *, known: bool) -> T:
    """Do what computes a hash, in one of the places for it; who finds none has not tried."""
    try:
        with current_app.extensions["lms_hash_places"].one(known=known):
            return work()
    except DomainError as refused:
        if refused.code == "busy":
            throttle.give_back(counted)
        raise
