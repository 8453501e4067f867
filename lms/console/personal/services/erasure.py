"""Requests to remove the link between a person and her learning records: asked, withdrawn, refused, carried out."""

from datetime import date, datetime
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from lms.console.personal import queries, unlinking
from lms.console.personal.models import ErasureRequest
from lms.console.personal.rules import REQUEST
from lms.core import audit, files
from lms.core.database import act, db, lock
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.core.ownership import is_own, owned_by
from lms.people import services as people
from lms.people.models import Account, Person
from lms.people.sessions import local_day


@act
def ask(actor: Actor, account_id: UUID, *, at: datetime, document: str | None = None) -> UUID:
    """Ask for oneself, or for somebody who asked in writing; returns the request, the same while one is open.

    :param document: number and date of the written request
    :raises DomainError: the account belongs to nobody with a staff record
    """
    lock("erasure", account_id)
    account = db.session.get(Account, account_id)
    if account is None:
        raise NotFound
    if account.person_id is None:
        raise DomainError("no-person", _l("This account has no staff record, so no learning records lead to it."), 422)
    known = db.session.scalar(_open_of(account_id))
    if known is not None:
        return known
    request = ErasureRequest(
        id=uuid4(), account_id=account_id, state="open", asked_at=at, asked_by=actor.account_id, document=document
    )
    db.session.add(request)
    db.session.flush()
    in_writing = not is_own(account_id, actor.account_id)
    audit.record(actor, "erasure.ask", "account", account_id, at=at, after={"in_writing": in_writing})
    return request.id


@act
def withdraw(actor: Actor, *, at: datetime) -> None:
    """Take back one's own open request."""
    lock("erasure", actor.account_id)
    latest = select(ErasureRequest.id).where(owned_by(ErasureRequest.account_id, actor.account_id))
    request_id = db.session.scalar(latest.order_by(ErasureRequest.asked_at.desc()).limit(1))
    if request_id is None:
        raise NotFound
    _decide(actor, _held(request_id, "withdraw"), "withdrawn", at)


@act
def refuse(actor: Actor, request_id: UUID, reason: str, *, at: datetime) -> None:
    """Refuse a request, with the reason that the person reads."""
    request = _held(request_id, "refuse")
    request.reason = reason
    _decide(actor, request, "refused", at)


@act
def note_leaving(actor: Actor, request_id: UUID, left_on: date, *, at: datetime) -> None:
    """Note the day on which the person who asks left the city's service, as the deciding document says.

    Her roles, and what was opened in her name, end.

    :raises DomainError: the day lies ahead, or before what she did in the service
    """
    account = db.session.get_one(Account, _held(request_id, "note_leaving").account_id)
    if account.person_id is None:
        raise NotFound
    if left_on > local_day(at):
        raise DomainError("left-on", _l("This day lies ahead. Note it when the person has left."), 422)
    last = queries.last_activity(account.person_id)
    if last is not None and left_on < local_day(last):
        text = _l("She still took part on %(day)s. Please check the day.", day=local_day(last).strftime("%d/%m/%Y"))
        raise DomainError("left-on", text, 422)
    people.leave(actor, account.person_id, left_on, at=at)


@act
def carry_out(actor: Actor, request_id: UUID, *, retention_years: int, at: datetime) -> None:
    """Remove the link for good, in one act: the person's row stays without a name, so that counts stay right.

    Files she handed in are removed after the commit.

    :raises DomainError: the law does not allow it now, it is one's own account, or one asked for it oneself
    """
    request = _held(request_id, "carry_out")
    barred = bar(actor, request.account_id, request.asked_by)
    if barred is not None:
        raise barred
    account = db.session.get_one(Account, request.account_id, with_for_update=True, populate_existing=True)
    person = db.session.get_one(Person, account.person_id, with_for_update=True, populate_existing=True)
    verdict = queries.verdict(account.id, retention_years=retention_years, at=at)
    if not verdict.allowed:
        raise DomainError(verdict.code, verdict.reason)
    done = unlinking.unlink(account, person, at=at)
    _decide(actor, request, "done", at)
    files.release(done.files, at=at)
    audit.record(actor, "erasure.carry_out", "account", account.id, at=at, after={"rows": done.rows})


def bar(actor: Actor, account_id: UUID, asked_by: UUID | None) -> DomainError | None:
    """Answer why somebody may not carry a request out although the law allows it: another person must.

    :param account_id: whom it is about
    :param asked_by: the account that noted it
    """
    if is_own(account_id, actor.account_id):
        return DomainError("own-account", _l("Nobody carries out their own request. Ask another administrator."))
    if is_own(asked_by, actor.account_id):
        words = _l("You took this request. A second administrator must carry it out; it cannot be undone.")
        return DomainError("second-person", words)
    return None


def _decide(actor: Actor, request: ErasureRequest, state: str, at: datetime) -> None:
    request.state, request.decided_at, request.decided_by = state, at, actor.account_id
    db.session.flush()
    if state != "done":
        audit.record(actor, f"erasure.{state}", "account", request.account_id, at=at)


def _held(request_id: UUID, act_: str) -> ErasureRequest:
    request = db.session.get(ErasureRequest, request_id, with_for_update=True, populate_existing=True)
    if request is None:
        raise NotFound
    REQUEST.require(act_, request.state)
    return request


def _open_of(account_id: UUID | None) -> Select[UUID]:
    return select(ErasureRequest.id).where(ErasureRequest.account_id == account_id, ErasureRequest.state == "open")
