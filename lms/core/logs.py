"""Structured logs: one JSON line an event, each with the id of its request."""

import logging
import secrets
import time

from flask import Flask, Response, g, has_request_context, request
from pythonjsonlogger.json import JsonFormatter

log = logging.getLogger("lms.requests")


class _RequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = g.get("request_id") if has_request_context() else None
        return True


def configure(level: str) -> None:
    """Send our own log lines to standard error as JSON; doing it again only sets the level."""
    ours = logging.getLogger("lms")
    ours.setLevel(level)
    if not ours.handlers:
        handler = logging.StreamHandler()
        handler.addFilter(_RequestId())
        handler.setFormatter(JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s"))
        ours.addHandler(handler)


def init_app(app: Flask) -> None:
    """Give every request an id, return it in ``X-Request-ID``, and log one line at its end.

    The line holds the route's pattern, not its values, and neither address nor account: who did what of consequence is
    the audit trail's matter, and a log must not tell who filled in which evaluation.
    """

    configure(app.config["SETTINGS"].log_level)

    @app.before_request
    def begin() -> None:
        g.request_id = new_request_id()
        g.started = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        request_id = g.get("request_id", "")
        response.headers["X-Request-ID"] = request_id
        rule = request.url_rule.rule if request.url_rule else None
        tell(request.method, rule, response.status_code, g.get("started", time.perf_counter()))
        return response


def new_request_id() -> str:
    """Return an id that can be read out on the telephone: 7K3M-9QX2, forty random bits without look-alike letters."""
    drawn = secrets.randbits(40)
    letters = "".join(_LETTERS[drawn >> shift & 31] for shift in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"


_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def tell(method: str, route: str | None, status: int, started: float) -> None:
    """Log one line for a request.

    :param started: by ``time.perf_counter``
    """
    if log.isEnabledFor(logging.INFO):
        millis = round((time.perf_counter() - started) * 1000, 1)
        log.info("request", extra={"method": method, "route": route, "status": status, "ms": millis})
