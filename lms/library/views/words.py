"""Words of the pages of materials for what the database names by keys."""

from flask_babel import lazy_gettext as _l

PIECE = 8 * 1024 * 1024
"""Bytes that our page sends at a time."""
STEPS = {
    "": _l("Waiting to be checked"),
    "joining": _l("Joining the pieces"),
    "recognising": _l("Recognising what it is"),
    "scanning": _l("Looking for viruses"),
    "reading": _l("Reading its structure"),
    "storing": _l("Storing its files"),
}
"""What the job that checks an upload is at."""
