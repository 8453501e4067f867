"""Where a trainee is in her lessons: a projection of statements, kept for speed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.database import Base


class LessonProgress(Base):
    """How far a registration is in a lesson."""

    __tablename__ = "lesson_progress"
    __table_args__ = (CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),)

    registration: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    lesson_id: Mapped[UUID] = mapped_column(ForeignKey("lessons.id"), primary_key=True)
    percent: Mapped[int]
    """The furthest point read, in percent of the lesson."""
    anchor: Mapped[str | None]
    """The heading she was last at, on whichever device."""
    seconds: Mapped[int] = mapped_column(server_default="0")
    """Time spent with the lesson in view."""
    steps: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    """The sections read to their end (:func:`lms.learning.rules.steps`); of these completion follows."""
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


class LessonWork(Base):
    """What a registration did with a task on a lesson's page, so that she finds it again on every device."""

    __tablename__ = "lesson_work"

    registration: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    lesson_id: Mapped[UUID] = mapped_column(ForeignKey("lessons.id"), primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    """The block's key, such as ``phan-loai-1``."""
    state: Mapped[dict[str, Any]]
    """What the page's script needs to show it again; nobody but she reads it."""
    done: Mapped[bool]
    score: Mapped[float | None]
    """The best so far, from 0 to 1; none where there is no right answer."""
    at: Mapped[datetime]
