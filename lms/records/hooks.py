"""The questions the record store asks of floors above."""

from datetime import datetime
from typing import Protocol

from lms.core.hooks import Hook


class Comparison(Protocol):
    """What came of comparing a table with what statements say; printed as it is."""

    @property
    def differing(self) -> int:
        """How many rows differ."""


rebuild: Hook[[bool, datetime], Comparison] = Hook("records.rebuild")
"""Compare the tables that follow from statements with them; with True also make the tables hold what they say."""
