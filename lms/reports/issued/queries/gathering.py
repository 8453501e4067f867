"""What a report says, gathered from the live tables: for drafts, at issue, and to verify what was issued."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from lms.catalogue.models import Programme, ProgrammeVersion
from lms.classes.models import ClassRun
from lms.core.database import db
from lms.people.models import Account, Person, Unit
from lms.quality.queries import adjustments, summaries, sums
from lms.quality.queries import classes as quality
from lms.quality.queries.comparison import comparison_of
from lms.quality.queries.effects import effects_of
from lms.quality.queries.scopes import Scope, in_year
from lms.quality.rules.effects import Effect
from lms.reports.issued.models import QualityReport
from lms.reports.issued.queries import reports as queries
from lms.reports.issued.rules import measuring
from lms.reports.issued.rules.figures import Figures
from lms.reports.issued.rules.life import city_path
from lms.reports.issued.rules.report import AdjustmentEffect, DueAdjustment, Head, Report
from lms.reports.issued.rules.wording import day, whole
from lms.surveys.queries import comments, states


def gather(one: QualityReport, until: datetime) -> Report | None:
    """Return what a report says; None where there are too few answers for any figure.

    :param until: of evaluations closed by then
    """
    found = figures_of(one, until)
    if found is None:
        return None
    lines = adjustments.of_evaluations(_about(one, until))
    return Report(_head(one, found), found, tuple(map(_change, lines)), tuple(_helped(one, until)), one.texts)


def figures_of(one: QualityReport, until: datetime) -> Figures | None:
    """Return the figures of a report; None where there are too few answers for any."""
    return _of_class(one.class_id, until) if one.class_id else _of_many(one, until)


def unread(one: QualityReport) -> int:
    """Count the comments on a class that wait for the trusted reader."""
    state = states.state_of_class(one.class_id) if one.class_id else None
    return state.unread if state else 0


def _of_class(class_id: UUID, until: datetime) -> Figures | None:
    report = quality.report_of(class_id)
    if report is None or not report.shown:
        return None
    said = [one.text for one in comments.comments(report.survey.survey_id) if one.text]
    others = comparison_of(class_id, report.points, until)
    return measuring.of_class(report, said, others.programme, others.city)


def _of_many(one: QualityReport, until: datetime) -> Figures | None:
    scope = _scope(one, until)
    found = summaries.results_of(scope, one.year)
    if found is None:
        return None
    listed = one.kind != "year"
    comments = queries.comments(and_(scope.condition, in_year(one.year)), texts=listed)
    classes = sums.classes(scope, one.year) if listed else ()
    taught = summaries.taught_in(scope, found.overview)
    return measuring.of_results(found, taught, classes, comments.texts, comments.said, comments.removed)


def _scope(one: QualityReport, until: datetime) -> Scope:
    institution = one.unit_id if one.kind == "institution" else None
    return Scope(institution, one.programme_id, until=until)


def _about(one: QualityReport, until: datetime) -> ColumnElement[bool]:
    """Tell of an evaluation whether a report is about it."""
    if one.class_id:
        return ClassRun.id == one.class_id
    return and_(_scope(one, until).condition, in_year(one.year))


# -- the head ----------------------------------------------------------------------------------------------------------


def _head(one: QualityReport, found: Figures) -> Head:
    unit = db.session.get_one(Unit, one.unit_id)
    superior = db.session.scalars(select(Unit.name).where(Unit.path == city_path(unit.path))).one()
    authority = unit.name if one.kind in ("class", "institution") else _writing_unit(one) or unit.name
    subject, facts = _of_run(one.class_id) if one.class_id else _of_year(one, unit, found)
    return Head(one.kind, superior, authority, subject, facts)


def _of_run(class_id: UUID) -> tuple[str, str]:
    run = quality.class_head(class_id)
    if run is None:
        raise LookupError(class_id)
    return (
        f"Kết quả đánh giá chất lượng lớp {run.name}",
        f"Lớp {run.name} (mã lớp {run.code}) thuộc chương trình {run.programme_code} “{run.programme['vi']}” do "
        f"{run.institution} tổ chức từ ngày {day(run.starts_on)} đến ngày {day(run.ends_on)}.",
    )


def _of_year(one: QualityReport, unit: Unit, found: Figures) -> tuple[str, str]:
    response = found.response
    few = (
        f" Trong đó {whole(response.few)} đợt có dưới 05 phiếu hợp lệ nên không công bố kết quả."
        if response.few
        else ""
    )
    held = f"Đã kết thúc {whole(response.evaluations)} đợt đánh giá đối với các lớp bắt đầu trong năm {one.year}"
    if one.kind == "institution":
        return f"Kết quả đánh giá chất lượng đào tạo, bồi dưỡng năm {one.year} của {unit.name}", f"{held}.{few}"
    programme = db.session.get(Programme, one.programme_id) if one.programme_id else None
    if programme is not None:
        name = f"chương trình {programme.code} “{programme.name['vi']}”"
        return f"Kết quả đánh giá chất lượng {name} năm {one.year}", f"{held} thuộc {name}.{few}"
    subject = f"Tổng hợp đánh giá chất lượng đào tạo, bồi dưỡng cán bộ, công chức, viên chức năm {one.year}"
    return subject, f"{held} trên toàn Thành phố.{few}"


def _writing_unit(one: QualityReport) -> str | None:
    """Return the unit of who wrote a report that is about no institution."""
    writers = [UUID(account) for account in one.writers]
    unit = select(Unit.name).join(Person, Person.unit_id == Unit.id).join(Account, Account.person_id == Person.id)
    return db.session.scalar(unit.where(Account.id.in_(writers)).order_by(Unit.path).limit(1))


# -- adjustments -------------------------------------------------------------------------------------------------------


def _change(line: adjustments.AdjustmentRow) -> DueAdjustment:
    return DueAdjustment(
        title=line.topic["vi"] if line.topic else line.title["vi"],
        lecturer=line.lecturer or "",
        class_code=line.class_code,
        mean=measuring.rounded(line.mean),
        threshold=line.threshold,
        state=line.state,
        cause=line.cause or "",
        measure=line.measure or "",
        responsible=line.responsible or "",
        due_on=line.due_on,
    )


def _helped(one: QualityReport, until: datetime) -> list[AdjustmentEffect]:
    """Return the adjustments about which these results have something to say."""
    if one.class_id is None:
        found = effects_of(_scope(one, until).condition, year=one.year, until=until)
    else:
        run = db.session.get_one(ClassRun, one.class_id)
        version = db.session.get_one(ProgrammeVersion, run.version_id)
        place = and_(
            ProgrammeVersion.programme_id == version.programme_id, ClassRun.institution_id == run.institution_id
        )
        found = [later for later in effects_of(place, until=until) if later.later_id == one.class_id]
    return [_told(later) for later in found if later.change is not None]


def _told(one: Effect) -> AdjustmentEffect:
    if one.change is None:
        raise LookupError(one.adjustment_id)
    return AdjustmentEffect(
        title=one.topic["vi"] if one.topic else one.title["vi"],
        lecturer=one.lecturer or "",
        class_code=one.class_code,
        measure=one.measure,
        before=measuring.rounded(one.change.before),
        after=measuring.rounded(one.change.after),
        later_class=one.later or "",
        way=one.change.way,
    )
