"""The Statement Resource (xAPI 1.0.3, Communication 2.1; xAPI 2.0, 4.1.6.1)."""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask, Response, current_app, g, request, url_for
from psycopg.errors import DeadlockDetected, InsufficientPrivilege, SerializationFailure
from sqlalchemy.exc import DBAPIError
from werkzeug.http import http_date

from lms.core import files
from lms.core.database import direct, together, utcnow
from lms.core.errors import DomainError
from lms.core.serving.clients import may_cancel
from lms.records import multipart, parameters, parsing, protocol, queries, signatures, statement_rules
from lms.records.access import Client, client, wrong_credential
from lms.records.binding import Binding
from lms.records.errors import BadParameter, Invalid, TooLarge
from lms.records.parameters import StatementQuery, more
from lms.records.shapes import ifi, in_format
from lms.records.store import Run, Sent, in_session, store
from lms.records.vocabulary import BASE, VOIDED

OfSession = Callable[[UUID, Sequence[Mapping[str, Any]], Callable[[], list[UUID]]], list[UUID]]
"""``(credential, statements, keep)``: judges the statements of launched content, keeps them by ``keep()`` within a
transaction of its own together with what follows from them, and returns their ids; or raises a :class:`DomainError`."""

_TRIES = 3
_ATTACHED = """
    INSERT INTO xapi_attachments (sha2, file, size) VALUES (%(sha2)s, %(file)s, %(size)s)
    ON CONFLICT DO NOTHING RETURNING sha2
"""

