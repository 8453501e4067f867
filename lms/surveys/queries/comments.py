"""Comments: as the trusted reader gets them, and as others may read them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, select

from lms.classes.models import ClassRun
from lms.core.database import db
from lms.core.lists import numbered
from lms.core.pages import Page
from lms.core.search import folded, matches
from lms.people.access import units_within
from lms.people.models import Unit
from lms.surveys import rules
from lms.surveys.models import Comment, CommentReading, Survey


class ReadComment(NamedTuple):
    """A comment as others may read it, without author or time.

    :ivar text: None when it is withheld as a whole
    """

    item: str
    teaching: UUID
    text: str | None
    removed: bool


def comments(survey_id: UUID) -> list[ReadComment]:
    """Return the comments that the trusted reader has read, in random (but steady) order."""
    rows = db.session.execute(
        select(Comment.item, Comment.teaching, CommentReading.shown, CommentReading.removed)
        .join(CommentReading, CommentReading.comment_id == Comment.id)
        .where(Comment.survey_id == survey_id)
        .order_by(Comment.id)
    )
    return [ReadComment(*row) for row in rows]


COMMENTS_SHOWN = 100


class RawComment(NamedTuple):
    """A comment before the trusted reader, and what she decided."""

    comment_id: UUID
    item: str
    teaching: UUID
    text: str
    read: bool
    shown: str | None
    reason: str | None


def raw_comments(survey_id: UUID, after: UUID = rules.NONE) -> Page[RawComment]:
    """Return comments of an evaluation as they were written, for the trusted reader alone.

    :param after: the last comment of the page before
    """
    rows = db.session.execute(
        select(
            Comment.id,
            Comment.item,
            Comment.teaching,
            Comment.text,
            CommentReading.comment_id.is_not(None),
            CommentReading.shown,
            CommentReading.reason,
        )
        .outerjoin(CommentReading, CommentReading.comment_id == Comment.id)
        .where(Comment.survey_id == survey_id, Comment.id > after)
        .order_by(Comment.id)
        .limit(COMMENTS_SHOWN + 1)
    )
    return Page.cut([RawComment(*row) for row in rows], COMMENTS_SHOWN, lambda comment: comment.comment_id)


class ToRead(NamedTuple):
    """An evaluation in the trusted reader's list."""

    survey_id: UUID
    name: str
    audience: str
    closed_at: datetime | None
    comments: int
    unread: int


def to_read(paths: Sequence[str], query: str = "") -> Page[ToRead]:
    """Return the closed evaluations with comments at the institutions held, the newest first.

    :param query: words of the name of the class or the institution
    """
    name = func.coalesce(ClassRun.name, Unit.name)
    counted = (
        select(func.count(Comment.id), func.count(Comment.id) - func.count(CommentReading.comment_id))
        .outerjoin(CommentReading, CommentReading.comment_id == Comment.id)
        .where(Comment.survey_id == Survey.id)
        .correlate(Survey)
    )
    written, unread = (counted.with_only_columns(column).scalar_subquery() for column in counted.selected_columns)
    found = (
        select(Survey.id, name, Survey.audience, Survey.closed_at, written, unread)
        .select_from(Survey)
        .join(Unit, Unit.id == Survey.institution_id)
        .outerjoin(ClassRun, ClassRun.id == Survey.class_id)
        .where(units_within(paths), exists().where(Comment.survey_id == Survey.id), matches(query, folded(name)))
        .order_by(Survey.closed_at.desc(), Survey.id)
    )
    return numbered(found, ToRead)
