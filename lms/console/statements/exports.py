"""A selection of statements as CSV or XLSX: one row a statement, read page by page, in bounded memory."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import IO, Any, NamedTuple
from uuid import UUID

from flask_babel import gettext as _

from lms.console.statements.figures import is_number, seconds_of
from lms.console.statements.lines import happened, parse
from lms.console.statements.queries import Known
from lms.console.statements.sentences import Reader, activity_name, person_of, plain, sentence, verb_word, who
from lms.core.i18n import ZONE
from lms.core.workbooks import Workbook
from lms.records import queries as records
from lms.records.parameters import StatementQuery
from lms.records.queries import Shown

CHUNK = 500
WORKBOOK_ROWS = 50_000
"""What a workbook holds, about ten seconds of work before the first byte; larger selections are saved as CSV."""
_CELL_MAX = 32_000
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_EXACT = 2**53

Knowing = Callable[[Sequence[Mapping[str, Any]]], tuple[Reader, Mapping[UUID, Known]]]
"""Tells for whom some statements are written, and which of their persons she may know."""


class Column(NamedTuple):
    """A column's heading and its width in a workbook."""

    heading: str
    width: float


def columns() -> list[Column]:
    """Return the columns of both files."""
    return [
        Column(_("Happened (Hà Nội time)"), 18),
        Column(_("Stored (Hà Nội time)"), 18),
        Column(_("Person"), 30),
        Column(_("Staff code"), 14),
        Column(_("Verb"), 18),
        Column(_("Activity"), 44),
        Column(_("Activity (IRI)"), 44),
        Column(_("Registration"), 38),
        Column(_("Score"), 10),
        Column(_("Maximum score"), 10),
        Column(_("Scaled score"), 10),
        Column(_("Success"), 10),
        Column(_("Completion"), 10),
        Column(_("Duration (seconds)"), 12),
        Column(_("Sentence"), 80),
        Column(_("Voided"), 10),
        Column(_("Statement"), 38),
    ]


_MOMENTS = frozenset({0, 1})


def rows(query: StatementQuery, knowing: Knowing, *, by: UUID | None = None) -> Iterator[list[Any]]:
    """Yield the cells of each statement of a selection, the newest first."""
    asked = replace(query, limit=CHUNK)
    while True:
        page = records.browse(asked, by=by)
        shown = page[:CHUNK]
        statements = [parse(row) for row in shown]
        reader, known = knowing(statements)
        for row, statement in zip(shown, statements, strict=True):
            yield _cells(row, statement, reader, known)
        if len(page) <= CHUNK:
            return
        asked = replace(asked, after=shown[-1].seq)


def as_csv(lines: Iterator[list[Any]]) -> Iterator[str]:
    """Yield CSV (RFC 4180) with a byte order mark, by which spreadsheets know UTF-8; no text becomes a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\ufeff"
    writer.writerow([column.heading for column in columns()])
    for number, cells in enumerate(lines, 1):
        writer.writerow([_harmless(cell) for cell in cells])
        if number % 100 == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def as_workbook(lines: Iterator[list[Any]], file: IO[bytes], *, title: str) -> None:
    """Write a workbook into a file, row by row."""
    book = Workbook(file)
    book.sheet(_("Learning records"), title, columns(), lines, moments=_MOMENTS)
    book.close()


def _cells(row: Shown, statement: Mapping[str, Any], reader: Reader, known: Mapping[UUID, Known]) -> list[Any]:
    actor, target, result = statement["actor"], statement["object"], statement.get("result", {})
    score = result.get("score", {})
    activity = target.get("objectType", "Activity") == "Activity"
    person = person_of(actor)
    known_person = known.get(person) if person else None
    return [
        happened(statement) or statement["timestamp"],
        row.stored.astimezone(ZONE),
        str(person) if person and not known_person else who(actor, reader, start=True),
        known_person.staff_code if known_person else None,
        verb_word(statement["verb"], reader.language),
        activity_name(target, reader.language) if activity else None,
        plain(target["id"], _CELL_MAX) if activity else None,
        statement.get("context", {}).get("registration"),
        _number(score.get("raw")),
        _number(score.get("max")),
        _number(score.get("scaled")),
        _yes_or_no(result.get("success")),
        _yes_or_no(result.get("completion")),
        _number(seconds_of(result.get("duration", ""))),
        sentence(statement, reader),
        _("yes") if row.voided else None,
        str(row.id),
    ]


def _number(value: Any) -> float | int | None:
    """A number that spreadsheets can hold, whole if it is whole."""
    if not is_number(value):
        return None
    if -_EXACT < value < _EXACT:
        return int(value) if value == int(value) else float(value)
    return float(value) if -1e300 < value < 1e300 else None


def _yes_or_no(value: bool | None) -> str | None:
    return None if value is None else _("yes") if value else _("no")


def _harmless(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, str) and cell.startswith(_RISKY):
        return f"'{cell}"
    return cell
