"""What is emptied when the link between a person and her learning records is removed: what each domain says it is.

Statements stay byte for byte: they know her by an opaque name, which from now on leads to a row without a name.
Results, attendance, counts and times of learning stay, so that every figure stays right; words by and about her go.
"""

import hashlib
import secrets
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from lms.core.database import db
from lms.core.personal import held
from lms.core.text import fold
from lms.people.guessing import counters_of
from lms.people.models import Account, Person
from lms.records.shapes import account_ifi, mention

NAMELESS = "Người học đã được xóa liên kết"
"""What stands for the name; data, not interface, so it is not translated."""


class Unlinked(NamedTuple):
    """What was done: rows emptied or removed by table, and the addresses of files to be removed."""

    rows: dict[str, int]
    files: list[str]


def unlink(account: Account, person: Person, *, at: datetime) -> Unlinked:
    """Empty everything that leads from the learning records to this person, in the current transaction."""
    values = _values(account, person, at)
    domains = held.ask()
    addresses = {
        sha256 for domain in domains if domain.files for sha256 in db.session.scalars(text(domain.files), values)
    }
    rows: dict[str, int] = {}
    for table, sql in ((table, sql) for domain in reversed(domains) for table, sql in domain.unlink.items()):
        done: Any = db.session.execute(text(sql), values)
        rows[table] = done.rowcount
    _empty(account, person)
    db.session.flush()
    return Unlinked({table: count for table, count in rows.items() if count}, sorted(addresses))


def _empty(account: Account, person: Person) -> None:
    code = f"X{secrets.token_hex(8).upper()}"
    person.staff_code, person.full_name, person.search_text = code, NAMELESS, fold(NAMELESS)
    person.birth_date = person.sex = person.email = person.rank = person.service_ends_on = None
    person.position = ""
    if person.left_on is not None:
        person.left_on = date(person.left_on.year, 1, 1)
    account.username, account.display_name = code.lower(), NAMELESS
    account.password_hash = account.locale = account.activated_at = None
    account.active = account.must_change_password = False


def _values(account: Account, person: Person, at: datetime) -> dict[str, Any]:
    ifis = [account_ifi(account.actor_name)]
    if person.email:
        address = f"mailto:{person.email}"
        ifis += [f"mbox|{address}", f"mbox_sha1sum|{hashlib.sha1(address.encode(), usedforsecurity=False).hexdigest()}"]
    traces = [person.full_name, person.staff_code, account.username, person.email, account.display_name]
    return {
        "account": account.id,
        "person": person.id,
        "at": at,
        "throttle": counters_of(account.username),
        "ifis": ifis,
        "agents": [UUID(mention("agent", ifi)) for ifi in ifis],
        "traces": [f"%{_escaped(trace.lower())}%" for trace in traces if trace],
    }


def _escaped(trace: str) -> str:
    return trace.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
