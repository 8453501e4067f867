"""From an href of a manifest to a file of the package (SCORM 2004 CAM, 3.4.1.5 to 3.4.1.10; RFC 3986, 5.2).

Packages made on Windows are often wrong in ways that a file system there forgives: backslashes, the case of letters,
folders without their closing slash. Each of these is tried before a file counts as missing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from lms.core.text import nfc
from lms.packages.messages import message as _l
from lms.packages.scorm.markup import short
from lms.packages.structure import Files

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_UNSAFE = re.compile(r"[\s<>\"{}|^`]")


class Bad(Exception):
    """An address at which nothing can be opened; :ivar message: why and what to do, for the institution."""

    def __init__(self, message: Any) -> None:
        super().__init__()
        self.message = message


@dataclass(frozen=True, slots=True)
class Address:
    """What a resource opens.

    :ivar path: of a file in the package, not percent-encoded; or an absolute http(s) address without its query
    """

    path: str
    query: str = ""
    fragment: str = ""

    @property
    def external(self) -> bool:
        """Whether it lies on another server."""
        return _ABSOLUTE.match(self.path) is not None

    def launch(self, parameters: str | None) -> str:
        """Return the whole address with an item's parameters (SCORM 2004 CAM, 3.4.1.5).

        They add to the query; their fragment counts only when the resource has none.
        """
        added, _sharp, fragment = (parameters or "").lstrip("?&").partition("#")
        query = "&".join(part for part in (self.query, added) if part)
        fragment = self.fragment or fragment
        if not query:
            fragment = fragment.replace("?", "%3F")
        return self.path + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


class Names:
    """The names of a package's files.

    :ivar recased: names that were found only with letters of another case
    :ivar backslashes: addresses that were understood only as paths of Windows
    """

    def __init__(self, files: Files) -> None:
        self._files = files
        self._folded: dict[str, str] | None = None
        self.recased: dict[str, None] = {}
        self.backslashes: dict[str, None] = {}

    def resolve(self, bases: Sequence[str], href: str) -> Address:
        """Return what an href opens.

        :param bases: folder of the manifest, then the values of xml:base from outside in
        :raises Bad: it is neither a file of the package nor an http(s) address.
        """
        before, _sharp, fragment = href.partition("#")
        path, _mark, query = before.partition("?")
        parts = [part for part in (*bases, path) if part]
        if any(_ABSOLUTE.match(part) for part in parts):
            return replace(_external(parts, href), query=query, fragment=fragment)
        if "\\" in path:
            self.backslashes[path] = None
            parts = [part.replace("\\", "/") for part in parts]
        return Address(self._file(parts, href), query, fragment)

    def _file(self, parts: Sequence[str], href: str) -> str:
        candidates = list(dict.fromkeys(_candidates(parts)))
        for look in (self._exactly, self._in_any_case):
            for candidate in candidates:
                path = look(candidate)
                if path is not None:
                    return _plain(path)
        raise Bad(
            _l(
                "The file %(name)s is to be opened but is not in the package. Please add it, or correct its name.",
                name=short(href),
            )
        )

    def _exactly(self, path: str) -> str | None:
        return path if path in self._files else None

    def _in_any_case(self, path: str) -> str | None:
        if self._folded is None:
            self._folded = {name.casefold(): name for name in self._files}
        name = self._folded.get(path.casefold())
        if name is not None:
            self.recased[path] = None
        return name


def _plain(path: str) -> str:
    if "?" in path or "#" in path:
        raise Bad(
            _l(
                "The name of the file %(name)s has a question mark or a number sign (#), so it cannot be opened. "
                "Please rename it.",
                name=short(path),
            )
        )
    return path


def _candidates(parts: Sequence[str]) -> Iterator[str]:
    closed = [*(f"{part.rstrip('/')}/" for part in parts[:-1]), *parts[-1:]]
    for joined in (_join(parts), _join(closed)):
        for spelled in (unquote(joined, errors="replace"), joined):
            path = _normal(nfc(spelled))
            if path is not None:
                yield path


def _join(parts: Sequence[str]) -> str:
    joined = ""
    for part in parts:
        folder = joined.rpartition("/")[0]
        joined = part if part.startswith("/") or not folder else f"{folder}/{part}"
    return joined


def _normal(path: str) -> str | None:
    """Return a path without ``.`` and ``..``; None when it leaves the package or names no file."""
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            if not segments:
                return None
            segments.pop()
        elif segment not in {"", "."}:
            segments.append(segment)
    return "/".join(segments) or None


def _external(parts: Sequence[str], href: str) -> Address:
    try:
        url = ""
        for part in parts:
            url = urljoin(url, part)
        address = urlsplit(url)
        usable = address.scheme in {"http", "https"} and address.hostname and not _UNSAFE.search(url)
    except ValueError:
        usable = None
    if not usable:
        raise Bad(
            _l(
                "%(address)s cannot be opened: it is neither a file of the package nor a web address (http, https). "
                "Please correct it.",
                address=short(href),
            )
        )
    return Address(url)
