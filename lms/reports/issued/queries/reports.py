"""Typed rows of reports: lists, what stands for a class, where a report belongs."""

from datetime import date
from functools import cache
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true, tuple_
from sqlalchemy.orm import aliased

from lms.catalogue.models import Programme
from lms.classes.models import ClassRun
from lms.core.database import db
from lms.core.guard import Actor
from lms.core.search import folded, matches
from lms.people.access import units_within
from lms.people.models import Account, Unit
from lms.quality.queries.scopes import evaluations
from lms.reports.issued.models import QualityReport, ReportFile
from lms.surveys.models import CommentReading, Survey

PAGE = 50
Task = Literal["", "write", "approve", "issued"]


class ReportRow(NamedTuple):
    """A report as a list shows it.

    :ivar writing: whether somebody holds the pen: it is a draft, or approved and waits for its number
    """

    id: UUID
    kind: str
    unit: str
    unit_path: str
    year: int
    class_id: UUID | None
    class_code: str | None
    class_name: str | None
    programme_code: str | None
    programme: dict[str, str] | None
    state: str
    number: str | None
    issued_on: date | None
    returned_reason: str | None
    replaces_id: UUID | None
    replaced_by: UUID | None


class Filters(NamedTuple):
    """What the reader chose."""

    task: Task = ""
    kind: str | None = None
    year: int | None = None
    query: str | None = None


@cache  # 4.1 ms a look otherwise, 0.15 kept (docs/benchmarks.md, evaluations)
def _rows() -> Select[Any]:
    later = aliased(QualityReport)
    return (
        select(
            QualityReport.id,
            QualityReport.kind,
            Unit.name.label("unit"),
            Unit.path.label("unit_path"),
            QualityReport.year,
            QualityReport.class_id,
            ClassRun.code.label("class_code"),
            ClassRun.name.label("class_name"),
            Programme.code.label("programme_code"),
            Programme.name.label("programme"),
            QualityReport.state,
            QualityReport.number,
            QualityReport.issued_on,
            QualityReport.returned_reason,
            QualityReport.replaces_id,
            later.id.label("replaced_by"),
        )
        .join(Unit, Unit.id == QualityReport.unit_id)
        .outerjoin(ClassRun, ClassRun.id == QualityReport.class_id)
        .outerjoin(Programme, Programme.id == QualityReport.programme_id)
        .outerjoin(later, and_(later.replaces_id == QualityReport.id, later.state == "issued"))
    )


