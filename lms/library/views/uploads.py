"""Uploads: piece by piece from our page's script, whole from a plain form, and the report of the check."""

import io
from typing import IO, Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.forms import INVALID
from lms.core.guard import current_actor
from lms.library import access, kinds, tus
from lms.library.access import MANAGE
from lms.library.models import Upload
from lms.library.queries import pages
from lms.library.services import uploads
from lms.library.views import packages
from lms.library.views.words import STEPS

_CHECKED = {"taken": "taken-in, checked", "refused": "checked", "broken_off": "checked"}
"""What the page is told, by state, once a file has been checked."""


def tus_uploads() -> Any:
    """Begin an upload, or tell what this server can do (tus)."""
    actor = current_actor()
    if request.method == "OPTIONS":
        return tus.options()
    return tus.create(actor, _allowed, lambda upload_id: url_for("library.upload", upload_id=upload_id))


def tus_upload(upload_id: UUID) -> Any:
    """Send the next piece, or cancel (tus)."""
    method = tus.method()
    if method not in ("PATCH", "DELETE", "HEAD"):
        abort(405)
    if method == "PATCH":
        return tus.patch(current_actor(), upload_id, _allowed)
    return (tus.terminate if method == "DELETE" else tus.head)(upload_id, _allowed)


def upload(upload_id: UUID) -> Any:
    """How far an upload is, and the report of its check; HEAD tells how much has arrived (tus)."""
    if request.method == "HEAD":
        return tus.head(upload_id, _allowed)
    row = pages.upload(upload_id)
    if row is None:
        abort(404)
    partial = bool(request.headers.get("HX-Request"))
    page = render_template(
        "library/_upload.html" if partial else "library/upload.html",
        one=row,
        own=current_actor().account_id,
        kinds=kinds.names(),
        steps=STEPS,
    )
    return page, {"HX-Trigger": _CHECKED[row.state]} if partial and row.state in _CHECKED else {}


def cancel(upload_id: UUID) -> Any:
    """Cancel an upload, or forget its report."""
    row = pages.upload(upload_id)
    uploads.cancel(upload_id, at=utcnow())
    flash(_("The upload has been removed from the list."), "success")
    if row is not None and row.package_id is not None and row.state != "taken":
        return redirect(url_for("library.package", package_id=row.package_id))
    return redirect(url_for("library.index"))


def clear() -> Any:
    """Take the reports of all checked files off the list; what was taken in stays among the materials."""
    for row in pages.uploads(current_actor()):
        if row.state in _CHECKED:
            uploads.cancel(row.id, at=utcnow())
    return redirect(url_for("library.index"))


def upload_file() -> Any:
    """Take a whole file from a form, for browsers without script."""
    form = packages.upload_form(pages.institutions(current_actor(), MANAGE), sent=True)
    sent = form.file.data
    if not form.validate() or not sent or not sent.filename:
        form.file.errors = [*form.file.errors, _("Please choose a file.")]
        return _page(form), INVALID
    try:
        taken = _take(form, sent.filename, sent.stream)
    except DomainError as refused:
        form.file.errors = [*form.file.errors, refused.message]
        return _page(form), INVALID if refused.status == 400 else refused.status
    return redirect(url_for("library.upload", upload_id=taken.id))


def _take(form: Any, filename: str, stream: IO[bytes]) -> Upload:
    actor, at = current_actor(), utcnow()
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    begun = uploads.begin(
        actor,
        form.institution.data,
        filename=filename,
        size=size,
        package_id=UUID(form.package.data) if form.package.data else None,
        title=form.title.data or None,
        at=at,
    )
    return uploads.receive_all(actor, begun.id, stream, at=at, enqueue=True)


def _page(form: Any) -> str:
    """Return the page on which the form stands, with what was refused."""
    package_id = UUID(form.package.data) if form.package.data and not form.package.errors else None
    path = access.package_path(package_id) if package_id else None
    if package_id is not None and path is not None and current_actor().may(MANAGE, path):
        return packages.package_page(package_id, form=form)
    return packages.index_page(form)


def _allowed(institution_id: int) -> bool:
    return access.may_use(current_actor(), institution_id)
