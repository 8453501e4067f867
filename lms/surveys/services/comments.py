"""The trusted reader: names are removed from comments before anybody else reads them, and that is kept."""

import re
from datetime import datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import literal, select
from sqlalchemy.dialects.postgresql import insert

from lms.core import audit
from lms.core.database import act, db
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.core.text import one_line, prose
from lms.surveys import life
from lms.surveys.models import Comment, CommentReading, Survey

GAP = "[…]"
"""Stands where something was removed."""
_GAPS = re.compile(r"\s*(?:\[(?:…|\.\.\.)\]\s*)+")


@act
def pass_all(actor: Actor, survey_id: UUID, *, at: datetime) -> int:
    """Let all comments that were not decided about be shown as they are; returns how many."""
    _held(survey_id, at)
    waiting = (
        select(Comment.id, Comment.survey_id, Comment.text, literal(False), literal(actor.account_id), literal(at))
        .outerjoin(CommentReading, CommentReading.comment_id == Comment.id)
        .where(Comment.survey_id == survey_id, CommentReading.comment_id.is_(None))
    )
    columns = ["comment_id", "survey_id", "shown", "removed", "reader_id", "read_at"]
    passed = insert(CommentReading).from_select(columns, waiting).returning(CommentReading.comment_id)
    count = len(db.session.execute(passed).all())
    audit.record(actor, "comments.pass", "survey", survey_id, at=at, after={"comments": count})
    return count


@act
def remove(
    actor: Actor, survey_id: UUID, comment_id: UUID, shown: str | None, *, reason: str, at: datetime
) -> CommentReading:
    """Decide what is shown of a comment: the comment without some of its parts, or nothing.

    Nothing may be added or reworded: what is shown must be the comment with gaps.

    :param shown: the text with ``[…]`` where something was removed; None to withhold all of it
    :raises DomainError: ``not-closed``; ``released``; ``no-reason``; ``reworded``
    """
    _held(survey_id, at)
    comment = db.session.get(Comment, comment_id)
    if comment is None or comment.survey_id != survey_id:
        raise NotFound
    written = prose(comment.text)
    shown = None if shown is None else prose(shown) or None
    removed = shown != written
    reason = one_line(reason)
    if removed and not reason:
        raise DomainError("no-reason", _l("Please give the reason for the removal."), 422)
    if shown is not None and not _is_cut_of(shown, written):
        words = _l("Please only remove: put […] where something is left out, and change nothing else.")
        raise DomainError("reworded", words, 422)
    _keep(actor, survey_id, comment_id, shown, removed, reason[:300] or None, at)
    after = {"comment": str(comment_id), "removed": removed, "withheld": shown is None}
    audit.record(actor, "comments.read", "survey", survey_id, at=at, after=after)
    return db.session.get_one(CommentReading, comment_id)


def _is_cut_of(shown: str, text: str) -> bool:
    """Tell whether a text is another with gaps: its pieces stand in it in order, and without gaps it is the same."""
    first, *middle = _GAPS.split(shown)
    if not middle:
        return shown == text
    last = middle.pop()
    if not text.startswith(first) or not text.endswith(last):
        return False
    place, end = len(first), len(text) - len(last)
    for piece in middle:
        position = text.find(piece, place, max(end, 0))
        if position < 0:
            return False
        place = position + len(piece)
    return place <= end


def _held(survey_id: UUID, at: datetime) -> None:
    survey = db.session.get(Survey, survey_id, with_for_update=True)
    if survey is None:
        raise NotFound
    life.SURVEY.require("read_comments", life.survey_state(survey.state, survey.closes_at, at))


def _keep(
    actor: Actor, survey_id: UUID, comment_id: UUID, shown: str | None, removed: bool, reason: str | None, at: datetime
) -> None:
    values = {"shown": shown, "removed": removed, "reason": reason, "reader_id": actor.account_id, "read_at": at}
    statement = insert(CommentReading).values(comment_id=comment_id, survey_id=survey_id, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["comment_id"], set_=values))
    db.session.expire_all()
