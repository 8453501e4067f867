"""What a new or updated installation needs before its first request: the repository's files, loaded."""

from datetime import datetime


def load_repository(*, at: datetime) -> None:
    """Load programmes, their content and the survey instruments; what has not changed is left alone."""
