"""What this domain holds on a person (see :mod:`lms.core.personal`)."""

from lms.core.personal import PersonalData

_TABLES = {
    "enrolments": "Her classes. Kept: results without a name.",
    "commitments": "The days of her classes, here and elsewhere, so that no two overlap. Kept with the results.",
    "attendance": "Whether she was there, and notes. Notes emptied, marks stay; who took it "
    "(`recorded_by`) is an opaque id.",
    "teachings": "What she taught. Kept: results belong to it.",
    "sessions": "Sessions she gave. Kept.",
}
_COLLECT = {
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
    "commitments": """
        SELECT title, starts_on, ends_on, holds, class_id IS NULL AS elsewhere
        FROM commitments WHERE person_id = :person ORDER BY starts_on, id""",
    "teaching": """
        SELECT c.code AS class_code, c.name AS class, t.title AS topic
        FROM teachings g JOIN class_runs c ON c.id = g.class_id JOIN topics t ON t.id = g.topic_id
        WHERE g.lecturer_id = :person ORDER BY c.starts_on, c.id, t.position""",
    "sessions_given": """
        SELECT c.code AS class_code, s.title AS session, s.kind, s.starts_at, s.ends_at, s.place
        FROM sessions s JOIN class_runs c ON c.id = s.class_id
        WHERE s.lecturer_id = :person ORDER BY s.starts_at, s.id""",
}
_UNLINK = {
    "attendance": """
        UPDATE attendance SET note = NULL WHERE note IS NOT NULL
          AND enrolment_id IN (SELECT id FROM enrolments WHERE person_id = :person)""",
}
_OWN = """
    SELECT id::text FROM enrolments WHERE person_id = :person
    UNION ALL SELECT id::text FROM teachings WHERE lecturer_id = :person
"""
_SHARED = """
    SELECT s.id::text FROM sessions s JOIN enrolments e ON e.class_id = s.class_id WHERE e.person_id = :person
    UNION ALL SELECT class_id::text FROM enrolments WHERE person_id = :person
"""


def held() -> PersonalData:
    """What her archive tells, and what is emptied when the link to her is removed."""
    return PersonalData(tables=_TABLES, collect=_COLLECT, unlink=_UNLINK, own=_OWN, shared=_SHARED)
