"""The import of rosters: check, look, import."""

import io
from typing import IO, Any
from uuid import UUID

from flask import abort, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer

from lms.core import downloads, files, jobs
from lms.core.admission import costly
from lms.core.database import utcnow
from lms.core.guard import Actor, current_actor
from lms.core.ownership import is_own
from lms.people import exports, queries, services
from lms.people.forms import RosterConfirmation, RosterForm
from lms.people.roster import template
from lms.people.roster.columns import COLUMNS
from lms.people.roster.reading import MAX_BYTES, Choices, RosterError, Sheet
from lms.people.services.rosters import DIRECT, from_json

SHOWN = 500
TOKEN_LIFETIME = 24 * 3600
_PROBLEMS = "loi-danh-sach-nhan-su.xlsx"


@costly("POST")
def import_page() -> Any:
    """Choose a roster file and check it; nothing is written."""
    form = RosterForm()
    if request.method == "GET":
        return _import_page(form)
    upload = form.file.data
    if not form.validate() or not upload or not upload.filename:
        return _refused(form, _("Please choose a file."))
    actor, at, stream, filename = current_actor(), utcnow(), upload.stream, upload.filename[:200]
    if stream.seek(0, 2) > DIRECT:
        return _by_job(_kept(stream), filename, Choices())
    try:
        stream.seek(0)
        report = services.check_roster(actor, stream, upload.filename, at=at)
    except RosterError as refused:
        return _refused(form, refused.message)
    return _checked_page(report, _kept(stream), filename, Choices())


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
        content = b"".join(files.read(sha256))
    except FileNotFoundError:
        return _refused(RosterForm(formdata=None), _("This file is no longer kept. Please choose it again."))
    if len(content) > DIRECT:
        return _by_job(sha256, filename, choices)
    try:
        report = services.check_roster(actor, io.BytesIO(content), filename, at=utcnow(), choices=choices)
    except RosterError as refused:
        return _refused(RosterForm(formdata=None), refused.message)
    return _checked_page(report, sha256, filename, choices)


def _kept(stream: IO[bytes]) -> str:
    """Keep an uploaded roster for as long as it may be imported; returns its address."""
    stream.seek(0)
    stored = files.put(stream)
    services.forget_later(current_actor(), stored.sha256, at=utcnow())
    return stored.sha256


def _by_job(sha256: str, filename: str, choices: Choices) -> Any:
    job_id = services.request("people.check_roster", current_actor(), sha256, filename, choices, at=utcnow())
    return redirect(url_for("core.job", job_id=job_id))


def checked(job_id: UUID) -> Any:
    """What a job has found in a roster."""
    result = _own_result(job_id)
    if "refused" in result:
        return _refused(RosterForm(formdata=None), result["refused"])
    choices = Choices(result["sheet"], result["encoding"])
    workbook = url_for("people.checked_problems", job_id=job_id) if "workbook" in result else ""
    return _checked_page(from_json(result["report"]), result["sha256"], result["filename"], choices, workbook)


def checked_problems(job_id: UUID) -> Any:
    """All problems that a job has found in a roster, as XLSX."""
    result = _own_result(job_id)
    if "workbook" not in result or not files.exists(result["workbook"]):
        abort(404)
    return downloads.attachment(result["workbook"], _PROBLEMS, result["size"])


def _own_result(job_id: UUID) -> dict[str, Any]:
    job = jobs.find(job_id)
    if job is None or job.kind != "people.check_roster" or not is_own(job.account_id, current_actor().account_id):
        abort(404)
    return job.result or abort(404)


def _import_page(form: RosterForm) -> str:
    return render_template("people/import.html", form=form, columns=COLUMNS, largest=MAX_BYTES)


def _refused(form: RosterForm, message: Any) -> Any:
    form.file.errors = [*form.file.errors, message]
    return _import_page(form), 200 if request.method == "GET" else 422


def _checked_page(report: services.Report, sha256: str, filename: str, choices: Choices, workbook: str = "") -> Any:
    """Show what was found; ``workbook`` is the address of all problems, where they have been written already."""
    account = str(current_actor().account_id)
    page = render_template(
        "people/import_checked.html",
        report=report,
        filename=filename,
        token=_signer().dumps([sha256, filename, account, choices.sheet, choices.encoding]),
        shown=report.problems[:SHOWN],
        done=queries.imported_sheets(sha256) if report.others else set(),
        workbook=workbook,
        form=RosterConfirmation(formdata=None),
    )
    return page, 200 if report.sound or request.method == "GET" else 422


def start_import() -> Any:
    """Import a checked file, as a job."""
    actor = current_actor()
    sha256, filename, choices = _checked_file(actor)
    job_id = services.request("people.import_roster", actor, sha256, filename, choices, at=utcnow())
    return redirect(url_for("core.job", job_id=job_id))


@costly()
def problems() -> Any:
    """All problems of a checked file, as XLSX."""
    actor = current_actor()
    sha256, filename, choices = _checked_file(actor)
    with io.BytesIO(b"".join(files.read(sha256))) as stream:
        report = services.check_roster(actor, stream, filename, at=utcnow(), choices=choices)
    return downloads.workbook(exports.problems(report), _PROBLEMS)


@costly()
def template_file() -> Any:
    """The template: headers, hints, one example row."""
    return downloads.workbook(template.build(), "mau-danh-sach-nhan-su.xlsx")


def import_result(job_id: UUID) -> Any:
    """What an import did."""
    job = jobs.find(job_id)
    if job is None or job.result is None or not is_own(job.account_id, current_actor().account_id):
        abort(404)
    sha256, others = str(job.result.get("sha256")), job.result.get("others", [])
    done = queries.imported_sheets(sha256) if others else set()
    context: dict[str, Any] = {"result": job.result, "at": job.updated_at, "done": done}
    context["others"] = [Sheet(name, visible, table=True) for name, visible in others]
    if others:
        account = str(current_actor().account_id)
        context["token"] = _signer().dumps([sha256, job.result["filename"], account, "", ""])
        context["form"] = RosterConfirmation(formdata=None)
    return render_template("people/import_result.html", **context)


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
