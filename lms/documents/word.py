"""DOCX: built with python-docx, then packed anew, so that the same document gives the same bytes."""

import datetime as dt
import re
from collections.abc import Iterable
from io import BytesIO
from itertools import chain
from typing import Any
from zipfile import ZipFile

import docx as python_docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Inches, Mm, Pt
from docx.text.paragraph import Paragraph as Line

from lms.core import archives
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
from lms.documents.measure import TEXT_WIDTH
from lms.documents.paper import PPI, png
from lms.documents.word_styles import BASIS, GREY, PLAIN, STAMP, TABLE, child, prepare, side, tabs
from lms.documents.wording import clean, printed

_HYPHEN = re.compile(r"(?<=[^\W_])-(?=[^\W_])")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_EPOCH = dt.date(2020, 1, 1)
_LEFT = 62
"""Millimetres of the upper left block."""
_CAPITAL, _LETTER = 0.6, 0.44
"""Mean width of a bold letter of Times New Roman in ems."""


def docx(document: Official) -> bytes:
    """Return the document as a Word file.

    :raises ValueError: when a picture is not SVG or has no size
    """
    word = python_docx.Document()
    prepare(word)
    _properties(word, document)
    _margins(word.sections[0], document)
    _letterhead(word, document)
    _title(word, document)
    body = wording.numbered(document.body)
    kept = len(body) - wording.tail(body)
    for block in body[:kept]:
        _block(word, block)
    begin = len(word.element.body)
    for block in body[kept:]:
        _block(word, block)
    _keep(word.element.body[begin - 1 : -1])
    _signature(word, document)
    _hold_symbols(word.element.body)
    return _packed(word)


def _packed(word: Document) -> bytes:
    raw, out = BytesIO(), BytesIO()
    word.save(raw)
    with ZipFile(raw) as parts:
        archives.write(out, [(name, parts.read(name)) for name in parts.namelist()])
    return out.getvalue()


