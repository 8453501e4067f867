"""Packages: the list, one package with its versions and units, and what can be done with it."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lms.core import arguments
from lms.core.database import db, utcnow
from lms.core.downloads import attachment
from lms.core.errors import DomainError
from lms.core.guard import current_actor
from lms.core.pages import Page
from lms.library import kinds, queries
from lms.library.access import MANAGE, READ, package_path
from lms.library.forms import HostsForm, RenameForm, UploadForm
from lms.library.models import PackageVersion
from lms.library.queries import launch_logs, pages
from lms.library.services import packages
from lms.library.services.uploads import quota_of, used_by
from lms.library.views.words import PIECE, STEPS


class Storage(NamedTuple):
    """How much of its room an institution uses, in bytes."""

    name: str
    used: int
    quota: int


def index() -> Any:
    """Packages, newest first, searched and filtered; above them what is on its way."""
    return index_page(None)


def index_page(form: UploadForm | None) -> str:
    """The list of packages.

    :param form: what was sent and refused
    """
    actor = current_actor()
    query, kind = arguments.search(), request.args.get("kind", "")
    label = arguments.search("label")
    readable, managed = pages.institutions(actor, READ), pages.institutions(actor, MANAGE)
    institution = _institution(readable)
    rows = pages.packages(
        actor,
        query=query,
        kind=kind if kind in kinds.KINDS else "",
        institution_id=institution.id if institution else None,
        label=label,
        after=arguments.cursor(UUID, datetime.fromisoformat),
    )
    page = Page.cut(rows, pages.PAGE, lambda row: (row.id, row.at.isoformat()))
    single = institution or (readable[0] if len(readable) == 1 else None)
    on_their_way = pages.uploads(actor) if managed else []
    return render_template(
        "library/index.html",
        page=page,
        uses=pages.uses([row.id for row in page.rows]),
        query=query,
        kind=kind,
        label=label,
        labels=pages.labels(actor),
        kinds=kinds.names(),
        institution=institution,
        institutions=readable,
        administers=actor.may("library.administer"),
        storage=_storage(single) if single else None,
        uploads=on_their_way,
        tally=pages.tally(on_their_way),
        form=form or (upload_form(managed) if managed else None),
        steps=STEPS,
        piece=piece_size(),
        own=actor.account_id,
    )


def package(package_id: UUID) -> Any:
    """One package: its versions, its units, where it is used."""
    return package_page(package_id)


def rename(package_id: UUID) -> Any:
    """Give the package another title."""
    form = RenameForm()
    if not form.validate():
        return package_page(package_id, rename_form=form), 422
    packages.rename(current_actor(), package_id, form.title.data or "", at=utcnow())
    flash(_("The package has its new title."), "success")
    return redirect(url_for("library.package", package_id=package_id))


def allow_hosts(package_id: UUID) -> Any:
    """Say which hosts outside the content of the package may load from."""
    form = HostsForm()
    if not form.validate():
        return package_page(package_id, hosts_form=form), 422
    hosts = [*(form.hosts.data or []), *([form.more.data] if form.more.data else [])]
    try:
        packages.allow_hosts(current_actor(), package_id, hosts, at=utcnow())
    except DomainError as refused:
        form.more.errors = [*form.more.errors, refused.message]
        return package_page(package_id, hosts_form=form), refused.status
    flash(_("This is what the content may load from now. Who has it open sees it after opening it anew."), "success")
    return redirect(url_for("library.package", package_id=package_id))


def remove(package_id: UUID) -> Any:
    """Remove the package."""
    try:
        packages.remove(current_actor(), package_id, at=utcnow())
    except DomainError as refused:
        flash(refused.message, "error")
        return redirect(url_for("library.package", package_id=package_id))
    flash(_("The package has been removed."), "success")
    return redirect(url_for("library.index"))


def remove_version(package_id: UUID, version_id: UUID) -> Any:
    """Remove an old version."""
    try:
        packages.remove_version(current_actor(), version_id, at=utcnow())
        flash(_("The version has been removed."), "success")
    except DomainError as refused:
        flash(refused.message, "error")
    return redirect(url_for("library.package", package_id=package_id))


def original(package_id: UUID, version_id: UUID) -> Response:
    """The file as it was uploaded, as a download."""
    del package_id
    version = db.session.get(PackageVersion, version_id)
    if version is None:
        abort(404)
    try:
        return attachment(version.sha256, version.filename, version.size)
    except FileNotFoundError:
        abort(404)


def package_page(
    package_id: UUID,
    *,
    form: UploadForm | None = None,
    rename_form: RenameForm | None = None,
    hosts_form: HostsForm | None = None,
) -> str:
    """The page of a package.

    :param form: an upload that was refused
    :param rename_form: a title that was refused
    :param hosts_form: hosts that were refused
    """
    actor, row = current_actor(), pages.package(package_id)
    if row is None:
        abort(404)
    versions = pages.versions(package_id)
    units = queries.units(versions[0].id)
    manages = actor.may(MANAGE, package_path(package_id))
    return render_template(
        "library/package.html",
        package=row,
        kinds=kinds.names(),
        versions=versions,
        lines=pages.outline(units),
        unit_words=kinds.unit_names(),
        whole=pages.opened_whole(units),
        uses=pages.uses([package_id])[package_id],
        manages=manages,
        form=form or upload_form([pages.Institution(row.institution_id, row.institution)], package_id),
        rename_form=rename_form or RenameForm(formdata=None, title=row.title),
        hosts=launch_logs.hosts_of(package_id),
        hosts_form=hosts_form or HostsForm(formdata=None),
        piece=piece_size(),
    )


def upload_form(
    institutions: list[pages.Institution], package_id: UUID | None = None, *, sent: bool = False
) -> UploadForm:
    """Return the form of uploads with its choices.

    :param sent: whether to take what the request has
    """
    form = UploadForm() if sent else UploadForm(formdata=None)
    form.institution.choices = [(institution.id, institution.name) for institution in institutions]
    if not sent:
        form.package.data = str(package_id) if package_id else ""
    return form


def piece_size() -> int:
    """Return how many bytes our page sends at a time."""
    return min(PIECE, int(current_app.config["MAX_UPLOAD"]))


def _storage(institution: pages.Institution) -> Storage:
    return Storage(institution.name, used_by(institution.id), quota_of(institution.id))


def _institution(choices: list[pages.Institution]) -> pages.Institution | None:
    requested = request.args.get("institution", "")
    return next((institution for institution in choices if str(institution.id) == requested), None)
