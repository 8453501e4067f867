"""The words both writers put on paper: numbers of headings, the date line, the recipients, clean texts."""

import datetime as dt
import re
from collections.abc import Iterable
from unicodedata import normalize

from lms.documents.content import Block, Heading, Official, Table

STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
DRAFT = "DỰ THẢO"
RECIPIENTS = "Nơi nhận:"
LANGUAGE = "vi-VN"
GAP = "…"
"""Stands where a person writes by hand."""

_NOT_XML = re.compile("[^\t\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAK = re.compile("\r\n?|[\u0085\u2028\u2029]")
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_LETTERS = "abcdđeghiklmnopqrstuvxy"


def clean(text: str) -> str:
    """Return the text in composed letters (NFC) without what XML 1.0 (section 2.2) and paper cannot hold."""
    return normalize("NFC", _NOT_XML.sub("", _BREAK.sub("\n", text)))


def number_line(document: Official) -> str:
    """Return the line of number and symbol (Phụ lục I, phần I, mục II, khoản 3)."""
    return f"Số: {clean(document.number) or GAP * 6}"


def date_line(place: str, date: dt.date | None) -> str:
    """Return the line of place and date: days below 10 and the months 1 and 2 have a leading zero (khoản 4)."""
    if date is None:
        return f"{clean(place)}, ngày {GAP} tháng {GAP} năm {GAP}"
    month = f"{date.month:02}" if date.month < 3 else str(date.month)
    return f"{clean(place)}, ngày {date.day:02} tháng {month} năm {date.year}"


def title(document: Official) -> str:
    """Return the title of the file: kind and subject in one line."""
    return " ".join(clean(f"{document.kind} {document.subject}").split())


def authority_lines(document: Official) -> list[str]:
    """Return the lines of the superior authority, in capitals."""
    return [line for line in clean(document.superior).upper().split("\n") if line.strip()]


def signer_lines(document: Official) -> list[str]:
    """Return the lines above the signature: on whose behalf and as what, in capitals."""
    lines = f"{clean(document.signer_on_behalf)}\n{clean(document.signer_title)}".upper().split("\n")
    return [line for line in lines if line.strip()]


def recipient_lines(document: Official) -> list[str]:
    """Return the recipients with a dash before and a semicolon or, at the last, a full stop behind (khoản 9)."""
    names = [
        name for name in (clean(recipient).strip().rstrip(";").rstrip() for recipient in document.recipients) if name
    ]
    return [f"- {name};" for name in names[:-1]] + [f"- {name.removesuffix('.')}." for name in names[-1:]]


def numbered(body: Iterable[Block]) -> list[Block]:
    """Return the blocks with a number before each heading; a level is within 1..3 and never skips one."""
    counts = [0, 0, 0]
    return [_count(block, counts) if isinstance(block, Heading) else block for block in body]


def shares(table: Table) -> list[float]:
    """Return the widths of the columns as shares of 1."""
    widths = [max(column.width, 0.01) for column in table.columns]
    return [width / sum(widths) for width in widths]


def cells(table: Table, row: tuple[str, ...]) -> list[str]:
    """Return a row with as many clean texts as the table has columns."""
    size = len(table.columns)
    return [clean(text) for text in row[:size]] + [""] * (size - len(row))


def _count(heading: Heading, counts: list[int]) -> Heading:
    open_levels = sum(count > 0 for count in counts)
    depth = min(max(heading.level, 1), 3, open_levels + 1)
    counts[depth - 1 :] = [counts[depth - 1] + 1, *[0] * (3 - depth)]
    return Heading(depth, f"{_number(depth, counts[depth - 1])} {clean(heading.text)}")


def _number(depth: int, count: int) -> str:
    return (f"{_roman(count)}.", f"{count}.", f"{_letter(count)})")[depth - 1]


def _roman(number: int) -> str:
    text = ""
    for value, sign in _ROMAN:
        text += sign * (number // value)
        number %= value
    return text


def _letter(number: int) -> str:
    whole, part = divmod(number - 1, len(_LETTERS))
    return (_letter(whole) if whole else "") + _LETTERS[part]
