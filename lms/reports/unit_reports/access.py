"""Who may open and change which report."""

from uuid import UUID

from sqlalchemy import select

from lms.core.database import db
from lms.core.guard import Actor
from lms.people.models import Unit
from lms.reports.unit_reports.models import REPORTED, UnitReport

WRITE, COLLECT, READ = "reports.write_unit", "reports.collect", "reports.read_units"


def unit_path(report_id: UUID, **_other: object) -> str | None:
    """Return the path of the unit that reports; None when there is no such report."""
    return db.session.scalar(
        select(Unit.path).join(UnitReport, UnitReport.unit_id == Unit.id).where(UnitReport.id == report_id)
    )


def may_read(actor: Actor, report_id: UUID, **_other: object) -> bool | None:
    """Who writes it reads it always; Home Affairs and those above it, once it is submitted. None: no such report."""
    row = db.session.execute(
        select(Unit.path, UnitReport.state)
        .join(UnitReport, UnitReport.unit_id == Unit.id)
        .where(UnitReport.id == report_id)
    ).one_or_none()
    if row is None:
        return None
    return actor.may(WRITE, row.path) or (actor.may(READ, row.path) and row.state in REPORTED)
