"""What a request for statements may ask (Communication, section 2.1.3): parsed, checked, and carried on by ``more``."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from werkzeug.datastructures import MultiDict

from lms.core.errors import DomainError
from lms.records.shapes import ifi

MAX_LIMIT = 500
FORMATS = ("ids", "exact", "canonical")
NAMES = frozenset(
    (
        *("statementId", "voidedStatementId", "agent", "verb", "activity", "registration", "since", "until", "limit"),
        *("ascending", "related_agents", "related_activities", "format", "attachments"),
    )
)
_WITH_ID = frozenset({"statementId", "voidedStatementId", "format", "attachments"})
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_VERSION = re.compile(r"1\.0(\.\d+)?|2\.0\.\d+")


class BadParameter(DomainError):
    """A parameter or header is missing, unknown, repeated or no value of its kind.

    The message is for the authors of client programs and stays English.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__("bad-parameter", f"{name}: {reason}", 400)


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
        raise BadParameter("X-Experience-API-Version", "this header is required")
    if not _VERSION.fullmatch(version):
        raise BadParameter("X-Experience-API-Version", "this store speaks 1.0.x and 2.0.x")
    return "2.0.0" if version.startswith("2") else "1.0.3"


def parse(arguments: MultiDict[str, str]) -> StatementQuery:
    """Return the question that the parameters ask.

    :raises BadParameter: a parameter is unknown, repeated, contradictory or not of its kind.
    """
    if "more" in arguments:
        return _resume(arguments)
    given = _single(arguments)
    if "statementId" in given and "voidedStatementId" in given:
        raise BadParameter("voidedStatementId", "not together with statementId")
    if given.keys() & {"statementId", "voidedStatementId"} and (extra := given.keys() - _WITH_ID):
        raise BadParameter(min(extra), "not together with statementId or voidedStatementId")
    return _query(given)


def more(arguments: MultiDict[str, str], after: int) -> str:
    """Return the token of the page after ``after``: the same question and where to go on."""
    given = _continued(arguments)[0] if "more" in arguments else arguments.to_dict()
    return base64.urlsafe_b64encode(orjson.dumps([given, after])).rstrip(b"=").decode()


def _resume(arguments: MultiDict[str, str]) -> StatementQuery:
    if len(list(arguments.items(multi=True))) > 1:
        raise BadParameter("more", "stands alone; follow the link as it was given")
    given, after = _continued(arguments)
    return replace(_query(_single(MultiDict(given))), after=after)


def _continued(arguments: MultiDict[str, str]) -> tuple[dict[str, str], int]:
    token = arguments["more"]
    try:
        given, after = orjson.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, TypeError, binascii.Error):
        given, after = None, None
    strings = isinstance(given, dict) and all(isinstance(value, str) for value in given.values())
    if not strings or not isinstance(after, int) or isinstance(after, bool) or not 0 <= after < 2**63:
        raise BadParameter("more", "not a link of this store")
    return given, after


def _single(arguments: MultiDict[str, str]) -> dict[str, str]:
    for name, values in arguments.lists():
        if name not in NAMES:
            raise BadParameter(name[:60], "unknown parameter")
        if len(values) > 1:
            raise BadParameter(name, "given more than once")
        if not _is_text(values[0]):
            raise BadParameter(name, "holds a character that is no text")
    return arguments.to_dict()


def _query(given: Mapping[str, str]) -> StatementQuery:
    return StatementQuery(
        statement_id=_uuid(given, "statementId"),
        voided_statement_id=_uuid(given, "voidedStatementId"),
        agent=_agent(given),
        verb=_iri(given, "verb"),
        activity=_iri(given, "activity"),
        registration=_uuid(given, "registration"),
        since=_moment(given, "since"),
        until=_moment(given, "until"),
        limit=_limit(given),
        ascending=_flag(given, "ascending"),
        related_agents=_flag(given, "related_agents"),
        related_activities=_flag(given, "related_activities"),
        format=_format(given),
        attachments=_flag(given, "attachments"),
    )


# -- one kind of value each -------------------------------------------------------------------------------------------


def _uuid(given: Mapping[str, str], name: str) -> UUID | None:
    value = given.get(name)
    if value is None:
        return None
    if not _UUID.fullmatch(value):
        raise BadParameter(name, "not a UUID")
    return UUID(value)


def _iri(given: Mapping[str, str], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not _IRI.fullmatch(value):
        raise BadParameter(name, "not an IRI")
    return value


def _moment(given: Mapping[str, str], name: str) -> datetime | None:
    value = given.get(name)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadParameter(name, "not an ISO 8601 timestamp (write + as %2B)") from None


def _limit(given: Mapping[str, str]) -> int:
    value = given.get("limit", "0")
    if not value.isascii() or not value.isdigit():
        raise BadParameter("limit", "not a whole number from 0")
    return min(int(value) if len(value) < 5 else MAX_LIMIT, MAX_LIMIT) or MAX_LIMIT


def _flag(given: Mapping[str, str], name: str) -> bool:
    value = given.get(name, "false")
    if value not in ("true", "false"):
        raise BadParameter(name, "true or false")
    return value == "true"


def _format(given: Mapping[str, str]) -> str:
    value = given.get("format", "exact")
    if value not in FORMATS:
        raise BadParameter("format", "ids, exact or canonical")
    return value


def _agent(given: Mapping[str, str]) -> str | None:
    if "agent" not in given:
        return None
    try:
        agent = json.loads(given["agent"])
    except (ValueError, RecursionError):
        raise BadParameter("agent", "not JSON") from None
    if not isinstance(agent, dict):
        raise BadParameter("agent", "not a JSON object")
    if agent.get("objectType", "Agent") not in ("Agent", "Group"):
        raise BadParameter("agent.objectType", "Agent or Group")
    names = agent.keys() & {"mbox", "mbox_sha1sum", "openid", "account"}
    if len(names) != 1:
        raise BadParameter("agent", "has exactly one of mbox, mbox_sha1sum, openid, account")
    if extra := agent.keys() - names - {"objectType", "name", "member"}:
        raise BadParameter(f"agent.{min(extra)[:60]}", "unknown property")
    name = names.pop()
    if not _IDENTIFIERS[name](agent[name]):
        raise BadParameter(f"agent.{name}", "not a valid identifier of this kind")
    return ifi(agent)


def _is_text(value: Any) -> bool:
    try:
        return isinstance(value, str) and "\0" not in value and bool(value.encode())
    except UnicodeEncodeError:
        return False


def _is_iri(value: Any) -> bool:
    return _is_text(value) and _IRI.fullmatch(value) is not None


_IDENTIFIERS: dict[str, Any] = {
    "mbox": lambda value: _is_text(value) and re.fullmatch(r"mailto:[^\s@]+@[^\s@]+", value),
    "mbox_sha1sum": lambda value: _is_text(value) and re.fullmatch(r"[0-9a-fA-F]{40}", value),
    "openid": _is_iri,
    "account": lambda value: (
        isinstance(value, dict)
        and value.keys() == {"homePage", "name"}
        and _is_iri(value["homePage"])
        and _is_text(value["name"])
    ),
}
