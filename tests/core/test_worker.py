"""Real worker processes: every task runs in one, jobs enqueue jobs, and what a killed worker left is taken up."""

import base64
import inspect
import io
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask

from lms import create_app
from lms.core import jobs
from lms.core.database import act, db, utcnow
from lms.core.guard import SYSTEM
from lms.library.models import Upload
from lms.library.services import uploads
from tests import factories
from tests.conftest import _instance, _settings, make_database

ROOT = Path(__file__).parents[2]
PATIENCE = 60
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
SMALL_WORKER = """
from lms import create_app
from lms.core import jobs
from tests.core.test_worker import enqueue_all
@jobs.task("test.enqueue_all")
def all_of_them(progress):
    enqueue_all()
app = create_app()
jobs.run_worker(app)
"""


class House:
    """A database of its own, the application on it, and workers."""

    def __init__(self) -> None:
        url = make_database(f"lms_{uuid.uuid4().hex[:12]}")
        self.plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self.app: Flask = create_app(_settings(url))
        self.workers: list[subprocess.Popen[bytes]] = []
        self.environment = os.environ | {
            "LMS_DEMO": "1",
            "LMS_DATABASE_URL": url,
            "LMS_INSTANCE": str(_instance()),
            "LMS_LOG_LEVEL": "ERROR",
            "FLASK_APP": "wsgi",
        }

    def worker(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a worker."""
        self.workers.append(
            subprocess.Popen([sys.executable, *(command or ("-m", "flask", "worker"))], env=self.environment, cwd=ROOT)
        )
        return self.workers[-1]

    def ask(self, sql: str, *values: Any) -> Any:
        """Run SQL on a connection of its own and return the first column of its first row."""
        with psycopg.connect(self.plain, autocommit=True) as connection:
            cursor = connection.execute(sql, values)
            row = cursor.fetchone() if cursor.description else None
        return row and row[0]

    def wait(self, sql: str, *values: Any) -> None:
        """Wait until the database says yes."""
        end = time.monotonic() + PATIENCE
        while not self.ask(sql, *values):
            assert time.monotonic() < end, sql
            assert self.workers[-1].poll() is None, "the worker has ended"
            time.sleep(0.05)

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """Kill a worker in the middle of its work, and let the time pass after which it is missed."""
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        self.ask("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
        self.wait_free()

    def wait_free(self) -> None:
        """Wait until the backends of killed workers have gone."""
        end = time.monotonic() + PATIENCE
        while self.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1"):
            assert time.monotonic() < end
            time.sleep(0.05)

    def end(self) -> None:
        """Stop what was started."""
        for worker in self.workers:
            if worker.poll() is None:
                worker.kill()
                worker.wait()
        with self.app.app_context():
            db.engine.dispose()


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    yield made
    made.end()


@pytest.fixture
def arrived(house: House) -> uuid.UUID:
    """A picture that has arrived and waits to be checked."""
    with house.app.app_context():
        unit = factories.institution()
        db.session.commit()
        begun = uploads.begin(SYSTEM, unit.id, filename="a.png", size=len(PNG), at=utcnow())
        uploads.receive(SYSTEM, begun.id, 0, io.BytesIO(PNG), len(PNG), at=utcnow())
        return begun.id


@contextmanager
def holding(house: House, upload_id: uuid.UUID) -> Iterator[None]:
    """Let whoever works at an upload stop in the middle."""
    with psycopg.connect(house.plain) as connection:
        connection.execute("SELECT FROM uploads WHERE id = %s FOR UPDATE", (upload_id,))
        yield
        connection.rollback()


IN_THE_MIDDLE = (
    "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'doing' AND task_name = 'library.take_in') AND "
    "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
)

NOTHING_ELSE = (
    "SELECT NOT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name <> 'library.take_in' "
    "AND (status = 'doing' OR status = 'todo' AND coalesce(scheduled_at, now()) <= now()))"
)


def test_the_job_of_a_killed_worker_is_taken_up_by_the_next(house: House, arrived: uuid.UUID) -> None:
    with holding(house, arrived):
        worker = house.worker()
        house.wait(IN_THE_MIDDLE)
        house.kill(worker)
    house.worker()
    house.wait("SELECT state = 'taken' FROM uploads WHERE id = %s", arrived)
    house.wait("SELECT job_progress.state = 'done' FROM job_progress JOIN uploads ON job_id = job_progress.id")
    assert house.ask("SELECT count(*) FROM package_versions") == 1
    house.wait("SELECT NOT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name = 'core.remove_pieces')")


def test_a_job_that_kills_its_workers_is_given_up_and_its_owner_is_told(house: House, arrived: uuid.UUID) -> None:
    house.ask("UPDATE procrastinate_jobs SET attempts = 3 WHERE task_name = 'library.take_in'")
    with holding(house, arrived):
        worker = house.worker()
        house.wait(IN_THE_MIDDLE)
        house.kill(worker)
    house.worker()
    house.wait("SELECT state = 'broken_off' FROM uploads WHERE id = %s", arrived)
    house.wait("SELECT status = 'failed' FROM procrastinate_jobs WHERE task_name = 'library.take_in'")
    assert house.ask("SELECT job_progress.state FROM job_progress JOIN uploads ON job_id = job_progress.id") == "failed"
    with house.app.app_context():
        assert uploads.used_by(db.session.get_one(Upload, arrived).institution_id) == 0


def test_a_living_worker_keeps_its_job_however_busy_it_is(house: House, arrived: uuid.UUID) -> None:
    with holding(house, arrived):
        house.worker()
        house.wait(IN_THE_MIDDLE)
        house.wait(NOTHING_ELSE)  # what runs each minute has no time to be caught between its end and its lock's
        house.ask("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
        with house.app.app_context():
            assert jobs.take_up_stalled(at=utcnow()) == 0
    house.wait("SELECT state = 'taken' FROM uploads WHERE id = %s", arrived)


def test_a_job_that_fails_is_tried_again_later(house: House, arrived: uuid.UUID) -> None:
    house.ask("DELETE FROM upload_pieces")
    house.ask("INSERT INTO upload_pieces (upload_id, start, size, name) VALUES (%s, 0, 9, 'nowhere/0')", arrived)
    house.worker()
    house.wait(
        "SELECT status = 'todo' AND attempts = 1 AND scheduled_at > now() "
        "FROM procrastinate_jobs WHERE task_name = 'library.take_in'"
    )
    assert house.ask("SELECT job_progress.state FROM job_progress JOIN uploads ON job_id = job_progress.id") == "queued"
    house.ask("UPDATE procrastinate_jobs SET attempts = 3, scheduled_at = now() WHERE task_name = 'library.take_in'")
    house.wait("SELECT state = 'broken_off' FROM uploads WHERE id = %s", arrived)


# -- every task, from everywhere ---------------------------------------------------------------------------------------


def harmless(function: Callable[..., Any]) -> dict[str, Any]:
    """Arguments of a task that name nothing that exists."""
    given: dict[str, Any] = {}
    for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
        if parameter.default is not parameter.empty:
            continue
        if name.endswith("_id") or name == "folder":
            given[name] = str(uuid.UUID(int=0))
        elif name == "sha256s":
            given[name] = ["0" * 64]
        else:
            given[name] = {"sha256": "0" * 64, "filename": "a.csv", "year": 1900, "due_on": "1900-01-01"}[name]
    return given


def tasks() -> dict[str, Any]:
    """The tasks that are enqueued, by name."""
    own = {task.name: task for task in jobs.queue.tasks.values() if task.queue == "default"}
    periodic = {key[0] for key in jobs.queue.periodic_registry.periodic_tasks}
    return {name: task for name, task in own.items() if name not in periodic and not name.startswith("test.")}


@act
def enqueue_all() -> None:
    """Put every task on the queue once."""
    for task in tasks().values():
        jobs.enqueue(task, SYSTEM, at=utcnow(), **harmless(task.func.__wrapped__))


def test_every_task_runs_in_a_worker_whoever_enqueues_it(house: House) -> None:
    with house.app.app_context():
        enqueue_all()
        db.session.remove()
    command = "from lms import create_app; from tests.core.test_worker import enqueue_all\n"
    command += "app = create_app(); app.cli.command('all')(enqueue_all)\n"
    command += "assert app.test_cli_runner().invoke(args=['all'], catch_exceptions=False).exit_code == 0"
    subprocess.run([sys.executable, "-c", command], env=house.environment, cwd=ROOT, check=True, timeout=PATIENCE)
    assert house.ask("SELECT count(*) FROM procrastinate_jobs") == 2 * len(tasks())
    house.ask(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args) "
        "VALUES ('default', 'test.enqueue_all', jsonb_build_object('progress_id', gen_random_uuid()))"
    )
    house.worker("-c", SMALL_WORKER)
    house.wait("SELECT NOT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'todo' OR status = 'doing')")
    unwell = house.ask("SELECT string_agg(DISTINCT kind, ', ') FROM job_progress WHERE state NOT IN ('done', 'failed')")
    assert unwell is None
    assert house.ask("SELECT min(n) FROM (SELECT count(*) AS n FROM job_progress GROUP BY kind) AS k") == 3
    broken = house.ask("SELECT string_agg(DISTINCT kind, ', ') FROM job_progress WHERE state = 'failed'")
    assert broken is None, f"a task does not look whether there is still something to do: {broken}"


def test_every_periodic_task_runs_in_a_worker(house: House) -> None:
    names = sorted({key[0] for key in jobs.queue.periodic_registry.periodic_tasks})
    assert names == [
        "classes.begin", "core.sort_keys", "core.take_up_stalled", "core.tidy", "learning.results", "library.tidy",
        "records.forward", "surveys.tidy",
    ]  # fmt: skip
    for name in names:
        house.ask(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', %s, '{\"timestamp\": 0}')",
            name,
        )
    house.worker()
    house.wait("SELECT NOT EXISTS (SELECT FROM procrastinate_jobs WHERE status IN ('todo', 'doing'))")
    assert house.ask("SELECT string_agg(task_name, ', ') FROM procrastinate_jobs WHERE status = 'failed'") is None
