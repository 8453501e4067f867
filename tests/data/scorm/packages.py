"""SCORM packages for tests, put together from small sources."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

_SOURCES = Path(__file__).parent / "sources"


class Held:
    """The files of a package, in memory (`lms.packages.structure.Files`)."""

    def __init__(self, content: Mapping[str, bytes]) -> None:
        self._content = content

    def __iter__(self) -> Iterator[str]:
        return iter(self._content)

    def __contains__(self, path: object) -> bool:
        return path in self._content

    def size(self, path: str) -> int:
        return len(self._content[path])

    def open(self, path: str) -> IO[bytes]:
        return io.BytesIO(self._content[path])


def source(name: str) -> bytes:
    """Return a source file."""
    return (_SOURCES / name).read_bytes()


def package(manifest: str, *pages: str, scripts: tuple[str, ...] = ("sco.js",)) -> dict[str, bytes]:
    """Return the files of a package with this manifest, and the same page under each of the names."""
    page, script = source("index.html"), source("sco.js")
    return {
        "imsmanifest.xml": source(manifest),
        **dict.fromkeys(pages, page),
        **dict.fromkeys(scripts, script),
    }


def single_12() -> dict[str, bytes]:
    """Return a SCORM 1.2 package with one SCO."""
    return package("single_12.xml", "index.html")


def multi_12() -> dict[str, bytes]:
    """Return a SCORM 1.2 package with three parts: prerequisites, a mastery score, bases, a file in another case."""
    folder = "noi-dung/scorm"
    pages = (f"{folder}/bai-1/index.html", f"{folder}/Tài liệu.html", f"{folder}/kiem-tra.html")
    return package("multi_12.xml", *pages, scripts=(f"{folder}/sco.js", f"{folder}/bai-1/sco.js"))


def sequenced_2004() -> dict[str, bytes]:
    """Return a SCORM 2004 4th edition package with sequencing, rollup and global objectives."""
    return package("sequenced_2004.xml", "index.html")


def third_2004() -> dict[str, bytes]:
    """Return a SCORM 2004 3rd edition package with one SCO and thresholds."""
    return package("third_2004.xml", "index.html")


def second_2004() -> dict[str, bytes]:
    """Return a SCORM 2004 2nd edition package with one SCO."""
    files = third_2004()
    manifest = files["imsmanifest.xml"].replace(b"2004 3rd Edition", b"CAM 1.3")
    threshold = b"<adlcp:completionThreshold>0.6</adlcp:completionThreshold>"
    return files | {"imsmanifest.xml": manifest.replace(threshold, b"")}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a package as it is uploaded."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return held.getvalue()
