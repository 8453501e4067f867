"""Hosts outside of a package from which its pages load: named when it is taken in, so that staff can allow them.

Looked at is what loads by itself (addresses in ``src``, ``href`` of style sheets, ``url(…)``, ``import``, JSON of
H5P); a link that a reader follows loads nothing. Pages that put addresses together while they run name no host here:
what they then ask for in vain is noted in the log of the launch.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

LOOKED_AT = 4 * 1024 * 1024
"""Bytes of a file that are looked at."""
MOST = 50
ENDINGS = (".html", ".htm", ".xhtml", ".css", ".js", ".mjs", ".json", ".svg", ".xml")
ORIGIN = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?", re.ASCII)
"""An origin that staff may allow."""
_ADDRESS = r"(?:https?:)?//[A-Za-z0-9.-]+(?::[0-9]+)?[^\s\"'<>)\\]*"
_LOADS = re.compile(
    rf"""
    <(?:script|img|iframe|frame|video|audio|source|track|embed|input|link)\b[^>]{{0,2000}}?
        \b(?:src|href|data|poster)\s*=\s*["']?\s*({_ADDRESS})
    | \burl\(\s*["']?\s*({_ADDRESS})
    | @import\s+["']({_ADDRESS})
    | \b(?:import|fetch|importScripts|open)\s*\(\s*["']({_ADDRESS})
    | \bfrom\s*["']({_ADDRESS})
    | \b(?:src|href)\s*=\s*["']({_ADDRESS})["']\s*[;,)]
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PATHS = re.compile(rf'"(?:path|src|url|videoUrl|sources?|poster)"\s*:\s*"({_ADDRESS})', re.IGNORECASE)
_NAMESPACES = ("www.w3.org", "schema.org", "purl.org", "json-schema.org", "xmlns.com", "www.imsglobal.org")
_TOGETHER = {
    "www.youtube.com": ("https://www.youtube-nocookie.com", "https://i.ytimg.com"),
    "player.vimeo.com": ("https://i.vimeocdn.com",),
    "fonts.googleapis.com": ("https://fonts.gstatic.com",),
}
_SAME = {"youtu.be": "www.youtube.com", "youtube.com": "www.youtube.com", "m.youtube.com": "www.youtube.com"}
_SAME |= {"vimeo.com": "player.vimeo.com"}


def origins(texts: Iterable[tuple[str, str]]) -> list[str]:
    """Return the origins from which files load, such as ``https://www.youtube.com``, in order and each once.

    :param texts: path and text of each file that may load something
    """
    found: set[str] = set()
    for path, text in texts:
        plain = text.replace("\\/", "/")
        patterns = (_LOADS, _PATHS) if path.lower().endswith(".json") else (_LOADS,)
        for pattern in patterns:
            for match in pattern.finditer(plain):
                address = next(group for group in match.groups() if group)
                if _only_points(match[0]):
                    continue
                found.update(_origins_of(address))
    return sorted(found)[:MOST]


def origin_of(address: str) -> str | None:
    """Return the origin of an address; None when it has none that could be allowed."""
    try:
        parts = urlsplit(address if "://" in address else f"https:{address}")
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    made = f"{parts.scheme.lower()}://{host}" + (f":{port}" if port else "")
    return made if ORIGIN.fullmatch(made) else None


def _only_points(found: str) -> bool:
    """Tell whether a link element names something that is not loaded."""
    low = found.lower()
    return low.startswith("<link") and ("canonical" in low or 'rel="license' in low or 'rel="author' in low)


def _origins_of(address: str) -> list[str]:
    origin = origin_of(address)
    if origin is None:
        return []
    scheme, _, host = origin.partition("://")
    host = _SAME.get(host, host)
    if host in _NAMESPACES or ("." not in host.partition(":")[0] and host.partition(":")[0] != "localhost"):
        return []
    return [f"{scheme}://{host}", *_TOGETHER.get(host, ())]
