"""A whole product of its own, as ``make serve`` starts it, to be broken: loopback only, each fault bounded."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from lms import create_app
from lms.core.config import ROOT, Settings
from lms.core.database import db, utcnow
from tests.ports import own_ports

PATIENCE = 60


def until(test: Callable[[], Any], what: str) -> Any:
    """Return the first true answer.

    :raises AssertionError: there was none in a minute.
    """
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        answer = test()
        if answer:
            return answer
        threading.Event().wait(0.1)
    raise AssertionError(f"not within {PATIENCE} s: {what}")


class Site:
    """The product, its database and what answers."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.instance = folder / "instance"
        self.port, content_port = own_ports(2)
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")} | {
            "LMS_INSTANCE": str(self.instance),
            "LMS_SECRET_KEY": "for-the-tests-of-faults-only-0123456789",
            "LMS_HOST": "127.0.0.1",
            "LMS_PORT": str(self.port),
            "LMS_CONTENT_URL": f"http://content.localhost:{content_port}",
            "LMS_CONTENT_PORT": str(content_port),
            "LMS_WEB_WORKERS": "2",
            "LMS_WEB_THREADS": "2",
            "LMS_LOG_LEVEL": "WARNING",
            "FLASK_APP": "wsgi",
        }
        self.env |= settings
        self.said = (folder / "said.txt").open("w+")
        flask = str(Path(sys.executable).parent / "flask")
        self.process = subprocess.Popen([flask, "serve"], cwd=ROOT, env=self.env, stdout=self.said, stderr=self.said)
        until(lambda: self.process.poll() is not None or self.status() == 200, "the product answers")
        assert self.process.poll() is None, self.words()

    def words(self) -> str:
        """Return what the product printed."""
        self.said.seek(0)
        return self.said.read()

    def get(self, path: str = "/programmes", cookie: str = "") -> tuple[int, dict[str, str]]:
        """Return status and headers of a page; status 0 where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            answer.read()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}
        except (OSError, http.client.HTTPException):
            return 0, {}
        finally:
            connection.close()

    def status(self) -> int:
        return self.get()[0]

    @property
    def postmaster(self) -> psutil.Process:
        return psutil.Process(int((self.instance / "postgresql" / "postmaster.pid").read_text().split()[0]))

    @contextlib.contextmanager
    def application(self) -> Iterator[Any]:
        """The application's context on the product's database."""
        folder = self.instance / "postgresql"
        where = next(line for line in (folder / "postmaster.pid").read_text().splitlines()[4:5])
        values = self.env | {"LMS_DATABASE_URL": f"postgresql+psycopg://postgres@/lms?host={where}"}
        app = create_app(Settings.from_environment(values))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()

    def signed_in(self) -> str:
        """Return the cookie of somebody who has signed in."""
        from lms.people.sessions import open_session
        from tests import factories

        with self.application() as app:
            account = factories.account()
            _, token = open_session(account.id, at=utcnow(), user_agent="test", address=None)
            db.session.commit()
            signed = app.session_interface.get_signing_serializer(app).dumps({"_user_id": token, "_fresh": True})
        return f"__Host-khue={signed}"

    def key(self) -> dict[str, str]:
        """Return the headers of a program that may store statements."""
        from lms.core.guard import SYSTEM
        from lms.records.services import make_credential

        with self.application():
            made, secret = make_credential(SYSTEM, name="test", scopes=["all"], at=utcnow())
        given = b64encode(f"{made.key}:{secret}".encode()).decode()
        return {"Authorization": f"Basic {given}", "X-Experience-API-Version": "1.0.3"}

    def open_slowly(self, count: int, path: str = "/account/sign-in") -> list[socket.socket]:
        """Open connections that send a few bytes of a form, and then nothing."""
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n"
        senders = []
        for _ in range(count):
            sender = socket.create_connection(("127.0.0.1", self.port), timeout=30)
            sender.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\nabc".encode())
            senders.append(sender)
        return senders

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The running product."""
    with running() as made:
        yield made


@contextlib.contextmanager
def running(**settings: str) -> Iterator[Site]:
    """A product with settings of its own, stopped in the end."""
    folder = Path(tempfile.mkdtemp(prefix="khue-faults-"))
    made = Site(folder, **settings)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.stop()
        made.said.close()
        shutil.rmtree(folder, ignore_errors=True)
