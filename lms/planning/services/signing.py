"""Decisions are signed: their number is given in the act that sends, changes or frees those whom they name."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from lms.classes.models import ClassRun
from lms.classes.services.held import class_for
from lms.core import audit, jobs
from lms.core.database import act, db
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.core.text import one_line
from lms.core.transitions import NOTHING, Because
from lms.documents import Official, register, signing
from lms.documents.bodies import issuer_at
from lms.documents.issuing import draw, issue, undrawn
from lms.documents.models import IssuedPaper, Signer
from lms.people.models import Unit
from lms.people.sessions import local_day
from lms.planning.access import DECIDE
from lms.planning.models import Nomination
from lms.planning.papers import sending
from lms.planning.papers.sending import Sent, Signed
from lms.planning.queries.papers import course_of, decisions_of, named_in_papers, papers
from lms.planning.services.deciding import decide, revoke, send, substitute
from lms.planning.services.naming import Pick


class Signing(NamedTuple):
    """How a decision is signed.

    :ivar number: given by the office that keeps the body's register on paper; empty where it is given here
    """

    signer_id: UUID
    on: date
    number: str = ""


@act
def sign_sending(actor: Actor, class_id: UUID, how: Signing, because: Because = NOTHING, *, at: datetime) -> UUID:
    """Send everybody approved by a decision that is signed now; returns its id.

    :raises DomainError: what sending refuses; ``signer``, ``date``, ``number-taken``
    """
    signer = _signer(actor, how, at)
    paper_id, why = _by(signer, because)
    people = send(actor, class_id, why, at=at)
    named = [one for _unit, one in named_in_papers(class_id, people).values()]

    def written(signed: Signed) -> Official:
        return sending.to_send(course_of(class_id), named, signed)

    _issue(actor, signer, how, written, id=paper_id, kind="send", about=class_id, at=at)
    return paper_id


@act
def sign_substitution(
    actor: Actor, class_id: UUID, nomination_id: UUID, pick: Pick, how: Signing, because: Because, *, at: datetime,
    ground: str = "",
) -> UUID:  # fmt: skip
    """Let another take the place of somebody who was sent, by one amending decision that names both; returns its id.

    :raises DomainError: what substituting refuses; ``signer``, ``date``, ``number-taken``
    """
    signer = _signer(actor, how, at)
    paper_id, why = _by(signer, because)
    substitute(actor, class_id, nomination_id, pick, why, at=at, ground=ground)
    leaves = db.session.get_one(Nomination, nomination_id).person_id
    _amend(actor, signer, how, class_id, [leaves], [pick.person_id], because.reason, paper_id, at)
    return paper_id


@act
def sign_taking_out(
    actor: Actor, class_id: UUID, nomination_id: UUID, how: Signing, because: Because, *, at: datetime
) -> UUID:
    """Take somebody who was sent out of the class, by an amending decision; returns its id.

    :raises DomainError: what taking out refuses; ``signer``, ``date``, ``number-taken``
    """
    signer = _signer(actor, how, at)
    paper_id, why = _by(signer, because)
    decide(actor, class_id, [nomination_id], "withdraw", why, at=at)
    leaves = db.session.get_one(Nomination, nomination_id).person_id
    _amend(actor, signer, how, class_id, [leaves], [], because.reason, paper_id, at)
    return paper_id


@act
def sign_revoking(actor: Actor, class_id: UUID, how: Signing, because: Because, *, at: datetime) -> UUID:
    """Revoke the decisions of a class that was cancelled, by a decision that names everybody; returns its id.

    :raises DomainError: ``nothing-to-revoke``; ``signer``, ``date``, ``number-taken``
    """
    run = db.session.get(ClassRun, class_id, with_for_update=True)
    if run is None:
        raise NotFound
    earlier = [one for one in decisions_of(class_id) if one.kind == "send"]
    if run.status != "cancelled" or not earlier:
        raise DomainError("nothing-to-revoke", _l("Only decisions of a cancelled class are revoked."))
    signer = _signer(actor, how, at)
    paper_id, why = _by(signer, because)
    people = revoke(actor, class_id, why, at=at)
    if not people:
        raise DomainError("nothing-to-revoke", _l("Nobody is sent to this class any more."))
    named = [one for _unit, one in named_in_papers(class_id, people).values()]
    all_of_them = ", ".join(sending.reference(one.number, one.issued_on) for one in reversed(earlier))

    def written(signed: Signed) -> Official:
        return sending.to_revoke(course_of(class_id), named, because.reason, all_of_them, signed)

    _issue(actor, signer, how, written, id=paper_id, kind="revoke", about=class_id, rests_on=earlier[0].id, at=at)
    return paper_id


@act
def summon(actor: Actor, class_id: UUID, how: Signing, *, at: datetime) -> int:
    """Summon everybody who was sent and has no summons for these days yet, and write to each unit; returns how many.

    :raises DomainError: ``not-confirmed`` and other states of the class; ``nobody-to-summon``, ``signer``, ``date``
    """
    class_for("summon", class_id, exclusive=True)
    earlier = decisions_of(class_id)
    sent = select(Nomination.person_id).where(Nomination.class_id == class_id, Nomination.status == "sent")
    called = {one.person_id for one in papers((IssuedPaper.about == class_id) & (IssuedPaper.kind == "summons"))}
    wanted = [person_id for person_id in db.session.scalars(sent) if person_id not in called]
    if not wanted or not earlier:
        raise DomainError("nobody-to-summon", _l("Everybody who was sent has been summoned already."))
    signer, course = _signer(actor, how, at), course_of(class_id)
    told = "; ".join(sending.reference(one.number, one.issued_on) for one in reversed(earlier))
    units: dict[int, list[Sent]] = {}
    same: dict[str, Any] = {"about": class_id, "rests_on": earlier[0].id, "at": at}
    for person_id, (unit_id, one) in named_in_papers(class_id, wanted).items():
        units.setdefault(unit_id, []).append(one)

        def to_her(signed: Signed, one: Sent = one) -> Official:
            return sending.summons(course, one, told, signed)

        _issue(actor, signer, how, to_her, "GTT", id=uuid4(), kind="summons", person_id=person_id, **same)
    for unit_id, people in units.items():

        def to_unit(signed: Signed, people: Sequence[Sent] = people) -> Official:
            return sending.unit_summons(course, people[0].unit, people, told, signed)

        _issue(actor, signer, how, to_unit, "GTT", id=uuid4(), kind="unit_summons", unit_id=unit_id, **same)
    jobs.enqueue(jobs.queue.tasks["planning.draw_papers"], actor, at=at, class_id=str(class_id))
    return len(wanted)


def draw_papers(class_id: UUID, tell: Callable[[int, int], None]) -> int:
    """Make the files of the summonses of a class, each in a transaction of its own; returns how many."""
    wanted = undrawn(class_id)
    for done, paper_id in enumerate(wanted):
        tell(done, len(wanted))
        draw(paper_id)
    return len(wanted)


@act
def add_signer(actor: Actor, unit_id: int, *, name: str, capacity: str, title: str, ground: str, at: datetime) -> UUID:
    """Enter somebody who is entitled to sign for a body.

    :raises DomainError: ``capacity`` bodies of this kind are not signed for so; ``no-ground``
    """
    path = db.session.scalar(select(Unit.path).where(Unit.id == unit_id))
    if path is None:
        raise NotFound
    if not actor.may(DECIDE, path):
        raise DomainError("not-permitted", _l("This is for others to decide."), 403)
    if not signing.fits(issuer_at(path), capacity):
        words = _l(
            "People's Committees are signed for by TM., KT., TL. or TUQ.; other bodies by their head, KT., TL. or TUQ."
        )
        raise DomainError("capacity", words, 422)
    if capacity == "TUQ" and not one_line(ground):
        raise DomainError("no-ground", _l("Who signs by authorisation needs the document that gives it."), 422)
    row = Signer(id=uuid4(), unit_id=unit_id, name=one_line(name), capacity=capacity, title=one_line(title))
    row.ground = one_line(ground)
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "signer.add", "signer", row.id, at=at, after={"name": row.name, "capacity": capacity})
    return row.id


@act
def end_signer(actor: Actor, signer_id: UUID, *, at: datetime) -> None:
    """End somebody's right to sign, from today on; what she has signed stays."""
    path = db.session.scalar(select(Unit.path).join(Signer, Signer.unit_id == Unit.id).where(Signer.id == signer_id))
    if path is None:
        raise NotFound
    if not actor.may(DECIDE, path):
        raise DomainError("not-permitted", _l("This is for others to decide."), 403)
    db.session.execute(update(Signer).where(Signer.id == signer_id).values(valid_to=local_day(at)))
    audit.record(actor, "signer.end", "signer", signer_id, at=at)


