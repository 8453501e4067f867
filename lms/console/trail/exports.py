"""The audit trail as a workbook, row by row, in bounded memory."""

from typing import Any

import orjson
from flask_babel import gettext as _

from lms.console.trail import queries
from lms.console.trail.sentences import named, sentence
from lms.core.workbooks import Workbook

MOST = 50_000
"""Rows of a workbook, about ten seconds of work; larger selections are cut by their period."""
_CELL_MAX = 32_000


def write(asked: queries.Asked, file: Any, *, title: str) -> None:
    """Write the entries of a selection, the newest first."""
    columns = [
        (_("Time"), 18),
        (_("Who"), 28),
        (_("What happened"), 80),
        (_("Subject"), 44),
        (_("Action"), 24),
        (_("Kind of subject"), 18),
        (_("Id"), 38),
        (_("Before"), 30),
        (_("After"), 30),
        (_("Number"), 10),
    ]
    book = Workbook(file)
    rows = (_cells(row, known) for row, known in queries.every(asked))
    book.sheet(_("Audit trail"), title, columns, rows, moments=frozenset({0}))
    book.close()


def _cells(row: queries.Entry, known: dict[tuple[str, str], str]) -> list[Any]:
    what = named(row.subject_type, row.subject_id, known, row.after, row.before)
    said = sentence(row.action, row.who, what, row.after)
    technical = [row.action, row.subject_type, row.subject_id, _json(row.before), _json(row.after), row.id]
    return [row.at, row.who or _("The system"), said, what, *technical]


def _json(values: dict[str, Any] | None) -> str | None:
    return None if values is None else orjson.dumps(values).decode()[:_CELL_MAX]
