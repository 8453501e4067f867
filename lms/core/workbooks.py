"""XLSX exports: plain tables with a head, every text written as text so that no cell becomes a formula."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import IO, Any

import xlsxwriter

from lms.core.i18n import ZONE

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_YEARS = range(1901, 9999)
"""Those that a cell can hold as a date."""


class Workbook:
    """A workbook; sheets are added one after another.

    :param file: where it goes, row by row, so that it may be larger than the memory; by default it stays in memory
    :param created: the moment written in it as that of its making, by default now
    """

    def __init__(self, file: IO[bytes] | None = None, *, created: datetime | None = None) -> None:
        self._buffer = BytesIO()
        options = {
            "in_memory" if file is None else "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book: Any = xlsxwriter.Workbook(self._buffer if file is None else file, options)
        if created is not None:
            self._book.set_properties({"created": created})
        self._title = self._book.add_format({"bold": True, "font_size": 14})
        self._head = self._book.add_format(
            {"bold": True, "bg_color": "#DCEBE7", "border": 1, "text_wrap": True, "valign": "top"}
        )
        self._date = self._book.add_format({"num_format": "dd/mm/yyyy"})
        self._moment = self._book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        self._share = self._book.add_format({"num_format": "0.0%"})
        self._plain = self._book.add_format({})

    def sheet(
        self,
        name: str,
        title: str,
        columns: Sequence[tuple[str, float]],
        rows: Iterable[Sequence[Any]],
        *,
        shares: frozenset[int] = frozenset(),
        moments: frozenset[int] = frozenset(),
    ) -> None:
        """Add a sheet.

        :param columns: heading and width in characters
        :param shares: indexes of columns that hold a share (0..1), shown as percent
        :param moments: indexes of columns that show the time of day too
        """
        sheet = self._book.add_worksheet(name[:31])
        sheet.write_string(0, 0, title, self._title)
        for index, (heading, width) in enumerate(columns):
            sheet.set_column(index, index, width)
            sheet.write_string(2, index, heading, self._head)
        last = 2
        for last, row in enumerate(rows, 3):
            for index, value in enumerate(row):
                self._cell(sheet, last, index, value, index in shares, index in moments)
        sheet.autofilter(2, 0, max(last, 3), len(columns) - 1)
        sheet.freeze_panes(3, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)

    def close(self) -> None:
        """Write the end of the workbook."""
        self._book.close()

    def content(self) -> bytes:
        """Close a workbook in memory and return its bytes."""
        self.close()
        return self._buffer.getvalue()

    def _cell(self, sheet: Any, row: int, column: int, value: Any, share: bool, moment: bool) -> None:
        if value is None:
            return
        if isinstance(value, datetime) and value.year in _YEARS:
            form = self._moment if moment else self._date
            sheet.write_datetime(row, column, value.astimezone(ZONE).replace(tzinfo=None), form)
        elif isinstance(value, datetime):
            sheet.write_string(row, column, value.isoformat())
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self._date)
        elif isinstance(value, (int, float)):
            sheet.write_number(row, column, value, self._share if share else self._plain)
        else:
            sheet.write_string(row, column, str(value))
