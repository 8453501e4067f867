"""Small XML parts of files, read without entities, document types and network."""

from lxml import etree


def root_of(content: bytes) -> "etree._Element | None":
    """Return the root element; None when it is no XML, or has a document type."""
    if b"<!DOCTYPE" in content:
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
