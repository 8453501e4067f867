"""Essays as files: what kind they are by their content, not by their name."""

import zipfile
from pathlib import PurePosixPath
from typing import IO

from flask_babel import lazy_gettext as _l

from lms.core.errors import DomainError
from lms.core.text import one_line

MAX_BYTES = 20 * 1024 * 1024
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
    kind = "pdf" if stream.read(5) == b"%PDF-" else "docx" if _is_docx(stream) else None
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
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False
    return {"word/document.xml", "[Content_Types].xml"} <= names
