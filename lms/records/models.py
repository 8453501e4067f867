"""The record store's tables: statements as they will be answered, and what their queries need.

``raw`` holds the statement exactly as it is answered (text, so that numbers and strings stay as sent). The columns and
relations beside it serve the documented queries of xAPI 1.0.3, Communication, section 2.1.3.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.database import Base


class Statement(Base):
    """One statement."""

    __tablename__ = "statements"
    __table_args__ = (
        Index("ix_statements_verb_stored", "verb", "seq"),
        Index("ix_statements_registration", "registration", "seq", postgresql_where="registration IS NOT NULL"),
        Index("ix_statements_stored", "stored", "seq"),
        Index("ix_statements_references", "seq", postgresql_where="target_id IS NOT NULL"),
    )

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    """The order in which statements were stored."""
    id: Mapped[UUID] = mapped_column(unique=True)
    stored: Mapped[datetime]
    timestamp: Mapped[datetime]
    verb: Mapped[str] = mapped_column(Text)
    registration: Mapped[UUID | None]
    target_id: Mapped[UUID | None] = mapped_column(index=True)
    """The statement this one refers to (object of type StatementRef)."""
    voided: Mapped[bool] = mapped_column(server_default="false")
    credential_id: Mapped[UUID | None] = mapped_column(ForeignKey("xapi_credentials.id"))
    """Who sent it; none for the product itself."""
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 over what immutability compares (Data, section 2.3.1)."""
    raw: Mapped[str] = mapped_column(Text)


class StatementAgent(Base):
    """An actor named in a statement, by its inverse functional identifier."""

    __tablename__ = "statement_agents"
    __table_args__ = (Index("ix_statement_agents_ifi", "ifi", "seq"),)

    seq: Mapped[int] = mapped_column(BigInteger, ForeignKey("statements.seq", ondelete="CASCADE"), primary_key=True)
    ifi: Mapped[str] = mapped_column(Text, primary_key=True)
    """The identifier in one form: ``mbox|mailto:…``, ``account|homePage|name`` and so on."""
    direct: Mapped[bool]
    """Actor or object of the statement; otherwise only a related agent."""


class StatementActivity(Base):
    """An activity named in a statement."""

    __tablename__ = "statement_activities"
    __table_args__ = (Index("ix_statement_activities_iri", "iri", "seq"),)

    seq: Mapped[int] = mapped_column(BigInteger, ForeignKey("statements.seq", ondelete="CASCADE"), primary_key=True)
    iri: Mapped[str] = mapped_column(Text, primary_key=True)
    direct: Mapped[bool]
    """Object of the statement; otherwise only a related activity."""


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
    """statements/write, statements/read, statements/read/mine, all/read, all."""
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
