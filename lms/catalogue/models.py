"""Programmes, their versions, and what a version teaches."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import files
from lms.core.database import Base


class Programme(Base):
    """A training programme of the Decision (mục III), or a postgraduate scheme."""

    __tablename__ = "programmes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(unique=True)
    """The Decision's code, such as ``A2.1``."""
    slug: Mapped[str]
    group: Mapped[str] = mapped_column("group_code")
    """A1, A2, B, C or D."""
    kind: Mapped[str]
    """in_service or postgraduate."""
    position: Mapped[int]
    """Order within the Decision."""
    name: Mapped[dict[str, Any]]
    """``{"vi": …, "en": …}``"""
    field: Mapped[str]
    audience_kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    forms: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Forms of delivery (mục IV.2)."""
    quota: Mapped[int]
    trained: Mapped[int] = mapped_column(server_default="0")
    """How many have completed the programme; kept by lms.catalogue.services.count_completion."""
    document: Mapped[dict[str, Any]]
    """The whole of programme.yaml but its version: audience, strands, aims, target, clauses, eligibility."""
    search_text: Mapped[str]
    """Code, names, audience and strands, folded."""
    checksum: Mapped[str]
    """SHA-256 of what was loaded; an unchanged file is not loaded again."""


class ProgrammeVersion(Base):
    """What a programme teaches, as laid down at one time; classes stay on theirs."""

    __tablename__ = "programme_versions"
    __table_args__ = (
        UniqueConstraint("programme_id", "number"),
        CheckConstraint(
            "status IN ('proposed', 'in_review', 'with_home_affairs', 'submitted', 'approved', 'retired', 'withdrawn')",
            name="status",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id"))
    number: Mapped[int]
    status: Mapped[str]
    """A state of :data:`lms.catalogue.life.VERSION`."""
    review_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    """The department of the field that was asked for its opinion."""
    moved_at: Mapped[datetime | None]
    """When it came into its state; none where it was loaded before its moves were kept."""
    checksum: Mapped[str]
    """SHA-256 over the version's files."""
    loaded_at: Mapped[datetime]
    hours: Mapped[int]
    notice: Mapped[dict[str, Any]]
    """What a reader must know, such as that this is a proposal."""
    attendance_min_percent: Mapped[int]
    """Share of the sessions a trainee must attend, in percent."""
    document: Mapped[dict[str, Any]]
    """The version block of programme.yaml: sessions, field study, essay."""


class Module(Base):
    """An online module of a version."""

    __tablename__ = "modules"
    __table_args__ = (UniqueConstraint("version_id", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("programme_versions.id"))
    code: Mapped[str]
    """Stable over versions, such as ``a21-m1``."""
    position: Mapped[int]
    title: Mapped[dict[str, Any]]
    hours: Mapped[int]
    outcomes: Mapped[list[dict[str, Any]]]


class Lesson(Base):
    """A lesson of a module."""

    __tablename__ = "lessons"
    __table_args__ = (UniqueConstraint("module_id", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    module_id: Mapped[UUID] = mapped_column(ForeignKey("modules.id"))
    code: Mapped[str]
    position: Mapped[int]
    title: Mapped[dict[str, Any]]
    summary: Mapped[dict[str, Any]]
    minutes: Mapped[int]
    html: Mapped[str] = mapped_column(Text)
    """Drawn of ``blocks`` when it was loaded, and again when a register changed (:mod:`lms.catalogue.loading`)."""
    blocks: Mapped[dict[str, Any] | None]
    """:class:`lms.catalogue.content.blocks.Document`; none in lessons loaded before there were blocks."""
    drawn: Mapped[str | None] = mapped_column(Text)
    """Which registers and templates ``html`` was drawn with (:func:`lms.catalogue.content.drawing.version`)."""
    headings: Mapped[list[dict[str, Any]]]
    """``[{"id": …, "text": …}]`` of the second level, in order."""
    sources: Mapped[list[dict[str, Any]]]
    """What it names: ``title``, ``kind``, ``url``, of the register also ``code``, its entry and more."""


class GlossaryTerm(Base):
    """A term that lessons explain, from ``content/thuat-ngu.yaml``."""

    __tablename__ = "glossary_terms"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    document: Mapped[dict[str, Any]]
    """``vi``, ``en``, ``also``, and its ``source`` as it is read."""


class Figure(Base):
    """A picture, recording or download of a version's lessons, kept in the file store."""

    __tablename__ = "figures"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("programme_versions.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    """Path below the version's content folder."""
    sha256: Mapped[str]
    media_type: Mapped[str]


class Topic(Base):
    """A topic (chuyên đề): the unit a lecturer teaches and is evaluated on."""

    __tablename__ = "topics"
    __table_args__ = (UniqueConstraint("version_id", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("programme_versions.id"))
    code: Mapped[str]
    position: Mapped[int]
    title: Mapped[dict[str, Any]]
    objectives: Mapped[list[dict[str, Any]]]
    hours: Mapped[int]


class VersionComment(Base):
    """A comment of the department of the field on a place of a version; none is removed."""

    __tablename__ = "version_comments"
    __table_args__ = (
        CheckConstraint("answer_kind IN ('changed', 'kept')", name="answer_kind"),
        CheckConstraint("(answered_at IS NULL) = (answer_kind IS NULL)", name="answered"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("programme_versions.id"), index=True)
    """The version it was given on; unanswered ones move on to the next text of the programme."""
    given_on: Mapped[UUID] = mapped_column(ForeignKey("programme_versions.id"))
    """The version it was first given on."""
    place: Mapped[str]
    """``whole``, ``essay``, or ``module:``, ``lesson:`` or ``topic:`` with a code."""
    quote: Mapped[str]
    """The words it is about; empty where it is about the place as a whole."""
    text: Mapped[str] = mapped_column(Text)
    account_id: Mapped[UUID]
    at: Mapped[datetime]
    answer_kind: Mapped[str | None]
    """changed: the text was changed; kept: it stays, for the reason that is given."""
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]


class VersionPaper(Base):
    """An opinion, a memorandum or a decision on a version; bound to its content by the checksum of that day."""

    __tablename__ = "version_papers"
    __table_args__ = (CheckConstraint("kind IN ('opinion', 'memorandum', 'decision', 'withdrawal')", name="kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("programme_versions.id"), index=True)
    kind: Mapped[str]
    number: Mapped[str]
    """Number and symbol, such as ``1234/QĐ-UBND``."""
    dated: Mapped[date]
    signer: Mapped[str]
    """Name and office of who signed."""
    checksum: Mapped[str]
    """Of the version's content when it was signed."""
    sha256: Mapped[str | None] = mapped_column(index=True)
    """The scanned or digitally signed paper in the file store."""
    filename: Mapped[str | None]
    account_id: Mapped[UUID | None]
    at: Mapped[datetime]


Index("ix_lessons_module_position", Lesson.module_id, Lesson.position)


files.refer(Figure.sha256, VersionPaper.sha256)
