"""Campaigns, the reports of units, whom a report covers, and its figures by programme."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.database import Base

MISSING = ("due", "draft", "returned")
REPORTED = ("submitted", "accepted")


class ReportCampaign(Base):
    """The collection of a year's reports."""

    __tablename__ = "report_campaigns"
    __table_args__ = (CheckConstraint("quota_to >= quota_from", name="quota_period"),)

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    due_on: Mapped[date]
    """Last day on which a report is in time."""
    levels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Kinds of units that report even when they had nobody in a class."""
    quota_from: Mapped[int]
    """First year of the period for which quotas are proposed."""
    quota_to: Mapped[int]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]


class UnitReport(Base):
    """A unit's report of a year: what only the unit knows, and how far it has come."""

    __tablename__ = "unit_reports"
    __table_args__ = (
        UniqueConstraint("year", "unit_id"),
        CheckConstraint("state IN ('due', 'draft', 'submitted', 'returned', 'accepted')", name="state"),
        Index("ix_unit_reports_year_state", "year", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    year: Mapped[int] = mapped_column(ForeignKey("report_campaigns.year"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    """The unit that reports."""
    state: Mapped[str] = mapped_column(default="due")
    """due: nothing written yet; draft; submitted; returned by Home Affairs with a reason; accepted."""
    revision: Mapped[int] = mapped_column(default=0)
    """How often it was saved; no longer read, and dropped with the release after the next (UPGRADE.md)."""
    quality_text: Mapped[str] = mapped_column(Text, default="")
    use_text: Mapped[str] = mapped_column(Text, default="")
    difficulties: Mapped[str] = mapped_column(Text, default="")
    proposals: Mapped[str] = mapped_column(Text, default="")
    signer_title: Mapped[str] = mapped_column(default="")
    """Office of who signs, such as ``Giám đốc``."""
    signer_name: Mapped[str] = mapped_column(default="")
    after_training: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """What the named forms after training said, in counts, as of the submission."""
    saved_at: Mapped[datetime | None]
    first_submitted_at: Mapped[datetime | None]
    """Decides whether it was late: to be returned makes nobody late."""
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[UUID | None]
    """Account of who submitted it."""
    return_reason: Mapped[str] = mapped_column(Text, default="")
    returned_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None]


class UnitReportCover(Base):
    """A unit whose people a report is about: the reporting unit itself, and those it succeeded."""

    __tablename__ = "unit_report_covers"

    year: Mapped[int] = mapped_column(ForeignKey("report_campaigns.year"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit_reports.id"), index=True)
    """None: abolished without a successor, so that nobody reports about its people."""


class UnitReportLine(Base):
    """One programme in a report: the system's figures as of the submission, and what the unit says."""

    __tablename__ = "unit_report_lines"
    __table_args__ = (
        CheckConstraint("quality BETWEEN 1 AND 5", name="quality"),
        CheckConstraint("least(placed, promoted, moved, departed, quota) >= 0", name="counts"),
        CheckConstraint("placed + promoted + moved + departed <= completed", name="use"),
    )

    report_id: Mapped[UUID] = mapped_column(ForeignKey("unit_reports.id"), primary_key=True)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id"), primary_key=True, index=True)
    sent: Mapped[int | None]
    """Everybody whom the units covered sent to classes that ended in the year. None until it is submitted."""
    enrolled: Mapped[int | None]
    """Of them, those who did not withdraw."""
    completed: Mapped[int | None]
    hours: Mapped[int | None]
    """Hours of the programme, once for each who completed."""
    trained: Mapped[int | None]
    """Who completed the programme since the scheme began, to the end of the year."""
    city_trained: Mapped[int | None]
    """The same in the whole city, against :attr:`target`."""
    target: Mapped[int | None]
    """The programme's quota in the Decision (mục III)."""
    quality: Mapped[int | None] = mapped_column(SmallInteger)
    """1 (poor) to 5 (very good), as the unit sees it."""
    placed: Mapped[int | None]
    """Given work in the field of the training."""
    promoted: Mapped[int | None]
    """Promoted, or planned for a higher post."""
    moved: Mapped[int | None]
    """Moved to another unit."""
    departed: Mapped[int | None]
    """Left the service."""
    quota: Mapped[int | None]
    """Places the unit proposes for the next period (mục V.2.4)."""