def listed(actor: Actor, filters: Filters, after: UUID | None = None) -> list[ReportRow]:
    """Return the reports that somebody may read, the newest first; one more than PAGE when there are more."""
    statement = (
        _rows()
        .where(units_within(actor.paths("reports.read")), *_conditions(actor, filters))
        .order_by(QualityReport.created_at.desc(), QualityReport.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        key = select(QualityReport.created_at).where(QualityReport.id == after).scalar_subquery()
        statement = statement.where(tuple_(QualityReport.created_at, QualityReport.id) < tuple_(key, after))
    return [ReportRow(**row._mapping) for row in db.session.execute(statement)]


def _conditions(actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    conditions = [_task(actor, filters.task)] if filters.task else []
    if filters.kind:
        conditions.append(QualityReport.kind == filters.kind)
    if filters.year:
        conditions.append(QualityReport.year == filters.year)
    if filters.query:
        names = (ClassRun.code, ClassRun.name, Programme.code, QualityReport.number)
        conditions.append(matches(filters.query, Unit.search_text, *(folded(name) for name in names)))
    return conditions


def _task(actor: Actor, task: Task) -> ColumnElement[bool]:
    if task == "write":
        return and_(QualityReport.state.in_(("draft", "approved")), units_within(actor.paths("reports.write")))
    if task == "approve":
        return and_(QualityReport.state == "submitted", to_decide(actor))
    return QualityReport.state == "issued"


def to_decide(actor: Actor) -> ColumnElement[bool]:
    """Tell in SQL whether somebody may decide on a report; see lms.reports.issued.access.may_decide."""
    paths = actor.paths("reports.approve")
    city = func.concat("/", func.split_part(Unit.path, "/", 2), "/")
    above = or_(false(), *(city.startswith(path) for path in paths))
    own = QualityReport.writers.contains([str(actor.account_id)])
    of_class = QualityReport.kind == "class"
    return and_(or_(and_(of_class, units_within(paths)), and_(~of_class, above)), ~own)


def years(actor: Actor) -> list[int]:
    """Return the years of the reports that somebody may read, the newest first."""
    statement = (
        select(QualityReport.year)
        .join(Unit, Unit.id == QualityReport.unit_id)
        .where(units_within(actor.paths("reports.read")))
        .distinct()
        .order_by(QualityReport.year.desc())
    )
    return list(db.session.scalars(statement))


def line(report_id: UUID) -> ReportRow | None:
    """Return a report."""
    row = db.session.execute(_rows().where(QualityReport.id == report_id)).one_or_none()
    return None if row is None else ReportRow(**row._mapping)


def get(report_id: UUID) -> QualityReport:
    """Return a report that exists."""
    return db.session.get_one(QualityReport, report_id)


def unit_path(report_id: UUID, **_other: object) -> str | None:
    """Return the path of the unit that a report belongs to."""
    return db.session.scalar(
        select(Unit.path).join(QualityReport, QualityReport.unit_id == Unit.id).where(QualityReport.id == report_id)
    )


def of_class(class_id: UUID) -> list[ReportRow]:
    """Return the reports of a class, the newest first."""
    statement = _rows().where(QualityReport.class_id == class_id).order_by(QualityReport.created_at.desc())
    return [ReportRow(**row._mapping) for row in db.session.execute(statement)]


def of_scope(kind: str, year: int, unit_id: int | None, programme_id: UUID | None) -> list[ReportRow]:
    """Return the reports of an institution, of a programme or of the city on a year, the newest first."""
    statement = _rows().where(
        QualityReport.kind == kind,
        QualityReport.year == year,
        true() if unit_id is None else QualityReport.unit_id == unit_id,
        true() if programme_id is None else QualityReport.programme_id == programme_id,
    )
    return [
        ReportRow(**row._mapping) for row in db.session.execute(statement.order_by(QualityReport.created_at.desc()))
    ]


def city() -> Unit:
    """Return the root of the tree of units, to which reports on programmes and years belong."""
    return db.session.scalars(select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.id).limit(1)).one()


def city_path(**_args: object) -> str:
    """Return the path of the root."""
    return city().path


def runs_classes(unit_id: int) -> bool:
    """Tell whether a unit is an institution that runs classes."""
    return bool(db.session.scalar(select(exists().where(ClassRun.institution_id == unit_id))))


def kept_files(report_id: UUID) -> dict[str, ReportFile]:
    """Return the files of an issued report, by form."""
    rows = db.session.scalars(select(ReportFile).where(ReportFile.report_id == report_id))
    return {file.form: file for file in rows}


def account_name(account_id: UUID | None) -> str:
    """Return how an account is shown."""
    return db.session.scalar(select(Account.display_name).where(Account.id == account_id)) or ""


def unit_with_code(code: str) -> Unit | None:
    """Return the unit of a code."""
    return db.session.scalar(select(Unit).where(Unit.code == code))


class ReadComments(NamedTuple):
    """Comments that the trusted reader let through: :ivar texts: where they were asked for, :ivar total: how many.

    :ivar removed: of how many something was removed, those withheld as a whole included
    """

    texts: tuple[str, ...]
    total: int
    removed: int


def comments(about: ColumnElement[bool], *, texts: bool) -> ReadComments:
    """Return the comments of evaluations, by a condition on evaluation, class, version and institution."""
    read = evaluations().join(CommentReading, CommentReading.survey_id == Survey.id).where(about)
    counts = read.add_columns(func.count(CommentReading.shown), func.count().filter(CommentReading.removed))
    total, removed = db.session.execute(counts).one()
    shown = read.add_columns(CommentReading.shown).where(CommentReading.shown.is_not(None))
    rows = db.session.scalars(shown.order_by(CommentReading.comment_id)) if texts else ()
    return ReadComments(tuple(rows), total, removed)


class Issued(NamedTuple):
    """An issued report, to be verified."""

    id: UUID
    number: str | None


def issued() -> list[Issued]:
    """Return all issued reports, the oldest first."""
    statement = (
        select(QualityReport.id, QualityReport.number)
        .where(QualityReport.state == "issued")
        .order_by(QualityReport.issued_at)
    )
    return [Issued(row.id, row.number) for row in db.session.execute(statement)]
