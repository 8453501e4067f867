"""All registrations compared with what statements say of them, and repaired, a few at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import text

from lms.core import audit
from lms.core.database import act, db
from lms.core.guard import SYSTEM
from lms.learning.projections import tables
from lms.learning.projections.folding import Fold, Key, Row, Rows
from lms.learning.projections.tables import Held, Holding
from lms.records import queries as records
from lms.records.vocabulary import AUTHORITY, VERBS

CHUNK = 100
"""Registrations held in memory at a time: a few hundred rows and statements each."""

SHOWN = 50
"""How many differences a report tells in words."""


@dataclass(slots=True)
class Report:
    """What a comparison found, in rows of the tables.

    :ivar read: statements taken in
    :ivar registrations: registrations compared
    :ivar equal: rows that are as statements say
    :ivar differing: rows that are otherwise
    :ivar missing: rows that statements tell of and the tables lack
    :ivar surplus: rows of which no statement tells
    :ivar unsaid: rows of which none can tell, since the person had no account at the time
    :ivar repaired: differences that were made good
    :ivar differences: the first SHOWN differences in words, for an operator
    """

    read: int = 0
    registrations: int = 0
    equal: int = 0
    differing: int = 0
    missing: int = 0
    surplus: int = 0
    unsaid: int = 0
    repaired: int = 0
    differences: list[str] = field(default_factory=list)


class Difference(NamedTuple):
    """A row that is not as statements say."""

    kind: Literal["differing", "missing", "surplus"]
    of: Holding
    key: Key
    said: Row | None
    held: Held | None

    def __str__(self) -> str:
        """In words, for an operator."""
        place = f"registration {self.of.registration}, {' '.join(self.key)}"
        if self.said is None:
            return f"{place}: in the table, but no statement tells of it"
        if self.held is None:
            return f"{place}: told by statements, but not in the table"
        told, row = self.said, self.held.row
        parts = [f"{name} is {row[name]}, by statements {told[name]}" for name in told if told[name] != row[name]]
        return f"{place}: {'; '.join(parts)}"


@dataclass(slots=True)
class _Compared:
    """What the comparison of one registration found."""

    equal: int = 0
    unsaid: int = 0
    differences: list[Difference] = field(default_factory=list)


def rebuild_projections(*, write: bool, at: datetime) -> Report:
    """Compare all registrations with what statements say of them; repair what differs if asked.

    Works while the product is in use, in bounded memory: CHUNK registrations at a time, each chunk repaired by one
    audited act. What a trainee changes at the same moment is left alone.

    :param write: whether to repair
    :param at: time of the audit entries
    """
    report = Report()
    for registrations in _chunks():
        compared, read = _look(registrations)
        differing = [registration for registration, outcome in compared.items() if outcome.differences]
        if differing:  # looked at once more: it may have changed between the reading of rows and of statements
            compared |= _look(differing)[0]
        differences = [difference for outcome in compared.values() for difference in outcome.differences]
        report.read += read
        report.registrations += len(registrations)
        report.equal += sum(outcome.equal for outcome in compared.values())
        report.unsaid += sum(outcome.unsaid for outcome in compared.values())
        for difference in differences:
            setattr(report, difference.kind, getattr(report, difference.kind) + 1)
        report.differences += [str(difference) for difference in differences[: SHOWN - len(report.differences)]]
        if write and differences:
            report.repaired += _repair(differences, at=at)
    return report


def compare(said: Rows, of: Holding) -> list[Difference]:
    """Return where the rows of a registration are not as statements say; columns that none tells are not compared."""
    differences = [Difference("missing", of, key, row, None) for key, row in said.items() if key not in of.rows]
    for key, held in of.rows.items():
        if key not in said:
            differences.append(Difference("surplus", of, key, None, held))
        elif any(held.row[name] != value for name, value in said[key].items()):
            differences.append(Difference("differing", of, key, said[key], held))
    return differences


def _look(registrations: Sequence[UUID]) -> tuple[dict[UUID, _Compared], int]:
    """Compare a chunk; returns what was found and how many statements were read.

    The tables are read first: whatever they held then has been said by the time the statements are read, so a
    difference that a write of this very moment makes is in a row that no longer is as it was read.
    """
    holdings = tables.read(registrations)
    fold = Fold()
    for statement in records.of_registrations(registrations):
        fold.add(statement)
    compared = {}
    for registration, of in holdings.items():
        said = fold.projection.get(registration, {})
        differences = compare(said, of)
        kept = [difference for difference in differences if not _unsayable(difference)]
        wrong = sum(difference.held is not None for difference in differences)
        compared[registration] = _Compared(len(of.rows) - wrong, len(differences) - len(kept), kept)
    return compared, fold.read


def _unsayable(difference: Difference) -> bool:
    """Tell whether a row without a statement was made before its person had an account, and so a name to be told by."""
    if difference.held is None or difference.kind != "surplus" or difference.of.person_id is None:
        return False
    row, since = difference.held.row, difference.of.named_since
    made: datetime | None = row.get("recorded_at") or row.get("enrolled_at")
    return since is None or (made is not None and made < since)


@act
def _repair(differences: Sequence[Difference], *, at: datetime) -> int:
    """Make a chunk's tables hold what statements say, as far as it can be done; returns how many rows were changed."""
    done: dict[UUID, tuple[dict[str, Any], dict[str, Any]]] = {}
    count = 0
    for kind, of, key, said, held in differences:
        before: Row | None = held.row if held else None
        changed = False
        if said is not None:
            changed = tables.change(key, held, said) if held else tables.restore(key, of, said)
        elif held is not None:
            before = tables.remove(key, held)
            changed = before is not None
        if changed:
            count += 1
            old, new = done.setdefault(of.registration, ({}, {}))
            old[" ".join(key)], new[" ".join(key)] = before, said if kind != "surplus" else None
    for registration, (old, new) in done.items():
        audit.record(SYSTEM, "projection.rebuild", "enrolment", registration, at=at, before=old, after=new)
    return count


# -- which registrations, and what was said of them -------------------------------------------------------------------

_ENROLMENTS = text("SELECT id FROM enrolments WHERE id > :after ORDER BY id LIMIT :size")
_STRAY = text(
    "SELECT registration FROM (SELECT registration FROM attempts UNION SELECT registration FROM submissions) r "
    "WHERE NOT EXISTS (SELECT FROM enrolments e WHERE e.id = r.registration) AND registration > :after "
    "ORDER BY registration LIMIT :size"
)
_KNOWN = text("SELECT id FROM enrolments WHERE id = ANY(:ids)")


def _chunks() -> Iterator[list[UUID]]:
    """Yield all registrations: those of enrolments, then those that only rows or statements name."""
    for source in (_ENROLMENTS, _STRAY):
        after = UUID(int=0)
        while ids := list(db.session.scalars(source, {"after": after, "size": CHUNK})):
            yield ids
            after = ids[-1]
    yield from _told_only()


def _told_only() -> Iterator[list[UUID]]:
    """Yield registrations that statements tell of and that are no enrolments."""
    for statements in records.with_verb(VERBS["enrolled"].iri):
        told = {
            UUID(statement["context"]["registration"])
            for statement in statements
            if statement["authority"] == AUTHORITY
        }
        lost = told.difference(db.session.scalars(_KNOWN, {"ids": list(told)}))
        if lost:
            yield sorted(lost)
