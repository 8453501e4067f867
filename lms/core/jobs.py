"""Background work: procrastinate's queue in PostgreSQL, enqueued in the transaction that needs it, with progress.

A task is declared with how often and how soon it is tried again, and with what is to be done when it is given up. A
running job holds a lock that ends with its worker, however that dies; :func:`take_up_stalled` puts what a dead worker
left on the queue again (decision 0016, recipe ``docs/recipes/add-a-job.md``).
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

import orjson
import procrastinate
import psycopg
from flask import Flask
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.sql import queries as _sql
from procrastinate.tasks import configure_task
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.database import Base, act, db, in_transaction, utcnow
from lms.core.errors import DomainError
from lms.core.guard import Actor

log = logging.getLogger("lms.jobs")

HEARTBEAT = 5.0
"""Seconds between two signs of life of a worker."""
SILENT = timedelta(seconds=20)
"""A worker that gave no sign of life for so long may be dead; it is when nobody holds the lock of its job."""


KEPT = timedelta(days=30)
"""For so long the owner of a job that has ended can look what came of it."""


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
"""The registry of tasks; only the worker opens connections of its own, with another connector."""
_sending = JobManager(procrastinate.SyncPsycopgConnector())
"""Puts jobs on the queue over the session's connection: the same in the web, in a worker and on the command line."""


def enqueue(task: Any, actor: Actor, *, at: datetime, schedule_at: datetime | None = None, **arguments: Any) -> UUID:
    """Put a task on the queue with the act's commit, to be done now or later.

    :returns: the id under which the task's owner follows its progress
    """
    progress = JobProgress(id=uuid4(), kind=task.name, account_id=actor.account_id, created_at=at)
    db.session.add(progress)
    db.session.flush()
    configure_task(
        name=task.name,
        job_manager=_sending,
        queue=task.queue,
        connection=db.session.connection().connection.driver_connection,
        schedule_at=schedule_at,
    ).defer(progress_id=str(progress.id), **arguments)
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


@dataclass(frozen=True)
class BackOff(BaseRetryStrategy):
    """Tries again after ``wait``, then four times as long each time; what the rules refuse is not tried again.

    :ivar attempts: how often a job is tried before it is given up
    """

    attempts: int
    wait: timedelta

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when a job that failed is tried again; None when it is given up."""
        if isinstance(exception, DomainError) or self.over(job.attempts):
            return None
        return RetryDecision(retry_in={"seconds": int(self.wait.total_seconds() * 4**job.attempts)})

    def over(self, attempts: int) -> bool:
        """Tell whether the attempt that follows so many was the last."""
        return attempts + 1 >= self.attempts


NEVER_AGAIN = BackOff(attempts=1, wait=timedelta(0))
_gave_up: dict[str, Callable[..., None]] = {}


def task(
    name: str,
    *,
    attempts: int = 4,
    wait: timedelta = timedelta(seconds=30),
    gave_up: Callable[..., None] | None = None,
    aliases: Sequence[str] = (),
) -> Callable[[Callable[..., dict[str, Any] | None]], Any]:
    """Declare a task ``function(progress, **arguments) -> result``; its end and its failure are told for it.

    It may be done twice: a worker can die after the commit and before it says so. So a task looks whether there is
    still something to do.

    :param attempts: how often it is tried, whether it fails or its worker dies, before it is given up
    :param wait: how long after the first failure it is tried again; four times as long after each further one
    :param gave_up: ``gave_up(at=…, **arguments)`` tells those whom it concerns that it was given up
    :param aliases: names under which older versions have put it on the queue
    """

    def declare(function: Callable[..., dict[str, Any] | None]) -> Any:
        @wraps(function)
        def run(progress_id: str, **arguments: Any) -> None:
            progress = Progress(progress_id)
            with worker_app().app_context():
                progress.tell(state="running")
                progress.tell(state="done", result=function(progress, **arguments))

        if gave_up is not None:
            _gave_up[name] = gave_up
        strategy = BackOff(attempts, wait)
        return queue.task(name=name, queue="default", retry=strategy, aliases=list(aliases))(run)

    return declare


def periodic(name: str, *, cron: str) -> Callable[[Callable[..., None]], Any]:
    """Declare a task ``function(at=…)`` that is done by itself, at the times of ``cron``; at most one of it waits.

    It is not tried again: the next one comes. It holds no lock of the queue, which a job whose worker was killed would
    keep for good.
    """

    def declare(function: Callable[..., None]) -> Any:
        @wraps(function)
        def run(timestamp: int) -> None:  # noqa: ARG001 - the queue passes the moment for which it was due
            with worker_app().app_context():
                function(at=utcnow())

        declared = queue.task(name=name, queue="default", queueing_lock=name, retry=NEVER_AGAIN)(run)
        queue.periodic(cron=cron)(declared)
        return declared

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
    with app.app_context():
        take_up_stalled(at=utcnow())
        db.session.remove()
    with queue.replace_connector(procrastinate.PsycopgConnector(conninfo=_address(app))):
        queue.run_worker(
            queues=["default"],
            concurrency=2,
            delete_jobs="successful",
            update_heartbeat_interval=HEARTBEAT,
            task_middleware=[_attended],
        )


def find(progress_id: UUID) -> JobProgress | None:
    """Return a job's progress."""
    return db.session.scalar(select(JobProgress).where(JobProgress.id == progress_id))


