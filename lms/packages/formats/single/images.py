"""Pictures: their size in pixels, from their heads only."""

import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import IO

from lxml import etree

from lms.packages.formats.single.names import good_title
from lms.packages.formats.single.xml import root_of
from lms.packages.messages import message as _l
from lms.packages.structure import Fault, Refused

MOST_PIXELS = 100_000_000
_SVG_LIMIT = 10 * 1024 * 1024
_SEGMENTS = 1000
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+)(px)?\s*")
_Size = tuple[int, int] | None


def read(path: Path, media_type: str, name: str) -> tuple[str, dict[str, int]]:
    """Return the title (of a drawing that has one) and ``{"width": …, "height": …}`` where they can be read.

    :raises Refused: the picture is damaged or has more than 100 megapixels
    """
    if media_type == "image/svg+xml":
        return _drawing(path, name)
    with path.open("rb") as stream:
        try:
            size = _size(stream)
        except (struct.error, IndexError):
            size = (0, 0)
    if size is None:
        return "", {}
    width, height = size
    if width < 1 or height < 1:
        raise Refused(Fault(name, _DAMAGED))
    if width * height > MOST_PIXELS:
        raise Refused(Fault(name, _l("The picture has more than 100 megapixels. Please make it smaller.")))
    return "", {"width": width, "height": height}


_DAMAGED = _l("The picture cannot be read; it may be damaged. Please save it anew as PNG or JPEG and upload it again.")


def _size(stream: IO[bytes]) -> _Size:
    head = stream.read(64)
    for magic, reader in _READERS.items():
        if re.match(magic, head, re.DOTALL):
            return reader(head, stream)
    return None


def _png(head: bytes, _stream: IO[bytes]) -> _Size:
    width, height = struct.unpack_from(">II", head, 16)
    return width, height


def _gif(head: bytes, _stream: IO[bytes]) -> _Size:
    width, height = struct.unpack_from("<HH", head, 6)
    return width, height


def _bmp(head: bytes, _stream: IO[bytes]) -> _Size:
    width, height = struct.unpack_from("<ii", head, 18)
    return width, abs(height)


def _webp(head: bytes, _stream: IO[bytes]) -> _Size:
    match head[12:16]:
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", head, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", head, 21)
            return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
        case b"VP8X":
            return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    return 0, 0


def _jpeg(_head: bytes, stream: IO[bytes]) -> _Size:
    """Walk over the segments to the frame header (ITU T.81, B.2.2)."""
    stream.seek(2)
    for _ in range(_SEGMENTS):
        marker = _marker(stream)
        if marker in _FRAMES:
            height, width = struct.unpack(">3xHH", stream.read(7)[:7])
            return width, height
        if marker in (0xD9, 0xDA):
            break
        if marker != 0x01 and not 0xD0 <= marker <= 0xD8:
            (length,) = struct.unpack(">H", stream.read(2))
            stream.seek(max(length - 2, 0), 1)
    return 0, 0


_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def _marker(stream: IO[bytes]) -> int:
    if stream.read(1) != b"\xff":
        raise IndexError("no marker")
    for _ in range(_SEGMENTS):
        byte = stream.read(1)[0]
        if byte != 0xFF:
            return byte
    raise IndexError("nothing but fill bytes")


_READERS: dict[bytes, Callable[[bytes, IO[bytes]], _Size]] = {
    rb"\x89PNG\r\n\x1a\n": _png,
    rb"GIF8[79]a": _gif,
    rb"\xff\xd8\xff": _jpeg,
    rb"RIFF....WEBP": _webp,
    rb"BM": _bmp,
}


# -- drawings ---------------------------------------------------------------------------------------------------------


def _drawing(path: Path, name: str) -> tuple[str, dict[str, int]]:
    if path.stat().st_size > _SVG_LIMIT:
        raise Refused(Fault(name, _l("The drawing is larger than 10 MB. Please save it as PNG or JPEG.")))
    content = path.read_bytes()
    if b"<!ENTITY" in content:
        raise Refused(Fault(name, _l("The drawing declares entities. Please save it as plain SVG or as PNG.")))
    if b"<!DOCTYPE" in content:
        return "", {}
    root = root_of(content)
    if root is None or etree.QName(root).localname != "svg":
        raise Refused(Fault(name, _DAMAGED))
    title = next(
        (child.text for child in root if isinstance(child.tag, str) and etree.QName(child).localname == "title"), ""
    )
    width, height = (_LENGTH.fullmatch(root.get(side, "")) for side in ("width", "height"))
    size = {"width": round(float(width[1])), "height": round(float(height[1]))} if width and height else {}
    return good_title(title), size
