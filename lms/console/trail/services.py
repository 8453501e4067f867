"""That the audit trail was saved leaves a line in it."""

from collections.abc import Mapping
from datetime import datetime

from lms.core import audit
from lms.core.database import act
from lms.core.guard import Actor


@act
def note_export(actor: Actor, given: Mapping[str, str], *, at: datetime) -> None:
    """Note that a selection was saved."""
    audit.record(actor, "audit.export", "trail", "xlsx", at=at, after=dict(given))
