"""What this domain holds on a person (see :mod:`lms.core.personal`)."""

from lms.core.personal import PersonalData

_TABLES = {
    "adjustments": "What was changed after results of a lecturer. Words emptied; who answered is an opaque id.",
}
_UNLINK = {
    "adjustments": """
        UPDATE adjustments SET cause = '', measure = '', responsible = '', outcome = NULL
        WHERE cause IS NOT NULL AND teaching_id IN (SELECT id FROM teachings WHERE lecturer_id = :person)""",
}


def held() -> PersonalData:
    """What her archive tells, and what is emptied when the link to her is removed."""
    return PersonalData(tables=_TABLES, unlink=_UNLINK)
