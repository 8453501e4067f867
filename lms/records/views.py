"""The pages of the record store: keys of client programs, and a reader of statements."""

from typing import Any, NamedTuple
from uuid import UUID

import orjson
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lms.core.database import utcnow
from lms.core.guard import current_actor
from lms.core.i18n import select_language
from lms.core.pages import Page
from lms.records import queries, services
from lms.records.forms import SCOPES, CredentialForm, FilterForm
from lms.records.queries import Shown

PAGE_SIZE = 50


class Line(NamedTuple):
    """A statement in the reader page's words."""

    statement: dict[str, Any]
    verb: dict[str, str]
    name: dict[str, str]
    """What the object is called; empty when its maker did not say."""
    row: Shown
    pretty: str


def credentials() -> Any:
    """List the keys, and make one; its secret is in this one answer and nowhere else."""
    form = CredentialForm()
    made, secret = None, None
    if form.validate_on_submit():
        actor, scopes = current_actor(), form.scopes.data or []
        made, secret = services.make_credential(actor, name=form.name.data or "", scopes=scopes, at=utcnow())
        form = CredentialForm(formdata=None)
    status = 400 if form.errors else 200
    address = url_for("records.statements", _external=True)
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
        status,
    )


def revoke(credential_id: UUID) -> Any:
    """Revoke a key."""
    credential = services.revoke_credential(current_actor(), credential_id, at=utcnow())
    flash(_("The key “%(name)s” no longer opens anything.", name=credential.name))
    return redirect(url_for("records.credentials"))


def reader() -> Any:
    """List statements, the newest first."""
    form = FilterForm(request.args, language=select_language())
    page: Page[Line] = Page([], None)
    valid = form.validate()
    if valid:
        rows = queries.browse(
            verb=form.verb.data or None,
            activity=form.activity.data or None,
            registration=UUID(form.registration.data) if form.registration.data else None,
            after=_after(),
            size=PAGE_SIZE,
        )
        page = Page.cut([_line(row) for row in rows], PAGE_SIZE, lambda line: line.row.seq)
    return render_template("records/statements.html", form=form, page=page), 200 if valid else 400


def _after() -> int | None:
    value = request.args.get("after")
    if value is None:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 19 or int(value) >= 2**63:
        abort(400)
    return int(value)


def _line(row: Shown) -> Line:
    statement: dict[str, Any] = orjson.loads(row.raw)
    target = statement["object"]
    return Line(
        statement,
        statement["verb"].get("display") or {"vi": statement["verb"]["id"]},
        target.get("definition", {}).get("name") or {},
        row,
        orjson.dumps(statement, option=orjson.OPT_INDENT_2).decode(),
    )
