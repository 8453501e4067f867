"""Quality reports and the files made of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import files
from lms.core.database import Base


class QualityReport(Base):
    """A report on quality (Quyết định 1698, mục IV.5 and V.2.1); a trigger refuses changes once it is issued."""

    __tablename__ = "quality_reports"
    __table_args__ = (
        CheckConstraint("kind IN ('class', 'institution', 'programme', 'year')", name="kind"),
        CheckConstraint("(kind = 'class') = (class_id IS NOT NULL)", name="class"),
        CheckConstraint("(kind = 'programme') = (programme_id IS NOT NULL)", name="programme"),
        CheckConstraint("state IN ('draft', 'submitted', 'approved', 'issued')", name="state"),
        CheckConstraint("(state = 'issued') = (frozen IS NOT NULL)", name="frozen"),
        CheckConstraint("(replaces_id IS NULL) = (reason IS NULL)", name="reason"),
        UniqueConstraint("replaces_id"),
        UniqueConstraint("unit_id", "number", "number_year"),
        Index(
            "uq_quality_reports_first",
            *("kind", "unit_id", "year", "class_id", "programme_id"),
            unique=True,
            postgresql_where=text("replaces_id IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str]
    """What it is about; see lms.reports.issued.rules.life.KINDS."""
    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"))
    """The institution; of a report on a programme or on the whole year, the city."""
    year: Mapped[int] = mapped_column(SmallInteger, index=True)
    """The year it is about; of a class, that in which it began."""
    class_id: Mapped[UUID | None] = mapped_column(ForeignKey("class_runs.id"), index=True)
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programmes.id"))
    state: Mapped[str]
    texts: Mapped[dict[str, Any]]
    """Its written parts, plain text by key (lms.reports.issued.rules.life.PARTS)."""
    writers: Mapped[list[str]]
    """Accounts that wrote or submitted it; none of them may approve it."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    """When its written parts last changed."""
    as_of: Mapped[datetime | None]
    """The moment its figures are of: when it was last submitted."""
    returned_reason: Mapped[str | None] = mapped_column(Text)
    """Why it was last sent back, until it is submitted again."""
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    approved_at: Mapped[datetime | None]
    approved_figures: Mapped[str | None]
    """SHA-256 of the figures that were approved; others are not issued."""
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("quality_reports.id"))
    """The issued report that it corrects."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Why that one is replaced."""
    number: Mapped[str | None]
    """Number and symbol, such as ``12/BC-TBD``."""
    number_year: Mapped[int | None] = mapped_column(SmallInteger)
    """Numbers begin anew each year."""
    issued_on: Mapped[date | None]
    """The date on the document."""
    issued_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    issued_at: Mapped[datetime | None]
    frozen: Mapped[str | None] = mapped_column(Text)
    """Figures, document and sheets as canonical JSON (lms.reports.issued.papers.frozen), byte for byte."""
    stamp: Mapped[str | None]
    """SHA-256 of ``frozen``."""
    renderer: Mapped[str | None]
    """Versions of what made the files."""


class ReportFile(Base):
    """A file of an issued report, kept as it was made."""

    __tablename__ = "quality_report_files"
    __table_args__ = (CheckConstraint("form IN ('docx', 'pdf', 'xlsx')", name="form"),)

    report_id: Mapped[UUID] = mapped_column(ForeignKey("quality_reports.id"), primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(index=True)
    """Its address in the file store."""
    size: Mapped[int] = mapped_column(BigInteger)


files.refer(ReportFile.sha256)
