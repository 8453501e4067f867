"""Writing packages: archives whose bytes depend only on what is in them."""

from collections.abc import Iterable
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_DATE = (2020, 1, 1, 0, 0, 0)


def write(out: IO[bytes], files: Iterable[tuple[str, bytes]]) -> None:
    """Write an archive; the manifest should come first.

    :raises ValueError: a path is given twice.
    """
    seen: set[str] = set()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for path, content in files:
            if path in seen:
                raise ValueError(path)
            seen.add(path)
            entry = ZipInfo(path, _DATE)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
