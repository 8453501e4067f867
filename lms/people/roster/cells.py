"""One cell of a roster at a time: from what a sheet holds to the text of a database value, or what is wrong with it.

Each function takes a raw cell (text, number, date …) and returns a string as PostgreSQL's COPY reads it, or a
:class:`Fault`. They depend on nothing but the cell, so that the checker may remember their answers.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple
from unicodedata import is_normalized

from flask_babel import lazy_gettext as _l

from lms.core.text import one_line
from lms.people.roster.columns import header_key
from lms.people.rules import STAFF_CODE

NULL = "\\N"
_EPOCH = date(1899, 12, 30)
_OLDEST = date(1900, 1, 1)
_TEXT_DATE = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?: 0?0:00(?::00)?)?")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
"""Also what the reader makes of a cell with a date."""
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,186}[A-Za-z0-9])?\.[A-Za-z]{2,24}"
)
_LETTERS = "A-Za-zÀ-ÂÈ-ÊÌÍÒ-ÕÙÚÝà-âãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ"
_PLAIN_NAME = re.compile(rf"(?=.{{2,120}}$)[{_LETTERS}]+(?: [{_LETTERS}]+)*")
_NOT_IN_NAMES = re.compile("[^\\w\\s'.\\-()\u0300-\u036f]|[\\d_]|^[\u0300-\u036f]")
"""Names of other languages of Viet Nam have marks that no letter holds: Y Sô̆ Niê."""
_A_DATE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?")
_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})

_SEXES = {"nam": "male", "male": "male", "m": "male", "nu": "female", "female": "female", "f": "female"}
_CATEGORIES = {
    "cong chuc": "civil_servant",
    "civil servant": "civil_servant",
    "can bo cong chuc cap xa": "commune_level",
    "cong chuc cap xa": "commune_level",
    "can bo cap xa": "commune_level",
    "cap xa": "commune_level",
    "commune level": "commune_level",
    "vien chuc": "public_employee",
    "public employee": "public_employee",
}


class Fault:
    """What is wrong with a cell and what to do."""

    __slots__ = ("message",)

    def __init__(self, message: Any) -> None:
        self.message = message


Converter = Callable[[Any], "str | Fault"]

EMPTY = Fault(_l("The cell is empty. Please fill it in."))


class UnitRef(NamedTuple):
    """A unit as a roster may name it."""

    id: int
    within: bool
    """Whether the importing account covers it."""
    valid: bool
    """Whether it exists today."""
    successors: str


def text_of(cell: Any) -> str:
    """Return a cell as one line of clean text; a whole number without its decimals."""
    if isinstance(cell, str):
        return one_line(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return "" if cell is None else one_line(str(cell))


def staff_code(cell: Any) -> str | Fault:
    """A staff code, upper case."""
    if cell.__class__ is str and STAFF_CODE.fullmatch(cell):
        return str(cell)
    code = text_of(cell).upper()
    if not code:
        return EMPTY
    if not STAFF_CODE.fullmatch(code):
        return Fault(_l("A staff code has 2 to 40 Latin letters without marks, digits, dots, dashes or slashes."))
    return code


def full_name(cell: Any) -> str | Fault:
    """A name, in its order and with its marks."""
    if cell.__class__ is str and _PLAIN_NAME.fullmatch(cell) and is_normalized("NFC", cell):
        return str(cell)
    name = text_of(cell)
    if not name:
        return EMPTY
    if not isinstance(cell, str) or _NOT_IN_NAMES.search(name) or not 2 <= len(name) <= 120:
        return Fault(_l("This is not a name: please write family, middle and given name in letters."))
    return name


def free_text(needed: bool) -> Converter:
    """Text of up to 250 characters."""

    def convert(cell: Any) -> str | Fault:
        text = text_of(cell)
        if not text:
            return EMPTY if needed else NULL
        if text in _ERRORS:
            return Fault(_l("The cell holds a formula with an error. Please correct the formula or type the text."))
        if _A_DATE.fullmatch(text):
            return Fault(_l("The cell holds a date. Please write the text."))
        if len(text) > 250:
            return Fault(_l("The text is longer than 250 characters. Please shorten it."))
        return text.replace("\\", "\\\\")

    return convert


def sex(cell: Any) -> str | Fault:
    """Female or male."""
    text = text_of(cell)
    if not text:
        return NULL
    return _SEXES.get(header_key(text)) or Fault(_l("Please write “Nam” or “Nữ”."))


def email(cell: Any) -> str | Fault:
    """An e-mail address."""
    text: str = cell if cell.__class__ is str and _EMAIL.fullmatch(cell) else text_of(cell)
    if not text:
        return NULL
    if not _EMAIL.fullmatch(text) or ".." in text:
        return Fault(_l("This is not an e-mail address. Please write it as name@hanoi.gov.vn."))
    return text


def category(cell: Any) -> str | Fault:
    """The kind of staff."""
    text = text_of(cell)
    if not text:
        return EMPTY
    return _CATEGORIES.get(header_key(text)) or Fault(
        _l("Please write “Công chức”, “Cán bộ, công chức cấp xã” or “Viên chức”.")
    )


def unit(units: Mapping[str, UnitRef]) -> Converter:
    """The id of a unit named by its code."""

    def convert(cell: Any) -> str | Fault:
        code = text_of(cell).upper()
        if not code:
            return EMPTY
        unit = units.get(code)
        if unit is None:
            return Fault(_l("There is no unit with this code. Please take the code from the list of units."))
        if not unit.within:
            return Fault(_l("This unit is not one of those you may import staff for."))
        if not unit.valid:
            if unit.successors:
                return Fault(_l("This unit no longer exists. Its successors: %(codes)s.", codes=unit.successors))
            return Fault(_l("This unit does not exist today."))
        return str(unit.id)

    return convert


def day(earliest: date, latest: date, serial_zero: int = 0) -> Converter:
    """A date between two others, as a sheet's date, its serial number, or dd/MM/yyyy.

    :param serial_zero: how many days later than usual the workbook begins to count
    """

    def convert(cell: Any) -> str | Fault:
        if cell == "" or cell is None:
            return NULL
        day = _date(cell, serial_zero)
        if day is None:
            return NULL if isinstance(cell, str) and not one_line(cell) else _UNREADABLE
        if not earliest <= day <= latest:
            limits = {"earliest": earliest.strftime("%d/%m/%Y"), "latest": latest.strftime("%d/%m/%Y")}
            return Fault(_l("The date must lie between %(earliest)s and %(latest)s.", **limits))
        return day.isoformat()

    return convert


def birth_day(today: date, serial_zero: int = 0) -> Converter:
    """The birth date of somebody of 15 years or more."""
    return day(_OLDEST, date(today.year - 15, 12, 31), serial_zero)


def last_day(today: date, serial_zero: int = 0) -> Converter:
    """The expected last day of service."""
    return day(date(1990, 1, 1), date(today.year + 60, 12, 31), serial_zero)


_UNREADABLE = Fault(_l("This is not a date. Please write day, month and year as 17/05/1985."))


def _date(cell: Any, serial_zero: int) -> date | None:
    if isinstance(cell, str):
        return _date_in_text(one_line(cell), serial_zero)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _serial(float(cell), serial_zero)
    return None


def _date_in_text(text: str, serial_zero: int) -> date | None:
    try:
        if match := _TEXT_DATE.fullmatch(text):
            return date(int(match[3]), int(match[2]), int(match[1]))
        if match := _ISO_DATE.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        return _serial(float(text), serial_zero) if re.fullmatch(r"[1-9][0-9]{4}", text) else None
    except ValueError:
        return None


def _serial(number: float, serial_zero: int) -> date | None:
    """Return the day of a sheet's serial number; four digits are rather a year on its own than a day before 1927."""
    days = number + serial_zero
    return _EPOCH + timedelta(days=int(days)) if 10_000 <= days < 100_000 else None
