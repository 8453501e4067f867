"""What this domain holds on a person (see :mod:`lms.core.personal`)."""

from lms.core.personal import PersonalData

_TABLES = {
    "attempts": "Her attempts. Kept: results without a name.",
    "submissions": "Her essays and what markers said. Emptied, files removed; scores stay.",
}
_COLLECT = {
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
               b.sha256, b.submitted_at, b.score::float8 AS score, g.max_score, b.passed, b.comment, b.marks,
               b.marked_at
        FROM submissions b JOIN assignments g ON g.id = b.assignment_id LEFT JOIN enrolments e ON e.id = b.registration
        LEFT JOIN class_runs c ON c.id = e.class_id WHERE b.person_id = :person ORDER BY b.submitted_at, b.id""",
}
_UNLINK = {
    "submissions": """
        UPDATE submissions SET filename = '', sha256 = '', size = 0, comment = NULL,
            marks = (SELECT jsonb_agg(one.mark || '{"remark": null}' ORDER BY one.place)
                     FROM jsonb_array_elements(marks) WITH ORDINALITY AS one (mark, place))
        WHERE person_id = :person""",
}
_FILES = """
    SELECT sha256 FROM submissions WHERE person_id = :person AND sha256 <> ''
"""
_OWN = """
    SELECT id::text FROM attempts WHERE person_id = :person
    UNION ALL SELECT id::text FROM submissions WHERE person_id = :person
"""


def held() -> PersonalData:
    """What her archive tells, and what is emptied when the link to her is removed."""
    return PersonalData(tables=_TABLES, collect=_COLLECT, unlink=_UNLINK, files=_FILES, own=_OWN)
