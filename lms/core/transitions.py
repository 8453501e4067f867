"""What became of a thing, line by line: append-only, written with the change of its state, in the same transaction.

A state changes in one way only: :func:`carry_out` asks the thing's table (:class:`lms.core.states.Life`), changes the
row, adds a line, leaves a trace in the audit trail and tells :data:`moved`. :func:`history` reads the lines in words.
Nothing is deleted: what is refused, withdrawn or cancelled is in such a state, and its lines say since when, by whom
and why.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from blinker import signal
from flask import has_request_context
from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import audit
from lms.core.database import Base, db
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM, Actor
from lms.core.hooks import Hook
from lms.core.states import Life, Move
from lms.core.text import one_line

SOURCES = {
    "page": _l("on a page"),
    "spreadsheet": _l("from a spreadsheet"),
    "job": _l("by the system"),
    "api": _l("by another program"),
    "command": _l("from the command line"),
    "release": _l("taken over with a new release"),
}
"""By which door a change came, in words."""
LONGEST = 1000
"""Characters of a reason."""

account_names: Hook[[Collection[UUID]], Mapping[UUID, str]] = Hook("core.account-names")
"""What are the names behind these accounts, as pages show them?"""

moved = signal("core.moved")
"""The state of a thing changed: ``send(actor, line=Transition, at=datetime)``, within the act. Who must be told is for
floors above; a domain that needs more than the line sends a signal of its own beside it."""


class Transition(Base):
    """A line: one change of a thing's state. A trigger refuses changes and removal."""

    __tablename__ = "transitions"
    __table_args__ = (
        CheckConstraint("source IN ('page', 'spreadsheet', 'job', 'api', 'command', 'release')", name="source"),
        Index("ix_transitions_object", "kind", "object_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    """The kind of thing; see :class:`lms.core.states.Life`."""
    object_id: Mapped[str]
    from_state: Mapped[str | None]
    """None where it began."""
    to_state: Mapped[str]
    act: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(index=True)
    """Who acted; none for the system itself."""
    on_behalf_of: Mapped[str | None]
    """The office or body whose decision was recorded, when it was not the actor's own."""
    at: Mapped[datetime]
    reason_code: Mapped[str | None]
    """Of the move's own list of reasons."""
    reason: Mapped[str | None] = mapped_column(Text)
    document_id: Mapped[UUID | None]
    """The document that decided it."""
    source: Mapped[str]
    """One of SOURCES."""


@dataclass(frozen=True, slots=True)
class Because:
    """What goes with a change besides who and when; see the columns of :class:`Transition`.

    :ivar seen: the last line that the page showed on which it was decided (:func:`last`); None where nothing was read
    """

    reason: str = ""
    code: str | None = None
    on_behalf_of: str | None = None
    document_id: UUID | None = None
    source: str | None = None
    seen: int | None = None


NOTHING = Because()


class MovedMeanwhile(DomainError):
    """Somebody else has changed the state since the page was read."""

    def __init__(self, state: Any) -> None:
        super().__init__(
            "moved-meanwhile",
            _l(
                "Somebody else has decided on this since you opened the page; its state is now “%(state)s”. Nothing of "
                "yours has been done. What you typed is still here: please look at the history, then decide again.",
                state=state,
            ),
        )


def begin(life: Life, act: str, row: Any, because: Because = NOTHING, **given: Any) -> Transition:
    """Begin a thing: the row, not yet added, gets the state to which the act leads; then as :func:`carry_out`."""
    return _carry(life, life.judge(act, None, given.pop("facts", None)), row, None, because, **given)


def carry_out(
    life: Life,
    act: str,
    row: Any,
    because: Because = NOTHING,
    *,
    actor: Actor,
    at: datetime,
    path: str | None = None,
    facts: Any = None,
    trace: Mapping[str, Any] | None = None,
) -> Transition:
    """Make a move: the row, held under a lock, changes its state, and the line of it is added.

    :param path: of the unit over which the move's permission must be held; the system needs none
    :param facts: what the guards of the move ask
    :param trace: what the audit trail says besides the states and the reason
    :raises DomainError: what :meth:`lms.core.states.Life.judge` says; ``not-permitted``, ``no-reason``, ``reason-code``
    :raises MovedMeanwhile: the line that was seen is not the last
    """
    state: str = getattr(row, life.column)
    if because.seen is not None and because.seen != last(life, row.id):
        raise MovedMeanwhile(life.names[state])
    return _carry(life, life.judge(act, state, facts), row, state, because, actor=actor, at=at, path=path, trace=trace)


def last(life: Life, object_id: Any) -> int:
    """Return the number of a thing's last line; 0 where it has none."""
    lines = select(func.max(Transition.id)).where(Transition.kind == life.kind, Transition.object_id == str(object_id))
    return db.session.scalar(lines) or 0


class Line(NamedTuple):
    """A change in words."""

    id: int
    at: datetime
    said: Any
    state: Any
    """The state it led to, None where it stayed."""
    who: str | None
    """None for the system."""
    on_behalf_of: str | None
    why: Any
    """The reason that was chosen."""
    reason: str | None
    source: Any
    """By which door, where it was not a page."""
    document_id: UUID | None


def history(life: Life, object_id: Any) -> list[Line]:
    """Return what became of a thing, in words, the newest first."""
    asked = select(Transition).where(Transition.kind == life.kind, Transition.object_id == str(object_id))
    lines = db.session.scalars(asked.order_by(Transition.id.desc())).all()
    asking = {line.account_id for line in lines if line.account_id}
    names: dict[UUID, str] = {}
    for known in account_names.ask(asking) if asking else ():
        names |= known
    return [_in_words(life, line, names) for line in lines]


def _in_words(life: Life, line: Transition, names: Mapping[UUID, str]) -> Line:
    ways = [move for move in life.moves if move.act == line.act]
    move = next((way for way in ways if line.from_state in way.sources), ways[0] if ways else None)
    return Line(
        line.id,
        line.at,
        move.said if move else _l("Taken over"),
        life.names.get(line.to_state, line.to_state) if line.to_state != line.from_state else None,
        names.get(line.account_id) if line.account_id else None,
        line.on_behalf_of,
        move.codes.get(line.reason_code, line.reason_code) if move and line.reason_code else None,
        line.reason,
        SOURCES[line.source] if line.source not in ("page", "job") else None,
        line.document_id,
    )


def _carry(
    life: Life,
    move: Move,
    row: Any,
    state: str | None,
    because: Because,
    *,
    actor: Actor,
    at: datetime,
    path: str | None = None,
    trace: Mapping[str, Any] | None = None,
) -> Transition:
    reason = one_line(because.reason)[:LONGEST]
    _require(move, actor, path, reason, because.code)
    setattr(row, life.column, move.to)
    if state is None:
        db.session.add(row)
    db.session.flush()
    line = Transition(
        kind=life.kind,
        object_id=str(row.id),
        from_state=state,
        to_state=move.to,
        act=move.act,
        account_id=actor.account_id,
        on_behalf_of=because.on_behalf_of,
        at=at,
        reason_code=because.code,
        reason=reason or None,
        document_id=because.document_id,
        source=because.source or ("page" if has_request_context() else "job"),
    )
    db.session.add(line)
    db.session.flush()
    said = {"reason_code": because.code, "reason": reason, "on_behalf_of": because.on_behalf_of}
    after = {life.column: move.to} | {name: value for name, value in said.items() if value} | dict(trace or {})
    before = None if state is None else {life.column: state}
    audit.record(actor, f"{life.kind}.{move.act}", life.kind, row.id, at=at, before=before, after=after)
    moved.send(actor, line=line, at=at)
    return line


def _require(move: Move, actor: Actor, path: str | None, reason: str, code: str | None) -> None:
    if actor != SYSTEM and not actor.may(move.permission, path):
        raise DomainError("not-permitted", _l("This is for others to decide."), 403)
    if move.codes and code not in move.codes:
        raise DomainError("reason-code", _l("Please choose a reason from the list."), 422)
    if move.asks_reason and not reason:
        raise DomainError("no-reason", _l("Please give the reason."), 422)
