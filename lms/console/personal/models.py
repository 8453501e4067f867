"""Archives that persons ordered of their own data, and requests to remove the link between person and records."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import files
from lms.core.database import Base


class PersonalArchive(Base):
    """All data of one person as a ZIP in the file store, hers alone, for a few days."""

    __tablename__ = "personal_archives"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    job_id: Mapped[UUID]
    """The job that makes it."""
    ordered_at: Mapped[datetime]
    sha256: Mapped[str | None]
    """Its address in the file store, noted before it is put there, so that nothing is left behind unknown."""
    size: Mapped[int | None] = mapped_column(BigInteger)
    """Octets; none until it can be downloaded."""
    expires_at: Mapped[datetime | None]


class ErasureRequest(Base):
    """Somebody asks that her learning records no longer lead to her."""

    __tablename__ = "erasure_requests"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'withdrawn', 'refused', 'done')", name="state"),
        Index("uq_erasure_requests_one_open", "account_id", unique=True, postgresql_where=text("state = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    state: Mapped[str] = mapped_column(default="open")
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID]
    """Account: her own, or that of the officer who took a written request."""
    document: Mapped[str | None]
    """Number and date of a written request; emptied when the link is removed."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    reason: Mapped[str | None]
    """Why it was refused, as the person reads it."""


files.refer(PersonalArchive.sha256)
