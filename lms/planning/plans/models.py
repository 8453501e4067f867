"""The frozen population of targets; yearly plans, their lines, what units need, and quotas."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.database import Base


class Population(Base):
    """Whom the targets are about, counted from the roster as of a day, and frozen."""

    __tablename__ = "populations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    as_of: Mapped[date]
    """The day on which service, age and trained count."""
    taken_at: Mapped[datetime]
    account_id: Mapped[UUID | None]
    people: Mapped[int]
    """How many were in service on that day."""


class PopulationMember(Base):
    """Somebody whom a target counts, or of whom the roster cannot tell."""

    __tablename__ = "population_members"
    __table_args__ = (
        CheckConstraint("verdict IN ('counts', 'asked')", name="verdict"),
        Index("ix_population_members_unit", "population_id", "unit_id", "programme_id"),
    )

    population_id: Mapped[UUID] = mapped_column(ForeignKey("populations.id"), primary_key=True)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """Of that day."""
    verdict: Mapped[str]
    """counts; asked: the roster cannot tell, the unit is asked."""
    questions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Codes of what is asked; see :data:`lms.planning.rules.eligibility.WORDS`."""
    trained: Mapped[bool]


class Plan(Base):
    """The training plan of a year, or an amendment beside it; it moves by :data:`lms.planning.plans.life.PLAN`."""

    __tablename__ = "plans"
    __table_args__ = (
        CheckConstraint(
            "status IN ('draft', 'gathering', 'balanced', 'submitted', 'approved', 'amended', 'dropped', 'closed')",
            name="status",
        ),
        Index(
            "uq_plans_year",
            "year",
            unique=True,
            postgresql_where=text("status NOT IN ('amended', 'dropped') AND base_id IS NULL"),
        ),
        Index("uq_plans_in_force", "year", unique=True, postgresql_where=text("status = 'approved'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    year: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str]
    base_id: Mapped[UUID | None] = mapped_column(ForeignKey("plans.id"), index=True)
    """The approved plan that it amends."""
    population_id: Mapped[UUID | None] = mapped_column(ForeignKey("populations.id"))
    needs_by: Mapped[date | None]
    """Last day on which units say what they need."""
    reminded_at: Mapped[datetime | None]
    document_number: Mapped[str | None]
    document_date: Mapped[date | None]
    signer: Mapped[str | None]
    created_at: Mapped[datetime]


class PlanLine(Base):
    """Classes of a programme that a plan holds."""

    __tablename__ = "plan_lines"
    __table_args__ = (
        CheckConstraint("classes > 0 AND places > 0", name="size"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"), index=True)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id"))
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    classes: Mapped[int]
    places: Mapped[int]
    """Of each class."""
    month: Mapped[int] = mapped_column(SmallInteger)
    """In which the first of them begins."""


class PlanNeed(Base):
    """What a unit is asked for, and has answered."""

    __tablename__ = "plan_needs"
    __table_args__ = (CheckConstraint("status IN ('asked', 'sent', 'returned')", name="status"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    status: Mapped[str]
    sent_at: Mapped[datetime | None]
    wishes: Mapped[str] = mapped_column(Text, default="")
    """In the unit's own words."""
    returned_because: Mapped[str] = mapped_column(Text, default="")


class PlanNeedLine(Base):
    """A programme in what a unit needs."""

    __tablename__ = "plan_need_lines"
    __table_args__ = (CheckConstraint("wanted >= 0 AND known >= 0", name="counts"),)

    need_id: Mapped[UUID] = mapped_column(ForeignKey("plan_needs.id"), primary_key=True)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id"), primary_key=True)
    known: Mapped[int]
    """Still to be trained, as the frozen population tells."""
    wanted: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why more are wanted than are known."""


class PlanQuota(Base):
    """How many people a unit may send to a programme in the year."""

    __tablename__ = "plan_quotas"
    __table_args__ = (CheckConstraint("proposed >= 0 AND places >= 0", name="places"),)

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True, index=True)
    proposed: Mapped[int]
    """By the largest remainder of need."""
    places: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why the places are not those proposed."""
