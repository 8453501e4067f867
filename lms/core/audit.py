"""The audit trail: who changed what, when, before and after; append-only and chained by hash.

Entries are gathered during an act and written just before its commit, under one lock, so that the chain has one order.
Each hash covers the entry and the hash before it; the head row holds the last hash and the count, so that a removed
line shows even at the end. :func:`verify` recomputes the chain.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from flask import g, has_request_context
from sqlalchemy import BigInteger, CheckConstraint, Identity, LargeBinary, SmallInteger, event, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.core.database import Base, db
from lms.core.guard import Actor

GENESIS = bytes(32)


class AuditEntry(Base):
    """One change of consequence."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    """When the act happened (UTC)."""
    account_id: Mapped[UUID | None] = mapped_column(index=True)
    """Who acted; none for the system itself."""
    action: Mapped[str] = mapped_column(index=True)
    """What was done, such as ``attendance.record``."""
    subject_type: Mapped[str]
    subject_id: Mapped[str] = mapped_column(index=True)
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    request_id: Mapped[str | None]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 over the previous entry's hash and this entry in canonical JSON."""


class AuditHead(Base):
    """The end of the chain: one row."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, default=1)
    count: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken link found by :func:`verify`."""

    entry_id: int | None
    reason: str


def record(
    actor: Actor,
    action: str,
    subject_type: str,
    subject_id: object,
    *,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Note a change; it is written with the act's commit, or not at all."""
    entry = {
        "at": at,
        "account_id": actor.account_id,
        "action": action,
        "subject_type": subject_type,
        "subject_id": str(subject_id),
        "before": _plain(before),
        "after": _plain(after),
        "request_id": g.get("request_id") if has_request_context() else None,
    }
    db.session().info.setdefault("audit", []).append(entry)


def verify() -> Iterator[Fault]:
    """Recompute the chain and yield every fault: a changed, removed or inserted entry."""
    previous, count = GENESIS, 0
    for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000)):
        count += 1
        expected = _digest(previous, {name: getattr(entry, name) for name in _HASHED})
        if entry.hash != expected:
            yield Fault(entry.id, "the hash does not follow from the entry and its predecessor")
        previous = entry.hash
    head = db.session.get(AuditHead, 1)
    if head is None:
        yield Fault(None, "the head of the chain is missing")
    elif (head.count, head.hash) != (count, previous):
        yield Fault(None, f"the head counts {head.count} entries, the table holds {count}")


_HASHED = ("at", "account_id", "action", "subject_type", "subject_id", "before", "after", "request_id")


def _digest(previous: bytes, entry: dict[str, Any]) -> bytes:
    values = entry | {"at": int(entry["at"].timestamp() * 1_000_000)}
    return hashlib.sha256(previous + orjson.dumps(values, option=orjson.OPT_SORT_KEYS, default=str)).digest()


def _plain(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the values as JSON will give them back, so that a hash made before storing fits after reading."""
    if values is None:
        return None
    plain: dict[str, Any] = orjson.loads(orjson.dumps(values, default=str))
    return plain


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    entries: list[dict[str, Any]] = session.info.pop("audit", [])
    if not entries:
        return
    session.flush()
    head = session.execute(select(AuditHead).where(AuditHead.id == 1).with_for_update()).scalar_one_or_none()
    if head is None:
        raise RuntimeError("the audit head is missing: run the migrations")
    session.refresh(head)
    previous, count = head.hash, head.count
    for entry in entries:
        entry["hash"] = previous = _digest(previous, entry)
        count += 1
    session.execute(insert(AuditEntry), entries)
    head.hash, head.count = previous, count
    session.flush()


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("audit", None)
