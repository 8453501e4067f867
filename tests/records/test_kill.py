"""Killing web processes and the database in the middle of writes: what was acknowledged is there, and no half batch.

A server of its own with every safety of PostgreSQL on; `LMS_KILL_ROUNDS=20` repeats the killing.
"""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from base64 import b64encode
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from lms.core.embedded import EmbeddedDatabase
from lms.core.guard import SYSTEM
from tests.conftest import NOW, _settings
from tests.ports import reserved_ports

ROUNDS = int(os.environ.get("LMS_KILL_ROUNDS", "1"))
BATCH = 7
CLIENTS = 3
ROOT = Path(__file__).parents[2]


class Writer(threading.Thread):
    """Sends batches as fast as it can, and remembers which were sent and which acknowledged."""

    def __init__(self, site: "Site") -> None:
        super().__init__(daemon=True)
        self.site = site
        self.sent: list[list[str]] = []
        self.acknowledged: list[list[str]] = []

    def run(self) -> None:
        while not self.site.ending.is_set():
            batch = [str(uuid4()) for _ in range(BATCH)]
            self.sent.append(batch)
            body = json.dumps(
                [
                    {
                        "id": one,
                        "actor": {"mbox": "mailto:a@example.vn"},
                        "verb": {"id": "http://e.vn/did"},
                        "object": {"id": "http://e.vn/a"},
                    }
                    for one in batch
                ]
            )
            with (
                suppress(OSError, http.client.HTTPException),
                closing(http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=20)) as connection,
            ):
                connection.request("POST", "/xapi/statements", body, self.site.headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status == 200:
                    self.acknowledged.append(batch)
                    self.site.progress()


class Site:
    """A database, a web server with two processes, and a key."""

    def __init__(self, folder: Path, port: int) -> None:
        self.database = EmbeddedDatabase(folder / "pg")
        self.url = self.database.url("lms")
        self.ending = threading.Event()
        self._news = threading.Condition()
        self._count = 0
        key, secret = self._prepare()
        self.headers = {
            "Authorization": "Basic " + b64encode(f"{key}:{secret}".encode()).decode(),
            "X-Experience-API-Version": "1.0.3",
            "Content-Type": "application/json",
        }
        self.port = port
        environment = os.environ | {
            "LMS_DEMO": "1",
            "LMS_DATABASE_URL": self.url,
            "LMS_INSTANCE": str(folder / "instance"),
            "LMS_LOG_LEVEL": "CRITICAL",
            "FLASK_APP": "wsgi",
            "LMS_HOST": "127.0.0.1",
            "LMS_PORT": str(self.port),
            "LMS_WEB_WORKERS": "2",
        }
        self.web = subprocess.Popen([sys.executable, "-m", "flask", "web"], env=environment, cwd=ROOT)

    def _prepare(self) -> tuple[str, str]:
        from flask_migrate import upgrade

        from lms import create_app
        from lms.core.database import db
        from lms.records.services import make_credential

        app = create_app(_settings(self.url))
        with app.app_context():
            upgrade()
            made, secret = make_credential(SYSTEM, name="kill", scopes=["all"], at=NOW)
            key = made.key
            db.session.remove()
            db.engine.dispose()
        return key, secret

    def progress(self) -> None:
        with self._news:
            self._count += 1
            self._news.notify_all()

    def wait_for(self, more: int) -> None:
        """Wait until so many further batches were acknowledged."""
        with self._news:
            goal = self._count + more
            assert self._news.wait_for(lambda: self._count >= goal, timeout=60), "the store takes nothing any more"

    def rows(self, sql: str) -> list[Any]:
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
            return connection.execute(sql).fetchall()

    def kill_web(self) -> None:
        """Kill a process that answers requests; the server starts another."""
        children = Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)

    def kill_database(self) -> None:
        """Kill a process of the database as it writes: PostgreSQL drops all sessions and recovers from its log."""
        working = self.rows(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() "
            "ORDER BY state = 'active' DESC, xact_start LIMIT 1"
        )
        os.kill(working[0][0], signal.SIGKILL)

    def stop(self) -> None:
        self.ending.set()
        self.web.terminate()
        self.web.wait(timeout=20)
        self.database.stop()


@pytest.fixture
def site(app):
    folder = Path(tempfile.mkdtemp(prefix="khue-kill-"))
    with reserved_ports(1) as (port,):
        running = Site(folder, port)
        yield running
        running.stop()
    shutil.rmtree(folder, ignore_errors=True)


def test_what_was_acknowledged_is_there_and_no_batch_is_half_there(site):
    writers = [Writer(site) for _ in range(CLIENTS)]
    for writer in writers:
        writer.start()
    site.wait_for(20)
    for _ in range(ROUNDS):
        site.kill_web()
        site.wait_for(15)
        site.kill_database()
        site.wait_for(15)
    site.ending.set()
    for writer in writers:
        writer.join(timeout=60)
    stored = {str(row[0]) for row in site.rows("SELECT id FROM statements")}
    lost = [batch for writer in writers for batch in writer.acknowledged if not stored.issuperset(batch)]
    half = [batch for writer in writers for batch in writer.sent if len(stored.intersection(batch)) not in (0, BATCH)]
    assert (lost, half) == ([], [])
    (mentions,) = site.rows(
        "SELECT count(*) FROM statements s WHERE (SELECT count(*) FROM statement_mentions m WHERE m.seq = s.seq) <> 5"
    )
    assert mentions == (0,)
    assert sum(len(writer.acknowledged) for writer in writers) >= 50
