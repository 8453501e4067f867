"""Office documents by their relationships: the main part may have any name (ECMA-376, part 2)."""

import posixpath
from collections.abc import Callable

from lxml import etree

_LIMIT = 1024 * 1024
_DOCUMENT = "/officeDocument"
_FAMILIES = (
    ("wordprocessingml.", "word/document.xml"),
    ("ms-word.document.", "word/document.xml"),
    ("presentationml.", "ppt/presentation.xml"),
    ("ms-powerpoint.", "ppt/presentation.xml"),
    ("spreadsheetml.sheet.", "xl/workbook.xml"),
    ("ms-excel.sheet.macroenabled.", "xl/workbook.xml"),
)


def usual_name(read: Callable[[str], bytes]) -> str | None:
    """Return the name that a document's main part usually has, in lower case; None where there is no such part.

    :param read: gives the bytes of a part by its name in lower case, empty where there is none
    """
    links, kinds = _root(read("_rels/.rels")), _root(read("[content_types].xml"))
    if links is None or kinds is None:
        return None
    targets = [str(link.get("Target", "")) for link in links if str(link.get("Type", "")).endswith(_DOCUMENT)]
    if len(targets) != 1:
        return None
    part = posixpath.normpath(posixpath.join("/", targets[0])).lower()
    if not read(part.lstrip("/")):
        return None
    of_end = [k for k in kinds if str(k.get("Extension", "")).lower() == part.rpartition(".")[2]]
    named = [k for k in kinds if str(k.get("PartName", "")).lower() == part]
    kind = str((named or of_end or [kinds])[0].get("ContentType", "")).lower()
    return next((name for mark, name in _FAMILIES if mark in kind and ".main+xml" in kind), None)


def _root(xml: bytes) -> etree._Element | None:
    if not xml or len(xml) > _LIMIT or b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(xml, parser)
    except etree.XMLSyntaxError:
        return None