@act
def sweep(*, at: datetime) -> int:
    """Remove what is kept of jobs that ended long ago; returns how many."""
    ended = JobProgress.state.in_(("done", "failed")) & (JobProgress.updated_at < at - KEPT)
    return len(db.session.execute(delete(JobProgress).where(ended).returning(JobProgress.id)).all())


# -- jobs that fail, and jobs whose worker died ------------------------------------------------------------------------

_DOING = "SELECT task_name, args, attempts FROM procrastinate_jobs WHERE id = :id AND status = 'doing' FOR UPDATE"
_LOCK = "hashtextextended(%(name)s, 0)"


def _attended(call: Callable[[], Any], context: procrastinate.JobContext, _worker: Any) -> Any:
    """Run a job alone under its lock; when it fails, tell whether it is tried again or given up."""
    job = context.job
    with _alone(job):
        try:
            return call()
        except Exception as error:
            declared = queue.tasks[job.task_name]
            with worker_app().app_context():
                if declared.get_retry_exception(exception=error, job=job) is not None:
                    _tell(job.task_kwargs, "queued")
                else:
                    _give_up(declared.name, job.task_kwargs)
            raise


@contextmanager
def _alone(job: Job) -> Iterator[None]:
    """Hold the lock of a job on a connection of its own, which ends when this process does or its machine is gone."""
    keepalive = "-c tcp_keepalives_idle=20 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
    with psycopg.connect(_address(worker_app()), autocommit=True, options=keepalive) as connection:
        connection.execute(f"SELECT pg_advisory_lock({_LOCK})", {"name": _name(job.id)})
        yield


def take_up_stalled(*, at: datetime) -> int:
    """Put jobs whose worker has died on the queue again, or give them up after their last attempt; returns how many."""
    silent = text(
        "SELECT j.id FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id "
        "WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - :silent) ORDER BY j.id"
    )
    stalled = db.session.scalars(silent, {"silent": SILENT}).all()
    return sum(_take_up(job_id, at=at) for job_id in stalled)


@act
def _take_up(job_id: int, *, at: datetime) -> bool:
    ((dead,),) = in_transaction(f"SELECT pg_try_advisory_xact_lock({_LOCK})", {"name": _name(job_id)})
    doing = text(_DOING)
    job = db.session.execute(doing, {"id": job_id}).one_or_none() if dead else None
    if job is None:
        return False
    name, arguments, attempts = job
    declared = queue.tasks.get(name)
    strategy = declared.retry_strategy if declared else None
    if isinstance(strategy, BackOff) and not strategy.over(attempts):
        log.warning("job %s (%s) is taken up again: its worker has died", job_id, name)
        options = {"retry_at": at, "new_priority": None, "new_queue_name": None, "new_lock": None}
        _call("retry_job", {"job_id": job_id} | options)
        _tell(arguments, "queued")
    else:
        log.error("job %s (%s) is given up: its worker died at attempt %s", job_id, name, attempts + 1)
        _give_up(declared.name if declared else name, arguments)
        _call("finish_job", {"job_id": job_id, "status": "failed", "delete_job": "progress_id" not in arguments})
    return True


def _call(name: str, values: dict[str, Any]) -> None:
    connection: Any = db.session.connection().connection.driver_connection
    connection.execute(_sql[name], values)


def _tell(arguments: dict[str, Any], state: str) -> None:
    if "progress_id" in arguments:
        Progress(arguments["progress_id"]).tell(state=state)


def _give_up(name: str, arguments: dict[str, Any]) -> None:
    _tell(arguments, "failed")
    told = _gave_up.get(name)
    if told is None:
        return
    named = {key: value for key, value in arguments.items() if key != "progress_id"}
    try:
        told(at=utcnow(), **named)
    except Exception:
        log.exception("nobody could be told that %s was given up", name)


def _name(job_id: int | None) -> str:
    return f"job:{job_id}"


def _address(app: Flask) -> str:
    address: str = app.config["SQLALCHEMY_DATABASE_URI"]
    return address.replace("postgresql+psycopg://", "postgresql://", 1)
