"""What the API shows, in its own shapes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on

from lms.core.database import db
from lms.core.search import matches
from lms.library import queries
from lms.library.api import shapes
from lms.library.models import ContentSession, ContentUnit, Package, PackageVersion, Registration, UnitState, Upload
from lms.library.services.launches import launchable
from lms.records.parameters import StatementQuery
from lms.records.queries import page

PAGE = 50


def upload(row: Upload) -> shapes.Upload:
    """Return an upload."""
    report = row.report or {}
    version = db.session.get(PackageVersion, row.version_id) if row.version_id else None
    return shapes.Upload(
        id=row.id,
        state=row.state,  # type: ignore[arg-type]
        filename=row.filename,
        size=row.size,
        received=row.received,
        step=row.step or "",
        done=row.done or 0,
        total=row.total or 0,
        package_id=version.package_id if version else row.package_id,
        version_id=row.version_id,
        number=version.number if version else None,
        kind=version.kind if version else None,
        faults=_messages(report.get("faults", ())),
        notes=_messages(report.get("notes", ())),
    )


def packages(institution_id: int, query: shapes.PackagesQuery) -> shapes.Packages:
    """Return a page of an institution's packages, by title."""
    selected = select(Package).where(Package.institution_id == institution_id, Package.removed_at.is_(None))
    if query.q:
        selected = selected.where(matches(query.q, Package.search_text))
    if query.kind:
        selected = selected.where(Package.kind == query.kind)
    if query.after:
        key, _, last = query.after.rpartition("|")
        selected = selected.where(tuple_(Package.sort_key, Package.id) > (key, UUID(last)))
    rows = db.session.scalars(selected.order_by(Package.sort_key, Package.id).limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    more = f"{shown[-1].sort_key}|{shown[-1].id}" if len(rows) > PAGE else None
    newest = _newest([row.id for row in shown])
    return shapes.Packages([_package(row, newest[row.id]) for row in shown], more)


def package(row: Package) -> shapes.Package:
    """Return a package."""
    return _package(row, _newest([row.id])[row.id])


def versions(package_id: UUID) -> list[shapes.Version]:
    """Return the versions of a package, newest first."""
    rows = select(PackageVersion).where(PackageVersion.package_id == package_id)
    return [_version(row) for row in db.session.scalars(rows.order_by(PackageVersion.number.desc()))]


def version(row: PackageVersion) -> shapes.VersionWithUnits:
    """Return a version with its units."""
    plain = _version(row)
    return shapes.VersionWithUnits(
        **{name: getattr(plain, name) for name in plain.__struct_fields__},
        units=[_unit(unit, row.kind) for unit in queries.units(row.id)],
        notes=_messages(row.report.get("notes", ())),
    )


def registration(row: Registration) -> shapes.Registration:
    """Return a registration with how far the learner is in each unit."""
    states = queries.states(row.id)
    return shapes.Registration(
        id=row.id,
        version_id=row.version_id,
        agent=row.agent,
        created_at=row.created_at,
        satisfied_at=row.satisfied_at,
        units=[_status(unit, states.get(unit.id)) for unit in queries.units(row.version_id)],
    )


def statements(registration_id: UUID, *, after: int, limit: int) -> tuple[list[str], int | None]:
    """Return the texts of a page of a registration's statements, oldest first, and where the next page begins."""
    query = StatementQuery(registration=registration_id, limit=limit, ascending=True, after=after or None)
    rows, more = page(query, only_of=None)
    return [row.raw for row in rows], rows[-1].seq if more and rows else None


def find_package(package_id: UUID) -> Package | None:
    """Return a package that has not been removed."""
    return db.session.scalar(select(Package).where(Package.id == package_id, Package.removed_at.is_(None)))


def find_version(version_id: UUID) -> PackageVersion | None:
    """Return a version."""
    return db.session.get(PackageVersion, version_id)


def find_registration(registration_id: UUID) -> Registration | None:
    """Return a registration as it is now."""
    return db.session.get(Registration, registration_id, populate_existing=True)


def institution_of_registration(registration_id: UUID) -> int | None:
    """Return the institution whose package a registration is for."""
    return db.session.scalar(
        select(Package.institution_id)
        .join(PackageVersion, PackageVersion.package_id == Package.id)
        .join(Registration, Registration.version_id == PackageVersion.id)
        .where(Registration.id == registration_id)
    )


def registration_of_session(session_id: UUID) -> UUID | None:
    """Return the registration for which a unit was opened."""
    session = db.session.get(ContentSession, session_id)
    return None if session is None else session.registration_id


def _newest(package_ids: Sequence[UUID]) -> dict[UUID, PackageVersion]:
    rows = db.session.scalars(
        select(PackageVersion)
        .ext(distinct_on(PackageVersion.package_id))
        .where(PackageVersion.package_id.in_(package_ids))
        .order_by(PackageVersion.package_id, PackageVersion.number.desc())
    )
    return {row.package_id: row for row in rows}


def _package(row: Package, newest: PackageVersion) -> shapes.Package:
    return shapes.Package(row.id, row.title, row.kind, row.created_at, _version(newest))


def _version(row: PackageVersion) -> shapes.Version:
    return shapes.Version(
        row.id,
        row.package_id,
        row.number,
        row.kind,
        row.filename,
        row.sha256,
        row.size,
        row.files,
        row.unpacked,
        row.created_at,
    )


def _unit(row: ContentUnit, kind: str) -> shapes.Unit:
    opens = launchable(row, kind)
    return shapes.Unit(row.id, row.parent_id, row.kind, row.identifier, row.iri, row.title, opens, row.properties)


def _status(unit: ContentUnit, state: UnitState | None) -> shapes.UnitStatus:
    return shapes.UnitStatus(
        unit_id=unit.id,
        identifier=unit.identifier,
        activity_id=unit.iri,
        kind=unit.kind,
        completed_at=state.completed_at if state else None,
        passed_at=state.passed_at if state else None,
        failed_at=state.failed_at if state else None,
        waived_at=state.waived_at if state else None,
        satisfied_at=state.satisfied_at if state else None,
        progress=state.progress if state else 0,
        score=state.score if state else None,
        seconds=state.seconds if state else 0,
    )


def _messages(listed: Any) -> list[shapes.Message]:
    return [shapes.Message(path, words["vi"], words["en"]) for path, words in listed]
