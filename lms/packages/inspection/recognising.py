"""What an uploaded file is, by its content and never by its name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, cast

from lxml import etree

from lms.packages.inspection import office
from lms.packages.inspection.archive import Archive, open_archive
from lms.packages.inspection.families import FAMILIES, alike, family, family_of
from lms.packages.inspection.limits import Limits
from lms.packages.inspection.marks import Marks
from lms.packages.inspection.questions import is_package_of_questions, led, questions_in
from lms.packages.inspection.signatures import ENDS, MOODLE, is_cartridge, is_subtitles, plain_text, refused_kind
from lms.packages.messages import message as _l
from lms.packages.structure import NO_XML, Fault, Refused, placed, read

_PART = 1024 * 1024 + 1
_MANIFEST_LIMIT = 20 * 1024 * 1024
_BESIDE = (".vtt", ".jpg", ".jpeg", ".png", ".webp")
NOT_TAKEN = _l(
    "This kind of file is not taken. Taken are course packages (cmi5, SCORM, H5P, xAPI, web), PDF, "
    "video, audio, pictures, Office documents, HTML and Markdown pages."
)
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_STARTS = ("index.html", "index.htm", "story.html", "story_html5.html", "index_lms.html")
"""Pages by whose name a folder is a web package."""


_ARCHIVE = "application/zip"

Kinds = Mapping[str, Marks]
"""The kinds that are taken, by preference, each with its marks."""


@dataclass(slots=True)
class Recognised:
    """What a file is.

    :ivar kind: a key of the kinds that are taken
    :ivar manifest: path of the manifest within the package, or of the recording among its subtitles
    :ivar root: the folder within an archive that is the package, with ``/`` at its end
    :ivar bare: whether it is a manifest alone, without an archive
    """

    kind: str
    media_type: str
    manifest: str = ""
    root: str = ""
    bare: bool = False
    notes: list[Fault] = field(default_factory=list)


def recognise(path: Path, filename: str, kinds: Kinds, limits: Limits | None = None) -> Recognised:
    """Tell what a file is.

    :raises Refused: it is empty, of a kind that is not taken, or pretends to be several.
    """
    limits = limits or Limits()
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head:
        raise Refused(Fault(filename, _l("The file is empty.")))
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        recognised = _archive(path, filename, kinds, limits)
    else:
        why = refused_kind(head)
        if why is not None:
            raise Refused(Fault(filename, why))
        recognised = _single(path, head, filename, kinds)
    _check_end(recognised, filename, kinds[recognised.kind])
    return recognised


def _archive(path: Path, filename: str, kinds: Kinds, limits: Limits) -> Recognised:
    with open_archive(path, limits, name=filename) as archive:
        names = list(archive)
        recognised = (
            _document(archive, names, kinds)
            or _by_manifest(archive, names, "", kinds, filename)
            or _by_start_page(names, "", kinds)
            or _in_a_folder(archive, names, filename, kinds)
        )
    if recognised is None:
        raise Refused(Fault(filename, _why_no_course(names)))
    if recognised.root:
        recognised.notes.append(
            Fault(recognised.root, _l("The package lies in a folder of the archive; the folder is left out."))
        )
    return recognised


def _in_a_folder(archive: Archive, names: list[str], filename: str, kinds: Kinds) -> Recognised | None:
    """A package that lies in some folder; without one, pages or a recording, and in the end the files by themselves."""
    root = _common_folder(names)
    folder = _folder_of_manifest(names, filename, kinds) or root
    return (
        (_by_manifest(archive, names, folder, kinds, filename) if folder else None)
        or _by_start_page(names, _folder_of_start_page(names), kinds)
        or _by_pages(names, root, kinds)
        or _by_recording(names, root, kinds)
        or _by_files(names, root, kinds)
    )


def _document(archive: Archive, names: list[str], kinds: Kinds) -> Recognised | None:
    """A document that is an archive by its form."""
    actual = {name.lower(): name for name in names}
    here = set(actual)
    if "_rels/.rels" in here:
        usual = office.usual_name(lambda part: archive.open(actual[part]).read(_PART) if part in actual else b"")
        here |= {usual} if usual else set()
    for kind, marks in kinds.items():
        media_type = marks.document(here) if marks.document else None
        if media_type is not None:
            return Recognised(kind, media_type)
    return None


def _by_manifest(archive: Archive, names: list[str], root: str, kinds: Kinds, filename: str) -> Recognised | None:
    inner = {name.removeprefix(root).lower(): name for name in names if name.startswith(root)}
    for kind, marks in kinds.items():
        if marks.above_others and marks.manifest in inner:
            return Recognised(kind, _ARCHIVE, marks.manifest, root)
    present = [name for name in _manifests(kinds) if name in inner]
    if not present:
        beside = (
            kind for kind, marks in kinds.items() if marks.beside and any(n.endswith(marks.beside) for n in inner)
        )
        kind_ = next(beside, None)
        return None if kind_ is None else Recognised(kind_, _ARCHIVE, kinds[kind_].manifest, root)
    manifest = present[0]
    actual = inner[manifest]
    sharing = {kind: m for kind, m in kinds.items() if m.manifest == manifest}
    kind_ = _kind_of_manifest(archive, actual, sharing, filename)
    recognised = Recognised(kind_, _ARCHIVE, actual.removeprefix(root), root)
    if len(present) > 1:
        others = ", ".join(present[1:])
        words = _l("The package has several manifests; %(name)s is used, not %(others)s.", name=manifest, others=others)
        recognised.notes.append(Fault(actual, words))
    if actual.removeprefix(root) != manifest:
        recognised.notes.append(Fault(actual, _l("The manifest should be called %(name)s.", name=manifest)))
    return recognised


def _manifests(kinds: Kinds) -> list[str]:
    """Return the names of manifests, each once, by preference."""
    return list(dict.fromkeys(marks.manifest for marks in kinds.values() if marks.manifest and not marks.above_others))


def _kind_of_manifest(archive: Archive, path: str, sharing: Kinds, filename: str) -> str:
    """Tell kinds apart that share the name of their manifest; the last one takes what is none of the others."""
    *others, last = sharing
    if not others:
        return last
    content = read(archive, path, limit=_MANIFEST_LIMIT)
    text = _heading(content, path)
    found = next((kind for kind in others if (test := sharing[kind].heading) and test(text)), last)
    if not is_cartridge(text) and is_package_of_questions(content.decode("utf-8", "ignore")):
        raise Refused(Fault(filename, led("QTI")))
    return found


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
        raise Refused(Fault(placed(path, error.lineno), NO_XML)) from None
    return " ".join(words)


def _by_start_page(names: list[str], root: str, kinds: Kinds) -> Recognised | None:
    """A web package by the name of its start page."""
    starts = {f"{root}{start}".lower() for start in _STARTS}
    kind = next((kind for kind, marks in kinds.items() if marks.pages), None)
    if kind is None or not any(name.lower() in starts for name in names):
        return None
    return Recognised(kind, _ARCHIVE, "", root)


def _folder_of_start_page(names: list[str]) -> str:
    """Return the outermost folder that holds a start page, the first of several by name."""
    folders = {name[: name.rindex("/") + 1] for name in names if name.lower().endswith(tuple(f"/{s}" for s in _STARTS))}
    return min(folders, key=lambda folder: (folder.count("/"), folder), default="")


def _by_files(names: list[str], root: str, kinds: Kinds) -> Recognised | None:
    """Files of many kinds that belong together: documents, recordings, pictures."""
    for kind, marks in kinds.items():
        if marks.files and any(name.lower().endswith(marks.files) for name in names):
            return Recognised(kind, _ARCHIVE, "", root)
    return None


def _by_pages(names: list[str], root: str, kinds: Kinds) -> Recognised | None:
    pages = [name for name in names if name.startswith(root) and "/" not in name.removeprefix(root)]
    for kind, marks in kinds.items():
        if marks.pages and any(name.lower().endswith(marks.pages) for name in pages):
            return Recognised(kind, _ARCHIVE, "", root)
    return None


def _by_recording(names: list[str], root: str, kinds: Kinds) -> Recognised | None:
    """A video or recording alone, with subtitles and a poster beside it."""
    ends = {end: kind for kind, marks in kinds.items() for end in marks.recordings}
    inner = [name.removeprefix(root) for name in names]
    recordings = [name for name in inner if PurePosixPath(name).suffix.lower() in ends]
    others = [name for name in inner if name not in recordings]
    if len(recordings) != 1 or not all(name.lower().endswith(_BESIDE) for name in others):
        return None
    return Recognised(ends[PurePosixPath(recordings[0]).suffix.lower()], _ARCHIVE, recordings[0], root)


def _folder_of_manifest(names: list[str], filename: str, kinds: Kinds) -> str:
    """Return the outermost folder that holds a manifest; empty when none does.

    :raises Refused: several do, side by side.
    """
    manifests = {marks.manifest for marks in kinds.values() if marks.manifest}
    folders = {
        name[: name.rindex("/") + 1] for name in names if name.rpartition("/")[2].lower() in manifests and "/" in name
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


def _common_folder(names: list[str]) -> str:
    """Return the innermost folder in which everything lies; empty when there is none."""
    common: list[str] = []
    for parts in zip(*(name.split("/")[:-1] for name in names), strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    return "".join(f"{part}/" for part in common)


def _single(path: Path, head: bytes, filename: str, kinds: Kinds) -> Recognised:
    recognised = _by_start(path, head, kinds) or _by_text(path, head, filename, kinds)
    if recognised is None:
        raise Refused(Fault(filename, NOT_TAKEN))
    if _hides_archive(path):
        raise Refused(Fault(filename, _l("This file is an archive as well: it pretends to be two things.")))
    return recognised


def _by_start(path: Path, head: bytes, kinds: Kinds) -> Recognised | None:
    for kind, marks in kinds.items():
        media_type = marks.start(path, head) if marks.start else None
        if media_type is not None:
            return Recognised(kind, media_type)
    return None


def _by_text(path: Path, head: bytes, filename: str, kinds: Kinds) -> Recognised | None:
    text = plain_text(path, head)
    if text is None:
        return None
    questions = questions_in(text, filename)
    if questions is not None:
        raise Refused(Fault(filename, questions))
    if is_subtitles(text):
        words = _l("Subtitles belong to a video: please send both together in one folder or zip.")
        raise Refused(Fault(filename, words))
    for kind, marks in kinds.items():
        media_type = marks.text(text) if marks.text else None
        if media_type is not None:
            return Recognised(kind, media_type, marks.manifest, bare=bool(marks.manifest))
    plain = next((kind for kind, marks in kinds.items() if marks.any_text), None)
    if plain is None or text.lstrip().startswith(b"<?"):
        return None
    return Recognised(plain, kinds[plain].any_text)


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


def _check_end(recognised: Recognised, filename: str, marks: Marks) -> None:
    """Note an unusual end of the name.

    :raises Refused: the name says that it is something else altogether.
    """
    end = PurePosixPath(filename).suffix.lower().removeprefix(".")
    claimed, actual = family(end), family_of(recognised.media_type)
    as_archive = claimed == "archive" and marks.document is not None
    if claimed and actual and not alike(claimed, actual) and not as_archive:
        words = _l(
            "The name ends in “.%(end)s”, but the file is %(what)s. Please send the file that was meant, or give it "
            "its right name.",
            end=end,
            what=FAMILIES[actual],
        )
        raise Refused(Fault(filename, words))
    usual = ENDS.get(recognised.media_type) or marks.ends
    if end and usual and end not in usual:
        words = _l(
            "The name ends in “.%(end)s”, but by its content the file is: %(kind)s.",
            end=end,
            kind=recognised.media_type,
        )
        recognised.notes.append(Fault(filename, words))
