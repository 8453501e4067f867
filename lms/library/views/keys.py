"""Keys of the JSON API: made for the programs of institutions, listed, revoked; for administrators."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lms.core.database import utcnow
from lms.core.forms import status_of
from lms.core.guard import current_actor
from lms.library.access import ADMINISTER
from lms.library.api.operations import PREFIX
from lms.library.forms import KeyForm
from lms.library.queries import pages
from lms.library.scopes import SCOPES
from lms.library.services import keys


def index() -> Any:
    """List the keys, and make one; its secret is in this one answer and nowhere else."""
    actor, at = current_actor(), utcnow()
    key, secret = None, None
    form = _form()
    if form.validate_on_submit():
        key, secret = keys.make_key(
            actor,
            form.institution.data,
            name=form.name.data or "",
            scopes=form.scopes.data or [],
            last_day=form.last_day.data,
            at=at,
        )
        form = _form(formdata=None)
    page = render_template(
        "library/keys.html",
        form=form,
        keys=pages.api_keys(actor, at=at),
        made=key,
        secret=secret,
        address=f"{request.host_url.rstrip('/')}{PREFIX}",
        scopes=SCOPES,
    )
    return page, status_of(form)


def revoke(key_id: UUID) -> Any:
    """Revoke a key."""
    revoked = keys.revoke_key(current_actor(), key_id, at=utcnow())
    flash(_("The key “%(name)s” no longer opens anything.", name=revoked.name), "success")
    return redirect(url_for("library.keys"))


def _form(**values: Any) -> KeyForm:
    form = KeyForm(**values)
    form.institution.choices = list(pages.institutions(current_actor(), ADMINISTER))
    return form
