"""The pages of quality reports."""

from base64 import b64encode
from typing import Any, get_args
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from lms.core import arguments, downloads
from lms.core.admission import costly
from lms.core.database import utcnow
from lms.core.edits import ChangedMeanwhile
from lms.core.errors import DomainError
from lms.core.forms import INVALID
from lms.core.guard import Actor, current_actor
from lms.core.i18n import ZONE
from lms.core.pages import Page
from lms.documents import Official, Picture, wording
from lms.quality.hooks import Subject
from lms.reports.issued import access, forms
from lms.reports.issued.models import QualityReport
from lms.reports.issued.papers import frozen
from lms.reports.issued.papers.document import official
from lms.reports.issued.papers.sheets import sheets
from lms.reports.issued.queries import gathering
from lms.reports.issued.queries import reports as queries
from lms.reports.issued.rules import life
from lms.reports.issued.services import reports as services
from lms.reports.issued.services import verifying

_MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def index() -> Any:
    """The reports that somebody may read: all, hers to write, hers to approve, issued ones."""
    task, kind = (request.args.get(name) or "" for name in ("task", "kind"))
    if task not in get_args(queries.Task) or kind not in ("", *life.KINDS):
        abort(400)
    words = arguments.search()
    filters = queries.Filters(task, kind or None, arguments.year(), words or None)  # type: ignore[arg-type]
    actor = current_actor()
    page = Page.cut(queries.listed(actor, filters, arguments.identifier("after")), queries.PAGE, lambda row: row.id)
    return render_template(
        "reports/issued/index.html",
        page=page,
        filters=filters,
        years=queries.years(actor),
        may={
            permission for permission in ("reports.read", "reports.write", "reports.approve") if actor.may(permission)
        },
    )


def begin_class(class_id: UUID) -> Any:
    """Begin the report of a class."""
    return _to(services.begin_class(current_actor(), class_id, at=utcnow()))


def begin_institution(unit_id: int, year: int) -> Any:
    """Begin the report of an institution on a year."""
    return _to(services.begin_institution(current_actor(), unit_id, year, at=utcnow()))


def begin_programme(code: str, year: int) -> Any:
    """Begin the report of a programme on a year."""
    return _to(services.begin_programme(current_actor(), code, year, at=utcnow()))


def begin_year(year: int) -> Any:
    """Begin the report of the city on a year."""
    return _to(services.begin_year(current_actor(), year, at=utcnow()))


@costly()
def report(report_id: UUID) -> Any:
    """A report as a document, with what can be done with it."""
    return _report_page(report_id)


def _report_page(report_id: UUID, reason: forms.ReasonForm | None = None) -> str:
    report, line = queries.get(report_id), queries.line(report_id)
    context: dict[str, Any] = {"report": report, "line": line, "decides": _decides(report_id)}
    if report.frozen is not None:
        document: Official | None = frozen.load(report.frozen).document
    else:
        contents = gathering.gather(report, report.as_of or utcnow())
        document = official(contents) if contents else None
        context["missing"] = life.missing(report.kind, report.texts, contents.figures.below) if contents else []
    if document is not None:
        context["document"] = document
        context["blocks"] = [(type(block).__name__, block) for block in wording.numbered(document.body)]
        context["sources"] = {block: _source(block) for block in document.body if isinstance(block, Picture)}
    context["replaced"] = queries.line(report.replaces_id) if report.replaces_id else None
    context["replacing"] = queries.line(line.replaced_by) if line and line.replaced_by else None
    context["approver"] = queries.account_name(report.approved_by)
    unit_path = line.unit_path if line else None
    context["writes"] = current_actor().may("reports.write", unit_path)
    context["reads_quality"] = current_actor().may("reports.quality", unit_path)
    reason = reason or forms.ReasonForm(formdata=None)
    return render_template("reports/issued/report.html", **context, wording=wording, reason=reason, acts=life.REPORT)


def texts(report_id: UUID) -> Any:
    """Write the parts of a draft."""
    report = queries.get(report_id)
    life.REPORT.require("write", report.state)
    form, status = forms.TextsForm.of(report.kind, report.texts), 200
    if request.method == "POST":
        status = INVALID
        if form.validate():
            try:
                services.write(current_actor(), report_id, form.edit(), at=utcnow())
                flash(_("Kept."))
                return _to(report_id)
            except ChangedMeanwhile as changed:
                form.show(changed, queries.get(report_id).texts)
                status = changed.status
            except DomainError as refused:
                form.form_errors.append(refused.message)
                status = refused.status
    figures = gathering.figures_of(report, utcnow())
    needed = life.missing(report.kind, {}, figures.below if figures else 0)
    context = {
        "report": report,
        "line": queries.line(report_id),
        "form": form,
        "needed": needed,
        "longest": life.LONGEST,
    }
    return render_template("reports/issued/texts.html", **context), status


def submit(report_id: UUID) -> Any:
    """Hand a draft in for approval."""
    return _done(report_id, services.submit, _("The report waits for approval."))


