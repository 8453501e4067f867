"""Reading the store: one SQL statement a question."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import product
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import select, text

from lms.core.database import db, direct
from lms.records.binding import Binding
from lms.records.models import Attachment, AttachmentSent, Credential, Statement, seq_at, stored_at
from lms.records.parameters import StatementQuery
from lms.records.shapes import account_ifi, mention
from lms.records.vocabulary import ACCOUNTS


class Stored(NamedTuple):
    """A statement as it is answered."""

    seq: int
    raw: str

    @property
    def stored(self) -> datetime:
        """When it was stored."""
        return stored_at(self.seq)


class Shown(NamedTuple):
    """A statement as the reader page lists it."""

    seq: int
    id: UUID
    voided: bool
    raw: str

    @property
    def stored(self) -> datetime:
        """When it was stored."""
        return stored_at(self.seq)


_VOIDED = """EXISTS (
    SELECT FROM statements v WHERE v.target_id = s.id AND v.voiding AND NOT s.voiding
    AND (v.credential_id IS NULL OR v.credential_id = s.credential_id)
)"""
"""By the product, or by whose key it was sent: what another says of it voids nothing, also when it was said before."""
_ONE = f"SELECT s.seq, s.raw FROM statements s WHERE s.id = %(id)s AND %(voided)s = {_VOIDED}"  # noqa: S608
_FOREIGN = """
    SELECT id FROM statements WHERE id = ANY(%(ids)s) AND credential_id IS DISTINCT FROM %(credential)s LIMIT 1
"""
_SENT = """
    SELECT (SELECT count(*) FROM (
        SELECT FROM statement_mentions WHERE mention = %(registration)s::uuid AND direct LIMIT %(most)s) all_of_it
    ), (SELECT count(*) FROM (
        SELECT FROM statement_mentions WHERE mention = %(credential)s::uuid AND direct AND seq > %(since)s
        LIMIT %(at_once)s) lately
    )
"""
_SENT_BY = " AND s.credential_id = %(only_of)s"
_SHOWN = f"SELECT s.seq, s.id, {_VOIDED}, s.raw FROM statements s"  # noqa: S608
_AROUND = f"""
    {_SHOWN} WHERE s.id = %(id)s
    UNION {_SHOWN} WHERE s.id = (SELECT target_id FROM statements WHERE id = %(id)s)
    UNION (SELECT * FROM ({_SHOWN} WHERE s.target_id = %(id)s
                          ORDER BY s.voiding DESC, s.seq DESC LIMIT %(size)s) referring)
    ORDER BY seq DESC
"""  # noqa: S608
_AT_ONCE = 100
_PAGE_LENGTH = 16 * 1024 * 1024
"""How many statements are fetched together, and after how many characters a page ends, so that memory is bounded."""
_BY = """
    CASE WHEN s.raw::json #>> '{actor,account,name}' = %(by)s AND s.raw::json #>> '{actor,account,homePage}' = %(home)s
    THEN TRUE ELSE FALSE END
"""
"""``json``, not ``jsonb``: that would read the numbers, and refuse some that a statement may hold. By itself the
condition would look so rare to the planner that it would read all that the person ever did."""
_OF_REGISTRATIONS = text(
    "SELECT s.raw FROM statement_mentions m JOIN statements s USING (seq) "  # noqa: S608 - constants
    f"WHERE m.mention = ANY(CAST(:mentions AS uuid[])) AND m.direct AND NOT {_VOIDED} ORDER BY s.seq"
)
_WITH_VERB = text(
    "SELECT s.seq, s.raw FROM statement_mentions m JOIN statements s USING (seq) "  # noqa: S608 - constants
    f"WHERE m.mention = CAST(:mention AS uuid) AND m.direct AND m.seq > :after AND NOT {_VOIDED} "
    "ORDER BY m.seq LIMIT 1000"
)


def find(statement_id: UUID, *, voided: bool, only_of: UUID | None) -> Stored | None:
    """Return one statement that is voided or not, as asked; only one sent with the credential ``only_of`` if given."""
    values: dict[str, Any] = {"id": statement_id, "voided": voided}
    if only_of is not None:
        values["only_of"] = only_of
    rows = direct(_ONE + (_SENT_BY if only_of else ""), values)
    return Stored(*rows[0]) if rows else None


def page(query: StatementQuery, *, only_of: UUID | None) -> tuple[list[Stored], bool]:
    """Return up to ``limit`` statements in the order asked, fewer when they are long, and whether there are more."""
    rows: list[Stored] = []
    length = 0
    while True:
        rest = replace(query, limit=min(query.limit - len(rows), _AT_ONCE), after=rows[-1].seq if rows else query.after)
        sql, values = page_sql(rest, only_of=only_of)
        fetched = [Stored(*row) for row in _ask(sql, values)]
        for place, row in enumerate(fetched[: rest.limit], 1):
            rows.append(row)
            length += len(row.raw)
            if len(rows) == query.limit or length > _PAGE_LENGTH:
                return rows, place < len(fetched)
        if len(fetched) <= rest.limit:
            return rows, False


def of_registrations(registrations: Sequence[UUID]) -> Iterator[dict[str, Any]]:
    """Yield the statements of registrations that are not voided, in stored order, through a server's cursor."""
    values = {"mentions": [mention("registration", str(registration)) for registration in registrations]}
    for raw in db.session.scalars(_OF_REGISTRATIONS, values, execution_options={"yield_per": 500}):
        yield orjson.loads(raw)


