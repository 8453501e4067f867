"""Reading the store: one SQL statement a question."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text

from lms.core.database import db
from lms.records.models import Credential, Statement, StatementActivity
from lms.records.parameters import StatementQuery


class Stored(NamedTuple):
    """A statement as it is answered."""

    seq: int
    stored: datetime
    raw: str


class Shown(NamedTuple):
    """A statement as the reader page lists it."""

    seq: int
    id: UUID
    stored: datetime
    voided: bool
    raw: str


def find(statement_id: UUID, *, voided: bool, only_of: UUID | None) -> Stored | None:
    """Return one statement that is voided or not, as asked; only one sent with the credential ``only_of`` if given."""
    wanted = select(Statement.seq, Statement.stored, Statement.raw).where(
        Statement.id == statement_id, Statement.voided == voided
    )
    if only_of is not None:
        wanted = wanted.where(Statement.credential_id == only_of)
    row = db.session.execute(wanted).first()
    return Stored(*row) if row else None


def page(query: StatementQuery, *, only_of: UUID | None) -> list[Stored]:
    """Return up to ``limit`` + 1 statements in the order asked; the last one only tells that there are more."""
    values: dict[str, Any] = {
        "agent": query.agent,
        "verb": query.verb,
        "activity": query.activity,
        "registration": query.registration,
        "since": query.since,
        "until": query.until,
        "after": query.after,
        "only_of": only_of,
        "size": query.limit + 1,
    }
    used = {name: value for name, value in values.items() if value is not None}
    return [Stored(*row) for row in db.session.execute(text(_page_sql(query, used.keys())), used)]


def browse(*, verb: str | None, activity: str | None, registration: UUID | None, after: int | None, size: int) -> Any:
    """Return the newest ``size`` + 1 statements of the reader page, voided ones included."""
    wanted = select(Statement.seq, Statement.id, Statement.stored, Statement.voided, Statement.raw)
    if verb:
        wanted = wanted.where(Statement.verb == verb)
    if registration:
        wanted = wanted.where(Statement.registration == registration)
    if activity:
        wanted = wanted.where(Statement.seq.in_(select(StatementActivity.seq).where(StatementActivity.iri == activity)))
    if after is not None:
        wanted = wanted.where(Statement.seq < after)
    return [Shown(*row) for row in db.session.execute(wanted.order_by(Statement.seq.desc()).limit(size + 1))]


def credentials() -> Sequence[Credential]:
    """Return all credentials: those in use first, the newest first."""
    return db.session.scalars(
        select(Credential).order_by(Credential.revoked_at.is_not(None), Credential.created_at.desc())
    ).all()


# -- the SQL of a page: constant pieces, chosen by which filters are in use; every value is bound ----------------------

_TIMES = {
    "since": "s.stored > :since",
    "until": "s.stored <= :until",
    "only_of": "s.credential_id = :only_of",
}


def _page_sql(query: StatementQuery, used: Any) -> str:
    order = "ASC" if query.ascending else "DESC"
    always = ["NOT s.voided", *(condition for name, condition in _TIMES.items() if name in used)]
    if "after" in used:
        always.append("s.seq > :after" if query.ascending else "s.seq < :after")
    filters = _filters(query, used)
    parts = [[*always, *(condition.replace("?", "s") for condition in filters)]]
    if filters:
        parts.append([*always, "s.target_id IS NOT NULL", _targets([one.replace("?", "t") for one in filters])])
    selects = " UNION ".join(
        f"(SELECT s.seq FROM statements s WHERE {' AND '.join(part)} ORDER BY s.seq {order} LIMIT :size)"  # noqa: S608
        for part in parts
    )
    return (
        f"SELECT s.seq, s.stored, s.raw FROM ({selects}) AS found JOIN statements s USING (seq) "  # noqa: S608
        f"ORDER BY s.seq {order} LIMIT :size"
    )


def _filters(query: StatementQuery, used: Any) -> list[str]:
    """Conditions that a statement meets by itself or through the statement it refers to; ``?`` stands for the table."""
    related = "EXISTS (SELECT 1 FROM statement_{} a WHERE a.seq = ?.seq AND a.{} = :{}{})"
    known = {
        "agent": related.format("agents", "ifi", "agent", "" if query.related_agents else " AND a.direct"),
        "verb": "?.verb = :verb",
        "activity": related.format(
            "activities", "iri", "activity", "" if query.related_activities else " AND a.direct"
        ),
        "registration": "?.registration = :registration",
    }
    return [condition for name, condition in known.items() if name in used]


def _targets(conditions: list[str]) -> str:
    """Some statement that ``s`` refers to, directly or through others, meets the conditions (Communication 2.1.4)."""
    return (
        "EXISTS (WITH RECURSIVE chain AS ("  # noqa: S608 - constant pieces
        "SELECT t.seq, t.target_id, t.verb, t.registration FROM statements t WHERE t.id = s.target_id "
        "UNION SELECT t.seq, t.target_id, t.verb, t.registration FROM statements t JOIN chain c ON t.id = c.target_id"
        f") SELECT 1 FROM chain t WHERE {' AND '.join(conditions)})"
    )
