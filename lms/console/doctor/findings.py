"""What a check says."""

from typing import Literal, NamedTuple

Level = Literal["fault", "warning"]


class Finding(NamedTuple):
    """Something to put right: what is so, and what to do."""

    level: Level
    subject: str
    what: str
    remedy: str


def fault(subject: str, what: str, remedy: str) -> Finding:
    """Something is broken or open."""
    return Finding("fault", subject, what, remedy)


def warning(subject: str, what: str, remedy: str) -> Finding:
    """Something will hurt later, or is fine only for a trial."""
    return Finding("warning", subject, what, remedy)
