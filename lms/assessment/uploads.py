"""Essays as files: what kind they are by their content, not by their name."""

import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO

from flask_babel import lazy_gettext as _l

from lms.core.errors import DomainError
from lms.core.text import one_line
from lms.packages.inspection import office, signatures

MAX_BYTES = 20 * 1024 * 1024
_PART = 1024 * 1024 + 1
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def check(stream: IO[bytes]) -> str:
    """Return ``pdf`` or ``docx`` and put the stream back at its start.

    :raises DomainError: empty, too large, or neither.
    """
    size = stream.seek(0, 2)
    stream.seek(0)
    if size == 0:
        raise DomainError("empty-file", _l("The file is empty. Please choose your essay again."), 400)
    if size > MAX_BYTES:
        raise DomainError("file-too-large", _l("The file is larger than 20 MB. Please make its pictures smaller."), 413)
    kind = "pdf" if signatures.has_pdf_header(stream.read(2048)) else "docx" if _is_docx(stream) else None
    stream.seek(0)
    if kind is None:
        raise DomainError("file-kind", _l("Please hand in a PDF or DOCX file; this one is neither."), 400)
    return kind


def safe_name(filename: str, kind: str) -> str:
    """Return the name under which the file is kept for people: one line, no folders, the ending of its kind."""
    name = one_line(filename.encode("utf-8", "ignore").decode()).replace("\\", "/")
    stem = PurePosixPath(name).name
    for ending in MEDIA_TYPES:
        stem = stem[: -len(ending) - 1] if stem.lower().endswith(f".{ending}") else stem
    stem = "".join(c for c in stem if c not in '"<>|:*?/').strip(" .")[:120]
    return f"{stem or 'bai-thu-hoach'}.{kind}"


def _is_docx(stream: IO[bytes]) -> bool:
    stream.seek(0)
    if stream.read(4) != b"PK\x03\x04":
        return False
    try:
        with zipfile.ZipFile(stream) as package:
            parts = {part.filename.lower(): part for part in package.infolist()}
            usual = office.usual_name(lambda name: _part(package, parts.get(name)))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError, NotImplementedError):
        return False
    return "[content_types].xml" in parts and (usual == "word/document.xml" or "word/document.xml" in parts)


def _part(package: zipfile.ZipFile, part: zipfile.ZipInfo | None) -> bytes:
    if part is None:
        return b""
    with package.open(part) as stream:
        return stream.read(_PART)
