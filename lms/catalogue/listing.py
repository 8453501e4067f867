"""The catalogue's list: filters, search, and the rendered list kept in the process.

Twenty-one rows change a few times a day and are read by everybody, so the rows and the rendered lists stay in memory.
At most once in MEMO_SECONDS a request asks the database for the revision (one statement, see queries.revision); another
revision drops everything. A changed programme is therefore shown within two seconds in every process.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

from flask import Flask, current_app

from lms.catalogue import queries
from lms.catalogue.queries import ProgrammeRow
from lms.catalogue.rules import holds, words
from lms.catalogue.terms import AUDIENCES, FIELDS, FORMS, GROUPS
from lms.core.text import one_line

MEMO_SECONDS = 1.0
FRAGMENTS = 200
QUERY_MAX = 100


class UnknownFilterError(ValueError):
    """A filter has a value that the catalogue does not know."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a visitor asks for; empty texts mean everything."""

    q: str = ""
    group: str = ""
    field: str = ""
    audience: str = ""
    form: str = ""

    @classmethod
    def read(cls, args: Mapping[str, str]) -> "Filters":
        """Read the filters from the address; parameters that are no filters are left alone.

        :raises UnknownFilterError: a filter's value is not one of its choices.
        """
        values = {name: args.get(name, "") for name in CHOICES}
        for name, value in values.items():
            if value and value not in CHOICES[name]:
                raise UnknownFilterError(name)
        return cls(q=one_line(args.get("q", "")[: QUERY_MAX * 4])[:QUERY_MAX], **values)

    @property
    def any(self) -> bool:
        """Whether anything narrows the list."""
        return self != Filters()


CHOICES: dict[str, Sequence[str]] = {
    "group": tuple(GROUPS),
    "field": tuple(FIELDS),
    "audience": tuple(AUDIENCES),
    "form": tuple(FORMS),
}


class GroupRows(NamedTuple):
    """A group's programmes that fit, and the sums of the whole group."""

    code: str
    rows: list[ProgrammeRow]
    quota: int
    trained: int


def select_rows(rows: Sequence[ProgrammeRow], filters: Filters) -> list[ProgrammeRow]:
    """Return the rows that fit. The words are looked for as they stand; where that finds nothing, each for itself."""
    fitting = [
        row
        for row in rows
        if (not filters.group or row.group == filters.group)
        and (not filters.field or row.field == filters.field)
        and (not filters.audience or filters.audience in row.audience_kinds)
        and (not filters.form or filters.form in row.forms)
    ]
    wanted = words(filters.q)
    together = [row for row in fitting if holds(row.search_text, wanted)]
    return together or [row for row in fitting if all(holds(row.search_text, word) for word in wanted.split())]


def grouped(rows: Sequence[ProgrammeRow], everything: Sequence[ProgrammeRow]) -> list[GroupRows]:
    """Put rows under their groups, with the sums of the whole groups."""
    groups = []
    for code in GROUPS:
        own = [row for row in rows if row.group == code]
        if own:
            whole = [row for row in everything if row.group == code]
            groups.append(GroupRows(code, own, sum(r.quota for r in whole), sum(r.trained for r in whole)))
    return groups


class Shelf:
    """The rows of the catalogue and its rendered lists, as of one revision."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._asked_at = float("-inf")
        self._revision: str | None = None
        self._rows: list[ProgrammeRow] = []
        self._fragments: OrderedDict[tuple[str, Filters], str] = OrderedDict()

    def rows(self) -> list[ProgrammeRow]:
        """Return every programme, at most MEMO_SECONDS old."""
        self._refresh()
        return self._rows

    def fragment(self, language: str, filters: Filters, render: Callable[[list[ProgrammeRow]], str]) -> str:
        """Return the list for these filters in this language, rendered once a revision."""
        self._refresh()
        key = (language, filters)
        with self._lock:
            revision, rows, fragment = self._revision, self._rows, self._fragments.get(key)
            if fragment is not None:
                self._fragments.move_to_end(key)
                return fragment
        made = render(rows)
        with self._lock:
            if self._revision == revision:
                self._fragments[key] = made
                if len(self._fragments) > FRAGMENTS:
                    self._fragments.popitem(last=False)
        return made

    def _refresh(self) -> None:
        now = self._clock()
        if now - self._asked_at < MEMO_SECONDS:
            return
        revision = queries.revision()
        rows = self._rows if revision == self._revision else queries.programmes()
        with self._lock:
            if revision != self._revision:
                self._revision, self._rows = revision, rows
                self._fragments.clear()
            self._asked_at = now


def shelf() -> Shelf:
    """Return the application's shelf."""
    shelf: Shelf = current_app.extensions["catalogue_shelf"]
    return shelf


def init_app(app: Flask) -> None:
    """Give the application its shelf."""
    app.extensions["catalogue_shelf"] = Shelf()
