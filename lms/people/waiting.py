"""What waits for those who keep the roster: a checked file that nobody imported."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import exists
from sqlalchemy.orm import aliased

from lms.core.guard import Actor
from lms.core.jobs import JobProgress
from lms.core.ownership import owned_by
from lms.core.waiting import Kind, Row, Waiting, gathered, part, rows

_IMPORT = "people.import"
_ROSTERS = ("people.check_roster", "people.import_roster")
_KEPT = timedelta(days=1)
"""For so long a checked file can be imported."""


def _checked(row: Row) -> str:
    return url_for("people.checked", job_id=row.ref)


KINDS = {
    "roster": Kind(_l("Rosters checked and not imported"), _checked, partial(url_for, "people.import_page")),
}


def waiting(actor: Actor, at: datetime) -> Sequence[Waiting]:
    """Name the roster that was checked last, until it is imported, or no longer kept."""
    if not actor.may(_IMPORT):
        return []
    later = aliased(JobProgress)
    followed = exists().where(
        later.account_id == JobProgress.account_id,
        later.kind.in_(_ROSTERS),
        later.created_at > JobProgress.created_at,
    )
    checked = part(
        "roster",
        subject=JobProgress.result["filename"].astext,
        ref=JobProgress.id,
        since=JobProgress.updated_at,
    ).where(
        owned_by(JobProgress.account_id, actor.account_id),
        JobProgress.kind == "people.check_roster",
        JobProgress.state == "done",
        JobProgress.created_at > at - _KEPT,
        ~followed,
    )
    return gathered(rows(checked), KINDS)
