"""The record store's tables: statements as they will be answered, and one narrow relation for all their queries.

``raw`` holds the statement exactly as it is answered (text, so that numbers and strings stay as sent). What the
documented queries ask for (xAPI 1.0.3, Communication, section 2.1.3) stands in ``statement_mentions``, one row for each
agent, activity, verb and registration that a statement names. Why: docs/decisions/0007-one-relation-for-queries.md.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import files
from lms.core.database import Base

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACES = 1024


class Statement(Base):
    """One statement. Rows are only ever added (and their persons' names taken out by law)."""

    __tablename__ = "statements"
    __table_args__ = (
        Index("ix_statements_target_id", "target_id", postgresql_where="target_id IS NOT NULL"),
        Index("ix_statements_voiding", "target_id", postgresql_where="voiding"),
    )

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """When it was stored, and so the order of all statements: :func:`seq_at`."""
    id: Mapped[UUID] = mapped_column(unique=True)
    target_id: Mapped[UUID | None]
    """The statement this one refers to (object of type StatementRef)."""
    voiding: Mapped[bool]
    """Whether it voids the statement it refers to."""
    credential_id: Mapped[UUID | None]
    """Who sent it; none for the product itself. ``xapi_store`` sees to it that it is one that opens the store: a
    foreign key would lock the credential's row at each statement, and all that it sends meanwhile would wait."""
    raw: Mapped[str] = mapped_column(Text)

    @property
    def stored(self) -> datetime:
        """When it was stored."""
        return stored_at(self.seq)


class Mention(Base):
    """Something that a statement names."""

    __tablename__ = "statement_mentions"

    mention: Mapped[UUID] = mapped_column(primary_key=True)
    """What is named: :func:`lms.records.shapes.mention`."""
    direct: Mapped[bool] = mapped_column(primary_key=True)
    """Actor, object, verb or registration of the statement; otherwise a related agent or activity."""
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class Reference(Base):
    """A statement that refers to another, directly or through up to fifteen: it matches what that one matches."""

    __tablename__ = "statement_references"

    target: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, index=True)


class Attachment(Base):
    """The content of an attachment, which is in the file store."""

    __tablename__ = "xapi_attachments"

    sha2: Mapped[str] = mapped_column(Text, primary_key=True)
    """The hash by which statements name it: lower case hexadecimal, SHA-224 to SHA-512."""
    file: Mapped[str]
    """Its address in the file store (SHA-256)."""
    size: Mapped[int] = mapped_column(BigInteger)
    """Octets."""


class AttachmentSent(Base):
    """A statement came with the content of an attachment: whoever is given the statement is given the content.

    Another statement may name the same hash, with an address of its own; that opens nothing.
    """

    __tablename__ = "xapi_attachments_sent"

    statement_id: Mapped[UUID] = mapped_column(primary_key=True)
    sha2: Mapped[str] = mapped_column(Text, primary_key=True)


class Document(Base):
    """A document of the State, Agent Profile or Activity Profile Resource (Communication, sections 2.3, 2.6, 2.7)."""

    __tablename__ = "xapi_documents"
    __table_args__ = (Index("ix_xapi_documents_owner", "owner", "updated_at"),)

    key: Mapped[UUID] = mapped_column(primary_key=True)
    """Hash of kind, activity, agent, registration and id."""
    owner: Mapped[UUID]
    """Hash of kind, activity and agent: lists are asked for by these."""
    agent: Mapped[UUID | None] = mapped_column(index=True)
    """Whose it is (:func:`lms.records.shapes.mention`); none for a profile of an activity."""
    registration: Mapped[UUID | None]
    document_id: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    content_type: Mapped[str] = mapped_column(Text)
    etag: Mapped[str]
    """SHA-1 of the content, hexadecimal."""
    updated_at: Mapped[datetime]


class Credential(Base):
    """A key with which a client reads or writes statements (HTTP Basic)."""

    __tablename__ = "xapi_credentials"
    __table_args__ = (UniqueConstraint("key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    """What the key is for, as its maker wrote."""
    key: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of the secret, which has 256 random bits."""
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """statements/write, statements/read, statements/read/mine, state, profile, all/read, all."""
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    """When a session token ends; keys made in the administration do not."""
    agent: Mapped[str | None] = mapped_column(Text)
    """A session token's learner, with ``registration`` and ``activity``: :class:`lms.records.binding.Binding`."""
    registration: Mapped[UUID | None]
    activity: Mapped[str | None] = mapped_column(Text)


def seq_at(moment: datetime) -> int:
    """Return the first ``seq`` of a moment: its microseconds since 1970, with room for 1,024 statements in each."""
    return (moment - _EPOCH) // timedelta(microseconds=1) * _PLACES


def stored_at(seq: int) -> datetime:
    """Return the moment at which the statement with this ``seq`` was stored."""
    return _EPOCH + timedelta(microseconds=seq // _PLACES)


files.refer(Attachment.file)
