"""Who may decide on a report."""

from uuid import UUID

from sqlalchemy import select

from lms.core.database import db
from lms.core.guard import Actor
from lms.people.models import Unit
from lms.reports.issued.models import QualityReport
from lms.reports.issued.rules import life


def may_decide(actor: Actor, report_id: UUID) -> bool | None:
    """Who holds ``reports.approve`` above the report and has not written it; None when there is no such report."""
    row = db.session.execute(
        select(QualityReport.kind, QualityReport.writers, Unit.path)
        .join(Unit, Unit.id == QualityReport.unit_id)
        .where(QualityReport.id == report_id)
    ).one_or_none()
    if row is None:
        return None
    above = actor.may("reports.approve", life.deciding_path(row.kind, row.path))
    return above and life.may_decide(actor.account_id, row.writers)
