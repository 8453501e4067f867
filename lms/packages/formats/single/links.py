"""Links: the small files in which desktops keep an address (.url, .webloc, .desktop), or a text with one."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from lms.packages.messages import message as _l
from lms.packages.structure import Fault, Refused

_LIMIT = 64 * 1024
_ADDRESS = re.compile(r"https?://[^\s<>\"'\\^`{|}\x00-\x1f]+", re.IGNORECASE)


def read(path: Path, _media_type: str, name: str) -> tuple[str, dict[str, str], tuple[Fault, ...], str]:
    """Return the address a file leads to, as its href.

    :raises Refused: there is no http(s) address in it
    """
    with path.open("rb") as stream:
        text = stream.read(_LIMIT).decode("utf-8", "replace")
    for match in _ADDRESS.finditer(text):
        address = match[0].replace("&amp;", "&")
        if _sound(address):
            return "", {}, (), address
    raise Refused(Fault(name, _l("There is no web address in this file. Please save the link again and upload it.")))


def _sound(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    return bool(parts.hostname) and "@" not in parts.netloc and len(address) <= 2000
