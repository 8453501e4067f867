"""What a request for statements may ask (Communication, section 2.1.3): parsed, checked, and carried on by ``more``."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from werkzeug.datastructures import MultiDict

from lms.records import parsing, values
from lms.records.errors import BadParameter, Invalid
from lms.records.shapes import ifi
from lms.records.statement_rules import check_agent

VERSION = "X-Experience-API-Version"
MAX_LIMIT = 500
FORMATS = ("ids", "exact", "canonical")
NAMES = frozenset(
    (
        *("statementId", "voidedStatementId", "agent", "verb", "activity", "registration", "since", "until", "limit"),
        *("ascending", "related_agents", "related_activities", "format", "attachments"),
    )
)
_WITH_ID = frozenset({"statementId", "voidedStatementId", "format", "attachments"})
_KNOWN = re.compile(r"[12]\.0(\.\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class StatementQuery:
    """A question to the store; :func:`parse` makes it."""

    statement_id: UUID | None = None
    voided_statement_id: UUID | None = None
    agent: str | None = None
    """The agent's identifier in one form (:func:`lms.records.shapes.ifi`)."""
    verb: str | None = None
    activity: str | None = None
    registration: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = MAX_LIMIT
    ascending: bool = False
    related_agents: bool = False
    related_activities: bool = False
    format: str = "exact"
    attachments: bool = False
    after: int | None = None
    """The ``seq`` after which the next page starts."""


def negotiate(version: str | None) -> str:
    """Return the version in which to answer a request of this version (Communication, section 3.3)."""
    if version is None:
        raise BadParameter(VERSION, "this header is required")
    if not _KNOWN.fullmatch(version):
        raise BadParameter(VERSION, "this store speaks 1.0.x and 2.0.x")
    return "2.0.0" if version.startswith("2") else "1.0.3"


def parse(arguments: MultiDict[str, str]) -> StatementQuery:
    """Return the question that the parameters ask.

    :raises BadParameter: a parameter is unknown, repeated, contradictory or not of its kind.
    """
    if "more" in arguments:
        return _resume(arguments)
    chosen = single(arguments, NAMES)
    if "statementId" in chosen and "voidedStatementId" in chosen:
        raise BadParameter("voidedStatementId", "not together with statementId")
    if chosen.keys() & {"statementId", "voidedStatementId"} and (extra := chosen.keys() - _WITH_ID):
        raise BadParameter(min(extra), "not together with statementId or voidedStatementId")
    return _query(chosen)


def more(arguments: MultiDict[str, str], after: int) -> str:
    """Return the token of the page after ``after``: the same question and where to go on."""
    asked = _continued(arguments)[0] if "more" in arguments else arguments.to_dict()
    return base64.urlsafe_b64encode(orjson.dumps([asked, after])).rstrip(b"=").decode()


def _resume(arguments: MultiDict[str, str]) -> StatementQuery:
    if len(list(arguments.items(multi=True))) > 1:
        raise BadParameter("more", "stands alone; follow the link as it was given")
    asked, after = _continued(arguments)
    return replace(_query(single(MultiDict(asked), NAMES)), after=after)


def _continued(arguments: MultiDict[str, str]) -> tuple[dict[str, str], int]:
    token = arguments["more"]
    try:
        asked, after = orjson.loads(base64.b64decode(token + "=" * (-len(token) % 4), altchars="-_", validate=True))
    except (ValueError, TypeError, binascii.Error):
        asked, after = None, None
    strings = isinstance(asked, dict) and all(isinstance(value, str) for value in asked.values())
    if not strings or not isinstance(after, int) or isinstance(after, bool) or not 0 <= after < 2**63:
        raise BadParameter("more", "not a link of this store")
    return asked, after


def single(arguments: MultiDict[str, str], known: frozenset[str], *required: str) -> dict[str, str]:
    """Return the parameters of a request, each known and given once.

    :raises BadParameter: one is unknown, repeated, no text, or a required one is missing.
    """
    for name, texts in arguments.lists():
        if name not in known:
            raise BadParameter(name[:60], "unknown parameter")
        if len(texts) > 1:
            raise BadParameter(name, "given more than once")
        if not _is_text(texts[0]):
            raise BadParameter(name, "holds a character that is no text")
    for name in required:
        if name not in arguments:
            raise BadParameter(name, "is required")
    return arguments.to_dict()


def _query(arguments: Mapping[str, str]) -> StatementQuery:
    return StatementQuery(
        statement_id=uuid(arguments, "statementId"),
        voided_statement_id=uuid(arguments, "voidedStatementId"),
        agent=ifi(agent(arguments) or {}),
        verb=iri(arguments, "verb"),
        activity=iri(arguments, "activity"),
        registration=uuid(arguments, "registration"),
        since=moment(arguments, "since"),
        until=moment(arguments, "until"),
        limit=_limit(arguments),
        ascending=_flag(arguments, "ascending"),
        related_agents=_flag(arguments, "related_agents"),
        related_activities=_flag(arguments, "related_activities"),
        format=_format(arguments),
        attachments=_flag(arguments, "attachments"),
    )


# -- one kind of value each -------------------------------------------------------------------------------------------


def uuid(arguments: Mapping[str, str], name: str) -> UUID | None:
    """Return a parameter that is a UUID; None when it is not given."""
    value = _checked(arguments, name, values.uuid)
    return None if value is None else UUID(value)


def iri(arguments: Mapping[str, str], name: str) -> str | None:
    """Return a parameter that is an IRI; None when it is not given."""
    return _checked(arguments, name, values.iri)


def moment(arguments: Mapping[str, str], name: str) -> datetime | None:
    """Return a parameter that is a timestamp, in UTC; None when it is not given."""
    value = _checked(arguments, name, values.timestamp)
    return None if value is None else values.moment(value)


def agent(arguments: Mapping[str, str], name: str = "agent") -> dict[str, Any] | None:
    """Return a parameter that is an agent or an identified group; None when it is not given."""
    if name not in arguments:
        return None
    try:
        parsed = parsing.json_of(arguments[name].encode())
        check_agent(parsed)
    except Invalid as error:
        raise BadParameter(f"{name}.{error.where}" if error.path else name, error.reason) from None
    if ifi(parsed) is None:
        raise BadParameter(name, "an anonymous group cannot be asked for")
    checked: dict[str, Any] = parsed
    return checked


def _checked(arguments: Mapping[str, str], name: str, check: Any) -> str | None:
    value = arguments.get(name)
    if value is not None:
        try:
            check(value)
        except Invalid as error:
            raise BadParameter(name, error.reason) from None
    return value


def _limit(arguments: Mapping[str, str]) -> int:
    value = arguments.get("limit", "0")
    if not value.isascii() or not value.isdigit():
        raise BadParameter("limit", "not a whole number from 0")
    return min(int(value) if len(value) < 5 else MAX_LIMIT, MAX_LIMIT) or MAX_LIMIT


def _flag(arguments: Mapping[str, str], name: str) -> bool:
    value = arguments.get(name, "false")
    if value not in ("true", "false"):
        raise BadParameter(name, "true or false")
    return value == "true"


def _format(arguments: Mapping[str, str]) -> str:
    value = arguments.get("format", "exact")
    if value not in FORMATS:
        raise BadParameter("format", "ids, exact or canonical")
    return value


def _is_text(value: Any) -> bool:
    try:
        return isinstance(value, str) and "\0" not in value and value.encode() is not None
    except UnicodeEncodeError:
        return False