def _properties(word: Document, document: Official) -> None:
    package = word.part.package
    for key in [key for key, relation in package.rels.items() if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del package.rels[key]
    core = word.core_properties
    core.created = core.modified = dt.datetime.combine(document.date or _EPOCH, dt.time())
    core.title, core.language = wording.title(document)[:255], wording.LANGUAGE
    core.author = core.last_modified_by = clean(document.authority)[:255]
    core.comments, core.revision = "", 1


def _margins(section: Any, document: Official) -> None:
    _draft_mark(section.first_page_header.paragraphs[0], document).alignment = side("right")
    line = section.header.paragraphs[0]
    tabs(line)
    line.add_run("\t")
    _page_number(line)
    line.add_run("\t")
    _draft_mark(line, document)


def _draft_mark(line: Line, document: Official) -> Line:
    mark = line.add_run(wording.DRAFT if document.draft else "")
    mark.font.size, mark.font.color.rgb = Pt(8.5), GREY
    return line


def _page_number(line: Line) -> None:
    for kind in ("begin", "", "end"):
        run = line.add_run()._r
        if kind:
            child(run, "w:fldChar", fldCharType=kind)
        else:
            child(run, "w:instrText").text = "PAGE"


def _letterhead(word: Document, document: Official) -> None:
    grid = _grid(word, [_LEFT, TEXT_WIDTH - _LEFT], rows=2)
    (left, right), (number, date) = (row.cells for row in grid.rows)
    authority = clean(document.authority).upper()
    _lines(left, [(line, {}) for line in wording.authority_lines(document)] + [(authority, {"bold": True})])
    _rule(left, _LEFT, 0.4 * min(_width(authority, 12, _CAPITAL), _LEFT - 4))
    _lines(right, [(wording.STATE, {"bold": True}), (wording.MOTTO, {"bold": True, "size": 13})])
    _rule(right, TEXT_WIDTH - _LEFT, 56)
    _lines(number, [(wording.number_line(document), {"size": 13})])
    _lines(date, [(wording.date_line(document.place, document.date), {"size": 13, "italic": True})])


def _title(word: Document, document: Official) -> None:
    subject = printed(document.subject)
    title = word.add_paragraph(clean(document.kind).upper(), "Title")
    title.paragraph_format.space_before = Pt(14)
    word.add_paragraph(subject, "Subtitle")
    length = 0.35 * min(_width(subject, 14, _LETTER), TEXT_WIDTH)
    _rule(word, TEXT_WIDTH, length).paragraph_format.space_after = Pt(12)
    if document.addressee:
        word.add_paragraph(printed(document.addressee), PLAIN).paragraph_format.space_after = Pt(10)
        word.paragraphs[-1].runs[0].font.size = Pt(wording.BODY_SIZE)


def _block(word: Document, block: Block) -> None:
    match block:
        case Heading():
            word.add_paragraph(block.text, f"Heading {block.level}")
        case Paragraph():
            word.add_paragraph(printed(block.text), "Body Text")
        case Centred():
            word.add_paragraph(printed(block.text), "Subtitle").paragraph_format.space_after = Pt(6)
        case Article():
            article = word.add_paragraph("", "Body Text")
            article.add_run(wording.article(block)).bold = True
            article.add_run(f" {printed(block.text)}")
        case LegalBases():
            for line in wording.basis_lines(block):
                word.add_paragraph(line, BASIS)
        case Bullets():
            for item in block.items:
                word.add_paragraph(printed(item), "List Bullet")
        case Table():
            _table(word, block)
        case Picture():
            _picture(word, block)


def _table(word: Document, table: Table) -> None:
    if table.caption:
        word.add_paragraph(printed(table.caption), "Caption").paragraph_format.keep_with_next = True
    if table.columns:
        _cells(word, table)
    note = word.add_paragraph(style=TABLE)
    run = note.add_run(printed(table.note))
    run.font.size, run.font.italic = Pt(11), True
    note.paragraph_format.space_after = Pt(8)


def _cells(word: Document, table: Table) -> None:
    widths = [share * TEXT_WIDTH for share in wording.shares(table)]
    grid = _grid(word, widths, rows=len(table.rows) + 1)
    grid.style = "Table Grid"
    if table.caption:
        child(grid._tbl.tblPr, "w:tblCaption", val=clean(table.caption))
    head, *rows = grid._tbl.tr_lst
    child(head.get_or_add_trPr(), "w:tblHeader")
    _row(head, [clean(column.title) for column in table.columns], ["center"] * len(widths), head=True)
    sides = [column.align for column in table.columns]
    for row, texts in zip(rows, table.rows, strict=True):
        _row(row, wording.cells(table, texts), sides)


def _row(row: Any, texts: list[str], sides: list[Any], head: bool = False) -> None:
    for cell, text, at in zip(row.tc_lst, texts, sides, strict=True):
        line = Line(cell.p_lst[0], cell)
        line._p.style = TABLE
        line.alignment = side(at)
        run = line.add_run(text)
        if head:
            run.font.bold = True
            child(cell.get_or_add_tcPr(), "w:shd", val="clear", color="auto", fill="EBEBEB")


def _picture(word: Document, picture: Picture) -> None:
    line = word.add_paragraph(style="Caption")
    drawn = png(picture.svg)
    width = int.from_bytes(drawn[16:20], "big")  # the IHDR chunk, PNG specification 11.2.1
    shape = line.add_run().add_picture(BytesIO(drawn), width=Inches(width / PPI))
    shape._inline.docPr.set("descr", clean(picture.alt) or clean(picture.caption))
    line.paragraph_format.keep_with_next = bool(picture.caption)
    if picture.caption:
        word.add_paragraph(printed(picture.caption), "Caption")


def _signature(word: Document, document: Official) -> None:
    grid = _grid(word, [TEXT_WIDTH / 2] * 2, rows=1)
    left, right = grid.rows[0].cells
    recipients = wording.recipient_lines(document)
    if recipients:
        head = (wording.RECIPIENTS, {"bold": True, "italic": True})
        _lines(left, [head, *((line, {"size": 11}) for line in recipients)], "left")
    name = clean(document.signer_name)
    _lines(right, [(line, {"bold": True, "size": 14}) for line in (*wording.signer_lines(document), name)])
    for cell in (left, right):
        cell.paragraphs[0].paragraph_format.space_before = Pt(12)
    right.paragraphs[-1].paragraph_format.space_before = Pt(72)
    _keep([grid._tbl])
    if document.stamp:
        word.add_paragraph(clean(document.stamp), STAMP).paragraph_format.keep_together = True
    else:
        word.add_paragraph().paragraph_format.line_spacing = Pt(1)


def _keep(elements: Iterable[Any]) -> None:
    """Keep paragraphs and the last rows of tables on the page of what follows."""
    for element in elements:
        rows = element.xpath("(.//w:tr)[position() > last() - 2]")
        for line in chain([element] if element.tag == qn("w:p") else (), *(row.iter(qn("w:p")) for row in rows)):
            shape = Line(line, None).paragraph_format  # type: ignore[arg-type]
            shape.keep_with_next = shape.keep_together = True


def _hold_symbols(body: Any) -> None:
    """Let no line end at the hyphen within a symbol such as 12/BC-SNV."""
    for text in list(body.iter(qn("w:t"))):
        pieces = _HYPHEN.split(text.text or "")
        text.text, place = pieces[0], text
        for piece in pieces[1:]:
            hyphen, rest = OxmlElement("w:noBreakHyphen"), OxmlElement("w:t")
            rest.text = piece
            for element in (text, rest):
                element.set(_SPACE, "preserve")
            place.addnext(hyphen)
            hyphen.addnext(rest)
            place = rest


def _grid(word: Document, widths: list[float], rows: int) -> Any:
    """Add a table without borders and of fixed widths, in millimetres, whose rows stay whole."""
    grid: Any = word.add_table(rows, len(widths))
    grid.style, grid.autofit = "Normal Table", False
    for column, width in zip(grid._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.w = Mm(width)
    for row in grid._tbl.tr_lst:
        child(row.get_or_add_trPr(), "w:cantSplit")
        for cell, width in zip(row.tc_lst, widths, strict=True):
            cell.width = Mm(width)
    return grid


def _lines(cell: Any, lines: list[tuple[str, dict[str, Any]]], at: str = "center") -> None:
    first = cell.paragraphs[0]
    for (text, look), line in zip(lines, chain([first], iter(cell.add_paragraph, None)), strict=False):
        line.style, line.alignment = PLAIN, side(at)
        run = line.add_run(text)
        run.font.bold, run.font.italic = look.get("bold"), look.get("italic")
        run.font.size = Pt(look.get("size", 12))


def _rule(holder: Any, room: float, length: float) -> Any:
    """Add a thin line in the middle of a room, both in millimetres: the upper border of an empty paragraph."""
    line = holder.add_paragraph(style=PLAIN)
    shape = line.paragraph_format
    shape.left_indent = shape.right_indent = Mm(max(room - length, 0) / 2)
    shape.space_before, shape.line_spacing = Pt(2), Pt(4)
    borders: Any = OxmlElement("w:pBdr")
    child(borders, "w:top", val="single", sz=6, space=1, color="000000")
    line._p.pPr.insert_element_before(borders, "w:spacing", "w:ind", "w:jc")
    return line


def _width(text: str, size: float, letter: float) -> float:
    """Return about how long a bold text of a size in points is, in millimetres."""
    return size * letter * len(text) * 25.4 / 72