def with_verb(iri: str) -> Iterator[list[dict[str, Any]]]:
    """Yield all statements with a verb that are not voided, in stored order, a page at a time."""
    after, verb = 0, mention("verb", iri)
    while rows := db.session.execute(_WITH_VERB, {"mention": verb, "after": after}).all():
        yield [orjson.loads(row.raw) for row in rows]
        after = rows[-1].seq


def foreign(statement_ids: Sequence[UUID], credential_id: UUID) -> UUID | None:
    """Return one of these statements that was not sent with this credential, if there is any."""
    values = {"ids": statement_ids, "credential": credential_id}
    rows = direct(_FOREIGN, values)
    return rows[0][0] if rows else None


def contents_of(statement_ids: Sequence[UUID]) -> dict[str, str]:
    """Return the attachments whose contents came with these statements: hash, and address in the file store."""
    came = select(AttachmentSent.sha2).where(AttachmentSent.statement_id.in_(statement_ids))
    rows = db.session.execute(select(Attachment.sha2, Attachment.file).where(Attachment.sha2.in_(came)))
    return {row.sha2: row.file for row in rows}


def sent(binding: Binding, credential_id: UUID, *, since: datetime, most: int, at_once: int) -> tuple[int, int]:
    """Return how many statements a registration has, and how many its session has sent since: counted up to a bound."""
    values = {
        "registration": mention("registration", str(binding.registration)),
        "credential": mention("credential", str(credential_id)),
        "since": seq_at(since),
        "most": most,
        "at_once": at_once,
    }
    ((total, lately),) = direct(_SENT, values)
    return total, lately


def known(statement_ids: Sequence[UUID]) -> set[UUID]:
    """Return which of these statements are stored."""
    return set(db.session.scalars(select(Statement.id).where(Statement.id.in_(statement_ids))))


def naming(kind: str, name: str, *, size: int, only_of: UUID | None) -> list[dict[str, Any]]:
    """Return the newest ``size`` statements that name an ``agent`` or an ``activity`` in any place."""
    wanted: dict[str, Any] = {kind: name}
    query = StatementQuery(**wanted, related_agents=kind == "agent", related_activities=kind == "activity", limit=size)
    return [orjson.loads(row.raw) for row in page(query, only_of=only_of)[0]]


def browse(query: StatementQuery, *, by: UUID | None = None) -> list[Shown]:
    """Return up to ``limit`` + 1 statements for people to read, voided ones included.

    :param by: only statements whose actor is this person of the product, alone
    """
    sql, values = page_sql(query, only_of=None, voided_too=True, by=by)
    return [Shown(*row) for row in _ask(sql, values)]


def count(query: StatementQuery, *, by: UUID | None = None) -> int:
    """Return how many statements :func:`browse` would find: exactly up to ``limit``, one more when there are more."""
    sql, values = page_sql(query, only_of=None, voided_too=True, by=by)
    number: int = direct(f"SELECT count(*) FROM ({sql}) found", values)[0][0]  # noqa: S608
    return number


def around(statement_id: UUID, *, size: int) -> list[Shown]:
    """Return a statement, the one it refers to, and up to ``size`` that refer to it, those that void it first."""
    return [Shown(*row) for row in direct(_AROUND, {"id": statement_id, "size": size})]


