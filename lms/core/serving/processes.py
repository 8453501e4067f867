"""Running the product on one machine: database, web and worker under one roof, kept alive and stopped together."""

import ctypes
import gc
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

from flask import Flask
from sqlalchemy.orm import configure_mappers

from lms.core import jobs
from lms.core.config import Settings
from lms.core.embedded import EmbeddedDatabase
from lms.core.serving.server import ServingError, WebServer, content_server

STEADY = 60.0
"""Seconds after which a process that was started anew counts as well again."""
LONGEST_PAUSE = 30.0
LOOK_EVERY = 0.2
_ARENA_MAX = -8
"""Of glibc's ``mallopt``: in how many pools threads allocate; each pool keeps what its busiest moment took."""
LOOK_AT_DATABASE_EVERY = 1.0


@contextmanager
def database(settings: Settings) -> Iterator[tuple[Settings, EmbeddedDatabase | None]]:
    """Give settings with a database address: the configured one, or that of the embedded server while it is needed."""
    if settings.database_url:
        yield settings, None
        return
    embedded = EmbeddedDatabase(settings.instance / "postgresql")
    try:
        yield replace(settings, database_url=embedded.url()), embedded
    finally:
        embedded.stop()


@dataclass
class Pause:
    """How long to wait before something that failed is tried again: twice as long each time, up to a limit."""

    seconds: float = LOOK_EVERY
    until: float = 0.0
    since: float = field(default_factory=time.monotonic)

    def failed(self, now: float) -> None:
        """Note a failure; after a steady time it is a first one."""
        self.seconds = LOOK_EVERY if now - self.since > STEADY else min(self.seconds * 2, LONGEST_PAUSE)
        self.until = now + self.seconds

    def tried(self, now: float) -> None:
        """Note that it was started."""
        self.since, self.until = now, 0.0


@dataclass
class Child:
    """A process of the product: what it runs, and how it fares."""

    name: str
    run: Callable[[], None]
    process: BaseProcess
    pause: Pause = field(default_factory=Pause)


class Processes:
    """The web server, that of the content origin, and the worker: started, kept alive and stopped together.

    All are forked from this process, which has imported the application already, so that a start takes one import.
    """

    def __init__(self, app: Flask, settings: Settings, embedded: EmbeddedDatabase | None = None) -> None:
        """Prepare to run; ``embedded`` is the database server that is kept alive too."""
        self.app = app
        self.settings = settings
        self.embedded = embedded
        self.children: list[Child] = []
        self.stopping = False
        self._database_pause = Pause()
        self._database_seen = 0.0

    def start(self) -> None:
        """Start all and wait until the web server answers.

        :raises ServingError: a process ended at once, or no answer came within 60 seconds.
        """
        _share()
        self._add("web", lambda: WebServer(self.app, self.settings).run())
        if self.settings.content_url is not None:
            self._add("content", lambda: content_server(self.app, self.settings).run())
        self._add("worker", lambda: jobs.run_worker(self.app))
        self._wait_for_answer()

    def watch(self) -> None:
        """Start anew whatever ends, until a signal comes."""
        while not self.stopping:
            now = time.monotonic()
            if self.embedded is not None and now - self._database_seen > LOOK_AT_DATABASE_EVERY:
                self._database_seen = now
                self._keep_database(self.embedded, now)
            for child in self.children:
                self._keep(child, now)
            time.sleep(LOOK_EVERY)

    def stop(self) -> None:
        """Ask all children to end, then make them."""
        for child in self.children:
            child.process.terminate()
        for child in self.children:
            child.process.join(timeout=12)
            if child.process.is_alive() and child.process.pid:
                os.killpg(child.process.pid, signal.SIGKILL)
                child.process.join()

    def _keep(self, child: Child, now: float) -> None:
        if child.process.is_alive():
            return
        if not child.pause.until:
            child.pause.failed(now)
            _tell(
                f"The {child.name} process ended with status {child.process.exitcode}; "
                f"starting it anew in {child.pause.seconds:.1f} s."
            )
            _end_group(child.process)
        if now >= child.pause.until:
            child.process = _fork(child.name, child.run)
            child.pause.tried(now)

    def _keep_database(self, embedded: EmbeddedDatabase, now: float) -> None:
        if embedded.answers() or now < self._database_pause.until:
            return
        self._database_pause.failed(now)
        _tell("The database server does not answer; starting it anew.")
        try:
            embedded.revive()
        except Exception as error:  # noqa: BLE001 - it is tried again
            _tell(f"The database server did not start ({type(error).__name__}).")
        else:
            self._database_pause.since = now

    def _add(self, name: str, run: Callable[[], None]) -> None:
        self.children.append(Child(name, run, _fork(name, run)))

    def _wait_for_answer(self) -> None:
        url = f"http://{self.settings.host}:{self.settings.port}/healthz"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not self.stopping:
            if not all(child.process.is_alive() for child in self.children):
                raise ServingError("A process ended while starting; see the messages above.")
            try:
                with urllib.request.urlopen(url, timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        if not self.stopping:
            raise ServingError(f"No answer from {url} within 60 seconds.")


def _share() -> None:
    """Make now what every process would make for itself, and keep the collector off it, so that it is there once."""
    configure_mappers()
    with suppress(AttributeError, OSError):  # another C library has no such pools
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)
    gc.collect()
    gc.freeze()


def _fork(name: str, run: Callable[[], None]) -> BaseProcess:
    def child() -> None:
        os.setsid()  # Ctrl-C reaches the parent only, which stops the children in order
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        run()

    process = get_context("fork").Process(target=child, name=name)
    process.start()
    return process


def _end_group(process: BaseProcess) -> None:
    """End what a dead process left behind, such as the workers of a web server that was killed."""
    try:
        os.killpg(process.pid or 0, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)  # noqa: T201
