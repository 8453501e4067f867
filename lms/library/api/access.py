"""Who may use the API: programs with a key of an institution, within its scopes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask import g, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select, update

from lms.core import throttle
from lms.core.database import db, utcnow
from lms.core.errors import DomainError
from lms.core.guard import Actor, Scope
from lms.core.throttle import Pace
from lms.library.models import ApiKey
from lms.library.scopes import hash_of
from lms.people.sessions import local_day

WRONG_TRIES = Pace(30, timedelta(seconds=10))
"""From one address; a right key is never counted and always passes."""
_USED_EVERY = timedelta(hours=1)


def key() -> ApiKey:
    """Return the key of this request, after the scope has let it in."""
    current: ApiKey = g.api_key
    return current


def actor() -> Actor:
    """Return the key as the one who acts."""
    return Actor(account_id=None, person_id=None, name=f"API: {key().name}")


@cache
def key_scope(needed: str) -> Scope:
    """The scope of an operation: a key that is good for it."""

    def allows(_actor: Actor, _permission: str, _args: Mapping[str, Any]) -> bool:
        g.api_key = current = _authenticate()
        if needed not in current.scopes:
            raise DomainError("scope", _l("This key is not good for “%(scope)s”.", scope=needed), 403)
        return True

    return Scope(f"API key with {needed}", allows, asks_actor=False)


def _authenticate() -> ApiKey:
    at = utcnow()
    authorization = request.headers.get("Authorization", "")
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise DomainError("no-key", _l("Authorization: a key is needed (Bearer)."), 401)
    good = and_(ApiKey.revoked_at.is_(None), or_(ApiKey.last_day.is_(None), ApiKey.last_day >= local_day(at)))
    api_key = db.session.scalar(select(ApiKey).where(ApiKey.secret_hash == hash_of(secret.strip()), good))
    if api_key is None:
        if throttle.take({f"address:{request.remote_addr}|api": WRONG_TRIES}, at=at):
            raise DomainError("too-many-tries", _l("Too many wrong keys from this address; please wait."), 429)
        raise DomainError("wrong-key", _l("Authorization: this key opens nothing."), 401)
    if api_key.last_used_at is None or at - api_key.last_used_at > _USED_EVERY:
        _note_use(api_key, at)
    return api_key


def _note_use(api_key: ApiKey, at: datetime) -> None:
    with db.engine.begin() as connection:
        connection.execute(update(ApiKey).where(ApiKey.id == api_key.id).values(last_used_at=at))
