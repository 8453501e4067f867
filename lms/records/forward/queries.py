"""What the pages of forwarding show."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, select

from lms.core.collation import text_key
from lms.core.database import db
from lms.core.errors import NotFound
from lms.core.pages import Page
from lms.records.forward.models import DeadLetter, Forwarder
from lms.records.models import Statement

PAGE = 50
COUNTED = 10_000
"""What is left is counted up to here."""


class Letters(NamedTuple):
    """How many dead letters a forwarder has, and how many of them are to be sent again."""

    total: int
    due: int


def forwarders() -> Sequence[Forwarder]:
    """Return all forwarders by name."""
    return sorted(db.session.scalars(select(Forwarder)), key=lambda forwarder: (text_key(forwarder.name), forwarder.id))


def addresses(connection: Connection) -> list[tuple[str, str, bool]]:
    """Return name, endpoint and whether it rests of every forwarder; for commands, which have no session."""
    rows = connection.execute(select(Forwarder.name, Forwarder.endpoint, Forwarder.paused_at.is_not(None)))
    return [(name, endpoint, resting) for name, endpoint, resting in rows]


def forwarder(forwarder_id: UUID) -> Forwarder:
    """Return one forwarder.

    :raises NotFound: there is none with this id.
    """
    row = db.session.scalar(
        select(Forwarder).where(Forwarder.id == forwarder_id).execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


def letters() -> dict[UUID, Letters]:
    """Return the numbers of dead letters of all forwarders that have some."""
    due = func.count().filter(DeadLetter.due)
    rows = db.session.execute(select(DeadLetter.forwarder_id, func.count(), due).group_by(DeadLetter.forwarder_id))
    return {row[0]: Letters(row[1], row[2]) for row in rows}


def letters_of(forwarder_id: UUID) -> Letters:
    """Return the numbers of dead letters of one forwarder."""
    due = func.count().filter(DeadLetter.due)
    row = db.session.execute(select(func.count(), due).where(DeadLetter.forwarder_id == forwarder_id)).one()
    return Letters(row[0], row[1])


def left(cursor: int) -> int:
    """Return how many statements are stored after ``cursor``: exactly up to ``COUNTED``, else one more."""
    waiting = select(Statement.seq).where(Statement.seq > cursor).limit(COUNTED + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(waiting)) or 0


def dead_letters(forwarder_id: UUID, *, before: int | None) -> Page[DeadLetter]:
    """Return a page of dead letters, the newest first."""
    wanted = select(DeadLetter).where(DeadLetter.forwarder_id == forwarder_id)
    if before is not None:
        wanted = wanted.where(DeadLetter.seq < before)
    rows = db.session.scalars(wanted.order_by(DeadLetter.seq.desc()).limit(PAGE + 1)).all()
    return Page.cut(rows, PAGE, lambda letter: letter.seq)
