"""Classes, who teaches and attends them, and what comes of it."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.collation import text_key
from lms.core.database import Base
from lms.core.sort_keys import kept_key

SESSION_KINDS = ("classroom", "field_study", "online")
ATTENDANCE = ("present", "late", "excused", "absent")


class ClassRun(Base):
    """A class: one run of a programme version by an institution."""

    __tablename__ = "class_runs"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint(
            "status IN ('planned', 'open', 'confirmed', 'running', 'finished', 'postponed', 'cancelled')", name="status"
        ),
        CheckConstraint("minimum BETWEEN 0 AND capacity", name="minimum"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(unique=True)
    """Such as ``A2.1-2026-01``."""
    sort_key: Mapped[str] = kept_key(text_key, "code")
    """Where it stands in lists: codes with their numbers by value."""
    name: Mapped[str]
    version_id: Mapped[UUID] = mapped_column(ForeignKey("programme_versions.id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    status: Mapped[str]
    """Its state (:data:`lms.classes.life.CLASS`); only :mod:`lms.core.transitions` changes it."""
    capacity: Mapped[int]
    minimum: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many trainees it needs to take place."""
    nominations_until: Mapped[date | None]
    """The last day on which units name whom they send; set when it is opened."""
    copied_from: Mapped[UUID | None] = mapped_column(ForeignKey("class_runs.id"))
    """The class after which it was made."""
    finished_at: Mapped[datetime | None]
    """When it was finished; results are fixed ``lms.classes.rules.RESULTS_AFTER`` later."""
    finished_reason: Mapped[str | None]
    """Why it was finished although something was missing."""


class Teaching(Base):
    """A lecturer teaches a topic in a class."""

    __tablename__ = "teachings"
    __table_args__ = (UniqueConstraint("class_id", "topic_id", "lecturer_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    class_id: Mapped[UUID] = mapped_column(ForeignKey("class_runs.id"))
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topics.id"))
    lecturer_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)


class Session(Base):
    """A meeting of a class: in class, on a field study, or online."""

    __tablename__ = "sessions"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="times"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    class_id: Mapped[UUID] = mapped_column(ForeignKey("class_runs.id"), index=True)
    topic_id: Mapped[UUID | None] = mapped_column(ForeignKey("topics.id"))
    lecturer_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)
    kind: Mapped[str]
    """One of SESSION_KINDS."""
    title: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str]
    attendance_taken_at: Mapped[datetime | None]


class Enrolment(Base):
    """A person in a class. Its id is the xAPI registration of all that she does in it."""

    __tablename__ = "enrolments"
    __table_args__ = (
        UniqueConstraint("class_id", "person_id"),
        CheckConstraint("status IN ('enrolled', 'completed', 'incomplete', 'failed', 'withdrawn')", name="status"),
        Index("ix_enrolments_person", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    class_id: Mapped[UUID] = mapped_column(ForeignKey("class_runs.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    """The unit that sent her, as of that day."""
    status: Mapped[str]
    """``enrolled`` until :func:`lms.classes.services.conclude_all` gives her a result: ``completed``, or after the end
    ``incomplete`` or ``failed`` (:func:`lms.learning.rules.result`)."""
    enrolled_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


class Attendance(Base):
    """Whether a trainee was at a session."""

    __tablename__ = "attendance"
    __table_args__ = (CheckConstraint("status IN ('present', 'late', 'excused', 'absent')", name="status"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"), primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"), primary_key=True, index=True)
    status: Mapped[str]
    """One of ATTENDANCE; present and late count as attended."""
    note: Mapped[str | None]
    recorded_by: Mapped[UUID | None]
    """Account of the recorder."""
    recorded_at: Mapped[datetime]


class Commitment(Base):
    """Days on which a person is in a class, here or elsewhere: nobody is in two at the same time (mục IV.4).

    The constraint makes it impossible whatever the acts overlook; acts answer before it does, in words. Rows of classes
    follow their enrolments (:func:`lms.classes.services.commitments.follow`).
    """

    __tablename__ = "commitments"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint("enrolment_id IS NULL OR class_id IS NOT NULL", name="source"),
        ExcludeConstraint(
            (text("uuidrange(person_id, person_id, '[]')"), "&&"),
            (text("daterange(starts_on, ends_on, '[]')"), "&&"),
            name="one_class_at_a_time",
            using="gist",
            where=text("holds"),
            deferrable=True,
            initially="IMMEDIATE",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    enrolment_id: Mapped[UUID | None] = mapped_column(ForeignKey("enrolments.id"), unique=True)
    class_id: Mapped[UUID | None] = mapped_column(ForeignKey("class_runs.id"), index=True)
    """None for a class of another scheme, outside this product. With a class and no enrolment: somebody was approved
    for it and is not enrolled yet (:func:`lms.classes.services.commitments.reserve`)."""
    title: Mapped[str]
    """What she attends, as others are told."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    holds: Mapped[bool]
    """False when the class is over or cancelled, or she has left it; such rows stand outside the constraint."""
