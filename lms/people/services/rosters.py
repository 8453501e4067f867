"""Rosters: checked without writing, and imported all or nothing."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from lms.core import audit
from lms.core.database import act, db
from lms.core.guard import Actor
from lms.people.models import Unit, UnitSuccession
from lms.people.roster import writing
from lms.people.roster.cells import UnitRef
from lms.people.roster.checking import Checker, Problem
from lms.people.roster.reading import Table, open_table
from lms.people.roster.writing import Summary
from lms.people.sessions import local_day

PERMISSION = "people.import"


@dataclass(frozen=True, slots=True)
class Report:
    """What is in a roster.

    :ivar problem_count: all problems; ``problems`` holds the first twenty thousand of them
    :ivar accounts: how many accounts were made; 0 after a dry run
    """

    summary: Summary
    problems: list[Problem]
    problem_count: int
    warnings: tuple[Any, ...]
    accounts: int = 0

    @property
    def sound(self) -> bool:
        """Whether the roster can be imported."""
        return self.problem_count == 0


def check_roster(actor: Actor, stream: BinaryIO, filename: str, *, at: datetime) -> Report:
    """Read and check a roster, and count what it would change; writes nothing.

    :raises RosterError: the file cannot be read as a roster at all
    """
    table = open_table(stream, filename)
    try:
        return _compared(actor, table, at, lambda _count: None)[1]
    finally:
        db.session.rollback()


@act
def import_roster(
    actor: Actor,
    stream: BinaryIO,
    filename: str,
    *,
    at: datetime,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Write a roster's persons, and an account without a password for each who has none: all, or with a problem none.

    :param tell: hears how many rows of how many have been read
    :raises RosterError: the file cannot be read as a roster at all
    """
    digest = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    table = open_table(stream, filename)
    tell(0, table.size)
    writing.lock_persons()
    checker, report = _compared(actor, table, at, lambda count: tell(count, table.size))
    if not report.sound:
        return report
    accounts = writing.write(checker, at)
    summary = report.summary
    after = {"file": filename, "sha256": digest, "new": summary.new, "changed": summary.changed}
    after |= {"unchanged": summary.unchanged, "accounts": accounts}
    audit.record(actor, "roster.import", "roster", digest, at=at, after=after)
    return Report(summary, [], 0, report.warnings, accounts)


def _compared(actor: Actor, table: Table, at: datetime, tell: Callable[[int], None]) -> tuple[Checker, Report]:
    paths = actor.paths(PERMISSION)
    checker = Checker(table, _units(paths, at), local_day(at))
    writing.stage(checker, tell)
    summary = writing.compare(checker, paths)
    problems = sorted(checker.problems, key=lambda problem: problem.row)
    return checker, Report(summary, problems, checker.problem_count, table.warnings)


def _units(paths: Iterable[str], at: datetime) -> dict[str, UnitRef]:
    heir, today, prefixes = aliased(Unit), local_day(at), tuple(paths)
    successors = (
        select(func.string_agg(heir.code, ", "))
        .join(UnitSuccession, UnitSuccession.successor_id == heir.id)
        .where(UnitSuccession.predecessor_id == Unit.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Unit.code, Unit.id, Unit.path, Unit.valid_from, Unit.valid_to, func.coalesce(successors, ""))
    )
    return {
        code: UnitRef(unit_id, path.startswith(prefixes), first <= today and (last is None or last > today), heirs)
        for code, unit_id, path, first, last, heirs in rows
    }
