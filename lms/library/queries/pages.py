"""Typed rows for the pages of materials."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import zip_longest
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, case, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased

from lms.core.database import db
from lms.core.guard import Actor
from lms.core.search import matches
from lms.core.text import fold
from lms.library import hooks
from lms.library.access import ADMINISTER, MANAGE, READ, covered
from lms.library.kinds import UNIT_KINDS
from lms.library.models import (
    ApiKey,
    ContentSession,
    ContentUnit,
    H5pLibrary,
    Package,
    PackageVersion,
    Registration,
    StorageQuota,
    Upload,
)
from lms.library.titles import shown
from lms.people.access import units_within
from lms.people.models import Account, Unit
from lms.people.sessions import local_day

PAGE, RECENT = 50, 200


class Institution(NamedTuple):
    """A training institution in a choice."""

    id: int
    name: str


class PackageRow(NamedTuple):
    """A package with its newest version.

    :ivar size: bytes of the file as it was uploaded
    :ivar units: how many of its units can be opened
    """

    id: UUID
    title: str
    kind: str
    institution_id: int
    institution: str
    number: int
    size: int
    units: int | None
    at: datetime
    by: str | None
    labels: list[str]


class UploadRow(NamedTuple):
    """A file on its way, or the report of its check.

    :ivar package_id: the package that it became or becomes a version of
    """

    id: UUID
    account_id: UUID | None
    institution_id: int
    filename: str
    size: int
    received: int
    state: str
    step: str
    done: int
    total: int
    report: dict[str, Any] | None
    package_id: UUID | None
    package: str | None
    touched_at: datetime
    by: str | None


class Tally(NamedTuple):
    """How many of the files that were sent lately have been taken in, refused, and are still on their way."""

    total: int
    taken: int
    refused: int


class VersionRow(NamedTuple):
    """A version of a package.

    :ivar taken: whether learners are registered for it; staff who only looked do not count
    """

    id: UUID
    number: int
    kind: str
    filename: str
    sha256: str
    size: int
    unpacked: int
    files: int
    report: dict[str, Any]
    at: datetime
    by: str | None
    taken: bool

    @property
    def units(self) -> int | None:
        """How many of its units can be opened."""
        return self.report.get("units")


class UnitLine(NamedTuple):
    """A unit in the outline of a version.

    :ivar opens: whether others are in it
    :ivar closes: how many blocks end with it
    """

    id: UUID
    title: str
    kind: str
    launchable: bool
    opens: bool
    closes: int


class KeyRow(NamedTuple):
    """A key of the API.

    :ivar state: ``good``, ``past`` (its last day is over), or ``revoked``
    """

    id: UUID
    name: str
    institution: str
    scopes: list[str]
    created_at: datetime
    by: str | None
    last_used_at: datetime | None
    last_day: date | None
    revoked_at: datetime | None
    state: str


class Room(NamedTuple):
    """How much an institution keeps and may keep, in bytes.

    :ivar quota: its own, where it has one
    """

    institution_id: int
    name: str
    packages: int
    used: int
    quota: int | None


def institutions(actor: Actor, permission: str) -> list[Institution]:
    """Return the training institutions over which a permission is held."""
    rows = db.session.execute(
        select(Unit.id, Unit.name)
        .where(Unit.kind == "institution", units_within(actor.paths(permission)))
        .order_by(Unit.sort_key, Unit.id)
    )
    return [Institution(row.id, row.name) for row in rows]


def packages(
    actor: Actor,
    *,
    query: str = "",
    kind: str = "",
    institution_id: int | None = None,
    label: str = "",
    after: Sequence[Any] | None = None,
) -> list[PackageRow]:
    """Return packages, those with the newest version first, one more than a page when there are more.

    :param query: parts of the title, with or without accents
    :param after: id and time of the last package of the page before
    """
    newest = _newest()
    selected = _package_rows(newest).where(covered(actor, READ), matches(query, Package.search_text)).limit(PAGE + 1)
    if kind:
        selected = selected.where(Package.kind == kind)
    if label:
        selected = selected.where(Package.labels.contains([label]))
    if institution_id is not None:
        selected = selected.where(Package.institution_id == institution_id)
    if after is not None:
        selected = selected.where(tuple_(newest.created_at, Package.id) < tuple_(literal(after[1]), literal(after[0])))
    rows = db.session.execute(selected.order_by(newest.created_at.desc(), Package.id.desc()))
    return [PackageRow(**row._mapping) for row in rows]


def labels(actor: Actor) -> list[str]:
    """Return the labels of the packages that an actor sees, in the order of the alphabet."""
    each = select(func.unnest(Package.labels)).where(covered(actor, READ)).distinct()
    return sorted(db.session.scalars(each), key=fold)


def package(package_id: UUID) -> PackageRow | None:
    """Return one package."""
    row = db.session.execute(_package_rows(_newest()).where(Package.id == package_id)).one_or_none()
    return None if row is None else PackageRow(**row._mapping)


def uses(package_ids: Sequence[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    """Return where packages are used: words and the address of the page, as those who use them tell."""
    by_package: dict[UUID, list[tuple[str, str]]] = {package_id: [] for package_id in package_ids}
    for answer in hooks.uses_to_show.ask(package_ids) if package_ids else ():
        for package_id, places in answer.items():
            by_package[package_id].extend(places)
    return by_package


def versions(package_id: UUID) -> list[VersionRow]:
    """Return the versions of a package, newest first."""
    looked = exists().where(ContentSession.registration_id == Registration.id, ContentSession.mode == "Browse")
    learned = exists().where(ContentSession.registration_id == Registration.id, ContentSession.mode != "Browse")
    taken = exists().where(
        Registration.version_id == PackageVersion.id, or_(Registration.context_id.is_not(None), ~looked, learned)
    )
    rows = db.session.execute(
        select(
            PackageVersion.id,
            PackageVersion.number,
            PackageVersion.kind,
            PackageVersion.filename,
            PackageVersion.sha256,
            PackageVersion.size,
            PackageVersion.unpacked,
            PackageVersion.files,
            PackageVersion.report,
            PackageVersion.created_at.label("at"),
            Account.display_name.label("by"),
            taken.label("taken"),
        )
        .outerjoin(Account, Account.id == PackageVersion.created_by)
        .where(PackageVersion.package_id == package_id)
        .order_by(PackageVersion.number.desc())
    )
    return [VersionRow(**row._mapping) for row in rows]


def outline(units: Sequence[ContentUnit]) -> list[UnitLine]:
    """Return the units of a version without its root, each with where its block begins and ends.

    :param units: in the order of the walk over the tree. A SCORM package is opened as a whole only.
    """
    rows = [unit for unit in units if unit.parent_id is not None]
    levels: dict[UUID, int] = {}
    for unit in rows:
        levels[unit.id] = levels.get(unit.parent_id or unit.id, -1) + 1
    lines = []
    for unit, following in zip_longest(rows, rows[1:]):
        level, next_level = levels[unit.id], levels[following.id] if following is not None else 0
        launchable = unit.href is not None and not UNIT_KINDS[unit.kind].whole
        lines.append(
            UnitLine(unit.id, shown(unit.title), unit.kind, launchable, next_level > level, max(level - next_level, 0))
        )
    return lines


def opened_whole(units: Sequence[ContentUnit]) -> UUID | None:
    """Return the root of a version that is opened as a whole, or whose only unit is the root."""
    if not units:
        return None
    whole = units[0].href is not None or any(UNIT_KINDS[unit.kind].whole for unit in units)
    return units[0].id if whole else None


def uploads(actor: Actor) -> list[UploadRow]:
    """Return what is on its way or was checked lately for the institutions that the actor manages, newest first."""
    managed = select(Unit.id).where(units_within(actor.paths(MANAGE)))
    selected = _upload_rows().where(Upload.institution_id.in_(managed))
    busy = case((Upload.state.in_(("receiving", "checking")), 0), else_=1)
    rows = db.session.execute(selected.order_by(busy, Upload.touched_at.desc()).limit(RECENT))
    return [UploadRow(**row._mapping) for row in rows]


def tally(rows: Sequence[UploadRow]) -> Tally:
    """Return what came of uploads."""
    states = [row.state for row in rows]
    return Tally(len(states), states.count("taken"), states.count("refused") + states.count("broken_off"))


def upload(upload_id: UUID) -> UploadRow | None:
    """Return one upload."""
    row = db.session.execute(_upload_rows().where(Upload.id == upload_id)).one_or_none()
    return None if row is None else UploadRow(**row._mapping)


def rooms(actor: Actor, permission: str) -> list[Room]:
    """Return how much each institution keeps."""
    stored = (
        select(func.coalesce(func.sum(PackageVersion.size + PackageVersion.unpacked), 0))
        .join(Package, Package.id == PackageVersion.package_id)
        .where(Package.institution_id == Unit.id, Package.removed_at.is_(None))
        .scalar_subquery()
    )
    coming = (
        select(func.coalesce(func.sum(Upload.size), 0))
        .where(Upload.institution_id == Unit.id, Upload.state.in_(("receiving", "checking")))
        .scalar_subquery()
    )
    count = (
        select(func.count()).where(Package.institution_id == Unit.id, Package.removed_at.is_(None)).scalar_subquery()
    )
    rows = db.session.execute(
        select(Unit.id, Unit.name, count, stored, coming, StorageQuota.size)
        .outerjoin(StorageQuota, StorageQuota.institution_id == Unit.id)
        .where(Unit.kind == "institution", units_within(actor.paths(permission)))
        .order_by(Unit.sort_key, Unit.id)
    )
    return [Room(key, name, packages, int(a) + int(b), quota) for key, name, packages, a, b, quota in rows]


def api_keys(actor: Actor, *, at: datetime) -> list[KeyRow]:
    """Return the keys of the institutions that the actor administers: those in use first, the newest first."""
    past = func.coalesce(ApiKey.last_day < local_day(at), False)
    state = case((ApiKey.revoked_at.is_not(None), "revoked"), (past, "past"), else_="good")
    rows = db.session.execute(
        select(
            ApiKey.id,
            ApiKey.name,
            Unit.name.label("institution"),
            ApiKey.scopes,
            ApiKey.created_at,
            Account.display_name.label("by"),
            ApiKey.last_used_at,
            ApiKey.last_day,
            ApiKey.revoked_at,
            state.label("state"),
        )
        .join(Unit, Unit.id == ApiKey.institution_id)
        .outerjoin(Account, Account.id == ApiKey.created_by)
        .where(units_within(actor.paths(ADMINISTER)))
        .order_by(state != "good", ApiKey.created_at.desc())
    )
    return [KeyRow(**row._mapping) for row in rows]


def h5p_bytes() -> int:
    """Return how many bytes the installed H5P libraries have."""
    return int(db.session.scalar(select(func.coalesce(func.sum(H5pLibrary.size), 0))) or 0)


def _newest() -> Any:
    """Return the newest version beside each package."""
    version = aliased(PackageVersion)
    newest = (
        select(version)
        .where(version.package_id == Package.id)
        .order_by(version.number.desc())
        .limit(1)
        .lateral("newest")
    )
    return aliased(PackageVersion, newest)


def _package_rows(newest: Any) -> Select[Any]:
    return (
        select(
            Package.id,
            Package.title,
            Package.kind,
            Package.institution_id,
            Unit.name.label("institution"),
            newest.number,
            newest.size,
            newest.report["units"].as_integer().label("units"),
            newest.created_at.label("at"),
            Account.display_name.label("by"),
            Package.labels,
        )
        .select_from(Package)
        .join(newest, literal(True))
        .join(Unit, Unit.id == Package.institution_id)
        .outerjoin(Account, Account.id == newest.created_by)
    )


def _upload_rows() -> Any:
    became = PackageVersion.package_id
    rows: Any = (
        select(
            Upload.id,
            Upload.account_id,
            Upload.institution_id,
            Upload.filename,
            Upload.size,
            Upload.received,
            Upload.state,
            Upload.step,
            Upload.done,
            Upload.total,
            Upload.report,
            Package.id.label("package_id"),
            Package.title.label("package"),
            Upload.touched_at,
            Account.display_name.label("by"),
        )
        .select_from(Upload)
        .outerjoin(PackageVersion, PackageVersion.id == Upload.version_id)
        .outerjoin(Package, and_(Package.id == func.coalesce(became, Upload.package_id), Package.removed_at.is_(None)))
        .outerjoin(Account, Account.id == Upload.account_id)
    )
    return rows
