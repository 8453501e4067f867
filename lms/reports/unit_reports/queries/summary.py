"""The reports of a year put together for the People's Committee: by programme, by level, for the city."""

from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import Label, func, select

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
    def fitting(self) -> int:
        """How many were given work in the programme's field, promoted or planned for a higher post."""
        return self.placed + self.promoted

    @property
    def fitting_rate(self) -> float | None:
        """The same as a share of those trained."""
        return self.fitting / self.completed if self.completed else None

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
        names = (*SUMS, "ratings", "points")
        totals = {name: sum(getattr(programme, name) for programme in self.programmes) for name in names}
        return Sums(key="", name={}, trained=0, target=0, **totals)

    @property
    def attended(self) -> list[Sums]:
        """The programmes to which somebody was sent."""
        return [programme for programme in self.programmes if programme.sent]

    @property
    def trained(self) -> list[Sums]:
        """The programmes that somebody completed."""
        return [programme for programme in self.programmes if programme.completed]

    @property
    def rated(self) -> list[Sums]:
        """The programmes whose quality units rated, the best first."""
        rated = [(programme.quality, programme) for programme in self.trained if programme.quality is not None]
        return [programme for _quality, programme in sorted(rated, key=itemgetter(0), reverse=True)]


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
    difficulties = group([unit.difficulties for unit in texts if unit.difficulties])
    return Voices(texts, difficulties, group([unit.proposals for unit in texts if unit.proposals]))


def _by_programme(year: int) -> list[Sums]:
    statement = (
        select(
            Programme.code.label("key"), Programme.name, Programme.trained, Programme.quota.label("target"), *_sums()
        )
        .join(UnitReportLine, UnitReportLine.programme_id == Programme.id)
        .join(UnitReport, UnitReport.id == UnitReportLine.report_id)
        .where(UnitReport.year == year, UnitReport.state.in_(REPORTED))
        .group_by(Programme.id)
        .order_by(Programme.position)
    )
    return [Sums(**row._mapping) for row in db.session.execute(statement)]


def _by_level(year: int) -> list[Sums]:
    statement = (
        select(Unit.kind.label("key"), *_sums())
        .join(UnitReport, UnitReport.unit_id == Unit.id)
        .join(UnitReportLine, UnitReportLine.report_id == UnitReport.id)
        .where(UnitReport.year == year, UnitReport.state.in_(REPORTED))
        .group_by(Unit.kind)
    )
    levels = [Sums(name={}, trained=0, target=0, **row._mapping) for row in db.session.execute(statement)]
    return sorted(levels, key=lambda level: UNIT_KINDS.index(level.key))


def _sums() -> list[Label[int]]:
    columns = [func.coalesce(func.sum(getattr(UnitReportLine, name)), 0).label(name) for name in SUMS]
    quality = UnitReportLine.quality
    points = func.coalesce(func.sum(quality), 0)
    return [*columns, func.count(quality).label("ratings"), points.label("points")]


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
        .order_by(Unit.sort_key, Unit.id)
    )
    return [Texts(**row._mapping) for row in rows]
