"""Columns that hold what a table's rows sort by: kept by the models, compared by bytes, filled anew when keys change.

``sort_key: Mapped[str] = kept_key(name_key, "full_name")`` in a model is all: whoever sets ``full_name`` sets the key.
Who writes rows past the models (COPY, SQL) writes the key as well.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, Table, Text, bindparam, event, func, select, update
from sqlalchemy.orm import MappedColumn, Mapper, mapped_column
from sqlalchemy.types import String

from lms.core.database import Base, act, db

LONGEST = 400
"""Characters of a key that are kept: as many as an index can hold. What is longer sorts by its beginning."""
_INFO = "sorts"
_BATCH = 5_000


class Kept(NamedTuple):
    """A column of keys."""

    column: str
    key: Callable[[str], str]
    of: str
    """The column whose text it sorts."""


def kept_key(key: Callable[[str], str], of: str) -> MappedColumn[str]:
    """Make the column that keeps the keys of another one (:mod:`lms.core.collation`).

    Rows that a release without the column writes have none until :func:`fill` is run, by ``flask prepare`` or at night.
    """
    return mapped_column(String(collation="C"), server_default="", info={_INFO: (key, of)})


def kept_keys(table: Table) -> list[Kept]:
    """Return the columns of a table that keep keys."""
    return [Kept(column.name, *column.info[_INFO]) for column in table.columns if _INFO in column.info]


@event.listens_for(Mapper, "mapper_configured")
def _keep(mapper: Mapper[Any], model: type[Any]) -> None:
    for kept in kept_keys(mapper.local_table) if isinstance(mapper.local_table, Table) else ():
        event.listen(getattr(model, kept.of), "set", _setter(kept))


def _setter(kept: Kept) -> Callable[..., None]:
    def keep(row: Any, value: str, *_old: Any) -> None:
        setattr(row, kept.column, kept.key(value)[:LONGEST])

    return keep


def fill() -> int:
    """Set every key that is not what its row's text asks for, in portions; returns how many were not."""
    tables = Base.metadata.sorted_tables
    return sum(len(wrong) for table in tables for kept in kept_keys(table) for wrong in _portions(table, kept))


def _portions(table: Table, kept: Kept) -> Iterator[list[Any]]:
    last = None
    while True:
        read, wrong = _fill_portion(table, kept, last)
        yield wrong
        if len(read) < _BATCH:
            return
        last = read[-1].id


@act
def _fill_portion(table: Table, kept: Kept, after: Any) -> tuple[Any, list[Any]]:
    text, key = table.c[kept.of], table.c[kept.column]
    rows = select(table.c.id, text.label("text"), key.label("key")).order_by(table.c.id).limit(_BATCH)
    read = db.session.execute(rows if after is None else rows.where(table.c.id > after)).all()
    right = [(row, kept.key(row.text)[:LONGEST]) for row in read]
    wrong = [(row.id, row.text, fresh) for row, fresh in right if row.key != fresh]
    if wrong:
        ids, texts, keys = map(list, zip(*wrong, strict=True))
        given = (
            func.unnest(
                bindparam("ids", ids, ARRAY(table.c.id.type)),
                bindparam("texts", texts, ARRAY(Text)),
                bindparam("keys", keys, ARRAY(Text)),
            )
            .table_valued("id", "text", "key")
            .render_derived()
        )
        same = (table.c.id == given.c.id) & (text == given.c.text)  # who is renamed meanwhile has a key already
        db.session.execute(update(table).where(same).values({kept.column: given.c.key}))
    return read, wrong
