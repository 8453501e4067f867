"""Essays as files: what they are by their content, not by their name, and whether they can be read."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from tempfile import NamedTemporaryFile
from typing import IO

from flask_babel import lazy_gettext as _l

from lms.core import files
from lms.core.errors import DomainError
from lms.core.text import one_line, prose
from lms.library.kinds.office import OFFICE
from lms.library.kinds.pdf import PDF
from lms.library.refusals import said
from lms.packages.formats.single import office, pdf, words
from lms.packages.inspection.recognising import recognise
from lms.packages.structure import Refused

MAX_BYTES = 20 * 1024 * 1024
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_KINDS = {"pdf": PDF.marks, "docx": OFFICE.marks}
_READERS = {"pdf": pdf.read, "docx": office.read}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Essay:
    """A file that has been checked.

    :ivar stream: at its start
    :ivar filename: the name under which it is kept for people
    """

    stream: IO[bytes]
    filename: str


def check(stream: IO[bytes], filename: str) -> Essay:
    """Read an essay as the library reads a document; it may take seconds, so no transaction should be open.

    :raises DomainError: empty, too large, neither PDF nor DOCX, or it cannot be read.
    """
    size = stream.seek(0, 2)
    stream.seek(0)
    if size == 0:
        raise DomainError("empty-file", _l("The file is empty. Please choose your essay again."), 422)
    if size > MAX_BYTES:
        raise DomainError("file-too-large", _l("The file is larger than 20 MB. Please make its pictures smaller."), 413)
    with NamedTemporaryFile(suffix=".essay") as copy:
        copyfileobj(stream, copy)
        copy.flush()
        stream.seek(0)
        kind = _kind(Path(copy.name), filename)
        _read(kind, Path(copy.name), filename)
    return Essay(stream, safe_name(filename, kind))


def safe_name(filename: str, kind: str) -> str:
    """Return the name under which the file is kept for people: one line, no folders, the ending of its kind."""
    name = one_line(filename.encode("utf-8", "ignore").decode()).replace("\\", "/")
    stem = PurePosixPath(name).name
    for ending in MEDIA_TYPES:
        stem = stem[: -len(ending) - 1] if stem.lower().endswith(f".{ending}") else stem
    stem = "".join(c for c in stem if c not in '"<>|:*?/').strip(" .")[:120]
    return f"{stem or 'bai-thu-hoach'}.{kind}"


def _read(kind: str, path: Path, filename: str) -> None:
    try:
        _READERS[kind](path, MEDIA_TYPES[kind], filename)
    except Refused as refused:
        (fault, *_) = refused.faults
        if fault.message != pdf.NO_PAGES:  # what is missing in it is for the lecturer to say
            raise DomainError("file-unreadable", said(fault.message), 422) from None


def _kind(path: Path, filename: str) -> str:
    with path.open("rb") as stream:
        if stream.read(len(_OLE)) == _OLE:
            told = _l("This is an old or protected Office file. Please save it as DOCX or PDF without a password.")
            raise DomainError("file-kind", told, 422)
    try:
        recognised = recognise(path, filename, _KINDS)
    except Refused:
        recognised = None
    if recognised is None or recognised.media_type not in MEDIA_TYPES.values():
        raise DomainError("file-kind", _l("Please hand in a PDF or DOCX file; this one is neither."), 422)
    return recognised.kind


def text_of(sha256: str, filename: str) -> str | None:
    """Return the text of a stored essay, for reading beside the form of its mark; None when none can be had.

    It may take seconds, so no transaction should be open.
    """
    kind = PurePosixPath(filename).suffix.lower().lstrip(".")
    if kind not in MEDIA_TYPES:
        return None
    with NamedTemporaryFile(suffix=".essay") as copy:
        for piece in files.read(sha256):
            copy.write(piece)
        copy.flush()
        text = words.read(Path(copy.name), kind)
    return None if text is None else prose(text)
