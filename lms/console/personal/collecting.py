"""Everything the tables hold about one person, section by section, read row by row; nothing of anybody else.

No password, no secret and no hash of one; nobody else's name: what others did to her records is told without telling
who they are. Evaluations are not here, for nothing in them leads to her (docs/decisions/0012-evaluation.md).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import text

from lms.core.database import db
from lms.records.shapes import account_ifi, mention

Row = dict[str, Any]

_SUBJECT = text(
    "SELECT a.id, a.person_id, a.actor_name, a.display_name, u.path FROM accounts a "
    "LEFT JOIN persons p ON p.id = a.person_id LEFT JOIN units u ON u.id = p.unit_id WHERE a.id = :account_id"
)

_SECTIONS = {
    "person": """
        SELECT p.id, p.full_name, p.staff_code, p.birth_date, p.sex, p.email, p.category, p.position, p.rank,
               u.code AS unit_code, u.name AS unit, p.service_ends_on, p.left_on
        FROM persons p JOIN units u ON u.id = p.unit_id WHERE p.id = :person""",
    "account": """
        SELECT id, username, display_name, active, password_hash IS NOT NULL AS has_password, must_change_password,
               locale, actor_name, created_at, activated_at
        FROM accounts WHERE id = :account""",
    "units": "SELECT code, name, kind, valid_from, valid_to FROM units WHERE :path LIKE path || '%' ORDER BY path",
    "roles": """
        SELECT h.role, u.code AS unit_code, u.name AS unit, h.valid_from, h.valid_to
        FROM role_holdings h JOIN units u ON u.id = h.unit_id WHERE h.account_id = :account ORDER BY h.id""",
    "one_time_codes": """
        SELECT created_at, expires_at, used_at FROM activation_codes WHERE account_id = :account ORDER BY created_at""",
    "sign_in_sessions": """
        SELECT created_at, last_seen_at, expires_at, ended_at, user_agent, address
        FROM sign_in_sessions WHERE account_id = :account ORDER BY created_at""",
    "enrolments": """
        SELECT e.id AS registration, c.code AS class_code, c.name AS class, p.code AS programme_code,
               p.name AS programme, v.number AS version, i.name AS institution, u.name AS sent_by, c.starts_on,
               c.ends_on, c.status AS class_status, e.status, e.enrolled_at, e.completed_at
        FROM enrolments e JOIN class_runs c ON c.id = e.class_id JOIN programme_versions v ON v.id = c.version_id
        JOIN programmes p ON p.id = v.programme_id JOIN units i ON i.id = c.institution_id
        JOIN units u ON u.id = e.unit_id WHERE e.person_id = :person ORDER BY c.starts_on, e.id""",
    "attendance": """
        SELECT a.enrolment_id AS registration, c.code AS class_code, s.id AS session_id, s.title AS session, s.kind,
               s.starts_at, s.ends_at, s.place, a.status, a.note, a.recorded_at
        FROM attendance a JOIN sessions s ON s.id = a.session_id JOIN enrolments e ON e.id = a.enrolment_id
        JOIN class_runs c ON c.id = e.class_id
        WHERE e.person_id = :person ORDER BY s.starts_at, s.id""",
    "lessons": """
        SELECT l.registration, c.code AS class_code, m.title AS module, t.title AS lesson, l.percent, l.anchor,
               l.seconds, l.started_at, l.seen_at, l.completed_at
        FROM lesson_progress l JOIN lessons t ON t.id = l.lesson_id JOIN modules m ON m.id = t.module_id
        JOIN enrolments e ON e.id = l.registration JOIN class_runs c ON c.id = e.class_id
        WHERE e.person_id = :person ORDER BY c.starts_on, c.id, m.position, t.position
        """,
    "attempts": """
        SELECT t.id, t.registration, c.code AS class_code, q.code AS quiz_code, q.title AS quiz, t.number, t.started_at,
               t.submitted_at, t.score, t.max_score, t.passed
        FROM attempts t JOIN quizzes q ON q.id = t.quiz_id LEFT JOIN enrolments e ON e.id = t.registration
        LEFT JOIN class_runs c ON c.id = e.class_id WHERE t.person_id = :person ORDER BY t.started_at, t.id""",
    "answers": """
        SELECT r.attempt_id, u.code AS question_code, u.body ->> 'prompt' AS question, r.response, r.correct, r.saved_at
        FROM answers r JOIN attempts t ON t.id = r.attempt_id JOIN questions u ON u.id = r.question_id
        WHERE t.person_id = :person ORDER BY t.started_at, t.id, u.position""",
    "essays": """
        SELECT b.id, b.registration, c.code AS class_code, g.title AS assignment, b.number, b.filename, b.size,
               b.sha256, b.submitted_at, b.score::float8 AS score, g.max_score, b.passed, b.comment, b.marked_at
        FROM submissions b JOIN assignments g ON g.id = b.assignment_id LEFT JOIN enrolments e ON e.id = b.registration
        LEFT JOIN class_runs c ON c.id = e.class_id WHERE b.person_id = :person ORDER BY b.submitted_at, b.id""",
    "teaching": """
        SELECT c.code AS class_code, c.name AS class, t.title AS topic
        FROM teachings g JOIN class_runs c ON c.id = g.class_id JOIN topics t ON t.id = g.topic_id
        WHERE g.lecturer_id = :person ORDER BY c.starts_on, c.id, t.position""",
    "sessions_given": """
        SELECT c.code AS class_code, s.title AS session, s.kind, s.starts_at, s.ends_at, s.place
        FROM sessions s JOIN class_runs c ON c.id = s.class_id
        WHERE s.lecturer_id = :person ORDER BY s.starts_at, s.id""",
    "evaluations": """
        SELECT c.code AS class_code, r.answered FROM participations r JOIN enrolments e ON e.id = r.enrolment_id
        JOIN class_runs c ON c.id = e.class_id WHERE e.person_id = :person ORDER BY c.starts_on, e.id""",
    "follow_ups": """
        SELECT c.code AS class_code, f.audience AS form, f.answered_at, f.answers
        FROM follow_ups f JOIN class_runs c ON c.id = f.class_id JOIN enrolments e ON e.id = f.enrolment_id
        WHERE f.answered_at IS NOT NULL AND (e.person_id = :person OR f.answered_by = :person)
        ORDER BY f.answered_at, f.id""",
    "evaluation_replies": """
        SELECT c.code AS class_code, t.title AS topic, r.text, r.replied_at
        FROM evaluation_replies r JOIN teachings g ON g.id = r.teaching_id JOIN class_runs c ON c.id = g.class_id
        JOIN topics t ON t.id = g.topic_id WHERE g.lecturer_id = :person ORDER BY r.replied_at""",
    "launched_content": """
        SELECT activity, registration, created_at, expires_at, last_used_at, revoked_at
        FROM xapi_credentials WHERE agent = :ifi ORDER BY created_at""",
    "jobs": "SELECT kind, state, created_at, updated_at FROM job_progress WHERE account_id = :account "
    "ORDER BY created_at",
    "materials": """
        SELECT g.title AS package, v.number AS version, u.title AS unit, r.created_at, s.progress, s.score, s.seconds,
               s.completed_at, s.passed_at, s.failed_at, s.waived_at, r.satisfied_at
        FROM content_registrations r JOIN package_versions v ON v.id = r.version_id
        JOIN packages g ON g.id = v.package_id LEFT JOIN content_unit_states s ON s.registration_id = r.id
        LEFT JOIN content_units u ON u.id = s.unit_id WHERE r.person_id = :person ORDER BY r.created_at, s.unit_id""",
    "material_launches": """
        SELECT s.registration_id, s.mode, s.launched_at, s.ended_at
        FROM content_sessions s JOIN content_registrations r ON r.id = s.registration_id
        WHERE r.person_id = :person ORDER BY s.launched_at""",
    "scorm": """
        SELECT s.registration_id, s.identifier, s.committed_at, s.data
        FROM scorm_states s JOIN content_registrations r ON r.id = s.registration_id
        WHERE r.person_id = :person ORDER BY s.committed_at""",
    "uploads": "SELECT filename, size, state, created_at FROM uploads WHERE account_id = :account ORDER BY created_at",
    "archives": """
        SELECT ordered_at, expires_at FROM personal_archives WHERE account_id = :account ORDER BY ordered_at""",
    "erasure_requests": """
        SELECT state, asked_at, document, decided_at, reason
        FROM erasure_requests WHERE account_id = :account ORDER BY asked_at""",
}

_OWN_IDS = text(
    """
    SELECT id::text FROM enrolments WHERE person_id = :person
    UNION ALL SELECT id::text FROM attempts WHERE person_id = :person
    UNION ALL SELECT id::text FROM submissions WHERE person_id = :person
    UNION ALL SELECT id::text FROM teachings WHERE lecturer_id = :person
    UNION ALL SELECT id::text FROM sign_in_sessions WHERE account_id = :account
    """
)
_SHARED_IDS = text(
    """
    SELECT s.id::text FROM sessions s JOIN enrolments e ON e.class_id = s.class_id WHERE e.person_id = :person
    UNION ALL SELECT class_id::text FROM enrolments WHERE person_id = :person
    """
)
_AUDIT = text(
    "SELECT id, at, action, subject_type, subject_id, account_id = :account AS hers, before, after FROM audit_entries "
    "WHERE account_id = :account OR subject_id = ANY(:subjects) ORDER BY id"
)
_OTHERS = frozenset({"marked_by", "recorded_by", "account_id", "created_by", "lecturer_id"})
"""What in an audit entry names whoever acted."""
_DOCUMENTS = text(
    "SELECT document_id, registration, content_type, updated_at, content FROM xapi_documents WHERE agent = :agent "
    "ORDER BY updated_at, key"
)


@dataclass(frozen=True)
class Subject:
    """The person whose data are collected."""

    account_id: UUID
    person_id: UUID | None
    actor_name: UUID
    name: str
    path: str | None

    @cached_property
    def values(self) -> dict[str, Any]:
        """What the SQL of the sections is asked with."""
        return {
            "account": self.account_id,
            "person": self.person_id,
            "path": self.path,
            "ifi": account_ifi(self.actor_name),
            "agent": UUID(mention("agent", account_ifi(self.actor_name))),
        }


def subject(account_id: UUID) -> Subject | None:
    """Return whose data an account's are."""
    row = db.session.execute(_SUBJECT, {"account_id": account_id}).first()
    return None if row is None else Subject(*row)


