"""One unit's report, and the reports that a head of units has to give."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, tuple_

from lms.catalogue.models import Programme
from lms.core.database import db
from lms.documents.bodies import issuer_at
from lms.documents.issuers import Issuer
from lms.people.access import units_within
from lms.people.models import Unit
from lms.people.sessions import local_day
from lms.reports.unit_reports import rules
from lms.reports.unit_reports.models import (
    MISSING,
    REPORTED,
    ReportCampaign,
    UnitReport,
    UnitReportCover,
    UnitReportLine,
)
from lms.reports.unit_reports.queries import figures
from lms.reports.unit_reports.queries.figures import Figures

PAGE = 50


class ProgrammeLine(NamedTuple):
    """A programme in a report: what the system knows and what the unit says."""

    programme_id: UUID
    code: str
    name: dict[str, str]
    figures: Figures
    declared: rules.Declaration


class Report(NamedTuple):
    """A report with all that its page shows.

    :ivar issuer: who issues it as a document
    :ivar covers: names of other units it reports for
    :ivar lines: every programme, in the Decision's order
    """

    row: UnitReport
    campaign: ReportCampaign
    unit: str
    unit_code: str
    unit_path: str
    issuer: Issuer
    covers: tuple[str, ...]
    lines: tuple[ProgrammeLine, ...]
    after_training: list[dict[str, Any]]

    @property
    def frozen(self) -> bool:
        """Whether its figures are those of the submission."""
        return self.row.state in REPORTED

    @property
    def open(self) -> bool:
        """Whether it can be written and submitted."""
        return not self.frozen and self.campaign.closed_at is None

    @property
    def concerned(self) -> tuple[ProgrammeLine, ...]:
        """The programmes to which people were sent in the year."""
        return tuple(line for line in self.lines if line.figures.sent)

    @property
    def trained(self) -> tuple[ProgrammeLine, ...]:
        """The programmes that somebody completed in the year: those whose use is asked for."""
        return tuple(line for line in self.lines if line.figures.completed)

    @property
    def proposed(self) -> tuple[ProgrammeLine, ...]:
        """The programmes for which a quota is proposed."""
        return tuple(line for line in self.lines if line.declared.quota)

    def late(self, today: date) -> bool:
        """Whether it came, or is awaited, after its last day."""
        first = self.row.first_submitted_at
        return rules.is_late(local_day(first) if first else None, self.campaign.due_on, today)


def report(report_id: UUID, at: datetime) -> Report | None:
    """Return a report: with the figures of its submission, or before it with those of now."""
    row = db.session.execute(
        select(
            UnitReport,
            ReportCampaign,
            Unit.name,
            Unit.code,
            Unit.path,
        )
        .join(ReportCampaign, ReportCampaign.year == UnitReport.year)
        .join(Unit, Unit.id == UnitReport.unit_id)
        .where(UnitReport.id == report_id)
    ).one_or_none()
    if row is None:
        return None
    report = row.UnitReport
    frozen = report.state in REPORTED
    current = None if frozen else figures.by_programme(report_id, report.year)
    after = report.after_training if frozen else figures.after_training(report_id, report.year, at)
    return Report(
        row=report,
        campaign=row.ReportCampaign,
        unit=row.name,
        unit_code=row.code,
        unit_path=row.path,
        issuer=issuer_at(row.path),
        covers=_covers(report),
        lines=_lines(report_id, current),
        after_training=after,
    )


def _covers(row: UnitReport) -> tuple[str, ...]:
    return tuple(
        db.session.scalars(
            select(Unit.name)
            .join(UnitReportCover, UnitReportCover.unit_id == Unit.id)
            .where(UnitReportCover.report_id == row.id, Unit.id != row.unit_id)
            .order_by(Unit.sort_key, Unit.id)
        )
    )


def _lines(report_id: UUID, current: dict[UUID, Figures] | None) -> tuple[ProgrammeLine, ...]:
    rows = db.session.execute(
        select(Programme.id, Programme.code, Programme.name, UnitReportLine)
        .outerjoin(
            UnitReportLine, (UnitReportLine.programme_id == Programme.id) & (UnitReportLine.report_id == report_id)
        )
        .order_by(Programme.position)
    )
    return tuple(_line(row.id, row.code, row.name, row.UnitReportLine, current) for row in rows)


def _line(
    programme: UUID, code: str, name: dict[str, str], kept: UnitReportLine | None, current: dict[UUID, Figures] | None
) -> ProgrammeLine:
    if current is not None:
        figures = current.get(programme, Figures())
    else:
        figures = Figures(**{field: getattr(kept, field) or 0 for field in Figures._fields}) if kept else Figures()
    values = {field: getattr(kept, field) for field in rules.DECLARED} if kept else {}
    return ProgrammeLine(programme, code, name, figures, rules.Declaration(figures.completed, **values))


class OwnReport(NamedTuple):
    """A report in the list of who has to give it."""

    report_id: UUID
    year: int
    unit: str
    state: str
    due_on: date
    closed: bool
    return_reason: str
    reminded_at: datetime | None
    first_submitted_at: datetime | None

    def late(self, today: date) -> bool:
        """Whether it came, or is awaited, after its last day."""
        first = self.first_submitted_at
        return rules.is_late(local_day(first) if first else None, self.due_on, today)


def of_units(paths: Sequence[str], after: tuple[int, str, UUID] | None = None) -> list[OwnReport]:
    """Return the reports of the units held, the newest year first; one more than a page when there are more."""
    statement = _own(paths).order_by(UnitReport.year.desc(), Unit.sort_key, UnitReport.id).limit(PAGE + 1)
    if after is not None:
        year, key, report_id = after
        later = tuple_(Unit.sort_key, UnitReport.id) > (key, report_id)
        statement = statement.where((UnitReport.year < year) | ((UnitReport.year == year) & later))
    return [OwnReport(**row._mapping) for row in db.session.execute(statement)]


def place_of(report_id: UUID) -> tuple[int, str, UUID] | None:
    """Return where a report stands in the order of :func:`of_units`."""
    row = db.session.execute(
        select(UnitReport.year, Unit.sort_key, UnitReport.id)
        .join(Unit, Unit.id == UnitReport.unit_id)
        .where(UnitReport.id == report_id)
    ).one_or_none()
    return None if row is None else (row.year, row.sort_key, row.id)


def awaited(paths: Sequence[str], most: int) -> list[OwnReport]:
    """Return the reports that units held still have to give, the most pressing first."""
    statement = _own(paths).where(UnitReport.state.in_(MISSING), ReportCampaign.closed_at.is_(None))
    rows = db.session.execute(statement.order_by(ReportCampaign.due_on, Unit.sort_key, UnitReport.id).limit(most))
    return [OwnReport(**row._mapping) for row in rows]


def _own(paths: Sequence[str]) -> Any:
    return (
        select(
            UnitReport.id.label("report_id"),
            UnitReport.year,
            Unit.name.label("unit"),
            UnitReport.state,
            ReportCampaign.due_on,
            ReportCampaign.closed_at.is_not(None).label("closed"),
            UnitReport.return_reason,
            UnitReport.reminded_at,
            UnitReport.first_submitted_at,
        )
        .join(ReportCampaign, ReportCampaign.year == UnitReport.year)
        .join(Unit, Unit.id == UnitReport.unit_id)
        .where(units_within(tuple(paths)))
    )
