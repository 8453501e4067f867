"""What decides who reports for whom: units, successions, and who sent people to classes."""

from datetime import date

from sqlalchemy import ColumnElement, select

from lms.classes.models import ClassRun, Enrolment
from lms.core.database import db
from lms.people.models import Unit, UnitSuccession
from lms.reports.unit_reports import rules


def in_year(year: int) -> ColumnElement[bool]:
    """Condition on a joined ClassRun: it counts for this year, the one in which it ends, and for no other."""
    return ClassRun.ends_on.between(date(year, 1, 1), date(year, 12, 31)) & (ClassRun.status != "cancelled")


def duties(year: int, levels: list[str], day: date) -> rules.Duties:
    """Tell who reports for whom on a year, as of a day."""
    units = db.session.execute(select(Unit.id, Unit.kind, Unit.valid_from, Unit.valid_to))
    successions = db.session.execute(
        select(UnitSuccession.predecessor_id, UnitSuccession.successor_id, UnitSuccession.on)
    )
    sent = select(Enrolment.unit_id).join(ClassRun, ClassRun.id == Enrolment.class_id).where(in_year(year)).distinct()
    return rules.duties(
        year,
        day,
        levels,
        [rules.Unit(row.id, row.kind, row.valid_from, row.valid_to) for row in units],
        [rules.Succession(row.predecessor_id, row.successor_id, row.on) for row in successions],
        set(db.session.scalars(sent)),
    )
