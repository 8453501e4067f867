"""The words both writers put on paper: numbers of headings, the date line, the recipients, clean texts."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from itertools import count as counting
from unicodedata import normalize

from lms.documents.content import Article, Block, Bullets, Heading, LegalBases, Official, Paragraph, Table
from lms.documents.measure import CELL_SIDES, TEXT_WIDTH, longest_word, width

STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
DRAFT = "DỰ THẢO"
RECIPIENTS = "Nơi nhận:"
LANGUAGE = "vi-VN"
NO_BREAK = "\u00a0"
GAP = "…"
"""Stands where a person writes by hand."""

BODY_SIZE, TABLE_SIZE = 14, 12
"""Letters of the text and of tables, in points."""

_NOT_XML = re.compile("[^\t\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAK = re.compile("\r\n?|[\u0085\u2028\u2029]")
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_TRIM = " \t\u00a0;.,"
_DASHES = re.compile(r"^[\s\-–—−•*+·;.,:]+")
_BASIS = re.compile(r"^(căn cứ( vào)?|thực hiện|theo|xét)\b[\s:]*", re.IGNORECASE)
_ABOVE = re.compile(r"như (trên|kính gửi)\b", re.IGNORECASE)
_COPY = re.compile(r"lưu\b\s*:?\s*(?=\S)", re.IGNORECASE)
_UNITS = (
    "%|lượt|người|học viên|phiếu|ý kiến|đợt|lớp|đơn vị|kết quả|nội dung|chuyên đề|báo cáo|tiết|điểm|mức|năm|tháng|"
    "ngày|giờ|phút|đồng|triệu|tỷ|km|m|kg"
)
_TOGETHER = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<=\bsố) (?=\d|…)",
        r"(?<=\bngày) (?=\d|…)",
        r"(?<=\d) (?=tháng \d)",
        r"(?<=…) (?=tháng …)",
        r"(?<=\btháng) (?=\d|…)",
        r"(?<=\bnăm) (?=\d|…)",
        r"(?<=\d) (?=[-–] \d)",
        r"(?<=\d [-–]) (?=\d)",
        r"(?<=\d\u00a0[-–]) (?=\d)",
        r"(?<=\bmục) (?=[IVX\d])",
        r"(?<=\bkhoản) (?=\d)",
        r"(?<=\bĐiều) (?=\d)",
        r"(?<=\bđiểm) (?=[a-zđ]\b)",
        r"(?<=\b(?:Bảng|Hình)) (?=\d)",
        rf"(?<=\d) (?!năm \d)(?=(?:{_UNITS})\b)",
    )
)
_LETTERS = "abcdđeghiklmnopqrstuvxy"


def clean(text: str) -> str:
    """Return the text in composed letters (NFC) without what XML 1.0 (section 2.2) and paper cannot hold."""
    return normalize("NFC", _NOT_XML.sub("", _BREAK.sub("\n", text)))


def printed(text: str) -> str:
    """Return a clean text with spaces that do not break where official texts keep together: số 12, ngày 19 tháng 5."""
    glued = clean(text)
    for pattern in _TOGETHER:
        glued = pattern.sub(NO_BREAK, glued)
    return glued


def number_line(document: Official) -> str:
    """Return the line of number and symbol (Phụ lục I, phần I, mục II, khoản 3)."""
    return f"Số: {clean(document.number) or GAP * 6}"


def date_line(place: str, date: dt.date | None) -> str:
    """Return the line of place and date: days below 10 and the months 1 and 2 have a leading zero (khoản 4)."""
    if date is None:
        return printed(f"{place}, ngày {GAP} tháng {GAP} năm {GAP}")
    month = f"{date.month:02}" if date.month < 3 else str(date.month)
    return printed(f"{place}, ngày {date.day:02} tháng {month} năm {date.year}")


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
    """Return the recipients with a dash before and a semicolon or, at the last, a full stop behind (khoản 9).

    Whatever dashes and marks the writer typed; "Như trên" comes first, the file copy ("Lưu: VT, …") last.
    """
    names = [name for name in (_DASHES.sub("", clean(text)).strip(_TRIM) for text in document.recipients) if name]
    names.sort(key=lambda name: (not _ABOVE.match(name)) + 2 * bool(_COPY.match(name)))
    names = [_COPY.sub("Lưu: ", name, count=1) if _COPY.match(name) else name for name in names]
    return [f"- {name};" for name in names[:-1]] + [f"- {name}." for name in names[-1:]]


def basis_lines(bases: LegalBases) -> list[str]:
    """Return a line for each act: "Căn cứ …;", the last with a full stop (khoản 5), whatever the writer typed."""
    names = [
        name for name in (_DASHES.sub("", clean(text)).strip(_TRIM) for text in bases.items) if _BASIS.sub("", name)
    ]
    lines = [name[:1].upper() + name[1:] if _BASIS.match(name) else f"Căn cứ {name}" for name in names]
    return [f"{printed(line)};" for line in lines[:-1]] + [f"{printed(line)}." for line in lines[-1:]]


def tail(body: Sequence[Block]) -> int:
    """Count the blocks at the end that stay on the page of the signature: at least two lines of text."""
    lines = 0.0
    for count, block in enumerate(reversed(body), 1):
        lines += _lines(block)
        if lines >= 2 or not isinstance(block, LegalBases | Bullets | Paragraph | Article):
            return count
    return len(body)


def _lines(block: Block) -> float:
    """Estimate the lines of a text from below."""
    match block:
        case Paragraph() | Article():
            texts: Sequence[str] = clean(block.text).split("\n")
        case Bullets():
            texts = [clean(item) for item in block.items]
        case LegalBases():
            texts = basis_lines(block)
        case _:
            return 0
    return sum(1 + int(width(text) * BODY_SIZE > 1.1 * TEXT_WIDTH) for text in texts if text.strip())


def numbered(body: Iterable[Block]) -> list[Block]:
    """Return the blocks with a number before each heading and article; a level is within 1..3 and never skips one."""
    counts, articles = [0, 0, 0], counting(1)
    return [
        _count(block, counts)
        if isinstance(block, Heading)
        else Article(block.text, next(articles))
        if isinstance(block, Article)
        else block
        for block in body
    ]


def article(block: Article) -> str:
    """Return the number of an article as it stands before its text."""
    return f"Điều{NO_BREAK}{block.number}."


def shares(table: Table) -> list[float]:
    """Return the widths of the columns as shares of 1, as wide as their longest words where all of these have room."""
    wanted = [max(column.width, 0.01) for column in table.columns]
    total = sum(wanted)
    least = [
        (
            longest_word([clean(column.title)], bold=True),
            *(longest_word([clean(row[n])]) for row in table.rows if n < len(row)),
        )
        for n, column in enumerate(table.columns)
    ]
    needed = [(max(words) * TABLE_SIZE + CELL_SIDES) / TEXT_WIDTH for words in least]
    shares = [width / total for width in wanted]
    return _widened(shares, needed) if sum(needed) <= 1 else shares


def _widened(shares: list[float], needed: list[float]) -> list[float]:
    """Give each at least what it needs, and share the rest in the same ratio."""
    narrow: set[int] = set()
    while True:
        free = 1 - sum(needed[n] for n in narrow)
        wide = sum(share for n, share in enumerate(shares) if n not in narrow)
        given = [needed[n] if n in narrow else share / wide * free for n, share in enumerate(shares)]
        short = {n for n, share in enumerate(given) if n not in narrow and share < needed[n]}
        if not short:
            return given
        narrow |= short


def cells(table: Table, row: tuple[str, ...]) -> list[str]:
    """Return a row with as many clean texts as the table has columns."""
    size = len(table.columns)
    return [clean(text) for text in row[:size]] + [""] * (size - len(row))


def _count(heading: Heading, counts: list[int]) -> Heading:
    open_levels = sum(count > 0 for count in counts)
    depth = min(max(heading.level, 1), 3, open_levels + 1)
    counts[depth - 1 :] = [counts[depth - 1] + 1, *[0] * (3 - depth)]
    return Heading(depth, f"{_number(depth, counts[depth - 1])} {printed(heading.text)}")


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
