"""What this domain holds on a person (see :mod:`lms.core.personal`)."""

from lms.core.personal import PersonalData

_TABLES = {
    "nominations": "For which classes her unit named her, and what was decided. Kept with the results; why she "
    "cannot come, in her own words, is emptied.",
    "population_members": "Whether a target of the Decision counted her on a day (mục II). Kept with the figures.",
    "populations": "Who had the population of the targets counted: an opaque id.",
    "stated_facts": "What her unit stated where the roster is silent. Its ground is emptied; who stated it is an "
    "opaque id.",
}
_COLLECT = {
    "nominations": """
        SELECT c.code AS class_code, c.name AS class, u.name AS named_by, n.status, n.priority, n.submitted_at,
               n.waiting_rank, n.confirmed_at, n.cannot_because
        FROM nominations n JOIN class_runs c ON c.id = n.class_id JOIN units u ON u.id = n.unit_id
        WHERE n.person_id = :person ORDER BY n.submitted_at, n.id""",
    "population_members": """
        SELECT o.as_of, p.code AS programme, u.name AS unit, m.verdict, m.questions, m.trained
        FROM population_members m JOIN populations o ON o.id = m.population_id
        JOIN programmes p ON p.id = m.programme_id JOIN units u ON u.id = m.unit_id
        WHERE m.person_id = :person ORDER BY o.as_of, p.code""",
    "stated_facts": """
        SELECT f.question, f.answer, f.ground, f.at, p.code AS programme
        FROM stated_facts f LEFT JOIN programmes p ON p.id = f.programme_id
        WHERE f.person_id = :person ORDER BY f.at, f.id""",
}
_UNLINK = {
    "nominations": """
        UPDATE nominations SET cannot_because = NULL WHERE cannot_because IS NOT NULL AND person_id = :person""",
    "stated_facts": "UPDATE stated_facts SET ground = '' WHERE ground <> '' AND person_id = :person",
}
_OWN = "SELECT id::text FROM nominations WHERE person_id = :person"


def held() -> PersonalData:
    """What her archive tells, and what is emptied when the link to her is removed."""
    return PersonalData(tables=_TABLES, collect=_COLLECT, unlink=_UNLINK, own=_OWN)
