"""Days and moments as the database has them, also those that Python cannot hold: read as the nearest that it can."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
from psycopg.adapt import Buffer, Loader
from psycopg.pq import Format

_FIRST = datetime.min.replace(tzinfo=UTC) + timedelta(days=2)
_LAST = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)
"""A day or two within, so that every zone has them."""


def install() -> None:
    """Let connections made from now on read every stored value: one odd row must not break the pages that list it."""
    for name, first, last in (("timestamptz", _FIRST, _LAST), ("date", date.min, date.max)):
        oid = psycopg.adapters.types[name].oid
        plain: Any = psycopg.adapters.get_loader(oid, Format.TEXT)
        if plain is not None and not getattr(plain, "holds_all", False):
            psycopg.adapters.register_loader(name, _held(plain, first, last))


def _held(plain: Any, first: Any, last: Any) -> Any:
    class Held(Loader):
        """The driver's loader, for all that the database can hold."""

        holds_all = True

        def __init__(self, oid: int, context: Any = None) -> None:
            super().__init__(oid, context)
            self._load = plain(oid, context).load

        def load(self, data: Buffer) -> Any:
            """Return the value, or the nearest."""
            try:
                return self._load(data)
            except psycopg.DataError:
                text = bytes(data)
                return first if b"BC" in text or text.startswith(b"0001-") else last

    return Held
