"""What waits for those who bring programmes to their approval (mục IV.3)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, func, select

from lms.catalogue.models import Programme, ProgrammeVersion, VersionComment
from lms.core.guard import Actor
from lms.core.i18n import select_language
from lms.core.waiting import Kind, Row, Waiting, gathered, part, rows
from lms.people.access import units_within
from lms.people.models import Unit


def _version(row: Row) -> str:
    return url_for("catalogue.review", code=row.ref, number=row.other)


def _approval(row: Row) -> str:
    return url_for("catalogue.approve", code=row.ref, number=row.other)


def _memorandum(row: Row) -> str:
    return url_for("catalogue.move", code=row.ref, number=row.other, act="forward")


_ALL = partial(url_for, "catalogue.index")
KINDS = {
    "versions": Kind(_l("Programme versions to approve"), _approval, _ALL),
    "opinions": Kind(_l("Programme versions on which an opinion is asked"), _version, _ALL),
    "memoranda": Kind(_l("Programme versions to put forward"), _memorandum, _ALL),
    "answers": Kind(_l("Comments on programmes to answer"), _version, _ALL),
}


def waiting(actor: Actor, _at: datetime) -> Sequence[Waiting]:
    """Name the versions that wait for somebody's word, and the comments that wait for an answer."""
    parts = []
    if actor.holds_whole("catalogue.approve"):
        parts.append(_versions("versions", ProgrammeVersion.status == "submitted"))
    if actor.holds_whole("catalogue.forward"):
        parts.append(_versions("memoranda", ProgrammeVersion.status == "with_home_affairs"))
    if paths := actor.paths("catalogue.opinion"):
        asked = ProgrammeVersion.review_unit_id.in_(select(Unit.id).where(units_within(paths)))
        parts.append(_versions("opinions", and_(ProgrammeVersion.status == "in_review", asked)))
    if actor.may("catalogue.propose"):
        unanswered = select(VersionComment.id).where(
            VersionComment.version_id == ProgrammeVersion.id, VersionComment.answered_at.is_(None)
        )
        answerable = ProgrammeVersion.status.in_(("proposed", "in_review"))
        parts.append(_versions("answers", and_(answerable, unanswered.exists())))
    return gathered(rows(*parts), KINDS) if parts else []


def _versions(kind: str, which: ColumnElement[bool]) -> Select[Any]:
    name = func.coalesce(Programme.name[select_language()].astext, Programme.name["vi"].astext)
    return (
        part(
            kind,
            subject=func.concat(Programme.code, " · ", name),
            ref=Programme.code,
            other=ProgrammeVersion.number,
            since=func.coalesce(ProgrammeVersion.moved_at, ProgrammeVersion.loaded_at),
        )
        .join_from(ProgrammeVersion, Programme, Programme.id == ProgrammeVersion.programme_id)
        .where(which)
    )
