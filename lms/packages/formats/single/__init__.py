"""Single files - documents, recordings, pictures, pages, links - as packages of one unit."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, NamedTuple

from lms.packages.formats.single import images, links, media, office, pages, pdf
from lms.packages.formats.single.names import from_filename, path_of
from lms.packages.formats.single.office import office_to_pdf
from lms.packages.formats.single.pages import page_html
from lms.packages.structure import Fault, Structure, Unit

__all__ = ["Taken", "office_to_pdf", "page_html", "read_structure", "take"]
_PDF = "_pdf/document.pdf"


class Found(NamedTuple):
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


def take(path: Path, kind: str, media_type: str, filename: str) -> Taken:
    """Read a single file and say what is stored of it.

    A page is stored as safe HTML (:func:`page_html`); an Office document also as PDF where LibreOffice can convert it,
    and then the unit's property ``pdf`` says where.

    :raises Refused: as in :func:`read_structure`
    """
    structure = read_structure(path, kind, media_type, filename)
    (unit,) = structure.root.children
    name = str(unit.href)
    if kind == "link":
        return Taken(structure, {})
    if kind == "page":
        article = page_html(path, unit.properties["format"]).encode()
        return Taken(structure, {name: (lambda: io.BytesIO(article), "text/html")})
    whole: dict[str, tuple[Callable[[], IO[bytes]], str]] = {name: (lambda: path.open("rb"), media_type)}
    made = _converted(path, name) if kind == "office" else None
    if made is None:
        return Taken(structure, whole)
    shown = replace(unit, properties={**unit.properties, "pdf": _PDF})
    return Taken(
        replace(structure, root=replace(structure.root, children=(shown,))),
        whole | {_PDF: (lambda: made, "application/pdf")},
    )


def _converted(path: Path, name: str) -> IO[bytes] | None:
    made = NamedTemporaryFile(prefix="khue-", suffix=".pdf")  # noqa: SIM115 - its reader closes it
    if office_to_pdf(path, Path(made.name), name=name):
        return made
    made.close()
    return None


def read_structure(path: Path, kind: str, media_type: str, filename: str) -> Structure:
    """Read a single file as a package: a course with one unit of the file's kind.

    The unit's href is the path under which the file must be stored: its name, without folders.

    :param path: where the file lies now
    :param kind: pdf, video, audio, image, office, page or link
    :param media_type: as recognised by content, such as ``video/mp4``
    :param filename: what its sender called it
    :raises Refused: it is damaged, protected or too large
    """
    name = path_of(filename)
    found = Found(*_READERS[kind](path, media_type, name))
    title = {"und": found.title or from_filename(name)}
    properties = {"mediaType": media_type, **found.properties}
    unit = Unit(kind, "file", title, found.href or name, properties=properties)
    return Structure(kind, Unit("course", "course", title, children=(unit,)), found.notes)


_READERS: dict[str, Callable[[Path, str, str], tuple[Any, ...]]] = {
    "pdf": pdf.read,
    "video": media.read,
    "audio": media.read,
    "image": images.read,
    "office": office.read,
    "page": pages.read,
    "link": links.read,
}
