"""Keys of the API: made for an institution's programs, and revoked."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l

from lms.core import audit
from lms.core.database import act, db
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.core.text import one_line
from lms.library.models import ApiKey
from lms.library.scopes import SCOPES, hash_of
from lms.people.sessions import local_day


@act
def make_key(
    actor: Actor,
    institution_id: int,
    *,
    name: str,
    scopes: Sequence[str],
    at: datetime,
    last_day: date | None = None,
) -> tuple[ApiKey, str]:
    """Make a key; returns it with its secret, of which only a hash is kept.

    :param last_day: on which it opens anything; without one it is good until it is revoked
    :raises DomainError: ``no-name``, ``bad-scope``, ``past-day``
    """
    title = one_line(name)[:120]
    if not title:
        raise DomainError("no-name", _l("Please write what the key is for."), 422)
    if not scopes or set(scopes) - set(SCOPES):
        raise DomainError("bad-scope", _l("Please choose what the key is good for."), 422)
    if last_day is not None and last_day < local_day(at):
        raise DomainError("past-day", _l("The last day of the key has passed already."), 422)
    secret = f"khue_{secrets.token_urlsafe(32)}"
    key = ApiKey(
        id=uuid4(),
        institution_id=institution_id,
        name=title,
        secret_hash=hash_of(secret),
        scopes=sorted(set(scopes)),
        created_at=at,
        created_by=actor.account_id,
        last_day=last_day,
    )
    db.session.add(key)
    after = {"institution_id": institution_id, "name": title, "scopes": key.scopes}
    after["last_day"] = last_day.isoformat() if last_day else None
    audit.record(actor, "library.make_key", "api_key", key.id, at=at, after=after)
    return key, secret


@act
def revoke_key(actor: Actor, key_id: UUID, *, at: datetime) -> ApiKey:
    """Revoke a key for good; revoking twice is no harm."""
    key = db.session.get(ApiKey, key_id, with_for_update=True)
    if key is None:
        raise NotFound
    if key.revoked_at is None:
        key.revoked_at = at
        audit.record(actor, "library.revoke_key", "api_key", key_id, at=at, before={"name": key.name})
    return key
