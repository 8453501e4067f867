"""The fair floor: a bare Flask view that does what a page cannot do without, and nothing else.

It finds the session by the product's one statement, runs the page's own statements by psycopg on a connection of its
thread, and renders the same HTML with Jinja: each text and each value of an attribute is a variable that is escaped.
What the page asks and shows is recorded from the product once; the floor's server reads it from a file.
"""

import hashlib
import os
import pickle
import re
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask, abort, request
from flask_compress import Compress
from markupsafe import Markup
from sqlalchemy import Engine, event
from werkzeug.test import create_environ

FILE = "KHUE_FAIR_FLOOR"
"""Environment variable with the name of the file."""
_VALUE = re.compile(r'(?<=>)[^<>]*\S[^<>]*(?=<)|(?<==")[^"<>]+(?=")')


@dataclass
class Recorded:
    """A page as the product answered it.

    :ivar statements: what was asked of the database, with its values; the first one finds the session
    """

    path: str
    cookie: str
    html: str
    statements: list[tuple[str, Any]] = field(default_factory=list)


def record(app: Flask, path: str, cookie: str) -> Recorded:
    """Let the product answer, at the second time, and note what it asked."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        asked.append((statement, values))

    call(app, path, cookie)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        html = call(app, path, cookie)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return Recorded(path, cookie, html.decode(), asked)


def call(app: Flask, path: str, cookie: str) -> bytes:
    """Ask a WSGI application for a page, as a server does."""
    environ = create_environ(path, "http://localhost", headers={"Cookie": cookie})
    environ["REMOTE_ADDR"] = "127.0.0.1"
    told: list[str] = []
    with app.app_context():  # of its own, as in a server: the measurement holds one too
        answer: Iterable[bytes] = app(environ, lambda status, *_rest: told.append(status))
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
    if not told[0].startswith("200"):
        raise RuntimeError(f"{path}: {told[0]}")
    return body


def cpu(app: Flask, path: str, cookie: str, *, seconds: float) -> float:
    """Return the milliseconds of CPU that an answer takes in this process, whatever else the machine does."""
    for _ in range(5):
        call(app, path, cookie)
    count, begin, end = 0, time.process_time(), time.perf_counter() + seconds
    while count < 20 or time.perf_counter() < end:
        call(app, path, cookie)
        count += 1
    return (time.process_time() - begin) / count * 1000


def save(pages: list[Recorded], file: Path) -> None:
    """Write the file for the floor's server."""
    file.write_bytes(pickle.dumps(pages))


def make(pages: list[Recorded], address: str) -> Flask:
    """Return the floor: ``/<number of the page>``."""
    app = Flask(__name__, static_folder=None)
    app.config |= {"COMPRESS_ALGORITHM": ["br", "gzip"], "COMPRESS_BR_LEVEL": 2, "COMPRESS_MIN_SIZE": 900}
    Compress(app)
    own = threading.local()
    ready = [_Page(app, page) for page in pages]

    @app.get("/<int:number>")
    def page(number: int) -> str:
        if not hasattr(own, "cursor"):
            own.cursor = psycopg.connect(address, autocommit=True).cursor()
        return ready[number].answer(own.cursor)

    @app.get("/")
    def alive() -> str:
        return "ok"

    return app


class _Page:
    """A page made ready: a template with its variables, and statements with their values."""

    def __init__(self, app: Flask, page: Recorded) -> None:
        self.values: dict[str, str] = {}
        source = _VALUE.sub(self._variable, page.html.replace("{", "&#123;"))
        self.template = app.jinja_env.from_string(source)
        self.template.environment.autoescape = True
        session = page.cookie != ""
        self.session = page.statements[0] if session and page.statements else None
        self.statements = page.statements[1:] if session else page.statements

    def _variable(self, found: re.Match[str]) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = Markup(found[0]).unescape()
        return f"{{{{ {name} }}}}"

    def answer(self, cursor: psycopg.Cursor[Any]) -> str:
        """Find the session, ask what the page asks, and render it."""
        if self.session is not None:
            statement, values = self.session
            hashlib.sha256(request.headers.get("Cookie", "").encode()).digest()
            if cursor.execute(statement, values).fetchone() is None:
                abort(403)
        for statement, values in self.statements:
            cursor.execute(statement, values).fetchall()
        return self.template.render(self.values)


if FILE in os.environ:
    app = make(
        pickle.loads(Path(os.environ[FILE]).read_bytes()),
        os.environ["LMS_DATABASE_URL"].replace("+psycopg", "", 1),
    )
