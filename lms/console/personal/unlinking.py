"""What is emptied when the link between a person and her learning records is removed, table by table.

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
from lms.core.text import fold
from lms.people.models import Account, Person
from lms.records.shapes import account_ifi, mention

NAMELESS = "Người học đã được xóa liên kết"
"""What stands for the name; data, not interface, so it is not translated."""

_STATEMENTS = {
    "sign_in_sessions": "DELETE FROM sign_in_sessions WHERE account_id = :account",
    "activation_codes": "DELETE FROM activation_codes WHERE account_id = :account",
    "role_holdings": "DELETE FROM role_holdings WHERE account_id = :account",
    "throttles": "DELETE FROM throttles WHERE key = :throttle",
    "attendance": """
        UPDATE attendance SET note = NULL WHERE note IS NOT NULL
          AND enrolment_id IN (SELECT id FROM enrolments WHERE person_id = :person)""",
    "submissions": """
        UPDATE submissions SET filename = '', sha256 = '', size = 0, comment = NULL WHERE person_id = :person""",
    "comment_readings": """
        DELETE FROM comment_readings WHERE comment_id IN (
            SELECT c.id FROM ballots.comments c JOIN teachings t ON t.id = c.teaching WHERE t.lecturer_id = :person)""",
    "comments": """
        DELETE FROM ballots.comments WHERE teaching IN (SELECT id FROM teachings WHERE lecturer_id = :person)""",
    "evaluation_replies": """
        UPDATE evaluation_replies SET text = ''
        WHERE teaching_id IN (SELECT id FROM teachings WHERE lecturer_id = :person)""",
    "follow_ups": """
        UPDATE follow_ups SET answers = (
            SELECT jsonb_object_agg(key, value) FROM jsonb_each(answers) WHERE jsonb_typeof(value) = 'number')
        WHERE answers IS NOT NULL AND enrolment_id IN (SELECT id FROM enrolments WHERE person_id = :person)""",
    "adjustments": """
        UPDATE adjustments SET cause = '', measure = '', responsible = '', outcome = NULL
        WHERE cause IS NOT NULL AND teaching_id IN (SELECT id FROM teachings WHERE lecturer_id = :person)""",
    "xapi_documents": "DELETE FROM xapi_documents WHERE agent = ANY(:agents)",
    "xapi_credentials": """
        UPDATE xapi_credentials SET revoked_at = coalesce(revoked_at, :at) WHERE agent = ANY(:ifis)""",
    "scorm_states": """
        DELETE FROM scorm_states WHERE registration_id IN (
            SELECT id FROM content_registrations WHERE person_id = :person)""",
    "scorm_commits": """
        DELETE FROM scorm_commits WHERE session_id IN (
            SELECT s.id FROM content_sessions s JOIN content_registrations r ON r.id = s.registration_id
            WHERE r.person_id = :person)""",
    "personal_archives": "DELETE FROM personal_archives WHERE account_id = :account",
    "erasure_requests": """
        UPDATE erasure_requests SET document = NULL, reason = NULL WHERE account_id = :account""",
    "job_progress": "DELETE FROM job_progress WHERE account_id = :account",
    "roster_results": """
        UPDATE job_progress SET result = NULL WHERE kind = 'people.import_roster' AND result IS NOT NULL
          AND (result ? 'problems' OR lower(result::text) LIKE ANY (:traces))""",
    "roster_jobs": """
        DELETE FROM procrastinate_jobs
        WHERE status NOT IN ('todo', 'doing') AND lower(args::text) LIKE ANY (:traces)""",
}
_FILES = text(
    "SELECT sha256 FROM submissions WHERE person_id = :person AND sha256 <> '' "
    "UNION SELECT sha256 FROM personal_archives WHERE account_id = :account AND sha256 IS NOT NULL"
)


class Unlinked(NamedTuple):
    """What was done: rows emptied or removed by table, and the addresses of files to be removed."""

    rows: dict[str, int]
    files: list[str]


def unlink(account: Account, person: Person, *, at: datetime) -> Unlinked:
    """Empty everything that leads from the learning records to this person, in the current transaction."""
    values = _values(account, person, at)
    addresses = list(db.session.scalars(_FILES, values))
    rows: dict[str, int] = {}
    for table, sql in _STATEMENTS.items():
        found: Any = db.session.execute(text(sql), values)
        rows[table] = found.rowcount
    _empty(account, person)
    db.session.flush()
    return Unlinked({table: count for table, count in rows.items() if count}, addresses)


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
        "throttle": f"sign-in:name:{account.username[:80]}",
        "ifis": ifis,
        "agents": [UUID(mention("agent", ifi)) for ifi in ifis],
        "traces": [f"%{_escaped(trace.lower())}%" for trace in traces if trace],
    }


def _escaped(trace: str) -> str:
    return trace.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
