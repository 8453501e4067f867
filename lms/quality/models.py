"""Adjustments that results ask for, and which version of a programme answers them."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.database import Base


class Adjustment(Base):
    """A section of an evaluation, or a lecturer's topic, whose mean lies below its threshold (mục IV.5)."""

    __tablename__ = "adjustments"
    __table_args__ = (
        UniqueConstraint("survey_id", "section", "teaching_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("state IN ('due', 'stated', 'done')", name="state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    survey_id: Mapped[UUID] = mapped_column(ForeignKey("surveys.id"))
    class_id: Mapped[UUID] = mapped_column(ForeignKey("class_runs.id"), index=True)
    section: Mapped[str]
    """Key of the section in the evaluation's form."""
    teaching_id: Mapped[UUID | None] = mapped_column(ForeignKey("teachings.id"))
    """The topic and lecturer it is about; None for the section as a whole."""
    mean: Mapped[float]
    threshold: Mapped[float]
    points: Mapped[int]
    """Length of the scale of both."""
    state: Mapped[str]
    """due: nothing stated yet; stated: cause and measure are known; done."""
    cause: Mapped[str | None] = mapped_column(Text)
    measure: Mapped[str | None] = mapped_column(Text)
    responsible: Mapped[str | None]
    """Who carries the measure out, in words: a person or an office."""
    due_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime]
    stated_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("programme_versions.id"), index=True)
    """The programme's later version that answers it."""
