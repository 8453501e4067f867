"""Entries of the audit trail for reading."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from lms.console.trail.phrases import actions_of
from lms.console.trail.subjects import about, names
from lms.core.audit import AuditEntry
from lms.core.database import db
from lms.core.search import folded, matches
from lms.people.models import Account, Person

PAGE, CHUNK = 50, 500


class Asked(NamedTuple):
    """What is looked for; empty where it does not matter.

    :ivar who: words of the name of who acted, or her username
    :ivar what: words of the name of what it was done to; or an id, or the beginning of an action's code
    :ivar kind: of :data:`lms.console.trail.phrases.KINDS`
    """

    who: str = ""
    what: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Entry(NamedTuple):
    """An entry with the name of who acted."""

    id: int
    at: datetime
    who: str | None
    action: str
    subject_type: str
    subject_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str | None


def entries(asked: Asked, after: int | None, size: int = PAGE) -> list[Entry]:
    """Return entries, the newest first, one more than a page when there are more."""
    shown = select(
        AuditEntry.id,
        AuditEntry.at,
        Account.display_name,
        AuditEntry.action,
        AuditEntry.subject_type,
        AuditEntry.subject_id,
        AuditEntry.before,
        AuditEntry.after,
        AuditEntry.request_id,
    ).outerjoin(Account, Account.id == AuditEntry.account_id)
    statement = _chosen(shown, asked).order_by(AuditEntry.id.desc()).limit(size + 1)
    if after is not None:
        statement = statement.where(AuditEntry.id < after)
    return [Entry(*row) for row in db.session.execute(statement)]


def count(asked: Asked) -> int:
    """Return how many entries there are."""
    return db.session.scalar(_chosen(select(func.count()).select_from(AuditEntry), asked)) or 0


def every(asked: Asked) -> Iterator[tuple[Entry, dict[tuple[str, str], str]]]:
    """Yield all entries, the newest first, with the names of the things about which they are."""
    after = None
    while True:
        rows = entries(asked, after, CHUNK)
        known = named(rows[:CHUNK])
        yield from ((row, known) for row in rows[:CHUNK])
        if len(rows) <= CHUNK:
            return
        after = rows[CHUNK - 1].id


def named(rows: Sequence[Entry]) -> dict[tuple[str, str], str]:
    """Return the names of what some entries are about."""
    return names((row.subject_type, row.subject_id) for row in rows)


def _chosen(statement: Select[Any], asked: Asked) -> Select[Any]:
    if asked.who:
        statement = statement.where(AuditEntry.account_id.in_(_actors(asked.who)))
    if asked.what:
        code = AuditEntry.action.startswith(asked.what, autoescape=True)
        statement = statement.where(or_(code, AuditEntry.subject_id == asked.what, about(asked.what)))
    if asked.kind:
        statement = statement.where(AuditEntry.action.in_(actions_of(asked.kind)))
    if asked.since:
        statement = statement.where(AuditEntry.at >= asked.since)
    return statement.where(AuditEntry.at <= asked.until) if asked.until else statement


def _actors(words: str) -> Any:
    """Accounts by the names of their persons; those of nobody by their own; any by its username."""
    own: ColumnElement[bool] = and_(Account.person_id.is_(None), matches(words, folded(Account.display_name)))
    found = or_(matches(words, Person.search_text), own, Account.username == words.lower())
    return select(Account.id).outerjoin(Person, Person.id == Account.person_id).where(found)
