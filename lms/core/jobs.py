"""Background work: procrastinate's queue in PostgreSQL, enqueued in the transaction that needs it, with progress."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
import procrastinate
from flask import Flask
from sqlalchemy import func, select, text, update
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


queue = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
"""Tasks are put on it over the session's connection; only the worker opens connections of its own."""


def enqueue(task: Any, actor: Actor, *, at: datetime, schedule_at: datetime | None = None, **arguments: Any) -> UUID:
    """Put a task on the queue with the act's commit, to be done now or later.

    :returns: the id under which the task's owner follows its progress
    """
    progress = JobProgress(id=uuid4(), kind=task.name, account_id=actor.account_id, created_at=at)
    db.session.add(progress)
    db.session.flush()
    connection = db.session.connection().connection.driver_connection
    options = {"schedule_at": schedule_at} if schedule_at else {}
    task.configure(connection=connection, **options).defer(progress_id=str(progress.id), **arguments)
    return progress.id


def enqueue_once(task: Any, actor: Actor, *, at: datetime, **arguments: Any) -> None:
    """Put a task on the queue with the act's commit, unless one with the same arguments waits there already.

    The job that waits is held until this act's end, so that no worker begins it before it can see what the act did;
    acts that do not see each other's jobs put one each on the queue, which does no harm.
    """
    waits = text(
        "SELECT id FROM procrastinate_jobs WHERE status = 'todo' AND task_name = :task "
        "AND args @> CAST(:arguments AS jsonb) LIMIT 1 FOR SHARE SKIP LOCKED"
    )
    same = {"task": task.name, "arguments": orjson.dumps(arguments).decode()}
    if db.session.scalar(waits, same) is None:
        enqueue(task, actor, at=at, **arguments)


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


def run_worker(app: Flask) -> None:
    """Do the queue's jobs until the process is told to end."""
    url = app.config["SQLALCHEMY_DATABASE_URI"].replace("postgresql+psycopg://", "postgresql://", 1)
    with queue.replace_connector(procrastinate.PsycopgConnector(conninfo=url)):
        queue.run_worker(queues=["default"], concurrency=2, delete_jobs="successful")


def find(progress_id: UUID) -> JobProgress | None:
    """Return a job's progress."""
    return db.session.scalar(select(JobProgress).where(JobProgress.id == progress_id))
