"""Cells out of a spreadsheet of unknown origin, in a process of its own with little memory and time.

Run by path, without the application: ``python -I extractor.py FILE NAME``. It answers on standard output, a JSON text a
line: first the sheets with their first rows; then, when the number of a sheet has come on standard input, what is odd
about that sheet, and its rows by the thousand. What cannot be read ends as ``{"error": code, …}``.
"""

import codecs
import csv
import io
import posixpath
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from xml.etree import ElementTree as ET

import orjson
from python_calamine import CalamineError, CalamineWorkbook

HEAD = 30
"""So many rows of each sheet are looked at for headings."""
MEMORY = 1536 * 1024**2
SECONDS = 60
_MB = 1024**2
MAX_SHEET, MAX_STRINGS, MAX_PART = 400 * _MB, 200 * _MB, 8 * _MB
MAX_ROWS, MAX_WIDTH, MAX_CELLS, MAX_AREA = 400_000, 702, 6_000_000, 12_000_000
MAX_ROW, MAX_LINE, MAX_CELL = 512 * 1024, 100_000, 2_000
_SHEETS = 60
_PORTION = 1_000
_CODE_CELLS = 1_000_000


class Unreadable(Exception):
    """Why nothing can be read: a code, and what the message names."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.answer = {"error": code} | values


def main(path: str, filename: str) -> None:
    """Answer for one file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        with Path(path).open("rb") as stream:
            workbook = stream.read(2) == b"PK"
        source = Workbook(path) if workbook else Delimited(path, filename)
        _say({"sheets": source.sheets})
        chosen = int(sys.stdin.readline())
        about, rows = source.read(chosen)
        _say(about)
        for portion in _portions(rows):
            _say(portion)
    except Unreadable as error:
        _say(error.answer)
    except MemoryError:
        _say({"error": "too-large"})
    except (CalamineError, zipfile.BadZipFile, zlib.error, ET.ParseError, EOFError, OSError, ValueError, LookupError):
        _say({"error": "damaged"})
    except (NotImplementedError, RuntimeError):
        _say({"error": "damaged"})


def _say(answer: Any) -> None:
    sys.stdout.buffer.write(orjson.dumps(answer, default=str) + b"\n")
    sys.stdout.buffer.flush()


