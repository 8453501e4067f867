"""Which edition of SCORM a manifest is written for, as authoring tools say it."""

import re

from lms.packages.messages import message as _l
from lms.packages.scorm.markup import Element, Findings, attribute, child, family, local, short, text

EDITIONS = ("1.2", "2004 2nd", "2004 3rd", "2004 4th")
_VERSIONS = (
    (re.compile(r"4th", re.IGNORECASE), "2004 4th"),
    (re.compile(r"3rd", re.IGNORECASE), "2004 3rd"),
    (re.compile(r"2nd|2004|^(?:cam|scorm)?\s*1\.3", re.IGNORECASE), "2004 2nd"),
    (re.compile(r"^(?:scorm\s*)?1\.2(?:\.0)?$", re.IGNORECASE), "1.2"),
)
_ONLY_4TH = {("adlcp", "data"), ("adlseq", "objectives")}
_ONLY_4TH_ATTRIBUTES = ("completedByMeasure", "minProgressMeasure", "progressWeight")


def edition_of(root: Element, findings: Findings) -> str:
    """Return a manifest's edition, a member of EDITIONS.

    The schemaversion decides; when it is missing or unknown, the namespaces do.

    :raises Refused: it is no SCORM manifest.
    """
    if local(root).lower() != "manifest" or family(root) not in {"imscp", "none"}:
        raise findings.stop(_NOT_SCORM, root)
    said = schemaversion(root)
    meant = next((edition for form, edition in _VERSIONS if said and form.search(said)), None)
    shown = _shown(root)
    edition = meant or shown
    if edition is None:
        raise findings.stop(_NOT_SCORM, root)
    if shown is not None and (edition == "1.2") != (shown == "1.2"):
        findings.note(
            _l(
                "The manifest says that it is SCORM %(version)s but uses names of another version. "
                "It is played as what it says.",
                version=short(said or ""),
            ),
            root,
        )
    return edition


def schemaversion(root: Element) -> str | None:
    """Return the manifest's schemaversion (SCORM 2004 CAM, 3.4.1.2)."""
    metadata = child(root, "metadata")
    return None if metadata is None else text(child(metadata, "schemaversion"))


_NOT_SCORM = _l(
    "This is no SCORM manifest: it has neither the version nor the names of SCORM 1.2 or SCORM 2004. "
    "Please export the content as SCORM and upload it again."
)


def _shown(root: Element) -> str | None:
    """Return the edition that the vocabularies used show; None when none is used."""
    spaces = {name[1:].partition("}")[0].lower() for name in _names(root) if name.startswith("{")}
    if any("adlcp_rootv1p1" in space or "adlcp_rootv1p2" in space for space in spaces):
        return "1.2"
    if any(name in space for space in spaces for name in ("adlcp", "adlseq", "adlnav")):
        return "2004 4th" if any(map(_is_4th, root.iter("*"))) else "2004 3rd"
    return None


def _names(root: Element) -> set[str]:
    """Return the names of all elements and attributes; namespaces only declared count for nothing."""
    return {str(name) for element in root.iter("*") for name in (element.tag, *element.keys())}


def _is_4th(element: Element) -> bool:
    where = (family(element), local(element))
    return where in _ONLY_4TH or (
        where == ("adlcp", "completionThreshold") and any(attribute(element, name) for name in _ONLY_4TH_ATTRIBUTES)
    )
