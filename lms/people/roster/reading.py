"""From a file of unknown kind to rows of cells: XLSX by calamine, CSV in the encodings that offices use.

Whatever is wrong with a file ends as a :class:`RosterError` whose message can be shown at the file's field.
"""

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _l
from python_calamine import CalamineError, CalamineWorkbook

from lms.core.errors import DomainError

MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED = 700 * 1024 * 1024
MAX_ROWS = 400_000
_HEADER_LINES = 10

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CHUNK = 4 * 1024 * 1024


class RosterError(DomainError):
    """A file that cannot be read as a roster at all; the message says what to do."""

    def __init__(self, code: str, message: Any) -> None:
        super().__init__(code, message, 422)


@dataclass(frozen=True, slots=True)
class Table:
    """The first sheet of a roster: its rows, and what its reader ought to know.

    :ivar rows: from row 1 and column A of the sheet, or line 1 of the file
    :ivar size: about how many rows there are, for progress
    """

    rows: Iterator[Sequence[Any]]
    size: int
    warnings: tuple[Any, ...] = ()


def open_table(stream: BinaryIO, filename: str, *, inspected: bool = False) -> Table:
    """Open a roster.

    :param inspected: the very same content passed here before, so that its size when unpacked is known to be sound
    :raises RosterError: the file is empty, too large, protected, or of another kind
    """
    content = stream.read(MAX_BYTES + 1)
    if not content.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        raise RosterError("empty", _l("The file is empty."))
    if len(content) > MAX_BYTES:
        raise RosterError("too-large", _l("The file is larger than 50 MB. Please split it by units."))
    if content.startswith(_OLE):
        raise RosterError("protected", _protected(content))
    if content.startswith(b"PK"):
        return _open_workbook(content, inspected=inspected)
    if content.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")
    ):
        raise RosterError("kind", _WRONG_KIND)
    return _open_csv(content, filename)


_UNREADABLE = (
    *(CalamineError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError),
    *(NotImplementedError, RuntimeError),
)
_DAMAGED = _l("The workbook cannot be read; it may be damaged. Please save it again.")
_WRONG_KIND = _l("This is neither an Excel workbook (.xlsx) nor a CSV file. Please use the template.")


def _protected(content: bytes) -> Any:
    if _ENCRYPTED in content:
        return _l("The workbook is protected by a password. Please save it without a password and choose it again.")
    return _l("This is a workbook in the old .xls format. Please save it as .xlsx in Excel and choose it again.")


# -- XLSX -------------------------------------------------------------------------------------------------------------


def _open_workbook(content: bytes, *, inspected: bool) -> Table:
    try:
        if not inspected:
            _inspect(content)
        with NamedTemporaryFile(suffix=".xlsx") as copy:  # calamine reads a path much faster than a stream
            copy.write(content)
            copy.flush()
            workbook = CalamineWorkbook.from_path(copy.name)
        visible = [s.name for s in workbook.sheets_metadata if "Visible" in str(s.visible) and "Work" in str(s.typ)]
        sheet = workbook.get_sheet_by_name((visible or workbook.sheet_names)[0])
        rows = sheet.iter_rows()
    except RosterError:
        raise
    except _UNREADABLE as error:
        raise RosterError("workbook", _DAMAGED) from error
    except BaseException as error:  # a panic of the reader is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise RosterError("workbook", _DAMAGED) from error
    return Table(_limited(rows), max(sheet.height - 1, 0))


def _inspect(content: bytes) -> None:
    """Refuse what would take too much memory: calamine lays a sheet out as a full rectangle.

    Two cells, one at A1 and one at XFD1048576, would be sixteen thousand million.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if any(part.flag_bits & 1 for part in parts):
            raise RosterError("protected", _protected(_ENCRYPTED))
        if not any(part.filename == "xl/workbook.xml" for part in parts):
            raise RosterError("kind", _WRONG_KIND)
        if sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise RosterError("too-large", _l("The workbook holds too much data. Please split it by units."))
        for part in parts:
            if part.filename.startswith("xl/worksheets/"):
                with archive.open(part) as stream:
                    _inspect_sheet(stream)


_FAR = bytes.maketrans(bytes(range(ord("A"), ord("Z") + 1)) + b"0123456789'", b"A" * 26 + b"0" * 10 + b'"')


def _inspect_sheet(stream: Any) -> None:
    rest = b""
    while chunk := stream.read(_CHUNK):
        shape = rest + chunk.translate(_FAR, b" \t\r\n")
        if b'r="AAA' in shape or b'r="AA00000' in shape or b'r="A0000000' in shape:
            text = _l("The sheet has cells far outside the table. Please copy the table into the template.")
            raise RosterError("far-cells", text)
        rest = shape[-16:]


# -- CSV --------------------------------------------------------------------------------------------------------------


def _open_csv(content: bytes, filename: str) -> Table:
    text, warnings = _decode(content)
    if not filename.lower().endswith((".csv", ".txt", ".tsv")) and "\n" not in text:
        raise RosterError("kind", _WRONG_KIND)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    return Table(_limited(_lines(reader)), text.count("\n"), warnings)


def _lines(reader: Any) -> Iterator[Sequence[Any]]:
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = _l(
                "Line %(line)s cannot be read: a quotation mark is missing or misplaced.", line=reader.line_num
            )
            raise RosterError("csv", message) from error
        yield row


def _decode(content: bytes) -> tuple[str, tuple[Any, ...]]:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _strictly(content, encoding), ()
    sample = content[:4000]
    if sample.count(0) * 10 > len(sample):
        little = sample[1::2].count(0) >= sample[::2].count(0)
        return _strictly(content, "utf-16-le" if little else "utf-16-be"), ()
    try:
        return content.decode("utf-8"), ()
    except UnicodeDecodeError:
        text = _strictly(content, "cp1258")
        return text, (
            _l(
                "The file is not in Unicode; it was read as Windows-1258. "
                "Please check names with marks below before you import."
            ),
        )


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        text = _l("The characters of this file cannot be read. Please save it as “CSV UTF-8” in Excel.")
        raise RosterError("encoding", text) from error


def _delimiter(text: str) -> str:
    """Return the separator that the first lines use most, outside quotation marks."""
    sample = "".join(text[:20_000].split('"')[::2]).split("\n")[:_HEADER_LINES]
    return max(",;\t", key=lambda mark: max((line.count(mark) for line in sample), default=0))


def _limited(rows: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    for number, row in enumerate(rows):
        if number > MAX_ROWS:
            raise RosterError("too-long", _l("The file has more than 400,000 rows. Please split it by units."))
        yield row
