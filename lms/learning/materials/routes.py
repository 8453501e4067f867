"""The addresses of packages in modules."""

from uuid import UUID

from sqlalchemy import select

from lms.core.database import db
from lms.core.guard import HELD, Route, predicate_scope, unit_scope
from lms.learning import access
from lms.learning.materials import views
from lms.library.models import Package
from lms.people.models import Unit


def _path(package_id: UUID, **_other: object) -> str | None:
    of = select(Unit.path).join(Package, Package.institution_id == Unit.id)
    return db.session.scalar(of.where(Package.id == package_id, Package.removed_at.is_(None)))


MINE = predicate_scope("own registration", access.own)
OURS = unit_scope("institution of the package", _path)
MATERIAL = "/learn/<uuid:registration>/materials/<uuid:material_id>"
MODULES = "/library/packages/<uuid:package_id>/modules"
STUDY, MANAGE = "learning.study", "library.manage"

ROUTES = [
    Route(MATERIAL, views.material, STUDY, MINE),
    Route(f"{MATERIAL}/units/<uuid:unit_id>/launch", views.launch_material, STUDY, MINE, ("POST",)),
    Route("/library/chosen/modules", views.place_many, MANAGE, HELD, ("POST",)),
    Route(MODULES, views.modules, MANAGE, OURS),
    Route(f"{MODULES}/place", views.place, MANAGE, OURS, ("POST",)),
    Route(f"{MODULES}/<uuid:material_id>/take-out", views.take_out, MANAGE, OURS, ("POST",)),
    Route(f"{MODULES}/<uuid:material_id>/version", views.use_version, MANAGE, OURS, ("POST",)),
    Route(f"{MODULES}/<uuid:material_id>/move", views.move_class, MANAGE, OURS, ("POST",)),
]
