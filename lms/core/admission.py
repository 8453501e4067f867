"""What may be sent, and how much costly work is done at one time.

*Size.* The server calls the application with the request's head alone and ``khue.asked`` in its environment; the
answer's header ``Khue-Limit`` says how many bytes it may receive. What is larger is then handed over without its body
(``khue.unread``), so that the application says in its own words why it was not taken.

*Cost.* Views that make or read documents are marked :func:`costly`. A process does a few of them at one time; the
others wait at the server, where waiting takes no thread, and are called again when a place is free. After
``PATIENCE`` seconds they are answered 503.
"""

import io
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from flask import Flask, Response, abort, current_app, request
from flask_babel import lazy_gettext as _l

from lms.core.errors import DomainError
from lms.core.guard import STRANGER, Route, current_actor

ASKED = "khue.asked"
UNREAD = "khue.unread"
LIMIT = "Khue-Limit"
TURN = "khue.turn"
"""Where the server lets a request wait (:class:`Turn`); missing where it may wait no longer."""
PATIENCE = 10.0
"""Seconds that a request waits for a place."""


def init_app(app: Flask) -> None:
    """Hold each request to its route's size, and answer the server's question; before anything reads a body."""
    app.extensions["lms_gate"] = Gate(max(1, app.config["SETTINGS"].web_threads // 2))

    @app.before_request
    def limit() -> Response | None:
        route: Route | None = app.extensions.get("lms_routes", {}).get(request.endpoint)
        most = largest(app, route)
        request.max_content_length = most
        if ASKED in request.environ:
            return Response(status=204, headers={LIMIT: str(most if route is not None and _is_known(route) else 0)})
        if UNREAD in request.environ:
            abort(413 if (request.content_length or 0) > most else 401)
        return None


def largest(app: Flask, route: Route | None) -> int:
    """Return how many bytes a request to a route may have."""
    if route is not None and route.largest:
        return route.largest
    uploads = route is not None and route.upload
    return int(app.config["MAX_UPLOAD" if uploads else "MAX_CONTENT_LENGTH"])


def _is_known(route: Route) -> bool:
    """Tell whether the route's scope knows who sends this; what she may do is judged with the whole request."""
    try:
        if route.scope.asks_actor:
            return current_actor().is_authenticated
        return bool(route.scope.allows(STRANGER, route.permission, request.view_args or {}))
    except DomainError:
        return False


def ask(application: Any) -> Any:
    """Return a function that tells how many bytes may come with a request (its WSGI environment)."""

    def admit(environ: dict[str, Any]) -> int:
        answer: dict[str, str] = {}

        def start_response(_status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> None:
            answer.update(headers)

        body = application(environ | {ASKED: True, "CONTENT_LENGTH": "0", "wsgi.input": io.BytesIO()}, start_response)
        for _ in body:
            pass
        if hasattr(body, "close"):
            body.close()
        return int(answer.get(LIMIT, "0"))

    return admit


# -- costly work ------------------------------------------------------------------------------------------------------


class Turn:
    """A request that may wait.

    :ivar gate: where it has to wait, once the application has said so
    """

    gate: "Gate | None" = None


class Gate:
    """The places of a process for costly work, and who waits for one, in order."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()

    def enter(self) -> bool:
        """Take a place; tells whether one was free."""
        with self._lock:
            if self._free == 0:
                return False
            self._free -= 1
            return True

    def leave(self) -> None:
        """Give a place back and call whoever has waited longest."""
        with self._lock:
            self._free += 1
            call = self._waiting.popleft() if self._waiting else None
        if call is not None:
            call()

    def wait(self, call: Callable[[], None], *, first: bool) -> None:
        """Have ``call`` called once a place is free, which may be at once.

        :param first: it has waited before, and somebody who had not was quicker
        """
        with self._lock:
            if self._free == 0:
                (self._waiting.appendleft if first else self._waiting.append)(call)
                return
        call()

    def forget(self, call: Callable[[], None]) -> bool:
        """Wait no longer; tells whether it still waited."""
        with self._lock:
            if call not in self._waiting:
                return False
            self._waiting.remove(call)
            return True


def costly(*methods: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a view that makes or reads a document, a workbook, an archive or a chart: by these methods, or by all."""

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def gated(**args: Any) -> Any:
            if methods and request.method not in methods:
                return view(**args)
            with _place():
                return view(**args)

        gated.costly = True  # type: ignore[attr-defined]
        return gated

    return mark


@contextmanager
def _place() -> Iterator[None]:
    gate: Gate = current_app.extensions["lms_gate"]
    if not gate.enter():
        turn: Turn | None = request.environ.get(TURN)
        if turn is None:
            raise _busy()
        turn.gate = gate
        abort(Response(status=503))  # nobody sees it: the server calls again
    try:
        yield
    finally:
        gate.leave()


def _busy() -> DomainError:
    names = ", ".join(file.filename for file in request.files.values() if file.filename)
    words = _l("Many documents are being prepared at this moment. Please try again in a few seconds.")
    if names:
        words = _l(
            "Many files are being read at this moment, and “%(name)s” was not. Please send it again in a few seconds.",
            name=names,
        )
    return DomainError("busy", words, 503)
