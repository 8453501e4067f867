"""Typed rows about packages in modules."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import literal, or_, select, text

from lms.catalogue.life import ENDED
from lms.catalogue.models import Module, Programme, ProgrammeVersion
from lms.classes.life import OPEN
from lms.classes.models import ClassRun, Enrolment
from lms.core.database import db
from lms.core.i18n import local
from lms.learning.materials.models import ClassMaterial, ModuleMaterial
from lms.library.models import Package, PackageVersion, Registration


class TraineeMaterial(NamedTuple):
    """A material of a trainee's class, at the version that her class uses."""

    class_name: str
    status: str
    person_id: UUID
    version_id: UUID
    title: str
    kind: str


_OF_TRAINEE = text(
    """
    SELECT c.name AS class_name, e.status, e.person_id, coalesce(k.version_id, m.version_id) AS version_id,
           g.title, g.kind
    FROM enrolments e JOIN class_runs c ON c.id = e.class_id
    JOIN module_materials m ON m.id = :material AND m.institution_id = c.institution_id
    JOIN modules o ON o.id = m.module_id AND o.version_id = c.version_id
    JOIN packages g ON g.id = m.package_id
    LEFT JOIN class_materials k ON k.class_id = c.id AND k.material_id = m.id
    WHERE e.id = :registration AND (c.finished_at IS NULL OR m.added_at <= c.finished_at)
    """
)


def of_trainee(registration: UUID, material_id: UUID) -> TraineeMaterial | None:
    """Return a material as a trainee may open it; None when it is none of her class."""
    sought = {"registration": registration, "material": material_id}
    row = db.session.execute(_OF_TRAINEE, sought).mappings().one_or_none()
    return None if row is None else TraineeMaterial(**row)


def classes_with(material: ModuleMaterial) -> list[UUID]:
    """Return the classes that use a material and have no version of their own yet: those begun and not cancelled."""
    return list(
        db.session.scalars(
            select(ClassRun.id)
            .join(Module, Module.version_id == ClassRun.version_id)
            .where(
                Module.id == material.module_id,
                ClassRun.institution_id == material.institution_id,
                ClassRun.status != "cancelled",
            )
        )
    )


def enrolments_with(material: ModuleMaterial) -> Sequence[UUID]:
    """Return the enrolments of all classes that have a material."""
    return db.session.scalars(
        select(Enrolment.id)
        .join(ClassRun, ClassRun.id == Enrolment.class_id)
        .join(Module, Module.version_id == ClassRun.version_id)
        .where(Module.id == material.module_id, ClassRun.institution_id == material.institution_id)
    ).all()


def classes_studying(module_id: UUID, institution_id: int) -> Sequence[UUID]:
    """Return an institution's classes of a module's version in which somebody is still without a result."""
    someone = select(Enrolment.id).where(Enrolment.class_id == ClassRun.id, Enrolment.status == "enrolled").exists()
    return db.session.scalars(
        select(ClassRun.id)
        .join(Module, Module.version_id == ClassRun.version_id)
        .where(Module.id == module_id, ClassRun.institution_id == institution_id, ClassRun.status != "cancelled")
        .where(someone)
        .order_by(ClassRun.id)
    ).all()


def in_progress(class_id: UUID, package_id: UUID, *, other_than: UUID) -> list[UUID]:
    """Return the registrations of a class for other versions of a package that are begun and not done."""
    return list(
        db.session.scalars(
            select(Registration.id)
            .join(PackageVersion, PackageVersion.id == Registration.version_id)
            .join(Enrolment, Enrolment.id == Registration.context_id)
            .where(
                Enrolment.class_id == class_id,
                PackageVersion.package_id == package_id,
                PackageVersion.id != other_than,
                Registration.satisfied_at.is_(None),
                Registration.superseded_at.is_(None),
            )
        )
    )


class Use(NamedTuple):
    """Where a package is used."""

    package_id: UUID
    words: str


_USES = (
    select(ModuleMaterial.package_id, Programme.code, Module.title)
    .join(Module, Module.id == ModuleMaterial.module_id)
    .join(ProgrammeVersion, ProgrammeVersion.id == Module.version_id)
    .join(Programme, Programme.id == ProgrammeVersion.programme_id)
    .order_by(Programme.position, Module.position)
)


def uses_of(package_ids: Sequence[UUID]) -> dict[UUID, list[Use]]:
    """Return the modules that use packages."""
    uses: dict[UUID, list[Use]] = {}
    for row in db.session.execute(_USES.where(ModuleMaterial.package_id.in_(package_ids))):
        uses.setdefault(row.package_id, []).append(_use(row))
    return uses


def uses_of_version(version_id: UUID) -> list[Use]:
    """Return the modules that use a version, be it for one class only."""
    pinned = select(ClassMaterial.material_id).where(ClassMaterial.version_id == version_id)
    either = or_(ModuleMaterial.version_id == version_id, ModuleMaterial.id.in_(pinned))
    return [_use(row) for row in db.session.execute(_USES.where(either))]


def _use(row: Any) -> Use:
    return Use(row.package_id, f"{row.code} · {local(row.title)}")


class ModuleChoice(NamedTuple):
    """A module into which a package can be put."""

    id: UUID
    programme: str
    version: int
    title: dict[str, Any]


