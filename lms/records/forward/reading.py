"""Which statements a forwarder gets next: one stretch of the store at a time, filtered in SQL."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from lms.core.database import direct
from lms.records.access import THROUGH
from lms.records.forward.rules import BATCH, BATCH_OCTETS
from lms.records.models import seq_at
from lms.records.shapes import mention

STRETCH = 1000
"""So many statements are looked at together, so that a step has its bounds even when hardly anything is asked for."""


class Waiting(NamedTuple):
    """A statement to be sent, with its text as it is kept."""

    seq: int
    id: UUID
    raw: str


class Stretch(NamedTuple):
    """The next statements, and where the cursor stands once they are through."""

    rows: list[Waiting]
    end: int
    more: bool
    """Whether there may be more after them."""


_BOUND = f"SELECT {THROUGH}"
_END = """
    SELECT seq FROM statements WHERE seq > %(cursor)s AND seq <= %(through)s ORDER BY seq OFFSET %(places)s LIMIT 1
"""
_ROWS = f"""
    SELECT seq, id, raw, place < length FROM (
        SELECT seq, id, raw, row_number() OVER way AS place, count(*) OVER () AS length,
               sum(octet_length(raw) + 2) OVER way AS octets
        FROM (SELECT s.seq, s.id, s.raw FROM statements s {{condition}} ORDER BY s.seq LIMIT {BATCH + 1}) found
        WINDOW way AS (ORDER BY seq)
    ) counted
    WHERE place <= {BATCH} AND (octets <= {BATCH_OCTETS} OR place = 1) ORDER BY seq
"""  # noqa: S608
_IN_STRETCH = "s.seq > %(cursor)s AND s.seq <= %(end)s"
_NAMED = f"""
    SELECT s.seq, s.seq AS named FROM statements s WHERE {_IN_STRETCH}
    UNION ALL SELECT s.seq, s.target FROM statement_references s WHERE {_IN_STRETCH}
"""  # noqa: S608
_NAMES = """EXISTS (
    SELECT FROM statement_mentions m WHERE m.mention = ANY(%({kind})s::uuid[]) AND m.direct IN (TRUE, FALSE)
    AND m.seq = n.named OFFSET 0
)"""
"""``OFFSET 0``: asked for each statement by the index, not joined with all that name a verb or a class."""
_FOUND = r"""regexp_matches(t.raw, '"registration"\s*:\s*"([0-9A-Fa-f-]{36})"', 'g') AS found"""
"""What may be a statement's registration; its text is not read as JSON, of which PostgreSQL refuses some (NUL)."""
_REGISTRATION = """
    encode(substring(sha256(convert_to('registration|' || lower(found[1]), 'UTF8')) FROM 1 FOR 16), 'hex')::uuid
"""
"""Its mention: :func:`lms.records.shapes.mention`."""
_OF_CLASS = f"""
    named AS MATERIALIZED ({_NAMED}), registrations AS MATERIALIZED (
        SELECT n.named, n.registration
        FROM (SELECT DISTINCT n.named, {_REGISTRATION} AS registration
              FROM named n JOIN statements t ON t.seq = n.named, {_FOUND}) n
        JOIN statement_mentions m ON m.mention = n.registration AND m.direct AND m.seq = n.named
    ), of_class AS MATERIALIZED (
        SELECT one.registration FROM (SELECT DISTINCT registration FROM registrations) one
        WHERE EXISTS (
            SELECT FROM (SELECT r.seq AS named FROM statement_mentions r
                         WHERE r.mention = one.registration AND r.direct) n
            WHERE {_NAMES.format(kind="classes")} OFFSET 0
        )
    )
"""  # noqa: S608
_BY_SEQ = "SELECT seq, id, raw FROM statements WHERE seq = %(seq)s"


def consistent_through() -> int:
    """Return the last ``seq`` up to which every statement that will ever be there can be read from now on."""
    ((moment,),) = direct(_BOUND, {})
    return seq_at(moment) - 1


def after(
    cursor: int, through: int, *, verbs: Iterable[str], activities: Iterable[str], classes: Iterable[str]
) -> Stretch:
    """Return the next statements after ``cursor`` up to ``through``, at most a batch.

    A statement that refers to one that passes the filters passes too, so that what is voided here is voided there.
    A class has the statements that name it and those of registrations of which any statement names it by now.
    """
    values: dict[str, Any] = {"cursor": cursor, "through": through, "places": STRETCH - 1}
    stretch_end = direct(_END, values)
    values["end"] = stretch_end[0][0] if stretch_end else through
    wanted = {"verbs": ("verb", verbs), "activities": ("activity", activities), "classes": ("activity", classes)}
    filters = {key: [mention(kind, iri) for iri in iris] for key, (kind, iris) in wanted.items() if iris}
    rows = direct(_ROWS.format(condition=_condition(filters)), values | filters)
    waiting = [Waiting(*row[:3]) for row in rows]
    if rows and rows[-1][3]:
        return Stretch(waiting, waiting[-1].seq, more=True)
    return Stretch(waiting, max(values["end"], cursor), more=bool(stretch_end))


def one(seq: int) -> Waiting:
    """Return a statement."""
    ((row),) = direct(_BY_SEQ, {"seq": seq})
    return Waiting(*row)


def _condition(filters: dict[str, list[str]]) -> str:
    if not filters:
        return f"WHERE {_IN_STRETCH}"
    tests = [_NAMES.format(kind=kind) for kind in ("verbs", "activities") if kind in filters]
    if "classes" in filters:
        tests.append(
            f"({_NAMES.format(kind='classes')} OR n.named IN (SELECT g.named FROM registrations g "  # noqa: S608
            "JOIN of_class USING (registration)))"
        )
        chosen = f"WITH {_OF_CLASS} SELECT n.seq FROM named n WHERE {' AND '.join(tests)}"  # noqa: S608
    else:
        chosen = f"SELECT n.seq FROM ({_NAMED}) n WHERE {' AND '.join(tests)}"  # noqa: S608
    return f"WHERE s.seq IN ({chosen})"
