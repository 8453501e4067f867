"""Signing in and out, activation, one's own password and sessions."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from lms.core import audit, throttle
from lms.core.database import act, db
from lms.core.errors import DomainError
from lms.core.guard import Actor
from lms.core.ownership import owned_by
from lms.people import passwords
from lms.people.models import Account, ActivationCode, SignInSession
from lms.people.rules import code_hash, password_fault, username_of
from lms.people.sessions import open_session

WINDOW = timedelta(minutes=15)
PER_NAME, PER_ADDRESS = 10, 100


class Refused(DomainError):
    """A form that cannot be accepted; ``field`` names where the message belongs."""

    def __init__(self, code: str, message: Any, field: str | None = None, status: int = 422) -> None:
        super().__init__(code, message, status)
        self.field = field


class Throttled(Refused):
    """Too many attempts; ``wait`` says for how many seconds."""

    def __init__(self, wait: int) -> None:
        minutes = -(-wait // 60)
        text = _l("Too many attempts. Please wait %(minutes)s minutes, then try again.", minutes=minutes)
        super().__init__("throttled", text, status=429)
        self.wait = wait


class SignedIn(NamedTuple):
    """An account that has just signed in, and the secret for its cookie."""

    account_id: UUID
    person_id: UUID | None
    name: str
    token: str


def sign_in(
    username: str, password: str, *, at: datetime, user_agent: str, address: str | None, replacing: UUID | None = None
) -> SignedIn:
    """Check a password and open a session; the session that this browser had before ends.

    :raises Throttled: too many attempts under this name or from this address
    :raises Refused: the two do not belong together; the answer and its time are the same for an unknown name
    """
    name = username_of(username)
    _count(name, address, at)
    account = db.session.execute(
        select(Account.id, Account.person_id, Account.display_name, Account.password_hash, Account.active).where(
            Account.username == name
        )
    ).first()
    db.session.rollback()  # the connection is free while the hash is computed
    stored = account.password_hash if account is not None and account.active else None
    if not passwords.fits(stored, password) or account is None or stored is None:
        _count_failure(address, at)
        raise Refused(
            "credentials",
            _l("Username and password do not belong together, or the account is not active. Please check both."),
        )
    throttle.clear(_name_key(name))
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
    return open_session(account_id, at=at, user_agent=user_agent, address=address)[1]


@act
def sign_out(actor: Actor, *, at: datetime) -> None:
    """End the session the actor asks in."""
    _end(SignInSession.id == actor.session_id, at)


def activate(username: str, code: str, password: str, *, at: datetime, address: str | None) -> None:
    """Set the first or a forgotten password with a one-time code; all sessions of the account end.

    :raises Throttled: too many attempts under this name or from this address
    :raises Refused: the code does not open this account, or the password is not good enough
    """
    name = username_of(username)
    _count(name, address, at)
    try:
        _activate(name, code, password, at)
    except Refused as refused:
        if refused.field == "code":
            _count_failure(address, at)
        raise
    throttle.clear(_name_key(name))


@act
def _activate(name: str, code: str, password: str, at: datetime) -> None:
    found = db.session.execute(
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
    if found is None:
        text = _l("Username and code do not belong together, or the code has been used or has run out.")
        raise Refused("activation-code", text, "code")
    account, row = found
    _check_password(password, account.username)
    row.used_at = at
    account.password_hash, account.must_change_password = passwords.make_hash(password), False
    account.activated_at = account.activated_at or at
    _end(SignInSession.account_id == account.id, at)
    owner = Actor(account_id=account.id, person_id=account.person_id, name=account.display_name)
    audit.record(owner, "account.activate", "account", account.id, at=at)


def change_password(actor: Actor, current: str, new: str, *, at: datetime) -> None:
    """Change one's own password; all other sessions end.

    :raises Throttled: too many attempts with a wrong current password
    :raises Refused: the current password is wrong, or the new one is not good enough
    """
    name = db.session.execute(select(Account.username).where(owned_by(Account.id, actor.account_id))).scalar_one()
    _count(name, None, at)
    _change_password(actor, current, new, at)
    throttle.clear(_name_key(name))


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
    audit.record(actor, "account.change_password", "account", account.id, at=at)


@act
def end_session(actor: Actor, session_id: UUID, *, at: datetime) -> None:
    """End one of one's own sessions; nothing happens to anybody else's."""
    if _end((SignInSession.id == session_id) & owned_by(SignInSession.account_id, actor.account_id), at):
        audit.record(actor, "session.end", "sign_in_session", session_id, at=at)


@act
def end_all_sessions(actor: Actor, *, at: datetime) -> None:
    """Sign out everywhere, this browser included."""
    count = _end(owned_by(SignInSession.account_id, actor.account_id), at)
    audit.record(actor, "session.end_all", "account", actor.account_id, at=at, after={"ended": count})


def _end(which: Any, at: datetime) -> int:
    statement = update(SignInSession).where(which, SignInSession.ended_at.is_(None)).values(ended_at=at)
    result: Any = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(result.rowcount)


def _check_password(password: str, username: str) -> None:
    fault = password_fault(password, username)
    if fault is not None:
        raise Refused("password", fault, "password")


def _name_key(name: str) -> str:
    return f"sign-in:name:{name[:80]}"


def _count(name: str, address: str | None, at: datetime) -> None:
    """Count an attempt under a name; an address counts its failures only, so that a whole office can sign in.

    What was read so far ends first: an attempt counts whatever becomes of the request.
    """
    db.session.rollback()
    if address is not None:
        seconds = throttle.wait(f"sign-in:address:{address}", limit=PER_ADDRESS, at=at)
        if seconds:
            raise Throttled(seconds)
    key = _name_key(name)
    if not throttle.hit(key, limit=PER_NAME, window=WINDOW, at=at):
        raise Throttled(throttle.wait(key, limit=PER_NAME, at=at) or int(WINDOW.total_seconds()))


def _count_failure(address: str | None, at: datetime) -> None:
    if address is not None:
        throttle.hit(f"sign-in:address:{address}", limit=PER_ADDRESS, window=WINDOW, at=at)