def approve(report_id: UUID) -> Any:
    """Approve a report."""
    return _done(report_id, services.approve, _("The report is approved; it can be issued now."))


@costly()
def send_back(report_id: UUID) -> Any:
    """Send a report back with a reason."""
    form = forms.ReasonForm()
    if not form.validate():
        return _report_page(report_id, form), INVALID
    services.send_back(current_actor(), report_id, str(form.reason.data), at=utcnow())
    flash(_("The report went back to be written anew."))
    return _to(report_id)


@costly("POST")
def issue(report_id: UUID) -> Any:
    """Issue an approved report."""
    report = queries.get(report_id)
    life.REPORT.require("issue", report.state)
    today = utcnow().astimezone(ZONE).date()
    issuer = gathering.issuer(report, current_actor().account_id)
    suggested = {"issued_on": today, "place": issuer.place, "signer_title": issuer.signer_title}
    form, status = forms.IssueForm(data=suggested), 200
    if request.method == "POST":
        status = INVALID
        if form.validate():
            try:
                services.issue(current_actor(), report_id, form.details(), at=utcnow())
                flash(_("The report is issued. Its figures and files are kept as they are now."))
                return _to(report_id)
            except DomainError as refused:
                form.form_errors.append(refused.message)
                status = refused.status
    context = {"report": report, "line": queries.line(report_id), "form": form, "issuer": issuer}
    return render_template("reports/issued/issue.html", **context), status


def correct(report_id: UUID) -> Any:
    """Begin a report that replaces an issued one."""
    life.REPORT.require("correct", queries.get(report_id).state)
    form, status = forms.ReasonForm(), 200
    if request.method == "POST":
        if form.validate():
            correction_id = services.correct(current_actor(), report_id, str(form.reason.data), at=utcnow())
            return _to(correction_id)
        status = INVALID
    return render_template("reports/issued/correct.html", line=queries.line(report_id), form=form), status


def discard(report_id: UUID) -> Any:
    """Throw a draft away."""
    services.discard(current_actor(), report_id, at=utcnow())
    flash(_("The draft is discarded."))
    return redirect(url_for("reports.issued"))


@costly()
def verify(report_id: UUID) -> Any:
    """Make figures and files of an issued report again, and say whether they are the same."""
    report = _issued(report_id)
    context = {"report": report, "line": queries.line(report_id), "verdict": verifying.verify(report)}
    return render_template("reports/issued/verify.html", **context)


@costly()
def file(report_id: UUID, form: str) -> Any:
    """A report as DOCX, PDF or XLSX: the file that was kept, or the draft as it stands."""
    report = queries.get(report_id)
    if report.state == "issued":
        kept = queries.kept_files(report_id)[form]
        name = f"bao-cao-{(report.number or '').replace('/', '-')}-{report.number_year}.{form}"
        return downloads.attachment(kept.sha256, name, kept.size)
    contents = gathering.gather(report, report.as_of or utcnow())
    if contents is None:
        abort(404)
    content = frozen.make(frozen.Frozen(contents.figures, official(contents), sheets(contents)), form)
    return downloads.made(content, f"du-thao-bao-cao-{report.year}.{form}", _MEDIA[form])


def _source(picture: Picture) -> str:
    """Return a chart as the address of itself: the page needs no second look at the figures."""
    return f"data:image/svg+xml;base64,{b64encode(picture.svg.encode()).decode()}"


def below_results(actor: Actor, subject: Subject) -> Markup:
    """Show below results the reports that tell them, and to those who may write the button that begins one."""
    lines: list[queries.ReportRow] = []
    if subject.class_id is not None:
        lines = queries.of_class(subject.class_id)
    elif _holds(actor, "reports.read", subject):
        lines = queries.of_scope(subject.kind, subject.year, subject.unit_id, subject.programme_id)
    begin = _begin(subject) if _holds(actor, "reports.write", subject) else ""
    return Markup(render_template("reports/issued/_below_results.html", lines=lines, begin=begin))  # noqa: S704


def _holds(actor: Actor, permission: str, subject: Subject) -> bool:
    return actor.holds_whole(permission) if subject.path is None else actor.may(permission, subject.path)


def _begin(subject: Subject) -> str:
    if subject.kind == "class":
        return url_for("reports.begin_class", class_id=subject.class_id)
    if subject.kind == "institution":
        return url_for("reports.begin_institution", unit_id=subject.unit_id, year=subject.year)
    if subject.kind == "programme":
        return url_for("reports.begin_programme", code=subject.code, year=subject.year)
    return url_for("reports.begin_year", year=subject.year)


def _issued(report_id: UUID) -> QualityReport:
    report = queries.get(report_id)
    if report.state != "issued":
        abort(404)
    return report


def _decides(report_id: UUID) -> bool:
    return bool(access.may_decide(current_actor(), report_id))


def _done(report_id: UUID, service: Any, words: str) -> Any:
    service(current_actor(), report_id, at=utcnow())
    flash(words)
    return _to(report_id)


def _to(report_id: UUID) -> Any:
    return redirect(url_for("reports.issued_report", report_id=report_id))
