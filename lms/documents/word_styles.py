"""The Word styles and the page of an official document (Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I)."""

from dataclasses import dataclass
from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm, Pt, RGBColor

from lms.documents.measure import TEXT_WIDTH
from lms.documents.wording import LANGUAGE

FONT = "Times New Roman"
PLAIN, TABLE, BASIS, STAMP = "Official", "OfficialTable", "OfficialBasis", "OfficialStamp"
_INDENT = Mm(12.7)
GREY = RGBColor(0x4D, 0x4D, 0x4D)
_SIDES = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
}


@dataclass(frozen=True)
class Look:
    """How a style sets its paragraphs; sizes and spaces in points, indents in English Metric Units."""

    size: float = 14
    side: str = "both"
    bold: bool = False
    italic: bool = False
    before: float = 0
    after: float = 6
    first: int = 0
    left: int = 0
    with_next: bool = False
    grey: bool = False


_LOOKS = {
    "Normal": Look(side="left", after=0),
    "Body Text": Look(first=_INDENT),
    BASIS: Look(first=_INDENT, italic=True),
    STAMP: Look(size=8.5, side="center", before=12, after=0, grey=True),
    "Title": Look(side="center", bold=True, after=0, with_next=True),
    "Subtitle": Look(side="center", bold=True, after=0, with_next=True),
    "Heading 1": Look(bold=True, before=8, first=_INDENT, with_next=True),
    "Heading 2": Look(bold=True, before=6, first=_INDENT, with_next=True),
    "Heading 3": Look(italic=True, before=4, first=_INDENT, with_next=True),
    "List Bullet": Look(first=-Mm(5), left=_INDENT),
    "Caption": Look(size=13, side="center", bold=True, before=6),
    "Header": Look(size=13, side="left", after=0),
    PLAIN: Look(size=12, side="center", after=0),
    TABLE: Look(size=12, side="left", before=2, after=2),
}


def side(name: str) -> WD_ALIGN_PARAGRAPH:
    """Return Word's alignment for left, right, center or both."""
    return _SIDES[name]


def prepare(document: Document) -> None:
    """Set the styles, the language, the page and the dash of lists."""
    _defaults(document.styles.element.find(qn("w:docDefaults")))
    for name, look in _LOOKS.items():
        if name not in document.styles:
            document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        _style(document.styles[name], look)
    _page(document.sections[0])
    _dash(document)


def child(parent: Any, tag: str, **attributes: object) -> Any:
    """Add an element of WordprocessingML with its attributes; returns it."""
    element = OxmlElement(tag, {qn(f"w:{name}"): str(value) for name, value in attributes.items()})
    parent.append(element)
    return element


def _defaults(defaults: Any) -> None:
    for kind in ("rPr", "pPr"):
        properties = defaults.find(f"{qn(f'w:{kind}Default')}/{qn(f'w:{kind}')}")
        properties.clear()
        if kind == "rPr":
            child(properties, "w:rFonts", ascii=FONT, hAnsi=FONT, eastAsia=FONT, cs=FONT)
            child(properties, "w:lang", val=LANGUAGE, eastAsia=LANGUAGE, bidi="ar-SA")


def _style(style: Any, look: Look) -> None:
    for name in ("w:rPr", "w:pPr"):
        properties = style.element.find(qn(name))
        for element in () if properties is None else list(properties):
            if element.tag not in (qn("w:numPr"), qn("w:outlineLvl")):
                properties.remove(element)
    _unlink(style)
    _letters(style.font, look)
    shape = style.paragraph_format
    shape.alignment = side(look.side)
    shape.space_before, shape.space_after, shape.line_spacing = Pt(look.before), Pt(look.after), 1.0
    shape.first_line_indent, shape.left_indent = look.first, look.left
    shape.keep_with_next, shape.widow_control = look.with_next, True


def _unlink(style: Any) -> None:
    """Part a style of paragraphs from its twin for letters, which would keep the old look."""
    name = style.element.get(qn("w:styleId"))
    for link in style.element.getparent().xpath(f'w:style[@w:styleId="{name}" or w:link/@w:val="{name}"]/w:link'):
        link.getparent().remove(link)


def _letters(font: Any, look: Look) -> None:
    font.name, font.size, font.bold, font.italic = FONT, Pt(look.size), look.bold, look.italic
    font.color.rgb = GREY if look.grey else RGBColor(0, 0, 0)
    fonts = font.element.rPr.rFonts
    for script in ("w:eastAsia", "w:cs"):
        fonts.set(qn(script), FONT)
    child(font.element.rPr, "w:szCs", val=round(look.size * 2))


def _page(section: Any) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = section.right_margin = Mm(20)
    section.left_margin = Mm(30)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True


def tabs(paragraph: Any) -> None:
    """Give a paragraph a stop at the middle and one at the right end of the line."""
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(Mm(TEXT_WIDTH / 2), WD_TAB_ALIGNMENT.CENTER)
    stops.add_tab_stop(Mm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)


def _dash(document: Document) -> None:
    """Let the bullets of the style of lists be dashes."""
    numbering = document.part.numbering_part.element
    number = document.styles["List Bullet"].element.pPr.numPr.numId.val
    abstract = numbering.num_having_numId(number).abstractNumId.val
    (level,) = numbering.xpath(f'w:abstractNum[@w:abstractNumId="{abstract}"]/w:lvl[@w:ilvl="0"]')
    level.find(qn("w:lvlText")).set(qn("w:val"), "-")
    for name in ("w:rPr", "w:pPr"):
        for properties in level.findall(qn(name)):
            level.remove(properties)
