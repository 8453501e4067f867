"""Pictures of lessons: their kind, their size, and the refusal of drawings that do more than show."""

import re
from dataclasses import dataclass
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
MEDIA_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}
DOWNLOADS = {
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".pdf": "application/pdf",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
RECORDINGS = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
}
_MOST = {"picture": 2_000_000, "download": 5_000_000, "recording": 20_000_000}
_ZIPPED = (".odt", ".ods", ".docx", ".xlsx")
_MAGIC = {".png": b"\x89PNG\r\n\x1a\n", ".jpg": b"\xff\xd8\xff", ".webp": b"RIFF"}
_ACTIVE = frozenset(
    {
        "script",
        "foreignObject",
        "animate",
        "animateMotion",
        "animateTransform",
        "set",
        "iframe",
        "image",
        "a",
        "feImage",
    }
)
_MARKUP = re.compile(rb"<!DOCTYPE|<!ENTITY|<\?(?!xml[\s?])", re.IGNORECASE)
_FONT_SIZE = re.compile(r"(?:font-size:|font:[^;}]*?)\s*(\d+(?:\.\d+)?)(?=px|[;}\s]|$)")
_OUTSIDE = re.compile(r"url\(\s*(?!['\"]?#)|@import|expression\(|javascript:", re.IGNORECASE)


class BadFigureError(ValueError):
    """The picture is refused; the message says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that may be shown.

    :ivar letters: size of the smallest letters of a drawing, in its own units
    """

    media_type: str
    width: int | None
    height: int | None
    letters: float | None = None

    def letters_at(self, width: int) -> float | None:
        """Return how large its smallest letters are, in px, when the picture is shown this wide."""
        return self.letters * width / self.width if self.letters and self.width else None


def check(name: str, content: bytes) -> Picture:
    """Check a picture by its content.

    :raises BadFigureError: not the kind its name says, or a drawing with scripts, links or parts from outside.
    """
    suffix = "." + name.rpartition(".")[2]
    if suffix not in MEDIA_TYPES:
        raise BadFigureError(f"a picture of the kind {', '.join(sorted(MEDIA_TYPES))}")
    _check_size("picture", content)
    if suffix == ".svg":
        return _check_svg(content)
    if not content.startswith(_MAGIC[suffix]):
        raise BadFigureError(f"content that is what the name says ({suffix})")
    return Picture(MEDIA_TYPES[suffix], None, None)


def check_file(name: str, content: bytes) -> Picture:
    """Check a file that a lesson shows, plays or hands out.

    :raises BadFigureError: a kind that lessons do not have, too large, or not what its name says.
    """
    suffix = "." + name.rpartition(".")[2]
    if suffix in MEDIA_TYPES:
        return check(name, content)
    if suffix in RECORDINGS:
        _check_size("recording", content)
        return Picture(RECORDINGS[suffix], None, None)
    if suffix not in DOWNLOADS:
        kinds = sorted({*MEDIA_TYPES, *DOWNLOADS, *RECORDINGS})
        raise BadFigureError(f"a file of the kind {', '.join(kinds)}")
    _check_size("download", content)
    if (suffix in _ZIPPED and not content.startswith(b"PK")) or (suffix == ".pdf" and not content.startswith(b"%PDF")):
        raise BadFigureError(f"content that is what the name says ({suffix})")
    return Picture(DOWNLOADS[suffix], None, None)


def _check_size(kind: str, content: bytes) -> None:
    if len(content) > _MOST[kind]:
        raise BadFigureError(f"a {kind} of at most {_MOST[kind] // 1_000_000} MB")


def _check_svg(content: bytes) -> Picture:
    if _MARKUP.search(content):
        raise BadFigureError("an SVG without DOCTYPE, entities or processing instructions")
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - no DOCTYPE and no entities, refused above
    except ElementTree.ParseError as error:
        raise BadFigureError(f"well-formed SVG ({error})") from None
    if root.tag != f"{SVG}svg":
        raise BadFigureError('an <svg xmlns="http://www.w3.org/2000/svg"> root')
    for element in root.iter():
        _check_element(element)
    box = (root.get("viewBox") or "").replace(",", " ").split()
    try:
        width, height = (round(float(value)) for value in box[2:4])
    except ValueError:
        raise BadFigureError("an SVG with a viewBox, so that its size is known") from None
    sizes = [float(size) for element in root.iter() for size in _FONT_SIZE.findall(_styles(element))]
    return Picture(MEDIA_TYPES[".svg"], width, height, min(sizes, default=None))


def _styles(element: ElementTree.Element) -> str:
    """Return where an element may state the size of letters."""
    own = f"font-size: {element.get('font-size', '')}; {element.get('style', '')}"
    return own + (element.text or "" if element.tag == f"{SVG}style" else "")


def _check_element(element: ElementTree.Element) -> None:
    name = str(element.tag).removeprefix(SVG)
    if name.startswith("{") or name in _ACTIVE:
        raise BadFigureError(f"an SVG without <{name.rpartition('}')[2]}>")
    for key, value in element.attrib.items():
        attribute = key.rpartition("}")[2].lower()
        if attribute.startswith("on"):
            raise BadFigureError(f"an SVG without event handlers ({attribute})")
        if attribute in ("href", "src", "base") and not value.startswith("#"):
            raise BadFigureError("an SVG without references to the outside (href)")
        _check_style(value)
    if name == "style":
        _check_style(element.text or "")


def _check_style(value: str) -> None:
    if _OUTSIDE.search(value) or "\\" in value:
        raise BadFigureError("an SVG without references to the outside (url)")
