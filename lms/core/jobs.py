"""Background work: procrastinate's queue in PostgreSQL, enqueued in the transaction that needs it, with progress."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import procrastinate
from flask import Flask
from procrastinate.connector import BaseConnector
from psycopg.types.json import Jsonb
from sqlalchemy import func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.database import Base, db
from lms.core.guard import Actor


class JobProgress(Base):
    """A job as its owner sees it."""

    __tablename__ = "job_progress"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str]
    """The task's name, such as ``people.import_roster``."""
    account_id: Mapped[UUID | None] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default="queued")
    """queued, running, done or failed."""
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SessionConnector(BaseConnector):
    """Runs procrastinate's SQL on the current database session: a job is enqueued by the act's commit or not at all."""

    def get_sync_connector(self) -> BaseConnector:
        """This connector is synchronous already."""
        return self

    def execute_query(self, query: str, **arguments: Any) -> None:
        """Run a query without an answer."""
        self._cursor(query, arguments).close()

    def execute_query_one(self, query: str, **arguments: Any) -> dict[str, Any]:
        """Run a query and return its one row."""
        return self.execute_query_all(query, **arguments)[0]

    def execute_query_all(self, query: str, **arguments: Any) -> list[dict[str, Any]]:
        """Run a query and return its rows."""
        with self._cursor(query, arguments) as cursor:
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _cursor(self, query: str, arguments: dict[str, Any]) -> Any:
        raw = db.session.connection().connection.driver_connection
        if raw is None:
            raise RuntimeError("the session has no connection")
        return raw.cursor().execute(query, self._wrap(arguments))

    @staticmethod
    def _wrap(arguments: dict[str, Any]) -> dict[str, Any]:
        return {k: Jsonb(v) if isinstance(v, dict) else v for k, v in arguments.items()}


queue = procrastinate.App(connector=SessionConnector())


def enqueue(task: Any, actor: Actor, *, at: datetime, **arguments: Any) -> UUID:
    """Put a task on the queue with the act's commit; returns the id under which its owner follows its progress."""
    progress = JobProgress(id=uuid4(), kind=task.name, account_id=actor.account_id, created_at=at)
    db.session.add(progress)
    db.session.flush()
    task.defer(progress_id=str(progress.id), **arguments)
    return progress.id


def enqueue_at(task: Any, moment: datetime, **arguments: Any) -> UUID:
    """Put a task on the queue with the act's commit, to be done at a moment to come."""
    progress = JobProgress(id=uuid4(), kind=task.name, account_id=None, created_at=moment)
    db.session.add(progress)
    db.session.flush()
    task.configure(schedule_at=moment).defer(progress_id=str(progress.id), **arguments)
    return progress.id


class Progress:
    """Tells how far a job is, on a connection of its own, so that others see it while the job's transaction is open."""

    def __init__(self, progress_id: str) -> None:
        self.id = UUID(progress_id)

    def tell(self, **values: Any) -> None:
        """Set any of ``state``, ``done``, ``total`` and ``result``."""
        with db.engine.begin() as connection:
            connection.execute(
                update(JobProgress).where(JobProgress.id == self.id).values(updated_at=func.now(), **values)
            )


def task(name: str) -> Callable[[Callable[..., dict[str, Any] | None]], Any]:
    """Declare a task ``function(progress, **arguments) -> result``; its end and its failure are told for it."""

    def declare(function: Callable[..., dict[str, Any] | None]) -> Any:
        def run(progress_id: str, **arguments: Any) -> None:
            progress = Progress(progress_id)
            with worker_app().app_context():
                progress.tell(state="running")
                try:
                    result = function(progress, **arguments)
                except BaseException:
                    progress.tell(state="failed")
                    raise
                progress.tell(state="done", result=result)

        return queue.task(name=name, queue="default")(run)

    return declare


_app: Flask | None = None


def init_app(app: Flask) -> None:
    """Remember the application in whose context the tasks of this process run."""
    global _app  # noqa: PLW0603
    _app = app


def worker_app() -> Flask:
    """Return the application of this process."""
    if _app is None:
        raise RuntimeError("no application has been created in this process")
    return _app


def find(progress_id: UUID) -> JobProgress | None:
    """Return a job's progress."""
    return db.session.scalar(select(JobProgress).where(JobProgress.id == progress_id))
