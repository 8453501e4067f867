"""What is in a package, whatever its format: a tree of units, of which some can be launched.

Readers of formats (:mod:`lms.packages.formats`) make it from the files of a package.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, NamedTuple, Protocol

from lms.packages.messages import Message
from lms.packages.messages import message as _l


class Fault(NamedTuple):
    """Something wrong in a package, or worth knowing.

    :ivar path: the file it concerns, or empty; within XML also the place, such as ``cmi5.xml:12``
    :ivar message: what is wrong and what to do, for the institution
    """

    path: str
    message: Message


def placed(path: str, line: int | None) -> str:
    """Return a place in a file in the form that needs no language: ``cmi5.xml:12``."""
    return f"{path}:{line}" if line else path


NO_XML = _l("The manifest is no valid XML. Please export the package again.")


class Refused(Exception):
    """A package cannot be taken; :ivar faults: why, every reason found."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.message}" for fault in faults))
        self.faults = list(faults)


class Files(Protocol):
    """The files of a package: checked, not yet stored. Paths are relative, NFC, with ``/``, and unique."""

    def __iter__(self) -> Iterator[str]:
        """Give all paths."""
        ...

    def __contains__(self, path: object) -> bool:
        """Tell whether there is such a file."""
        ...

    def size(self, path: str) -> int:
        """Return a file's size in bytes."""
        ...

    def open(self, path: str) -> IO[bytes]:
        """Open a file for reading, as a stream that cannot seek."""
        ...


def read(files: Files, path: str, *, limit: int) -> bytes:
    """Return a small file's content.

    :raises Refused: it has more than ``limit`` bytes.
    """
    if files.size(path) > limit:
        raise Refused(Fault(path, _l("The file is larger than %(limit)s kB.", limit=limit // 1024)))
    with files.open(path) as stream:
        return stream.read(limit + 1)


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of a package.

    :ivar kind: ``course`` (the root), ``block`` (holds others), or what can be launched: ``au`` (cmi5), ``sco`` and
        ``asset`` (SCORM), ``h5p``, ``activity`` (xAPI), ``web`` (a page of a web package), or the kind of a single file
    :ivar identifier: the publisher's id: an IRI in cmi5 and xAPI, a manifest identifier in SCORM
    :ivar title: language map; never empty for what is shown
    :ivar href: what is launched: a path in the package, with query and fragment, or an absolute http(s) address
    :ivar properties: what its format says more (moveOn, masteryScore, sequencing …), plain JSON
    """

    kind: str
    identifier: str
    title: Mapping[str, str]
    href: str | None = None
    description: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    children: tuple["Unit", ...] = ()

    def walk(self) -> Iterator["Unit"]:
        """Give this unit and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Structure:
    """A package as its reader found it.

    :ivar kind: cmi5, scorm12, scorm2004, h5p, xapi, html, cartridge, folder, or the kind of a single file
    :ivar root: the unit of kind ``course``
    :ivar notes: what the institution should know although the package is taken
    :ivar generated: files that its reader made, by path; they are stored beside those of the package
    """

    kind: str
    root: Unit
    notes: tuple[Fault, ...] = ()
    generated: Mapping[str, bytes] = field(default_factory=dict)
