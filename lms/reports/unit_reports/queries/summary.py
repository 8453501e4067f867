"""The reports of a year put together for the People's Committee: by programme, by level, for the city."""

from typing import Any, NamedTuple

from sqlalchemy import func, select

from lms.catalogue.models import Programme
from lms.core.database import db
from lms.people.models import UNIT_KINDS, Unit
from lms.reports.unit_reports.models import REPORTED, ReportCampaign, UnitReport, UnitReportLine
from lms.reports.unit_reports.queries import campaigns
from lms.reports.unit_reports.queries.campaigns import Counts
from lms.surveys.themes import Group, group

SUMS = ("sent", "enrolled", "completed", "hours", "placed", "promoted", "moved", "departed", "quota")


class Sums(NamedTuple):
    """What the reports together say of a programme, a level or the city.

    :ivar key: a programme's code, or a kind of units; empty for the city
    :ivar name: a programme's, in both languages
    :ivar trained: in the whole city since the scheme began, against :ivar target:; 0 where it is no programme
    :ivar ratings: how many units rated the quality, and :ivar points: the sum of their points
    """

    key: str
    name: dict[str, str]
    trained: int
    target: int
    sent: int
    enrolled: int
    completed: int
    hours: int
    placed: int
    promoted: int
    moved: int
    departed: int
    quota: int
    ratings: int
    points: int

    @property
    def unchanged(self) -> int:
        """Of those trained, how many do the work they did before."""
        return self.completed - self.placed - self.promoted - self.moved - self.departed

    @property
    def uses(self) -> tuple[int, ...]:
        """How those trained are used, the most fitting first; together all of them."""
        return (self.promoted, self.placed, self.unchanged, self.moved, self.departed)

    @property
    def quality(self) -> float | None:
        """Mean of the units' ratings."""
        return self.points / self.ratings if self.ratings else None


class Texts(NamedTuple):
    """What a unit wrote."""

    unit: str
    level: str
    quality_text: str
    use_text: str
    difficulties: str
    proposals: str


class Voices(NamedTuple):
    """What the units wrote; :ivar difficulties: and :ivar proposals: by theme."""

    texts: list[Texts]
    difficulties: tuple[Group, ...]
    proposals: tuple[Group, ...]


class Summary(NamedTuple):
    """The figures; :ivar levels: how many units of each level have reported."""

    campaign: ReportCampaign
    levels: list[Counts]
    programmes: list[Sums]
    by_level: list[Sums]
    orphans: list[str]

    @property
    def units(self) -> Counts:
        """How many units of the city have reported."""
        return campaigns.together(self.levels)

    @property
    def city(self) -> Sums:
        """The sum over all programmes."""
        columns = list(zip(*(one[4:] for one in self.programmes), strict=True))
        return Sums("", {}, 0, 0, *([sum(column) for column in columns] or [0] * (len(SUMS) + 2)))

    @property
    def attended(self) -> list[Sums]:
        """The programmes to which somebody was sent."""
        return [one for one in self.programmes if one.sent]

    @property
    def trained(self) -> list[Sums]:
        """The programmes that somebody completed."""
        return [one for one in self.programmes if one.completed]


def summary(year: int) -> Summary | None:
    """Return what the reports submitted or accepted say together; None when there is no campaign."""
    campaign = campaigns.campaign(year)
    if campaign is None:
        return None
    levels = campaigns.by_level(year)
    return Summary(campaign, levels, _by_programme(year), _by_level(year), campaigns.orphans(year))


def voices(year: int) -> Voices:
    """Return what units wrote in reports submitted or accepted, by name."""
    texts = _texts(year)
    difficulties = group([one.difficulties for one in texts if one.difficulties])
    return Voices(texts, difficulties, group([one.proposals for one in texts if one.proposals]))


def _by_programme(year: int) -> list[Sums]:
    statement = (
        select(Programme.code, Programme.name, Programme.trained, Programme.quota, *_sums())
        .join(UnitReportLine, UnitReportLine.programme_id == Programme.id)
        .join(UnitReport, UnitReport.id == UnitReportLine.report_id)
        .where(UnitReport.year == year, UnitReport.state.in_(REPORTED))
        .group_by(Programme.id)
        .order_by(Programme.position)
    )
    return [
        Sums(code, name, trained, target, *sums) for code, name, trained, target, *sums in db.session.execute(statement)
    ]


def _by_level(year: int) -> list[Sums]:
    statement = (
        select(Unit.kind, *_sums())
        .join(UnitReport, UnitReport.unit_id == Unit.id)
        .join(UnitReportLine, UnitReportLine.report_id == UnitReport.id)
        .where(UnitReport.year == year, UnitReport.state.in_(REPORTED))
        .group_by(Unit.kind)
    )
    found = [Sums(kind, {}, 0, 0, *sums) for kind, *sums in db.session.execute(statement)]
    return sorted(found, key=lambda one: UNIT_KINDS.index(one.key))


def _sums() -> list[Any]:
    columns = [func.coalesce(func.sum(getattr(UnitReportLine, name)), 0) for name in SUMS]
    quality = UnitReportLine.quality
    return [*columns, func.count(quality), func.coalesce(func.sum(quality), 0)]


def _texts(year: int) -> list[Texts]:
    rows = db.session.execute(
        select(
            Unit.name.label("unit"),
            Unit.kind.label("level"),
            UnitReport.quality_text,
            UnitReport.use_text,
            UnitReport.difficulties,
            UnitReport.proposals,
        )
        .join(UnitReport, UnitReport.unit_id == Unit.id)
        .where(UnitReport.year == year, UnitReport.state.in_(REPORTED))
        .order_by(Unit.name, Unit.id)
    )
    return [Texts(**row._mapping) for row in rows]
