"""What stands in the query string of an address, read in one way; anything else than what is asked is a bad request."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from flask import abort, request

from lms.core.fields import FIRST_YEAR, LAST_YEAR, read_day
from lms.core.text import one_line

T = TypeVar("T")
SEARCH_MAX = 100
COUNT_MAX = 2**31 - 1
"""What an integer column holds."""
_LARGEST = 2**63 - 1


def search(name: str = "q") -> str:
    """Return what was typed into a field of search or of a filter: one clean line, cut where nobody types on."""
    return one_line(request.args.get(name, "")[: SEARCH_MAX * 4])[:SEARCH_MAX]


def identifier(name: str) -> UUID | None:
    """Return an id; None when it is not given."""
    return _read(request.args.get(name), UUID)


def number(name: str, largest: int = _LARGEST) -> int | None:
    """Return a whole number from 0; None when it is not given."""
    number = _read(request.args.get(name), _whole)
    if number is not None and number > largest:
        abort(400)
    return number


def year(name: str = "year") -> int | None:
    """Return a year in which things happen here; None when it is not given."""
    given = number(name, largest=LAST_YEAR)
    if given is not None and given < FIRST_YEAR:
        abort(400)
    return given


def day(name: str) -> date | None:
    """Return a day, written as 2026-11-30 or 30/11/2026, of a plausible year; None when it is not given."""
    given = _read(request.args.get(name), read_day)
    if given is not None and not FIRST_YEAR <= given.year <= LAST_YEAR:
        abort(400)
    return given


def cursor(*kinds: Callable[[str], Any], name: str = "after") -> tuple[Any, ...] | None:
    """Return the key of the last row of the page before, as :meth:`lms.core.pages.Page.cut` wrote it; None at first.

    :param kinds: how each value of the key is read; the last one may hold anything
    """
    key = request.args.get(name, "").replace("\0", "")
    if not key:
        return None
    values = key.split("|", len(kinds) - 1)
    if len(values) != len(kinds):
        abort(400)
    return tuple(_read(value, kind) for value, kind in zip(values, kinds, strict=True))


def _whole(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 20 and int(value) <= _LARGEST):
        raise ValueError
    return int(value)


def _read(value: str | None, kind: Callable[[str], T]) -> T | None:
    try:
        return kind(value) if value else None
    except ValueError:
        abort(400)
