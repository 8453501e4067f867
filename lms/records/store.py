"""Storing statements: the one way in, for the product's own (`emit`) and for those that clients send.

A batch of any size is one call of ``xapi_store`` in the database; one that holds an id that is stored already needs two
more.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import orjson

from lms.core.database import db
from lms.records import parsing
from lms.records.errors import Invalid, Refused, TooLarge
from lms.records.shapes import as_lists, mention, mentions_of, same
from lms.records.values import moment
from lms.records.vocabulary import VOIDED

Sent = tuple[Mapping[str, Any], str]
"""A statement and its own text."""

Run = Callable[[str, Mapping[str, Any]], list[Any]]
"""Runs an SQL statement of the driver's form and returns its rows."""

_STORE = """
    SELECT xapi_store(%(ids)s::uuid[], %(targets)s::uuid[], %(voidings)s::boolean[],
                      string_to_array(%(heads)s, chr(30)), string_to_array(%(middles)s, chr(30), ''),
                      string_to_array(%(tails)s, chr(30)), %(credential)s::uuid,
                      %(places)s::integer[], %(mentions)s::uuid[], %(directs)s::boolean[])
"""
NAMES, NAMES_EACH = 5000, 50
"""So many agents, activities, verbs and registrations a batch may name, and so many more for each of its statements."""
_BETWEEN = "\x1e"
"""Stands between texts, which cannot hold it: as an array, each quotation mark in them would have to be escaped."""
_KEPT = "SELECT id, raw FROM statements WHERE id = ANY(%(ids)s)"


class StatementConflict(Refused):
    """Another statement is stored under this id (Communication, section 2.1.1)."""

    def __init__(self, statement_id: UUID) -> None:
        super().__init__("conflict", f"id: another statement is stored as {statement_id}; nothing was changed", 409)
        self.statement_id = statement_id


def in_session(sql: str, values: Mapping[str, Any]) -> list[Any]:
    """Run an SQL statement in the session's transaction."""
    return list(db.session.connection().exec_driver_sql(sql, dict(values)))


def store(
    statements: Sequence[Sent],
    *,
    authority: Mapping[str, Any],
    credential_id: UUID | None = None,
    version: str,
    run: Run = in_session,
) -> list[UUID]:
    """Store valid statements, all or none, and return their ids in order.

    Sets ``id``, ``timestamp`` and ``version`` where absent, ``stored`` and ``authority`` always; ``stored`` is the
    database's clock. An id that is stored already with the same statement changes nothing.

    :param authority: the agent who vouches for the statements
    :param version: of the request, ``1.0.3`` or ``2.0.0``
    :param run: ``direct`` for a batch that is a transaction of its own
    :raises Invalid: an id stands twice in the batch.
    :raises StatementConflict: an id is stored already with a different statement.
    """
    vouched = orjson.dumps(authority).decode()
    rows = [_Row(statement, sent, vouched, authority, credential_id, version) for statement, sent in statements]
    ids = [row.id for row in rows]
    if len(set(ids)) != len(ids):
        _refuse_repeated(ids)
    known = _call(run, rows, credential_id)
    if known:
        _refuse_others(run, [row for row in rows if row.id in known])
        fresh = [row for row in rows if row.id not in known]
        if fresh:
            _call(run, fresh, credential_id)
    return ids


