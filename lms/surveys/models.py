"""Instruments, surveys of classes, who has answered, and the answers without their authors.

Two halves that never touch: ``Participation`` knows *that* a person answered; ``SealedBallot`` and, after closing,
``Response`` hold *what* was answered and have no column that leads to a person or a moment
(docs/decisions tells the method and its limits).
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.database import Base


class Instrument(Base):
    """A version of an evaluation form: sections, questions, scales and weights as data."""

    __tablename__ = "instruments"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str]
    version: Mapped[int]
    title: Mapped[dict[str, Any]]
    document: Mapped[dict[str, Any]]
    checksum: Mapped[str]
    loaded_at: Mapped[datetime]


class Survey(Base):
    """The evaluation of one class by its trainees."""

    __tablename__ = "surveys"
    __table_args__ = (CheckConstraint("state IN ('open', 'closed', 'released')", name="state"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    class_id: Mapped[UUID] = mapped_column(ForeignKey("class_runs.id"), unique=True)
    instrument_id: Mapped[UUID] = mapped_column(ForeignKey("instruments.id"))
    state: Mapped[str]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    """Seals the ballots; the private half is a file outside the database until closing."""
    closed_at: Mapped[datetime | None]


class Participation(Base):
    """The right of an enrolled trainee to one form, and whether it was used. No time, by design."""

    __tablename__ = "participations"

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"), primary_key=True, index=True)
    answered: Mapped[bool] = mapped_column(server_default="false")


class SealedBallot(Base):
    """A form encrypted with its survey's key; all are opened, shuffled and destroyed at closing."""

    __tablename__ = "sealed"
    __table_args__ = ({"schema": "ballots"},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    """Random (version 4), without order."""
    survey_id: Mapped[UUID] = mapped_column(index=True)
    box: Mapped[bytes] = mapped_column(LargeBinary)


class Response(Base):
    """One opened, valid form, in random order, all of a survey written by one transaction."""

    __tablename__ = "responses"
    __table_args__ = ({"schema": "ballots"},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    survey_id: Mapped[UUID] = mapped_column(index=True)


class ResponseScore(Base):
    """A point on a scale given to one item, about one topic and lecturer where the item is repeated."""

    __tablename__ = "response_scores"
    __table_args__ = ({"schema": "ballots"},)

    response_id: Mapped[UUID] = mapped_column(ForeignKey("ballots.responses.id"), primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    """The question's stable code."""
    teaching: Mapped[str] = mapped_column(primary_key=True, default="")
    """Id of the teaching (topic and lecturer) the item is about, or empty."""
    survey_id: Mapped[UUID] = mapped_column(index=True)
    value: Mapped[int]


class ResponseComment(Base):
    """A free-text answer. It does not lead to its response, so that style and scores stay apart."""

    __tablename__ = "response_comments"
    __table_args__ = ({"schema": "ballots"},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    survey_id: Mapped[UUID] = mapped_column(index=True)
    item: Mapped[str]
    teaching: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
