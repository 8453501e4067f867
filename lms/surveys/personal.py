"""What this domain holds on a person (see :mod:`lms.core.personal`)."""

from lms.core.personal import PersonalData

_TABLES = {
    "participations": "Whether she sent a form; not which (decision 0012). Kept.",
    "follow_ups": "Named forms about her and by her. Words emptied, figures stay.",
}
_COLLECT = {
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
}
_UNLINK = {
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
}


def held() -> PersonalData:
    """What her archive tells, and what is emptied when the link to her is removed."""
    return PersonalData(tables=_TABLES, collect=_COLLECT, unlink=_UNLINK)
