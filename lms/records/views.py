"""The pages of the record store: keys of client programs."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lms.core.database import utcnow
from lms.core.forms import status_of
from lms.core.guard import current_actor
from lms.records import queries, services
from lms.records.forms import SCOPES, CredentialForm


def credentials() -> Any:
    """List the keys, and make one; its secret is in this one answer and nowhere else."""
    form = CredentialForm()
    made, secret = None, None
    if form.validate_on_submit():
        actor, scopes = current_actor(), form.scopes.data or []
        made, secret = services.make_credential(actor, name=form.name.data or "", scopes=scopes, at=utcnow())
        form = CredentialForm(formdata=None)
    address = f"{request.url_root}xapi/statements"
    return (
        render_template(
            "records/credentials.html",
            form=form,
            credentials=queries.credentials(),
            made=made,
            secret=secret,
            address=address,
            scopes=SCOPES,
        ),
        status_of(form),
    )


def revoke(credential_id: UUID) -> Any:
    """Revoke a key."""
    credential = services.revoke_credential(current_actor(), credential_id, at=utcnow())
    flash(_("The key “%(name)s” no longer opens anything.", name=credential.name))
    return redirect(url_for("records.credentials"))