def credentials() -> Sequence[Credential]:
    """Return all keys (session tokens are not among them): those in use first, the newest first."""
    return db.session.scalars(
        select(Credential)
        .where(Credential.agent.is_(None))
        .order_by(Credential.revoked_at.is_not(None), Credential.created_at.desc())
    ).all()


# -- the SQL of a page: constant pieces, chosen by which filters are in use; every value is bound ----------------------


def page_sql(
    query: StatementQuery, *, only_of: UUID | None, voided_too: bool = False, by: UUID | None = None
) -> tuple[str, dict[str, Any]]:
    """Return the SQL of a page and its values: the lists of mentions are walked in order and joined by ``seq``.

    Each list holds what is named directly, or what is named elsewhere; to ask for both is to walk both, each as far as
    the page goes, so that no long list has to be sorted.
    """
    wanted = [
        (mention("agent", account_ifi(by)), False) if by else None,
        (mention("agent", query.agent), query.related_agents) if query.agent else None,
        (mention("verb", query.verb), False) if query.verb else None,
        (mention("activity", query.activity), query.related_activities) if query.activity else None,
        (mention("registration", str(query.registration)), False) if query.registration else None,
        (mention("credential", str(only_of)), False) if only_of else None,
    ]
    filters = [mentioned for mentioned in wanted if mentioned]
    values: dict[str, Any] = {f"m{number}": name for number, (name, _) in enumerate(filters)}
    values["size"] = query.limit + 1
    bounds = list(_bounds(query, values))
    if by:
        values |= {"by": str(by), "home": ACCOUNTS}
        bounds.append(_BY)
    order = "ASC" if query.ascending else "DESC"
    columns = f"s.id, {_VOIDED}, s.raw" if voided_too else "s.raw"
    voided = "" if voided_too else f"NOT {_VOIDED}"
    if not filters:
        clauses = " AND ".join([*(f"s.{bound}" for bound in bounds), *([voided] if voided else [])])
        condition = f"WHERE {clauses}" if clauses else ""
        return f"SELECT s.seq, {columns} FROM statements s {condition} ORDER BY s.seq {order} LIMIT %(size)s", values  # noqa: S608
    ways = product(*((True, False) if related else (True,) for _, related in filters))
    matching = " UNION ALL ".join(
        f"(SELECT seq FROM ({part}) p JOIN statements s USING (seq)"  # noqa: S608
        f"{_where([*bounds, *([voided] if voided else [])])} ORDER BY seq {order} LIMIT %(size)s)"
        for way in ways
        for part in _parts(way)
    )
    return (
        f"SELECT s.seq, {columns} FROM (SELECT DISTINCT seq FROM ({matching}) all_ways) f "  # noqa: S608
        f"JOIN statements s USING (seq) ORDER BY s.seq {order} LIMIT %(size)s"
    ), values


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _bounds(query: StatementQuery, values: dict[str, Any]) -> Iterator[str]:
    if query.since is not None:
        values["since"] = _last_of(query.since)
        yield "seq > %(since)s"
    if query.until is not None:
        values["until"] = _last_of(query.until)
        yield "seq <= %(until)s"
    if query.after is not None:
        values["after"] = query.after
        yield "seq > %(after)s" if query.ascending else "seq < %(after)s"


def _last_of(moment: datetime) -> int:
    """Return the last ``seq`` of a moment, within what a column of the database holds."""
    return min(max(seq_at(moment) + 1023, 0), 2**63 - 1)


def _parts(way: Sequence[bool]) -> Iterator[str]:
    """Yield what names all, each directly or elsewhere, and what refers to that."""
    lists = " JOIN ".join(
        "(SELECT seq FROM statement_mentions "  # noqa: S608
        f"WHERE mention = %(m{number})s::uuid AND {'' if directly else 'NOT '}direct) f{number}"
        + (" USING (seq)" if number else "")
        for number, directly in enumerate(way)
    )
    named = f"SELECT seq FROM {lists}"  # noqa: S608
    yield named
    yield f"SELECT r.seq FROM ({named}) n JOIN statement_references r ON r.target = n.seq"  # noqa: S608


def _ask(sql: str, values: Mapping[str, Any]) -> list[Any]:
    """Ask a question; lists that are joined are planned for their own lengths, which a prepared plan cannot know."""
    return direct(sql, values, prepared="m1" not in values)
