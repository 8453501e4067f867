"""What an official document says: plain data that both writers draw. Every text is data, never markup."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

LAYOUT = 2
"""Raised whenever the same document gives other bytes: files made by an earlier layout are not made again, but kept."""

Align = Literal["left", "right", "center"]


@dataclass(frozen=True)
class Heading:
    """A heading of the body; the writers number it themselves: I., II. — 1., 2. — a), b).

    :ivar level: 1 to 3; one outside, or one that skips a level, is brought to the nearest that fits
    :ivar text: without its number
    """

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A justified paragraph with an indented first line; a line feed in it starts a new line."""

    text: str


@dataclass(frozen=True)
class Centred:
    """A bold line in the middle, such as who decides and ``QUYẾT ĐỊNH:`` in a decision (Phụ lục III, mẫu 1.2)."""

    text: str


@dataclass(frozen=True)
class Article:
    """An article of a decision: ``Điều 1.`` in bold, then its text; the writers number the articles themselves.

    :ivar text: without its number
    """

    text: str
    number: int = 0


@dataclass(frozen=True)
class LegalBases:
    """The acts on which a document rests: italic lines "Căn cứ …;", the last with a full stop.

    Nghị định 30/2020/NĐ-CP, Phụ lục I, phần II, khoản 5.

    :ivar items: an act each; dashes, "Căn cứ" and marks at the end may be missing, the writers set them
    """

    items: tuple[str, ...]


@dataclass(frozen=True)
class Bullets:
    """A list whose items begin with a dash."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table.

    :ivar width: its share of the text width; shares are scaled so that they fill it
    """

    title: str
    width: float
    align: Align


@dataclass(frozen=True)
class Table:
    """A table over the whole text width; its head is repeated on each page and no row breaks across pages.

    :ivar rows: texts; a short row is filled up with empty cells, a longer one is cut to the columns
    :ivar caption: above the table
    :ivar note: below the table, in small italics
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """A drawing, made smaller where it exceeds the text area.

    :ivar svg: the SVG file as text; one pixel of it is 1/96 inch on paper (CSS 2.2, section 4.3.2)
    :ivar alt: what it shows, for those who do not see it
    :ivar caption: below the picture; may be empty
    """

    svg: str
    alt: str
    caption: str


Block = Heading | Centred | Article | LegalBases | Paragraph | Bullets | Table | Picture


@dataclass(frozen=True)
class Official:
    """An official document: its parts in the order of Phụ lục I, Nghị định 30/2020/NĐ-CP.

    :ivar superior: name of the superior authority; may be empty
    :ivar authority: name of the issuing authority
    :ivar number: number and symbol, such as ``12/BC-ĐU``; empty leaves room to write it
    :ivar place: where it is issued
    :ivar date: None leaves room to write it
    :ivar kind: such as ``BÁO CÁO``
    :ivar subject: what it is about
    :ivar recipients: dashes and semicolons are set by the writers, whatever stands there; may be empty
    :ivar signer_title: the office of who signs
    :ivar signer_name: empty leaves room to write it
    :ivar signer_on_behalf: lines such as ``TM. ỦY BAN NHÂN DÂN`` above the title, one a line; may be empty
    :ivar draft: whether each page is marked ``DỰ THẢO``
    :ivar stamp: a small line below the signature; may be empty
    :ivar addressee: to whom it is sent, below the subject; may be empty
    """

    superior: str
    authority: str
    number: str
    place: str
    date: dt.date | None
    kind: str
    subject: str
    body: tuple[Block, ...]
    recipients: tuple[str, ...]
    signer_title: str
    signer_name: str
    signer_on_behalf: str
    draft: bool
    stamp: str
    addressee: str = ""
