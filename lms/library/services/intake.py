"""An upload taken in: joined, recognised, scanned, read, unpacked; refused with reasons, and then nothing is left."""

import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO, Any, cast
from uuid import UUID

from lms.core import files
from lms.core.database import act, db
from lms.core.errors import DomainError, NotFound
from lms.core.exact import storable
from lms.core.files import Staged
from lms.core.guard import Actor
from lms.core.pages import N_
from lms.library.kinds import KINDS, recognise
from lms.library.kinds.kind import Kind, Reader
from lms.library.models import Upload
from lms.library.refusals import in_all_languages, listed
from lms.library.rules import UPLOAD
from lms.library.services import libraries, packages, uploads
from lms.library.services.packages import Kept
from lms.packages.formats.single import Taker
from lms.packages.inspection import outside, scanning
from lms.packages.inspection.archive import open_archive
from lms.packages.inspection.limits import Limits
from lms.packages.inspection.recognising import NOT_TAKEN, Recognised
from lms.packages.media_types import media_type
from lms.packages.messages import Message
from lms.packages.structure import Fault, Files, Refused, Structure, Unit

Tell = Callable[..., None]
"""``tell(step=…, done=…, total=…)`` shows how far it is."""
_OTHER_CHECKSUM = Message(N_("The file has another checksum than its sender gave. Please send it again."))
_NOT_ALL_SCANNED = Message(
    N_("The virus scanner could not look at all of this file: it is larger or deeper than ClamAV can take.")
)


@dataclass(slots=True)
class Taken:
    """What was found in a file: its structure, and its files, waiting to be stored.

    :ivar borrowed: files that come from the installed libraries
    :ivar hosts: origins outside from which its pages load something
    """

    structure: Structure
    staged: dict[str, Staged] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    borrowed: list[Kept] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)


class NotChecking(DomainError):
    """Somebody else has taken it in or given it up."""

    def __init__(self) -> None:
        super().__init__("not-checking", UPLOAD.words["not-checking"])


class LibrariesChanged(RuntimeError):
    """Installed libraries were replaced while a package that uses them was read: it is read again."""


def take_in(actor: Actor, upload_id: UUID, *, tell: Tell, at: datetime) -> Upload:
    """Check an upload that has arrived and make a version of it, or refuse it; either way its pieces are gone.

    Whatever else goes wrong is raised, and the upload can be taken in again.
    """
    upload = uploads.find(upload_id)
    if upload is None:
        raise NotFound
    _check(upload)
    names = uploads.pieces(upload_id)
    staged: list[Staged] = []
    try:
        tell(step="joining")
        sent = files.stage(cast(IO[bytes], files.Joined(names)))
        staged.append(sent)
        if upload.checksum is not None and sent.sha256 != upload.checksum:
            raise Refused(Fault(upload.filename, _OTHER_CHECKSUM))
        taken = look_into(sent.path, upload.filename, tell=tell, staged=staged)
        return _accept(actor, upload_id, sent, taken, at=at)
    except Refused as refused:
        return _refuse(upload_id, listed(refused.faults), at=at)
    except NotChecking:
        raise
    except DomainError as refused:
        return _refuse(upload_id, [[upload.filename, in_all_languages(refused.message)]], at=at)
    finally:
        files.discard(staged)


def look_into(path: Path, filename: str, *, tell: Tell, staged: list[Staged]) -> Taken:
    """Recognise, scan, read and unpack a file.

    :param staged: takes every waiting file, so that the caller can throw them away
    :raises Refused: with every reason found.
    """
    limits = Limits()
    tell(step="recognising")
    recognised = recognise(path, filename, limits)
    if KINDS[recognised.kind].read is not None:
        tell(step="reading")
        taken = _archive(path, filename, recognised, limits, tell, staged)
        unpacked = {file.path: name for name, file in taken.staged.items()}
        left_out = _scan({path: filename} | unpacked, filename, tell)
    else:
        left_out = _scan({path: filename}, filename, tell)
        tell(step="reading")
        taken = (
            _recording(path, filename, recognised, limits, staged)
            if recognised.manifest
            else _single(path, filename, recognised, staged)
        )
    taken.hosts = outside.origins(_texts(taken))
    taken.notes = [*recognised.notes, *taken.notes, *taken.structure.notes, *left_out]
    return taken


def _texts(taken: Taken) -> Iterator[tuple[str, str]]:
    """Give the files that may load something from outside; of H5P the content, since its libraries can do anything."""
    within = "content/" if taken.structure.kind == "h5p" else ""
    for path, file in taken.staged.items():
        if path.startswith(within) and path.lower().endswith(outside.ENDINGS):
            with file.path.open("rb") as stream:
                yield path, stream.read(outside.LOOKED_AT).decode("utf-8", "replace")


