"""Workbooks to save: one-time codes of a unit, problems of a roster. Every string is written as a string."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from flask_babel import gettext as _

from lms.core.i18n import moment
from lms.people.services.accounts import IssuedCode
from lms.people.services.rosters import Report


def codes(unit: str, issued: Sequence[IssuedCode], *, at: datetime) -> bytes:
    """Return the one-time codes of a unit, a person a row."""
    title = _("One-time codes: %(unit)s, issued %(at)s. Hand each to its owner only.", unit=unit, at=moment(at))
    headers = [_("Username"), _("Full name"), _("Job position"), _("One-time code"), _("Valid until")]
    rows = [(c.username, c.full_name, c.position, c.code, moment(c.expires_at)) for c in issued]
    return _workbook(title, headers, rows, (18, 30, 38, 26, 20))


def problems(report: Report) -> bytes:
    """Return all problems of a roster, one a row."""
    title = _("Problems found in the roster: %(number)s", number=report.problem_count)
    headers = [_("Row"), _("Column"), _("Header"), _("Value"), _("What is wrong and what to do")]
    rows = [(str(p.row), p.column, p.header, p.value, str(p.message)) for p in report.problems]
    return _workbook(title, headers, rows, (8, 9, 26, 32, 90))


def _workbook(title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[int]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(_("List"))
        for index, width in enumerate(widths):
            sheet.set_column(index, index, width)
        sheet.write_string(0, 0, title, book.add_format({"bold": True}))
        for index, header in enumerate(headers):
            sheet.write_string(2, index, header, bold)
        for number, row in enumerate(rows, 3):
            for index, value in enumerate(row):
                sheet.write_string(number, index, value)
        sheet.freeze_panes(3, 0)
    return stream.getvalue()
