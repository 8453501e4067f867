"""What is done in the circle: a version sent, commented on, answered, put forward, approved, withdrawn."""

from datetime import date, datetime
from typing import IO, NamedTuple
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from lms.catalogue.circle.queries import departments, facts_of, places
from lms.catalogue.life import VERSION
from lms.catalogue.models import ProgrammeVersion, VersionComment, VersionPaper
from lms.core import audit, files, transitions
from lms.core.database import act, db
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.core.i18n import ZONE
from lms.core.text import one_line
from lms.core.transitions import NOTHING, Because
from lms.people.models import Unit

PAPERS = {"endorse": "opinion", "forward": "memorandum", "approve": "decision", "withdraw": "withdrawal"}
"""Moves that are made by a paper, and its kind."""
LONGEST = {"number": 100, "signer": 200, "quote": 500, "text": 4000}
_SCANS = {b"%PDF-": ".pdf", b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg"}


class Given(NamedTuple):
    """A paper as it is given in.

    :ivar scan: the scanned or digitally signed paper; None where it is to follow
    """

    number: str
    dated: date
    signer: str
    scan: IO[bytes] | None = None


@act
def move(
    actor: Actor,
    version_id: UUID,
    name: str,
    because: Because = NOTHING,
    *,
    at: datetime,
    paper: Given | None = None,
    unit_id: int | None = None,
) -> ProgrammeVersion:
    """Bring a version on its way, or back.

    :param paper: opinion, memorandum or decision, where the move is made by one
    :param unit_id: the department that is asked for its opinion
    :raises DomainError: the reason of its state or of a guard; ``document-number``, ``document-date``, ``signer``,
        ``no-department``, ``scan-kind``
    """
    version = _held(version_id)
    before = VERSION.judge(name, version.status, facts_of(version))
    path = _review_path(version)
    if name == "send":
        version.review_unit_id = _department(unit_id, at)
    document_id = _keep(actor, version, PAPERS[name], paper, at) if name in PAPERS else None
    reasoned = Because(because.reason, because.code, because.on_behalf_of, document_id, because.source, because.seen)
    trace = {"number": paper.number, "date": paper.dated} if paper is not None and document_id else None
    facts = facts_of(version)
    where = path if before.permission == "catalogue.opinion" else None
    transitions.carry_out(VERSION, name, version, reasoned, actor=actor, at=at, path=where, facts=facts, trace=trace)
    version.moved_at = at
    if name == "approve" and paper is not None:
        _bind(version, paper, at)
        _supersede(actor, version, at)
    return version


def _bind(version: ProgrammeVersion, paper: Given, at: datetime) -> None:
    approval = {"number": one_line(paper.number), "date": paper.dated.isoformat(), "at": at.isoformat()}
    approval |= {"signer": one_line(paper.signer), "checksum": version.checksum}
    version.document = version.document | {"approval": approval}


def _supersede(actor: Actor, version: ProgrammeVersion, at: datetime) -> None:
    """The version approved before is no longer offered."""
    former = select(ProgrammeVersion).where(
        ProgrammeVersion.programme_id == version.programme_id,
        ProgrammeVersion.status == "approved",
        ProgrammeVersion.id != version.id,
    )
    for one in db.session.scalars(former.with_for_update()).all():
        transitions.carry_out(VERSION, "supersede", one, actor=actor, at=at, facts=facts_of(one))
        one.moved_at = at


def _keep(actor: Actor, version: ProgrammeVersion, kind: str, paper: Given | None, at: datetime) -> UUID:
    number = one_line(paper.number) if paper else ""
    if paper is None or not number or len(number) > LONGEST["number"]:
        raise DomainError("document-number", _l("Please give the number of the document."), 422)
    if paper.dated > at.astimezone(ZONE).date():
        raise DomainError("document-date", _l("The document cannot be dated in the future."), 422)
    signer = one_line(paper.signer)
    if not signer or len(signer) > LONGEST["signer"]:
        raise DomainError("signer", _l("Please give the office and the name of who signed it."), 422)
    row = VersionPaper(id=uuid4(), version_id=version.id, kind=kind, number=number, dated=paper.dated, signer=signer)
    row.checksum, row.at = version.checksum, at
    row.account_id = actor.account_id
    if paper.scan is not None:
        row.sha256, row.filename = _scan(paper.scan, kind)
    db.session.add(row)
    db.session.flush()
    return row.id


def _scan(scan: IO[bytes], kind: str) -> tuple[str, str]:
    begins = scan.read(8)
    scan.seek(0)
    ending = next((ending for mark, ending in _SCANS.items() if begins.startswith(mark)), None)
    if ending is None:
        raise DomainError("scan-kind", _l("The scan must be a PDF, PNG or JPEG file."), 422)
    return files.put(scan).sha256, f"{kind}{ending}"


def _department(unit_id: int | None, at: datetime) -> int:
    known = {number for number, _name in departments(at.astimezone(ZONE).date())}
    if unit_id is None or unit_id not in known:
        raise DomainError("no-department", _l("Please choose the department of the field."), 422)
    return unit_id


@act
def comment(actor: Actor, version_id: UUID, place: str, quote: str, text: str, *, at: datetime) -> UUID:
    """Comment on a place of a version, for the department that was asked.

    :raises DomainError: the reason of its state; ``no-place``, ``no-text``, ``not-permitted``
    """
    version = _held(version_id)
    VERSION.require("comment", version.status)
    _require(actor, "catalogue.opinion", _review_path(version))
    said = _said(text)
    if place not in places(version_id):
        raise DomainError("no-place", _l("Please choose the place that the comment is about."), 422)
    row = VersionComment(id=uuid4(), version_id=version.id, given_on=version.id, place=place, text=said)
    if actor.account_id is None:
        raise DomainError("not-permitted", _l("This is for others to decide."), 403)
    row.quote, row.account_id, row.at = one_line(quote)[: LONGEST["quote"]], actor.account_id, at
    db.session.add(row)
    db.session.flush()
    after = {"place": place, "text": said}
    audit.record(actor, "programme_version.comment", "programme_version", version.id, at=at, after=after)
    return row.id


@act
def answer(actor: Actor, version_id: UUID, comment_id: UUID, kind: str, text: str, *, at: datetime) -> None:
    """Answer a comment: the text was changed, or it stays, and why.

    :raises DomainError: the reason of the version's state; ``no-text``, ``answered-already``
    """
    version = _held(version_id)
    VERSION.require("answer", version.status)
    row = db.session.get(VersionComment, comment_id, with_for_update=True)
    if row is None or row.version_id != version.id or kind not in ("changed", "kept"):
        raise NotFound
    if row.answered_at is not None:
        raise DomainError("answered-already", _l("This comment has been answered already."), 409)
    said = _said(text)
    row.answer_kind, row.answer, row.answered_at = kind, said, at
    row.answered_by = actor.account_id
    after = {"comment": comment_id, "kind": kind, "text": said}
    audit.record(actor, "programme_version.answer", "programme_version", version.id, at=at, after=after)


def _said(text: str) -> str:
    said = text.strip()
    if not said or len(said) > LONGEST["text"]:
        raise DomainError("no-text", _l("Please write at least a word, and at most 4000 characters."), 422)
    return said


def _held(version_id: UUID) -> ProgrammeVersion:
    version = db.session.get(ProgrammeVersion, version_id, with_for_update=True, populate_existing=True)
    if version is None:
        raise NotFound
    return version


def _review_path(version: ProgrammeVersion) -> str | None:
    if version.review_unit_id is None:
        return None
    return db.session.scalars(select(Unit.path).where(Unit.id == version.review_unit_id)).one()


def _require(actor: Actor, permission: str, path: str | None) -> None:
    if path is None or not actor.may(permission, path):
        raise DomainError("not-permitted", _l("This is for others to decide."), 403)
