"""What waits for the authority that approves programmes before they are delivered (mục IV.3)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import func

from lms.catalogue.models import Programme, ProgrammeVersion
from lms.core.guard import Actor
from lms.core.i18n import select_language
from lms.core.waiting import Kind, Row, Waiting, gathered, part, rows


def _version(row: Row) -> str:
    return url_for("catalogue.programme", code=row.ref, version=row.other)


KINDS = {
    "versions": Kind(_l("Programme versions to approve"), _version, partial(url_for, "catalogue.index")),
}


def waiting(actor: Actor, _at: datetime) -> Sequence[Waiting]:
    """Name the versions that are proposed."""
    if not actor.holds_whole("catalogue.approve"):
        return []
    name = func.coalesce(Programme.name[select_language()].astext, Programme.name["vi"].astext)
    proposed = (
        part(
            "versions",
            subject=func.concat(Programme.code, " · ", name),
            ref=Programme.code,
            other=ProgrammeVersion.number,
            since=ProgrammeVersion.loaded_at,
        )
        .join_from(ProgrammeVersion, Programme, Programme.id == ProgrammeVersion.programme_id)
        .where(ProgrammeVersion.status == "proposed")
    )
    return gathered(rows(proposed), KINDS)
