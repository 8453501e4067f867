"""Single files - documents, recordings, pictures, pages, links - as packages of one unit."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, NamedTuple

from lms.packages.formats.single import links, office, pages
from lms.packages.formats.single.names import from_filename, path_of
from lms.packages.formats.single.office import office_to_pdf
from lms.packages.formats.single.pages import page_html
from lms.packages.messages import message as _l
from lms.packages.structure import Fault, Structure, Unit

__all__ = [
    "Reader",
    "Taken",
    "Taker",
    "office_to_pdf",
    "page_html",
    "read_structure",
    "take_link",
    "take_office",
    "take_page",
    "whole",
]
_PDF = "_pdf/document.pdf"
_NO_OFFICE = _l(
    "There is no preview: this server has no LibreOffice, which would make one. Trainees download the file instead."
)
_NOT_CONVERTED = _l("There is no preview: LibreOffice could not read the file. Trainees download it instead.")


class Facts(NamedTuple):
    """What a reader found in a file.

    :ivar title: the file's own title, or empty
    :ivar href: where a link leads; None for what is played here
    """

    title: str = ""
    properties: Mapping[str, Any] = {}
    notes: tuple[Fault, ...] = ()
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A single file as a package.

    :ivar files: what is stored: path -> how to open its content, to be closed after reading, and its media type
    """

    structure: Structure
    files: Mapping[str, tuple[Callable[[], IO[bytes]], str]]


Reader = Callable[[Path, str, str], tuple[Any, ...]]
"""``read(path, media_type, name)`` returns what :class:`Facts` has."""
Taker = Callable[[Path, str, str], Taken]
"""``take(path, media_type, filename)`` reads a single file and says what is stored of it."""


def whole(kind: str, reader: Reader) -> Taker:
    """Take files of a kind as they are."""

    def take(path: Path, media_type: str, filename: str) -> Taken:
        structure = read_structure(path, kind, media_type, filename, reader)
        return Taken(structure, {_name(structure): (lambda: path.open("rb"), media_type)})

    return take


def take_page(path: Path, media_type: str, filename: str) -> Taken:
    """Take a page: it is stored as safe HTML (:func:`page_html`)."""
    structure = read_structure(path, "page", media_type, filename, pages.read)
    (unit,) = structure.root.children
    article = page_html(path, unit.properties["format"]).encode()
    return Taken(structure, {_name(structure): (lambda: io.BytesIO(article), "text/html")})


def take_link(path: Path, media_type: str, filename: str) -> Taken:
    """Take a link: nothing of it is stored but where it leads."""
    return Taken(read_structure(path, "link", media_type, filename, links.read), {})


def take_office(path: Path, media_type: str, filename: str) -> Taken:
    """Take an Office document, also as PDF where LibreOffice can convert it: the unit's property ``pdf`` says where."""
    taken = whole("office", office.read)(path, media_type, filename)
    structure = taken.structure
    (unit,) = structure.root.children
    pdf = _converted(path, _name(structure))
    if pdf is None:
        why = _NOT_CONVERTED if office.installed() else _NO_OFFICE
        notes = (*structure.notes, Fault(path_of(filename), why))
        return replace(taken, structure=replace(structure, notes=notes))
    shown = replace(unit, properties={**unit.properties, "pdf": _PDF})
    return Taken(
        replace(structure, root=replace(structure.root, children=(shown,))),
        {**taken.files, _PDF: (lambda: pdf, "application/pdf")},
    )


def read_structure(path: Path, kind: str, media_type: str, filename: str, reader: Reader) -> Structure:
    """Read a single file as a package: a course with one unit of the file's kind.

    The unit's href is the path under which the file must be stored: its name, without folders.

    :param path: where the file lies now
    :param media_type: as recognised by content, such as ``video/mp4``
    :param filename: what its sender called it
    :raises Refused: it is damaged, protected or too large
    """
    name = path_of(filename)
    facts = Facts(*reader(path, media_type, name))
    title = {"und": facts.title or from_filename(name)}
    properties = {"mediaType": media_type, **facts.properties}
    unit = Unit(kind, "file", title, facts.href or name, properties=properties)
    return Structure(kind, Unit("course", "course", title, children=(unit,)), facts.notes)


def _name(structure: Structure) -> str:
    """Return the path under which the file is stored."""
    return str(structure.root.children[0].href)


def _converted(path: Path, name: str) -> IO[bytes] | None:
    pdf = NamedTemporaryFile(prefix="khue-", suffix=".pdf")  # noqa: SIM115 - its reader closes it
    if office_to_pdf(path, Path(pdf.name), name=name):
        return pdf
    pdf.close()
    return None
