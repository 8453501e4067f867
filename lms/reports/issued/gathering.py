"""What a report says, gathered from the live tables: for drafts, at issue, and to verify what was issued."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from lms.core.database import db
from lms.people.models import Unit
from lms.reports import queries as reports
from lms.reports.adjustments import queries as adjustments
from lms.reports.issued import figures
from lms.reports.issued.figures import Figures
from lms.reports.issued.models import QualityReport
from lms.reports.issued.report import Change, Head, Report
from lms.reports.issued.rules import city_path
from lms.reports.issued.wording import day
from lms.reports.quality import queries as quality
from lms.reports.quality.beside import beside
from lms.surveys import queries as surveys


def gather(one: QualityReport, until: datetime) -> Report | None:
    """Return what a report says; None where there are too few answers for any figure.

    :param until: its averages are those of evaluations closed by then
    """
    found = figures_of(one, until)
    if found is None:
        return None
    return Report(head_of(one), found, *_changes(one), one.texts)


def figures_of(one: QualityReport, until: datetime) -> Figures | None:
    """Return the figures of a report; None where there are too few answers for any."""
    return _of_class(one.class_id, until) if one.class_id else None


def unread(one: QualityReport) -> int:
    """Count the comments that wait for the trusted reader."""
    state = surveys.state_of_class(one.class_id) if one.class_id else None
    return state.unread if state else 0


def _of_class(class_id: UUID, until: datetime) -> Figures | None:
    report = quality.report_of(class_id)
    if report is None or not report.shown:
        return None
    said = [one.text for one in surveys.comments(report.survey.survey_id) if one.text]
    others = beside(class_id, report.points, until)
    return figures.of_class(report, said, others.programme, others.city)


def head_of(one: QualityReport) -> Head:
    """Return what a report is about and who issues it."""
    unit = db.session.get_one(Unit, one.unit_id)
    superior = db.session.scalars(select(Unit.name).where(Unit.path == city_path(unit.path))).one()
    run = reports.class_head(one.class_id) if one.class_id else None
    if run is None:
        raise LookupError(one.id)
    subject = f"Kết quả đánh giá chất lượng lớp {run.name}"
    facts = (
        f"Lớp {run.name} (mã lớp {run.code}) thuộc chương trình {run.programme_code} “{run.programme['vi']}” do "
        f"{run.institution} tổ chức từ ngày {day(run.starts_on)} đến ngày {day(run.ends_on)}."
    )
    return Head(one.kind, superior, unit.name, subject, facts)


def _changes(one: QualityReport) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    if one.class_id is None:
        return (), ()
    lines = adjustments.of_class(one.class_id)
    earlier = adjustments.answered_in(one.class_id)
    return tuple(_told((line, None) for line in lines)), tuple(_told(earlier))


def _told(lines: Iterable[tuple[adjustments.Line, adjustments.Later | None]]) -> Iterable[Change]:
    for line, later in lines:
        yield Change(
            title=line.topic["vi"] if line.topic else line.title["vi"],
            lecturer=line.lecturer or "",
            class_code=line.class_code,
            mean=figures.rounded(line.mean),
            threshold=line.threshold,
            state=line.state,
            cause=line.cause or "",
            measure=line.measure or "",
            responsible=line.responsible or "",
            due_on=line.due_on,
            later=figures.rounded(later.mean) if later else None,
            later_class=later.class_name if later else "",
        )
