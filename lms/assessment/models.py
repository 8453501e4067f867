"""Quizzes and assignments of a programme version, attempts and submissions of trainees.

Learners are known here by their registration, the id that ties all of one person's work in one class together
(xAPI's registration; the class's enrolment id).
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Numeric, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import files
from lms.core.database import Base

QUESTION_KINDS = ("single", "multiple", "true_false", "numeric", "ordering", "matching")


class Quiz(Base):
    """The quiz at the end of a module."""

    __tablename__ = "quizzes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    module_id: Mapped[UUID] = mapped_column(ForeignKey("modules.id"), unique=True)
    code: Mapped[str]
    title: Mapped[dict[str, Any]]
    pass_percent: Mapped[int]
    attempts_allowed: Mapped[int]
    draw: Mapped[int | None]
    """How many questions an attempt draws from the bank; None: all are asked, in the bank's order."""


class Question(Base):
    """A question of a quiz."""

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("quiz_id", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    quiz_id: Mapped[UUID] = mapped_column(ForeignKey("quizzes.id"))
    code: Mapped[str]
    position: Mapped[int]
    kind: Mapped[str]
    """One of QUESTION_KINDS."""
    body: Mapped[dict[str, Any]]
    """Prompt, options with stable keys, the key (right answer) and the explanations; see lms.assessment.content."""


class Attempt(Base):
    """One try at a quiz. Its id is that of the statement which says that it was started."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("registration", "quiz_id", "number"),
        Index(
            "uq_attempts_one_open",
            "registration",
            "quiz_id",
            unique=True,
            postgresql_where=text("submitted_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    quiz_id: Mapped[UUID] = mapped_column(ForeignKey("quizzes.id"), index=True)
    registration: Mapped[UUID]
    person_id: Mapped[UUID]
    number: Mapped[int]
    seed: Mapped[int]
    """From which the order of options is drawn, the same on every device: ``rules.seed_of`` its id."""
    asked: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    """The questions drawn for it, in the order in which they are asked; None: all of the quiz."""
    started_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    score: Mapped[int | None]
    """Points: one for each question answered rightly."""
    max_score: Mapped[int]
    passed: Mapped[bool | None]


class Answer(Base):
    """What a trainee answered to a question in an attempt; overwritten by later saves until submission."""

    __tablename__ = "answers"

    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    question_id: Mapped[UUID] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    response: Mapped[Any] = mapped_column(JSONB)
    """By kind: key, list of keys, boolean, number as text, list of keys, or map of key to key."""
    revision: Mapped[int]
    """The browser's counter; a save with a lower one is stale and ignored."""
    saved_at: Mapped[datetime]
    correct: Mapped[bool | None]


class Assignment(Base):
    """A piece of work handed in as a file: the closing essay (thu hoạch)."""

    __tablename__ = "assignments"
    __table_args__ = (UniqueConstraint("version_id", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("programme_versions.id"))
    code: Mapped[str]
    title: Mapped[dict[str, Any]]
    instructions: Mapped[dict[str, Any]]
    max_score: Mapped[int]
    pass_score: Mapped[int]


class Submission(Base):
    """A file handed in for an assignment; a later one replaces it until it is marked.

    Its id is that of the statement which says that it was handed in.
    """

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("assignment_id", "registration", "number"),
        CheckConstraint("score IS NULL OR marked_at IS NOT NULL", name="marked"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignments.id"))
    registration: Mapped[UUID] = mapped_column(index=True)
    person_id: Mapped[UUID]
    number: Mapped[int]
    filename: Mapped[str]
    sha256: Mapped[str]
    """Empty once the file is gone: by law, or as one that later files replaced (``rules.FILES_KEPT``)."""
    size: Mapped[int]
    submitted_at: Mapped[datetime]
    score: Mapped[float | None] = mapped_column(Numeric(5, 2, asdecimal=False))
    passed: Mapped[bool | None]
    marks: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    """By the rubric, in the order of its criteria: ``points`` and ``remark``; None: marked as a whole."""
    comment: Mapped[str | None] = mapped_column(Text)
    marked_by: Mapped[UUID | None]
    """Account of the marker."""
    marked_at: Mapped[datetime | None]


files.refer(Submission.sha256)
