"""Recordings: duration, size and what hinders their playing, from the boxes of MP4, WebM and WAV."""

import struct
from pathlib import Path
from typing import IO, Any

from lms.packages.formats.single import mp4, webm
from lms.packages.messages import message as _l
from lms.packages.structure import Fault, Refused

_DAMAGED = _l(
    "The recording cannot be read; it may be damaged or incomplete. Please export it again and play it once before "
    "you upload it."
)
_LATE = _l(
    "The index stands at the end of the file, so playing and seeking start slowly. Export it with “fast start” (web "
    "optimised) to improve this."
)
_ENDLESS = _l(
    "The recording does not say how long it is, as is usual for recordings made in a browser. Progress is counted only "
    "once a browser knows its length; better convert it to MP4."
)
_SHOWN = {"avc1", "avc3", "vp08", "vp09", "av01", "V_VP8", "V_VP9", "V_AV1", ""}


def read(path: Path, _media_type: str, name: str) -> tuple[str, dict[str, Any], tuple[Fault, ...]]:
    """Return the properties ``duration`` (seconds), ``width``, ``height`` where they can be read, and notes.

    :raises Refused: an MP4 or WebM is damaged
    """
    with path.open("rb") as stream:
        head = stream.read(12)
        try:
            clip = _clip(head, stream, path.stat().st_size)
        except (struct.error, ValueError, OverflowError) as error:
            raise Refused(Fault(name, _DAMAGED)) from error
    if clip is None:
        return "", {}, ()
    return "", clip.properties, tuple(Fault(name, note) for note in _notes(clip))


def _clip(head: bytes, stream: IO[bytes], size: int) -> mp4.Clip | None:
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return mp4.read(stream, size)
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return webm.read(stream, size)
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return _wave(stream, size)
    return None


def _notes(clip: mp4.Clip) -> list[Any]:
    notes = [_LATE] if clip.late else []
    if clip.codec not in _SHOWN:
        notes.append(
            _l(
                "The picture is coded in a way that many browsers cannot show (%(codec)s). Please export the video as "
                "H.264 (MP4).",
                codec=clip.codec,
            )
        )
    return notes if clip.duration else [*notes, _ENDLESS]


def _wave(stream: IO[bytes], size: int) -> mp4.Clip:
    stream.seek(12)
    rate = 0
    for _ in range(1000):
        name, length = struct.unpack("<4sI", stream.read(8))
        if name == b"data":
            return mp4.Clip(duration=min(length, size - stream.tell()) / rate if rate else None)
        start = stream.tell()
        if name == b"fmt ":
            rate = struct.unpack("<8xI", stream.read(12))[0]
        stream.seek(start + length + length % 2)
    raise ValueError("no samples")
