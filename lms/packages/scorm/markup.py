"""The XML of manifests, read with suspicion towards its source and patience with its spelling.

Names are compared without case and by the family of their namespace: authoring tools mix the versions of a namespace,
and SCORM 1.2 and 2004 spell the same attribute ``scormtype`` and ``scormType``.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, cast

from lxml import etree

from lms.core.notation import LANGUAGE_TAG
from lms.core.text import one_line
from lms.packages.messages import message as _l
from lms.packages.structure import Fault, Refused, placed

Element = etree._Element

MAX_ELEMENTS = 300_000
MAX_ATTRIBUTES = 2_000_000
MAX_FINDINGS = 100
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf|\xfe\xff|\xff\xfe)?(?:\s|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
_PARSER: dict[str, Any] = {
    **dict.fromkeys(("resolve_entities", "load_dtd", "huge_tree"), False),
    **dict.fromkeys(("no_network", "remove_comments", "remove_pis"), True),
}
_XML = "{http://www.w3.org/XML/1998/namespace}"
_FAMILIES = ("adlcp", "adlseq", "adlnav", "imsss", "imscp")


def parse(content: bytes, path: str) -> Element:
    """Return the root of a document.

    :raises Refused: it has a DOCTYPE, too many elements, or is not well-formed.
    """
    if _PROLOG.match(content.replace(b"\x00", b"")):
        raise Refused(Fault(path, _DOCTYPE))
    if content.count(b"<") > 2 * MAX_ELEMENTS or content.count(b"=") > MAX_ATTRIBUTES:
        raise Refused(Fault(path, _l("The manifest has too many elements. Please split the package.")))
    if content.lstrip()[:5] == b"<?xml":
        content = content.lstrip()
    try:
        root = etree.fromstring(content, etree.XMLParser(**_PARSER))
    except etree.XMLSyntaxError as error:
        raise Refused(Fault(placed(path, error.lineno), _MALFORMED)) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused(Fault(path, _DOCTYPE))
    return root


_DOCTYPE = _l(
    "The manifest has a DOCTYPE, which is not allowed for safety. Please export the package again without it."
)
_MALFORMED = _l(
    "The manifest is no well-formed XML, or its characters are not in the encoding that it names. "
    "Please export the package again, in UTF-8."
)


class Findings:
    """What is wrong in a manifest and what is worth knowing, no more than a person can read."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._faults: list[Fault] = []
        self._notes: list[Fault] = []

    @property
    def clean(self) -> bool:
        """Whether there is no fault so far."""
        return not self._faults

    def refuse(self, message: Any, at: Element | None = None) -> None:
        """Note a fault for which the package cannot be taken."""
        self._faults.append(Fault(self._place(at), message))

    def note(self, message: Any, at: Element | None = None) -> None:
        """Note what the institution should know although the package is taken."""
        self._notes.append(Fault(self._place(at), message))

    def stop(self, message: Any, at: Element | None = None) -> Refused:
        """Return the refusal for a fault after which nothing more can be read."""
        self.refuse(message, at)
        return Refused(*self._readable(self._faults))

    def settle(self) -> tuple[Fault, ...]:
        """Return the notes.

        :raises Refused: there are faults.
        """
        if self._faults:
            raise Refused(*self._readable(self._faults))
        return tuple(self._readable(self._notes))

    def _readable(self, faults: list[Fault]) -> list[Fault]:
        more = len(faults) - MAX_FINDINGS
        if more <= 0:
            return faults
        return [*faults[:MAX_FINDINGS], Fault(self._path, _l("There are %(count)s more of these.", count=more))]

    def _place(self, at: Element | None) -> str:
        return self._path if at is None else placed(self._path, cast(Any, at).sourceline)


def short(name: str) -> str:
    """Return a name as it can stand in a message."""
    line = one_line(name)
    return line if len(line) <= 120 else f"{line[:119]}…"


def family(element: Element) -> str:
    """Return which vocabulary an element is of: adlcp, adlseq, adlnav, imsss, imscp, none, or empty for any other."""
    return _name(str(element.tag))[0]


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    return _name(str(element.tag))[1]


def children(element: Element, name: str, of: str = "imscp") -> Iterator[Element]:
    """Give the children of this name and family, or without a namespace."""
    lowered = name.lower()
    for candidate in element:
        prefix, tag = _name(str(candidate.tag))
        if tag.lower() == lowered and prefix in (of, _NO_NAMESPACE):
            yield candidate


def child(element: Element, name: str, of: str = "imscp") -> Element | None:
    """Return the first child of this name and family."""
    return next(children(element, name, of), None)


def attribute(element: Element, name: str) -> str | None:
    """Return an attribute, trimmed, of whatever namespace and case; None when it is missing or empty."""
    lowered = name.lower()
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2].lower() == lowered:
            return str(value).strip() or None
    return None


def text(element: Element | None) -> str | None:
    """Return an element's text, trimmed; None when there is no element or no text."""
    return None if element is None else "".join(str(part) for part in element.itertext()).strip() or None


def base(element: Element) -> str:
    """Return an element's own xml:base."""
    return (element.get(f"{_XML}base") or "").strip()


def language_of(element: Element) -> str:
    """Return the language in which an element's text is, ``und`` when nothing valid is said."""
    for holder in (element, *element.iterancestors()):
        tag = holder.get(f"{_XML}lang")
        if tag is not None:
            return tag if is_language(tag) else "und"
    return "und"


def is_language(tag: str) -> bool:
    """Tell whether a language tag is valid (RFC 5646)."""
    return LANGUAGE_TAG.fullmatch(tag) is not None


_NO_NAMESPACE = "none"


@lru_cache(maxsize=4096)
def _name(tag: str) -> tuple[str, str]:
    """Return family and local name of a tag or attribute in Clark's notation."""
    namespace, mark, name = tag.removeprefix("{").rpartition("}")
    if not mark:
        return _NO_NAMESPACE, name
    if "imscc" in namespace.lower():
        return "", name
    return next((prefix for prefix in _FAMILIES if prefix in namespace.lower()), ""), name
