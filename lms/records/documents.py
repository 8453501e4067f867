"""The document resources: State, Agent Profile and Activity Profile (1.0.3, Communication 2.2, 2.3, 2.6, 2.7)."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from sqlalchemy import delete, false, func, select
from sqlalchemy.dialects.postgresql import insert
from werkzeug.http import http_date

from lms.core.database import act, db, lock, utcnow
from lms.core.errors import DomainError
from lms.records import launched, parameters, parsing, protocol
from lms.records.access import client
from lms.records.errors import BadParameter, Invalid, Refused, TooLarge
from lms.records.models import Document
from lms.records.shapes import ifi, mention

_HEADER = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
"""What HTTP lets a header hold (RFC 9110, 5.5); the alternate request syntax could bring more."""
_TAG = re.compile(r'(?:W/)?"([^"]*)"|([\w.:+/=-]+)', re.ASCII)
_TAGS = re.compile(rf"(?:{_TAG.pattern})(?:\s*,\s*(?:{_TAG.pattern}))*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the three resources: which parameters name its documents."""

    name: str
    id: str
    owners: tuple[str, ...]
    registration: bool = False


LAUNCH_DATA = "LMS.LaunchData"
"""The state in which the LMS tells content how it was launched (cmi5, section 10)."""

STATE = Kind("state", "stateId", ("activityId", "agent"), registration=True)
AGENT_PROFILE = Kind("agent", "profileId", ("agent",))
ACTIVITY_PROFILE = Kind("activity", "profileId", ("activityId",))


