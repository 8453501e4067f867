"""Packages and their versions: taken in from an upload, renamed, removed."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from psycopg import sql
from sqlalchemy import delete, func, insert, select

from lms.core import audit, files
from lms.core.database import act, db
from lms.core.errors import DomainError, NotFound
from lms.core.exact import storable
from lms.core.guard import Actor
from lms.core.text import fold, one_line
from lms.library import hooks
from lms.library.models import (
    ContentEvent,
    ContentSession,
    ContentUnit,
    Package,
    PackageFile,
    PackageVersion,
    Registration,
    ScormCommit,
    ScormState,
    UnitState,
    Upload,
)
from lms.library.titles import shown
from lms.packages.formats.single.names import from_filename
from lms.packages.inspection.outside import origin_of
from lms.packages.structure import Structure, Unit

MOST_HOSTS = 50
MOST_LABELS, LABEL = 20, 60
"""How many labels a package may have, and how many characters one."""


class Kept(NamedTuple):
    """A file of a package, in the file store."""

    path: str
    sha256: str
    size: int
    media_type: str


@act
def add_version(
    actor: Actor,
    upload: Upload,
    structure: Structure,
    kept: Sequence[Kept],
    *,
    sha256: str,
    report: dict[str, object],
    at: datetime,
) -> PackageVersion:
    """Make a version of a new package, or the next one of the package for which it was uploaded.

    :param sha256: of the file as it was uploaded
    """
    package = _package(actor, upload, structure, at)
    highest = select(func.max(PackageVersion.number)).where(PackageVersion.package_id == package.id)
    version = PackageVersion(
        id=uuid4(),
        package_id=package.id,
        number=(db.session.scalar(highest) or 0) + 1,
        kind=structure.kind,
        filename=upload.filename,
        sha256=sha256,
        size=upload.size,
        files=len(kept),
        unpacked=sum(file.size for file in kept),
        properties=storable(dict(structure.root.properties)),
        report=storable(report),
        created_at=at,
        created_by=upload.account_id,
    )
    db.session.add(version)
    db.session.flush()
    _add_files(version.id, kept)
    db.session.execute(insert(ContentUnit), storable(_rows(version.id, structure.root)))
    package.kind = structure.kind
    after = {"package": str(package.id), "number": version.number, "kind": version.kind, "sha256": sha256}
    audit.record(actor, "library.add_version", "package_version", version.id, at=at, after=after)
    return version


@act
def rename(actor: Actor, package_id: UUID, title: str, *, at: datetime) -> Package:
    """Give a package another title."""
    package = _existing(package_id)
    new = one_line(title)[:300]
    if not new:
        raise DomainError("no-title", _l("Please give the package a title."), 422)
    if new != package.title:
        audit.record(
            actor, "library.rename", "package", package.id, at=at, before={"title": package.title}, after={"title": new}
        )
        package.title, package.search_text = new, fold(new)
    return package


@act
def label(actor: Actor, package_ids: Sequence[UUID], text: str, *, give: bool, at: datetime) -> int:
    """Give packages a label, or take it from them; returns how many were changed.

    :raises DomainError: ``no-label``, ``too-many-labels``
    """
    name = one_line(text)[:LABEL]
    if not name:
        raise DomainError("no-label", _l("Please write the label."), 422)
    changed = 0
    for package_id in sorted(package_ids):
        package = _existing(package_id)
        before = list(package.labels)
        after = sorted({*before, name}) if give else [one for one in before if one != name]
        if len(after) > MOST_LABELS:
            words = _l("“%(title)s” has %(most)s labels already.", title=package.title, most=MOST_LABELS)
            raise DomainError("too-many-labels", words, 422)
        if after != before:
            package.labels = after
            told = {"labels": after}
            audit.record(actor, "library.label", "package", package.id, at=at, before={"labels": before}, after=told)
            changed += 1
    return changed


@act
def remove(actor: Actor, package_id: UUID, *, at: datetime) -> None:
    """Remove a package that nobody uses any more; what learners did in it stays on record.

    :raises DomainError: ``in-use``, naming where it is used
    """
    package = _existing(package_id)
    uses = [use for answer in hooks.uses_of_package.ask(package_id) for use in answer]
    if uses:
        places = "; ".join(str(use) for use in uses[:5])
        raise DomainError("in-use", _l("This package is still used: %(places)s.", places=places))
    versions = list(db.session.scalars(select(PackageVersion).where(PackageVersion.package_id == package_id)))
    ids = [version.id for version in versions]
    shas = set(db.session.scalars(select(PackageFile.sha256).where(PackageFile.version_id.in_(ids))))
    shas |= {version.sha256 for version in versions}
    db.session.execute(delete(PackageFile).where(PackageFile.version_id.in_(ids)))
    package.removed_at = at
    audit.record(actor, "library.remove", "package", package.id, at=at, before={"title": package.title})
    if not db.session.scalar(select(Registration.id).where(Registration.version_id.in_(ids)).limit(1)):
        db.session.execute(delete(ContentUnit).where(ContentUnit.version_id.in_(ids)))
        db.session.execute(delete(PackageVersion).where(PackageVersion.id.in_(ids)))
    else:
        for version in versions:
            version.sha256 = ""  # what learners did stays on record; the file goes
    files.release(shas, at=at)


@act
def remove_version(actor: Actor, version_id: UUID, *, at: datetime) -> None:
    """Remove an old version that nobody has taken or uses; the newest goes with its package only.

    :raises DomainError: ``in-use``, ``newest``
    """
    version = db.session.get(PackageVersion, version_id)
    if version is None:
        raise NotFound
    newest = select(func.max(PackageVersion.number)).where(PackageVersion.package_id == version.package_id)
    if version.number == db.session.scalar(newest):
        raise DomainError("newest", _l("This is the newest version. Please remove the package instead."))
    _forget_previews(version_id)
    if any(hooks.uses_of_version.ask(version_id)) or db.session.scalar(
        select(Registration.id).where(Registration.version_id == version_id).limit(1)
    ):
        raise DomainError("in-use", _l("Learners have taken this version; it is kept for their records."))
    shas = set(db.session.scalars(select(PackageFile.sha256).where(PackageFile.version_id == version_id)))
    shas.add(version.sha256)
    for table in (PackageFile, ContentUnit):
        db.session.execute(delete(table).where(table.version_id == version_id))
    before = {"number": version.number}
    audit.record(actor, "library.remove_version", "package_version", version.id, at=at, before=before)
    db.session.delete(version)
    files.release(shas, at=at)


@act
def allow_hosts(actor: Actor, package_id: UUID, hosts: Sequence[str], *, at: datetime) -> list[str]:
    """Let the content of a package load from these origins outside, and from no others; returns them in order.

    :param hosts: such as ``https://www.youtube.com``
    :raises DomainError: ``bad-host``, naming it
    """
    package = _existing(package_id)
    allowed = []
    for host in hosts:
        origin = origin_of(host.strip().rstrip("/"))
        if origin is None or urlsplit(host).path.strip("/"):
            words = _l("“%(host)s” is no address of a host, such as https://www.youtube.com.", host=host[:100])
            raise DomainError("bad-host", words, 422)
        allowed.append(origin)
    before, package.allowed_hosts = list(package.allowed_hosts), sorted(set(allowed))[:MOST_HOSTS]
    if package.allowed_hosts != before:
        after = {"hosts": package.allowed_hosts}
        audit.record(actor, "library.allow_hosts", "package", package.id, at=at, before={"hosts": before}, after=after)
    return package.allowed_hosts


def _existing(package_id: UUID) -> Package:
    package = db.session.get(Package, package_id, with_for_update=True)
    if package is None or package.removed_at is not None:
        raise NotFound
    return package


def _forget_previews(version_id: UUID) -> None:
    """Forget the registrations of staff who only looked at a version: for no class, and opened in Browse mode only."""
    looked = (
        select(ContentSession.registration_id)
        .join(Registration, Registration.id == ContentSession.registration_id)
        .where(Registration.version_id == version_id, Registration.context_id.is_(None))
        .group_by(ContentSession.registration_id)
        .having(func.bool_and(ContentSession.mode == "Browse"))
    )
    ids = list(db.session.scalars(looked))
    sessions = select(ContentSession.id).where(ContentSession.registration_id.in_(ids))
    db.session.execute(delete(ScormCommit).where(ScormCommit.session_id.in_(sessions)))
    db.session.execute(delete(ContentEvent).where(ContentEvent.session_id.in_(sessions)))
    for table in (ScormState, UnitState, ContentSession):
        db.session.execute(delete(table).where(table.registration_id.in_(ids)))
    db.session.execute(delete(Registration).where(Registration.id.in_(ids)))


def _package(actor: Actor, upload: Upload, structure: Structure, at: datetime) -> Package:
    if upload.package_id is not None:
        return _existing(upload.package_id)
    title = upload.title or shown(structure.root.title) or from_filename(upload.filename)
    package = Package(
        id=uuid4(),
        institution_id=upload.institution_id,
        title=title[:300],
        search_text=fold(title[:300]),
        kind=structure.kind,
        created_at=at,
        created_by=actor.account_id,
    )
    db.session.add(package)
    db.session.flush()
    return package


def _add_files(version_id: UUID, kept: Sequence[Kept]) -> None:
    """Write the rows by COPY: a package may have thousands."""
    connection = db.session.connection().connection.driver_connection
    if connection is None:
        raise AssertionError
    columns = ("version_id", "path", "sha256", "size", "media_type")
    statement = sql.SQL("COPY package_files ({}) FROM STDIN").format(sql.SQL(", ").join(map(sql.Identifier, columns)))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for file in kept:
            copy.write_row((version_id, *file))


def _rows(version_id: UUID, root: Unit) -> list[dict[str, object]]:
    """Return the units as rows, each after the one it belongs to."""
    rows: list[dict[str, object]] = []

    def walk(unit: Unit, parent: UUID | None) -> None:
        row_id = uuid4()
        rows.append(
            {
                "id": row_id,
                "version_id": version_id,
                "parent_id": parent,
                "position": len(rows),
                "kind": unit.kind,
                "identifier": unit.identifier,
                "title": dict(unit.title),
                "description": dict(unit.description),
                "href": unit.href,
                "properties": {} if parent is None else dict(unit.properties),
            }
        )
        for child in unit.children:
            walk(child, row_id)

    walk(root, None)
    return rows
