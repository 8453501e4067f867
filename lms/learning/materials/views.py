"""Pages of packages in modules: a trainee plays them; the institution's staff places them and moves classes."""

from typing import Any
from uuid import UUID

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.classes import services as classes
from lms.classes.rules import CLASS
from lms.core.database import db, utcnow
from lms.core.errors import DomainError
from lms.core.forms import INVALID
from lms.core.guard import current_actor
from lms.learning.materials import queries, services
from lms.learning.materials.forms import ManyForm, MoveForm, PlaceForm, VersionForm
from lms.library import player_page
from lms.library.models import Package
from lms.library.origin.outside import of_version
from lms.library.services import launches
from lms.library.views.chosen import chosen
from lms.people.sessions import local_day


def material(registration: UUID, material_id: UUID) -> Any:
    """A package of the course, played in the page."""
    opened = queries.of_trainee(registration, material_id)
    if opened is None:
        abort(404)
    refused = classes.refusal_of("open_material", registration)
    taken = queries.registration_of(opened.version_id, registration)
    shown = player_page.shown(opened.version_id, taken, asked=request.args.get("unit"))
    outside = of_version(opened.version_id)
    page = render_template(
        "learning/material.html",
        title=opened.title,
        units=shown.lines,
        current=shown.current,
        launch_url=lambda unit_id: url_for(
            "learning.launch_material", registration=registration, material_id=material_id, unit_id=unit_id
        ),
        back_url=url_for("learning.course", registration=registration),
        mode="Normal",
        sandbox=player_page.sandbox(current_app),
        missing_hosts=outside.missing,
        closed=refused.message if refused else None,
    )
    return player_page.framing(page, current_app, outside)


def launch_material(registration: UUID, material_id: UUID, unit_id: UUID) -> Any:
    """Open a unit: the page's script asks for its address."""
    actor = current_actor()
    taken = services.open_material(registration, material_id, at=utcnow())
    launched = launches.launch(
        taken.id,
        unit_id,
        application=request.host_url.rstrip("/"),
        at=utcnow(),
        locale=actor.locale,
        plain="plain" in request.args,
        sign_in=actor.session_id,
    )
    return player_page.answer(launched)


def modules(package_id: UUID) -> Any:
    """Where a package is placed; put it into a module, use a newer version, move classes."""
    return _modules_page(package_id, PlaceForm(formdata=None))


def place(package_id: UUID) -> Any:
    """Put the package into a module."""
    form = PlaceForm()
    form.module.choices = _choices()
    if not form.validate():
        return _modules_page(package_id, form), INVALID
    try:
        services.place(
            current_actor(),
            UUID(form.module.data),
            package_id,
            required=bool(form.required.data or form.in_running.data),
            in_running=bool(form.in_running.data),
            at=utcnow(),
        )
    except DomainError as refused:
        form.module.errors = [*form.module.errors, refused.message]
        return _modules_page(package_id, form), refused.status
    flash(_("The package is in the module now; trainees of its classes see it at once."), "success")
    return redirect(url_for("learning.modules", package_id=package_id))


def place_many() -> Any:
    """Put many packages into one module: the first time it asks into which."""
    ids = chosen(request.form.getlist("package"))
    if not ids:
        return redirect(url_for("library.index"))
    form = ManyForm() if "module" in request.form else ManyForm(formdata=None)
    form.module.choices = _choices()
    if "module" not in request.form:
        return _many_page(ids, form)
    if not form.validate():
        return _many_page(ids, form), INVALID
    placed = 0
    for package_id in ids:
        try:
            services.place(
                current_actor(),
                UUID(form.module.data),
                package_id,
                required=bool(form.required.data or form.in_running.data),
                in_running=bool(form.in_running.data),
                at=utcnow(),
            )
            placed += 1
        except DomainError as refused:
            package = db.session.get_one(Package, package_id)
            flash(_("“%(title)s” stays: %(why)s", title=package.title, why=refused.message), "error")
    if placed:
        words = ngettext("%(num)s package is in the module now.", "%(num)s packages are in the module now.", placed)
        flash(words, "success")
    return redirect(url_for("library.index"))


def _many_page(ids: list[UUID], form: PlaceForm) -> str:
    packages = [db.session.get_one(Package, package_id) for package_id in ids]
    today = local_day(utcnow())
    of = {package.institution_id for package in packages}
    return render_template(
        "learning/many_into_module.html",
        packages=packages,
        concerned=queries.concerned(of.pop(), today) if len(of) == 1 else {},
        choices=queries.modules(),
        form=form,
    )


def take_out(package_id: UUID, material_id: UUID) -> Any:
    """Take the package out of the module."""
    _belongs(package_id, material_id)
    services.take_out(current_actor(), material_id, at=utcnow())
    flash(_("The package is no longer in the module. What trainees did in it stays on record."), "success")
    return redirect(url_for("learning.modules", package_id=package_id))


def use_version(package_id: UUID, material_id: UUID) -> Any:
    """Use another version for classes to come."""
    _belongs(package_id, material_id)
    form = VersionForm()
    if not form.validate():
        return _modules_page(package_id, PlaceForm(formdata=None), form), INVALID
    services.use_version(current_actor(), material_id, UUID(form.version.data), at=utcnow())
    flash(_("Classes to come use this version. Classes that have begun keep theirs until you move them."), "success")
    return redirect(url_for("learning.modules", package_id=package_id))


def move_class(package_id: UUID, material_id: UUID) -> Any:
    """Move a class to another version."""
    _belongs(package_id, material_id)
    form = MoveForm()
    if not form.validate():
        return _modules_page(package_id, PlaceForm(formdata=None), form), INVALID
    anew = services.move_class(
        current_actor(), UUID(form.class_.data), material_id, UUID(form.version.data), at=utcnow()
    )
    flash(_("The class uses the chosen version now; %(number)s trainees begin anew in it.", number=anew), "success")
    return redirect(url_for("learning.modules", package_id=package_id))


def _belongs(package_id: UUID, material_id: UUID) -> None:
    package = queries.package_of(material_id)
    if package is None or package.id != package_id:
        abort(404)


def _choices() -> list[tuple[str, str]]:
    return [(str(module.id), module.programme) for module in queries.modules()]


def _modules_page(package_id: UUID, form: PlaceForm, chosen: VersionForm | None = None) -> str:
    package = db.session.get(Package, package_id)
    if package is None or package.removed_at is not None:
        abort(404)
    placed = queries.placed(package_id)
    taken = {row.module_id for row in placed}
    classes = queries.classes_of(package_id)
    return render_template(
        "learning/package_modules.html",
        package=package,
        placed=[(row, classes.get(row.id, [])) for row in placed],
        acts=CLASS,
        choices=[module for module in queries.modules() if module.id not in taken],
        concerned=queries.concerned(package.institution_id, local_day(utcnow())),
        form=form,
        chosen=chosen,
    )
