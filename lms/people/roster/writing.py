"""A checked roster into the database, all at once: staged by COPY, compared and written by a handful of statements."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import text

from lms.core.database import db
from lms.people.roster.checking import STAGED, Checker

_STAGING = """
CREATE TEMPORARY TABLE staged_persons (
    row integer NOT NULL, staff_code text COLLATE "C" NOT NULL, search_text text NOT NULL, full_name text NOT NULL,
    birth_date date, sex text, email text, category text NOT NULL, position text NOT NULL, rank text,
    unit_id bigint NOT NULL, service_ends_on date
) ON COMMIT DROP
"""
_ALWAYS = ("full_name", "search_text", "category", "position", "unit_id")
_OPTIONAL = ("birth_date", "sex", "email", "rank", "service_ends_on")

_ELSEWHERE = text(
    """
    SELECT s.row, s.staff_code FROM staged_persons s JOIN persons p USING (staff_code) JOIN units u ON u.id = p.unit_id
    WHERE NOT (u.path LIKE ANY (:prefixes)) ORDER BY s.row
    """
)
_USERNAME_TAKEN = text(
    """
    SELECT s.row, s.staff_code FROM staged_persons s JOIN accounts a ON a.username = lower(s.staff_code)
    LEFT JOIN persons p ON p.id = a.person_id WHERE p.staff_code IS DISTINCT FROM s.staff_code
    AND NOT EXISTS (SELECT FROM persons q JOIN accounts b ON b.person_id = q.id WHERE q.staff_code = s.staff_code)
    ORDER BY s.row
    """
)


_RENAMED = text(
    """
    UPDATE accounts a SET display_name = s.full_name FROM staged_persons s JOIN persons p USING (staff_code)
    WHERE a.person_id = p.id AND a.display_name IS DISTINCT FROM s.full_name
    """
)
_ACCOUNTS = text(
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

    @property
    def total(self) -> int:
        """All rows."""
        return self.new + self.changed + self.unchanged


def stage(checker: Checker, tell: Callable[[int], None]) -> None:
    """Copy the good rows into a temporary table while they are being checked; ``tell`` hears how many there are."""
    db.session.execute(text("DROP TABLE IF EXISTS staged_persons"))
    db.session.execute(text(_STAGING))
    raw: Any = db.session.connection().connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY staged_persons ({', '.join(STAGED)}) FROM STDIN") as copy:
        for number, batch in enumerate(checker.batches()):
            copy.write(batch)
            if number % 4 == 3:
                tell(checker.count)
    db.session.execute(text("ANALYZE staged_persons"))


def compare(checker: Checker, paths: Iterable[str]) -> Summary:
    """Report rows that collide with what is stored, and count what the good rows change."""
    prefixes = [f"{path}%" for path in paths]
    for row, code in db.session.execute(_ELSEWHERE, {"prefixes": prefixes}):
        message = _l("This person belongs to a unit that is not one of those you may import staff for.")
        checker.report(row, "staff_code", code, message)
    for row, code in db.session.execute(_USERNAME_TAKEN):
        message = _l("Another account has this code as its username. Please ask an administrator to rename it.")
        checker.report(row, "staff_code", code, message)
    changed = _difference(checker)
    new, differing, same = db.session.execute(
        text(
            f"SELECT count(*) FILTER (WHERE p.id IS NULL), count(*) FILTER (WHERE p.id IS NOT NULL AND ({changed})), "
            f"count(*) FILTER (WHERE p.id IS NOT NULL AND NOT ({changed})) "
            "FROM staged_persons s LEFT JOIN persons p USING (staff_code)"
        )
    ).one()
    return Summary(new, differing, same)


def write(checker: Checker, at: datetime) -> int:
    """Write what is staged; returns how many accounts were made. The caller holds :func:`lock_persons`."""
    columns = _columns(checker)
    names = ", ".join(("staff_code", *columns))
    values = ", ".join(f"s.{name}" for name in ("staff_code", *columns))
    taken_over = ", ".join(f"{name} = excluded.{name}" for name in columns)
    db.session.execute(
        text(
            f"INSERT INTO persons AS p (id, {names}) SELECT gen_random_uuid(), {values} FROM staged_persons s "
            f"ON CONFLICT (staff_code) DO UPDATE SET left_on = NULL, {taken_over} "
            f"WHERE {_difference(checker, 'excluded')}"
        )
    )
    db.session.execute(_RENAMED)
    made: Any = db.session.execute(_ACCOUNTS, {"at": at})
    return int(made.rowcount)


def lock_persons() -> None:
    """Keep others from writing persons and accounts until the transaction ends; reading goes on."""
    db.session.execute(text("LOCK TABLE persons, accounts IN SHARE ROW EXCLUSIVE MODE"))


def _columns(checker: Checker) -> list[str]:
    return [*_ALWAYS, *(name for name in _OPTIONAL if name in checker.present)]


def _difference(checker: Checker, new: str = "s") -> str:
    names = _columns(checker)
    old, given = (", ".join(f"{alias}.{name}" for name in names) for alias in ("p", new))
    return f"p.left_on IS NOT NULL OR ({old}) IS DISTINCT FROM ({given})"
