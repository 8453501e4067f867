"""What waits for somebody in reports: units' yearly reports, and quality reports to write, approve and issue."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, and_, func

from lms.catalogue.models import Programme
from lms.classes.models import ClassRun
from lms.core.guard import Actor
from lms.core.waiting import Kind, Row, Waiting, gathered, part, rows
from lms.people.access import units_within
from lms.people.models import Unit
from lms.reports.issued.models import QualityReport
from lms.reports.issued.queries.reports import to_decide
from lms.reports.issued.rules.life import REPORT
from lms.reports.unit_reports.access import COLLECT, WRITE
from lms.reports.unit_reports.models import MISSING, ReportCampaign, UnitReport

READ, DRAW_UP, APPROVE = "reports.read", "reports.write", "reports.approve"


def _edit(row: Row) -> str:
    return url_for("reports.edit_unit_report", report_id=row.ref)


def _submitted(row: Row) -> str:
    return url_for("reports.unit_report", report_id=row.ref)


def _campaigns() -> str:
    return url_for("reports.campaigns")


def _paper(row: Row) -> str:
    return url_for("reports.issued_report", report_id=row.ref)


def _texts(row: Row) -> str:
    return url_for("reports.issued_texts", report_id=row.ref)


def _number(row: Row) -> str:
    return url_for("reports.issued_issue", report_id=row.ref)


def _issued(task: str) -> str:
    return url_for("reports.issued", task=task)


_OWN = partial(url_for, "reports.unit_reports")
KINDS = {
    "returned": Kind(_l("Yearly reports that were returned"), _edit, _OWN),
    "yearly": Kind(_l("Yearly reports to write"), _edit, _OWN),
    "submitted": Kind(_l("Yearly reports of units to accept or return"), _submitted, _campaigns),
    "approve": Kind(_l("Quality reports to approve"), _paper, partial(_issued, "approve")),
    "sent_back": Kind(_l("Quality reports that were sent back"), _texts, partial(_issued, "write")),
    "issue": Kind(_l("Approved quality reports to issue"), _number, partial(_issued, "write")),
}


def waiting(actor: Actor, _at: datetime) -> Sequence[Waiting]:
    """Name the reports that wait for somebody, by what is to be done with them."""
    parts: list[Select[Any]] = []
    if actor.may(WRITE):
        own = units_within(actor.paths(WRITE))
        parts += [
            _yearly("returned", UnitReport.returned_at).where(own, UnitReport.state == "returned"),
            _yearly("yearly", ReportCampaign.opened_at).where(
                own, UnitReport.state.in_(MISSING), UnitReport.state != "returned"
            ),
        ]
    if actor.holds_whole(COLLECT):
        submitted = _yearly("submitted", UnitReport.submitted_at)
        parts.append(submitted.where(UnitReport.state == "submitted", units_within(actor.paths(COLLECT))))
    if actor.may(READ):
        parts += _quality(actor)
    return gathered(rows(*parts), KINDS)


def _yearly(kind: str, since: Any) -> Select[Any]:
    due_on = None if kind == "submitted" else ReportCampaign.due_on
    return (
        part(
            kind,
            subject=func.concat(Unit.name, " · ", UnitReport.year),
            ref=UnitReport.id,
            since=since,
            due_on=due_on,
        )
        .select_from(UnitReport)
        .join(ReportCampaign, ReportCampaign.year == UnitReport.year)
        .join(Unit, Unit.id == UnitReport.unit_id)
        .where(ReportCampaign.closed_at.is_(None))
    )


def _quality(actor: Actor) -> list[Select[Any]]:
    parts = []
    if actor.may(APPROVE):
        decided = and_(QualityReport.state.in_(REPORT.allowed["approve"]), to_decide(actor))
        parts.append(_papers(actor, "approve", QualityReport.as_of).where(decided))
    if actor.may(DRAW_UP):
        drawn_up = units_within(actor.paths(DRAW_UP))
        back = and_(QualityReport.state.in_(REPORT.allowed["write"]), QualityReport.returned_reason.is_not(None))
        approved = QualityReport.state.in_(REPORT.allowed["issue"])
        parts += [
            _papers(actor, "sent_back", QualityReport.changed_at).where(back, drawn_up),
            _papers(actor, "issue", QualityReport.approved_at).where(approved, drawn_up),
        ]
    return parts


def _papers(actor: Actor, kind: str, since: Any) -> Select[Any]:
    about = func.coalesce(ClassRun.name, Programme.code, Unit.name)
    return (
        part(kind, subject=func.concat(about, " · ", QualityReport.year), ref=QualityReport.id, since=since)
        .select_from(QualityReport)
        .join(Unit, Unit.id == QualityReport.unit_id)
        .outerjoin(ClassRun, ClassRun.id == QualityReport.class_id)
        .outerjoin(Programme, Programme.id == QualityReport.programme_id)
        .where(units_within(actor.paths(READ)))
    )
