"""From a cookie to an actor: sign-in sessions and the permissions they carry, in one statement."""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask_login import LoginManager
from sqlalchemy import text

from lms.core.database import db, utcnow
from lms.core.guard import STRANGER, Actor
from lms.core.i18n import ZONE
from lms.people.models import SignInSession
from lms.people.permissions import permissions_of

LIFETIME = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=15)

# who left the service (persons.left_on) keeps her account for her own data, and none of her roles
_ACCOUNT = """
    SELECT %s a.id, a.person_id, a.display_name, a.locale, a.must_change_password, own.path,
           array_agg(h.role) FILTER (WHERE h.role IS NOT NULL), array_agg(u.path) FILTER (WHERE h.role IS NOT NULL)
    FROM %s
    LEFT JOIN persons p ON p.id = a.person_id AND p.left_on IS NULL
    LEFT JOIN units own ON own.id = p.unit_id
    LEFT JOIN role_holdings h ON h.account_id = a.id
      AND (h.valid_from IS NULL OR h.valid_from <= :today) AND (h.valid_to IS NULL OR h.valid_to > :today)
      AND (a.person_id IS NULL OR p.id IS NOT NULL)
    LEFT JOIN units u ON u.id = h.unit_id
    WHERE a.active AND %s
    GROUP BY a.id, own.path %s
    """
_LOAD = text(
    _ACCOUNT
    % (
        "s.id, s.last_seen_at,",
        "sign_in_sessions s JOIN accounts a ON a.id = s.account_id",
        "s.token_hash = :token_hash AND s.ended_at IS NULL AND s.expires_at > :now",
        ", s.id",
    )
)
_BY_ID = text(_ACCOUNT % ("NULL, NULL,", "accounts a", "a.id = :account_id", ""))


def open_session(account_id: UUID, *, at: datetime, user_agent: str, address: str | None) -> tuple[UUID, str]:
    """Open a sign-in session; returns its id and the secret for the cookie, of which only a hash is kept."""
    token = secrets.token_urlsafe(32)
    session = SignInSession(
        id=uuid4(),
        token_hash=_hash(token),
        account_id=account_id,
        created_at=at,
        last_seen_at=at,
        expires_at=at + LIFETIME,
        user_agent=user_agent[:300],
        address=address,
    )
    db.session.add(session)
    db.session.flush()
    return session.id, token


def load_actor(token: str, *, at: datetime) -> Actor | None:
    """Return who holds this session's secret, or None when it has ended, run out, or the account is closed."""
    row = db.session.execute(_LOAD, {"token_hash": _hash(token), "now": at, "today": local_day(at)}).first()
    if row is None:
        return None
    session_id, seen, *account = row
    if at - seen > SEEN_EVERY:
        _touch(session_id, at)
    return _actor(account, session_id, token)


def actor_of(account_id: UUID, *, at: datetime) -> Actor | None:
    """Return an account as an actor, for a job that acts in its name; None when it is closed."""
    row = db.session.execute(_BY_ID, {"account_id": account_id, "today": local_day(at)}).first()
    return None if row is None else _actor(row[2:], None, None)


def _actor(account: Sequence[Any], session_id: UUID | None, token: str | None) -> Actor:
    account_id, person_id, name, locale, must_change, own_path, roles, paths = account
    holdings = list(zip(roles or (), paths or (), strict=True))
    if own_path is not None:
        holdings.append(("trainee", own_path))  # every member of staff is a trainee of her own unit
    grants: dict[str, list[str]] = defaultdict(list)
    for role, path in holdings:
        for permission in permissions_of(role):
            grants[permission].append(path)
    return Actor(
        account_id=account_id,
        person_id=person_id,
        name=name,
        locale=locale,
        roles=frozenset(role for role, _ in holdings),
        grants={permission: tuple(held) for permission, held in grants.items()},
        session_id=session_id,
        session_token=token,
        must_change_password=must_change,
    )


def local_day(at: datetime) -> date:
    """Return the day in Hà Nội, by which periods of roles and units are counted."""
    return at.astimezone(ZONE).date()


def init_app(app: Flask) -> None:
    """Let Flask-Login find the actor."""
    manager = LoginManager(app)
    manager.session_protection = None  # sessions are rotated and ended in the database
    manager.anonymous_user = lambda: STRANGER
    manager.user_loader(lambda token: load_actor(token, at=utcnow()))


def _touch(session_id: UUID, at: datetime) -> None:
    with db.engine.begin() as connection:
        connection.execute(
            text("UPDATE sign_in_sessions SET last_seen_at = :at WHERE id = :id"), {"at": at, "id": session_id}
        )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
