"""The xAPI interface: answers to client programs. Its messages are for their authors and stay English."""

import json
import secrets
from datetime import UTC
from typing import Any
from uuid import UUID

import orjson
from flask import Response, request, url_for
from werkzeug.http import http_date

from lms.core.errors import DomainError
from lms.records import queries
from lms.records.access import WINDOW, client
from lms.records.parameters import StatementQuery, more, negotiate, parse
from lms.records.shapes import in_format

VERSIONS = ("1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0")
VERSION = "X-Experience-API-Version"
CONSISTENT = "X-Experience-API-Consistent-Through"


def about() -> Any:
    """Tell which versions of xAPI the store speaks (Communication, section 2.8)."""
    return {"version": VERSIONS}


def statements() -> Any:
    """Answer one statement or a page of them (Communication, section 2.1.3)."""
    negotiate(request.headers.get(VERSION))
    query = parse(request.args)
    wanted = query.statement_id or query.voided_statement_id
    response = _single(query, wanted) if wanted else _page(query)
    response.headers[CONSISTENT] = client().consistent_through.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return response


def finish(response: Response) -> Response:
    """Put on every answer below ``/xapi/`` what the specification asks of all of them."""
    if not request.path.startswith("/xapi/"):
        return response
    try:
        response.headers[VERSION] = negotiate(request.headers.get(VERSION))
    except DomainError:
        response.headers[VERSION] = "1.0.3"
    response.headers.setdefault("Cache-Control", "private, no-cache")
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="xAPI", charset="UTF-8"'
    if response.status_code == 429:
        response.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
    return response


def _single(query: StatementQuery, statement_id: UUID) -> Response:
    found = queries.find(statement_id, voided=query.voided_statement_id is not None, only_of=_only_of())
    if found is None:
        raise DomainError("no-such-statement", "statementId: no such statement", 404)
    response = _answer(_in_format(found.raw, query), query)
    response.headers["Last-Modified"] = http_date(found.stored)
    return response


def _page(query: StatementQuery) -> Response:
    rows = queries.page(query, only_of=_only_of())
    shown = rows[: query.limit]
    link = ""
    if len(rows) > len(shown):
        link = url_for("records.statements", more=more(request.args, shown[-1].seq))
    listed = ",".join(_in_format(row.raw, query) for row in shown)
    return _answer(f'{{"statements":[{listed}],"more":{json.dumps(link)}}}', query)


def _only_of() -> UUID | None:
    return client().credential_id if client().only_own else None


def _in_format(raw: str, query: StatementQuery) -> str:
    if query.format == "exact":
        return raw
    exact = json.loads(raw, parse_float=_number, parse_int=_number)
    return orjson.dumps(in_format(exact, query.format, list(request.accept_languages.values()))).decode()


def _number(digits: str) -> orjson.Fragment:
    """Keep a number as it was sent."""
    return orjson.Fragment(digits)


def _answer(body: str, query: StatementQuery) -> Response:
    """Answer JSON, or multipart/mixed when attachments are asked for; the store holds no attachments' content yet."""
    if not query.attachments:
        return Response(body, mimetype="application/json")
    boundary = secrets.token_hex(16)
    part = f"--{boundary}\r\nContent-Type: application/json\r\n\r\n{body}\r\n--{boundary}--\r\n"
    return Response(part, content_type=f"multipart/mixed; boundary={boundary}")
