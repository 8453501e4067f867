"""What staff do with many packages at once: label them, remove them."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import current_actor
from lms.library.access import MANAGE, package_path
from lms.library.queries import pages
from lms.library.services import packages

MOST = 200


def label() -> Any:
    """Give the chosen packages a label, or take it from them."""
    ids, give = chosen(request.form.getlist("package")), "take" not in request.form
    try:
        changed = packages.label(current_actor(), ids, request.form.get("label", ""), give=give, at=utcnow())
    except DomainError as refused:
        flash(refused.message, "error")
        return _back()
    flash(
        ngettext("%(num)s package has been labelled.", "%(num)s packages have been labelled.", changed)
        if give
        else ngettext(
            "The label has been taken from %(num)s package.", "The label has been taken from %(num)s packages.", changed
        ),
        "success",
    )
    return _back()


def remove_chosen() -> Any:
    """Remove the chosen packages; those that are in use stay, and are named."""
    ids = chosen(request.form.getlist("package"))
    removed = 0
    for package_id in ids:
        row = pages.package(package_id)
        try:
            packages.remove(current_actor(), package_id, at=utcnow())
            removed += 1
        except DomainError as refused:
            flash(_("“%(title)s” stays: %(why)s", title=row.title if row else "", why=refused.message), "error")
    if removed:
        flash(ngettext("%(num)s package has been removed.", "%(num)s packages have been removed.", removed), "success")
    return _back()


def chosen(given: list[str]) -> list[UUID]:
    """Return the packages that were ticked, all of them the actor's to manage; otherwise it is refused."""
    try:
        ids = list(dict.fromkeys(UUID(one) for one in given[: MOST + 1]))
    except ValueError:
        abort(400)
    if len(ids) > MOST:
        abort(400)
    actor = current_actor()
    for package_id in ids:
        path = package_path(package_id)
        if path is None:
            abort(404)
        if not actor.may(MANAGE, path):
            abort(403)
    if not ids:
        flash(_("Please tick the packages first."), "error")
    return ids


def _back() -> Any:
    return redirect(url_for("library.index", label=request.form.get("shown", "") or None))