def _signer(actor: Actor, how: Signing, at: datetime) -> Signer:
    """Return who signs, entitled on the day of the decision; that day is neither to come nor long ago."""
    signer = db.session.get(Signer, how.signer_id)
    path = signer and db.session.scalar(select(Unit.path).where(Unit.id == signer.unit_id))
    if signer is None or not path or not actor.may(DECIDE, path):
        raise DomainError("signer", _l("Please choose who signs."), 422)
    if signer.valid_to is not None and signer.valid_to <= how.on:
        raise DomainError("signer", _l("%(name)s is not entitled to sign on this day.", name=signer.name), 422)
    today = local_day(at)
    if how.on > today or (today - how.on).days > 60:
        raise DomainError("date", _l("The date must lie within the last 60 days, today at the latest."), 422)
    return signer


def _by(signer: Signer, because: Because) -> tuple[UUID, Because]:
    """Return the id of the decision to come, and what goes with the moves it makes."""
    paper_id = uuid4()
    return paper_id, replace(because, document_id=paper_id, on_behalf_of=signer.name)


def _amend(
    actor: Actor, signer: Signer, how: Signing, class_id: UUID, leaves: list[UUID], comes: list[UUID], reason: str,
    paper_id: UUID, at: datetime,
) -> None:  # fmt: skip
    named = named_in_papers(class_id, [*leaves, *comes])
    first = next((one for one in decisions_of(class_id) if one.kind == "send"), None)
    if first is None:
        raise DomainError("no-decision", _l("This is done only by a signed decision."))
    amended = sending.reference(first.number, first.issued_on)

    def written(signed: Signed) -> Official:
        gone, new = ([named[key][1] for key in keys] for keys in (leaves, comes))
        return sending.to_amend(course_of(class_id), gone, new, reason, amended, signed)

    _issue(actor, signer, how, written, id=paper_id, kind="amend", about=class_id, rests_on=first.id, at=at)


