"""The audit trail: who changed what, when."""

import tempfile
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from lms.console.trail import exports, queries, services
from lms.console.trail.forms import TrailForm
from lms.console.trail.sentences import named, sentence
from lms.core import arguments, downloads
from lms.core.admission import costly
from lms.core.database import autocommit, utcnow
from lms.core.forms import INVALID
from lms.core.guard import current_actor
from lms.core.i18n import day, in_words
from lms.core.pages import Page
from lms.core.workbooks import MEDIA_TYPE

_IN_MEMORY = 4 * 1024 * 1024
"""Bytes of a workbook that need no file."""


def audit() -> Any:
    """The audit trail in sentences, newest first."""
    form = TrailForm(request.args)
    return _page(form) if form.validate() else (_page(form), INVALID)


@costly()
def export() -> Any:
    """Save a selection as a workbook; an export leaves a trace, so it is no reading request."""
    form, at = TrailForm(request.form), utcnow()
    if not form.validate():
        return _page(form), INVALID
    asked = form.asked()
    if queries.count(asked) > exports.MOST:
        return _page(form, too_many=exports.MOST), INVALID
    services.note_export(current_actor(), form.given(), at=at)
    autocommit()
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with the answer
    exports.write(asked, file, title=_("Audit trail, as of %(when)s", when=in_words(at)))
    file.seek(0)
    return downloads.saved(file, "-".join([_("audit-trail"), *day(at).split("/")]) + ".xlsx", MEDIA_TYPE)


def _page(form: TrailForm, *, too_many: int | None = None) -> str:
    rows = [] if form.errors else queries.entries(form.asked(), arguments.number("after"))
    page = Page.cut(rows, queries.PAGE, lambda row: row.id)
    known = queries.named(page.rows)
    lines = []
    for row in page.rows:
        what = named(row.subject_type, row.subject_id, known, row.after, row.before)
        lines.append((row, sentence(row.action, row.who, what, row.after)))
    shown: dict[str, Any] = {"form": form, "given": form.given(), "page": page, "lines": lines}
    return render_template("console/audit.html", **shown, too_many=too_many)
