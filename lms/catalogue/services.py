"""What can be done with programmes: load them, approve a version, count who has completed."""

from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from lms.catalogue import loading, signals
from lms.catalogue.content import ContentError, Fault, ProgrammeFolder, Reader, drawing, note_version, read_repository
from lms.catalogue.content.registers import Registers
from lms.catalogue.models import Programme, ProgrammeVersion
from lms.catalogue.rules import VERSION
from lms.core import audit
from lms.core.database import act, db, lock
from lms.core.errors import DomainError, NotFound
from lms.core.guard import SYSTEM, Actor
from lms.core.i18n import ZONE


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
def approve_version(actor: Actor, version_id: UUID, *, number: str, dated: date, at: datetime) -> ProgrammeVersion:
    """Approve a proposed version by a document; earlier versions of the programme are retired.

    Decision, mục IV.3: programmes and materials are approved by the People's Committee before they are delivered.
    """
    version = db.session.scalar(select(ProgrammeVersion).where(ProgrammeVersion.id == version_id).with_for_update())
    if version is None:
        raise NotFound
    VERSION.require("approve", version.status)
    number = number.strip()
    if not number or len(number) > 100:
        raise DomainError("document-number", _l("Please give the number of the approving document."), 422)
    if dated > at.astimezone(ZONE).date():
        raise DomainError("document-date", _l("The approving document cannot be dated in the future."), 422)
    db.session.execute(
        update(ProgrammeVersion)
        .where(ProgrammeVersion.programme_id == version.programme_id, ProgrammeVersion.status == "approved")
        .values(status="retired")
    )
    approval = {"number": number, "date": dated.isoformat(), "at": at.isoformat()}
    version.status, version.document = "approved", version.document | {"approval": approval}
    audit.record(
        actor,
        "catalogue.approve",
        "programme_version",
        version.id,
        at=at,
        before={"status": "proposed"},
        after={"status": "approved"} | approval,
    )
    return version


@act
def count_completion(programme_id: UUID, delta: int) -> None:
    """Keep a programme's number of trained people; called when an enrolment is completed or that is taken back."""
    db.session.execute(update(Programme).where(Programme.id == programme_id).values(trained=Programme.trained + delta))
