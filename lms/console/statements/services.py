"""What leaves the record store by hand leaves a trace."""

from collections.abc import Mapping
from datetime import datetime

from lms.console.statements.queries import PEOPLE
from lms.core import audit
from lms.core.database import act
from lms.core.guard import Actor


@act
def note_export(actor: Actor, form: str, filters: Mapping[str, str], *, at: datetime) -> None:
    """Note who exports which statements, as CSV or XLSX, and over which units their persons are named in it."""
    after = {"filters": dict(filters), "persons_named_within": list(actor.paths(PEOPLE))}
    audit.record(actor, "records.export", "statements", form, at=at, after=after)