@dataclass(frozen=True, slots=True)
class Address:
    """What a request names: one document, or all of an owner."""

    owner: UUID
    key: UUID | None
    registration: UUID | None
    document_id: str
    since: datetime | None
    agent: UUID | None = None
    bound: UUID | None = None
    """The registration of a token that names none: all of an owner are those of this one and of none."""
    of_session: bool = False
    """Whether launched content asks, which does not change what it was launched with."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """On which state of a document a request may change it (RFC 9110, section 13.1).

    :ivar if_match: tags, of which None stands for any (``*``); None without the header
    """

    if_match: frozenset[str | None] | None = None
    if_none_match: frozenset[str | None] | None = None

    def __bool__(self) -> bool:
        """Whether the request has any."""
        return self.if_match is not None or self.if_none_match is not None

    def check(self, kept: Document | None) -> None:
        """Refuse the request when it does not hold.

        :raises Refused: 412
        """
        tags: set[str | None] = set() if kept is None else {None, kept.etag}
        if self.if_match is not None and not tags & self.if_match:
            raise Refused("precondition", "If-Match: the document is not the one that you have read", 412)
        if self.if_none_match is not None and tags & self.if_none_match:
            raise Refused("precondition", "If-None-Match: the document is here already", 412)


def state() -> Any:
    """Answer a request for states."""
    return _resource(STATE)


def agent_profile() -> Any:
    """Answer a request for profiles of agents."""
    return _resource(AGENT_PROFILE)


def activity_profile() -> Any:
    """Answer a request for profiles of activities."""
    return _resource(ACTIVITY_PROFILE)


def _resource(kind: Kind) -> Any:
    version, method = protocol.version(), request.method
    launched.judge_document(client(), kind.name, kind.id)
    many = method in ("GET", "HEAD") or (method == "DELETE" and kind is STATE)
    address = _address(kind, one_only=not many, since=method in ("GET", "HEAD"))
    if method in ("GET", "HEAD"):
        return _one(address.key) if address.key else _list(address)
    if client().binding and method not in ("GET", "HEAD"):
        _refuse_launch_data(kind, address)
    conditions = Conditions(_tags("If-Match"), _tags("If-None-Match"))
    if method == "DELETE":
        remove(address, conditions)
        return "", 204
    content = request.get_data(cache=False)
    _check_size(content)
    content_type = request.headers.get("Content-Type", "application/octet-stream")
    if not _HEADER.fullmatch(content_type):
        raise BadParameter("Content-Type", "holds a character that no header may hold")
    if method == "POST" and _is_json(content_type):
        parsing.json_of(content)
    strict = method == "PUT" and (version == "2.0.0" or kind is not STATE)
    write(address, content, content_type, conditions, merge=method == "POST", strict=strict, at=utcnow())
    return "", 204


def _refuse_launch_data(kind: Kind, address: Address) -> None:
    """Content must not change what it was launched with (cmi5, section 10)."""
    if kind is STATE and address.document_id == LAUNCH_DATA:
        raise DomainError("bound", f"stateId: {LAUNCH_DATA} is written by the LMS only", 403)


def _check_size(content: bytes) -> None:
    limit = current_app.config["SETTINGS"].xapi_max_statement_kb * 1024 * 8
    if len(content) > limit:
        raise TooLarge(f"a document takes at most {limit} octets")


def _address(kind: Kind, *, one_only: bool, since: bool) -> Address:
    known = {kind.id, *kind.owners} | ({"registration"} if kind.registration else set())
    required = [*kind.owners, *([kind.id] if one_only else [])]
    arguments = parameters.single(request.args, frozenset(known | ({"since"} if since else set())), *required)
    agent = parameters.agent(arguments)
    bound = client().binding
    if bound:
        bound.check_address(
            agent=ifi(agent) if agent else None,
            activity=arguments.get("activityId"),
            registration=parameters.uuid(arguments, "registration"),
        )
    owner = [kind.name, parameters.iri(arguments, "activityId") or "", (ifi(agent) or "") if agent else ""]
    registration = parameters.uuid(arguments, "registration")
    document_id = arguments.get(kind.id)
    if document_id is not None and "since" in arguments and protocol.version() == "2.0.0":
        raise BadParameter("since", f"not together with {kind.id}")
    key = _hash(*owner, str(registration or ""), document_id) if document_id is not None else None
    only = bound.registration if bound and kind.registration else None
    whose = UUID(mention("agent", ifi(agent) or "")) if agent else None
    since_when = parameters.moment(arguments, "since")
    return Address(
        _hash(*owner), key, registration, document_id or "", since_when, whose, only, of_session=bound is not None
    )


def _tags(header: str) -> frozenset[str | None] | None:
    """Return the tags that a header names; weak and bare ones count too, as proxies and older clients write them."""
    if header not in request.headers:
        return None
    tags = request.headers[header].strip()
    if tags != "*" and not _TAGS.fullmatch(tags):
        raise BadParameter(header, "must be * or ETags in quotes")
    return frozenset([None] if tags == "*" else [quoted or bare for quoted, bare in _TAG.findall(tags)])


def _hash(*names: str) -> UUID:
    return UUID(bytes=hashlib.sha256(json.dumps(names).encode()).digest()[:16])


# -- reading -----------------------------------------------------------------------------------------------------------


def _one(key: UUID) -> Response:
    document = db.session.get(Document, key)
    if document is None:
        raise DomainError("no-such-document", "no such document", 404)
    response = Response(document.content)
    response.headers["Content-Type"] = document.content_type
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["ETag"] = f'"{document.etag}"'
    response.headers["Last-Modified"] = http_date(document.updated_at)
    return response


def _list(address: Address) -> Response:
    wanted = select(Document.document_id, Document.updated_at).where(_of(address))
    if address.since is not None:
        wanted = wanted.where(Document.updated_at > address.since)
    rows = db.session.execute(wanted.order_by(Document.updated_at, Document.document_id)).all()
    names = list(dict.fromkeys(row.document_id for row in rows))
    response = Response(json.dumps(names, ensure_ascii=False), mimetype="application/json")
    response.headers["ETag"] = f'"{hashlib.sha1(response.get_data(), usedforsecurity=False).hexdigest()}"'
    if rows:
        response.headers["Last-Modified"] = http_date(rows[-1].updated_at)
    return response


def _of(address: Address) -> Any:
    of_owner = Document.owner == address.owner
    if address.registration:
        return of_owner & (Document.registration == address.registration)
    if address.bound:
        return of_owner & ((Document.registration == address.bound) | Document.registration.is_(None))
    return of_owner


# -- writing -----------------------------------------------------------------------------------------------------------


@act
def write(
    address: Address,
    content: bytes,
    content_type: str,
    conditions: Conditions,
    *,
    merge: bool,
    strict: bool,
    at: datetime,
) -> None:
    """Write a document; with ``merge`` (POST) into the one that is there.

    :param strict: whether an existing document is replaced only under If-Match or If-None-Match (409 otherwise)
    :raises Refused: a precondition fails (412), or both headers are missing where one is needed (409).
    """
    lock("xapi_documents", address.key)
    kept = db.session.get(Document, address.key, populate_existing=True)
    conditions.check(kept)
    if strict and kept is not None and not conditions:
        raise Refused(
            "conflict",
            "If-Match: a document is here already; read it, then send its ETag in If-Match (or If-None-Match: *)",
            409,
        )
    if merge and kept is not None:
        content = _merged(kept, content, content_type)
        content_type = kept.content_type
    if address.of_session:
        _check_quota(address, content)
    values = {
        "content": content,
        "content_type": content_type,
        "etag": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        "updated_at": at,
    }
    names = {
        "owner": address.owner,
        "agent": address.agent,
        "registration": address.registration,
        "document_id": address.document_id,
    }
    row = insert(Document).values(key=address.key, **names, **values)
    db.session.execute(row.on_conflict_do_update(index_elements=["key"], set_=values))


def _check_quota(address: Address, content: bytes) -> None:
    """Refuse more than launched content may keep: for a registration, beside it of a learner, and of an activity."""
    limits = current_app.config["SETTINGS"]
    if address.agent is None:
        beside = Document.owner == address.owner
    else:
        beside = (Document.agent == address.agent) & Document.registration.is_not_distinct_from(address.registration)
    lock("xapi_documents_of", address.agent or address.owner, address.registration)
    count, size = db.session.execute(
        select(func.count(), func.coalesce(func.sum(func.octet_length(Document.content)), 0)).where(
            beside, Document.key != address.key
        )
    ).one()
    if count >= limits.registration_documents:
        raise TooLarge(f"{count} documents are kept here, as many as may be; remove what is not needed")
    if size + len(content) > limits.registration_documents_mb * 1024 * 1024:
        raise TooLarge(f"documents here take {limits.registration_documents_mb} MB at most; remove what is not needed")


@act
def keep(
    kind: Kind,
    document_id: str,
    content: Any,
    *,
    agent: Mapping[str, Any],
    activity: str = "",
    registration: UUID | None = None,
    at: datetime,
    replace: bool = True,
) -> None:
    """Write a JSON document of the product's own.

    :param content: plain JSON
    :param replace: whatever was there; otherwise only where there is none
    """
    name = ifi(agent) or ""
    body = parsing.dump(content).encode()
    owner = [kind.name, activity, name]
    values = {
        "content": body,
        "content_type": "application/json",
        "etag": hashlib.sha1(body, usedforsecurity=False).hexdigest(),
        "updated_at": at,
    }
    row = insert(Document).values(
        key=_hash(*owner, str(registration or ""), document_id),
        owner=_hash(*owner),
        agent=UUID(mention("agent", name)),
        registration=registration,
        document_id=document_id,
        **values,
    )
    if replace:
        db.session.execute(row.on_conflict_do_update(index_elements=["key"], set_=values))
    else:
        db.session.execute(row.on_conflict_do_nothing())


@act
def remove(address: Address, conditions: Conditions) -> None:
    """Remove a document, or all of an owner; what is not there is no error.

    :raises Refused: a precondition fails (412).
    """
    if address.key is None:
        written_by_us = Document.document_id == LAUNCH_DATA if address.of_session else false()
        db.session.execute(delete(Document).where(_of(address), ~written_by_us))
        return
    lock("xapi_documents", address.key)
    kept = db.session.get(Document, address.key, populate_existing=True)
    conditions.check(kept)
    if kept is not None:
        db.session.delete(kept)


def _merged(kept: Document, content: bytes, content_type: str) -> bytes:
    if not (_is_json(kept.content_type) and _is_json(content_type)):
        raise Invalid("only documents of type application/json can be merged", "Content-Type")
    merged = parsing.dump(_mapping(kept.content) | _mapping(content)).encode()
    _check_size(merged)
    return merged


def _is_json(content_type: str) -> bool:
    return content_type.split(";", maxsplit=1)[0].strip().lower() == "application/json"


def _mapping(content: bytes) -> dict[str, Any]:
    if not isinstance(parsing.json_of(content), dict):
        raise Invalid("only JSON objects can be merged", "document")
    return parsing.exact(content.decode())
