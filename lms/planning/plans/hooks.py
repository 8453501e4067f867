"""The question the yearly plan asks of floors above."""

from collections.abc import Mapping
from uuid import UUID

from lms.core.hooks import Hook

proposed_places: Hook[[int], Mapping[tuple[int, UUID], int]] = Hook("plans.proposed-places")
"""What have units proposed in their reports for the period that holds this year: (unit, programme) -> places a year?"""
