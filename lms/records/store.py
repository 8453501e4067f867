"""Storing statements: the one way in, for the product's own (`emit`) and for those that clients send.

Works in the caller's transaction. A batch of n statements is three SQL statements, one more when it voids and one more
when an id was there already.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import text

from lms.core.database import db
from lms.records.shapes import activities_of, agents_of, as_lists, digest_of
from lms.records.vocabulary import VOIDED

_INSERT = text(
    """
    INSERT INTO statements (id, stored, timestamp, verb, registration, target_id, voided, credential_id, digest, raw)
    SELECT n.id, :stored, n.timestamp, n.verb, n.registration, n.target_id,
           n.verb <> :voiding AND EXISTS (SELECT 1 FROM statements v WHERE v.target_id = n.id AND v.verb = :voiding),
           CAST(:credential_id AS uuid), n.digest, n.raw
    FROM unnest(CAST(:ids AS uuid[]), CAST(:timestamps AS timestamptz[]), CAST(:verbs AS text[]),
                CAST(:registrations AS uuid[]), CAST(:targets AS uuid[]), CAST(:digests AS bytea[]),
                CAST(:raws AS text[])) WITH ORDINALITY
         AS n (id, timestamp, verb, registration, target_id, digest, raw, place)
    ORDER BY n.place
    ON CONFLICT (id) DO NOTHING
    RETURNING id, seq
    """
)
_AGENTS = text(
    "INSERT INTO statement_agents (seq, ifi, direct) "
    "SELECT * FROM unnest(CAST(:seqs AS bigint[]), CAST(:names AS text[]), CAST(:direct AS boolean[]))"
)
_ACTIVITIES = text(
    "INSERT INTO statement_activities (seq, iri, direct) "
    "SELECT * FROM unnest(CAST(:seqs AS bigint[]), CAST(:names AS text[]), CAST(:direct AS boolean[]))"
)
_DIGESTS = text("SELECT id, digest FROM statements WHERE id = ANY(CAST(:ids AS uuid[]))")
_VOID = text(
    "UPDATE statements SET voided = true WHERE id = ANY(CAST(:ids AS uuid[])) AND verb <> :voiding AND NOT voided"
)


class StatementConflict(Exception):
    """Another statement is stored under this id (Communication, section 2.1.1)."""

    def __init__(self, statement_id: UUID) -> None:
        super().__init__(str(statement_id))
        self.statement_id = statement_id


def store(
    statements: Sequence[Mapping[str, Any]],
    *,
    authority: Mapping[str, Any],
    credential_id: UUID | None = None,
    at: datetime,
) -> list[UUID]:
    """Store valid statements, all or none, and return their ids in order.

    Sets ``id``, ``timestamp`` and ``version`` where absent, ``stored`` and ``authority`` always. An id that is stored
    already with the same statement changes nothing.

    :param authority: the agent who vouches for the statements
    :param at: the store's clock: it becomes ``stored``, so it must not be the time of an event long past
    :raises StatementConflict: an id is stored already, or stands twice in the batch, with a different statement.
    """
    rows = [_Row(statement, authority, at) for statement in statements]
    fresh = _without_repeats(rows)
    if not fresh:
        return []
    values = {
        "stored": at,
        "voiding": VOIDED,
        "credential_id": credential_id,
        "ids": [row.id for row in fresh],
        "timestamps": [row.timestamp for row in fresh],
        "verbs": [row.verb for row in fresh],
        "registrations": [row.registration for row in fresh],
        "targets": [row.target_id for row in fresh],
        "digests": [row.digest for row in fresh],
        "raws": [row.raw for row in fresh],
    }
    inserted: dict[UUID, int] = {row.id: row.seq for row in db.session.execute(_INSERT, values)}
    _refuse_conflicts([row for row in fresh if row.id not in inserted])
    stored = [(inserted[row.id], row) for row in fresh if row.id in inserted]
    _relate(_AGENTS, [(seq, name, direct) for seq, row in stored for name, direct in agents_of(row.statement).items()])
    _relate(
        _ACTIVITIES, [(seq, iri, direct) for seq, row in stored for iri, direct in activities_of(row.statement).items()]
    )
    voided = [row.target_id for _, row in stored if row.verb == VOIDED and row.target_id]
    if voided:
        db.session.execute(_VOID, {"ids": voided, "voiding": VOIDED})
    return [row.id for row in rows]


class _Row:
    """A statement made ready: its columns, and the text in which it will be answered."""

    __slots__ = ("digest", "id", "raw", "registration", "statement", "target_id", "timestamp", "verb")

    def __init__(self, statement: Mapping[str, Any], authority: Mapping[str, Any], at: datetime) -> None:
        self.digest = digest_of(statement)
        stored = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self.id = UUID(statement["id"]) if "id" in statement else uuid4()
        absent = {"id": str(self.id), "timestamp": stored, "version": "1.0.0"}
        self.statement = as_lists({**absent, **statement, "stored": stored, "authority": authority})
        self.timestamp = datetime.fromisoformat(self.statement["timestamp"])
        self.verb: str = statement["verb"]["id"]
        registration = statement.get("context", {}).get("registration")
        self.registration = UUID(registration) if registration else None
        target = statement["object"]
        self.target_id = UUID(target["id"]) if target.get("objectType") == "StatementRef" else None
        self.raw = orjson.dumps(self.statement).decode()


def _without_repeats(rows: list[_Row]) -> list[_Row]:
    first: dict[UUID, _Row] = {}
    for row in rows:
        if first.setdefault(row.id, row).digest != row.digest:
            raise StatementConflict(row.id)
    return list(first.values())


def _refuse_conflicts(known: list[_Row]) -> None:
    if not known:
        return
    digests = {row.id: row.digest for row in db.session.execute(_DIGESTS, {"ids": [row.id for row in known]})}
    for row in known:
        if bytes(digests[row.id]) != row.digest:
            raise StatementConflict(row.id)


def _relate(statement: Any, rows: list[tuple[int, str, bool]]) -> None:
    if rows:
        seqs, names, direct = (list(column) for column in zip(*rows, strict=True))
        db.session.execute(statement, {"seqs": seqs, "names": names, "direct": direct})