def _issue(
    actor: Actor, signer: Signer, how: Signing, written: Callable[[Signed], Official], symbol: str = "QĐ", *,
    id: UUID, at: datetime, **columns: Any,
) -> None:  # fmt: skip
    """Give the number, late in the act, and freeze the paper that carries it."""
    path = db.session.scalars(select(Unit.path).where(Unit.id == signer.unit_id)).one()
    issuer = issuer_at(path)
    book = register.Book(signer.unit_id, symbol, how.on.year)
    carrier = register.Carrier("issued_paper", id)

    def of(number: int | str) -> str:
        return signing.symbol(issuer, symbol, str(number))

    if how.number and symbol == "QĐ":
        number = of(how.number) if "/" not in how.number else one_line(how.number)
        register.enter(book, number, carrier, actor=actor, at=at)
    else:
        number = register.give(book, of, carrier, actor=actor, at=at)
    above = signing.signature(issuer, signer.capacity, signer.title)
    signed = Signed(issuer, number, how.on, above.on_behalf, above.title, signer.name, signer.ground)
    paper = issue(written(signed), actor=actor, at=at, id=id, body_id=signer.unit_id, **columns)
    if symbol == "QĐ":
        draw(id)
    after = {"number": number, "signed_by": signer.name, "stamp": paper.stamp, "class": columns["about"]}
    audit.record(actor, "paper.issue", "issued_paper", id, at=at, after=after | {"kind": columns["kind"]})
