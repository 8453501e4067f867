"""The boxes of MP4 and QuickTime files (ISO/IEC 14496-12), as far as duration and size need them.

Boxes are walked by seeking; only the few bytes looked for are read, whatever sizes the file claims.
"""

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

_MOST_BOXES = 20_000
_INSIDE = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex"}


@dataclass(slots=True)
class Clip:
    """What was found.

    :ivar duration: seconds
    :ivar codec: how the picture is coded, or empty
    :ivar late: whether the index stands behind the recording
    """

    duration: float | None = None
    width: int | None = None
    height: int | None = None
    codec: str = ""
    late: bool = False

    @property
    def properties(self) -> dict[str, Any]:
        """What is known, as properties of a unit."""
        known = {"duration": self.duration, "width": self.width, "height": self.height}
        return {name: value for name, value in known.items() if value}


def read(stream: IO[bytes], size: int) -> Clip:
    """Read an MP4 file.

    :raises ValueError: it has no index (moov), or is no MP4
    :raises struct.error: it ends too early
    """
    clip = Clip()
    state = _State()
    for name, start, end in _walk(stream, 0, size, state):
        if name == b"mdat":
            state.data = True
        elif name == b"moov":
            state.index = True
            clip.late = state.data
        elif reader := _READERS.get(name):
            stream.seek(start)
            reader(clip, state, stream.read(min(end - start, 256)))
    if not state.index:
        raise ValueError("no moov")
    return clip


@dataclass(slots=True)
class _State:
    boxes: int = 0
    scale: int = 0
    data: bool = False
    index: bool = False
    picture: bool = False
    """Whether the track at hand is one of pictures."""


def _walk(stream: IO[bytes], start: int, end: int, state: _State) -> Iterator[tuple[bytes, int, int]]:
    while start + 8 <= end:
        state.boxes += 1
        if state.boxes > _MOST_BOXES:
            raise ValueError("too many boxes")
        stream.seek(start)
        length, name = struct.unpack(">I4s", stream.read(8))
        body = start + 8
        if length == 1:
            (length,) = struct.unpack(">Q", stream.read(8))
            body += 8
        stop = end if length == 0 else start + length
        if stop < body or (stop > end and name in (b"moov", b"mdat")):
            raise ValueError("a box ends before it begins, or behind what holds it")
        yield name, body, min(stop, end)
        if name in _INSIDE:
            yield from _walk(stream, body, min(stop, end), state)
        start = stop


def _movie(clip: Clip, state: _State, box: bytes) -> None:
    """mvhd (8.2.2): time scale and duration."""
    state.scale, length = struct.unpack_from(">IQ" if box[0] == 1 else ">II", box, 20 if box[0] == 1 else 12)
    unknown = 2**64 - 1 if box[0] == 1 else 2**32 - 1
    clip.duration = _seconds(0 if length == unknown else length, state.scale)


def _fragmented(clip: Clip, state: _State, box: bytes) -> None:
    """mehd (8.8.2): duration with all fragments."""
    (length,) = struct.unpack_from(">Q" if box[0] == 1 else ">I", box, 4)
    clip.duration = _seconds(length, state.scale) or clip.duration


def _handler(_clip: Clip, state: _State, box: bytes) -> None:
    """hdlr (8.4.3): what kind of track this is."""
    state.picture = box[8:12] == b"vide"


def _track(clip: Clip, _state: _State, box: bytes) -> None:
    """tkhd (8.3.2): width and height, fixed-point 16.16, turned by the matrix before them."""
    place = 88 if box[0] == 1 else 76
    width, height = (side >> 16 for side in struct.unpack_from(">II", box, place))
    a, b = struct.unpack_from(">ii", box, place - 36)
    if width and height and not clip.width:
        clip.width, clip.height = (height, width) if a == 0 and b != 0 else (width, height)


def _samples(clip: Clip, state: _State, box: bytes) -> None:
    """stsd (8.5.2): the coding of the first sample entry."""
    if state.picture and not clip.codec:
        clip.codec = box[12:16].decode("ascii", "replace") if box[12:16].isalnum() else "?"


_READERS = {b"mvhd": _movie, b"mehd": _fragmented, b"hdlr": _handler, b"tkhd": _track, b"stsd": _samples}


def _seconds(length: int, scale: int) -> float | None:
    seconds = length / scale if scale else 0
    return round(seconds, 3) if 0 < seconds < math.inf else None