def _scan(names: dict[Path, str], filename: str, tell: Tell) -> list[Fault]:
    """Have files scanned, of an archive each one that it holds; returns notes on those that were not scanned whole.

    :raises Refused: naming each file in which something was found; the whole only when no part of it is to blame.
    """
    tell(step="scanning")
    scanned = scanning.scan(names, filename)
    infected = [(names[path], threat) for path, threat in scanned.threats.items()]
    parts = [(name, threat) for name, threat in infected if name != filename] or infected
    if parts:
        raise Refused(*(_infected(name, threat) for name, threat in parts))
    return [Fault(names[path], _NOT_ALL_SCANNED) for path in sorted(scanned.left_out) if path in names]


def _infected(name: str, threat: str) -> Fault:
    return Fault(name, Message(N_("The virus scanner found %(name)s in this file."), {"name": threat}))


def _archive(
    path: Path, filename: str, recognised: Recognised, limits: Limits, tell: Tell, staged: list[Staged]
) -> Taken:
    kind = KINDS[recognised.kind]
    if recognised.bare:
        return _bare(path, recognised, kind, staged)
    with open_archive(path, limits, name=filename, root=recognised.root) as archive:
        if kind.instead is not None:
            return _written(_InMemory(kind.instead(archive, recognised.manifest)), kind, staged)
        taken = Taken(_reader(kind.read)(archive, recognised.manifest), notes=list(archive.notes))
        _unpack(archive, taken, tell, staged)
        for name, content in taken.structure.generated.items():
            _add(taken, staged, name, io.BytesIO(content), media_type(name))
        if kind.borrows:
            taken.borrowed = libraries.complete(taken.structure, list(archive))
        return taken


def _reader(of_kind: Reader | None) -> Reader:
    if of_kind is None:
        raise AssertionError("the kind has marks of a form that it cannot read")
    return of_kind


def _unpack(archive: Files, taken: Taken, tell: Tell, staged: list[Staged]) -> None:
    paths = list(archive)
    total, done, shown = sum(archive.size(path) for path in paths), 0, 0
    tell(step="storing", done=0, total=total)
    for path in paths:
        with archive.open(path) as stream:
            file = files.stage(stream)
        staged.append(file)
        taken.staged[path], taken.types[path] = file, media_type(path)
        done += file.size
        if done - shown > total // 50:
            tell(done=done)
            shown = done


def _written(files_: "_InMemory", kind: Kind, staged: list[Staged]) -> Taken:
    """Take the files that were made in place of those that were sent."""
    taken = Taken(_reader(kind.read)(files_, ""))
    for path in files_:
        with files_.open(path) as stream:
            _add(taken, staged, path, stream, media_type(path))
    return taken


def _bare(path: Path, recognised: Recognised, kind: Kind, staged: list[Staged]) -> Taken:
    """Take a manifest alone, whose units are elsewhere (cmi5, section 14.2)."""
    taken = Taken(_reader(kind.bare)(_Alone(path, recognised.manifest), recognised.manifest))
    with path.open("rb") as stream:
        _add(taken, staged, recognised.manifest, stream, recognised.media_type)
    return taken


def _single(path: Path, filename: str, recognised: Recognised, staged: list[Staged]) -> Taken:
    """Take a single file: itself, and what its player shows instead of it (a safe page, a PDF of an Office file)."""
    single = _taker(recognised)(path, recognised.media_type, filename)
    taken = Taken(single.structure)
    for name, (content, type_) in single.files.items():
        with content() as stream:
            _add(taken, staged, name, stream, type_)
    return taken


def _taker(recognised: Recognised) -> Taker:
    take = KINDS[recognised.kind].take
    if take is None:
        raise AssertionError("the kind has marks of a form that it cannot read")
    return take


