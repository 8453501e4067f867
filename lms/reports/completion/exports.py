"""The contents of the exported workbooks."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import pgettext

from lms.classes.rules import RESULTS
from lms.core.i18n import in_words, local
from lms.core.workbooks import Workbook
from lms.reports.completion import queries


def completion(filters: queries.Filters, *, at: datetime) -> bytes:
    """Completion by programme, unit and class, and every trainee, one sheet each."""
    book = Workbook()
    as_of = _("as of %(when)s", when=in_words(at))
    columns = [
        (_("Code"), 16),
        (_("Name"), 52),
        (_("Enrolled"), 12),
        (_("Completed"), 12),
        (_("Not completed"), 14),
        (_("Failed"), 12),
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
        title = f"{_('Completion')} – {name.lower()}, {as_of}"
        book.sheet(name, title, columns, (_completion_row(row) for row in rows), shares=frozenset({8}))
    people = [
        (_("Staff code"), 14),
        (_("Full name"), 30),
        (_("Unit"), 40),
        (_("Class"), 18),
        (_("Programme"), 12),
        (_("Status"), 18),
        (_("Completed on"), 14),
    ]
    trainees = (_trainee_row(row) for row in queries.trainees(filters, size=None))
    book.sheet(_("Trainees"), f"{_('Trainees')}, {as_of}", people, trainees)
    return book.content()


def _completion_row(row: queries.Completion) -> list[Any]:
    name = local(row.name) if isinstance(row.name, dict) else row.name
    return [
        row.code,
        name,
        row.enrolled,
        row.completed,
        row.incomplete,
        row.failed,
        row.ongoing,
        row.withdrawn,
        row.rate,
    ]


def _trainee_row(row: queries.TraineeRow) -> list[Any]:
    person = [row.staff_code, row.full_name, row.unit]
    return [*person, row.class_code, row.programme, str(RESULTS[row.status]), row.completed_at]


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
        (pgettext("number of", "Sessions"), 10),
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
            str(RESULTS[line.status]),
            line.completed_at,
        )
        for line in lines
    )
    as_of = _("as of %(when)s", when=in_words(at))
    title = f"{_('Training record')}: {person.full_name} ({person.staff_code}), {as_of}"
    book.sheet(_("Training record"), title, columns, rows)
    return book.content()
