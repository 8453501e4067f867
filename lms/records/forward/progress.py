"""What delivery writes down after each answer: each a transaction of its own, ended before the next request is sent."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from lms.core.database import act, db
from lms.records.forward import rules
from lms.records.forward.models import DeadLetter, Forwarder


class Gone(Exception):
    """The forwarder was deleted meanwhile."""


@act
def due(*, at: datetime) -> Sequence[UUID]:
    """Return the forwarders that may be tried now, those with the longest way to go first."""
    in_time = or_(Forwarder.next_try_at.is_(None), Forwarder.next_try_at <= at)
    wanted = select(Forwarder.id).where(Forwarder.paused_at.is_(None), in_time)
    return db.session.scalars(wanted.order_by(Forwarder.cursor, Forwarder.id)).all()


@act
def load(forwarder_id: UUID, *, at: datetime) -> Forwarder | None:
    """Return a forwarder as it is now; None when it is gone, paused or waits."""
    forwarder = db.session.scalar(
        select(Forwarder).where(Forwarder.id == forwarder_id).execution_options(populate_existing=True)
    )
    if forwarder is None or forwarder.paused_at or (forwarder.next_try_at and forwarder.next_try_at > at):
        return None
    return forwarder


@act
def next_due(forwarder_id: UUID) -> DeadLetter | None:
    """Return the oldest dead letter that is to be sent again."""
    return db.session.scalar(
        select(DeadLetter)
        .where(DeadLetter.forwarder_id == forwarder_id, DeadLetter.due)
        .order_by(DeadLetter.seq)
        .limit(1)
        .execution_options(populate_existing=True)
    )


@act
def passed(forwarder_id: UUID, *, cursor: int) -> None:
    """Note that there is nothing to send up to ``cursor``."""
    forwarder = _locked(forwarder_id)
    forwarder.cursor = max(forwarder.cursor, cursor)


@act
def confirmed(forwarder_id: UUID, *, cursor: int, count: int, at: datetime) -> None:
    """Note that the other side took ``count`` statements, the last of which is at ``cursor``."""
    forwarder = _locked(forwarder_id)
    forwarder.cursor = max(forwarder.cursor, cursor)
    forwarder.sent += count
    _reached(forwarder, at=at)


@act
def set_aside(letter: DeadLetter) -> None:
    """Keep a refused statement, and let its successors go on."""
    forwarder = _locked(letter.forwarder_id)
    forwarder.cursor = max(forwarder.cursor, letter.seq)
    db.session.merge(letter)
    if letter.status is not None:
        _reached(forwarder, at=letter.at)


@act
def refused_again(letter: DeadLetter) -> None:
    """Note that a statement was refused once more, unless somebody has left it out meanwhile."""
    forwarder = _locked(letter.forwarder_id)
    if _kept(letter):
        db.session.merge(letter)
    if letter.status is not None:
        _reached(forwarder, at=letter.at)


@act
def confirmed_again(letter: DeadLetter, *, at: datetime) -> None:
    """Note that the other side took a statement that it had refused."""
    forwarder = _locked(letter.forwarder_id)
    forwarder.sent += 1
    _reached(forwarder, at=at)
    if kept := _kept(letter):
        db.session.delete(kept)


@act
def away(forwarder_id: UUID, *, reason: str, retry_after: str | None = None, at: datetime) -> None:
    """Note that the other side could not be reached, and when to try again."""
    forwarder = _locked(forwarder_id)
    forwarder.failures += 1
    forwarder.last_error = reason
    forwarder.next_try_at = at + rules.wait(forwarder.failures, retry_after, at=at)


def _kept(letter: DeadLetter) -> DeadLetter | None:
    return db.session.get(DeadLetter, (letter.forwarder_id, letter.seq), populate_existing=True)


def _locked(forwarder_id: UUID) -> Forwarder:
    forwarder = db.session.scalar(
        select(Forwarder)
        .where(Forwarder.id == forwarder_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if forwarder is None:
        raise Gone
    return forwarder


def _reached(forwarder: Forwarder, *, at: datetime) -> None:
    forwarder.failures = 0
    forwarder.next_try_at = forwarder.last_error = None
    forwarder.last_success_at = at
