"""Slowing down guesses: counters in the database, so that every process counts together.

Each is a bucket that a try empties by one and time fills again (docs/decisions/0021-guessing.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.database import Base, db


class Throttle(Base):
    """How far a bucket of tries is used up."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    """Tries since it was full."""
    window_ends_at: Mapped[datetime] = mapped_column(index=True)
    """When it will be full again; each try moves it on by the time that one try takes to come back."""


@dataclass(frozen=True, slots=True)
class Pace:
    """So many tries at once, then one in every ``every``: who has used them up waits a little, and is never barred."""

    burst: int
    every: timedelta


def take(tries: Mapping[str, Pace], *, at: datetime) -> int:
    """Take one try under each key; returns 0, or for how many seconds there is none. What is refused counts nowhere.

    Committed at once, whatever the caller does later, and by one statement: tries at the same moment share the burst.
    """
    values = _values(tries) | {"now": at, "rooms": [pace.every * (pace.burst - 1) for _, pace in sorted(tries.items())]}
    try:
        with db.engine.begin() as connection:
            if len(connection.execute(_TAKE, values).all()) == len(tries):
                return 0
            raise _NoneLeft
    except _NoneLeft:
        with db.engine.begin() as connection:
            return max(1, ceil(connection.scalar(_WAIT, values) or 0))


def give_back(tries: Mapping[str, Pace]) -> None:
    """Give tries back that were no guesses."""
    with db.engine.begin() as connection:
        connection.execute(_GIVE_BACK, _values(tries))


class _NoneLeft(Exception):
    """One of the keys is used up; what was taken from the others goes back."""


def _values(tries: Mapping[str, Pace]) -> dict[str, list[Any]]:
    """Keys in order, so that two who take the same never wait for each other."""
    keys = sorted(tries)
    return {"keys": keys, "everies": [tries[key].every for key in keys]}


_TAKE = text(
    "INSERT INTO throttles AS t (key, count, window_ends_at) "
    "SELECT key, 1, CAST(:now AS timestamptz) + every "
    "FROM unnest(CAST(:keys AS text[]), CAST(:everies AS interval[])) AS a (key, every) ORDER BY key "
    "ON CONFLICT (key) DO UPDATE SET count = CASE WHEN t.window_ends_at <= :now THEN 1 ELSE t.count + 1 END, "
    "window_ends_at = greatest(t.window_ends_at, CAST(:now AS timestamptz)) + (excluded.window_ends_at - :now) "
    "WHERE t.window_ends_at <= CAST(:now AS timestamptz) + "
    "(CAST(:rooms AS interval[]))[array_position(CAST(:keys AS text[]), t.key)] RETURNING key"
)
_WAIT = text(
    "SELECT extract(epoch FROM max(t.window_ends_at - a.room) - CAST(:now AS timestamptz)) "
    "FROM throttles t JOIN unnest(CAST(:keys AS text[]), CAST(:rooms AS interval[])) AS a (key, room) USING (key)"
)
_GIVE_BACK = text(
    "WITH given AS (SELECT t.key FROM throttles t WHERE t.key = ANY(CAST(:keys AS text[])) ORDER BY t.key FOR UPDATE) "
    "UPDATE throttles t SET count = t.count - 1, window_ends_at = t.window_ends_at - a.every "
    "FROM given JOIN unnest(CAST(:keys AS text[]), CAST(:everies AS interval[])) AS a (key, every) USING (key) "
    "WHERE t.key = given.key AND t.count > 0"
)


def forgive(tries: Mapping[str, Pace], forgotten: Iterable[str]) -> None:
    """After a success: empty some counters, and take its own try back from the others."""
    keys = sorted(forgotten)
    kept = {key: pace for key, pace in tries.items() if key not in keys}
    with db.engine.begin() as connection:
        if kept:
            connection.execute(_GIVE_BACK, _values(kept))
        connection.execute(delete(Throttle).where(Throttle.key.in_(keys)))


def sweep(at: datetime) -> int:
    """Delete buckets that are full again; returns how many."""
    ended = select(func.count()).select_from(Throttle).where(Throttle.window_ends_at <= at)
    count = db.session.scalar(ended) or 0
    db.session.execute(text("DELETE FROM throttles WHERE window_ends_at <= :now"), {"now": at})
    return count
