"""The program that looks into a PDF for :mod:`lms.packages.formats.single.pdf`; it imports nothing of the product.

It writes ``{"pages": …, "titles": […]}`` or ``{"refused": "password" or "empty"}``, and fails when it cannot read.
"""

import io
import json
import logging
import sys
import warnings
from pathlib import Path
from typing import IO

from pypdf import PasswordType, PdfReader


def probe(path: str) -> dict[str, object]:
    """Look into a file.

    :raises Exception: whatever pypdf raises over a damaged file
    """
    with Path(path).open("rb") as stream:
        return _look(_from_header(stream))


def _from_header(stream: IO[bytes]) -> IO[bytes]:
    """Leave out what stands before the header: places within the file are counted from there, as viewers do."""
    start = stream.read(2048).find(b"%PDF-")
    stream.seek(max(0, start))
    return io.BytesIO(stream.read()) if start > 0 else stream


def _look(stream: IO[bytes]) -> dict[str, object]:
    reader = PdfReader(stream, strict=False)
    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        return {"refused": "password"}
    pages = sum(1 for _ in reader.pages)
    return {"pages": pages, "titles": _titles(reader)} if pages else {"refused": "empty"}


def _titles(reader: PdfReader) -> list[str]:
    titles: list[str] = []
    try:
        titles.append(str((reader.metadata and reader.metadata.title) or ""))
        packet = reader.xmp_metadata
        titles.extend(str(title) for title in ((packet and packet.dc_title) or {}).values())
    except Exception:  # noqa: BLE001 - a document without a readable title is a good document
        return titles
    return titles


if __name__ == "__main__":
    logging.disable()
    warnings.simplefilter("ignore")
    sys.stdout.write(json.dumps(probe(sys.argv[1])))
