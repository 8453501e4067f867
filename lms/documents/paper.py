"""PDF: set by typst in fonts that come with the product, tagged (PDF/UA-1, PDF/A-2a), the same bytes everywhere."""

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import typst

from lms.core.assets import PAPER_FONTS
from lms.documents import wording
from lms.documents.content import (
    Article,
    Block,
    Bullets,
    Centred,
    Heading,
    LegalBases,
    Official,
    Paragraph,
    Picture,
    Table,
)
from lms.documents.drawings import plain
from lms.documents.measure import CELL_SIDES, TEXT_WIDTH, longest_word
from lms.documents.wording import clean, printed

PPI = 200
_HERE = Path(__file__).parent
_STANDARDS = ("1.7", "ua-1", "a-2a")
_LETTERS = 64
"""Letters of a table's size, even wide ones, that stand side by side over the whole width."""
_ROUNDING = 0.01
_ROW = 1500
"""Characters a cell over the whole width may have before its row may break across pages: about half a page."""


def pdf(document: Official) -> bytes:
    """Return the document as PDF.

    A text in a script that these fonts cannot draw leaves boxes, and the file is then tagged but no PDF/A.

    :raises ValueError: when a picture is not SVG or has no size
    """
    inputs = {"data": orjson.dumps(_data(document)).decode()}
    try:
        return _set("layout", inputs, format="pdf", timestamp=_moment(document), pdf_standards=list(_STANDARDS))
    except ValueError:
        return _set("layout", inputs, format="pdf", timestamp=_moment(document))


def png(svg: str) -> bytes:
    """Return a drawing as PNG with 200 dots an inch, at most as large as the text area.

    :raises ValueError: when it is not SVG or has no size
    """
    return _set("picture", {"svg": plain(svg)}, format="png", ppi=PPI)


def _set(name: str, inputs: dict[str, str], **options: Any) -> bytes:
    source, fonts = _HERE / f"{name}.typ", _fonts()
    try:
        data: bytes = typst.compile(
            source, root=_HERE, font_paths=fonts, ignore_system_fonts=True, sys_inputs=inputs, **options
        )
    except typst.TypstError as error:
        raise ValueError(f"typst cannot set it: {error}") from error
    return data


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(font_paths=[PAPER_FONTS], include_system_fonts=False, include_embedded_fonts=True)


def _moment(document: Official) -> int:
    day = document.date or dt.date(1970, 1, 1)
    return int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp())


def _data(document: Official) -> dict[str, Any]:
    return {
        "title": wording.title(document),
        "author": clean(document.authority),
        "superior": wording.authority_lines(document),
        "authority": clean(document.authority).upper(),
        "state": wording.STATE,
        "motto": wording.MOTTO,
        "number": wording.number_line(document),
        "date": wording.date_line(document.place, document.date),
        "kind": clean(document.kind).upper(),
        "subject": printed(document.subject),
        "addressee": printed(document.addressee),
        "tail": wording.tail(document.body),
        "body": [_block(block) for block in wording.numbered(document.body)],
        "recipients-title": wording.RECIPIENTS,
        "recipients": wording.recipient_lines(document),
        "signer": wording.signer_lines(document),
        "signer-name": clean(document.signer_name),
        "draft": wording.DRAFT if document.draft else "",
        "stamp": clean(document.stamp),
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Centred() | Article() | Paragraph():
            return _line(block)
        case Heading():
            return {"type": "heading", "level": block.level, "text": block.text}
        case LegalBases():
            return {"type": "bases", "lines": wording.basis_lines(block)}
        case Bullets():
            return {"type": "bullets", "items": [printed(item) for item in block.items]}
        case Table():
            return {"type": "table"} | _table(block)
        case Picture():
            alt = clean(block.alt) or clean(block.caption) or wording.GAP
            return {"type": "picture", "svg": plain(block.svg), "alt": alt, "caption": printed(block.caption)}


def _line(block: Centred | Article | Paragraph) -> dict[str, Any]:
    label = {"label": wording.article(block)} if isinstance(block, Article) else {}
    return {"type": type(block).__name__.lower(), "text": printed(block.text)} | label


def _table(table: Table) -> dict[str, Any]:
    shares = wording.shares(table)
    return {
        "caption": printed(table.caption),
        "note": printed(table.note),
        "widths": shares,
        "aligns": [column.align for column in table.columns],
        "head": _row([clean(column.title) for column in table.columns], shares, bold=True),
        "rows": [_row(wording.cells(table, row), shares) for row in table.rows],
    }


def _row(texts: list[str], shares: list[float], *, bold: bool = False) -> dict[str, Any]:
    tallest = max((_room(text) / share for text, share in zip(texts, shares, strict=True)), default=0)
    letters = [_letters(text, share, bold) for text, share in zip(texts, shares, strict=True)]
    return {"texts": texts, "letters": letters, "breakable": tallest > _ROW}


def _letters(text: str, share: float, bold: bool) -> int | None:
    """Return how many letters a line of the cell surely holds when a word of the text is wider, else None."""
    room = share * TEXT_WIDTH - CELL_SIDES + _ROUNDING
    fits = longest_word([text], bold=bold) * wording.TABLE_SIZE <= room
    return None if fits else max(int(share * _LETTERS) - 1, 1)


def _room(text: str) -> int:
    return len(text) + 60 * text.count("\n")
