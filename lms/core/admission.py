"""How large a request may be, and from whom: asked by the server before it receives more than anybody may send.

The server calls the application with the request's head alone and ``khue.asked`` in its environment; the answer's
header ``Khue-Limit`` says how many bytes it may receive. What is larger is then handed over without its body
(``khue.unread``), so that the application says in its own words why it was not taken.
"""

import io
from typing import Any

from flask import Flask, Response, abort, request

from lms.core.errors import DomainError
from lms.core.guard import STRANGER, Route, current_actor

ASKED = "khue.asked"
UNREAD = "khue.unread"
LIMIT = "Khue-Limit"


def init_app(app: Flask) -> None:
    """Hold each request to its route's size, and answer the server's question; before anything reads a body."""

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
