"""Drawings as the writers take them: SVG without what reaches outside, lettered in the font they are set in."""

import re
from typing import Any

from lxml import etree

from lms.documents.wording import clean

FAMILY = "Tinos"
_SVG = "{http://www.w3.org/2000/svg}"
_LEFT_OUT = (f"{_SVG}script", f"{_SVG}style", f"{_SVG}foreignObject", f"{_SVG}image")
_HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
_FAMILY_STYLE = re.compile(r"font-family\s*:[^;]*;?")


def plain(svg: str) -> str:
    """Return the drawing without scripts, style sheets, embedded files and references to other files.

    :raises ValueError: when it is not SVG
    """
    root = _root(svg)
    etree.strip_elements(root, *_LEFT_OUT, etree.Comment, etree.PI, etree.Entity, with_tail=False)
    for element in root.iter():
        _letter(element)
        for name in _HREFS:
            if not element.get(name, "#").startswith("#"):
                del element.attrib[name]
    root.set("font-family", FAMILY)
    return str(etree.tostring(root, encoding="unicode"))


def _root(svg: str) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=False)
    try:
        root = etree.fromstring(clean(svg).encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("A picture is not SVG") from error
    if root.tag != f"{_SVG}svg":
        raise ValueError("A picture is not SVG")
    return root


def _letter(element: Any) -> None:
    if "font-family" in element.attrib:
        element.set("font-family", FAMILY)
    if "style" in element.attrib:
        element.set("style", _FAMILY_STYLE.sub("", element.get("style")))
