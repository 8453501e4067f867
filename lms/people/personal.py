"""What this domain holds on a person (see :mod:`lms.core.personal`)."""

from lms.core.personal import PersonalData

_TABLES = {
    "persons": "Her staff record. Its row stays without a name, so that counts stay right.",
    "accounts": "Her account. Closed; its row stays, for statements know her by its opaque name.",
    "role_holdings": "Her roles. Removed.",
    "activation_codes": "Her one-time codes. Removed.",
    "sign_in_sessions": "Her browsers and addresses. Removed.",
}
_COLLECT = {
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
}
_UNLINK = {
    "sign_in_sessions": "DELETE FROM sign_in_sessions WHERE account_id = :account",
    "activation_codes": "DELETE FROM activation_codes WHERE account_id = :account",
    "role_holdings": "DELETE FROM role_holdings WHERE account_id = :account",
    "roster_results": """
        UPDATE job_progress SET result = NULL
        WHERE kind IN ('people.import_roster', 'people.check_roster') AND result IS NOT NULL
          AND (result ? 'problems' OR result ? 'report' OR lower(result::text) LIKE ANY (:traces))""",
    "roster_jobs": """
        DELETE FROM procrastinate_jobs
        WHERE status NOT IN ('todo', 'doing') AND lower(args::text) LIKE ANY (:traces)""",
}
_OWN = """
    SELECT id::text FROM sign_in_sessions WHERE account_id = :account
"""


def held() -> PersonalData:
    """What her archive tells, and what is emptied when the link to her is removed."""
    return PersonalData(tables=_TABLES, collect=_COLLECT, unlink=_UNLINK, own=_OWN)
