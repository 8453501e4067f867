"""The Statement Resource (xAPI 1.0.3, Communication 2.1; xAPI 2.0, 4.1.6.1)."""

import io
import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Response, current_app, request, url_for
from psycopg.errors import DeadlockDetected, InsufficientPrivilege, SerializationFailure
from sqlalchemy import select
from werkzeug.http import http_date

from lms.core import files
from lms.core.database import db, direct
from lms.core.errors import DomainError
from lms.records import multipart, parameters, parsing, protocol, queries, signatures, statement_rules
from lms.records.access import client, wrong_credential
from lms.records.errors import BadParameter, Invalid, TooLarge
from lms.records.models import Attachment
from lms.records.parameters import StatementQuery, more
from lms.records.shapes import in_format
from lms.records.store import Sent, store
from lms.records.vocabulary import BASE

_TRIES = 3
_ATTACHED = """
    INSERT INTO xapi_attachments (sha2, file, size) VALUES (%(sha2)s, %(file)s, %(size)s)
    ON CONFLICT DO NOTHING RETURNING sha2
"""


def resource() -> Any:
    """Answer a request for statements."""
    version = protocol.version()
    if request.method == "PUT":
        return _put(version)
    if request.method == "POST":
        return _post(version)
    return _get()


# -- sending -----------------------------------------------------------------------------------------------------------


def _put(version: str) -> Any:
    given = parameters.single(request.args, frozenset({"statementId"}), "statementId")
    statement_id = parameters.uuid(given, "statementId")
    sent, parts = _read(version, one_only=True)
    statement, text = sent[0]
    if "id" not in statement:
        inner = text.lstrip().removeprefix("{")
        text = f'{{"id":"{statement_id}"' + ("" if inner.strip() == "}" else ",") + inner
        statement = {"id": str(statement_id), **statement}
    elif UUID(statement["id"]) != statement_id:
        raise Invalid("is not the statementId of the request", "id")
    _store([(statement, text)], parts, version)
    return "", 204


def _post(version: str) -> Any:
    parameters.single(request.args, frozenset())
    sent, parts = _read(version, one_only=False)
    ids = _store(sent, parts, version)
    return Response(json.dumps([str(one) for one in ids]), mimetype="application/json")


def _read(version: str, *, one_only: bool) -> tuple[list[Sent], dict[str, multipart.Part]]:
    """Return the statements of the request, checked, and the contents of their attachments by hash."""
    kind, body = request.mimetype, request.get_data(cache=False)
    parts: dict[str, multipart.Part] = {}
    if kind == "multipart/mixed":
        body, parts = multipart.split(request.headers["Content-Type"], body)
    elif kind != "application/json":
        raise BadParameter("Content-Type", "application/json or multipart/mixed")
    if one_only and body.lstrip()[:1] == b"[":
        raise Invalid("PUT takes one statement, not a list")
    sent = parsing.statements_of(body)
    limits = current_app.config["SETTINGS"]
    if len(sent) > limits.xapi_max_batch:
        raise TooLarge(f"a request takes at most {limits.xapi_max_batch} statements; this one has {len(sent)}")
    for place, (statement, text) in enumerate(sent):
        if len(text) > limits.xapi_max_statement_kb * 1024:
            raise TooLarge(f"[{place}]: a statement takes at most {limits.xapi_max_statement_kb} kB")
        try:
            statement_rules.check(statement, version)
            signatures.check(statement, parts)
        except Invalid as error:
            if len(sent) > 1:
                error.path.append(place)
            raise
    multipart.match((statement for statement, _ in sent), parts)
    return sent, parts


def _store(sent: list[Sent], parts: dict[str, multipart.Part], version: str) -> list[UUID]:
    who = client()
    if who.binding:
        who.binding.check_statements(statement for statement, _ in sent)
    authority = {"objectType": "Agent", "account": {"homePage": f"{BASE}/keys", "name": who.key}}
    kept = {sha2: files.put(io.BytesIO(part.content)) for sha2, part in parts.items()}

    for sha2, file in kept.items():
        direct(_ATTACHED, {"sha2": sha2, "file": file.sha256, "size": file.size})
    for attempt in range(_TRIES):
        try:
            return store(sent, authority=authority, credential_id=who.credential_id, version=version, run=direct)
        except InsufficientPrivilege:
            raise wrong_credential() from None
        except (SerializationFailure, DeadlockDetected):  # another stored one of these ids at the same moment
            if attempt == _TRIES - 1:
                raise
    raise AssertionError


# -- asking ------------------------------------------------------------------------------------------------------------


def _get() -> Response:
    query = parameters.parse(request.args)
    wanted = query.statement_id or query.voided_statement_id
    return _single(query, wanted) if wanted else _page(query)


def _single(query: StatementQuery, statement_id: UUID) -> Response:
    found = queries.find(statement_id, voided=query.voided_statement_id is not None, only_of=_only_of())
    if found is None:
        raise DomainError("no-such-statement", "statementId: no such statement", 404)
    response = _answer(_in_format(found.raw, query), query, [found.raw])
    response.headers["Last-Modified"] = http_date(found.stored)
    return response


def _page(query: StatementQuery) -> Response:
    rows = queries.page(query, only_of=_only_of())
    shown = rows[: query.limit]
    link = ""
    if len(rows) > len(shown):
        link = url_for("records.statements", more=more(request.args, shown[-1].seq))
    listed = ",".join(_in_format(row.raw, query) for row in shown)
    response = _answer(f'{{"statements":[{listed}],"more":{json.dumps(link)}}}', query, [row.raw for row in shown])
    if shown:
        response.headers["Last-Modified"] = http_date(max(shown[0], shown[-1]).stored)
    return response


def _only_of() -> UUID | None:
    return client().credential_id if client().only_own else None


def _in_format(raw: str, query: StatementQuery) -> str:
    if query.format == "exact":
        return raw
    return parsing.dump(in_format(parsing.exact(raw), query.format, list(request.accept_languages.values())))


def _answer(body: str, query: StatementQuery, raws: Iterable[str]) -> Response:
    if not query.attachments:
        return Response(body, mimetype="application/json")
    content, content_type = multipart.join(body, _contents(raws))
    return Response(content, content_type=content_type)


def _contents(raws: Iterable[str]) -> list[tuple[str, str, bytes]]:
    named: dict[str, str] = {}
    for raw in raws:
        if '"attachments"' in raw:
            for one in multipart.attachments_of(json.loads(raw)):
                named.setdefault(one["sha2"].lower(), one["contentType"])
    if not named:
        return []
    kept = db.session.execute(select(Attachment.sha2, Attachment.file).where(Attachment.sha2.in_(named)))
    return [(row.sha2, named[row.sha2], b"".join(files.read(row.file))) for row in kept]