_CAME = """
    INSERT INTO xapi_attachments_sent (statement_id, sha2)
    SELECT * FROM unnest(%(ids)s::uuid[], %(hashes)s::text[]) ON CONFLICT DO NOTHING RETURNING sha2
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
    arguments = parameters.single(request.args, frozenset({"statementId"}), "statementId")
    statement_id = parameters.uuid(arguments, "statementId")
    body, parts = _body()
    if body.lstrip()[:1] == b"[":
        raise Invalid("PUT takes one statement, not a list")
    ((statement, text),) = read(body, parts, version)
    if "id" not in statement:
        inner = text.lstrip().removeprefix("{")
        text = f'{{"id":"{statement_id}"' + ("" if inner.strip() == "}" else ",") + inner
        statement = {"id": str(statement_id), **statement}
    elif UUID(statement["id"]) != statement_id:
        raise Invalid("is not the statementId of the request", "id")
    keep(client(), [(statement, text)], parts, version)
    return "", 204


def _post(version: str) -> Any:
    parameters.single(request.args, frozenset())
    body, parts = _body()
    ids = keep(client(), read(body, parts, version), parts, version)
    return Response(json.dumps([str(statement_id) for statement_id in ids]), mimetype="application/json")


def _body() -> tuple[bytes, dict[str, multipart.Part]]:
    """Return the JSON of the request, and the contents of attachments by hash."""
    kind, body = request.mimetype, request.get_data(cache=False)
    if kind == "multipart/mixed":
        return multipart.split(request.headers["Content-Type"], body)
    if kind != "application/json":
        raise BadParameter("Content-Type", "application/json or multipart/mixed")
    return body, {}


def read(body: bytes, parts: dict[str, multipart.Part], version: str) -> list[Sent]:
    """Return the statements of a request, checked.

    :raises DomainError: what the specification or the settings refuse.
    """
    sent = parsing.statements_of(body)
    limits = current_app.config["SETTINGS"]
    if len(sent) > limits.xapi_max_batch:
        raise TooLarge(f"a request takes at most {limits.xapi_max_batch} statements; this one has {len(sent)}")
    for place, (statement, text) in enumerate(sent):
        if len(text) * 4 > limits.xapi_max_statement_kb * 1024 < len(text.encode()):
            raise TooLarge(f"[{place}]: a statement takes at most {limits.xapi_max_statement_kb} kB")
        try:
            statement_rules.check(statement, version)
            signatures.check(statement, parts)
        except Invalid as error:
            if len(sent) > 1:
                error.path.append(place)
            raise
    multipart.match((statement for statement, _ in sent), parts)
    return sent


def keep(sender: Client, sent: list[Sent], parts: dict[str, multipart.Part], version: str) -> list[UUID]:
    """Store the statements of a client with the contents of their attachments; returns their ids in order."""
    authority = {"objectType": "Agent", "account": {"homePage": f"{BASE}/keys", "name": sender.key}}
    if sender.binding:
        g.xapi_verbs = [statement["verb"]["id"].rstrip("/").rpartition("/")[2] for statement, _ in sent]
        sender.binding.check_statements(statement for statement, _ in sent)
        _check_quota(sender, sender.binding, len(sent))
        if sessions := current_app.extensions["xapi_sessions"]:
            return _keep_of_session(sessions, sender, sent, parts, authority, version)
    may_cancel()
    _check_voiding(sender, sent)
    for attempt in range(_TRIES):
        try:
            with together() if parts else nullcontext():
                for sha2, part in parts.items():
                    file = files.put(io.BytesIO(part.content), run=direct)
                    direct(_ATTACHED, {"sha2": sha2, "file": file.sha256, "size": file.size})
                ids = store(sent, authority=authority, credential_id=sender.credential_id, version=version, run=direct)
                _note_contents(direct, ids, sent, parts)
                return ids
        except InsufficientPrivilege:
            raise wrong_credential() from None
        except (SerializationFailure, DeadlockDetected):  # another stored one of these ids at the same moment
            if attempt == _TRIES - 1:
                raise
    raise AssertionError


def _check_quota(sender: Client, binding: Binding, count: int) -> None:
    """Refuse more than launched content may store: in a minute of one launch, and for one registration."""
    limits = current_app.config["SETTINGS"]
    if sender.credential_id is None:
        return
    total, lately = queries.sent(
        binding,
        sender.credential_id,
        since=utcnow() - timedelta(minutes=1),
        most=limits.registration_statements + 1,
        at_once=limits.session_statements_a_minute + 1,
    )
    if total + count > limits.registration_statements:
        most = limits.registration_statements
        raise DomainError("quota", f"context.registration: it has {total} of at most {most} statements", 403)
    if lately and lately + count > limits.session_statements_a_minute:
        most = limits.session_statements_a_minute
        raise DomainError("rate", f"this session may store {most} statements a minute; wait a while", 429)


def _check_voiding(sender: Client, sent: list[Sent]) -> None:
    """Refuse to void what others sent, and what the product says itself."""
    targets = [UUID(statement["object"]["id"]) for statement, _ in sent if statement["verb"]["id"] == VOIDED]
    other = queries.foreign(targets, sender.credential_id) if targets and sender.credential_id else None
    if other is not None:
        raise DomainError("bound", f"object.id: {other} was not sent with this key, which voids only what it sent", 403)


def _note_contents(run: Run, ids: list[UUID], sent: list[Sent], parts: dict[str, multipart.Part]) -> None:
    """Note with which statement the content of which attachment came."""
    named = [
        (statement_id, attachment["sha2"].lower())
        for statement_id, (statement, _) in zip(ids, sent, strict=True)
        for attachment in (multipart.attachments_of(statement) if parts else ())
    ]
    came = {pair for pair in named if pair[1] in parts}
    if came:
        run(_CAME, {"ids": [statement_id for statement_id, _ in came], "hashes": [sha2 for _, sha2 in came]})


def _keep_of_session(
    sessions: OfSession,
    sender: Client,
    sent: list[Sent],
    parts: dict[str, multipart.Part],
    authority: dict[str, Any],
    version: str,
) -> list[UUID]:
    def keep_them() -> list[UUID]:
        for sha2, part in parts.items():
            file = files.put(io.BytesIO(part.content))
            in_session(_ATTACHED, {"sha2": sha2, "file": file.sha256, "size": file.size})
        ids = store(sent, authority=authority, credential_id=sender.credential_id, version=version)
        _note_contents(in_session, ids, sent, parts)
        return ids

    if sender.credential_id is None:
        raise AssertionError
    try:
        return sessions(sender.credential_id, [statement for statement, _ in sent], keep_them)
    except DBAPIError as error:
        if isinstance(error.orig, InsufficientPrivilege):
            raise wrong_credential() from None
        raise


# -- asking ------------------------------------------------------------------------------------------------------------


def _get() -> Response:
    query = _own(parameters.parse(request.args))
    wanted = query.statement_id or query.voided_statement_id
    return _single(query, wanted) if wanted else _page(query)


def _single(query: StatementQuery, statement_id: UUID) -> Response:
    stored = queries.find(statement_id, voided=query.voided_statement_id is not None, only_of=client().only_of)
    learner = client().learner
    if stored is None or (learner and ifi(json.loads(stored.raw)["actor"]) != learner):
        raise DomainError("no-such-statement", "statementId: no such statement", 404)
    response = _answer(_in_format(stored.raw, query), query, [stored.raw])
    response.headers["Last-Modified"] = http_date(stored.stored)
    return response


def _page(query: StatementQuery) -> Response:
    rows, rest = queries.page(query, only_of=client().only_of)
    link = url_for("records.statements", more=more(request.args, rows[-1].seq)) if rest else ""
    body = ",".join(_in_format(row.raw, query) for row in rows)
    response = _answer(f'{{"statements":[{body}],"more":{json.dumps(link)}}}', query, [row.raw for row in rows])
    if rows:
        response.headers["Last-Modified"] = http_date(max(rows[0], rows[-1]).stored)
    return response


def _own(query: StatementQuery) -> StatementQuery:
    """Narrow a question to the statements of the learner who is signed in."""
    learner = client().learner
    if learner is None:
        return query
    if query.agent not in (None, learner):
        raise DomainError("bound", "agent: a sign-in session reads the statements of its own learner only", 403)
    return replace(query, agent=learner, related_agents=False)


def _in_format(raw: str, query: StatementQuery) -> str:
    if query.format == "exact":
        return raw
    return parsing.dump(in_format(parsing.exact(raw), query.format, list(request.accept_languages)))


def _answer(body: str, query: StatementQuery, raws: Iterable[str]) -> Response:
    if not query.attachments:
        return Response(body, mimetype="application/json")
    content, content_type = multipart.join(body, _contents(raws))
    return Response(content, content_type=content_type)


def _contents(raws: Iterable[str]) -> list[tuple[str, str, Iterator[bytes]]]:
    """Return hash, content type and content of the attachments that came with statements."""
    named: dict[str, str] = {}
    ids: list[UUID] = []
    for raw in raws:
        if '"attachments"' in raw:
            statement = json.loads(raw)
            ids.append(UUID(statement["id"]))
            for attachment in multipart.attachments_of(statement):
                named.setdefault(attachment["sha2"].lower(), attachment["contentType"])
    kept = queries.contents_of(ids) if named else {}
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return [(sha2, named[sha2], _content(app, file)) for sha2, file in kept.items() if sha2 in named]


def _content(app: Flask, file: str) -> Iterator[bytes]:
    with app.app_context():  # each file is opened when its turn comes, after the request
        pieces = files.read(file)
    yield from pieces
