"""What this domain holds on a person (see :mod:`lms.core.personal`)."""

from lms.core.personal import PersonalData

_TABLES = {
    "content_registrations": "Who takes a package. Kept: results without a name.",
    "uploads": "What she uploaded for her institution, by an opaque id. Kept with the package.",
    "packages": "Who made a package, by an opaque id. Kept: the institution's material.",
    "package_versions": "Who made a version, by an opaque id. Kept: the institution's material.",
    "api_keys": "Who made a key, by an opaque id. Kept: an act of the administration.",
}
_COLLECT = {
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
    "material_events": """
        SELECT s.registration_id, e.at, e.what, e.about, e.status, e.reason
        FROM content_events e JOIN content_sessions s ON s.id = e.session_id
        JOIN content_registrations r ON r.id = s.registration_id WHERE r.person_id = :person ORDER BY e.id""",
    "uploads": "SELECT filename, size, state, created_at FROM uploads WHERE account_id = :account ORDER BY created_at",
}
_UNLINK = {
    "scorm_states": """
        DELETE FROM scorm_states WHERE registration_id IN (
            SELECT id FROM content_registrations WHERE person_id = :person)""",
    "scorm_commits": """
        DELETE FROM scorm_commits WHERE session_id IN (
            SELECT s.id FROM content_sessions s JOIN content_registrations r ON r.id = s.registration_id
            WHERE r.person_id = :person)""",
    "content_events": """
        DELETE FROM content_events WHERE session_id IN (
            SELECT s.id FROM content_sessions s JOIN content_registrations r ON r.id = s.registration_id
            WHERE r.person_id = :person)""",
}


def held() -> PersonalData:
    """What her archive tells, and what is emptied when the link to her is removed."""
    return PersonalData(tables=_TABLES, collect=_COLLECT, unlink=_UNLINK)
