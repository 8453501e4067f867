"""The web server: granian around an application that exists already, by way of the bridge."""

import gc
import resource
import socket
from contextlib import suppress
from ipaddress import ip_address
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from lms.core import admission
from lms.core.config import Settings
from lms.core.connections import limit_statements
from lms.core.serving.bodies import BodyRules
from lms.core.serving.bridge import Application, Bridge

CONNECTIONS = 8192
"""Connections that one process keeps open, most of them idle; each takes a file descriptor and some 20 kB."""
BACKLOG = 4096
"""Connections that the kernel holds for us in a rush; it may be told to hold fewer (net.core.somaxconn)."""
HEAD_WITHIN = 15_000
"""Milliseconds within which a request's head must have come."""


class ServingError(RuntimeError):
    """The product cannot be started; the message says why and what to do."""


class WebServer(Granian):  # type: ignore[misc, valid-type]
    """Granian around an application that exists already: its workers are forked from this process."""

    def __init__(self, application: Application, settings: Settings, *, port: int | None = None) -> None:
        """Prepare to serve; nothing listens yet."""
        self.bridge = Bridge(
            application,
            threads=settings.web_threads,
            admit=admission.ask(application),
            trusted_proxies=settings.trusted_proxies,
            rules=BodyRules(),
        )
        self.statement_seconds = settings.statement_timeout
        super().__init__(
            "lms",
            address=address_of(settings.host),
            port=port or settings.port,
            interface=Interfaces.RSGI,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=HEAD_WITHIN),
            workers=settings.web_workers,
            backlog=BACKLOG,
            backpressure=CONNECTIONS,
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=10,
            log_level=LogLevels.error,
        )

    def run(self) -> None:
        """Serve until a signal comes."""
        limit_statements(self.statement_seconds)
        _allow_files()
        gc.collect()
        gc.freeze()  # what was imported is never looked through again, nor copied for the workers
        gc.set_threshold(20_000, 20, 20)  # a request makes a few thousand objects: collected between, not within
        self.serve(target_loader=lambda: self.bridge, wrap_loader=False)

    def _respawn_workers(self, *args: Any, **kwargs: Any) -> None:
        """Start workers anew, however often they were killed; Granian would give up at the second time in a row."""
        super()._respawn_workers(*args, **kwargs)
        self.respawned_wrks.clear()


def content_server(app: Flask, settings: Settings) -> WebServer:
    """Return the server of the content origin."""
    return WebServer(app.extensions["content"], settings, port=settings.content_port)


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
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServingError(
                f"Port {port} on {host} is taken ({error.strerror}). Choose another: LMS_PORT={port + 1} make serve"
            ) from None


def _allow_files() -> None:
    """Let this process and its workers open as many files as they keep connections, where the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + 1024
    if soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard) if hard > 0 else wanted, hard))
