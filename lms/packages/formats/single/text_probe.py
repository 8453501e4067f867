"""The program that reads a document's text for :mod:`lms.packages.formats.single.words`; it imports nothing of ours.

It writes ``{"text": …}``, and fails when it cannot read.
"""

import json
import logging
import sys
import warnings
from collections.abc import Iterator

MOST = 200_000
"""Characters that are read."""


def _pdf(path: str) -> Iterator[str]:
    from pypdf import PdfReader  # noqa: PLC0415 - one kind needs one reader

    reader = PdfReader(path, strict=False)
    if reader.is_encrypted:
        reader.decrypt("")
    for page in reader.pages:
        yield page.extract_text()


def _docx(path: str) -> Iterator[str]:
    import docx  # noqa: PLC0415 - one kind needs one reader

    for part in docx.Document(path).iter_inner_content():
        if hasattr(part, "rows"):
            for row in part.rows:
                yield " | ".join(cell.text for cell in row.cells)
        else:
            yield part.text


def read(kind: str, path: str) -> str:
    """Return a document's text, its paragraphs or pages one after another.

    :raises Exception: whatever the readers raise over a damaged file
    """
    parts, length = [], 0
    for part in {"pdf": _pdf, "docx": _docx}[kind](path):
        parts.append(part)
        length += len(part) + 1
        if length > MOST:
            break
    return "\n".join(parts)[:MOST]


if __name__ == "__main__":
    logging.disable()
    warnings.simplefilter("ignore")
    sys.stdout.write(json.dumps({"text": read(sys.argv[1], sys.argv[2])}))