def sections() -> tuple[str, ...]:
    """Return the names of all sections, in their order."""
    return (*_SECTIONS, "audit")


def rows(of: Subject, section: str) -> Iterator[Row]:
    """Yield the rows of a section, a few hundred in memory at a time."""
    if section == "audit":
        yield from _audit(of)
        return
    with db.session.execute(text(_SECTIONS[section]), of.values, execution_options={"yield_per": 500}) as found:
        yield from (dict(row) for row in found.mappings())


def documents(of: Subject) -> Iterator[Row]:
    """Yield what launched content keeps about her (xAPI states and profiles), one at a time with its content."""
    with db.session.execute(_DOCUMENTS, of.values, execution_options={"yield_per": 1}) as found:
        yield from (dict(row) for row in found.mappings())


def _audit(of: Subject) -> Iterator[Row]:
    """Yield the entries of the audit trail that she made, or that are about her, as far as they are hers."""
    own = {str(of.account_id), str(of.person_id), *db.session.scalars(_OWN_IDS, of.values)}
    shared = set(db.session.scalars(_SHARED_IDS, of.values))
    values = {"account": of.account_id, "subjects": sorted(own | shared)}
    with db.session.execute(_AUDIT, values, execution_options={"yield_per": 500}) as found:
        for entry in found.mappings():
            told = _entry(entry, own)
            if told is not None:
                yield told


def _entry(entry: Any, own: set[str]) -> Row | None:
    about, before, after = entry["subject_id"] in own, entry["before"], entry["after"]
    if about:
        before, after = _without_others(before), _without_others(after)
    else:
        before, after = _hers(before, own), _hers(after, own)
    about = about or bool(before or after)
    if not about and not entry["hers"]:
        return None
    told = {name: entry[name] for name in ("at", "action", "subject_type")}
    return told | {"by_her": entry["hers"], "about_her": about, "before": before, "after": after}


def _without_others(values: Mapping[str, Any] | None) -> Row | None:
    return None if values is None else {key: value for key, value in values.items() if key not in _OTHERS}


def _hers(values: Mapping[str, Any] | None, own: set[str]) -> Row | None:
    """Return what of an entry about many persons is hers: her mark in a list of attendance, herself in an enrolment."""
    if not values:
        return None
    marks = {key: value for key, value in values.items() if key in own}
    persons = values.get("persons")
    if isinstance(persons, list) and (listed := [one for one in persons if one in own]):
        marks["persons"] = listed
    return marks or None
