"""What a class stands beside: the city, its programme, and each version of it, in one look at the database."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, select

from lms.catalogue.models import ProgrammeVersion
from lms.classes.models import ClassRun
from lms.core.database import db
from lms.reports.quality import rules
from lms.reports.quality.rules import Change, Figures
from lms.reports.quality.scopes import Scope, evaluations
from lms.reports.quality.totals import WHOLE, Sections, add, of_no_teaching, read, sums
from lms.surveys.models import SectionMean, Survey

Averages = dict[str, Figures]
"""Section ("" for the whole form) -> figures."""


@dataclass(frozen=True, slots=True)
class Beside:
    """All evaluations by trainees in the city, those of a class's programme, and those of each version of it."""

    city: Averages
    programme: Averages
    versions: dict[int, Averages]

    @property
    def between_versions(self) -> Change | None:
        """From the programme's first version with results to its last."""
        return rules.trend(one.get(WHOLE) for one in self.versions.values())


def beside(class_id: UUID, points: int, until: datetime | None = None) -> Beside:
    """Return what a class is compared with, on a scale of so many points.

    :param until: only evaluations closed by then
    """
    own = (
        select(ProgrammeVersion.programme_id)
        .join(ClassRun, ClassRun.version_id == ProgrammeVersion.id)
        .where(ClassRun.id == class_id)
        .scalar_subquery()
    )
    number = case((ProgrammeVersion.programme_id == own, ProgrammeVersion.number)).label("number")
    rows = db.session.execute(
        evaluations(number, SectionMean.section, *sums(points))
        .join(SectionMean, SectionMean.survey_id == Survey.id)
        .where(of_no_teaching(), Scope(until=until).closed)
        .group_by(number, SectionMean.section)
        .order_by(number)
    )
    city, programme, versions = Sections(), Sections(), defaultdict[int, Averages](dict)
    for version, section, *columns in rows:
        added = read(columns)
        add(city, section, added)
        if version is not None:
            add(programme, section, added)
            versions[version][section] = rules.figures(added)
    return Beside(_told(city), _told(programme), dict(versions))


def _told(added: Sections) -> Averages:
    return {section: rules.figures(one) for section, one in added.items()}
