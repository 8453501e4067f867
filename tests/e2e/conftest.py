"""Browser tests: the product as a process of its own on the demonstration's data, driven in Debian's Chromium.

Pictures for the documentation are taken when ``--pictures`` is given.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lms.core.config import ROOT
from tests.data.scorm import packages
from tests.e2e.api import Api
from tests.e2e.scorm import Course
from tests.ports import reserved_ports
from tests.template import locked

PICTURES = ROOT / "docs" / "pictures"


@pytest.fixture(scope="session")
def server(server_env: dict[str, str]) -> str:
    """The running product; gives its address."""
    return f"http://127.0.0.1:{server_env['LMS_PORT']}"


@pytest.fixture(scope="session")
def server_env() -> Iterator[dict[str, str]]:
    """The environment of the running product, in which commands reach it: each worker has a product of its own."""
    from tests.conftest import make_database

    loaded = _demonstration()
    own = loaded.with_name(f"instance-product-{uuid.uuid4().hex[:8]}")
    shutil.copytree(loaded, own)
    url = make_database(f"lms_browser_{uuid.uuid4().hex[:8]}", like="lms_demo")
    with reserved_ports(2) as (port, content_port):
        env = os.environ | {"LMS_DEMO": "1", "LMS_DATABASE_URL": url, "LMS_INSTANCE": str(own)}
        env |= {"LMS_LOG_LEVEL": "WARNING", "FLASK_APP": "wsgi", "LMS_PORT": str(port), "LMS_HOST": "localhost"}
        env["LMS_CONTENT_PORT"] = str(content_port)
        command = [str(Path(sys.executable).parent / "flask"), "serve"]
        product = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        try:
            _wait(f"http://127.0.0.1:{port}/readyz")
            _wait(f"http://127.0.0.1:{content_port}/_khue/known")
            yield env
        finally:
            product.terminate()
            product.wait(timeout=30)


def _demonstration() -> Path:
    """Load the demonstration once a run, into a database that products are copied from; return its folder of files."""
    from lms import create_app
    from lms.console import demo
    from lms.core.database import db, utcnow
    from tests.conftest import _settings, make_database

    folder = Path(os.environ["LMS_TEST_FOLDER"])
    loaded, done = folder / "instance-demo", folder / "demo-loaded"
    with locked(folder / "demo-lock"):
        if not done.exists():
            shutil.copytree(folder / "instance", loaded)
            with create_app(_settings(make_database("lms_demo"), LMS_INSTANCE=str(loaded))).app_context():
                demo.load(at=utcnow())
                db.session.remove()
                db.engine.dispose()
            done.touch()
    return loaded


def _wait(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2).read()
            return
        except OSError:
            threading.Event().wait(0.1)
    raise RuntimeError(f"no answer from {url}")


class Visitor:
    """A person at a device."""

    def __init__(self, browser: Any, address: str, pictures: bool, **device: Any) -> None:
        self.address = address
        self.pictures = pictures
        options = {"viewport": {"width": 1280, "height": 900}, "locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}
        self.context = browser.new_context(**(options | device))
        self.context.set_default_timeout(30_000)
        self.page = self.context.new_page()
        self.violations: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.violations.append(str(error)))

    def _note(self, message: Any) -> None:
        if message.type == "error" and "net::ERR" not in message.text and "Failed to load resource" not in message.text:
            self.violations.append(message.text)

    def go(self, path: str) -> Any:
        self.page.goto(self.address + path)
        return self.page

    def sign_in(self, username: str) -> Any:
        from lms.console.demo_people import PASSWORD

        self.go("/account/sign-in")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("main form button[type=submit]")
        self.page.wait_for_url(lambda url: "/account/sign-in" not in url)
        return self.page

    def picture(self, name: str, *, full: bool = False) -> None:
        """Keep a picture for the documentation, at 1280 and at 360 pixels."""
        if not self.pictures:
            return
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(PICTURES / f"{name}.png"), full_page=full)
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": 360, "height": 740})
        self.page.screenshot(path=str(PICTURES / f"{name}-360.png"), full_page=full)
        self.page.set_viewport_size(size)


@pytest.fixture
def visitor(browser: Any, server: str, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """``visitor()`` opens a browser of its own; at the end nobody may have met a script or policy error."""
    opened: list[Visitor] = []

    def open_one(**device: Any) -> Visitor:
        one = Visitor(browser, server, request.config.getoption("--pictures"), **device)
        opened.append(one)
        return one

    yield open_one
    faults = [fault for one in opened for fault in one.violations]
    for one in opened:
        one.context.close()
    assert faults == []


@pytest.fixture(scope="session")
def api(server: str, server_env: dict[str, str]) -> Api:
    """The demonstration's training institution has a key."""
    flask = [str(Path(sys.executable).parent / "flask"), "library", "key", "TBD", "Kiểm thử"]
    for scope in ("packages:read", "packages:write", "registrations:read", "registrations:write"):
        flask += ["--scope", scope]
    made = subprocess.run(flask, cwd=ROOT, env=server_env, capture_output=True, text=True, check=True)
    return Api(server, made.stdout.strip().splitlines()[-1])


@pytest.fixture
def course(api: Api, visitor: Any, tmp_path: Path) -> Any:
    def make(files: dict[str, bytes], learner: str = "hv") -> Course:
        path = tmp_path / "goi.zip"
        path.write_bytes(packages.zipped(files))
        return Course(api, visitor, api.version(api.upload(path)), learner)

    return make


@pytest.fixture
def kept(server_env: dict[str, str]) -> Iterator[Any]:
    """``kept(course, words)`` waits until the server has them: a tab that is gone tells nobody when it is done."""
    address = server_env["LMS_DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as database:

        def wait(one: Course, words: str) -> None:
            asked = "SELECT count(*) FROM scorm_states WHERE registration_id = %s AND position(%s IN data::text) > 0"
            for _ in range(150):
                if database.execute(asked, (one.registration, words)).fetchone() != (0,):
                    return
                threading.Event().wait(0.1)
            pytest.fail(f"never kept: {words[:40]}")

        yield wait
