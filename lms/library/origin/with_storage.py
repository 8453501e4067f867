"""Pages of packages get storage where their browser refuses it to frames: one small script of ours before their own.

Only a page that a browser opens as a page or in a frame is sent so (Fetch Metadata says which); whoever reads the file
otherwise reads it as it was uploaded. The script (``players/storage.js``) changes nothing where there is storage.
"""

import re
from collections.abc import Mapping
from typing import Any

from lms.library.origin.delivery import StoredFile

LARGEST = 4 * 1024 * 1024
_SCRIPT = b'<script src="%s/_khue/storage.js"></script>'
_OPENED = frozenset({"document", "iframe", "frame", "embed", "object"})
_HEAD = re.compile(rb"<head(\s[^>]*)?>", re.IGNORECASE)
_BEGIN = re.compile(rb"\A(\xef\xbb\xbf)?\s*(<\?xml[^>]*\?>\s*)?(<!doctype[^>]*>)?(\s*<html(\s[^>]*)?>)?", re.IGNORECASE)
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def wanted(file: StoredFile, environ: Mapping[str, Any]) -> bool:
    """Tell whether this request opens a page that gets the script."""
    return (
        file.media_type.partition(";")[0] == "text/html"
        and file.size <= LARGEST
        and environ.get("HTTP_SEC_FETCH_DEST") in _OPENED
        and environ["REQUEST_METHOD"] == "GET"
        and "HTTP_RANGE" not in environ
    )


def page(content: bytes, mounted: str = "") -> bytes:
    """Return a page with the script before all its own; one in UTF-16 stays as it is.

    :param mounted: the path below which the content origin is
    """
    if content.startswith(_WIDE):
        return content
    script = _SCRIPT % mounted.encode()
    head = _HEAD.search(content[:65536])
    begin = _BEGIN.match(content[:65536])
    place = head.end() if head else begin.end() if begin else 0
    return content[:place] + script + content[place:]
