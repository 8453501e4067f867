"""What planning reads."""

from lms.planning.queries.people import Asked, asked_by, limits_of, officials

__all__ = ["Asked", "asked_by", "limits_of", "officials"]
