"""The workbook behind the summary: the sums, every unit, and all that the units wrote."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from lms.core.i18n import in_words, local
from lms.core.workbooks import Workbook
from lms.people.sessions import local_day
from lms.reports.unit_reports import wording
from lms.reports.unit_reports.queries.campaigns import UnitRow
from lms.reports.unit_reports.queries.summary import Summary, Sums, Texts


def workbook(summary: Summary, units: Sequence[UnitRow], texts: Sequence[Texts], *, at: datetime) -> bytes:
    """Return the summary as XLSX."""
    book, campaign = Workbook(), summary.campaign
    title = f"{_('Reports of units %(year)s', year=campaign.year)}, {_('as of %(when)s', when=in_words(at))}"
    sums = [
        (_("People sent"), 10),
        (_("Enrolled"), 10),
        (_("Completed"), 12),
        (_("Hours of all trainees"), 16),
        *((word.capitalize(), 16) for word in wording.use_words()),
        (_("Mean quality"), 10),
        (_("Units that rated"), 12),
        (_("Places proposed"), 12),
    ]
    quotas = [(_("Trained in the city so far"), 14), (_("Target"), 10)]
    programmes = [
        [programme.key, local(programme.name), *_sums(programme), programme.trained, programme.target]
        for programme in summary.programmes
    ]
    book.sheet(
        _("By programme"), title, [(_("Code"), 10), (_("Programme"), 46), *sums, *quotas],
        [*programmes, ["", _("Total"), *_sums(summary.city)]],
    )  # fmt: skip
    levels = [[wording.level_word(level.key), *_sums(level)] for level in summary.by_level]
    book.sheet(_("By level"), title, [(_("Level"), 26), *sums], [*levels, [_("Whole city"), *_sums(summary.city)]])
    columns = [
        (_("Unit"), 60),
        (_("Code"), 14),
        (_("Level"), 24),
        (_("State"), 20),
        (_("Reported late"), 8),
        (_("Submitted"), 18),
        (_("Reminders"), 10),
        (_("Reports for"), 60),
    ]
    rows = ([*_unit(row, row.late(campaign.due_on, local_day(at)))] for row in units)
    book.sheet(_("Units"), title, columns, rows, moments=frozenset({5}))
    heads = [
        (_("Unit"), 50),
        (_("Level"), 24),
        (_("Quality of the training"), 60),
        (_("Use of trained staff"), 60),
        (_("Difficulties"), 60),
        (_("Proposals"), 60),
    ]
    book.sheet(_("Texts"), title, heads, (_texts(unit) for unit in texts))
    return book.content()


def _sums(sums: Sums) -> list[Any]:
    return [sums.sent, sums.enrolled, sums.completed, sums.hours, *sums.uses, sums.quality, sums.ratings, sums.quota]


def _texts(unit: Texts) -> list[Any]:
    words = [unit.quality_text, unit.use_text, unit.difficulties, unit.proposals]
    return [unit.unit, wording.level_word(unit.level), *words]


def _unit(row: UnitRow, late: bool) -> list[Any]:
    identity = [row.unit, row.code, wording.level_word(row.level), wording.state_word(row.state)]
    return [*identity, _("late") if late else None, row.submitted_at, row.reminders, row.covers]
