"""What this domain holds on a person (see :mod:`lms.core.personal`)."""

from lms.core.personal import PersonalData

_TABLES = {
    "quality_reports": "Who approved and who issued a report. Kept: an official paper names its signers.",
    "unit_reports": "Who submitted a unit's report, by an opaque id. Kept: an act of the unit.",
}


def held() -> PersonalData:
    """What her archive tells, and what is emptied when the link to her is removed."""
    return PersonalData(tables=_TABLES)
