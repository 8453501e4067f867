"""Files of many kinds as one package: each that can be shown is a unit, its folders are blocks."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import quote

from lms.core.text import fold, one_line
from lms.packages.inspection import signatures
from lms.packages.messages import message as _l
from lms.packages.structure import Fault, Files, Refused, Structure, Unit

_HEAD = 4096


class _Sort(NamedTuple):
    """How files of some ends are shown, and by what start they are what their name says."""

    kind: str
    good: Callable[[bytes], bool]


def _zip(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04")


def _page(head: bytes) -> bool:
    return b"\0" not in head or head[:2] in (b"\xff\xfe", b"\xfe\xff")


def _recording(head: bytes) -> bool:
    return not signatures.html(head) and not _zip(head) and not signatures.has_pdf_header(head)


def _picture(head: bytes) -> bool:
    return signatures.pixels(head) is not None or signatures.drawing(head) is not None


_SORTS: Mapping[str, _Sort] = {
    **dict.fromkeys((".html", ".htm", ".xhtml"), _Sort("web", _page)),
    ".pdf": _Sort("pdf", signatures.has_pdf_header),
    **dict.fromkeys((".mp4", ".m4v", ".webm", ".ogv"), _Sort("video", _recording)),
    **dict.fromkeys((".mp3", ".m4a", ".wav", ".oga", ".ogg"), _Sort("audio", _recording)),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"), _Sort("image", _picture)),
    **dict.fromkeys((".docx", ".pptx", ".xlsx"), _Sort("office", _zip)),
    **dict.fromkeys((".md", ".txt"), _Sort("web", _page)),
}
KINDS: Mapping[str, str] = {end: sort.kind for end, sort in _SORTS.items()}
"""Ends of the names of files that can be shown -> the kind of unit."""
SHOWN = tuple(end for end, sort in _SORTS.items() if sort.kind != "web")
"""Ends of names by which an archive without a course is a collection; texts alone make none."""


def read_structure(files: Files, _manifest: str = "") -> Structure:
    """Read the files in the order of their names.

    :raises Refused: none of them can be shown.
    """
    notes: list[Fault] = []
    paths = sorted(files, key=lambda path: [_natural(part) for part in PurePosixPath(path).parts])
    units = [unit for path in paths if (unit := _unit(files, path, notes)) is not None]
    if not units:
        raise Refused(Fault("", _l("None of the files can be shown here.")), *notes)
    title = {"und": ""}
    return Structure("collection", Unit("course", "course", title, children=_in_folders(units)), tuple(notes))


def _natural(name: str) -> list[tuple[int, str]]:
    """Return where a name stands: 2 before 10."""
    return [(int(part), "") if part.isdecimal() else (0, fold(part)) for part in re.split(r"(\d+)", name)]


def _unit(files: Files, path: str, notes: list[Fault]) -> Unit | None:
    sort = _SORTS.get(PurePosixPath(path).suffix.lower())
    if sort is None:
        notes.append(Fault(path, _l("Left out: files of this kind cannot be shown here.")))
        return None
    with files.open(path) as stream:
        head = stream.read(_HEAD)
    if not head or not sort.good(head):
        notes.append(Fault(path, _l("Left out: the file is empty, or not what its name says.")))
        return None
    return Unit(
        sort.kind,
        path[:300],
        {"und": one_line(PurePosixPath(path).stem)[:300]},
        path if not set("?#%") & set(path) else quote(path),
    )


def _in_folders(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Put the units of each top folder into a block."""
    tree: dict[str, list[Unit]] = {}
    for unit in units:
        folder, _, _ = unit.identifier.rpartition("/")
        tree.setdefault(folder, []).append(unit)
    children: list[Unit] = []
    for folder, inner in tree.items():
        if folder:
            children.append(Unit("block", folder[:300], {"und": folder}, children=tuple(inner)))
        else:
            children.extend(inner)
    return tuple(children)
