"""Running the product on one machine: database, web and worker under one roof, all stopped together."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from lms.core.config import ROOT, Settings
from lms.core.embedded import EmbeddedDatabase


class ServingError(RuntimeError):
    """The product cannot be started; the message says why and what to do."""


@contextmanager
def database(settings: Settings) -> Iterator[Settings]:
    """Give settings with a database address: the configured one, or that of the embedded server while it is needed."""
    if settings.database_url:
        yield settings
        return
    embedded = EmbeddedDatabase(settings.instance / "postgresql")
    try:
        yield replace(settings, database_url=embedded.url())
    finally:
        embedded.stop()


def check_port(host: str, port: int) -> None:
    """Make sure that the port is free.

    :raises ServingError: something listens there already.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServingError(
                f"Port {port} on {host} is taken ({error.strerror}). Choose another: LMS_PORT={port + 1} make serve"
            ) from None


class Processes:
    """The web server and the worker: started together, watched together, stopped together."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = False

    def start(self) -> None:
        """Start both and wait until the web server answers.

        :raises ServingError: a process ended at once, or no answer came within 60 seconds.
        """
        settings = self.settings
        env = os.environ | {
            "LMS_DATABASE_URL": str(settings.database_url),
            "FLASK_APP": "wsgi",
            "PYTHONUNBUFFERED": "1",
        }
        folder = Path(sys.executable).parent
        web = [str(folder / "gunicorn"), "wsgi:app", "--preload", "--worker-class", "gthread"]
        web += ["--workers", str(settings.web_workers), "--threads", str(settings.web_threads)]
        web += ["--bind", f"{settings.host}:{settings.port}", "--log-level", "warning", "--no-control-socket"]
        web += ["--graceful-timeout", "10", "--keep-alive", "30", "--worker-tmp-dir", _shared_memory()]
        self._spawn("web", web, env)
        self._spawn("worker", [str(folder / "flask"), "worker"], env)
        self._wait_for_answer()

    def watch(self) -> int:
        """Wait until a signal or the end of a child; returns the exit status."""
        while not self.stopping:
            for name, child in self.children.items():
                if child.poll() is not None:
                    print(f"The {name} process ended with status {child.returncode}; stopping.", file=sys.stderr)  # noqa: T201
                    return 1
            time.sleep(0.2)
        return 0

    def stop(self) -> None:
        """Ask all children to end, then make them."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        for child in self.children.values():
            try:
                child.wait(timeout=12)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()

    def _spawn(self, name: str, command: list[str], env: dict[str, str]) -> None:
        self.children[name] = subprocess.Popen(command, env=env, cwd=ROOT, start_new_session=True)  # noqa: S603

    def _wait_for_answer(self) -> None:
        url = f"http://{self.settings.host}:{self.settings.port}/healthz"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not self.stopping:
            if any(child.poll() is not None for child in self.children.values()):
                raise ServingError("A process ended while starting; see the messages above.")
            try:
                with urllib.request.urlopen(url, timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        if not self.stopping:
            raise ServingError(f"No answer from {url} within 60 seconds.")


def _shared_memory() -> str:
    return "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp"  # noqa: S108 - gunicorn's heartbeat files
