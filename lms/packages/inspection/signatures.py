"""Single files by their first bytes, and by the tracks of recordings."""

import re
import zlib
from collections.abc import Callable, Set
from pathlib import Path
from typing import Any

from lms.packages.messages import message as _l

_OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ENDS: dict[str, tuple[str, ...]] = {
    "application/pdf": ("pdf",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/svg+xml": ("svg",),
    "video/mp4": ("mp4", "m4v", "mov"),
    "audio/mp4": ("m4a", "mp4"),
    "video/webm": ("webm", "mkv"),
    "audio/webm": ("webm", "weba"),
    "video/ogg": ("ogv", "ogg"),
    "audio/ogg": ("ogg", "oga", "opus"),
    "audio/mpeg": ("mp3",),
    "audio/wav": ("wav",),
    "audio/flac": ("flac",),
    "audio/aac": ("aac",),
    "text/html": ("html", "htm", "xhtml"),
    "text/markdown": ("md", "markdown", "txt"),
    "text/vtt": ("vtt",),
    _OFFICE["word/document.xml"]: ("docx", "docm"),
    _OFFICE["xl/workbook.xml"]: ("xlsx", "xlsm"),
    _OFFICE["ppt/presentation.xml"]: ("pptx", "pptm", "ppsx"),
}
"""Media types that are taken, with the ends that such files have."""

MOODLE = _l(
    "This is a Moodle backup, which only Moodle can read. Please export the course there as IMS Common Cartridge, or "
    "send its SCORM and H5P packages by themselves."
)
_ARCHIVE = _l("Archives other than zip are not taken. Please make a zip.")
_PROGRAM = _l("Programs are not taken.")
_REFUSED: tuple[tuple[bytes, Any], ...] = (
    (b"Rar!\x1a\x07", _ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ\x00", _ARCHIVE),
    (b"(\xb5/\xfd", _ARCHIVE),
    (b"MZ", _PROGRAM),
    (b"\x7fELF", _PROGRAM),
    (b"#!", _PROGRAM),
    (b"\xca\xfe\xba\xbe", _PROGRAM),
    (b"\xcf\xfa\xed\xfe", _PROGRAM),
    (b"\xce\xfa\xed\xfe", _PROGRAM),
    (b"\xfe\xed\xfa", _PROGRAM),
    (b"PK\x07\x08", _l("The archive is one of several parts. Please make it as one file.")),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        _l("Old or encrypted Office files are not taken. Please save as DOCX, PPTX or XLSX without a password."),
    ),
)
_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_LOOK = 8 * 1024 * 1024
_HTML = re.compile(
    rb"^\s*(?:<!--.*?-->\s*|<\?xml[^>]*\?>\s*)*<(?:!doctype\s+html|html|head|body|title|meta|link|style|script|base"
    rb"|h[1-6]|p|div|section|article|main|header|footer|nav|ul|ol|dl|table|blockquote|pre|figure|center|font)\b",
    re.IGNORECASE | re.DOTALL,
)
_SVG = re.compile(
    rb"^\s*(?:<!--.*?-->\s*|<\?xml[^>]*\?>\s*|<!doctype\s+svg[^>\[]*>\s*)*<(?:\w+:)?svg\b", re.IGNORECASE | re.DOTALL
)
_CMI5 = re.compile(rb"<(?:\w+:)?courseStructure\b")
_LINK = re.compile(rb"^\s*\[InternetShortcut\]", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def refused_kind(head: bytes) -> Any:
    """Return why a kind of file is not taken; None when it may be."""
    if head[257:262] == b"ustar":
        return _ARCHIVE
    if head.startswith(b"\x1f\x8b") and b"Moodle archive file index" in _gunzipped(head):
        return MOODLE
    return next((why for start, why in _REFUSED if head.startswith(start)), None)


def _gunzipped(head: bytes) -> bytes:
    """Return the first bytes within a gzip file."""
    try:
        return zlib.decompressobj(wbits=31).decompress(head, 4096)
    except zlib.error:
        return b""


def pdf(_path: Path, head: bytes) -> str | None:
    """Return the media type of a PDF document."""
    return "application/pdf" if has_pdf_header(head) else None


def has_pdf_header(head: bytes) -> bool:
    """Tell whether a file is PDF by its start: up to 1,024 bytes of text may come before its header."""
    header = re.search(rb"(?:^|[\r\n]|^\xef\xbb\xbf)%PDF-", head[: 1024 + 5])
    if header is None:
        return False
    before = head[: header.start()]
    return not before.strip() or not (before.lstrip().startswith(b"<") or _CONTROL.search(before))


def image(_path: Path, head: bytes) -> str | None:
    """Return the media type of a picture of pixels."""
    return pixels(head)


def pixels(head: bytes) -> str | None:
    """Return the media type of a picture of pixels by its first bytes."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((media_type for start, media_type in _IMAGES if head.startswith(start)), None)


def video(path: Path, head: bytes) -> str | None:
    """Return the media type of a recording with moving pictures."""
    return _if("video", _recording(path, head))


def audio(path: Path, head: bytes) -> str | None:
    """Return the media type of a recording of sound only."""
    return _if("audio", _recording(path, head))


def office(names: Set[str]) -> str | None:
    """Return the media type of an Office document, which is an archive, by the names of its files in lower case."""
    if "[content_types].xml" not in names:
        return None
    return next((media_type for name, media_type in _OFFICE.items() if name in names), None)


def drawing(text: bytes) -> str | None:
    """Return the media type of a drawing (SVG)."""
    return "image/svg+xml" if _SVG.match(text) else None


def course_structure(text: bytes) -> str | None:
    """Return the media type of a cmi5 course structure alone."""
    return "text/xml" if _CMI5.search(text) and not _SVG.match(text) else None


def html(text: bytes) -> str | None:
    """Return the media type of an HTML page."""
    return "text/html" if _HTML.match(text) else None


def link(text: bytes) -> str | None:
    """Return the media type of a file in which a desktop keeps an address."""
    return "text/plain" if _LINK.match(text) else None


def is_subtitles(text: bytes) -> bool:
    """Tell whether a text is subtitles (WebVTT)."""
    return text.lstrip().startswith(b"WEBVTT")


def is_cartridge(heading: str) -> bool:
    """Tell a Common Cartridge by the namespaces and schema of its imsmanifest.xml."""
    return "imsccv1p" in heading or "common cartridge" in heading.lower()


def is_scorm2004(heading: str) -> bool:
    """Tell SCORM 2004 by the namespaces and schema of its imsmanifest.xml."""
    marks = ("adlcp_v1p3", "imscp_v1p1", "2004", "CAM 1.3")
    return any(mark in heading for mark in marks) and "adlcp_rootv1p2" not in heading and not is_cartridge(heading)


def is_scorm12(heading: str) -> bool:
    """Tell SCORM 1.2: what is neither SCORM 2004 nor a cartridge."""
    return not is_cartridge(heading) and not is_scorm2004(heading)


def plain_text(path: Path, head: bytes) -> bytes | None:
    """Return how a text begins, in a form in which ASCII is ASCII; None for what is no text."""
    text = _plain(head)
    return text if text is not None and _is_text(path) else None


def _if(kind: str, media_type: str | None) -> str | None:
    return media_type if media_type is not None and media_type.startswith(f"{kind}/") else None


def _recording(path: Path, head: bytes) -> str | None:
    if head[4:8] == b"ftyp":
        return "video/mp4" if _has(path, b"hdlr", b"vide") else "audio/mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        with path.open("rb") as stream:
            start = stream.read(_LOOK)
        return "video/webm" if b"V_" in start else "audio/webm"
    if head.startswith(b"OggS"):
        return "video/ogg" if b"theora" in head else "audio/ogg"
    return next((media_type for test, media_type in _SOUNDS if test(head)), None)


_SOUNDS: tuple[tuple[Callable[[bytes], bool], str], ...] = (
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WAVE", "audio/wav"),
    (lambda head: head.startswith(b"fLaC"), "audio/flac"),
    (lambda head: head.startswith(b"ID3") or _is_mpeg(head), "audio/mpeg"),
    (lambda head: head[:2] in (b"\xff\xf1", b"\xff\xf9"), "audio/aac"),
)


def _is_mpeg(head: bytes) -> bool:
    """Tell whether two frames of layer III follow each other."""
    size = _frame(head, 0)
    return bool(size) and _frame(head, size) > 0


def _frame(head: bytes, at: int) -> int:
    if len(head) < at + 4 or head[at] != 0xFF or head[at + 1] & 0xE6 != 0xE2:
        return 0
    version, rate_index, frequency_index = head[at + 1] >> 3 & 3, head[at + 2] >> 4, head[at + 2] >> 2 & 3
    if version == 1 or rate_index in (0, 15) or frequency_index == 3:
        return 0
    rates = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
    slower = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
    frequency = (44100, 48000, 32000)[frequency_index] >> (0, 0, 1, 0)[version] >> (2 if version == 0 else 0)
    rate, samples = (rates, 144) if version == 3 else (slower, 72)
    return samples * rate[rate_index] * 1000 // frequency + (head[at + 2] >> 1 & 1)


def _has(path: Path, box: bytes, handler: bytes) -> bool:
    """Tell whether a handler of this type is in the movie's description, which stands at the start or the end."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        places = (0, max(0, size - _LOOK)) if size > _LOOK else (0,)
        for place in places:
            stream.seek(place)
            block = stream.read(_LOOK)
            at = block.find(box)
            while at >= 0:
                if block[at + 12 : at + 16] == handler:
                    return True
                at = block.find(box, at + 4)
    return False


def _plain(head: bytes) -> bytes | None:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if head.startswith(mark):
            return head[: len(head) // 2 * 2].decode(encoding, "ignore").encode()
    return None if _CONTROL.search(head) else head


def _is_text(path: Path) -> bool:
    """Tell whether a file of at most 20 MB is text to its end, in UTF-8, UTF-16 or Windows-1258."""
    if path.stat().st_size > 20 * 1024 * 1024:
        return False
    content = path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8", "cp1258")
        if _CONTROL.search(content):
            return False
    for encoding in encodings:
        try:
            content.decode(encoding)
            return True
        except UnicodeDecodeError:
            continue
    return False
