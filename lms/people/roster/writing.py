"""A roster into the database: new persons by COPY while the file is still being read, known ones staged and compared.

One connection, one transaction. A single thread feeds the database, so that it works on one portion of rows while the
next is being checked.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import text

from lms.core.database import db
from lms.people.roster.checking import REST, Checker, Row

_COLUMNS = ("staff_code", "search_text", "sort_key", "full_name", *REST)
_ALWAYS = ("full_name", "search_text", "sort_key", "category", "position", "unit_id")
_OPTIONAL = ("birth_date", "sex", "email", "rank", "service_ends_on")

_STAGING = """
DROP TABLE IF EXISTS staged_persons;
CREATE TEMPORARY TABLE staged_persons (
    staff_code text NOT NULL, search_text text NOT NULL, sort_key text NOT NULL, full_name text NOT NULL,
    birth_date date, sex text, email text, category text NOT NULL, position text NOT NULL, rank text,
    unit_id bigint NOT NULL, service_ends_on date
) ON COMMIT DROP
"""
_ELSEWHERE = text(
    "SELECT p.staff_code FROM persons p JOIN units u ON u.id = p.unit_id WHERE NOT (u.path LIKE ANY (:prefixes))"
)
_USERNAME_TAKEN = text(
    """
    SELECT upper(a.username) FROM accounts a LEFT JOIN persons p ON p.id = a.person_id
    WHERE lower(p.staff_code) IS DISTINCT FROM a.username AND NOT EXISTS (
        SELECT FROM persons q JOIN accounts b ON b.person_id = q.id WHERE q.staff_code = upper(a.username)
    )
    """
)
_RENAMED = text(
    """
    UPDATE accounts a SET display_name = s.full_name FROM staged_persons s JOIN persons p USING (staff_code)
    WHERE a.person_id = p.id AND a.display_name IS DISTINCT FROM s.full_name
    """
)
_MISSING_ACCOUNTS = text(
    """
    INSERT INTO accounts (id, username, display_name, person_id, actor_name, created_at)
    SELECT gen_random_uuid(), lower(s.staff_code), s.full_name, p.id, gen_random_uuid(), :at
    FROM staged_persons s JOIN persons p USING (staff_code)
    WHERE NOT EXISTS (SELECT FROM accounts a WHERE a.person_id = p.id)
    """
)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a roster changes."""

    new: int
    changed: int
    unchanged: int
    erased: int = 0
    """How many stored values an empty cell would erase."""
    twins: tuple[tuple[str, str, str], ...] = ()
    """The first new persons who have name and birth date of somebody else: name, code in the file, the other code."""

    @property
    def total(self) -> int:
        """All rows."""
        return self.new + self.changed + self.unchanged


_TWINS = text(
    """
    SELECT DISTINCT ON (s.staff_code) s.full_name, s.staff_code, p.staff_code FROM staged_persons s
    JOIN persons p ON p.full_name = s.full_name AND p.birth_date = s.birth_date AND p.staff_code <> s.staff_code
    WHERE p.left_on IS NULL AND NOT EXISTS (SELECT FROM persons q WHERE q.staff_code = s.staff_code)
    ORDER BY s.staff_code LIMIT 50
    """
)
_TWINS_WITHIN = text(
    """
    SELECT full_name, min(staff_code), max(staff_code) FROM staged_persons WHERE birth_date IS NOT NULL
    GROUP BY full_name, birth_date HAVING count(*) > 1 ORDER BY 2 LIMIT 50
    """
)


def lock_persons() -> None:
    """Keep others from writing persons and accounts until the transaction ends; reading goes on."""
    db.session.execute(text("LOCK TABLE persons, accounts IN SHARE ROW EXCLUSIVE MODE"))


def refused_codes(paths: Sequence[str]) -> dict[str, Any]:
    """Return the staff codes that may not be imported by somebody who covers these units, with the reason."""
    elsewhere = _l("This person belongs to a unit that is not one of those you may import staff for.")
    taken = _l("Another account has this code as its username. Please ask an administrator.")
    prefixes = {"prefixes": [f"{path}%" for path in paths]}
    return dict.fromkeys(db.session.scalars(_USERNAME_TAKEN), taken) | dict.fromkeys(
        db.session.scalars(_ELSEWHERE, prefixes), elsewhere
    )


