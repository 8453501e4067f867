"""The import of rosters: check, look, import."""

import io
from typing import Any
from uuid import UUID

from flask import abort, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer

from lms.core import downloads, files, jobs
from lms.core.admission import costly
from lms.core.database import utcnow
from lms.core.guard import Actor, current_actor
from lms.core.ownership import is_own
from lms.people import exports, services
from lms.people.forms import RosterConfirmation, RosterForm
from lms.people.roster import template
from lms.people.roster.columns import COLUMNS
from lms.people.roster.reading import MAX_BYTES, Choices, RosterError

SHOWN = 500
TOKEN_LIFETIME = 24 * 3600


@costly("POST")
def import_page() -> Any:
    """Choose a roster file and check it; nothing is written."""
    form = RosterForm()
    if request.method == "GET":
        return _import_page(form)
    upload = form.file.data
    try:
        if not form.validate() or not upload or not upload.filename:
            raise RosterError("missing", _("Please choose a file."))
        report = services.check_roster(current_actor(), upload.stream, upload.filename, at=utcnow())
    except RosterError as refused:
        form.file.errors = [*form.file.errors, refused.message]
        return _import_page(form), 422
    upload.stream.seek(0)
    stored = files.put(upload.stream)
    services.forget_later(current_actor(), stored.sha256, at=utcnow())
    return _checked_page(report, stored.sha256, upload.filename[:200], Choices())


@costly()
def check_again() -> Any:
    """Check a file that was uploaded once more: another sheet of it, or its texts converted to Unicode."""
    actor = current_actor()
    sha256, filename, before = _checked_file(actor)
    try:
        choices = Choices(request.form.get("sheet", before.sheet), request.form.get("encoding", before.encoding))
    except ValueError:
        abort(400)
    try:
        with io.BytesIO(b"".join(files.read(sha256))) as stream:
            report = services.check_roster(actor, stream, filename, at=utcnow(), choices=choices)
    except RosterError as refused:
        form = RosterForm(formdata=None)
        form.file.errors = [refused.message]
        return _import_page(form), 422
    return _checked_page(report, sha256, filename, choices)


def _import_page(form: RosterForm) -> str:
    return render_template("people/import.html", form=form, columns=COLUMNS, largest=MAX_BYTES)


def _checked_page(report: services.Report, sha256: str, filename: str, choices: Choices) -> Any:
    account = str(current_actor().account_id)
    page = render_template(
        "people/import_checked.html",
        report=report,
        filename=filename,
        token=_signer().dumps([sha256, filename, account, choices.sheet, choices.encoding]),
        shown=report.problems[:SHOWN],
        form=RosterConfirmation(formdata=None),
    )
    return page, 200 if report.sound else 422


def start_import() -> Any:
    """Import a checked file, as a job."""
    actor = current_actor()
    sha256, filename, choices = _checked_file(actor)
    job_id = services.request_import(actor, sha256, filename, choices, at=utcnow())
    return redirect(url_for("core.job", job_id=job_id))


@costly()
def problems() -> Any:
    """All problems of a checked file, as XLSX."""
    actor = current_actor()
    sha256, filename, choices = _checked_file(actor)
    with io.BytesIO(b"".join(files.read(sha256))) as stream:
        report = services.check_roster(actor, stream, filename, at=utcnow(), choices=choices)
    return downloads.workbook(exports.problems(report), "loi-danh-sach-nhan-su.xlsx")


@costly()
def template_file() -> Any:
    """The template: headers, hints, one example row."""
    return downloads.workbook(template.build(), "mau-danh-sach-nhan-su.xlsx")


def import_result(job_id: UUID) -> Any:
    """What an import did."""
    job = jobs.find(job_id)
    if job is None or job.result is None or not is_own(job.account_id, current_actor().account_id):
        abort(404)
    return render_template("people/import_result.html", result=job.result, at=job.updated_at)


def _checked_file(actor: Actor) -> tuple[str, str, Choices]:
    try:
        sha256, filename, account_id, *choices = _signer().loads(request.form.get("token", ""), max_age=TOKEN_LIFETIME)
    except BadData:
        abort(400)
    if account_id != str(actor.account_id):
        abort(403)
    return sha256, filename, Choices(*choices)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="people.roster")
