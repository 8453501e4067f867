"""Quotas of units, what units state about their people, and nominations."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.database import Base


class Quota(Base):
    """How many people a unit, with all below it, may send to a class."""

    __tablename__ = "class_quotas"
    __table_args__ = (CheckConstraint("places > 0", name="places"),)

    class_id: Mapped[UUID] = mapped_column(ForeignKey("class_runs.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True, index=True)
    places: Mapped[int]


class StatedFact(Base):
    """What was stated about a person where the roster is silent; the latest on a question counts, none is removed."""

    __tablename__ = "stated_facts"
    __table_args__ = (
        CheckConstraint(
            "question IN ('managed', 'meant_unit', 'planned_post', 'field', 'age', 'service', 'excellent')",
            name="question",
        ),
        Index("ix_stated_facts_person", "person_id", "question", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programmes.id"))
    """The programme it is about; none where it holds for all (``managed``, ``excellent``)."""
    question: Mapped[str]
    """One of :data:`lms.planning.rules.eligibility.Stated`."""
    answer: Mapped[bool]
    ground: Mapped[str] = mapped_column(Text)
    """By which document or whose word."""
    account_id: Mapped[UUID | None]
    at: Mapped[datetime]


class Nomination(Base):
    """A unit names one of its people for a class (mục IV.4); it moves by :data:`lms.planning.life.NOMINATION`."""

    __tablename__ = "nominations"
    __table_args__ = (
        CheckConstraint(
            "status IN ('submitted', 'waitlisted', 'approved', 'sent', "
            "'refused', 'withdrawn', 'substituted', 'expired')",
            name="status",
        ),
        CheckConstraint("(status = 'waitlisted') <= (waiting_rank IS NOT NULL)", name="rank"),
        Index(
            "uq_nominations_live",
            "class_id",
            "person_id",
            unique=True,
            postgresql_where=text("status IN ('submitted', 'waitlisted', 'approved', 'sent')"),
        ),
        Index("uq_nominations_rank", "class_id", "waiting_rank", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    class_id: Mapped[UUID] = mapped_column(ForeignKey("class_runs.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    """The unit that named her, whose quota she takes; as of that day."""
    status: Mapped[str]
    priority: Mapped[int]
    """Her place in the unit's own order, from 1."""
    submitted_at: Mapped[datetime]
    waiting_rank: Mapped[int | None]
    """Her place among those who wait; given once, never changed, kept when she leaves the list."""
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("nominations.id"), unique=True)
    """The nomination for which she stands in."""
    confirmed_at: Mapped[datetime | None]
    """When she said that she will come."""
    cannot_because: Mapped[str | None] = mapped_column(Text)
    """Why she cannot come, in her own words."""