def send(checker: Checker, *, at: datetime | None, tell: Callable[[int], None]) -> Summary:
    """Check all rows; compare those of known persons with what is stored, and write new ones unless ``at`` is None.

    When the checker has found a problem, what was written is only half and must be rolled back.

    :param tell: hears from time to time how many rows were good
    """
    known = frozenset(db.session.scalars(text("SELECT staff_code FROM persons")))
    db.session.execute(text(_STAGING))
    raw: Any = db.session.connection().connection.driver_connection
    new = 0
    with _nimble_threads(), ThreadPoolExecutor(1, thread_name_prefix="roster") as pool:
        pending: Future[None] | None = None
        for batch in checker.batches():
            staged = [row for row in batch if row.staff_code in known] if known else []
            fresh = [row for row in batch if row.staff_code not in known] if staged else batch
            new += len(fresh)
            portions = [_staged(batch if at is None else staged)]
            if at is not None and checker.sound:
                portions += _made(fresh, at)
            if pending is not None:
                pending.result()
                tell(checker.count)
            pending = pool.submit(_feed, raw, portions)
        if pending is not None:
            pending.result()
    db.session.execute(text("ANALYZE staged_persons"))
    erased = " + ".join(
        [f"(p.{n} IS NOT NULL AND s.{n} IS NULL)::int" for n in _OPTIONAL if n in checker.present] or ["0"]
    )
    changed, all_known, lost = db.session.execute(
        text(
            f"SELECT count(*) FILTER (WHERE {_difference(checker)}), count(*), "  # noqa: S608 - names are our own
            f"coalesce(sum({erased}), 0) FROM staged_persons s JOIN persons p USING (staff_code)"
        )
    ).one()
    twins: list[Any] = []
    if at is None:
        twins = [*db.session.execute(_TWINS_WITHIN), *(db.session.execute(_TWINS) if known else ())]
    return Summary(new, changed, all_known - changed, lost, tuple((name, code, other) for name, code, other in twins))


def settle(checker: Checker, summary: Summary, at: datetime) -> int:
    """Bring the known persons up to date and give every person an account; returns how many accounts were made."""
    assignments = ", ".join(f"{name} = s.{name}" for name in _compared(checker))
    db.session.execute(
        text(
            f"UPDATE persons p SET left_on = NULL, {assignments} FROM staged_persons s "  # noqa: S608 - names are our own
            f"WHERE p.staff_code = s.staff_code AND ({_difference(checker)})"
        )
    )
    db.session.execute(_RENAMED)
    missing: Any = db.session.execute(_MISSING_ACCOUNTS, {"at": at})
    return summary.new + int(missing.rowcount)


@contextmanager
def _nimble_threads() -> Iterator[None]:
    """Let the feeding thread have the interpreter soon: the database waits for it, the checking does not."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _feed(raw: Any, portions: list[tuple[str, str]]) -> None:
    """Send portions of lines, each to its table (in the thread that has the connection for the moment)."""
    for target, lines in portions:
        if lines:
            with raw.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
                copy.write(lines)


def _staged(rows: list[Row]) -> tuple[str, str]:
    return f"staged_persons ({', '.join(_COLUMNS)})", "".join(["\t".join(row) + "\n" for row in rows])


def _made(rows: list[Row], at: datetime) -> list[tuple[str, str]]:
    """Return the lines of new persons and their accounts.

    Ids are made here, many at a time, in rising order (UUID version 7): that spares the indexes. The names that
    stand in statements are wholly random.
    """
    moment, noise = int(time.time() * 1000), os.urandom(len(rows) * 32).hex()
    created = at.isoformat()
    persons, accounts = [], []
    for number, (code, search, key, name, rest) in enumerate(rows):
        bits = noise[number * 64 : number * 64 + 64]
        head = f"{moment + (number >> 12):012x}7{number & 0xFFF:03x}"
        person, account, actor = head + "8" + bits[:15], head + "9" + bits[15:30], bits[32:64]
        persons.append(f"{person}\t{code}\t{search}\t{key}\t{name}\t{rest}\n")
        accounts.append(f"{account}\t{code.lower()}\t{name}\t{person}\t{actor}\t{created}\n")
    return [
        (f"persons (id, {', '.join(_COLUMNS)})", "".join(persons)),
        ("accounts (id, username, display_name, person_id, actor_name, created_at)", "".join(accounts)),
    ]


def _compared(checker: Checker) -> list[str]:
    """Return the columns to bring up to date: those that the file does not have stay as they are."""
    return [*_ALWAYS, *(name for name in _OPTIONAL if name in checker.present)]


def _difference(checker: Checker) -> str:
    names = _compared(checker)
    old, given = (", ".join(f"{alias}.{name}" for name in names) for alias in ("p", "s"))
    return f"p.left_on IS NOT NULL OR ({old}) IS DISTINCT FROM ({given})"
