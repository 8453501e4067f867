"""The product on a database and in a folder of its own, for the time of a measurement; and servers for it."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from lms import create_app
from lms.console import setup
from lms.core.config import ROOT, Settings
from lms.core.database import db, utcnow
from lms.core.embedded import EmbeddedDatabase
from lms.core.serving import check_port
from tests.ports import own_ports

WORKERS, THREADS = os.environ.get("LMS_WEB_WORKERS", "4"), os.environ.get("LMS_WEB_THREADS", "4")
HOST = "127.0.0.1"
PORT, FLOOR_PORT, FAIR_PORT = own_ports(3)


class Product:
    """A product that is measured.

    :ivar env: the environment in which its servers run
    """

    def __init__(self, app: Flask, server: EmbeddedDatabase, env: dict[str, str]) -> None:
        self.app, self.server, self.env = app, server, env
        self.processes: list[subprocess.Popen[bytes]] = []

    @property
    def url(self) -> str:
        """Its database, as psycopg takes it."""
        return self.server.url("lms").replace("+psycopg", "")

    def serve(self, application: str = "wsgi:app", port: int = PORT, ready: str = "healthz") -> None:
        """Serve it, or a floor beside it, until the measurement ends."""
        self.processes.append(serve(application, port, self.env, ready))

    def serve_as_installed(self, port: int) -> None:
        """Serve it by ``flask web``, which replaces workers that die."""
        env = self.env | {"LMS_HOST": HOST, "LMS_PORT": str(port), "FLASK_APP": "wsgi"}
        web = subprocess.Popen([str(Path(sys.executable).parent / "flask"), "web"], cwd=ROOT, env=env)
        self.processes.append(ready(web, f"http://{HOST}:{port}/healthz"))

    def stop(self) -> None:
        """Stop its servers."""
        for process in self.processes:
            process.terminate()
            process.wait()
        self.processes.clear()


@contextmanager
def own_product() -> Iterator[Product]:
    """Give a product with the programmes of the repository and nobody in it; within, its application's context stands."""
    folder = Path(tempfile.mkdtemp(prefix="khue-bench-"))
    server = EmbeddedDatabase(folder / "pg")
    product: Product | None = None
    try:
        values = os.environ | {"LMS_DEMO": "1", "LMS_INSTANCE": str(folder / "instance"), "LMS_LOG_LEVEL": "WARNING"}
        values["LMS_DATABASE_URL"] = server.url("lms")
        product = Product(create_app(Settings.from_environment(values)), server, values)
        with product.app.app_context():
            upgrade()
            setup.load_repository(at=utcnow())
            yield product
            db.session.remove()
            db.engine.dispose()
    finally:
        if product is not None:
            product.stop()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def serve(application: str, port: int, env: dict[str, str], path: str = "healthz") -> subprocess.Popen[bytes]:
    """Start a server as the product is served, and wait until it answers.

    :raises ServingError: something else listens there; granian would share the port with it and say nothing
    """
    check_port(HOST, port)
    command = [sys.executable, "-m", "tests.bench.served", application]
    own = env | {"LMS_HOST": HOST, "LMS_PORT": str(port), "LMS_WEB_WORKERS": WORKERS, "LMS_WEB_THREADS": THREADS}
    return ready(subprocess.Popen(command, cwd=ROOT, env=own), f"http://{HOST}:{port}/{path}")


def ready(process: subprocess.Popen[bytes], url: str) -> subprocess.Popen[bytes]:
    """Return the process once it answers at this address."""
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=2).read()
            return process
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise RuntimeError(f"nothing answers at {url}")
