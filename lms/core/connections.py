"""Connections to the database: how long one of their statements may take, and who is at work with which.

A statement that takes longer than its process allows is ended by the database (``statement_timeout``); the error
becomes an answer 503. What works for a client that has left is cancelled: :func:`cancel`.
"""

import threading
from collections import defaultdict
from contextlib import suppress
from typing import Any
from weakref import WeakSet

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

CANCEL_WITHIN = 2.0
"""Seconds that asking the database to cancel may take."""

_seconds = 0
_at_work: dict[int, WeakSet["psycopg.Connection[Any]"]] = defaultdict(WeakSet)


def limit_statements(seconds: int) -> None:
    """Let a statement of this process's new connections, and of those of its children, take so long; 0 for ever."""
    global _seconds  # noqa: PLW0603 - of the process, as its connections are
    _seconds = seconds


def options() -> str:
    """Return what a connection tells the database of the limit (libpq's ``options``)."""
    return f"-c statement_timeout={_seconds * 1000}"


def works_with(connection: "psycopg.Connection[Any]") -> None:
    """Note that this thread works with a connection from now on."""
    _at_work[threading.get_ident()].add(connection)


def is_done_with(connection: "psycopg.Connection[Any]") -> None:
    """Note that a connection is nobody's."""
    for connections in list(_at_work.values()):
        connections.discard(connection)


def cancel(thread: int) -> int:
    """Cancel what a thread has asked the database and still waits for; returns how many statements."""
    cancelled = 0
    for connection in list(_at_work.get(thread, ())):
        if not connection.closed and connection.pgconn.transaction_status == TransactionStatus.ACTIVE:
            with suppress(psycopg.Error, OSError):  # it has ended meanwhile, or the database is away
                connection.cancel_safe(timeout=CANCEL_WITHIN)
                cancelled += 1
    return cancelled


@event.listens_for(Engine, "do_connect")
def _limit(_dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
    parameters["options"] = " ".join(filter(None, [parameters.get("options"), options()]))


@event.listens_for(Pool, "checkout")
def _taken(connection: Any, _record: Any, _proxy: Any) -> None:
    works_with(connection)


@event.listens_for(Pool, "checkin")
def _given_back(connection: Any, _record: Any) -> None:
    if connection is not None:
        is_done_with(connection)