def modules() -> list[ModuleChoice]:
    """Return the modules of all versions that are not retired."""
    rows = db.session.execute(
        select(
            Module.id,
            Programme.code.label("programme"),
            ProgrammeVersion.number.label("version"),
            Module.title,
        )
        .join(ProgrammeVersion, ProgrammeVersion.id == Module.version_id)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .where(ProgrammeVersion.status.not_in(ENDED))
        .order_by(Programme.position, ProgrammeVersion.number.desc(), Module.position)
    )
    return [ModuleChoice(**row) for row in rows.mappings()]


class Concerned(NamedTuple):
    """How many classes study a module now, and how many of their trainees are without a result."""

    classes: int
    trainees: int


_CONCERNED = text(
    """
    SELECT o.id, count(DISTINCT c.id) AS classes, count(e.id) AS trainees
    FROM class_runs c JOIN modules o ON o.version_id = c.version_id
    LEFT JOIN enrolments e ON e.class_id = c.id AND e.status = 'enrolled'
    WHERE c.institution_id = :institution AND c.starts_on <= :today AND c.ends_on >= :today
      AND c.finished_at IS NULL AND c.status = ANY(:open)
    GROUP BY o.id
    """
)


def concerned(institution_id: int, today: date) -> dict[UUID, Concerned]:
    """Return whom a material would concern that is put into a module today, by module; one statement."""
    rows = db.session.execute(_CONCERNED, {"institution": institution_id, "today": today, "open": sorted(OPEN)})
    return {row.id: Concerned(row.classes, row.trainees) for row in rows}


class PlacedRow(NamedTuple):
    """A package in a module, with its versions."""

    id: UUID
    module_id: UUID
    programme: str
    module: dict[str, Any]
    required: bool
    in_running: bool
    version_id: UUID
    number: int
    newest_id: UUID
    newest: int


def placed(package_id: UUID) -> list[PlacedRow]:
    """Return where a package is placed, with the version in use and the newest."""
    newest = (
        select(PackageVersion)
        .where(PackageVersion.package_id == package_id)
        .order_by(PackageVersion.number.desc())
        .limit(1)
    )
    last = db.session.scalars(newest).one()
    rows = db.session.execute(
        select(
            ModuleMaterial.id,
            Module.id.label("module_id"),
            Programme.code.label("programme"),
            Module.title.label("module"),
            ModuleMaterial.required,
            ModuleMaterial.in_running,
            ModuleMaterial.version_id,
            PackageVersion.number,
            literal(last.id).label("newest_id"),
            literal(last.number).label("newest"),
        )
        .join(Module, Module.id == ModuleMaterial.module_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == Module.version_id)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .join(PackageVersion, PackageVersion.id == ModuleMaterial.version_id)
        .where(ModuleMaterial.package_id == package_id)
        .order_by(Programme.position, Module.position)
    )
    return [PlacedRow(**row) for row in rows.mappings()]


class ClassUse(NamedTuple):
    """A class that uses a material: its version, and how far its trainees are.

    :ivar begun: trainees who are in the middle of a version
    """

    material_id: UUID
    class_id: UUID
    code: str
    name: str
    status: str
    version_id: UUID
    number: int
    begun: int
    done: int


_CLASSES = text(
    """
    SELECT material_id, class_id, code, name, status, version_id, number, begun, done FROM (
        SELECT m.id AS material_id, c.id AS class_id, c.code, c.name, c.status, w.id AS version_id, w.number,
               count(r.id) FILTER (WHERE r.satisfied_at IS NULL AND r.superseded_at IS NULL) AS begun,
               count(DISTINCT r.context_id) FILTER (WHERE r.satisfied_at IS NOT NULL) AS done,
               row_number() OVER (PARTITION BY m.id ORDER BY c.starts_on DESC, c.id) AS place
        FROM module_materials m JOIN modules o ON o.id = m.module_id
        JOIN class_runs c ON c.version_id = o.version_id AND c.institution_id = m.institution_id
        LEFT JOIN class_materials k ON k.class_id = c.id AND k.material_id = m.id
        JOIN package_versions w ON w.id = coalesce(k.version_id, m.version_id)
        LEFT JOIN enrolments e ON e.class_id = c.id
        LEFT JOIN (content_registrations r JOIN package_versions v ON v.id = r.version_id
                   AND v.package_id = :package) ON r.context_id = e.id
        WHERE m.package_id = :package AND c.status <> 'cancelled'
          AND (c.finished_at IS NULL OR m.added_at <= c.finished_at)
        GROUP BY m.id, c.id, w.id
    ) used WHERE place <= 100 ORDER BY material_id, place
    """
)


def classes_of(package_id: UUID) -> dict[UUID, list[ClassUse]]:
    """Return the classes that use a package, by the material, the newest hundred of each; one statement."""
    uses: dict[UUID, list[ClassUse]] = {}
    for row in db.session.execute(_CLASSES, {"package": package_id}).mappings():
        use = ClassUse(**row)
        uses.setdefault(use.material_id, []).append(use)
    return uses


def package_of(material_id: UUID) -> Package | None:
    """Return a material's package."""
    placed_here = select(ModuleMaterial.package_id).where(ModuleMaterial.id == material_id)
    return db.session.scalar(select(Package).where(Package.id.in_(placed_here)))


def registration_of(version_id: UUID, enrolment: UUID) -> UUID | None:
    """Return a trainee's registration for a version, if she has opened it."""
    taken = select(Registration.id).where(Registration.version_id == version_id, Registration.context_id == enrolment)
    return db.session.scalar(taken)
