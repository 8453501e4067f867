"""What documents hold on a person (:mod:`lms.core.personal`)."""

from lms.core.personal import PersonalData


def held() -> PersonalData:
    """Answer for the tables of documents."""
    return PersonalData(
        tables={"register_numbers": "Who signed what under which number, by an opaque id; kept, as registers are."},
    )
