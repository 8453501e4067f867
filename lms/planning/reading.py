"""Lists of people as they are pasted or kept in a spreadsheet, line by line."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _l

from lms.classes.rules import read_codes
from lms.core.errors import DomainError
from lms.core.fields import read_day
from lms.core.text import one_line
from lms.people.roster import columns
from lms.people.roster.reading import open_table
from lms.planning.queries.offers import Entry

MOST = 500
"""Lines of one list."""
_HEAD_WITHIN = 20
"""Rows in which the headings are looked for."""


def pasted(text: str) -> list[Entry]:
    """Return the lines of pasted staff codes."""
    return [Entry(number, code) for number, code in enumerate(read_codes(text)[:MOST], start=1)]


def sheet(stream: BinaryIO, filename: str) -> list[Entry]:
    """Read a spreadsheet that has a column of staff codes, or one of names; days of birth help to tell people apart.

    :raises lms.people.roster.reading.RosterError: the file cannot be read
    :raises DomainError: ``no-columns``
    """
    with open_table(stream, filename) as table:
        rows = enumerate(table.rows, start=1)
        places = next((found for _number, row in islice(rows, _HEAD_WITHIN) if (found := _places(row))), None)
        if places is None:
            words = _l("The sheet has neither a column “Mã CBCCVC” nor a column “Họ và tên”.")
            raise DomainError("no-columns", words, 422)
        return list(islice(_entries(rows, places), MOST))


def _places(row: Any) -> dict[str, int] | None:
    places = columns.match(row).places
    return places if {"staff_code", "full_name"} & places.keys() else None


def _entries(rows: Iterator[tuple[int, Any]], places: dict[str, int]) -> Iterator[Entry]:
    for number, row in rows:
        told = {key: row[place] if place < len(row) else "" for key, place in places.items()}
        code, name = _text(told.get("staff_code")).upper(), _text(told.get("full_name"))
        if code or name:
            yield Entry(number, code, name, _day(told.get("birth_date")))


def _text(value: Any) -> str:
    return one_line("" if value is None else str(value))[:200]


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return read_day(_text(value))
    except ValueError:
        return None