def _portions(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    """Give rows by the thousand; long texts are cut, since no column takes them; so are blank rows at the end."""
    portion: list[Sequence[Any]] = []
    blank = 0
    for number, row in enumerate(rows):
        if not any(cell != "" and not (cell.__class__ is str and not cell.strip()) for cell in row):
            blank += 1
            continue
        if number > MAX_ROWS:
            raise Unreadable("too-long")
        portion += [[]] * blank
        blank = 0
        portion.append([_cut(cell) if cell.__class__ is str and len(cell) > MAX_CELL else cell for cell in row])
        if len(portion) >= _PORTION:
            yield portion
            portion = []
    if portion:
        yield portion


def _cut(cell: str) -> str:
    return cell[:MAX_CELL] + "…"


# -- workbooks --------------------------------------------------------------------------------------------------------


class Workbook:
    """An XLSX file: parts are found by their relationships, whatever they are called (ECMA-376, part 2)."""

    def __init__(self, path: str) -> None:
        self.archive = zipfile.ZipFile(path)
        parts = self.archive.infolist()
        if any(part.flag_bits & 1 for part in parts):
            raise Unreadable("protected")
        if len(parts) > 10_000:
            raise Unreadable("too-large")
        self.parts = {part.filename.lower().lstrip("/"): part for part in parts}
        self.book = self._main_part()
        root = ET.fromstring(self._xml(self.book))  # noqa: S314 - no document type is let through
        if _local(root.tag) != "workbook":
            raise Unreadable("kind")
        self.epoch_1904 = any(
            _local(node.tag) == "workbookPr" and node.get("date1904") in ("1", "true") for node in root
        )
        targets = self._relationships(self.book)
        self.strings = next((target for kind, target in targets.values() if kind == "sharedStrings"), "")
        self.styles = next((target for kind, target in targets.values() if kind == "styles"), "")
        self.places: list[str] = []
        self.sheets: list[dict[str, Any]] = []
        for node in root.iter():
            reference = next((value for key, value in node.attrib.items() if key.endswith("relationships}id")), "")
            if _local(node.tag) == "sheet" and targets.get(reference, ("", ""))[0] == "worksheet":
                self.places.append(targets[reference][1])
                visible = node.get("state", "visible") == "visible"
                self.sheets.append({"name": node.get("name", ""), "visible": visible, "head": []})
        if not self.sheets:
            raise Unreadable("damaged")
        if len(self.sheets) > 1:
            self._look_at_heads()

    def _look_at_heads(self) -> None:
        heads = [_head(self._bytes(place, 512 * 1024, cut=True)) for place in self.places[:_SHEETS]]
        book = self._reduced(heads)
        for index in range(len(heads)):
            self.sheets[index]["head"] = [row[:60] for row in book.get_sheet_by_index(index).to_python()[:HEAD]]

    def read(self, chosen: int) -> tuple[dict[str, Any], Iterator[Sequence[Any]]]:
        """Return what is odd about a sheet, and its rows from row 1 and column A."""
        data = self._bytes(self.places[chosen], MAX_SHEET)
        prefix = _prefix(data)
        hidden = [
            int(n) for n in re.findall(rb"<%srow\b(?=[^>]* hidden=\"(?:1|true)\")[^>]* r=\"(\d+)\"" % prefix, data)
        ]
        columns = _hidden_columns(data, prefix)
        data = self._without_blanks(data, prefix)
        _check_size(data, prefix)
        codes = self._codes(data, prefix)
        sheet = self._reduced([data]).get_sheet_by_index(0)
        about: dict[str, Any] = {
            "size": max(sheet.height - 1, 0),
            "epoch_1904": self.epoch_1904,
            "hidden_columns": [column for column in columns if sheet.end and column <= sheet.end[1] + 1][:20],
        }
        filled = set(map(int, re.findall(rb"<%srow\b[^>]* r=\"(\d+)\"" % prefix, data))) if hidden else set()
        read_hidden = [row for row in hidden if row in filled]
        about |= {"hidden": read_hidden[:20], "hidden_count": len(read_hidden)}
        about["dressed"] = [len(codes), next(iter(codes.values()), "")]
        return about, _dressed(sheet.iter_rows(), codes)

    def _main_part(self) -> str:
        for kind, target in self._relationships("").values():
            if kind == "officeDocument":
                return target
        if "xl/workbook.xml" in self.parts:
            return "xl/workbook.xml"
        raise Unreadable("kind")

    def _relationships(self, part: str) -> dict[str, tuple[str, str]]:
        """Return the relationships of a part: id -> (kind, part)."""
        folder, name = posixpath.split(part)
        place = posixpath.join(folder, "_rels", f"{name}.rels")
        if place.lower() not in self.parts:
            return {}
        names = {}
        for node in ET.fromstring(self._xml(place)):  # noqa: S314 - no document type is let through
            target = posixpath.normpath(posixpath.join("/", folder, node.get("Target", ""))).lstrip("/")
            if node.get("TargetMode") != "External":
                names[node.get("Id", "")] = (node.get("Type", "").rpartition("/")[2], target)
        return names

    def _bytes(self, place: str, most: int, *, cut: bool = False) -> bytes:
        part = self.parts.get(place.lower())
        if part is None:
            raise Unreadable("damaged")
        if part.file_size > most and not cut:
            raise Unreadable("too-large")
        with self.archive.open(part) as stream:
            data = stream.read(most + 1)
        if len(data) > most and not cut:
            raise Unreadable("too-large")
        return data

    def _xml(self, place: str) -> bytes:
        data = self._bytes(place, MAX_PART)
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise Unreadable("damaged")
        return data

    def _reduced(self, sheets: Sequence[bytes]) -> CalamineWorkbook:
        """Return a workbook of these sheets and nothing else, its parts where calamine looks for them."""
        office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        package = "http://schemas.openxmlformats.org/package/2006/relationships"
        names = [f'<sheet name="{n}" sheetId="{n}" r:id="r{n}"/>' for n in range(1, len(sheets) + 1)]
        targets = [(f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
        with NamedTemporaryFile(suffix=".xlsx") as copy:
            with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as archive:
                for number, data in enumerate(sheets, 1):
                    archive.writestr(f"xl/worksheets/sheet{number}.xml", data)
                if self.strings:
                    archive.writestr("xl/sharedStrings.xml", self._bytes(self.strings, MAX_STRINGS))
                    targets.append(("rs", "sharedStrings", "sharedStrings.xml"))
                if self.styles:
                    archive.writestr("xl/styles.xml", self._bytes(self.styles, MAX_PART * 2))
                    targets.append(("rt", "styles", "styles.xml"))
                links = "".join(
                    f'<Relationship Id="{key}" Type="{office}/{kind}" Target="{target}"/>'
                    for key, kind, target in targets
                )
                archive.writestr(
                    "_rels/.rels",
                    f'<Relationships xmlns="{package}"><Relationship Id="b" Type="{office}/officeDocument" '
                    'Target="xl/workbook.xml"/></Relationships>',
                )
                archive.writestr(
                    "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}">{links}</Relationships>'
                )
                epoch = f'<workbookPr date1904="{int(self.epoch_1904)}"/>'
                archive.writestr(
                    "xl/workbook.xml",
                    f'<workbook xmlns="{main}" xmlns:r="{office}">{epoch}<sheets>{"".join(names)}</sheets></workbook>',
                )
            copy.flush()
            return CalamineWorkbook.from_path(copy.name)

    def _without_blanks(self, data: bytes, prefix: bytes) -> bytes:
        """Leave out cells that only have a format or blanks: they cost as much as full ones, and may lie far away."""
        p = {b"p": prefix}
        data = re.sub(rb"<%(p)sc\b[^>]*/>" % p, b"", data)
        inline = rb"<%(p)sis>\s*<%(p)st\b[^>]*(?:/>|>\s*</%(p)st>)\s*</%(p)sis>" % p
        value = rb"<%(p)sv>\s*</%(p)sv>|<%(p)sv\s*/>" % p
        data = re.sub(rb"<%(p)sc\b[^>]*>\s*(?:%(i)s|%(v)s)?\s*</%(p)sc>" % (p | {b"i": inline, b"v": value}), b"", data)
        blank = self._blank_strings()
        if blank:
            number = b"|".join(str(index).encode() for index in blank)
            shared = rb"<%(p)sc\b(?=[^>]* t=\"s\")[^>]*>\s*<%(p)sv>(?:%(n)s)</%(p)sv>\s*</%(p)sc>" % (
                p | {b"n": number}
            )
            data = re.sub(shared, b"", data)
        return re.sub(rb"<%(p)srow\b[^>]*(?:/>|>\s*</%(p)srow>)" % p, b"", data)

    def _blank_strings(self) -> list[int]:
        """Return the numbers of the first shared strings that hold only blanks."""
        if not self.strings:
            return []
        positions: list[int] = []
        for number, part in enumerate(self._bytes(self.strings, MAX_STRINGS).split(b"</si>")):
            if len(part) < 200 and not re.sub(rb"<[^>]*>|\s|\xc2\xa0", b"", part) and len(positions) < 50:
                positions.append(number)
        return positions

    def _codes(self, data: bytes, prefix: bytes) -> dict[tuple[int, int], str]:
        """Return the numbers that a format shows as codes: 123 as 000123, 45 as HN-045."""
        masks = self._masks()
        if not masks:
            return {}
        cell = rb"<%(p)sc\b([^>]*)>\s*(?:<%(p)sf\b[^>]*(?:/>|>[^<]*</%(p)sf>))?\s*<%(p)sv>(\d{1,15})(?:\.0+)?</%(p)sv>"
        styles: dict[tuple[int, int], str] = {}
        for match in re.finditer(cell % {b"p": prefix}, data):
            attributes = dict(re.findall(rb"\b(\w+)=\"([^\"]*)\"", match[1]))
            mask = masks.get(attributes.get(b"s", b""))
            place = re.fullmatch(rb"([A-Z]{1,3})(\d+)", attributes.get(b"r", b""))
            if mask and place and attributes.get(b"t", b"n") == b"n" and len(styles) < _CODE_CELLS:
                styles[int(place[2]) - 1, _column(place[1])] = _shown(mask, match[2].decode())
        return styles

    def _masks(self) -> dict[bytes, list[str]]:
        """Return the formats that make codes of numbers, by the number by which cells name them."""
        if not self.styles:
            return {}
        root = ET.fromstring(self._xml(self.styles))  # noqa: S314 - no document type is let through
        formats = {
            node.get("numFmtId"): node.get("formatCode", "") for node in root.iter() if _local(node.tag) == "numFmt"
        }
        masks = {}
        for cells in root:
            if _local(cells.tag) == "cellXfs":
                for index, node in enumerate(cells):
                    mask = _mask(formats.get(node.get("numFmtId"), ""))
                    if mask:
                        masks[str(index).encode()] = mask
        return masks


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _prefix(data: bytes) -> bytes:
    opening = re.search(rb"<(\w+:)?worksheet\b", data[:4096])
    return (opening[1] or b"") if opening else b""


def _hidden_columns(data: bytes, prefix: bytes) -> list[int]:
    """Return the numbers of hidden columns, from 1."""
    found = set[int]()
    for tag in re.findall(rb"<%scol\b[^>]*>" % prefix, data):
        ends = [re.search(rb"\b%s=\"(\d{1,5})\"" % name, tag) for name in (b"min", b"max")]
        if re.search(rb"\bhidden=\"(?:1|true)\"", tag) and ends[0] and ends[1]:
            found.update(range(int(ends[0][1]), min(int(ends[1][1]), MAX_WIDTH) + 1))
    return sorted(found)


def _head(data: bytes) -> bytes:
    """Return a sheet that ends after its first rows."""
    prefix = _prefix(data)
    ends = [match.end() for match in re.finditer(rb"</%srow>|<%srow\b[^>]*/>" % (prefix, prefix), data)][:HEAD]
    if not ends:
        return b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
    closing = b"</%ssheetData></%sworksheet>" % (prefix, prefix)
    near = re.sub(
        rb"<%(p)srow\b[^>]* r=\"(\d{4,})\".*?</%(p)srow>" % {b"p": prefix}, b"", data[: ends[-1]], flags=re.DOTALL
    )
    return re.sub(rb"<%sc\b[^>]* r=\"[A-Z]{3}\d+\"[^>]*/>" % prefix, b"", near) + closing


def _check_size(data: bytes, prefix: bytes) -> None:
    """Refuse a sheet that would not fit: calamine lays it out as a full rectangle."""
    if data.count(b"<%sc " % prefix) > MAX_CELLS:
        raise Unreadable("too-large")
    if max(map(len, data.split(b"</%srow>" % prefix))) > MAX_ROW:
        raise Unreadable("wide-row")
    cell = rb"<%sc\b[^>]* r=\"" % prefix
    columns = set(re.findall(cell + rb"([A-Z]{1,3})\d", data))
    rows = set(re.findall(cell + rb"[A-Z]{1,3}(\d{1,7})\"", data))
    width, height = max(map(_column, columns), default=0) + 1, max(map(int, rows), default=0)
    if width <= MAX_WIDTH and width * height <= MAX_AREA:
        return
    width = height = 0
    for name, row in re.findall(cell + rb"([A-Z]{1,3})(\d{1,7})\"", data):
        width, height = max(width, _column(name) + 1), max(height, int(row))
        if width > MAX_WIDTH or width * height > MAX_AREA:
            raise Unreadable("far-cells", cell=f"{name.decode()}{int(row)}")


def _column(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number - 1


_TOKEN = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|_.|(0)|(#)|([-/ ])|(.)', re.DOTALL)


def _mask(code: str) -> list[str]:
    """Return a format of numbers as its parts, digits as ``0``; nothing where it is no code."""
    parts: list[str] = []
    for quoted, escaped, zero, hash_, plain, other in _TOKEN.findall(code.split(";", maxsplit=1)[0]):
        if other:
            return []
        if zero or hash_:
            parts.append("0" if zero else "#")
        elif quoted or escaped or plain:
            parts.append(f"'{quoted or escaped or plain}")
    zeros, words = parts.count("0"), any(part[0] == "'" and part[1:].strip("-/ ") for part in parts)
    return parts if zeros > 1 or (zeros and words and parts[0][0] == "'") else []


def _shown(mask: Sequence[str], digits: str) -> str:
    """Return digits as a mask shows them.

    >>> _shown(["'HN", "0", "0", "0"], "7")
    'HN007'
    """
    rest = list(digits)
    shown: list[str] = []
    places = [index for index, part in enumerate(mask) if part in ("0", "#")]
    for index in range(len(mask) - 1, -1, -1):
        if mask[index][0] == "'":
            shown.append(mask[index][1:])
        elif rest:
            shown.append("".join(rest) if index == places[0] else rest.pop())
            rest = [] if index == places[0] else rest
        elif mask[index] == "0":
            shown.append("0")
    return "".join(reversed(shown))


def _dressed(rows: Iterable[Sequence[Any]], codes: dict[tuple[int, int], str]) -> Iterator[Sequence[Any]]:
    if not codes:
        yield from rows
        return
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (place, column), text in codes.items():
        by_row.setdefault(place, []).append((column, text))
    for number, row in enumerate(rows):
        cells = list(row)
        for column, text in by_row.get(number, ()):
            if column < len(cells):
                cells[column] = text
        yield cells


# -- CSV --------------------------------------------------------------------------------------------------------------


class Delimited:
    """A CSV file in the encodings and with the separators of offices: one sheet without a name."""

    def __init__(self, path: str, filename: str) -> None:
        with Path(path).open("rb") as stream:
            self.text, self.windows = _decode(stream.read())
        if not filename.lower().endswith((".csv", ".txt", ".tsv")) and "\n" not in self.text:
            raise Unreadable("kind")
        self.delimiter = _delimiter(self.text)
        self.sheets: list[dict[str, Any]] = [{"name": "", "visible": True, "head": []}]

    def read(self, chosen: int) -> tuple[dict[str, Any], Iterator[Sequence[Any]]]:
        """Return what is odd, and the rows from line 1."""
        del chosen
        csv.field_size_limit(MAX_LINE)
        reader = csv.reader(_lines(self.text), delimiter=self.delimiter, strict=True)
        return {"size": self.text.count("\n"), "windows_1258": self.windows}, _records(reader)


def _lines(text: str) -> Iterator[str]:
    for number, line in enumerate(io.StringIO(text, newline=""), 1):
        if len(line) > MAX_LINE:
            raise Unreadable("long-line", line=number)
        if number > MAX_ROWS * 3:
            raise Unreadable("too-long")
        yield line


def _records(reader: Any) -> Iterator[Sequence[Any]]:
    try:
        for row in reader:
            if len(row) > MAX_WIDTH:
                raise Unreadable("long-line", line=reader.line_num)
            yield row
    except csv.Error:
        raise Unreadable("quotes", line=reader.line_num) from None


def _decode(content: bytes) -> tuple[str, bool]:
    """Return the text, and whether it had to be read as Windows-1258."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _strictly(content, encoding), False
    sample = content[:4000]
    if sample.count(0) * 10 > len(sample):
        little = sample[1::2].count(0) >= sample[::2].count(0)
        return _strictly(content, "utf-16-le" if little else "utf-16-be"), False
    try:
        return content.decode("utf-8"), False
    except UnicodeDecodeError:
        return _strictly(content, "cp1258"), True


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable("encoding") from None


def _delimiter(text: str) -> str:
    """Return the separator that the first lines use most, outside quotation marks."""
    sample = "".join(text[:20_000].split('"')[::2]).split("\n")[:10]
    return max(",;\t", key=lambda mark: max((line.count(mark) for line in sample), default=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
