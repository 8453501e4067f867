"""Which packages and uploads an actor may see or change, for one object and as an SQL condition."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select

from lms.core.database import db
from lms.core.guard import Actor
from lms.core.ownership import is_own
from lms.library.models import ApiKey, ContentSession, ContentUnit, Package, PackageVersion, Registration, Upload
from lms.people.access import units_within
from lms.people.models import Unit
from lms.people.queries import account_actor_name
from lms.records.vocabulary import ACCOUNTS

READ, MANAGE, ADMINISTER = "library.read", "library.manage", "library.administer"


def covered(actor: Actor, permission: str) -> ColumnElement[bool]:
    """Condition: the package belongs to a unit over which the permission is held, and is not removed."""
    units = select(Unit.id).where(units_within(actor.paths(permission)))
    return and_(Package.removed_at.is_(None), Package.institution_id.in_(units))


def package_path(package_id: UUID, **_other: object) -> str | None:
    """Return the path of the institution of a package; None when there is none or it is removed."""
    return db.session.scalar(_path_of_package().where(Package.id == package_id))


def version_path(package_id: UUID, version_id: UUID) -> str | None:
    """As :func:`package_path`, for a version that belongs to the package."""
    belongs = _path_of_package().join(PackageVersion, PackageVersion.package_id == Package.id)
    return db.session.scalar(belongs.where(Package.id == package_id, PackageVersion.id == version_id))


def unit_path(package_id: UUID, unit_id: UUID) -> str | None:
    """As :func:`package_path`, for a unit that belongs to a version of the package."""
    belongs = (
        _path_of_package()
        .join(PackageVersion, PackageVersion.package_id == Package.id)
        .join(ContentUnit, ContentUnit.version_id == PackageVersion.id)
    )
    return db.session.scalar(belongs.where(Package.id == package_id, ContentUnit.id == unit_id))


def launch_path(package_id: UUID, session_id: UUID) -> str | None:
    """As :func:`package_path`, for a launch of one of the package's versions."""
    launched = (
        _path_of_package()
        .join(PackageVersion, PackageVersion.package_id == Package.id)
        .join(Registration, Registration.version_id == PackageVersion.id)
        .join(ContentSession, ContentSession.registration_id == Registration.id)
    )
    return db.session.scalar(launched.where(Package.id == package_id, ContentSession.id == session_id))


def upload_path(upload_id: UUID) -> str | None:
    """Return the path of the institution of an upload; None when there is none."""
    of = select(Unit.path).join(Upload, Upload.institution_id == Unit.id)
    return db.session.scalar(of.where(Upload.id == upload_id))


def key_path(key_id: UUID) -> str | None:
    """Return the path of the institution of a key of the API; None when there is none."""
    of = select(Unit.path).join(ApiKey, ApiKey.institution_id == Unit.id)
    return db.session.scalar(of.where(ApiKey.id == key_id))


def own_upload(actor: Actor, upload_id: UUID) -> bool | None:
    """Tell whether an upload is the actor's own, for an institution that is still hers to manage."""
    row = db.session.execute(
        select(Upload.account_id, Unit.path).join(Unit, Unit.id == Upload.institution_id).where(Upload.id == upload_id)
    ).one_or_none()
    return None if row is None else is_own(row.account_id, actor.account_id) and actor.may(MANAGE, row.path)


def own_registration(actor: Actor, registration_id: UUID, **_other: object) -> bool | None:
    """Tell whether a registration is the actor's own, for a package that she may read."""
    row = db.session.execute(
        select(Registration.account_home, Registration.account_name, Unit.path)
        .join(PackageVersion, PackageVersion.id == Registration.version_id)
        .join(Package, Package.id == PackageVersion.package_id)
        .join(Unit, Unit.id == Package.institution_id)
        .where(Registration.id == registration_id, Package.removed_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    own = (ACCOUNTS, str(account_actor_name(actor.account_id)))
    return (row.account_home, row.account_name) == own and actor.may(READ, row.path)


def may_use(actor: Actor, institution_id: int) -> bool:
    """Tell whether the actor may upload for a unit: a training institution that she manages."""
    path = db.session.scalar(select(Unit.path).where(Unit.id == institution_id, Unit.kind == "institution"))
    return path is not None and actor.may(MANAGE, path)


def _path_of_package() -> Select[str]:
    return select(Unit.path).join(Package, Package.institution_id == Unit.id).where(Package.removed_at.is_(None))
