"""What can be done with the store's credentials."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update

from lms.core import audit
from lms.core.database import act, db
from lms.core.errors import NotFound
from lms.core.guard import Actor
from lms.records.access import secret_hash
from lms.records.binding import SCOPES
from lms.records.models import Credential
from lms.records.shapes import ifi


@act
def make_credential(actor: Actor, *, name: str, scopes: Sequence[str], at: datetime) -> tuple[Credential, str]:
    """Make a key; returns it with its secret, of which only a hash is kept."""
    secret = secrets.token_urlsafe(32)
    credential = Credential(
        id=uuid4(),
        name=name,
        key=secrets.token_hex(16),
        secret_hash=secret_hash(secret),
        scopes=sorted(scopes),
        created_at=at,
        created_by=actor.account_id,
    )
    db.session.add(credential)
    after = {"name": name, "key": credential.key, "scopes": credential.scopes}
    audit.record(actor, "credential.make", "credential", credential.id, at=at, after=after)
    return credential, secret


@act
def open_session(
    *,
    agent: Mapping[str, Any],
    registration: UUID,
    activity: str,
    lifetime: timedelta,
    at: datetime,
    key: str | None = None,
    secret: str | None = None,
) -> tuple[Credential, str]:
    """Make a session token for launched content; returns it with its secret, of which only a hash is kept.

    :param agent: the learner; statements and documents of others are refused
    :param activity: IRI of what is launched
    :param key: unique; made here when none is given
    :param secret: of 256 bits that nobody else can know; made here when none is given
    """
    secret = secret or secrets.token_urlsafe(32)
    credential = Credential(
        id=uuid4(),
        name=f"session {registration}",
        key=key or secrets.token_hex(16),
        secret_hash=secret_hash(secret),
        scopes=list(SCOPES),
        created_at=at,
        expires_at=at + lifetime,
        agent=ifi(agent),
        registration=registration,
        activity=activity,
    )
    db.session.add(credential)
    return credential, secret


@act
def end_session(credential_id: UUID, *, at: datetime) -> None:
    """End a session token: from this moment on it opens nothing."""
    db.session.execute(
        update(Credential).where(Credential.id == credential_id, Credential.revoked_at.is_(None)).values(revoked_at=at)
    )


@act
def revoke_credential(actor: Actor, credential_id: UUID, *, at: datetime) -> Credential:
    """Revoke a key for good; revoking twice is no harm."""
    credential = db.session.scalar(select(Credential).where(Credential.id == credential_id).with_for_update())
    if credential is None:
        raise NotFound
    if credential.revoked_at is None:
        credential.revoked_at = at
        before = {"name": credential.name, "key": credential.key}
        audit.record(actor, "credential.revoke", "credential", credential_id, at=at, before=before)
    return credential
