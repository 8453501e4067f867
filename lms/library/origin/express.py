"""The short way for what the content origin does most: sending a file that it found before, for a launch that it knows.

Flask and the streaming of its answer cost three times as much as a range of a film itself
(docs/decisions/0014-ranges.md). So such requests are answered before Flask sees them, by the same functions; all else
goes Flask's way.
"""

import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.wsgi import get_host

from lms.core import logs
from lms.core.database import utcnow
from lms.library.addresses import isolation
from lms.library.origin import access, binding, delivery, headers, with_storage

Flow = Callable[..., Iterable[bytes]]
Answer = tuple[int, list[tuple[str, str]], Iterable[bytes]]
OURS = "_khue/"
"""Below it are pages of ours, not files of packages."""


class Express:
    """WSGI middleware in front of the content origin's application."""

    def __init__(self, flask: Flow, app: Flask) -> None:
        self.flask = flask
        self.opaque = isolation(app) == "opaque"

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        started = time.perf_counter()
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD") or "HTTP_SERVICE_WORKER" in environ:
            return self.flask(environ, start_response)
        try:
            answer = self._answer(environ)
        except OSError:  # the store is away: Flask tells
            answer = None
        if answer is None:
            return self.flask(environ, start_response)
        status, fields, body = answer
        start_response(f"{status} {HTTPStatus(status).phrase}", fields)
        logs.tell(method, "/<token>/<path:path>", status, started)
        return body

    def _answer(self, environ: dict[str, Any]) -> Answer | None:
        token, slash, raw = environ.get("PATH_INFO", "")[1:].partition("/")
        path = raw.encode("latin-1").decode("utf-8", "replace")  # WSGI has bytes of the path as letters
        if not slash or path.startswith(OURS):
            return None
        facts = access.remembered(token, get_host(environ), at=utcnow())
        file = delivery.remembered(facts.version_id, path) if facts is not None else None
        if facts is None or file is None:
            return None
        if with_storage.wanted(file, environ):
            return None
        if not (self.opaque or binding.loaded_by_page(environ) or binding.shown(facts.secret, environ)):
            return None
        policy = headers.of_file(facts.package_kind, file.media_type)
        status, fields, body = delivery.answer(file, environ)
        report = f"{environ.get('SCRIPT_NAME', '')}/{token}/{headers.BLOCKED}"
        box = headers.box(policy, facts.application, facts.outside, report, opaque=self.opaque)
        fields = {**box, **fields, "X-Request-ID": uuid4().hex}
        return status, list(fields.items()), body
