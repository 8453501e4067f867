"""The contents of the exported workbooks."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from lms.core.i18n import local, moment
from lms.reports import queries
from lms.reports.quality import QualityReport
from lms.reports.workbooks import Workbook

STATUS = {
    "enrolled": lambda: _("Studying"),
    "completed": lambda: _("Completed"),
    "failed": lambda: _("Not completed"),
    "withdrawn": lambda: _("Withdrawn"),
}


def status_word(status: str) -> str:
    """Return an enrolment's status in words."""
    return str(STATUS[status]())


def completion(filters: queries.Filters, *, at: datetime) -> bytes:
    """Completion by programme, unit and class, and every trainee, one sheet each."""
    book = Workbook()
    made = _("as of %(when)s", when=moment(at))
    columns = [
        (_("Code"), 16),
        (_("Name"), 52),
        (_("Enrolled"), 12),
        (_("Completed"), 12),
        (_("Not completed"), 14),
        (_("Studying"), 12),
        (_("Withdrawn"), 12),
        (_("Completion rate"), 14),
    ]
    everything = 1_000_000
    for name, rows in (
        (_("By programme"), queries.by_programme(filters)),
        (_("By unit"), queries.by_unit(filters, size=everything)),
        (_("By class"), queries.by_class(filters, size=everything)),
    ):
        title = f"{_('Completion')} – {name.lower()}, {made}"
        book.sheet(name, title, columns, (_completion_row(row) for row in rows), shares=frozenset({7}))
    people = [
        (_("Staff code"), 14),
        (_("Full name"), 30),
        (_("Unit"), 40),
        (_("Class"), 18),
        (_("Programme"), 12),
        (_("Status"), 18),
        (_("Completed on"), 14),
    ]
    rows_of_people = (
        (r.staff_code, r.full_name, r.unit, r.class_code, r.programme, status_word(r.status), r.completed_at)
        for r in queries.trainees(filters, size=None)
    )
    book.sheet(_("Trainees"), f"{_('Trainees')}, {made}", people, rows_of_people)
    return book.content()


def _completion_row(row: queries.Completion) -> list[Any]:
    name = local(row.name) if isinstance(row.name, dict) else row.name
    return [row.code, name, row.enrolled, row.completed, row.failed, row.ongoing, row.withdrawn, row.rate]


def record(person: Any, lines: list[queries.RecordLine], *, at: datetime) -> bytes:
    """One person's record."""
    book = Workbook()
    columns = [
        (_("Programme"), 12),
        (_("Name"), 36),
        (_("Class"), 18),
        (_("Training institution"), 34),
        (_("Sent by"), 34),
        (_("Hours"), 9),
        (_("From"), 12),
        (_("To"), 12),
        (_("Sessions attended"), 12),
        (_("Sessions"), 10),
        (_("Quizzes passed"), 12),
        (_("Quizzes"), 10),
        (_("Essay"), 9),
        (_("Status"), 16),
        (_("Completed on"), 13),
    ]
    rows = (
        (
            line.programme_code,
            local(line.programme),
            line.class_code,
            line.institution,
            line.unit,
            line.hours,
            line.starts_on,
            line.ends_on,
            line.attended,
            line.sessions,
            line.quizzes_passed,
            line.quizzes,
            line.essay_score,
            status_word(line.status),
            line.completed_at,
        )
        for line in lines
    )
    title = f"{_('Training record')}: {person.full_name} ({person.staff_code}), {_('as of %(when)s', when=moment(at))}"
    book.sheet(_("Training record"), title, columns, rows)
    return book.content()


def quality(head: queries.ClassHead, report: QualityReport) -> bytes:
    """The figures of a class's quality report."""
    book = Workbook()
    labels = [local(label) for label in report.survey.document["scale"]]
    columns = [
        (_("Stage"), 28),
        (_("Question"), 60),
        (_("Topic"), 40),
        (_("Lecturer"), 26),
        (_("Answers"), 10),
        (_("Mean"), 10),
        (_("Median"), 10),
        (_("Standard deviation"), 12),
        *[(label, 12) for label in labels],
    ]
    rows: list[list[Any]] = []
    for stage in report.stages:
        for item in stage.items:
            rows.append([local(stage.title), local(item.text), None, None, *_figures(item.summary)])
    for one in report.teachings:
        for item in one.items:
            rows.append([_("Lecturer"), local(item.text), local(one.topic), one.lecturer, *_figures(item.summary)])
    book.sheet(_("Results"), f"{head.code} – {head.name}", columns, rows)
    comments = [[_("General"), local(text), said] for text, all_said in report.comments for said in all_said]
    comments += [[local(one.topic), one.lecturer, said] for one in report.teachings for said in one.comments]
    book.sheet(
        _("Comments"),
        f"{head.code} – {head.name}",
        [(_("About"), 40), (_("Question"), 40), (_("Comment"), 90)],
        comments,
    )
    return book.content()


def _figures(summary: Any) -> list[Any]:
    if summary is None:
        return [0]
    return [summary.count, round(summary.mean, 2), summary.median, round(summary.spread, 2), *summary.counts]
