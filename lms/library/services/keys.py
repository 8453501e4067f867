"""Keys of the API: made for an institution's programs, and revoked."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l

from lms.core import audit
from lms.core.database import act, db
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.core.text import one_line
from lms.library.api.access import SCOPES, hash_of
from lms.library.models import ApiKey


@act
def make_key(
    actor: Actor, institution_id: int, *, name: str, scopes: Sequence[str], at: datetime
) -> tuple[ApiKey, str]:
    """Make a key; returns it with its secret, of which only a hash is kept.

    :raises DomainError: ``no-name``, ``bad-scope``
    """
    title = one_line(name)[:120]
    if not title:
        raise DomainError("no-name", _l("Please write what the key is for."), 400)
    if not scopes or set(scopes) - set(SCOPES):
        raise DomainError("bad-scope", _l("Please choose what the key is good for."), 400)
    secret = f"khue_{secrets.token_urlsafe(32)}"
    made = ApiKey(
        id=uuid4(),
        institution_id=institution_id,
        name=title,
        secret_hash=hash_of(secret),
        scopes=sorted(set(scopes)),
        created_at=at,
        created_by=actor.account_id,
    )
    db.session.add(made)
    after = {"institution_id": institution_id, "name": title, "scopes": made.scopes}
    audit.record(actor, "library.make_key", "api_key", made.id, at=at, after=after)
    return made, secret


@act
def revoke_key(actor: Actor, key_id: UUID, *, at: datetime) -> None:
    """Revoke a key for good; revoking twice is no harm."""
    found = db.session.get(ApiKey, key_id, with_for_update=True)
    if found is None:
        raise NotFound
    if found.revoked_at is None:
        found.revoked_at = at
        audit.record(actor, "library.revoke_key", "api_key", key_id, at=at, before={"name": found.name})
