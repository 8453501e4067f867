"""From a file of unknown kind to rows of cells, read by a process of its own (``extractor``) within limits.

Whatever is wrong with a file ends as a :class:`RosterError` whose message can be shown at the file's field.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

import orjson
from flask_babel import lazy_gettext as _l
from xlsxwriter.utility import xl_col_to_name

from lms.core import legacy
from lms.core.errors import DomainError
from lms.people.roster import columns, extractor

MAX_BYTES = 50 * 1024 * 1024

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class RosterError(DomainError):
    """A file that cannot be read as a roster at all; the message says what to do."""

    def __init__(self, code: str, message: Any) -> None:
        super().__init__(code, message, 422)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the importing person chose after the first check.

    :ivar sheet: the name of the sheet to read; by default the first one to be seen that holds a table
    :ivar encoding: the old encoding from which texts are converted
    """

    sheet: str = ""
    encoding: str = ""

    def __post_init__(self) -> None:
        if self.encoding and self.encoding not in legacy.NAMES:
            raise ValueError(self.encoding)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook; ``table`` tells whether it has the headings of a roster."""

    name: str
    visible: bool
    table: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The sheet that is read, and what its reader ought to know.

    :ivar rows: from row 1 and column A of the sheet, or line 1 of the file
    :ivar size: about how many rows there are, for progress
    :ivar sheet: the name of the sheet; empty for CSV
    :ivar others: the other sheets that hold tables
    :ivar serial_zero: how many days the file's day 0 lies after that of usual workbooks
    """

    rows: Iterator[Sequence[Any]]
    size: int
    warnings: tuple[Any, ...] = ()
    sheet: str = ""
    others: tuple[Sheet, ...] = ()
    serial_zero: int = 0
    choices: Choices = Choices()


@contextmanager
def open_table(stream: BinaryIO, filename: str, choices: Choices | None = None) -> Iterator[Table]:
    """Open a roster for as long as it is read.

    :raises RosterError: the file is empty, too large, protected, or of another kind
    """
    content = stream.read(MAX_BYTES + 1)
    _check_kind(content)
    with NamedTemporaryFile(suffix=".roster") as copy:
        copy.write(content)
        copy.flush()
        del content
        command = [sys.executable, "-I", extractor.__file__, copy.name, filename]
        with subprocess.Popen(  # noqa: S603 - our own program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            try:
                yield _table(process, choices or Choices())
            finally:
                process.kill()


def _check_kind(content: bytes) -> None:
    if not content.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        raise RosterError("empty", _l("The file is empty."))
    if len(content) > MAX_BYTES:
        raise RosterError("too-large", _l("The file is larger than 50 MB. Please split it by units."))
    if content.startswith(_OLE):
        raise RosterError("protected", _PROTECTED if _ENCRYPTED in content else _OLD)
    if content.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")
    ):
        raise RosterError("kind", _WRONG_KIND)


_WRONG_KIND = _l("This is neither an Excel workbook (.xlsx) nor a CSV file. Please use the template.")
_PROTECTED = _l("The workbook is protected by a password. Please save it without a password and choose it again.")
_OLD = _l("This is a workbook in the old .xls format. Please save it as .xlsx in Excel and choose it again.")
_MESSAGES = {
    "kind": _WRONG_KIND,
    "protected": _PROTECTED,
    "damaged": _l("The workbook cannot be read; it may be damaged. Please save it again."),
    "too-large": _l("The workbook holds too much data. Please split it by units."),
    "too-long": _l("The file has more than 400,000 rows. Please split it by units."),
    "encoding": _l("The characters of this file cannot be read. Please save it as “CSV UTF-8” in Excel."),
    "wide-row": _l("A row of the sheet holds far more than a person's data. Please copy the table into the template."),
}


def _refusal(answer: dict[str, Any]) -> RosterError:
    code, message = answer["error"], _MESSAGES.get(answer["error"])
    if code == "far-cells":
        message = _l(
            "The sheet has cells far outside the table (%(cell)s). Please copy the table into the template.",
            cell=answer["cell"],
        )
    elif code == "long-line":
        message = _l("Line %(line)s is far too long for a person's data. Please use the template.", line=answer["line"])
    elif code == "quotes":
        message = _l("Line %(line)s cannot be read: a quotation mark is missing or misplaced.", line=answer["line"])
    return RosterError(code, message)


def _hear(process: "subprocess.Popen[bytes]") -> Any:
    """Return the next answer; a reader that ended by its limits of memory or time gave none."""
    line = process.stdout.readline() if process.stdout else b""
    if not line:
        if process.wait() == 0:
            return None
        raise _refusal({"error": "too-large"})
    answer = orjson.loads(line)
    if isinstance(answer, dict) and "error" in answer:
        raise _refusal(answer)
    return answer


def _table(process: "subprocess.Popen[bytes]", choices: Choices) -> Table:
    heads = _hear(process)["sheets"]
    sheets = [
        Sheet(head["name"], head["visible"], any(columns.known(row) >= 3 for row in head["head"])) for head in heads
    ]
    chosen = _choose(sheets, choices.sheet)
    if process.stdin:
        process.stdin.write(b"%d\n" % chosen)
        process.stdin.flush()
    about = _hear(process)
    return Table(
        _rows(process),
        about["size"],
        tuple(_oddities(about)),
        sheets[chosen].name,
        tuple(sheet for index, sheet in enumerate(sheets) if index != chosen and sheet.table),
        1462 if about.get("epoch_1904") else 0,
        choices,
    )


def _choose(sheets: Sequence[Sheet], name: str) -> int:
    """Return the chosen sheet; else the first visible one with a table, the first visible one, the first one."""
    order = sorted(
        range(len(sheets)),
        key=lambda n: (sheets[n].name != name if name else False, not sheets[n].visible, not sheets[n].table),
    )
    return order[0]


def _rows(process: "subprocess.Popen[bytes]") -> Iterator[Sequence[Any]]:
    while (portion := _hear(process)) is not None:
        yield from portion


def _oddities(about: dict[str, Any]) -> Iterator[Any]:
    if about.get("windows_1258"):
        yield _l(
            "The file is not in Unicode; it was read as Windows-1258. "
            "Please check names with marks below before you import."
        )
    if about.get("hidden_count"):
        rows = ", ".join(map(str, about["hidden"])) + (" …" if about["hidden_count"] > len(about["hidden"]) else "")
        yield _l(
            "%(number)s rows are hidden or filtered out in the sheet; they were read as well: rows %(rows)s.",
            number=about["hidden_count"],
            rows=rows,
        )
    if about.get("hidden_columns"):
        columns = ", ".join(xl_col_to_name(column - 1) for column in about["hidden_columns"])
        yield _l("Hidden columns of the sheet were read as well: %(columns)s.", columns=columns)
    if about.get("dressed", [0])[0]:
        number, example = about["dressed"]
        yield _l(
            "%(number)s numbers were read as the sheet shows them, with leading zeros or letters, such as %(example)s.",
            number=number,
            example=example,
        )
    if about.get("epoch_1904"):
        yield _l("The workbook counts days from 1904, as Excel for Mac once did; its dates were read accordingly.")
