"""The registers of document numbers: per issuing body, kind and year, from 1 without gap or double.

A number is given in the transaction that signs. The register's row stays locked until that transaction ends, so
whoever signs next waits and gets the next number, and a signing that is rolled back gives its number back. Who takes
numbers of several registers in one act takes them in the order of :class:`Book`. A body whose office keeps its register
outside enters the number that it was given there (:func:`enter`); each symbol stands once a body and year.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from lms.core.database import db
from lms.core.errors import DomainError
from lms.core.guard import Actor
from lms.documents.models import Register, RegisterNumber

_BARE = re.compile(r"0*([1-9]\d{0,6})(?=/|$)", re.ASCII)


class Book(NamedTuple):
    """One register: of an issuing body (its unit), a kind of document, a year."""

    unit_id: int
    kind: str
    year: int


class Carrier(NamedTuple):
    """What carries a number: a kind of thing, and its id."""

    kind: str
    id: UUID


def give(
    book: Book,
    symbol: Callable[[int], str],
    carrier: Carrier,
    *,
    actor: Actor,
    at: datetime,
    taken: Callable[[str], bool] = lambda symbol: False,
) -> str:
    """Give the next number and return it with its symbol; call it in the act that signs, as late as that can be.

    :param symbol: makes number and symbol of the number
    :param taken: whether something made before there was a register has this symbol already; it is passed over
    """
    number = _next(book)
    while taken(symbol(number)) or _stands(book, symbol(number)):
        number = _next(book)
    _write(book, number, symbol(number), carrier, actor, at, by_hand=False)
    return symbol(number)


def enter(book: Book, symbol: str, carrier: Carrier, *, actor: Actor, at: datetime) -> None:
    """Enter a number that was given elsewhere; the register goes on after it.

    :raises DomainError: ``number-taken``
    """
    bare = _BARE.match(symbol)
    number = int(bare[1]) if bare else None
    raised = insert(Register).values(unit_id=book.unit_id, kind=book.kind, year=book.year, last=number or 0)
    furthest = func.greatest(Register.last, raised.excluded.last)
    db.session.execute(raised.on_conflict_do_update(index_elements=Book._fields, set_={"last": furthest}))
    if not _write(book, number, symbol, carrier, actor, at, by_hand=True):
        raise DomainError("number-taken", _l("Another document of this body and year carries this number."))


def upcoming(book: Book) -> int:
    """Return the number that would be given now: a suggestion, since others may sign first."""
    last = select(Register.last).where(Register.unit_id == book.unit_id, Register.kind == book.kind)
    return (db.session.scalar(last.where(Register.year == book.year)) or 0) + 1


def gaps() -> Iterator[tuple[Book, int]]:
    """Yield each number that a register has passed and nothing carries, where none was entered by hand."""
    numbers = select(RegisterNumber.number).where(
        RegisterNumber.unit_id == Register.unit_id,
        RegisterNumber.kind == Register.kind,
        RegisterNumber.year == Register.year,
    )
    books = select(Register.unit_id, Register.kind, Register.year, Register.last)
    whole = ~numbers.where(RegisterNumber.by_hand).correlate(Register).exists()
    for row in db.session.execute(books.where(whole).order_by(*books.selected_columns)).all():
        of = select(RegisterNumber.number).where(
            RegisterNumber.unit_id == row.unit_id, RegisterNumber.kind == row.kind, RegisterNumber.year == row.year
        )
        for missing in sorted(set(range(1, row.last + 1)) - set(db.session.scalars(of))):
            yield Book(row.unit_id, row.kind, row.year), missing


def _next(book: Book) -> int:
    first = insert(Register).values(unit_id=book.unit_id, kind=book.kind, year=book.year, last=1)
    following = first.on_conflict_do_update(index_elements=Book._fields, set_={"last": Register.last + 1})
    return db.session.execute(following.returning(Register.last)).scalar_one()


def _stands(book: Book, symbol: str) -> bool:
    same = (RegisterNumber.unit_id == book.unit_id, RegisterNumber.year == book.year, RegisterNumber.symbol == symbol)
    return db.session.scalar(select(RegisterNumber.id).where(*same)) is not None


def _write(
    book: Book, number: int | None, symbol: str, carrier: Carrier, actor: Actor, at: datetime, *, by_hand: bool
) -> bool:
    line = insert(RegisterNumber).values(
        **book._asdict(),
        number=number,
        symbol=symbol,
        by_hand=by_hand,
        carrier=carrier.kind,
        carrier_id=carrier.id,
        account_id=actor.account_id,
        at=at,
    )
    return db.session.execute(line.on_conflict_do_nothing().returning(RegisterNumber.id)).scalar() is not None
