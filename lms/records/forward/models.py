"""The tables of forwarding: where to, how far, and what the other side refused."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.database import Base
from lms.records.models import stored_at


class Forwarder(Base):
    """Another record store that gets our statements."""

    __tablename__ = "xapi_forwarders"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    endpoint: Mapped[str] = mapped_column(Text)
    """Address of its interface, with a slash at the end."""
    version: Mapped[str]
    """xAPI version in which it is spoken to."""
    key: Mapped[str] = mapped_column(Text)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed: :func:`lms.records.forward.rules.seal`."""
    verbs: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """IRIs; none means any. So it is with ``activities`` and ``classes``."""
    activities: Mapped[list[str]] = mapped_column(ARRAY(Text))
    classes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    cursor: Mapped[int] = mapped_column(BigInteger)
    """Every statement up to this ``seq`` was sent, set aside, or is not asked for."""
    sent: Mapped[int] = mapped_column(BigInteger, default=0)
    """Statements the other side has confirmed."""
    failures: Mapped[int] = mapped_column(default=0)
    """In a row: how often the other side was away."""
    next_try_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    """Why the last try failed, a word of :data:`lms.records.forward.rules.REASONS` or ``status-`` and a number."""
    paused_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]

    @property
    def sent_up_to(self) -> datetime | None:
        """The moment up to which all stored statements are through; none when it has not begun."""
        return stored_at(self.cursor) if self.cursor else None


class DeadLetter(Base):
    """A statement that the other side refused for what it is."""

    __tablename__ = "xapi_dead_letters"

    forwarder_id: Mapped[UUID] = mapped_column(ForeignKey("xapi_forwarders.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    statement_id: Mapped[UUID]
    registration: Mapped[UUID | None]
    status: Mapped[int | None]
    """The HTTP status of the refusal; none when the content of an attachment is missing here."""
    message: Mapped[str] = mapped_column(Text)
    """What the other side said, shortened."""
    at: Mapped[datetime]
    tries: Mapped[int]
    due: Mapped[bool]
    """Whether it is to be sent again."""
