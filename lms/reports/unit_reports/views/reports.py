"""The pages of one report, and of those who have to give them."""

from typing import Any
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lms import documents
from lms.core import arguments, downloads
from lms.core.admission import costly
from lms.core.database import utcnow
from lms.core.edits import ChangedMeanwhile
from lms.core.errors import DomainError
from lms.core.forms import INVALID, pressed
from lms.core.guard import current_actor
from lms.core.pages import Page
from lms.people.sessions import local_day
from lms.reports.unit_reports import access, forms, rules, wording
from lms.reports.unit_reports.papers import unit_paper
from lms.reports.unit_reports.queries import reports as queries
from lms.reports.unit_reports.services import reports

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def own() -> Any:
    """The reports that the reader's units have to give, or gave."""
    after = arguments.identifier("after")
    place = queries.place_of(after) if after else None
    rows = queries.of_units(current_actor().paths(access.WRITE), place)
    page = Page.cut(rows, queries.PAGE, lambda row: row.report_id)
    context = {"page": page, "today": local_day(utcnow()), "state_word": wording.state_word}
    return render_template("reports/unit_reports/own.html", **context)


def report(report_id: UUID) -> Any:
    """A report, as it is read."""
    return _page(_report(report_id), forms.ReturnForm())


def edit(report_id: UUID) -> Any:
    """Write a report: keep a draft, or submit it."""
    report = _report(report_id)
    if not report.open and request.method == "GET":
        return redirect(url_for("reports.unit_report", report_id=report_id))
    form, status = forms.report_form(report), 200
    if request.method == "POST":
        submitting = pressed("submit") is not None
        try:
            reports.check("submit" if submitting else "save", report.row, report.campaign)
            if form.validate():
                write = reports.submit if submitting else reports.save
                write(current_actor(), report_id, form.edit(), at=utcnow())
                flash(_("The report has been submitted to Home Affairs.") if submitting else _("The draft is kept."))
                target = "reports.unit_report" if submitting else "reports.edit_unit_report"
                return redirect(url_for(target, report_id=report_id))
        except ChangedMeanwhile as changed:
            report = _report(report_id)
            form.show(changed, reports.stored_fields(report))
            status = changed.status
        except reports.IncompleteError as refused:
            form.mark(refused.faults, report)
        except DomainError as refused:
            form.form_errors.append(refused.message)
            status = refused.status
        status = INVALID if status == 200 else status
    context = {
        "report": report,
        "form": form,
        "today": local_day(utcnow()),
        "name": reports.field_name,
        "uses": rules.USES,
    }
    return render_template("reports/unit_reports/edit.html", **context), status


def give_back(report_id: UUID) -> Any:
    """Return a report to its unit."""
    form = forms.ReturnForm()
    if not form.validate():
        return _page(_report(report_id), form), INVALID
    reports.give_back(current_actor(), report_id, str(form.reason.data), at=utcnow())
    flash(_("The report has been returned; the unit sees the reason."))
    return redirect(url_for("reports.campaign", year=_report(report_id).row.year))


def accept(report_id: UUID) -> Any:
    """Accept a report."""
    reports.accept(current_actor(), report_id, at=utcnow())
    flash(_("The report is accepted."))
    return redirect(url_for("reports.unit_report", report_id=report_id))


@costly()
def paper(report_id: UUID, form: str) -> Any:
    """A report as an official document."""
    report = _report(report_id)
    document = unit_paper.document(report)
    content = documents.pdf(document) if form == "pdf" else documents.docx(document)
    return sent(content, form, f"bao-cao-chat-luong-dao-tao-{report.row.year}-{report.unit_code}")


def sent(content: bytes, form: str, name: str) -> Response:
    """Send a document."""
    return downloads.made(content, f"{name}.{form}", MEDIA_TYPES[form])


def _report(report_id: UUID) -> queries.Report:
    report = queries.report(report_id, utcnow())
    if report is None:
        abort(404)
    return report


def _page(report: queries.Report, returning: forms.ReturnForm) -> Any:
    actor = current_actor()
    return render_template(
        "reports/unit_reports/report.html",
        report=report,
        returning=returning,
        writes=actor.may(access.WRITE, report.unit_path),
        collects=actor.may(access.COLLECT, report.unit_path),
        points=forms.POINT_LABELS,
        today=local_day(utcnow()),
        state_word=wording.state_word,
        acts=rules.REPORT,
    )
