"""The elements of WebM and Matroska files (RFC 8794, RFC 9559), as far as duration and size need them."""

import math
import struct
from collections.abc import Iterator
from typing import IO

from lms.packages.formats.single.mp4 import Clip

_MOST_ELEMENTS = 5_000
_SEGMENT, _INFO, _TRACKS, _ENTRY, _VIDEO, _CLUSTER = 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0xE0, 0x1F43B675
_SCALE, _DURATION, _WIDTH, _HEIGHT, _CODEC = 0x2AD7B1, 0x4489, 0xB0, 0xBA, 0x86
_INSIDE = {_SEGMENT, _INFO, _TRACKS, _ENTRY, _VIDEO}
_VALUES = {_SCALE, _DURATION, _WIDTH, _HEIGHT, _CODEC}


def read(stream: IO[bytes], size: int) -> Clip:
    """Read the head of a WebM file, up to its first cluster.

    :raises ValueError: it is no WebM
    """
    values: dict[int, bytes] = {}
    codec = ""
    for element, value in _walk(stream, size):
        values.setdefault(element, value)
        if element == _CODEC and value.startswith(b"V_"):
            codec = value.decode("ascii", "replace").rstrip("\0").partition("/")[0]
    if _CODEC not in values:
        raise ValueError("no tracks")
    width, height = (int.from_bytes(values.get(dimension, b""), "big") for dimension in (_WIDTH, _HEIGHT))
    return Clip(_seconds(values), width or None, height or None, codec)


def _seconds(values: dict[int, bytes]) -> float | None:
    raw = values.get(_DURATION, b"")
    if len(raw) not in (4, 8):
        return None
    (length,) = struct.unpack(">f" if len(raw) == 4 else ">d", raw)
    seconds = length * (int.from_bytes(values.get(_SCALE, b"\x0f\x42\x40"), "big") or 1_000_000) / 1e9
    return round(seconds, 3) if 0 < seconds < math.inf else None


def _walk(stream: IO[bytes], size: int) -> Iterator[tuple[int, bytes]]:
    place = 0
    for _ in range(_MOST_ELEMENTS):
        stream.seek(place)
        head = stream.read(12)
        if place >= size or len(head) < 2:
            return
        element, used = _number(head, marker=True)
        length, more = _number(head[used:], marker=False)
        place += used + more
        if element == _CLUSTER:
            return
        if element in _INSIDE:
            continue
        if element in _VALUES:
            stream.seek(place)
            yield element, stream.read(min(length, 64))
        place += length


def _number(head: bytes, *, marker: bool) -> tuple[int, int]:
    """Return a variable-size integer and its width (RFC 8794, section 4); an element's id keeps its marker."""
    if not head or not head[0]:
        raise ValueError("no element")
    width = 9 - head[0].bit_length()
    if len(head) < width:
        raise ValueError("an element is cut off")
    number = int.from_bytes(head[:width], "big")
    return (number if marker else number - (1 << 7 * width)), width
