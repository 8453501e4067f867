"""What this domain holds on a person (see :mod:`lms.core.personal`)."""

from lms.core.personal import PersonalData

_TABLES = {
    "version_comments": "Who commented on a programme version, and who answered: opaque ids. Kept with the version.",
    "version_papers": "Who recorded an opinion, a memorandum or a decision: an opaque id. Kept with the version.",
}


def held() -> PersonalData:
    """What her archive tells, and what is emptied when the link to her is removed."""
    return PersonalData(tables=_TABLES)
