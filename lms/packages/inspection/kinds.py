"""What an uploaded file is, by its content and never by its name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, cast

from lxml import etree

from lms.packages.inspection.archive import Archive, open_archive
from lms.packages.inspection.limits import Limits
from lms.packages.inspection.signatures import MOODLE, SINGLE, refused_kind, single_kind, text_kind
from lms.packages.messages import message as _l
from lms.packages.structure import Fault, Refused, read

_MANIFESTS = (("cmi5.xml", "cmi5"), ("imsmanifest.xml", "scorm"), ("h5p.json", "h5p"), ("tincan.xml", "xapi"))
"""By preference: a package with several is taken as the first."""
_FOLDER_FORM = "khue.yaml"
_OFFICE = ("word/document.xml", "ppt/presentation.xml", "xl/workbook.xml")
_MANIFEST_LIMIT = 20 * 1024 * 1024
_RECORDINGS = (".mp4", ".m4v", ".webm", ".ogv", ".mp3", ".m4a", ".wav", ".oga", ".ogg")
_BESIDE = (".vtt", ".jpg", ".jpeg", ".png", ".webp")
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"


@dataclass(slots=True)
class Found:
    """What a file is.

    :ivar kind: a key of lms.library.kinds.KINDS, or ``cartridge``, ``folder``, ``subtitles``
    :ivar manifest: path of the manifest within the package
    :ivar root: the folder within an archive that is the package, with ``/`` at its end
    :ivar bare: whether it is a course structure alone, without an archive
    """

    kind: str
    media_type: str
    manifest: str = ""
    root: str = ""
    bare: bool = False
    notes: list[Fault] = field(default_factory=list)


def recognise(path: Path, filename: str, limits: Limits | None = None) -> Found:
    """Tell what a file is.

    :raises Refused: it is empty, of a kind that is not taken, or pretends to be several.
    """
    limits = limits or Limits()
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head:
        raise Refused(Fault(filename, _l("The file is empty.")))
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        found = _archive(path, filename, limits)
    else:
        why = refused_kind(head)
        if why is not None:
            raise Refused(Fault(filename, why))
        found = _single(path, head, filename)
    _note_wrong_end(found, filename)
    return found


def _archive(path: Path, filename: str, limits: Limits) -> Found:
    with open_archive(path, limits) as archive:
        names = list(archive)
        root = _only_folder(names)
        found = _by_manifest(archive, names, "") or _by_pages(names, "")
        if found is None:
            found = _by_manifest(archive, names, _folder_of_manifest(names, filename) or root)
        if found is None:
            found = _by_pages(names, root) or _by_recording(names, root)
    if found is None:
        raise Refused(Fault(filename, _why_no_course(names)))
    if found.root:
        found.notes.append(
            Fault(found.root, _l("The package lies in a folder of the archive; the folder is left out."))
        )
    return found


def _by_manifest(archive: Archive, names: list[str], root: str) -> Found | None:
    here = {name.removeprefix(root).lower(): name for name in names if name.startswith(root)}
    if "[content_types].xml" in here and any(one in here for one in _OFFICE):
        kind = next(one for one in _OFFICE if one in here)
        return Found("office", _OFFICE_TYPES[kind]) if not root else None
    if _FOLDER_FORM in here:
        return Found("folder", "application/zip", _FOLDER_FORM, root)
    present = [(manifest, kind) for manifest, kind in _MANIFESTS if manifest in here]
    if not present and any(name.endswith("/library.json") for name in here):
        return Found("h5p", "application/zip", "h5p.json", root)
    if not present:
        return None
    manifest, kind = present[0]
    actual = here[manifest]
    found = Found(kind, "application/zip", actual.removeprefix(root), root)
    if kind == "scorm":
        found.kind = _kind_of_manifest(read(archive, actual, limit=_MANIFEST_LIMIT), actual)
    if len(present) > 1:
        others = ", ".join(name for name, _ in present[1:])
        words = _l("The package has several manifests; %(name)s is used, not %(others)s.", name=manifest, others=others)
        found.notes.append(Fault(actual, words))
    if actual.removeprefix(root) != manifest:
        found.notes.append(Fault(actual, _l("The manifest should be called %(name)s.", name=manifest)))
    return found


def _kind_of_manifest(content: bytes, path: str) -> str:
    """Tell SCORM 1.2, SCORM 2004 and Common Cartridge apart by the first elements of the manifest."""
    text = _heading(content, path)
    if "imsccv1p" in text or "common cartridge" in text.lower():
        return "cartridge"
    is_2004 = "adlcp_v1p3" in text or "imscp_v1p1" in text or "2004" in text or "CAM 1.3" in text
    return "scorm2004" if is_2004 and "adlcp_rootv1p2" not in text else "scorm12"


def _heading(content: bytes, path: str) -> str:
    """Return namespaces and the schema of a manifest as one text, without trusting anything else in it."""
    if b"<!DOCTYPE" in content[:4096].upper() or b"<\0!\0D\0O\0C" in content[:8192].upper():
        raise Refused(Fault(path, _l("The manifest has a document type (DOCTYPE), which is not taken.")))
    parser = etree.XMLPullParser(
        events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    words: list[str] = []
    try:
        parser.feed(content[:65536])
        for event, element in cast(Iterator[tuple[str, etree._Element]], parser.read_events()):
            if event == "start":
                words += [str(uri) for uri in element.nsmap.values()]
            elif etree.QName(element).localname in ("schema", "schemaversion"):
                words.append(element.text or "")
    except etree.XMLSyntaxError as error:
        raise Refused(Fault(path, _l("The manifest is no valid XML: %(reason)s", reason=error.msg))) from None
    return " ".join(words)


def _by_pages(names: list[str], root: str) -> Found | None:
    pages = [name for name in names if name.startswith(root) and "/" not in name.removeprefix(root)]
    if any(name.lower().endswith((".html", ".htm")) for name in pages):
        return Found("html", "application/zip", "", root)
    return None


def _by_recording(names: list[str], root: str) -> Found | None:
    """A video or recording alone, with subtitles and a poster beside it."""
    inner = [name.removeprefix(root) for name in names]
    recordings = [name for name in inner if name.lower().endswith(_RECORDINGS)]
    others = [name for name in inner if name not in recordings]
    if len(recordings) != 1 or not all(name.lower().endswith(_BESIDE) for name in others):
        return None
    kind = "audio" if recordings[0].lower().endswith((".mp3", ".m4a", ".wav", ".oga")) else "video"
    return Found(kind, "application/zip", recordings[0], root)


def _folder_of_manifest(names: list[str], filename: str) -> str:
    """Return the outermost folder that holds a manifest; empty when none does.

    :raises Refused: several do, side by side.
    """
    known = {manifest for manifest, _ in _MANIFESTS} | {_FOLDER_FORM}
    folders = {
        name[: name.rindex("/") + 1] for name in names if name.rpartition("/")[2].lower() in known and "/" in name
    }
    depth = min((folder.count("/") for folder in folders), default=0)
    outermost = sorted(folder for folder in folders if folder.count("/") == depth)
    if len(outermost) > 1:
        words = _l(
            "The archive holds several packages: %(names)s. Please send each by itself.", names=", ".join(outermost[:5])
        )
        raise Refused(Fault(filename, words))
    return outermost[0] if outermost else ""


def _why_no_course(names: list[str]) -> Any:
    if "moodle_backup.xml" in names:
        return MOODLE
    if {".crs", ".au"} <= {PurePosixPath(name).suffix.lower() for name in names}:
        return _l("This is an AICC course, which is not taken. Please export it as SCORM or cmi5.")
    return _l(
        "This archive is no course: it has neither cmi5.xml, imsmanifest.xml, h5p.json, tincan.xml nor a "
        "start page (index.html). Please export it again from the authoring tool."
    )


def _only_folder(names: list[str]) -> str:
    """Return the folder in which everything lies; empty when there is none."""
    tops = {name.partition("/")[0] for name in names}
    return f"{tops.pop()}/" if len(tops) == 1 and all("/" in name for name in names) else ""


def _single(path: Path, head: bytes, filename: str) -> Found:
    kind = single_kind(path, head)
    if kind is None:
        kind = text_kind(path, head)
    if kind is None:
        raise Refused(
            Fault(
                filename,
                _l(
                    "This kind of file is not taken. Taken are course packages (cmi5, SCORM, H5P, xAPI, web), PDF, "
                    "video, audio, pictures, Office documents, HTML and Markdown pages."
                ),
            )
        )
    name, media_type = kind
    if _hides_archive(path):
        raise Refused(Fault(filename, _l("This file is an archive as well: it pretends to be two things.")))
    if name == "cmi5":
        return Found("cmi5", media_type, "cmi5.xml", bare=True)
    return Found(name, media_type)


def _hides_archive(path: Path) -> bool:
    """Tell whether an archive hangs at the end of something else, so that other programs would open that."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - 65557))
        tail = stream.read()
    place = tail.rfind(_EMPTY_ZIP)
    if place < 0 or len(tail) - place < 22:
        return False
    comment = int.from_bytes(tail[place + 20 : place + 22], "little")
    return len(tail) - place - 22 <= comment


def _note_wrong_end(found: Found, filename: str) -> None:
    end = PurePosixPath(filename).suffix.lower().removeprefix(".")
    usual = ENDS.get(found.media_type) or _ENDS_OF_KIND.get(found.kind)
    if end and usual and end not in usual:
        words = _l(
            "The name ends in “.%(end)s”, but by its content the file is: %(kind)s.", end=end, kind=found.media_type
        )
        found.notes.append(Fault(filename, words))


_OFFICE_TYPES = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_ENDS_OF_KIND = {
    "h5p": ("h5p", "zip"),
    "cartridge": ("imscc", "zip"),
    "html": ("zip",),
    "folder": ("zip",),
} | dict.fromkeys(("cmi5", "scorm12", "scorm2004", "xapi"), ("zip", "pif"))
ENDS: dict[str, Iterable[str]] = {
    **SINGLE,
    **{_OFFICE_TYPES["word/document.xml"]: ("docx", "docm"), _OFFICE_TYPES["xl/workbook.xml"]: ("xlsx", "xlsm")},
    _OFFICE_TYPES["ppt/presentation.xml"]: ("pptx", "pptm", "ppsx"),
}
