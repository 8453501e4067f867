"""What can be done with packages in modules: place, take out, use a newer version, move a class, open."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from lms.catalogue.models import Module
from lms.classes import services as classes
from lms.classes.models import ClassRun, Enrolment
from lms.classes.signals import requirements_changed
from lms.core import audit
from lms.core.database import act, db, lock
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.learning.materials import queries
from lms.learning.materials.models import ClassMaterial, ModuleMaterial
from lms.library.models import Package, PackageVersion, Registration
from lms.library.services import registrations
from lms.library.services.launches import abandon_open, end_of_package


@act
def place(
    actor: Actor,
    module_id: UUID,
    package_id: UUID,
    *,
    required: bool,
    at: datetime,
    in_running: bool = False,
    version_id: UUID | None = None,
) -> ModuleMaterial:
    """Put a package into a module, for all classes of its institution that are not over when it is put there.

    It reopens nothing: whoever has done the module by then has done it, and ended classes stay as they are.

    :param required: whether classes that begin later finish the module only with it
    :param in_running: whether classes that have begun do so too

    :param version_id: the version to use; the newest by default
    :raises DomainError: ``placed-already``
    """
    package, module = db.session.get(Package, package_id), db.session.get(Module, module_id)
    if package is None or module is None or package.removed_at is not None:
        raise NotFound
    version = _version(package_id, version_id)
    lock("materials", module_id, package.institution_id)
    placed = select(func.max(ModuleMaterial.position)).where(
        ModuleMaterial.module_id == module_id, ModuleMaterial.institution_id == package.institution_id
    )
    twice = select(ModuleMaterial.id).where(
        ModuleMaterial.module_id == module_id, ModuleMaterial.package_id == package_id
    )
    if db.session.scalar(twice) is not None:
        raise DomainError("placed-already", _l("This package is in the module already."))
    made = ModuleMaterial(
        id=uuid4(),
        module_id=module_id,
        institution_id=package.institution_id,
        package_id=package_id,
        version_id=version.id,
        position=(db.session.scalar(placed) or 0) + 1,
        required=required,
        in_running=in_running,
        added_at=at,
        added_by=actor.account_id,
    )
    db.session.add(made)
    after = {"module": module.code, "package": str(package_id), "version": version.number, "required": required}
    after |= {"in_running": in_running}
    audit.record(actor, "materials.place", "module_material", made.id, at=at, after=after)
    _tell_classes(actor, made, at)
    return made


@act
def take_out(actor: Actor, material_id: UUID, *, at: datetime) -> None:
    """Take a package out of its module; what trainees did in it stays on record."""
    material = _material(material_id)
    before = {"module_id": str(material.module_id), "package": str(material.package_id)}
    audit.record(actor, "materials.take_out", "module_material", material.id, at=at, before=before)
    db.session.execute(delete(ClassMaterial).where(ClassMaterial.material_id == material_id))
    db.session.delete(material)
    end_of_package(material.package_id, queries.enrolments_with(material), at=at)
    _tell_classes(actor, material, at)


@act
def use_version(actor: Actor, material_id: UUID, version_id: UUID, *, at: datetime) -> None:
    """Use another version for classes to come; each class that has begun keeps the one it has until it is moved."""
    material = _material(material_id)
    version = _version(material.package_id, version_id)
    if version.id == material.version_id:
        return
    begun = queries.classes_with(material)
    if begun:
        rows = [
            {"class_id": class_id, "material_id": material.id, "version_id": material.version_id} for class_id in begun
        ]
        db.session.execute(insert(ClassMaterial).on_conflict_do_nothing(), rows)
    before, after = {"version_id": str(material.version_id)}, {"version_id": str(version.id)}
    audit.record(actor, "materials.use_version", "module_material", material.id, at=at, before=before, after=after)
    material.version_id = version.id
    _tell_classes(actor, material, at)


@act
def move_class(actor: Actor, class_id: UUID, material_id: UUID, version_id: UUID, *, at: datetime) -> int:
    """Move a class to another version; returns how many trainees begin anew in it.

    Who has done the material keeps that; who is in the middle of it begins the new version, and her records of the old
    one stay.

    :raises DomainError: ``class-closed``, ``class-cancelled``
    """
    material, here = _material(material_id), db.session.get(ClassRun, class_id)
    if here is None or here.institution_id != material.institution_id:
        raise NotFound
    run = classes.class_for("move_material", class_id)
    version = _version(material.package_id, version_id)
    row = insert(ClassMaterial).values(class_id=class_id, material_id=material_id, version_id=version.id)
    db.session.execute(
        row.on_conflict_do_update(index_elements=["class_id", "material_id"], set_={"version_id": version.id})
    )
    begun = queries.in_progress(class_id, material.package_id, other_than=version.id)
    for registration_id in begun:
        abandon_open(registration_id, at=at)
    db.session.execute(update(Registration).where(Registration.id.in_(begun)).values(superseded_at=at))
    db.session.execute(
        update(Registration)
        .where(
            Registration.version_id == version.id,
            Registration.context_id.in_(select(Enrolment.id).where(Enrolment.class_id == class_id)),
        )
        .values(superseded_at=None)
    )
    after = {"class": run.code, "version": version.number, "begin_anew": len(begun)}
    audit.record(actor, "materials.move_class", "module_material", material.id, at=at, after=after)
    requirements_changed.send(actor, class_id=class_id, at=at)
    return len(begun)


@act
def open_material(registration: UUID, material_id: UUID, *, at: datetime) -> Registration:
    """Return a trainee's registration for a material of her class, made when she first opens it.

    :raises DomainError: those of the class: she has left it, her result is fixed, or it is off
    """
    material = queries.of_trainee(registration, material_id)
    if material is None:
        raise NotFound
    classes.require_work("open_material", registration)
    learner = registrations.learner_of(material.person_id)
    return registrations.register(material.version_id, learner, at=at, context_id=registration)


def _tell_classes(actor: Actor, material: ModuleMaterial, at: datetime) -> None:
    """Tell that a material's classes may ask for something else now."""
    for class_id in queries.classes_studying(material.module_id, material.institution_id):
        requirements_changed.send(actor, class_id=class_id, at=at)


def _material(material_id: UUID) -> ModuleMaterial:
    material = db.session.get(ModuleMaterial, material_id, with_for_update=True)
    if material is None:
        raise NotFound
    return material


def _version(package_id: UUID, version_id: UUID | None) -> PackageVersion:
    wanted = select(PackageVersion).where(PackageVersion.package_id == package_id)
    if version_id is not None:
        wanted = wanted.where(PackageVersion.id == version_id)
    version = db.session.scalar(wanted.order_by(PackageVersion.number.desc()).limit(1))
    if version is None:
        raise NotFound
    return version


def uses_of_package(package_id: UUID) -> list[Any]:
    """Answer where a package is used (:data:`lms.library.hooks.uses_of_package`)."""
    return [use.words for use in queries.uses_of([package_id]).get(package_id, ())]


def uses_of_version(version_id: UUID) -> list[Any]:
    """Answer where a version is used."""
    return [use.words for use in queries.uses_of_version(version_id)]


def uses_to_show(package_ids: Sequence[UUID]) -> Mapping[UUID, list[tuple[Any, str]]]:
    """Answer where packages are used (:data:`lms.library.hooks.uses_to_show`)."""
    return {
        package_id: [(use.words, url_for("learning.modules", package_id=package_id)) for use in uses]
        for package_id, uses in queries.uses_of(package_ids).items()
    }
