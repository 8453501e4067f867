"""What keys of the API may be good for, and what is kept of a key."""

import hashlib

from flask_babel import lazy_gettext as _l

SCOPES = {
    "packages:read": _l("Read packages"),
    "packages:write": _l("Upload and remove packages"),
    "registrations:read": _l("Read registrations, progress and statements"),
    "registrations:write": _l("Register learners, open and waive units"),
}


def hash_of(key: str) -> bytes:
    """Return what is kept of a key; it has 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
