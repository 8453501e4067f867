"""One PostgreSQL a run, one database a worker, a transaction with savepoints a test; nothing leaves the machine."""

import contextlib
import gc
import os
import re
import shutil
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from subprocess import SubprocessError
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import scoped_session, sessionmaker

from lms import create_app
from lms.core import database, jobs
from lms.core.config import Settings
from lms.core.database import db
from lms.core.embedded import EmbeddedDatabase
from lms.people.models import Account
from tests import template

# the same examples in every run; how long one takes is for the bench to say
hypothesis_settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis_settings.load_profile(os.environ.get("LMS_HYPOTHESIS", "repeatable"))  # "default" looks for new ones
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ARGS += ["--disable-component-update", "--disable-sync", "--hide-scrollbars", "--mute-audio"]
ARGS += ["--autoplay-policy=no-user-gesture-required"]


# -- browser tests ----------------------------------------------------------------------------------------------------


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put files into the order in which they run; mark browser tests, which without Chromium say that they did not run.

    What takes long comes first, then what has many tests.
    """
    count = Counter(item.path for item in items)
    long = {item.path for item in items if item.get_closest_marker("long")}
    files = sorted(count, key=lambda path: (path not in long, not _needs_browser(path), -count[path], str(path)))
    turn = {path: number for number, path in enumerate(files)}
    items.sort(key=lambda item: turn[item.path])
    for item in items:
        if not _needs_browser(item.path):
            continue
        item.add_marker(pytest.mark.browser)
        if CHROMIUM is None and not config.getoption("--require-browser"):
            item.add_marker(
                pytest.mark.skip(reason="BROWSER TESTS DID NOT RUN: no Chromium (make browser installs it)")
            )


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Collect without the garbage collector, which would go through thousands of tests again and again.

    What is there afterwards stays to the end and is never gone through; what tests leave is collected, less often.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 50)
        gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give a file's tests to one worker, so that what they share is made once; it takes one file after another.

    The first worker takes the browser's files as long as there are any, the others take them last: mostly one product
    and one Chromium serve the run, and what waits for a browser leaves the other core to what computes.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Files(LoadScopeScheduling):
        @cached_property
        def _number(self) -> dict[str, int]:
            return {nodeid: number for number, nodeid in enumerate(self.collection)}  # the same in all workers

        @cached_property
        def _one_file(self) -> bool:
            return len({nodeid.partition("::")[0] for nodeid in self.collection}) == 1

        def _split_scope(self, nodeid: str) -> str:
            return nodeid if self._one_file else nodeid.partition("::")[0]

        def _assign_work_unit(self, node: Any) -> None:
            first = node.gateway.id == "gw0"
            wanted = (name for name in self.workqueue if _needs_browser(Path(name.partition("::")[0])) == first)
            name = next(wanted, next(iter(self.workqueue)))
            unit = self.assigned_work[node][name] = self.workqueue.pop(name)
            node.send_runtest_some([self._number[nodeid] for nodeid, done in unit.items() if not done])

        def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
            nodeid = self.collection[item_index]
            name = self._split_scope(nodeid)
            unit = self.assigned_work[node][name]
            unit[nodeid] = True
            if all(unit.values()):
                del self.assigned_work[node][name]  # what is done is not counted again after each test
            self._reschedule(node)

    return Files(config, log)


def _needs_browser(path: Path) -> bool:
    return path.parent.name in ("e2e", "browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        pytest.fail("the browser tests were left out: no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield chromium
        chromium.close()


# -- the database of the run ------------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Start the database before the workers, on a copy of one migrated and loaded template."""
    config.option.loadscopereorder = False  # files run in the order of pytest_collection_modifyitems
    if hasattr(config, "workerinput") or os.environ.get("LMS_TEST_SERVER"):
        return
    folder = Path(tempfile.mkdtemp(prefix="khue-test-"))
    server = _start(folder)
    config.stash[_SERVER] = (server, folder)
    os.environ["LMS_TEST_SERVER"] = server.url("lms_template")
    os.environ["LMS_TEST_FOLDER"] = str(folder)


def _start(folder: Path) -> EmbeddedDatabase:
    cache, name = template.folder_of_cache(), template.key()
    known = template.take(folder, make_template, cache, name)
    try:
        return EmbeddedDatabase(folder / "pg")
    except SubprocessError:
        if not known:
            raise
    template.forget(cache, name)
    for part in template.PARTS:
        shutil.rmtree(folder / part, ignore_errors=True)
    template.take(folder, make_template, cache, name)
    return EmbeddedDatabase(folder / "pg")


