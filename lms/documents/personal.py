"""What documents hold on a person (:mod:`lms.core.personal`)."""

from lms.core.personal import PersonalData

_TABLES = {
    "register_numbers": "Who signed what under which number, by an opaque id; kept, as registers are.",
    "issued_papers": "Official papers that were sent to her, as they were issued; kept, as official papers are.",
    "signers": "Names and offices of those who sign official papers; kept, as the papers name them.",
}
_COLLECT = {
    "issued_papers": """
        SELECT p.number, p.issued_on, p.subject, p.signed_by, p.stamp
        FROM issued_papers p WHERE p.person_id = :person ORDER BY p.at, p.id""",
}


def held() -> PersonalData:
    """Answer for the tables of documents."""
    return PersonalData(tables=_TABLES, collect=_COLLECT)
