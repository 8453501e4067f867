"""Running the product on one machine: database, web and worker under one roof, all stopped together."""

import gc
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from ipaddress import ip_address
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from lms.core import jobs
from lms.core.config import Settings
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


def address_of(host: str) -> str:
    """Return the IP address to listen at: granian takes no names.

    :raises ServingError: there is no such host.
    """
    with suppress(ValueError):
        return str(ip_address(host))
    try:
        return socket.gethostbyname(host)
    except OSError as error:
        raise ServingError(f"LMS_HOST={host} is no address of this machine ({error.strerror})") from None


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
    """The web server, that of the content origin, and the worker: started, watched and stopped together.

    All are forked from this process, which has imported the application already, so that a start takes one import.
    """

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.children: dict[str, BaseProcess] = {}
        self.stopping = False

    def start(self) -> None:
        """Start all and wait until the web server answers.

        :raises ServingError: a process ended at once, or no answer came within 60 seconds.
        """
        self._fork("web", self._serve)
        if self.settings.content_url is not None:
            self._fork("content", self._serve_content)
        self._fork("worker", self._work)
        self._wait_for_answer()

    def watch(self) -> int:
        """Wait until a signal or the end of a child; returns the exit status."""
        while not self.stopping:
            for name, child in self.children.items():
                if not child.is_alive():
                    print(f"The {name} process ended with status {child.exitcode}; stopping.", file=sys.stderr)  # noqa: T201
                    return 1
            time.sleep(0.2)
        return 0

    def stop(self) -> None:
        """Ask all children to end, then make them."""
        for child in self.children.values():
            child.terminate()
        for child in self.children.values():
            child.join(timeout=12)
            if child.is_alive() and child.pid:
                os.killpg(child.pid, signal.SIGKILL)
                child.join()

    def _fork(self, name: str, run: Callable[[], None]) -> None:
        def child() -> None:
            os.setsid()  # Ctrl-C reaches the parent only, which stops the children in order
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            run()

        self.children[name] = get_context("fork").Process(target=child, name=name)
        self.children[name].start()

    def _serve(self) -> None:
        WebServer(self.app, self.settings).run()

    def _serve_content(self) -> None:
        content_server(self.app, self.settings).run()

    def _work(self) -> None:
        jobs.run_worker(self.app)

    def _wait_for_answer(self) -> None:
        url = f"http://{self.settings.host}:{self.settings.port}/healthz"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not self.stopping:
            if not all(child.is_alive() for child in self.children.values()):
                raise ServingError("A process ended while starting; see the messages above.")
            try:
                with urllib.request.urlopen(url, timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        if not self.stopping:
            raise ServingError(f"No answer from {url} within 60 seconds.")


def content_server(app: Flask, settings: Settings) -> "WebServer":
    """Return the server of the content origin."""
    return WebServer(app.extensions["content"], settings, port=settings.content_port)


class WebServer(Granian):  # type: ignore[misc, valid-type]
    """Granian around an application that exists already: its workers are forked from this process."""

    def __init__(self, app: Flask, settings: Settings, *, port: int | None = None) -> None:
        self.app = app
        super().__init__(
            "lms",
            address=address_of(settings.host),
            port=port or settings.port,
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,
            workers=settings.web_workers,
            blocking_threads=settings.web_threads,
            respawn_failed_workers=True,
            workers_kill_timeout=10,
            log_level=LogLevels.error,
        )

    def run(self) -> None:
        """Serve until a signal comes."""
        gc.collect()
        gc.freeze()  # what was imported is never looked through again, nor copied for the workers
        gc.set_threshold(20_000, 20, 20)  # a request makes a few thousand objects: collected between, not within
        self.serve(target_loader=lambda: self.app, wrap_loader=False)

    def _respawn_workers(self, *args: Any, **kwargs: Any) -> None:
        """Start workers anew, however often they were killed; Granian would give up at the second time in a row."""
        super()._respawn_workers(*args, **kwargs)
        self.respawned_wrks.clear()
