"""The short way for what a record store does most: taking plain statements from a client that it knows already.

Flask's request and response cost twice as much as parsing, checking and storing a statement together
(docs/decisions/0009-record-store-speed.md). So a POST of JSON by a client that was looked up a moment ago is taken
before Flask sees it, by the same functions; its errors are put into words by Flask's. All else goes Flask's way.
"""

import io
import json
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, g

from lms.core import admission, logs
from lms.core.database import utcnow
from lms.records import access, launched, protocol, statements
from lms.records.access import Client
from lms.records.parameters import VERSION, negotiate

Answer = Callable[..., Iterable[bytes]]


class Express:
    """WSGI middleware in front of the record store's application."""

    def __init__(self, flask: Answer, app: Flask) -> None:
        self.flask = flask
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        if not _is_plain(environ):
            return self.flask(environ, start_response)
        started = time.perf_counter()
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = io.BytesIO(body)
        with self.app.app_context():
            g.request_id = logs.new_request_id()
            client = access.remembered(environ["HTTP_AUTHORIZATION"], at=utcnow())
            if client is None or not access.may_store(client):
                return self.flask(environ, start_response)
            try:
                answer, headers = self._store(client, environ.get("HTTP_X_EXPERIENCE_API_VERSION"), body)
            except Exception as error:  # noqa: BLE001 - each becomes an answer
                return self._refuse(error, client, environ, start_response)
            if client.binding:
                launched.tell(client, "POST", launched.verbs(), 200)
            headers.append(("X-Request-ID", g.request_id))
            logs.tell("POST", "/xapi/statements", 200, started)
        start_response("200 OK", headers)
        return [answer]

    def _store(self, client: Client, asked: str | None, body: bytes) -> tuple[bytes, list[tuple[str, str]]]:
        version = negotiate(asked)
        ids = statements.keep(client, statements.read(body, {}, version), {}, version)
        answer = json.dumps([str(statement_id) for statement_id in ids]).encode()
        return answer, [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(answer))),
            (VERSION, version),
            (protocol.CONSISTENT, protocol.moment(client.consistent_through)),
            *self.app.extensions["xapi_headers"],
        ]

    def _refuse(
        self, error: Exception, client: Client, environ: dict[str, Any], start_response: Any
    ) -> Iterable[bytes]:
        """Answer an error as Flask would: not by asking it again, since what was lost may have been stored."""
        with self.app.request_context(environ):
            self.app.preprocess_request()
            g.xapi_client = client
            response = self.app.make_response(self.app.handle_user_exception(error))
            return self.app.process_response(response)(environ, start_response)


def _is_plain(environ: dict[str, Any]) -> bool:
    length = environ.get("CONTENT_LENGTH", "")
    return (
        environ["REQUEST_METHOD"] == "POST"
        and environ.get("PATH_INFO") == "/xapi/statements"
        and not environ.get("QUERY_STRING")
        and environ.get("CONTENT_TYPE", "").partition(";")[0].strip() == "application/json"
        and "HTTP_AUTHORIZATION" in environ
        and length.isascii()
        and length.isdigit()
        and len(length) < 8
        and admission.ASKED not in environ
        and admission.UNREAD not in environ
    )
