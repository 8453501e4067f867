"""All rows of a roster checked, as fast as they can be read: each problem by row, column and value."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from lms.core import legacy
from lms.core.collation import name_key
from lms.core.text import fold
from lms.people.roster import cells, columns
from lms.people.roster.cells import NULL, Fault, UnitRef
from lms.people.roster.reading import RosterError, Table

BATCH = 5_000
LISTED = 20_000
"""So many problems are kept; further ones are counted."""
_HEADER_ROWS = 30
_EXAMPLE = {column.key: column.example for column in columns.COLUMNS}
_REMEMBERED = 200_000
_WIDEST = 702
_SHOWN = 10
_TEXTS = frozenset({"full_name", "sex", "category", "position", "rank"})


class Row(NamedTuple):
    """A good row, its values as COPY reads them."""

    staff_code: str
    search_text: str
    sort_key: str
    full_name: str
    rest: str
    """The values of ``REST``, with tabs between them."""


REST = ("birth_date", "sex", "email", "category", "position", "rank", "unit_id", "service_ends_on")


class Problem(NamedTuple):
    """One thing wrong with a roster."""

    row: int
    column: str
    """The column's letters; empty when the column is missing."""
    header: str
    value: str
    message: Any


class Checker:
    """Checks a table row by row. Iterate :meth:`batches`, then read the rest.

    :param refused: staff codes that may not be imported, with the reason
    :ivar problems: all problems found, in the order of the file
    :ivar count: how many rows were good
    :ivar present: which of the persons' columns the file has
    :ivar old: how many texts are in an old encoding, by its name
    :ivar converted: the first texts that were converted from the old encoding that was chosen
    """

    def __init__(self, table: Table, units: Mapping[str, UnitRef], today: date, refused: Mapping[str, Any]) -> None:
        self.table = table
        self.problems: list[Problem] = []
        self.problem_count = 0
        self.count = 0
        self.old: dict[str, int] = {}
        self.converted: dict[str, str] = {}
        self._examples: list[int] = []
        self._refused = refused
        self._rows = enumerate(table.rows, 1)
        self._mapping = self._find_header()
        self._places = self._mapping.places
        self.present = frozenset(self._places)
        zero = table.serial_zero
        self._converters: dict[str, cells.Converter] = {
            "full_name": cells.full_name,
            "birth_date": cells.birth_day(today, zero),
            "sex": cells.sex,
            "email": cells.email,
            "category": cells.category,
            "position": cells.free_text(needed=True),
            "rank": cells.free_text(needed=False),
            "unit_code": cells.unit(units),
            "service_ends_on": cells.last_day(today, zero),
        }

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong (so far)."""
        return self.problem_count == 0

    def place(self, key: str) -> tuple[str, str]:
        """Return letters and header of a column of the file."""
        index = self._places[key]
        return columns.letters(index), self._mapping.headers[index]

    def report(self, row: int, key: str, value: str, message: Any) -> None:
        """Add a problem with a column of the file."""
        self._add(Problem(row, *self.place(key), value[:120], message))

    def batches(self) -> Iterator[list[Row]]:
        """Check the rows; yield the good ones in portions.

        :raises RosterError: there are no rows, or the file cannot be read to its end
        """
        if columns.REQUIRED - self.present:
            return
        rows = self._good_rows()
        while batch := list(islice(rows, BATCH)):
            yield batch
        if self.count == 0 and self.sound and self._examples:
            raise RosterError(
                "only-example", _l("Only the template's own example was found. Please fill in your data.")
            )
        if self.count == 0 and self.sound:
            raise RosterError("no-rows", _l("The file has headers but no rows below them."))

    def _good_rows(self) -> Iterator[Row]:
        """Check row by row. What was seen before is looked up without a call: the loop runs 140,000 times."""
        code_at, width = self._places["staff_code"], max(self._places.values()) + 1
        columns_ = [self._remembered(key) for key in _AFTER_CODE]
        lookups = [(column.place, column.look_up) for column in columns_]
        folded = cache(fold)
        headings = self._mapping.headers
        unheaded = set(range(_WIDEST)) - set(headings)
        seen: dict[str, int] = {}
        for number, cells_read in self._rows:
            if unheaded and len(cells_read) > len(headings):
                self._look_for_unheaded(number, cells_read, unheaded)
            row = cells_read if len(cells_read) >= width else [*cells_read, *[""] * (width - len(cells_read))]
            code: Any = cells.staff_code(row[code_at])
            values: list[Any] = [look_up(row[place]) for place, look_up in lookups]
            if None in values:
                if code is cells.EMPTY and not any(map(cells.text_of, row)):
                    continue
                for index, value in enumerate(values):
                    if value is None:
                        values[index] = columns_[index].ask(row[columns_[index].place])
            if code == _EXAMPLE["staff_code"] and values[0] == _EXAMPLE["full_name"] and self._is_example(row):
                self._examples.append(number)
                continue
            good = code.__class__ is str and Fault not in map(type, values)
            if code.__class__ is str and seen.setdefault(code, number) != number:
                text = _l("This code is in row %(row)s already. Please keep one of the two rows.", row=seen[code])
                self.report(number, "staff_code", code, text)
                good = False
            if code in self._refused:
                self.report(number, "staff_code", code, self._refused[code])
                good = False
            if good and values[-1] is not NULL and values[1] is not NULL and values[-1] <= values[1]:
                text = _l("The last day of service must be after the birth date.")
                self.report(number, "service_ends_on", cells.text_of(row[self._places["service_ends_on"]]), text)
                good = False
            if good:
                self.count += 1
                name = values[0]
                search = " ".join(map(folded, name.split(" ")))
                yield Row(code, f"{search} {code.lower()}", name_key(name), name, "\t".join(values[1:]))
            else:
                self._explain(number, row, [code, *values])

    def _remembered(self, key: str) -> "_Remembered":
        if key in self._places:
            return _Remembered(self._places[key], self._unicode(key), key != "email")
        return _Remembered(self._places["staff_code"], lambda _cell: NULL, False)

    def _unicode(self, key: str) -> cells.Converter:
        """Return the converter of a column that tells texts in an old encoding, or converts them when wished."""
        convert, chosen = self._converters[key], self.table.choices.encoding

        def check(cell: Any) -> str | Fault:
            if cell.__class__ is not str or cell.isascii():
                return convert(cell)
            if chosen:
                text = legacy.convert(cell, chosen)
                if text != cell and len(self.converted) < _SHOWN:
                    self.converted[cell] = text
                cell = text
            old = legacy.recognise(cell)
            if old is None:
                return convert(cell)
            self.old[old.encoding] = self.old.get(old.encoding, 0) + 1
            words = _l(
                "This text is in the old encoding %(name)s, not in Unicode; it would read “%(text)s”.",
                name=old.encoding,
                text=old.text[:120],
            )
            return Fault(words)

        return check if key in _TEXTS else convert

    def _is_example(self, row: Sequence[Any]) -> bool:
        """Tell whether a row is the template's example, untouched."""
        return all(
            cells.text_of(row[place]) == _EXAMPLE[key] for key, place in self._places.items() if key != "unit_code"
        )

    def _look_for_unheaded(self, number: int, row: Sequence[Any], unheaded: set[int]) -> None:
        """Report each column that has data and no heading once, at its first data."""
        for index in [index for index in unheaded if index < len(row) and cells.text_of(row[index])]:
            unheaded.discard(index)
            text = _l("This column has data but no heading. Please write its heading, or clear the column.")
            self._add(Problem(number, columns.letters(index), "", cells.text_of(row[index])[:120], text))

    def notes(self) -> list[Any]:
        """Return what was read in another way than one may think, and what was not read, after the last batch."""
        notes = list(self.table.warnings)
        if self._examples:
            rows = ", ".join(map(str, self._examples[:10]))
            notes.append(_l("Row %(rows)s is the template's own example; it was not read.", rows=rows))
        if self._mapping.ignored:
            notes.append(_l("Columns that are not read: %(names)s.", names=", ".join(self._mapping.ignored)))
        if self.converted:
            pairs = "; ".join(f"{before} → {after}" for before, after in self.converted.items())
            notes.append(
                _l("Texts were converted from %(name)s: %(pairs)s", name=self.table.choices.encoding, pairs=pairs)
            )
        return notes

    def _explain(self, number: int, row: Sequence[Any], values: Sequence[Any]) -> None:
        for key, value in zip(("staff_code", *_AFTER_CODE), values, strict=True):
            if isinstance(value, Fault):
                self.report(number, key, cells.text_of(row[self._places[key]]), value.message)

    def _find_header(self) -> columns.Mapping:
        """Take the first row that holds at least three known headers, else the first that is not empty."""
        best: tuple[int, Sequence[Any]] | None = None
        for number, row in self._rows:
            if columns.known(row) >= 3:
                best = (number, row)
                break
            if best is None and any(map(cells.text_of, row)):
                best = (number, row)
            if number >= _HEADER_ROWS:
                break
        if best is None:
            raise RosterError("empty", _l("The first rows of the sheet are empty."))
        mapping = columns.match(best[1])
        for fault in mapping.faults:
            column = "" if fault.index is None else columns.letters(fault.index)
            self._add(Problem(best[0], column, fault.header, "", fault.message))
        return mapping

    def _add(self, problem: Problem) -> None:
        self.problem_count += 1
        if len(self.problems) < LISTED:
            self.problems.append(problem)


class _Remembered:
    """A converter that remembers its good answers: a roster repeats its positions, ranks, units and days."""

    __slots__ = ("answers", "convert", "look_up", "place")

    def __init__(self, place: int, convert: cells.Converter, repeats: bool) -> None:
        self.place, self.convert = place, convert
        self.answers: dict[Any, str] = {}
        self.look_up: Callable[[Any], str | Fault | None] = self.answers.get if repeats else convert

    def ask(self, raw: Any) -> str | Fault:
        """Return the remembered answer, or convert."""
        answer: str | Fault | None = self.answers.get(raw)
        if answer is None:
            answer = self.convert(raw)
            if not isinstance(answer, Fault):
                if len(self.answers) > _REMEMBERED:
                    self.answers.clear()
                self.answers[raw] = answer
        return answer


_AFTER_CODE = (
    "full_name",
    "birth_date",
    "sex",
    "email",
    "category",
    "position",
    "rank",
    "unit_code",
    "service_ends_on",
)
