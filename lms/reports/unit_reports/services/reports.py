"""One report: saved as a draft, submitted by the head of the unit, returned or accepted by Home Affairs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, select

from lms.core import audit
from lms.core.database import act, db
from lms.core.edits import Edit, settle
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.reports.unit_reports import rules
from lms.reports.unit_reports.models import ReportCampaign, UnitReport, UnitReportLine
from lms.reports.unit_reports.queries import reports
from lms.reports.unit_reports.queries.figures import Figures

TEXTS = ("quality_text", "use_text", "difficulties", "proposals", "signer_title", "signer_name")


class Content(NamedTuple):
    """What a unit wrote.

    :ivar texts: by TEXTS
    :ivar lines: programme code -> by rules.DECLARED
    """

    texts: Mapping[str, str]
    lines: Mapping[str, Mapping[str, int | None]]

    @classmethod
    def of(cls, fields: Mapping[str, Any], codes: Iterable[str]) -> "Content":
        """Return the content of a report's fields: TEXTS, and rules.DECLARED of each programme (:func:`field_name`)."""
        lines = {code: {name: fields.get(field_name(code, name)) for name in rules.DECLARED} for code in codes}
        return cls({name: fields.get(name) or "" for name in TEXTS}, lines)

    def fields(self) -> dict[str, Any]:
        """Return it field by field, the other way round."""
        declared = {field_name(code, name): value for code, line in self.lines.items() for name, value in line.items()}
        return dict(self.texts) | declared


def field_name(code: str, name: str) -> str:
    """Return the name of a programme's field, such as ``A2.1-placed``."""
    return f"{code}-{name}"


class IncompleteError(DomainError):
    """A report that cannot be submitted yet; :ivar faults: why, field by field."""

    def __init__(self, faults: Sequence[rules.Fault]) -> None:
        super().__init__("incomplete", _l("The report is not complete yet. Please correct the marked fields."), 422)
        self.faults = faults


@act
def save(actor: Actor, report_id: UUID, edit: Edit, *, at: datetime) -> None:
    """Keep a draft, whole or not; its figures stay those of the day until it is submitted.

    :param edit: of the fields of :class:`Content`
    :raises ChangedMeanwhile: somebody else has saved the same otherwise since
    :raises DomainError: ``campaign-closed``, ``submitted``
    """
    row = _held(report_id, "save")
    report = _read(report_id, at)
    content = _settled(edit, report)
    _write(row, content, report, at, frozen=False)
    row.state = "returned" if row.state == "returned" else "draft"
    audit.record(actor, "unit_report.save", "unit_report", row.id, at=at, after=_declared(content))


@act
def submit(actor: Actor, report_id: UUID, edit: Edit, *, at: datetime) -> None:
    """Submit a report: it is checked, and the system's figures are frozen as they are now.

    :param edit: of the fields of :class:`Content`
    :raises ChangedMeanwhile: somebody else has saved the same otherwise since
    :raises IncompleteError: something is missing, or contradicts the figures
    :raises DomainError: ``campaign-closed``, ``submitted``
    """
    row = _held(report_id, "submit")
    report = _read(report_id, at)
    content = _settled(edit, report)
    declarations = {
        line.code: rules.Declaration(line.figures.completed, **content.lines.get(line.code, {}))
        for line in report.lines
    }
    faults = rules.faults(content.texts, declarations)
    if faults:
        raise IncompleteError(faults)
    _write(row, content, report, at, frozen=True)
    row.after_training = report.after_training
    row.state, row.submitted_at, row.submitted_by = "submitted", at, actor.account_id
    row.first_submitted_at = row.first_submitted_at or at
    figures = {line.code: line.figures._asdict() for line in report.concerned}
    after = _declared(content) | {"figures": figures}
    audit.record(actor, "unit_report.submit", "unit_report", row.id, at=at, after=after)


@act
def give_back(actor: Actor, report_id: UUID, reason: str, *, at: datetime) -> None:
    """Return a submitted report to its unit, with the reason; it is awaited again.

    :raises DomainError: ``not-submitted``; ``campaign-closed``, since nobody could submit it anew
    """
    row = _held(report_id, "give_back")
    row.state, row.return_reason, row.returned_at = "returned", reason, at
    audit.record(actor, "unit_report.return", "unit_report", row.id, at=at, after={"reason": reason})


@act
def accept(actor: Actor, report_id: UUID, *, at: datetime) -> None:
    """Accept a submitted report; it can no longer be changed.

    :raises DomainError: ``not-submitted``
    """
    row = _held(report_id, "accept")
    row.state, row.accepted_at = "accepted", at
    audit.record(actor, "unit_report.accept", "unit_report", row.id, at=at)


def _held(report_id: UUID, act_: str) -> UnitReport:
    """Lock the campaign against closing, then the report; who reminds or closes takes them in the same order."""
    year = db.session.scalar(select(UnitReport.year).where(UnitReport.id == report_id))
    campaign = db.session.get(ReportCampaign, year, with_for_update={"read": True}) if year else None
    row = db.session.get(UnitReport, report_id, with_for_update=True)
    if campaign is None or row is None:
        raise NotFound
    check(act_, row, campaign)
    return row


def check(act_: str, row: UnitReport, campaign: ReportCampaign) -> None:
    """Refuse an act upon a report that its state, or that of its campaign, does not allow.

    :raises DomainError: ``submitted``, ``not-submitted``, ``campaign-closed``
    """
    rules.REPORT.require(act_, row.state)
    rules.CAMPAIGN.require(act_, rules.campaign_state(closed=campaign.closed_at is not None))


def stored_fields(report: reports.Report) -> dict[str, Any]:
    """Return the fields of a report as it was saved."""
    texts = {name: getattr(report.row, name) or "" for name in TEXTS}
    lines = {line.code: {name: getattr(line.declared, name) for name in rules.DECLARED} for line in report.lines}
    return Content(texts, lines).fields()


def _settled(edit: Edit, report: reports.Report) -> Content:
    stored = stored_fields(report)
    own = Edit({name: value for name, value in edit.wanted.items() if name in stored}, edit.seen)
    return Content.of(stored | settle(own, stored), [line.code for line in report.lines])


def _read(report_id: UUID, at: datetime) -> reports.Report:
    report = reports.report(report_id, at)
    if report is None:
        raise NotFound
    return report


def _write(row: UnitReport, content: Content, report: reports.Report, at: datetime, *, frozen: bool) -> None:
    for name in TEXTS:
        setattr(row, name, content.texts.get(name, ""))
    db.session.execute(delete(UnitReportLine).where(UnitReportLine.report_id == row.id))
    lines = []
    for line in report.lines:
        declared = content.lines.get(line.code, {})
        if (frozen and line.figures.sent) or any(value is not None for value in declared.values()):
            figures = line.figures._asdict() if frozen else dict.fromkeys(Figures._fields)
            values = {name: declared.get(name) for name in rules.DECLARED}
            lines.append({"report_id": row.id, "programme_id": line.programme_id} | figures | values)
    if lines:
        db.session.execute(insert(UnitReportLine), lines)
    row.revision += 1
    row.saved_at = at


def _declared(content: Content) -> dict[str, object]:
    lines = {
        code: {name: value for name, value in line.items() if value is not None} for code, line in content.lines.items()
    }
    return {"texts": dict(content.texts), "lines": {code: line for code, line in lines.items() if line}}
