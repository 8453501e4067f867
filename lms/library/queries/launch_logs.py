"""Typed rows of the log of launches, and the hosts outside that packages ask for something."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, true

from lms.core.database import db
from lms.library.models import ContentEvent, ContentSession, ContentUnit, Package, PackageVersion, Registration
from lms.library.titles import shown
from lms.people.models import Person

RECENT = 100


class LaunchRow(NamedTuple):
    """A launch in the list: of whom, how it ended, how much was refused.

    :ivar learner: her name; that of her outside account where she is not of the roster
    """

    id: UUID
    learner: str
    unit: str
    mode: str
    version: int
    launched_at: datetime
    ended_at: datetime | None
    abandoned: bool
    events: int
    refused: int


class Host(NamedTuple):
    """An origin outside, whether it is allowed, and whether content asked for it in vain while it was studied."""

    origin: str
    allowed: bool
    named: bool
    blocked: int


def launches(package_id: UUID) -> list[LaunchRow]:
    """Return the newest launches of a package."""
    return [_launch(row) for row in db.session.execute(_launches(package_id).limit(RECENT))]


def launch(package_id: UUID, session_id: UUID) -> LaunchRow | None:
    """Return one launch of a package."""
    row = db.session.execute(_launches(package_id).where(ContentSession.id == session_id)).one_or_none()
    return None if row is None else _launch(row)


def events(session_id: UUID) -> Sequence[ContentEvent]:
    """Return the lines of a launch in their order."""
    lines = select(ContentEvent).where(ContentEvent.session_id == session_id).order_by(ContentEvent.id)
    return db.session.scalars(lines).all()


def hosts_of(package_id: UUID) -> list[Host]:
    """Return the origins that a package names, was refused or may use."""
    newest = (
        select(Package.allowed_hosts, PackageVersion.report)
        .join(PackageVersion, PackageVersion.package_id == Package.id)
        .where(Package.id == package_id)
        .order_by(PackageVersion.number.desc())
        .limit(1)
    )
    row = db.session.execute(newest).one_or_none()
    if row is None:
        return []
    allowed, named = set(row.allowed_hosts), set((row.report or {}).get("hosts", ()))
    asked = (
        select(ContentEvent.about, func.count().label("times"))
        .join(ContentSession, ContentSession.id == ContentEvent.session_id)
        .join(Registration, Registration.id == ContentSession.registration_id)
        .join(PackageVersion, PackageVersion.id == Registration.version_id)
        .where(PackageVersion.package_id == package_id, ContentEvent.what == "blocked")
        .group_by(ContentEvent.about)
        .order_by(func.count().desc())
        .limit(20)
    )
    blocked = {row.about: row.times for row in db.session.execute(asked)}
    return [
        Host(origin, origin in allowed, origin in named, blocked.get(origin, 0))
        for origin in sorted(allowed | named | set(blocked))
    ]


def _launches(package_id: UUID) -> Any:
    count = (
        select(func.count().label("events"), func.count().filter(ContentEvent.what == "refused").label("refused"))
        .where(ContentEvent.session_id == ContentSession.id)
        .lateral()
    )
    return (
        select(
            ContentSession.id,
            func.coalesce(Person.full_name, Registration.account_name).label("learner"),
            ContentUnit.title,
            ContentSession.mode,
            PackageVersion.number,
            ContentSession.launched_at,
            ContentSession.ended_at,
            ContentSession.abandoned,
            count.c.events,
            count.c.refused,
        )
        .select_from(ContentSession)
        .join(Registration, Registration.id == ContentSession.registration_id)
        .join(PackageVersion, PackageVersion.id == Registration.version_id)
        .join(ContentUnit, ContentUnit.id == ContentSession.unit_id)
        .outerjoin(Person, Person.id == Registration.person_id)
        .join(count, true())
        .where(PackageVersion.package_id == package_id)
        .order_by(ContentSession.launched_at.desc(), ContentSession.id)
    )


def _launch(row: Any) -> LaunchRow:
    return LaunchRow(
        row.id,
        row.learner,
        shown(row.title),
        row.mode,
        row.number,
        row.launched_at,
        row.ended_at,
        row.abandoned,
        row.events,
        row.refused,
    )
