"""What a report says, gathered from the live tables: for drafts, at issue, and to verify what was issued."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from lms.catalogue.models import Programme, ProgrammeVersion
from lms.classes.models import ClassRun
from lms.core.database import db
from lms.documents.bodies import issuer_at
from lms.documents.issuers import Issuer
from lms.people.models import Account, Person, Unit
from lms.quality.queries import adjustments, summaries, sums
from lms.quality.queries import classes as quality
from lms.quality.queries.comparison import comparison_of
from lms.quality.queries.effects import effects_of
from lms.quality.queries.scopes import Scope, in_year
from lms.quality.rules.after_training import after_training
from lms.quality.rules.effects import Effect
from lms.reports.issued.models import QualityReport
from lms.reports.issued.queries import reports as queries
from lms.reports.issued.rules import measuring
from lms.reports.issued.rules.figures import Figures
from lms.reports.issued.rules.report import AdjustmentEffect, DueAdjustment, Effectiveness, Head, Report
from lms.reports.issued.rules.wording import day, whole
from lms.surveys.queries import comments, named, states


def gather(report: QualityReport, until: datetime, by: UUID | None = None) -> Report | None:
    """Return what a report says; None where there are too few answers for any figure.

    :param until: of evaluations closed by then
    :param by: the account that issues it; of a draft, those who wrote it stand for it
    """
    figures = figures_of(report, until)
    if figures is None:
        return None
    lines = adjustments.of_evaluations(_about(report, until))
    changes, effects = tuple(map(_change, lines)), tuple(_helped(report, until))
    return Report(_head(report, figures, by), figures, changes, effects, report.texts, _after(report, until))


def figures_of(report: QualityReport, until: datetime) -> Figures | None:
    """Return the figures of a report; None where there are too few answers for any."""
    return _of_class(report.class_id, until) if report.class_id else _of_many(report, until)


def unread(report: QualityReport) -> int:
    """Count the comments on a class that wait for the trusted reader."""
    state = states.state_of_class(report.class_id) if report.class_id else None
    return state.unread if state else 0


def _of_class(class_id: UUID, until: datetime) -> Figures | None:
    report = quality.report_of(class_id)
    if report is None or not report.shown:
        return None
    texts = [comment.text for comment in comments.comments(report.survey.survey_id) if comment.text]
    others = comparison_of(class_id, report.points, until)
    return measuring.of_class(report, texts, others.programme, others.city)


def _of_many(report: QualityReport, until: datetime) -> Figures | None:
    scope = _scope(report, until)
    results = summaries.results_of(scope, report.year)
    if results is None:
        return None
    listed = report.kind != "year"
    comments = queries.comments(and_(scope.condition, in_year(report.year)), texts=listed)
    classes = sums.classes(scope, report.year) if listed else ()
    taught = summaries.taught_in(scope, results.overview)
    return measuring.of_results(results, taught, classes, comments.texts, comments.total, comments.removed)


def _scope(report: QualityReport, until: datetime) -> Scope:
    institution = report.unit_id if report.kind == "institution" else None
    return Scope(institution, report.programme_id, until=until)


def _after(report: QualityReport, until: datetime) -> tuple[Effectiveness, ...]:
    """Return what was said after training, of classes whose forms were closed by then and of five forms or more."""
    year = (_scope(report, until).of_classes, in_year(report.year))
    about = (ClassRun.id == report.class_id,) if report.class_id else year
    found = [after_training(said) for said in named.answered_in(*about, by=until)]
    return tuple(
        Effectiveness(said.form.title["vi"], said.asked, said.filled, measuring.rounded(said.mean), said.form.points)
        for said in found
        if said.mean is not None
    )


def _about(report: QualityReport, until: datetime) -> ColumnElement[bool]:
    """Tell of an evaluation whether a report is about it."""
    if report.class_id:
        return ClassRun.id == report.class_id
    return and_(_scope(report, until).condition, in_year(report.year))


# -- the head ----------------------------------------------------------------------------------------------------------


def issuer(report: QualityReport, by: UUID | None = None) -> Issuer:
    """Return who issues a report: the unit of who issues it, an institution its own and those of its classes.

    :param by: the account that issues it; of a draft, those who wrote it stand for it
    """
    unit = db.session.get_one(Unit, report.unit_id)
    paths = _units_of([by] if by else [UUID(account) for account in report.writers])
    own = report.kind in ("class", "institution") and any(path.startswith(unit.path) for path in paths)
    return issuer_at(unit.path if own or not paths else paths[0])


def _head(report: QualityReport, figures: Figures, by: UUID | None) -> Head:
    unit = db.session.get_one(Unit, report.unit_id)
    subject, facts = _of_run(report.class_id) if report.class_id else _of_year(report, unit, figures)
    return Head(report.kind, issuer(report, by), subject, facts)


def _of_run(class_id: UUID) -> tuple[str, str]:
    run = quality.class_head(class_id)
    if run is None:
        raise LookupError(class_id)
    return (
        f"Kết quả đánh giá chất lượng lớp {run.name}",
        f"Lớp {run.name} (mã lớp {run.code}) thuộc chương trình {run.programme_code} “{run.programme['vi']}” do "
        f"{run.institution} tổ chức từ ngày {day(run.starts_on)} đến ngày {day(run.ends_on)}.",
    )


def _of_year(report: QualityReport, unit: Unit, figures: Figures) -> tuple[str, str]:
    response = figures.response
    few = (
        f" Trong đó {whole(response.few)} đợt có dưới 05 phiếu hợp lệ nên không công bố kết quả."
        if response.few
        else ""
    )
    held = f"Đã kết thúc {whole(response.evaluations)} đợt đánh giá đối với các lớp bắt đầu trong năm {report.year}"
    if report.kind == "institution":
        return f"Kết quả đánh giá chất lượng đào tạo, bồi dưỡng năm {report.year} của {unit.name}", f"{held}.{few}"
    programme = db.session.get(Programme, report.programme_id) if report.programme_id else None
    if programme is not None:
        name = f"chương trình {programme.code} “{programme.name['vi']}”"
        return f"Kết quả đánh giá chất lượng {name} năm {report.year}", f"{held} thuộc {name}.{few}"
    subject = f"Tổng hợp đánh giá chất lượng đào tạo, bồi dưỡng cán bộ, công chức, viên chức năm {report.year}"
    return subject, f"{held} trên toàn Thành phố.{few}"


def _units_of(accounts: list[UUID]) -> list[str]:
    """Return the paths of the units in which people work."""
    unit = select(Unit.path).join(Person, Person.unit_id == Unit.id).join(Account, Account.person_id == Person.id)
    return list(db.session.scalars(unit.where(Account.id.in_(accounts)).order_by(Unit.path)))


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


def _helped(report: QualityReport, until: datetime) -> list[AdjustmentEffect]:
    """Return the adjustments about which these results have something to say."""
    if report.class_id is None:
        effects = effects_of(_scope(report, until).condition, year=report.year, until=until)
    else:
        run = db.session.get_one(ClassRun, report.class_id)
        version = db.session.get_one(ProgrammeVersion, run.version_id)
        place = and_(
            ProgrammeVersion.programme_id == version.programme_id, ClassRun.institution_id == run.institution_id
        )
        effects = [effect for effect in effects_of(place, until=until) if effect.later_id == report.class_id]
    return [_effect(effect) for effect in effects if effect.change is not None]


def _effect(effect: Effect) -> AdjustmentEffect:
    if effect.change is None:
        raise LookupError(effect.adjustment_id)
    return AdjustmentEffect(
        title=effect.topic["vi"] if effect.topic else effect.title["vi"],
        lecturer=effect.lecturer or "",
        class_code=effect.class_code,
        measure=effect.measure,
        before=measuring.rounded(effect.change.before),
        after=measuring.rounded(effect.change.after),
        later_class=effect.later or "",
        way=effect.change.way,
    )
