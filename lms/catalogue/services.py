"""What can be done with programmes: load them, count who has completed."""

from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import update

from lms.catalogue import loading, signals
from lms.catalogue.content import ContentError, Fault, ProgrammeFolder, Reader, drawing, note_version, read_repository
from lms.catalogue.content.registers import Registers
from lms.catalogue.models import Programme
from lms.core import audit
from lms.core.database import act, db, lock
from lms.core.guard import SYSTEM


class Loaded(NamedTuple):
    """What a load did."""

    programmes: int
    changed: list[str]
    versions: list[str]


def read(root: Path) -> list[ProgrammeFolder]:
    """Read and check the repository's programmes with all their files, quizzes included; writes nothing.

    :raises ContentError: with every fault, each with its file, its key and what is expected.
    """
    return _read(root)[0]


def examine(root: Path, *, today: date) -> tuple[list[ProgrammeFolder], list[Fault], list[Fault]]:
    """Read everything as :func:`read` does, and return it with all faults and all notes to its authors.

    :param today: the day on which sources must be in force and lately checked
    """
    programmes, registers, reader = _all(root)
    for programme in programmes:
        if programme.version is not None:
            note_version(reader, programme.version, registers, today)
    return programmes, sorted(set(reader.faults)), sorted(set(reader.notes))


def _read(root: Path) -> tuple[list[ProgrammeFolder], Registers]:
    programmes, registers, reader = _all(root)
    if reader.faults:
        raise ContentError(reader.faults)
    return programmes, registers


def _all(root: Path) -> tuple[list[ProgrammeFolder], Registers, Reader]:
    programmes, registers, reader = read_repository(root)
    for programme in programmes:
        if programme.version is not None:
            signals.version_read.send(programme.version, reader=reader)
    return programmes, registers, reader


@act
def load_programmes(root: Path, *, at: datetime) -> Loaded:
    """Load ``courses/`` and ``content/`` below ``root``. What has not changed is left alone.

    A changed programme record updates its row; changed content of a version becomes a new version, and classes stay
    on theirs.

    :raises ContentError: the files are at fault; nothing is written.
    """
    programmes, registers = _read(root)
    drawn = drawing.version(registers)
    lock("catalogue", "load")
    loading.store_glossary(registers)
    loading.redraw(registers, drawn)
    changed, versions = [], []
    for programme in programmes:
        row, written = loading.store_programme(programme)
        if written:
            changed.append(row.code)
        version = loading.store_version(row, programme.version, drawn, at=at) if programme.version else None
        if version is not None and programme.version is not None:
            versions.append(f"{row.code} v{version.number}")
            signals.version_loaded.send(version.id, version=version, loaded=programme.version)
    if changed or versions:
        audit.record(
            SYSTEM, "catalogue.load", "programmes", "all", at=at, after={"programmes": changed, "versions": versions}
        )
    return Loaded(len(programmes), changed, versions)


@act
def count_completion(programme_id: UUID, delta: int) -> None:
    """Keep a programme's number of trained people; called when an enrolment is completed or that is taken back."""
    db.session.execute(update(Programme).where(Programme.id == programme_id).values(trained=Programme.trained + delta))
