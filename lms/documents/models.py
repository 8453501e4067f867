"""The registers of numbers, who signs, and papers as they were issued."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import files
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


class Signer(Base):
    """Somebody who is entitled to sign for a body, and as what (Nghị định 30/2020/NĐ-CP, Điều 13)."""

    __tablename__ = "signers"
    __table_args__ = (
        CheckConstraint("capacity IN ('head', 'TM', 'KT', 'TL', 'TUQ')", name="capacity"),
        CheckConstraint("capacity <> 'TUQ' OR ground <> ''", name="ground"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"), index=True)
    """The body for which she signs."""
    name: Mapped[str]
    capacity: Mapped[str]
    """One of :data:`lms.documents.signing.CAPACITIES`."""
    title: Mapped[str]
    """Her office, as it stands above the name."""
    ground: Mapped[str]
    """The document that gives the right; needed where she signs by authorisation (TUQ.)."""
    valid_to: Mapped[date | None]
    """First day on which she no longer signs."""


class IssuedPaper(Base):
    """An official paper as it was issued: frozen as one text with its stamp. A trigger refuses changes and removal."""

    __tablename__ = "issued_papers"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str]
    """What it is, as its domain names it, such as ``send``."""
    about: Mapped[UUID] = mapped_column(index=True)
    """The thing it is about, such as a class."""
    body_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"))
    """Who issues it."""
    number: Mapped[str]
    """Number and symbol, such as ``12/QĐ-SNV``."""
    issued_on: Mapped[date]
    subject: Mapped[str]
    signed_by: Mapped[str]
    """The name below it."""
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)
    """To whom it is sent, where that is a person."""
    unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("units.id"), index=True)
    """To which unit it is sent, where that is a unit."""
    rests_on: Mapped[UUID | None] = mapped_column(ForeignKey("issued_papers.id"))
    """The paper that it amends, revokes or carries out."""
    frozen: Mapped[str] = mapped_column(Text)
    """The document as canonical JSON (:mod:`lms.documents.frozen`), byte for byte."""
    stamp: Mapped[str]
    """SHA-256 of ``frozen``."""
    account_id: Mapped[UUID | None] = mapped_column(index=True)
    """Who recorded the signature."""
    at: Mapped[datetime]


class PaperFile(Base):
    """A file of an issued paper, kept as it was made: the same bytes for everybody who asks, for ever."""

    __tablename__ = "issued_paper_files"
    __table_args__ = (CheckConstraint("form IN ('docx', 'pdf')", name="form"),)

    paper_id: Mapped[UUID] = mapped_column(ForeignKey("issued_papers.id"), primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(index=True)
    """Its address in the file store."""
    size: Mapped[int] = mapped_column(BigInteger)
    renderer: Mapped[str]
    """Versions of what made it."""


files.refer(PaperFile.sha256)