class _Row:
    """A statement made ready: its columns, and the parts of its text around the moment at which it is stored."""

    __slots__ = ("head", "id", "mentions", "middle", "statement", "tail", "target_id", "voiding")

    def __init__(
        self,
        statement: Mapping[str, Any],
        sent: str,
        vouched: str,
        authority: Mapping[str, Any],
        credential_id: UUID | None,
        version: str,
    ) -> None:
        if _needs_rewriting(statement, version):
            sent = _rewritten(sent, version)
        self.statement = statement
        self.id = UUID(statement["id"]) if "id" in statement else uuid4()
        self.head = f'{sent[: sent.rindex("}")]},"stored":"'
        self.middle = "" if "timestamp" in statement else '","timestamp":"'
        self.tail = f'","authority":{vouched}'
        if "id" not in statement:
            self.tail += f',"id":"{self.id}"'
        if "version" not in statement:
            self.tail += ',"version":"1.0.0"' if version == "1.0.3" else ',"version":"2.0.0"'
        self.tail += "}"
        target = statement["object"]
        self.target_id = UUID(target["id"]) if target.get("objectType") == "StatementRef" else None
        self.voiding = statement["verb"]["id"] == VOIDED
        self.mentions = mentions_of({**statement, "authority": authority})
        if credential_id:
            self.mentions[mention("credential", str(credential_id))] = True


def _needs_rewriting(statement: Mapping[str, Any], version: str) -> bool:
    """Whether the text itself must change: the store's own properties, single context activities, other zones (2.0)."""
    if "stored" in statement or "authority" in statement:
        return True
    target = statement["object"]
    parts = (statement, target) if target.get("objectType") == "SubStatement" else (statement,)
    for part in parts:
        related = part.get("context", {}).get("contextActivities")
        if related and not all(type(value) is list for value in related.values()):
            return True
        if version == "2.0.0" and part.get("timestamp", "Z")[-1] != "Z":
            return True
    return False


def _rewritten(sent: str, version: str) -> str:
    """Write a statement anew without what the store sets, its numbers as they were sent."""
    kept = {key: value for key, value in parsing.exact(sent).items() if key not in ("stored", "authority")}
    statement = as_lists(kept)
    if version == "2.0.0":
        for part in (statement, statement["object"]):
            if "timestamp" in part:
                part["timestamp"] = moment(part["timestamp"]).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return parsing.dump(statement)


def _call(run: Run, rows: list[_Row], credential_id: UUID | None) -> set[UUID]:
    """Store the rows and return nothing, or store nothing and return the ids that are known."""
    _bound(rows)
    named = [(place, name, direct) for place, row in enumerate(rows, 1) for name, direct in row.mentions.items()]
    values = {
        "ids": _array(row.id for row in rows),
        "targets": _array(row.target_id or "NULL" for row in rows),
        "voidings": _array("t" if row.voiding else "f" for row in rows),
        "heads": _BETWEEN.join(row.head for row in rows),
        "middles": _BETWEEN.join(row.middle for row in rows),
        "tails": _BETWEEN.join(row.tail for row in rows),
        "credential": str(credential_id) if credential_id else None,
        "places": _array(place for place, _, _ in named),
        "mentions": _array(name for _, name, _ in named),
        "directs": _array("t" if direct else "f" for _, _, direct in named),
    }
    return {row[0] for row in run(_STORE, values)}


def _bound(rows: list[_Row]) -> None:
    """Refuse what would leave more rows than its length accounts for: a name takes 13 octets of a body of 50 MB."""
    names = sum(len(row.mentions) for row in rows)
    most = NAMES + NAMES_EACH * len(rows)
    if names > most:
        raise TooLarge(f"these statements name {names} agents and activities; so many of them name at most {most}")


def _array(values: Iterable[object]) -> str:
    """Write an array as PostgreSQL reads it, several times as fast as the driver's own lists."""
    return f"{{{','.join(map(str, values))}}}"


def _refuse_repeated(ids: list[UUID]) -> None:
    seen: set[UUID] = set()
    for place, statement_id in enumerate(ids):
        if statement_id in seen:
            raise Invalid("stands twice in this batch", place, "id")
        seen.add(statement_id)


def _refuse_others(run: Run, rows: list[_Row]) -> None:
    kept = dict(run(_KEPT, {"ids": [row.id for row in rows]}))
    for row in rows:
        if row.id not in kept or not same(row.statement, json.loads(kept[row.id])):
            raise StatementConflict(row.id)
