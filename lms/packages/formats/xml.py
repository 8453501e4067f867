"""XML of packages, parsed without trusting it."""

from typing import Any

from lxml import etree

from lms.packages.messages import message as _l
from lms.packages.structure import NO_XML, Fault, Files, Refused, placed, read

LIMIT = 20 * 1024 * 1024
"""Bytes of a manifest."""


def parsed(files: Files, path: str) -> Any:
    """Return the root element of a manifest.

    :raises Refused: it is too large, no valid XML, or has a document type.
    """
    content = read(files, path, limit=LIMIT)
    head = content[:65536].replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise Refused(Fault(path, _DOCTYPE))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise Refused(Fault(placed(path, getattr(error, "lineno", None)), NO_XML)) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused(Fault(path, _DOCTYPE))
    return root


_DOCTYPE = _l("The manifest has a document type (DOCTYPE), which is not taken.")
