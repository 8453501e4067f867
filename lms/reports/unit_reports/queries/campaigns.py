"""Campaigns, and the units that have or have not reported."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, any_, cast, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from lms.core.database import db
from lms.core.search import matches
from lms.people.models import UNIT_KINDS, Account, RoleHolding, Unit
from lms.people.permissions import PERMISSIONS
from lms.people.sessions import local_day
from lms.reports.unit_reports import rules
from lms.reports.unit_reports.access import WRITE
from lms.reports.unit_reports.models import MISSING, REPORTED, ReportCampaign, UnitReport, UnitReportCover

PAGE = 100
FILTERS = ("missing", "draft", "returned", "submitted", "accepted", "late", "all")


class Counts(NamedTuple):
    """How many units have reported.

    :ivar key: the level, or the year
    :ivar reported: submitted or accepted
    :ivar late: of those reported, after the last day
    :ivar returned: sent back, and awaited again
    """

    key: Any
    units: int
    reported: int
    accepted: int
    late: int
    returned: int

    @property
    def missing(self) -> int:
        """How many are awaited."""
        return self.units - self.reported

    @property
    def rate(self) -> float | None:
        """Reported as a share of all."""
        return self.reported / self.units if self.units else None


def campaign(year: int) -> ReportCampaign | None:
    """Return the campaign of a year."""
    return db.session.get(ReportCampaign, year)


def campaigns() -> list[tuple[ReportCampaign, Counts]]:
    """Return all campaigns, the newest first."""
    rows = db.session.execute(
        _counts(ReportCampaign.year).add_columns(ReportCampaign).order_by(ReportCampaign.year.desc())
    )
    return [(row.ReportCampaign, _read(row)) for row in rows]


def by_level(year: int) -> list[Counts]:
    """Return how many units of each level have reported."""
    rows = db.session.execute(_counts(Unit.kind).where(UnitReport.year == year))
    return sorted((_read(row) for row in rows), key=lambda level: UNIT_KINDS.index(level.key))


def together(counts: list[Counts]) -> Counts:
    """Return the sum over all levels."""
    sums = {name: sum(getattr(level, name) for level in counts) for name in Counts._fields if name != "key"}
    return Counts(key="", **sums)


def _counts(key: Any) -> Select[Any]:
    reported = UnitReport.state.in_(REPORTED)
    units = func.count(UnitReport.id)
    return (
        select(
            key.label("key"),
            units.label("units"),
            units.filter(reported).label("reported"),
            units.filter(UnitReport.state == "accepted").label("accepted"),
            units.filter(reported, _first_day() > ReportCampaign.due_on).label("late"),
            units.filter(UnitReport.state == "returned").label("returned"),
        )
        .select_from(ReportCampaign)
        .outerjoin(UnitReport, UnitReport.year == ReportCampaign.year)
        .outerjoin(Unit, Unit.id == UnitReport.unit_id)
        .group_by(key)
    )


def _read(row: Any) -> Counts:
    return Counts(row.key, row.units, row.reported, row.accepted, row.late, row.returned)


def _first_day() -> ColumnElement[date]:
    return func.date(func.timezone("Asia/Ho_Chi_Minh", UnitReport.first_submitted_at))


class UnitRow(NamedTuple):
    """A unit in the list of those that report.

    :ivar covers: names of other units for which it reports
    """

    report_id: UUID
    unit_id: int
    unit: str
    code: str
    level: str
    state: str
    first_submitted_at: datetime | None
    submitted_at: datetime | None
    saved_at: datetime | None
    reminders: int
    reminded_at: datetime | None
    covers: str | None

    @property
    def reported(self) -> bool:
        """Whether it has reported."""
        return self.state in REPORTED

    def late(self, due_on: date, today: date) -> bool:
        """Whether it came, or is awaited, after its last day."""
        first = self.first_submitted_at
        return rules.is_late(local_day(first) if first else None, due_on, today)


def units(
    year: int, which: str, level: str | None, query: str, after: UUID | None = None, size: int | None = PAGE
) -> list[UnitRow]:
    """Return the units of a campaign by name; one more than ``size`` when there are more, all when it is None.

    :param which: one of FILTERS
    :param after: the last report of the page before
    """
    statement = _units().where(UnitReport.year == year, *_which(which), *_searched(query))
    if level:
        statement = statement.where(Unit.kind == level)
    if after is not None:
        last = select(Unit.sort_key, Unit.id).join(UnitReport, UnitReport.unit_id == Unit.id)
        place = last.where(UnitReport.id == after)
        statement = statement.where(tuple_(Unit.sort_key, Unit.id) > place.scalar_subquery())
    if size is not None:
        statement = statement.limit(size + 1)
    return [UnitRow(**row._mapping) for row in db.session.execute(statement)]


def _units() -> Any:
    other = Unit.__table__.alias("other")
    covers = (
        select(func.string_agg(other.c.name, aggregate_order_by(literal(", "), other.c.sort_key, other.c.id)))
        .select_from(UnitReportCover)
        .join(other, other.c.id == UnitReportCover.unit_id)
        .where(UnitReportCover.report_id == UnitReport.id, UnitReportCover.unit_id != UnitReport.unit_id)
        .scalar_subquery()
    )
    return (
        select(
            UnitReport.id.label("report_id"),
            Unit.id.label("unit_id"),
            Unit.name.label("unit"),
            Unit.code,
            Unit.kind.label("level"),
            UnitReport.state,
            UnitReport.first_submitted_at,
            UnitReport.submitted_at,
            UnitReport.saved_at,
            UnitReport.reminders,
            UnitReport.reminded_at,
            covers.label("covers"),
        )
        .join(Unit, Unit.id == UnitReport.unit_id)
        .join(ReportCampaign, ReportCampaign.year == UnitReport.year)
        .order_by(Unit.sort_key, Unit.id)
    )


def _which(which: str) -> list[ColumnElement[bool]]:
    if which == "all":
        return []
    if which == "late":
        return [UnitReport.state.in_(REPORTED), _first_day() > ReportCampaign.due_on]
    states = {"missing": MISSING, "submitted": REPORTED}.get(which, (which,))
    return [UnitReport.state.in_(states)]


def _searched(query: str) -> list[ColumnElement[bool]]:
    return [matches(query, Unit.search_text)]


def orphans(year: int) -> list[str]:
    """Return the names of units that were abolished without a successor: nobody reports about their people."""
    names = (
        select(Unit.name)
        .join(UnitReportCover, UnitReportCover.unit_id == Unit.id)
        .where(UnitReportCover.year == year, UnitReportCover.report_id.is_(None))
    )
    return list(db.session.scalars(names.order_by(Unit.sort_key, Unit.id)))


def unattended(unit_ids: Collection[int], on: date) -> set[int]:
    """Return those of these units for which nobody can report: no active account holds such a role over them."""
    above = cast(func.string_to_array(func.trim(Unit.path, "/"), "/"), ARRAY(BigInteger))
    attended = (
        select(RoleHolding.id)
        .join(Account, Account.id == RoleHolding.account_id)
        .where(
            RoleHolding.unit_id == any_(above),
            RoleHolding.role.in_(PERMISSIONS[WRITE]),
            or_(RoleHolding.valid_from.is_(None), RoleHolding.valid_from <= on),
            or_(RoleHolding.valid_to.is_(None), RoleHolding.valid_to > on),
            Account.active,
        )
        .exists()
    )
    return set(db.session.scalars(select(Unit.id).where(Unit.id.in_(unit_ids), ~attended)))
