"""The registers of numbers, and the numbers given."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.database import Base


class Register(Base):
    """A register: how far the numbers of an issuing body, a kind of document and a year have come."""

    __tablename__ = "registers"

    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"), primary_key=True)
    """The issuing body."""
    kind: Mapped[str] = mapped_column(primary_key=True)
    """The kind as its symbol says it, such as ``QĐ`` or ``BC``; of codes of classes, ``class`` and the programme."""
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    last: Mapped[int]


class RegisterNumber(Base):
    """A number of a register, and what carries it. A trigger refuses changes and removal."""

    __tablename__ = "register_numbers"
    __table_args__ = (
        UniqueConstraint("unit_id", "kind", "year", "number"),
        UniqueConstraint("unit_id", "year", "symbol"),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"))
    kind: Mapped[str]
    year: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[int | None]
    """None where it was entered by hand and is no bare number, such as ``12a``."""
    symbol: Mapped[str]
    """Number and symbol as the document carries them, such as ``12/BC-SNV``."""
    by_hand: Mapped[bool]
    """Whether it was given elsewhere, by the office that keeps the body's register on paper, and entered here."""
    carrier: Mapped[str]
    """The kind of thing that carries it, such as ``quality_report``."""
    carrier_id: Mapped[UUID] = mapped_column(index=True)
    account_id: Mapped[UUID | None] = mapped_column(index=True)
    """Who signed; none for the system."""
    at: Mapped[datetime]
