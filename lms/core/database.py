"""The database session, the base of all models, and the transaction of an act."""

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

import psycopg
from flask import current_app, g, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import DateTime, Engine, MetaData, event, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Session as ORMSession

from lms.core import connections, moments

moments.install()
P = ParamSpec("P")
R = TypeVar("R")


class Base(DeclarativeBase):
    """Every model: constraints are named by one convention, times carry their zone, dicts are JSONB."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: JSONB,
        list[dict[str, Any]]: JSONB,
    }


class RequestSession(Session):
    """Reading requests (GET, HEAD) use connections in autocommit.

    They need no transaction: that saves two round trips a request, and psycopg keeps its prepared statements, which a
    ROLLBACK would make it forget (docs/decisions/0006-reading-without-transactions.md). :func:`act` refuses there.
    """

    def get_bind(self, *args: Any, **kwargs: Any) -> Any:
        """Return the engine, in autocommit for a reading request."""
        bind = super().get_bind(*args, **kwargs)
        return _reading(bind) if _is_reading() else bind


@lru_cache(maxsize=8)
def _reading(engine: Engine) -> Engine:
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _is_reading() -> bool:
    return has_request_context() and (request.method in ("GET", "HEAD") or g.get("autocommit", False))


def autocommit() -> None:
    """Let this request work in autocommit although it writes: for one whose single SQL statement does it all."""
    g.autocommit = True


db = SQLAlchemy(
    metadata=Base.metadata,
    session_options={"class_": RequestSession, "autoflush": True, "expire_on_commit": False},
)


_OPTIONS = "-c max_parallel_workers_per_gather=0"
"""To start helpers takes the database longer than a short question does."""


class _Connected:
    """A cursor on a connection that is closed with it: when the thread ends, or opens another elsewhere."""

    def __init__(self, address: str) -> None:
        options = f"{_OPTIONS} {connections.options()}"
        self.of = (os.getpid(), address)
        self.cursor = psycopg.connect(address.replace("+psycopg", "", 1), autocommit=True, options=options).cursor()
        connections.works_with(self.cursor.connection)

    def __del__(self) -> None:
        if hasattr(self, "cursor") and self.of[0] == os.getpid():  # a child has it too, and must not end it
            self.cursor.connection.close()


class _Own(threading.local):
    """What a thread is connected with."""

    connected: _Connected | None = None


_own = _Own()


def cursor() -> psycopg.Cursor[Any]:
    """Return a cursor on this thread's own connection, in autocommit and without SQLAlchemy."""
    of = (os.getpid(), current_app.config["SQLALCHEMY_DATABASE_URI"])
    connected = _own.connected
    if connected is None or connected.of != of or connected.cursor.connection.closed:
        connected = _own.connected = _Connected(of[1])
    return connected.cursor


def disconnect() -> None:
    """Close this thread's own connection, if it has one."""
    _own.connected = None


def direct(sql: str, values: Mapping[str, Any], *, prepared: bool = True) -> list[Any]:
    """Run one SQL statement (``%(name)s``) that is a transaction by itself, and return its rows.

    For the few places where the session's way costs more than the database's work: a fifth of its time on the CPU
    (docs/decisions/0009-record-store-speed.md).

    :param prepared: False to have it planned anew each time, for the values it has
    :raises psycopg.Error: as the driver tells it.
    """
    return cursor().execute(sql, values, prepare=None if prepared else False).fetchall()


def in_transaction(sql: str, values: Mapping[str, Any]) -> list[Any]:
    """Run one SQL statement (``%(name)s``) in the session's transaction without SQLAlchemy, and return its rows.

    What the session holds and has not written yet is not seen.

    :raises psycopg.Error: as the driver tells it.
    """
    connection: psycopg.Connection[Any] = db.session.connection().connection.driver_connection  # type: ignore[assignment]
    return connection.execute(sql, values).fetchall()


def together() -> AbstractContextManager[Any]:
    """Make several calls of :func:`direct` one transaction."""
    return cursor().connection.transaction()


def utcnow() -> datetime:
    """Now, in UTC. Only the edge (views, jobs, commands) calls it; acts take the time as a parameter."""
    return datetime.now(UTC)


def act(function: Callable[P, R]) -> Callable[P, R]:
    """Make a service function the owner of its transaction.

    The outermost act commits once when it returns and rolls back when it raises; an act called by another joins it.
    """

    @wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        session = db.session()
        if _is_reading():
            raise RuntimeError(f"{function.__qualname__} was called by a reading request")
        if session.info.get("in_act"):
            return function(*args, **kwargs)
        session.info["in_act"] = True
        try:
            result = function(*args, **kwargs)
            session.info["in_act"] = False
            session.commit()
            return result
        except BaseException:
            session.rollback()
            session.info.pop("audit", None)  # a rollback before the first statement sends no event
            raise
        finally:
            session.info["in_act"] = False

    return inner


@event.listens_for(ORMSession, "before_commit")
def _only_the_outermost_commits(session: ORMSession) -> None:
    if session.info.get("in_act") and not session.in_nested_transaction():
        raise RuntimeError("an act is committed by its end only")


def lock(*names: object) -> None:
    """Hold a named lock until the transaction ends, so that 'look, then write' is exclusive under that name."""
    key = ":".join(str(name) for name in names)
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