def _recording(path: Path, filename: str, recognised: Recognised, limits: Limits, staged: list[Staged]) -> Taken:
    """Take a video or recording that came with its subtitles and poster."""
    with (
        open_archive(path, limits, name=filename, root=recognised.root) as archive,
        TemporaryDirectory(prefix="khue-media-") as folder,
    ):
        copy = Path(folder) / "recording"
        with archive.open(recognised.manifest) as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target, files.CHUNK)
        name = recognised.manifest.rpartition("/")[2]
        inner = recognise(copy, name, limits)
        if KINDS[inner.kind].take is None:
            raise Refused(Fault(recognised.manifest, NOT_TAKEN))
        structure = _taker(inner)(copy, inner.media_type, name).structure
        taken = Taken(structure, notes=[*archive.notes, *inner.notes])
        (unit,) = structure.root.children
        tracks, poster = [], ""
        for extra in archive:
            if extra == recognised.manifest:
                continue
            if extra.lower().endswith(".vtt"):
                language = _language_of(extra)
                label = {"vi": "Tiếng Việt", "en": "English"}.get(language, language)
                tracks.append({"src": extra, "srclang": language, "label": label, "kind": "subtitles"})
            elif extra.lower().endswith((".jpg", ".jpeg", ".png", ".webp")):
                poster = poster or extra
        _replace(taken, replace(unit, properties={**unit.properties, "tracks": tracks, "poster": poster}))
        with copy.open("rb") as stream:
            _add(taken, staged, str(unit.href), stream, inner.media_type)
        for extra in archive:
            if extra != recognised.manifest:
                with archive.open(extra) as stream:
                    _add(taken, staged, extra, stream, media_type(extra))
        return taken


def _language_of(name: str) -> str:
    """Return the language that a subtitle's name ends in (``bai1.en.vtt``); Vietnamese when it says none."""
    parts = PurePosixPath(name).stem.replace("_", ".").replace("-", ".").split(".")
    return parts[-1].lower() if len(parts) > 1 and len(parts[-1]) == 2 and parts[-1].isalpha() else "vi"


def _add(taken: Taken, staged: list[Staged], name: str, stream: IO[bytes], type_: str) -> None:
    staged.append(files.stage(stream))
    taken.staged[name], taken.types[name] = staged[-1], type_


def _replace(taken: Taken, unit: Unit) -> None:
    taken.structure = replace(taken.structure, root=replace(taken.structure.root, children=(unit,)))


@act
def _accept(actor: Actor, upload_id: UUID, sent: Staged, taken: Taken, *, at: datetime) -> Upload:
    upload = _locked(upload_id)
    unpacked = sum(file.size for file in taken.staged.values())
    uploads.check_quota(upload.institution_id, unpacked)
    kept = [Kept(path, file.sha256, file.size, taken.types[path]) for path, file in taken.staged.items()]
    kept += taken.borrowed
    report = _report(taken.structure, taken.notes, taken.hosts)
    files.hold(file.sha256 for file in taken.borrowed)
    if files.unreferenced(file.sha256 for file in taken.borrowed):
        raise LibrariesChanged
    version = packages.add_version(actor, upload, taken.structure, kept, sha256=sent.sha256, report=report, at=at)
    files.keep([*taken.staged.values(), sent])
    uploads.forget_pieces(upload_id, at=at)
    upload.state, upload.version_id, upload.report, upload.touched_at = "taken", version.id, version.report, at
    return upload


@act
def _refuse(upload_id: UUID, faults: list[list[Any]], *, at: datetime) -> Upload:
    upload = _locked(upload_id)
    upload.state, upload.touched_at = "refused", at
    upload.report = {"faults": storable(faults)}
    uploads.forget_pieces(upload_id, at=at)
    return upload


def _locked(upload_id: UUID) -> Upload:
    """Return an upload that nobody else has taken in or given up meanwhile."""
    upload = db.session.get_one(Upload, upload_id, with_for_update=True, populate_existing=True)
    _check(upload)
    return upload


def _check(upload: Upload) -> None:
    if UPLOAD.refusal("take_in", upload.state):
        raise NotChecking


def _report(structure: Structure, notes: list[Fault], hosts: list[str]) -> dict[str, Any]:
    launchable = sum(unit.href is not None for unit in structure.root.walk())
    return {
        "kind": structure.kind,
        "title": dict(structure.root.title),
        "units": launchable,
        "notes": listed(notes),
        "hosts": hosts,
    }


class _InMemory(dict[str, bytes]):
    """Files in memory as a package."""

    def size(self, path: str) -> int:
        """Return a file's size in bytes."""
        return len(self[path])

    def open(self, path: str) -> IO[bytes]:
        """Open a file for reading."""
        return io.BytesIO(self[path])


class _Alone:
    """One file as the only one of a package."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name

    def __iter__(self) -> Iterator[str]:
        return iter([self.name])

    def __contains__(self, path: object) -> bool:
        return path == self.name

    def size(self, _path: str) -> int:
        return self.path.stat().st_size

    def open(self, _path: str) -> IO[bytes]:
        return self.path.open("rb")