def make_template(folder: Path) -> None:
    """Make a database with all tables and what every test may rely on: the repository's programmes and instruments."""
    from flask_migrate import upgrade

    from lms.console import setup

    settings = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 100")
    extra = "\n".join((*settings, "min_wal_size = 32MB", ""))
    server = EmbeddedDatabase(folder / "pg", extra=extra)
    try:
        app = create_app(_settings(server.url("lms_template"), LMS_INSTANCE=str(folder / "instance")))
        with app.app_context():
            upgrade()
            setup.load_repository(at=NOW)
            db.session.remove()
            db.engine.dispose()
    finally:
        server.stop()
    for name in ("log", ".handle_pids.json"):
        (folder / "pg" / name).unlink(missing_ok=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of our own."""
    parser.addoption("--update-table", action="store_true", help="write tests/security/routes.txt anew")
    parser.addoption("--pictures", action="store_true", help="take the documentation's pictures into docs/pictures")
    parser.addoption("--require-browser", action="store_true", help="fail when the browser tests cannot run")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the database and remove its data."""
    if _SERVER in config.stash:
        server, folder = config.stash[_SERVER]
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


_SERVER: pytest.StashKey[Any] = pytest.StashKey()


def _settings(url: str, **values: str) -> Settings:
    instance = values.get("LMS_INSTANCE") or str(_instance())
    given = {"LMS_DEMO": "1", "LMS_INSTANCE": instance, "LMS_DATABASE_URL": url, "LMS_LOG_LEVEL": "WARNING"}
    given["LMS_FORWARD_ALLOW"] = "127.0.0.1"  # where tests have another record store
    return Settings.from_environment(given | values)


def _instance() -> Path:
    """The folder of files and keys: that of the template, of which each worker has a copy of its own."""
    template = Path(os.environ["LMS_TEST_FOLDER"]) / "instance"
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    own = template if worker is None else template.with_name(f"instance-{worker}")
    if not own.exists() and template.exists():
        shutil.copytree(template, own)
    return own


def make_database(name: str, *, like: str = "lms_template") -> str:
    """Copy the template, or another database that nobody is connected with, into a new one and return its address."""
    server = os.environ["LMS_TEST_SERVER"]
    plain = server.replace("postgresql+psycopg://", "postgresql://", 1).replace("/lms_template", "/postgres")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")  # a template is copied by one at a time
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
    return server.replace("/lms_template", f"/{name}")


@pytest.fixture(scope="session")
def app() -> Iterator[Flask]:
    """The application on this worker's own database."""
    app = create_app(_settings(make_database(f"lms_{uuid.uuid4().hex[:12]}")))
    app.config |= {"TESTING": True}
    app.test_client_class = _Browser
    yield app
    with app.app_context():
        db.engine.dispose()
    database.disconnect()


class _Browser(FlaskClient):
    """Each request has an application context of its own, as in the product, although the test holds one too."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        with self.application.app_context():
            return super().open(*args, **kwargs)


class _OneConnection:
    """Stands in for the engine: what opens a connection of its own joins the test's transaction."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    @contextlib.contextmanager
    def begin(self) -> Iterator[Any]:
        with self.connection.begin_nested():
            yield self.connection

    connect = begin


class _OneCursor:
    """Stands in for a thread's own cursor and its connection: they join the test's transaction."""

    def __init__(self, session_connection: Any) -> None:
        self.session_connection = session_connection
        self.connection = self

    def transaction(self) -> Any:
        return self.session_connection.begin_nested()

    def execute(self, sql: str, values: Any, *, prepare: bool | None = None) -> Any:
        try:
            with self.transaction():
                return self.session_connection.exec_driver_sql(sql, dict(values))
        except DBAPIError as error:
            raise error.orig from None


@pytest.fixture
def session(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The database session within a transaction that is rolled back after the test."""
    jobs.init_app(app)  # another test may have made another application since
    with app.app_context():
        connection = db.engine.connect()
        outer = connection.begin()
        factory = sessionmaker(
            bind=connection, join_transaction_mode="create_savepoint", autoflush=True, expire_on_commit=False
        )
        own = scoped_session(factory)
        own.remove = own.rollback  # type: ignore[method-assign] # a request's end forgets what it did not commit
        monkeypatch.setattr(db, "session", own)
        monkeypatch.setattr(type(db), "engine", property(lambda _self: _OneConnection(connection)))
        monkeypatch.setattr(database, "cursor", lambda: _OneCursor(connection))
        yield own
        own().close()
        outer.rollback()
        connection.close()


@pytest.fixture
def client(app: Flask, session: Any) -> FlaskClient:
    """A browser without scripts; CSRF is checked as in the product (see ``submit``)."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, session: Any) -> Callable[..., FlaskClient]:
    """``sign_in(account)`` returns a client whose browser is signed in as this account."""
    from lms.people.sessions import open_session

    def make(account: Account) -> FlaskClient:
        from lms.core.database import utcnow

        client = app.test_client()
        _, token = open_session(account.id, at=utcnow(), user_agent="test", address=None)
        session.commit()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return client

    return make


@pytest.fixture
def submit() -> Callable[..., Any]:
    """``submit(client, url, data)`` opens the page, takes its CSRF token and posts the form, as a browser does."""

    def post(
        client: FlaskClient, url: str, data: dict[str, Any] | None = None, *, page: str | None = None, **kw: Any
    ) -> Any:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page or url).get_data(as_text=True))
        token = {"csrf_token": found.group(1)} if found else {}
        return client.post(url, data=token | (data or {}), **kw)

    return post


@pytest.fixture
def queries(session: Any) -> Iterator[list[str]]:
    """The SQL statements sent so far; clear the list, act, count."""
    seen: list[str] = []
    bind = session.get_bind()

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(statement)

    event.listen(bind, "before_cursor_execute", note)
    yield seen
    event.remove(bind, "before_cursor_execute", note)


@pytest.fixture
def run_jobs(session: Any) -> Callable[[], int]:
    """``run_jobs()`` does what the worker would do with every queued job, and returns how many there were."""

    def run() -> int:
        rows = session.execute(
            text("SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        ).all()
        for job_id, name, args in rows:
            session.execute(text("DELETE FROM procrastinate_jobs WHERE id = :id"), {"id": job_id})
            session.commit()
            jobs.queue.tasks[name].func(**args)
        return len(rows)

    return run
