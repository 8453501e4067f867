"""The installed H5P libraries: packages that come without theirs take them from here."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select

from lms.core import audit, files
from lms.core.database import act, db, lock
from lms.core.files import Staged
from lms.core.guard import Actor
from lms.core.pages import N_
from lms.library.models import H5pLibrary
from lms.library.services.packages import Kept
from lms.packages.formats import h5p
from lms.packages.inspection.archive import open_archive
from lms.packages.inspection.limits import Limits
from lms.packages.media_types import media_type
from lms.packages.messages import Message
from lms.packages.structure import Fault, Refused, Structure

_NO_LIBRARY = Message(N_("There is no H5P library in this file."))
_NOT_INSTALLED = Message(N_("This H5P library is neither in the package nor installed. Please export with libraries."))


class Installed(NamedTuple):
    """An installed library: its name with version, the number of its files, their bytes."""

    library: str
    files: int
    size: int


def installed() -> list[Installed]:
    """Return all installed libraries by name."""
    rows = db.session.execute(
        select(H5pLibrary.library, func.count(), func.sum(H5pLibrary.size))
        .group_by(H5pLibrary.library)
        .order_by(H5pLibrary.library)
    )
    return [Installed(name, count, int(size)) for name, count, size in rows]


@act
def install(actor: Actor, path: Path, filename: str, *, at: datetime) -> list[str]:
    """Install the libraries of a package, each version in the place of the one that is there; returns their names.

    :param filename: what its sender called it

    Packages keep the files with which they were taken in.

    :raises Refused: the file is no safe archive, or holds no library.
    """
    staged: list[Staged] = []
    replaced: set[str] = set()
    try:
        with open_archive(path, Limits(), name=filename) as archive:
            folders = h5p.libraries(archive)
            if not folders:
                raise Refused(Fault(filename, _NO_LIBRARY))
            lock("h5p-libraries")
            for library, folder in folders.items():
                rows = []
                for name in archive:
                    if name.startswith(f"{folder}/"):
                        with archive.open(name) as stream:
                            file = files.stage(stream)
                        staged.append(file)
                        rows.append(_row(str(library), name.removeprefix(f"{folder}/"), file))
                old = delete(H5pLibrary).where(H5pLibrary.library == str(library)).returning(H5pLibrary.sha256)
                replaced.update(db.session.scalars(old))
                db.session.execute(insert(H5pLibrary), rows)
        names = sorted(str(library) for library in folders)
        audit.record(actor, "library.install_h5p", "h5p_libraries", "all", at=at, after={"libraries": names})
        files.keep(staged)
        files.release(replaced.difference(file.sha256 for file in staged), at=at)
        return names
    finally:
        files.discard(staged)


def complete(structure: Structure, paths: Sequence[str]) -> list[Kept]:
    """Return the files of installed libraries that a package lacks, under the names that its player asks for.

    :param have: paths that the package itself has
    :raises Refused: one is not installed either; all of them are named.
    """
    missing = [str(library) for library in structure.root.properties.get("missing", [])]
    if not missing:
        return []
    rows = db.session.scalars(select(H5pLibrary).where(H5pLibrary.library.in_(missing))).all()
    absent = sorted(set(missing) - {row.library for row in rows})
    if absent:
        raise Refused(*(Fault(name, _NOT_INSTALLED) for name in absent))
    installed = (
        Kept(f"{row.library.replace(' ', '-')}/{row.path}", row.sha256, row.size, row.media_type) for row in rows
    )
    return [file for file in installed if file.path not in paths]


def _row(library: str, path: str, file: Staged) -> dict[str, object]:
    return {
        "library": library,
        "path": path,
        "sha256": file.sha256,
        "size": file.size,
        "media_type": media_type(path),
    }
