"""What this domain holds on a person (see :mod:`lms.core.personal`)."""

from lms.core.personal import PersonalData

_TABLES = {
    "lesson_progress": "How far she read, by registration. Kept.",
    "lesson_work": "What she did with the tasks of lessons, by registration. Kept.",
    "module_materials": "Who placed a material in a module, by an opaque id. Kept: an act of the institution.",
}
_COLLECT = {
    "lessons": """
        SELECT l.registration, c.code AS class_code, m.title AS module, t.title AS lesson, l.percent, l.anchor,
               l.seconds, l.started_at, l.seen_at, l.completed_at
        FROM lesson_progress l JOIN lessons t ON t.id = l.lesson_id JOIN modules m ON m.id = t.module_id
        JOIN enrolments e ON e.id = l.registration JOIN class_runs c ON c.id = e.class_id
        WHERE e.person_id = :person ORDER BY c.starts_on, c.id, m.position, t.position
        """,
    "lesson_tasks": """
        SELECT w.registration, c.code AS class_code, t.title AS lesson, w.key AS task, w.state, w.done, w.score, w.at
        FROM lesson_work w JOIN lessons t ON t.id = w.lesson_id
        JOIN enrolments e ON e.id = w.registration JOIN class_runs c ON c.id = e.class_id
        WHERE e.person_id = :person ORDER BY c.starts_on, c.id, t.position, w.key
        """,
}


def held() -> PersonalData:
    """What her archive tells, and what is emptied when the link to her is removed."""
    return PersonalData(tables=_TABLES, collect=_COLLECT)
