"""Rosters: checked without writing, and imported all or nothing."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

import msgspec
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, text
from sqlalchemy.orm import aliased

from lms.core import audit, jobs
from lms.core.database import act, db
from lms.core.errors import DomainError
from lms.core.guard import Actor
from lms.people.models import Unit, UnitSuccession
from lms.people.roster import writing
from lms.people.roster.cells import UnitRef
from lms.people.roster.checking import Checker, Problem
from lms.people.roster.reading import Choices, Sheet, Table, open_table
from lms.people.roster.writing import Summary
from lms.people.sessions import local_day

PERMISSION = "people.import"
DIRECT = 512 * 1024
"""Bytes up to which a roster is checked at once, some 5,000 persons; a larger one is checked by a job."""
KEPT = timedelta(days=2)
"""How long an uploaded roster stays in the file store; it must be imported within a day of its check."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is in a roster.

    :ivar problem_count: all problems; ``problems`` holds the first twenty thousand of them
    :ivar warnings: what was read in another way than one may think, and what was not read
    :ivar sheet: the sheet that was read
    :ivar others: the other sheets with tables
    :ivar old: texts in an old encoding, by its name
    :ivar accounts: how many accounts were made; 0 after a dry run
    """

    summary: Summary
    problems: list[Problem]
    problem_count: int
    warnings: tuple[Any, ...]
    sheet: str = ""
    others: tuple[Sheet, ...] = ()
    old: tuple[tuple[str, int], ...] = ()
    accounts: int = 0

    @property
    def sound(self) -> bool:
        """Whether the roster can be imported."""
        return self.problem_count == 0


class RosterRefused(DomainError):
    """A roster with problems; nothing of it was written."""

    def __init__(self, report: Report) -> None:
        super().__init__("roster-problems", _l("The roster has problems. Nothing was imported."), 422)
        self.report = report


def check_roster(
    actor: Actor,
    stream: BinaryIO,
    filename: str,
    *,
    at: datetime,
    choices: Choices | None = None,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Read and check a roster, and count what it would change; writes nothing.

    :param tell: hears how many rows of how many have been read
    :raises RosterError: the file cannot be read as a roster at all
    """
    try:
        with open_table(stream, filename, choices) as table:
            tell(0, table.size)
            checker = _checker(actor, table, at)
            summary = writing.send(checker, at=None, tell=lambda count: tell(count, table.size))
        return _report(checker, summary)
    finally:
        db.session.rollback()


@act
def import_roster(
    actor: Actor,
    stream: BinaryIO,
    filename: str,
    *,
    at: datetime,
    choices: Choices | None = None,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Write a roster's persons, and an account without a password for each who has none: all, or with a problem none.

    :param choices: those with which :func:`check_roster` has read this content before
    :param tell: hears how many rows of how many have been read
    :raises RosterError: the file cannot be read as a roster at all
    :raises RosterRefused: it has problems; nothing is written
    """
    digest = hashlib.sha256(stream.read()).hexdigest()
    stream.seek(0)
    with open_table(stream, filename, choices) as table:
        tell(0, table.size)
        writing.lock_persons()
        checker = _checker(actor, table, at)
        summary = writing.send(checker, at=at, tell=lambda count: tell(count, table.size))
    report = _report(checker, summary)
    if not checker.sound:
        raise RosterRefused(report)
    accounts = writing.settle(checker, summary, at)
    after = {"file": filename, "sha256": digest, "new": summary.new, "changed": summary.changed}
    after |= {"unchanged": summary.unchanged, "accounts": accounts, "sheet": table.sheet}
    audit.record(actor, "roster.import", "roster", digest, at=at, after=after)
    return replace(report, accounts=accounts)


@act
def request(task: str, actor: Actor, sha256: str, filename: str, choices: Choices, *, at: datetime) -> UUID:
    """Put the check or the import of a stored file on the queue; returns the id of the job.

    :param task: ``people.check_roster`` or ``people.import_roster``
    """
    return jobs.enqueue(
        jobs.queue.tasks[task],
        actor,
        at=at,
        sha256=sha256,
        filename=filename,
        account_id=str(actor.account_id),
        sheet=choices.sheet,
        encoding=choices.encoding,
    )


@act
def forget_later(actor: Actor, sha256: str, *, at: datetime) -> None:
    """See to it that an uploaded roster, which names many persons, does not outlive its use."""
    jobs.enqueue(jobs.queue.tasks["people.forget_roster"], actor, at=at, schedule_at=at + KEPT, sha256=sha256)


def uploaded_again(sha256: str) -> bool:
    """Tell whether a later upload of the same content waits to be forgotten."""
    waiting = text(
        "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'todo' "
        "AND task_name = 'people.forget_roster' AND args ->> 'sha256' = :sha256)"
    )
    return bool(db.session.scalar(waiting, {"sha256": sha256}))


def as_json(report: Report, *, most: int) -> dict[str, Any]:
    """Return a report as a job keeps it, in the language of the moment.

    :param most: so many of its problems
    """
    problems = [[*problem[:4], str(problem.message)] for problem in report.problems[:most]]
    return asdict(replace(report, problems=[], warnings=())) | {
        "problems": problems,
        "warnings": [str(warning) for warning in report.warnings],
    }


def from_json(kept: dict[str, Any]) -> Report:
    """Return the report that :func:`as_json` made plain."""
    return msgspec.convert(kept, Report)


def _checker(actor: Actor, table: Table, at: datetime) -> Checker:
    paths = actor.paths(PERMISSION)
    return Checker(table, _units(paths, at), local_day(at), writing.refused_codes(paths))


def _report(checker: Checker, summary: Summary) -> Report:
    table, warnings = checker.table, checker.notes()
    if summary.erased:
        warnings.append(_l("Empty cells would erase %(number)s values that are stored today.", number=summary.erased))
    warnings += [
        _l(
            "%(name)s: code %(code)s has the name and birth date of code %(other)s. Is this one person with two codes?",
            name=name,
            code=code,
            other=other,
        )
        for name, code, other in summary.twins
    ]
    return Report(
        summary,
        checker.problems,
        checker.problem_count,
        tuple(warnings),
        table.sheet,
        table.others,
        tuple(checker.old.items()),
    )


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
