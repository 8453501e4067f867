"""Families of files, by which a name and a content are told to be the same thing or not."""

from lms.packages.inspection.signatures import ENDS
from lms.packages.messages import message as _l

_ARCHIVES = ("zip", "h5p", "imscc")
FAMILIES = {
    "archive": _l("an archive (zip)"),
    "pdf": _l("a PDF document"),
    "word": _l("a Word document"),
    "presentation": _l("a presentation"),
    "sheet": _l("a table (Excel)"),
    "recording": _l("a video or audio recording"),
    "image": _l("a picture"),
    "page": _l("a web page (HTML)"),
    "text": _l("plain text"),
}
"""What a file is said to be."""
_BY_MEDIA_TYPE = {
    "application/zip": "archive",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "word",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "sheet",
    "text/html": "page",
}
_BY_TYPE = {"image": "image", "video": "recording", "audio": "recording", "text": "text"}
_SAME = {"page": "text"}
"""Texts among one another pass for the same: a name in ``.txt`` says little."""


def family_of(media_type: str) -> str:
    """Return the family of a media type, or empty."""
    return _BY_MEDIA_TYPE.get(media_type) or _BY_TYPE.get(media_type.partition("/")[0], "")


def family(end: str) -> str:
    """Return the family that the end of a name claims; empty when it claims nothing that is known."""
    if end in _ARCHIVES:
        return "archive"
    return next((family_of(media_type) for media_type, ends in ENDS.items() if end in ends), "")


def alike(one: str, other: str) -> bool:
    """Tell whether two families pass for the same."""
    return _SAME.get(one, one) == _SAME.get(other, other)
