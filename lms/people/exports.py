"""Workbooks to save: one-time codes of a unit, problems of a roster. Every string is written as a string."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from flask_babel import gettext as _

from lms.core.i18n import in_words, moment
from lms.core.workbooks import Workbook
from lms.people.services.accounts import IssuedCode
from lms.people.services.rosters import Report


def codes(unit: str, issued: Sequence[IssuedCode], *, at: datetime) -> bytes:
    """Return the one-time codes of a unit, a person a row."""
    title = _("One-time codes: %(unit)s, issued %(at)s. Hand each to its owner only.", unit=unit, at=in_words(at))
    headers = [_("Username"), _("Full name"), _("Job position"), _("One-time code"), _("Valid until")]
    rows = [(c.username, c.full_name, c.position, c.code, moment(c.expires_at)) for c in issued]
    return _workbook(title, headers, rows, (18, 30, 38, 26, 20))


def problems(report: Report) -> bytes:
    """Return all problems of a roster, one a row."""
    title = _("Problems found in the roster: %(number)s", number=report.problem_count)
    headers = [_("Row"), _("Column"), _("Header"), _("Value"), _("What is wrong and what to do")]
    rows = [(str(p.row), p.column, p.header, p.value, str(p.message)) for p in report.problems]
    return _workbook(title, headers, rows, (8, 9, 26, 32, 90))


def _workbook(title: str, headers: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> bytes:
    book = Workbook()
    book.sheet(_("List"), title, list(zip(headers, widths, strict=True)), rows)
    return book.content()
