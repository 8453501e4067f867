"""What a token in the path opens, and the facts of its launch, which never change."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from flask import abort, g, request
from sqlalchemy import select

from lms.core.database import db, utcnow
from lms.core.guard import Actor, Scope
from lms.library import addresses
from lms.library.addresses import Grant
from lms.library.models import ContentSession, PackageVersion, Registration


class Facts(NamedTuple):
    """A launch: who, what and how."""

    session_id: UUID
    version_id: UUID
    package_kind: str
    registration_id: UUID
    unit_id: UUID
    mode: str
    application: str


def facts() -> Facts:
    """Return the facts of this request's launch, after the scope has let it in."""
    found: Facts = g.content_facts
    return found


def _allows(_actor: Actor, _permission: str, args: Mapping[str, Any]) -> bool:
    grant = addresses.grant_of(args["token"], request.host, at=utcnow())
    if grant is None:
        abort(404)
    found = _facts(grant)
    if found is None:
        abort(404)
    g.content_facts = found
    return True


GRANTED = Scope("token of a launch", _allows, asks_actor=False)


def _facts(grant: Grant) -> Facts | None:
    found = _remembered.get(grant.session_id)
    if found is None:
        found = _look_up(grant.session_id)
        if found is not None:
            if len(_remembered) > 10_000:
                _remembered.clear()
            _remembered[grant.session_id] = found
    return found if found is not None and found.version_id == grant.version_id else None


_remembered: dict[UUID, Facts] = {}


def _look_up(session_id: UUID) -> Facts | None:
    row = db.session.execute(
        select(
            ContentSession.id,
            PackageVersion.id,
            PackageVersion.kind,
            Registration.id,
            ContentSession.unit_id,
            ContentSession.mode,
            ContentSession.application,
        )
        .join(Registration, Registration.id == ContentSession.registration_id)
        .join(PackageVersion, PackageVersion.id == Registration.version_id)
        .where(ContentSession.id == session_id)
    ).one_or_none()
    return None if row is None else Facts(*row)
