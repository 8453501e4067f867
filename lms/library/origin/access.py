"""What a token in the path opens, and the facts of its launch, which never change."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from flask import abort, g, request
from sqlalchemy import select

from lms.core.database import db, utcnow
from lms.core.guard import Actor, Scope
from lms.library import addresses
from lms.library.addresses import Grant
from lms.library.models import ContentSession, PackageVersion, Registration
from lms.library.origin import binding
from lms.library.origin.outside import Outside, of_version

MOST_REMEMBERED = 10_000
REMEMBERED = timedelta(seconds=30)
"""For how long a process need not look again whether a launch was ended: by locking, withdrawal, leaving."""


class Facts(NamedTuple):
    """A launch: who, what and how."""

    session_id: UUID
    version_id: UUID
    package_kind: str
    registration_id: UUID
    unit_id: UUID
    mode: str
    application: str
    outside: Outside
    secret: str


def facts() -> Facts:
    """Return the facts of this request's launch, after the scope has let it in."""
    launch: Facts = g.content_facts
    return launch


def opened(token: str, host: str, *, at: datetime) -> Facts | None:
    """Return the facts of the launch whose files a token opens on a host now; None when it opens nothing."""
    cached = remembered(token, host, at=at)
    if cached is not None:
        return cached
    grant = addresses.grant_of(token, host, at=at)
    launch = _look_up(grant, at) if grant is not None else None
    if grant is None or launch is None:
        return None
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    _remembered[token, host] = min(grant.expires_at, at + REMEMBERED), launch
    return launch


def remembered(token: str, host: str, *, at: datetime) -> Facts | None:
    """Return what a token opens on a host now if it opened it before."""
    expires_at, launch = _remembered.get((token, host), _NOTHING)
    return launch if at < expires_at else None


def _allows(_actor: Actor, _permission: str, args: Mapping[str, Any]) -> bool:
    launch = opened(args["token"], request.host, at=utcnow())
    if launch is None:
        abort(404)
    g.content_facts = launch
    if request.endpoint not in _FROM_ELSEWHERE:
        binding.check(launch.session_id, launch.secret, of_page=request.endpoint in _FILES)
    return True


GRANTED = Scope("token of a launch", _allows, asks_actor=False)
_FILES = frozenset({"content.file", "content.start"})
_FROM_ELSEWHERE = frozenset({"content.return_", "content.blocked"})
"""Where content on other hosts comes back to, and what a browser reports of itself: nothing is shown or kept there."""

_NOTHING = datetime.min.replace(tzinfo=UTC), None
_remembered: dict[tuple[str, str], tuple[datetime, Facts]] = {}


def _look_up(grant: Grant, at: datetime) -> Facts | None:
    row = db.session.execute(
        select(
            ContentSession.id.label("session_id"),
            PackageVersion.id.label("version_id"),
            PackageVersion.kind.label("package_kind"),
            Registration.id.label("registration_id"),
            ContentSession.unit_id,
            ContentSession.mode,
            ContentSession.application,
        )
        .join(Registration, Registration.id == ContentSession.registration_id)
        .join(PackageVersion, PackageVersion.id == Registration.version_id)
        .where(
            ContentSession.id == grant.session_id,
            PackageVersion.id == grant.version_id,
            ContentSession.expires_at > at,
        )
    ).one_or_none()
    if row is None:
        return None
    secret = addresses.browser_secret(grant.session_id)
    return Facts(**row._mapping, outside=of_version(grant.version_id), secret=secret)
