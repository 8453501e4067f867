"""Kinds of content."""

from flask_babel import lazy_gettext as _l

KINDS = {
    "cmi5": _l("cmi5 course"),
    "scorm12": _l("SCORM 1.2 package"),
    "scorm2004": _l("SCORM 2004 package"),
    "h5p": _l("H5P content"),
    "xapi": _l("xAPI package"),
    "html": _l("Web package"),
    "cartridge": _l("Common Cartridge"),
    "folder": _l("Course in the folder form"),
    "pdf": _l("PDF document"),
    "video": _l("Video"),
    "audio": _l("Audio recording"),
    "image": _l("Picture"),
    "office": _l("Office document"),
    "page": _l("Page"),
    "link": _l("Link"),
}
"""Kinds of packages and their names."""
