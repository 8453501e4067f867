"""Instruments, surveys of classes, who has answered, and what was answered without its authors.

Two halves that never touch: ``Participation`` knows *that* a person answered; ``SealedBallot`` and, after closing,
``Tally`` and ``Comment`` hold *what* was answered and have no column that leads to a person or a moment. Of a form
nothing is left after closing but counts and loose comments (docs/decisions/0012). ``FollowUp`` is the other kind of
form: it carries a name, and says so.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.database import Base

STATES = ("open", "closed", "released")


class Instrument(Base):
    """A version of an evaluation form: sections, questions, scales and weights as data."""

    __tablename__ = "instruments"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        CheckConstraint("state IN ('draft', 'published')", name="state"),
        Index("uq_instruments_one_draft", "code", unique=True, postgresql_where=text("state = 'draft'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str]
    version: Mapped[int]
    audience: Mapped[str]
    """One of lms.surveys.document.AUDIENCES; which of its forms is taken is said by InstrumentUse."""
    state: Mapped[str]
    title: Mapped[dict[str, Any]]
    document: Mapped[dict[str, Any]]
    """Read by lms.surveys.document."""
    checksum: Mapped[str]
    loaded_at: Mapped[datetime]
    """When it was loaded or published; of a draft, when it was begun."""


class InstrumentUse(Base):
    """Which form an audience gets: in one programme, or where no programme says otherwise."""

    __tablename__ = "instrument_uses"
    __table_args__ = (UniqueConstraint("audience", "programme_id", postgresql_nulls_not_distinct=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    audience: Mapped[str]
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programmes.id"), index=True)
    """None: in the whole city."""
    code: Mapped[str]
    """Of the form; its newest published version is taken."""


class Survey(Base):
    """The evaluation of a class by its trainees, or of half a year at an institution by its lecturers.

    Lecturers are too few in one class for anybody to be anonymous among them.
    """

    __tablename__ = "surveys"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed', 'released')", name="state"),
        CheckConstraint("audience IN ('trainee', 'lecturer')", name="audience"),
        CheckConstraint("(audience = 'trainee') = (class_id IS NOT NULL)", name="class"),
        CheckConstraint("(audience = 'lecturer') = (period IS NOT NULL)", name="period"),
        CheckConstraint("(state = 'open') = (invited IS NULL)", name="invited"),
        CheckConstraint("(state = 'open') = (answered IS NULL)", name="answered"),
        UniqueConstraint("institution_id", "period"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    audience: Mapped[str]
    class_id: Mapped[UUID | None] = mapped_column(ForeignKey("class_runs.id"), unique=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    period: Mapped[str | None]
    """Half a year, such as ``2026-2``."""
    instrument_id: Mapped[UUID] = mapped_column(ForeignKey("instruments.id"))
    state: Mapped[str]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    """Seals the ballots; the private half is a file outside the database until closing."""
    closed_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    """From then on lecturers see their own results."""
    reminded_at: Mapped[datetime | None]
    """When those who are missing were last reminded, all alike."""
    paper_typed: Mapped[int] = mapped_column(server_default="0")
    """How many forms on paper were typed in."""
    invited: Mapped[int | None]
    """How many had a right to a form, kept at closing."""
    answered: Mapped[int | None]
    """How many of them used it, kept at closing."""
    valid: Mapped[int | None]
    """Forms that count, known at closing."""
    invalid: Mapped[int | None]
    """Forms sent with too much left blank, known at closing."""


class Participation(Base):
    """The right of a person to one form, and whether it was used. No time, by design."""

    __tablename__ = "participations"

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)
    enrolment_id: Mapped[UUID | None] = mapped_column(ForeignKey("enrolments.id"), index=True)
    """Of a trainee; None for a lecturer."""
    answered: Mapped[bool] = mapped_column(server_default="false")
    on_paper: Mapped[bool] = mapped_column(server_default="false")
    """She handed in a form on paper, which is typed in without her name."""
    also_sent: Mapped[bool] = mapped_column(server_default="false")
    """She had sent a form before one on paper was noted: at closing, so many forms on paper are left out."""


class SealedBallot(Base):
    """A form encrypted with its survey's key; all are opened, counted and destroyed at closing."""

    __tablename__ = "sealed"
    __table_args__ = ({"schema": "ballots"},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    """Random (version 4), without order."""
    survey_id: Mapped[UUID] = mapped_column(index=True)
    box: Mapped[bytes] = mapped_column(LargeBinary)
    """The same number of bytes for every form."""


class Tally(Base):
    """The answers of a survey to one question, about one teaching where it is repeated: counts, and nothing else.

    There is none for fewer than five answers.
    """

    __tablename__ = "tallies"
    __table_args__ = ({"schema": "ballots"},)

    survey_id: Mapped[UUID] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    """The question's code, the same in all versions."""
    teaching: Mapped[UUID] = mapped_column(primary_key=True)
    """Topic and lecturer it is about; lms.surveys.rules.NONE for none."""
    section: Mapped[str]
    kind: Mapped[str]
    n: Mapped[int]
    na: Mapped[int]
    counts: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    """See lms.surveys.rules.Tally."""


class SectionMean(Base):
    """What a section's questions on scales say together; read by all reports, which therefore need no single answer."""

    __tablename__ = "section_means"
    __table_args__ = ({"schema": "ballots"},)

    survey_id: Mapped[UUID] = mapped_column(primary_key=True)
    section: Mapped[str] = mapped_column(primary_key=True)
    """Its key; empty for the whole form."""
    teaching: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    """The teaching it is about; lms.surveys.rules.NONE for the section as a whole."""
    n: Mapped[int]
    mean: Mapped[float]
    points: Mapped[int] = mapped_column(SmallInteger)
    """Length of the form's scale."""
    counts: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class Comment(Base):
    """A free-text answer. It leads to no form, so that style and points stay apart."""

    __tablename__ = "comments"
    __table_args__ = ({"schema": "ballots"},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    """Random (version 4); its order is the order in which comments are shown."""
    survey_id: Mapped[UUID] = mapped_column(index=True)
    item: Mapped[str]
    teaching: Mapped[UUID]
    text: Mapped[str] = mapped_column(Text)
    """As it was written; only the trusted reader sees it."""


class CommentReading(Base):
    """What the trusted reader decided about a comment; without one it is shown to nobody else."""

    __tablename__ = "comment_readings"

    comment_id: Mapped[UUID] = mapped_column(ForeignKey("ballots.comments.id"), primary_key=True)
    survey_id: Mapped[UUID] = mapped_column(ForeignKey("surveys.id"), index=True)
    shown: Mapped[str | None] = mapped_column(Text)
    """What is shown: the text, or the text with names removed; None when it is withheld as a whole."""
    removed: Mapped[bool]
    """Whether anything was removed."""
    reason: Mapped[str | None]
    reader_id: Mapped[UUID | None]
    """Account of the reader."""
    read_at: Mapped[datetime]


class Reply(Base):
    """A lecturer's answer to the results of one topic; given once."""

    __tablename__ = "evaluation_replies"

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    teaching_id: Mapped[UUID] = mapped_column(ForeignKey("teachings.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    replied_at: Mapped[datetime]


class FollowUp(Base):
    """A named form three to six months after a course: what the trainee, or her manager, sees applied at work."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "audience"),
        CheckConstraint("audience IN ('follow_up', 'employer')", name="audience"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    class_id: Mapped[UUID] = mapped_column(ForeignKey("class_runs.id"), index=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"))
    audience: Mapped[str]
    """``follow_up``: filled in by the trainee; ``employer``: by a manager of the unit that sent her."""
    instrument_id: Mapped[UUID] = mapped_column(ForeignKey("instruments.id"))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    answers: Mapped[dict[str, Any] | None]
    """Question -> answer."""
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    answered_at: Mapped[datetime | None]
