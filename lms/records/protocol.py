"""What holds for every resource: versions, common headers, CORS, and the alternate request syntax of xAPI 1.0.3."""

import io
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Flask, Response, g, request

from lms.core.errors import DomainError
from lms.records import launched
from lms.records.access import WRONG_TRIES, client
from lms.records.parameters import VERSION, negotiate

VERSIONS = ("1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0")
CONSISTENT = "X-Experience-API-Consistent-Through"
_ALLOWED = f"Authorization, Content-Type, Accept, Accept-Language, If-Match, If-None-Match, {VERSION}"
_EXPOSED = f"ETag, Last-Modified, Location, Retry-After, X-Request-ID, {VERSION}, {CONSISTENT}"


def version() -> str:
    """Return the version by which this request is answered: ``1.0.3`` or ``2.0.0``.

    :raises BadParameter: the header is missing or names no version that the store speaks.
    """
    return negotiate(request.headers.get(VERSION))


def init_app(app: Flask) -> None:
    """Add the headers of the interface, and the alternate request syntax in front of the application."""
    headers = app.extensions["xapi_headers"] = [
        ("Cache-Control", "private, no-cache"),
        ("X-Content-Type-Options", "nosniff"),
        # any site may carry a client program: it needs a key in the header, and browsers send it no cookie
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Expose-Headers", _EXPOSED),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
    ]
    if not app.config["DEMO"]:
        headers.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
    app.after_request(partial(_finish, headers))
    app.wsgi_app = AlternateRequests(app.wsgi_app)  # type: ignore[method-assign]


def _finish(common: list[tuple[str, str]], response: Response) -> Response:
    headers = response.headers
    try:
        said = version()
    except DomainError:
        said = "2.0.0"
    headers.extend([(VERSION, said), *common])
    if request.endpoint == "records.statements" and "xapi_client" in g:
        headers.add(CONSISTENT, moment(client().consistent_through))
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = headers.get("Allow", "GET")
        headers["Access-Control-Allow-Headers"] = _ALLOWED
        headers["Access-Control-Max-Age"] = "7200"
    reason = ""
    if response.status_code >= 400 and response.is_json:
        reason = str((response.get_json(silent=True) or {}).get("error", ""))[:500]
    launched.tell_of_request(response.status_code, reason)
    if response.status_code == 401:
        headers["WWW-Authenticate"] = 'Basic realm="xAPI", charset="UTF-8"'
    if response.status_code == 429:
        headers["Retry-After"] = str(int(WRONG_TRIES.every.total_seconds()))
    return response


def moment(value: datetime) -> str:
    """Write a moment in UTC as RFC 3339 has it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class AlternateRequests:
    """A POST with ``?method=`` and form fields becomes the request that it stands for (1.0.3, Communication 1.3).

    Fields that the specification names are headers of that request, whatever the POST itself has of the same name.

    Version 2.0 does not know this syntax: such a request stays a POST, with a parameter that no resource knows.
    """

    _HEADERS = {
        "authorization": "HTTP_AUTHORIZATION",
        "x-experience-api-version": "HTTP_X_EXPERIENCE_API_VERSION",
        "if-match": "HTTP_IF_MATCH",
        "if-none-match": "HTTP_IF_NONE_MATCH",
        "accept": "HTTP_ACCEPT",
        "accept-encoding": "HTTP_ACCEPT_ENCODING",
        "accept-language": "HTTP_ACCEPT_LANGUAGE",
    }
    _FORMS = frozenset({"application/x-www-form-urlencoded", "text/plain", ""})
    """What old browsers call the form when a page of another site sends it (XDomainRequest) is taken too: content that
    authoring tools published years ago still does so."""
    _LIMIT = 2 * 1024 * 1024

    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer a request."""
        query = environ.get("QUERY_STRING", "")
        if (
            environ["REQUEST_METHOD"] == "POST"
            and query.startswith("method=")
            and environ.get("PATH_INFO", "").startswith("/xapi/")
            and not environ.get("HTTP_X_EXPERIENCE_API_VERSION", "").startswith("2")
        ):
            self._rewrite(environ, query.removeprefix("method="))
        return self.app(environ, start_response)

    def _rewrite(self, environ: dict[str, Any], method: str) -> None:
        if method not in ("GET", "HEAD", "PUT", "POST", "DELETE"):
            return
        if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() not in self._FORMS:
            environ["khue.alternate_problem"] = ("Content-Type", "application/x-www-form-urlencoded is required here")
            return
        size = environ.get("CONTENT_LENGTH") or "0"
        if not size.isdigit() or int(size) > self._LIMIT:
            return
        try:
            form = parse_qsl(environ["wsgi.input"].read(int(size)).decode(), keep_blank_values=True)
        except ValueError:
            environ["khue.alternate_problem"] = ("content", "the form cannot be read")
            return
        fields = {name.lower(): value for name, value in form}
        if fields.get("x-experience-api-version", "").startswith("2") and not environ.get(
            "HTTP_X_EXPERIENCE_API_VERSION"
        ):
            environ["khue.alternate_problem"] = ("method", "version 2.0 has no alternate request syntax")
            return
        content = dict(form).get("content")
        if method in ("PUT", "POST") and content is None:
            environ["khue.alternate_problem"] = ("content", "is required")
            return
        for name, key in self._HEADERS.items():
            if name in fields:
                environ[key] = fields[name]
        rest = {"content", "content-type", "content-length", *self._HEADERS}
        body = (content or "").encode()
        environ |= {
            "REQUEST_METHOD": method,
            "QUERY_STRING": urlencode([(name, value) for name, value in form if name.lower() not in rest]),
            "CONTENT_TYPE": fields.get("content-type", "application/json" if body else ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
