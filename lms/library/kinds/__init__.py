"""Kinds of content: one object each, in one registry. A new one: docs/recipes/add-a-content-kind.md."""

from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l

from lms.library.kinds.cartridge import CARTRIDGE
from lms.library.kinds.cmi5 import CMI5
from lms.library.kinds.collection import COLLECTION
from lms.library.kinds.folder import FOLDER
from lms.library.kinds.h5p import H5P
from lms.library.kinds.html import HTML
from lms.library.kinds.image import IMAGE
from lms.library.kinds.kind import Kind, Launch, UnitKind
from lms.library.kinds.link import LINK
from lms.library.kinds.office import OFFICE
from lms.library.kinds.page import PAGE
from lms.library.kinds.pdf import PDF
from lms.library.kinds.recordings import AUDIO, VIDEO
from lms.library.kinds.scorm import SCORM12, SCORM2004
from lms.library.kinds.xapi import XAPI
from lms.packages.cmi5 import terms
from lms.packages.inspection import recognising
from lms.packages.inspection.limits import Limits
from lms.packages.inspection.recognising import Recognised

KINDS: dict[str, Kind] = {}
"""All kinds, in the order in which they are shown, and tried on a file."""
UNIT_KINDS: dict[str, UnitKind] = {
    "course": UnitKind("course", _l("Whole package"), Launch.HOLDS, activity_type=terms.COURSE_TYPE),
    "block": UnitKind("block", _l("Section"), Launch.HOLDS, activity_type=terms.BLOCK_TYPE),
}
"""All kinds of units; those that hold others are of all packages."""


def register(kind: Kind) -> None:
    """Make a kind and its units known."""
    KINDS[kind.key] = kind
    UNIT_KINDS.update((unit.key, unit) for unit in kind.units)


def names() -> dict[str, Any]:
    """Return the names of all kinds by their keys."""
    return {key: kind.name for key, kind in KINDS.items()}


def unit_names() -> dict[str, Any]:
    """Return the names of all kinds of units by their keys."""
    return {key: unit_kind.name for key, unit_kind in UNIT_KINDS.items()}


def recognise(path: Path, filename: str, limits: Limits | None = None) -> Recognised:
    """Tell of what kind a file is, by its content.

    :raises Refused: it is empty, of a kind that is not taken, or pretends to be several.
    """
    return recognising.recognise(path, filename, {key: kind.marks for key, kind in KINDS.items()}, limits)


for _kind in (
    *(CMI5, SCORM12, SCORM2004, H5P, XAPI, HTML, CARTRIDGE, FOLDER, COLLECTION),
    *(PDF, VIDEO, AUDIO, IMAGE, OFFICE, PAGE, LINK),
):
    register(_kind)
