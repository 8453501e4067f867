"""The columns of a roster: what they are called, and which of a file's columns is which."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from lms.core import legacy
from lms.core.text import fold, one_line


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key (the persons' column), its headers (the first is the template's), a hint and an example."""

    key: str
    headers: tuple[str, ...]
    required: bool
    hint: str
    example: str

    @property
    def title(self) -> str:
        """The header as the template writes it."""
        return self.headers[0] + ("*" if self.required else "")


COLUMNS = (
    Column(
        "staff_code",
        ("Mã CBCCVC", "Mã cán bộ", "Mã nhân sự", "Mã CB", "Staff code", "Staff ID"),
        True,
        "Mã trong hệ thống quản lý nhân sự của Thành phố; chữ cái không dấu, chữ số, dấu chấm, gạch ngang, gạch chéo.",
        "HN012345",
    ),
    Column(
        "full_name",
        ("Họ và tên", "Họ tên", "Họ và tên đầy đủ", "Full name", "Name"),
        True,
        "Viết đủ họ, tên đệm và tên, có dấu.",
        "Nguyễn Thị Ánh Tuyết",
    ),
    Column(
        "birth_date",
        ("Ngày sinh", "Ngày tháng năm sinh", "Ngày, tháng, năm sinh", "Date of birth", "Birth date"),
        False,
        "Ngày/tháng/năm, ví dụ 17/05/1985.",
        "17/05/1985",
    ),
    Column("sex", ("Giới tính", "Nam/Nữ", "Sex", "Gender"), False, "Nam hoặc Nữ.", "Nữ"),
    Column("email", ("Email", "E-mail", "Thư điện tử", "Hộp thư"), False, "Thư công vụ.", "tuyetnta@hanoi.gov.vn"),
    Column(
        "category",
        ("Đối tượng", "Loại CBCCVC", "Nhóm đối tượng", "Category"),
        True,
        "Một trong: Công chức; Cán bộ, công chức cấp xã; Viên chức.",
        "Công chức",
    ),
    Column(
        "position",
        ("Vị trí việc làm", "Chức vụ", "Vị trí việc làm (Chức vụ)", "Chức danh", "Position", "Job position"),
        True,
        "Vị trí việc làm hoặc chức vụ hiện nay.",
        "Chuyên viên quản lý đô thị",
    ),
    Column(
        "rank",
        ("Ngạch/Hạng", "Ngạch", "Hạng", "Ngạch, hạng", "Hạng chức danh nghề nghiệp", "Rank"),
        False,
        "Ngạch công chức hoặc hạng chức danh nghề nghiệp.",
        "Chuyên viên chính",
    ),
    Column(
        "unit_code",
        ("Mã đơn vị", "Mã cơ quan", "Đơn vị", "Unit code", "Unit"),
        True,
        "Mã của đơn vị đang công tác, như trong danh mục đơn vị của hệ thống.",
        "SQHKT",
    ),
    Column(
        "service_ends_on",
        ("Ngày nghỉ hưu dự kiến", "Ngày nghỉ hưu", "Thời điểm nghỉ hưu", "Retirement date", "Service ends on"),
        False,
        "Ngày/tháng/năm.",
        "01/06/2045",
    ),
)

REQUIRED = frozenset(column.key for column in COLUMNS if column.required)
_IGNORED = frozenset({"stt", "so tt", "tt", "so thu tu", "no", "ghi chu", "note", "notes"})


def header_key(header: str) -> str:
    """Return a header as it is compared: folded, letters and digits only, words apart."""
    return " ".join(re.findall(r"[a-z0-9]+", fold(header)))


_BY_HEADER = {header_key(header): column for column in COLUMNS for header in column.headers}


@dataclass(frozen=True, slots=True)
class HeaderFault:
    """Something wrong with the header row; ``index`` is the column's place, None when it is missing."""

    index: int | None
    header: str
    message: Any


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which place of a row holds which column."""

    places: dict[str, int]
    headers: dict[int, str]
    faults: tuple[HeaderFault, ...]
    ignored: tuple[str, ...] = ()
    """Headings of columns that a roster may have and that are not read."""


def known(row: Sequence[Any]) -> int:
    """Return how many cells of a row are headers that we know."""
    return sum(isinstance(cell, str) and header_key(_unicode(cell)) in _BY_HEADER for cell in row)


def match(row: Sequence[Any]) -> Mapping:
    """Find the columns in a header row."""
    places: dict[str, int] = {}
    headers: dict[int, str] = {}
    faults: list[HeaderFault] = []
    ignored: list[str] = []
    expected = "; ".join(column.title for column in COLUMNS)
    for index, cell in enumerate(row):
        header = one_line(_unicode(str(cell)))[:100]
        key = header_key(header)
        if key in _IGNORED:
            headers[index] = header
            ignored.append(header)
        if not header or key in _IGNORED:
            continue
        column = _BY_HEADER.get(key)
        if column is None:
            text = _l(
                "This column is not known. Expected are: %(expected)s. Please rename or remove it.", expected=expected
            )
            headers[index] = header
            faults.append(HeaderFault(index, header, text))
        elif column.key in places:
            first = headers[places[column.key]]
            text = _l("This column is there twice (the first is “%(first)s”). Please remove one.", first=first)
            faults.append(HeaderFault(index, header, text))
        else:
            places[column.key] = index
            headers[index] = header
    for column in COLUMNS:
        if column.required and column.key not in places:
            text = _l("This column is missing. Expected are: %(expected)s.", expected=expected)
            faults.append(HeaderFault(None, column.headers[0], text))
    return Mapping(places, headers, tuple(faults), tuple(ignored))


def _unicode(header: str) -> str:
    """Return a heading in Unicode, whatever encoding the table is in."""
    old = legacy.recognise(header[:200])
    return old.text if old else header


def letters(index: int) -> str:
    """Return a column's letters in a spreadsheet: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name
