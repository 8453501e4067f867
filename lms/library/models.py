"""Uploads, packages and their versions; learners' registrations for them, launches, and what came of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import files
from lms.core.collation import text_key
from lms.core.database import Base
from lms.core.sort_keys import kept_key
from lms.records.vocabulary import ACTIVITIES

MODES = ("Normal", "Browse", "Review")
"""Launch modes (cmi5, section 10)."""


class Upload(Base):
    """A file on its way in: received piece by piece, then checked and unpacked by a job."""

    __tablename__ = "uploads"
    __table_args__ = (
        CheckConstraint("received BETWEEN 0 AND size", name="received"),
        CheckConstraint("state IN ('receiving', 'checking', 'taken', 'refused', 'broken_off')", name="state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    account_id: Mapped[UUID | None] = mapped_column(index=True)
    """Who uploads; none when a key of the API does."""
    package_id: Mapped[UUID | None] = mapped_column(ForeignKey("packages.id"), index=True)
    """The package of which it becomes a new version; none for a new package."""
    filename: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Bytes that have arrived, all in order."""
    checksum: Mapped[str | None]
    """SHA-256 of the whole, hexadecimal, as its sender says."""
    title: Mapped[str | None]
    """What the package is to be called; by default what it calls itself."""
    job_id: Mapped[UUID | None]
    """The job that checks and unpacks it."""
    state: Mapped[str] = mapped_column(server_default="receiving")
    """``broken_off``: it could not be checked by a fault of ours, and must be sent again."""
    step: Mapped[str] = mapped_column(server_default="")
    """What the job is at: joining, recognising, scanning, reading or storing."""
    done: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Bytes unpacked, of ``total``."""
    total: Mapped[int] = mapped_column(BigInteger, server_default="0")
    report: Mapped[dict[str, Any] | None]
    """``{"kind": …, "title": …, "faults": [[path, message]], "notes": …}`` once it was checked."""
    version_id: Mapped[UUID | None]
    """What it became."""
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    """When the last piece arrived, or the job ended."""


class UploadPiece(Base):
    """A piece of an upload, kept in the file store until the whole is there."""

    __tablename__ = "upload_pieces"

    upload_id: Mapped[UUID] = mapped_column(ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Place of its first byte."""
    size: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    """Its name in the file store."""


class Package(Base):
    """Teaching material that an institution has uploaded."""

    __tablename__ = "packages"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    title: Mapped[str]
    search_text: Mapped[str]
    """Title, folded."""
    sort_key: Mapped[str] = kept_key(text_key, "title")
    """Where it stands in lists by title."""
    kind: Mapped[str]
    """A key of lms.library.kinds.KINDS; that of its newest version."""
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    removed_at: Mapped[datetime | None]
    allowed_hosts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    """Origins outside, such as ``https://www.youtube.com``, that its content may load from: staff allowed them."""
    labels: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    """By which staff keep many packages in order."""


class PackageVersion(Base):
    """A package as it was uploaded at one time; it never changes."""

    __tablename__ = "package_versions"
    __table_args__ = (UniqueConstraint("package_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    package_id: Mapped[UUID] = mapped_column(ForeignKey("packages.id"))
    number: Mapped[int]
    kind: Mapped[str]
    filename: Mapped[str]
    sha256: Mapped[str]
    """Of the file as it was uploaded; its address in the file store."""
    size: Mapped[int] = mapped_column(BigInteger)
    """Of the file as it was uploaded, bytes."""
    files: Mapped[int]
    unpacked: Mapped[int] = mapped_column(BigInteger)
    """Bytes of all its files."""
    properties: Mapped[dict[str, Any]]
    """What its format says of the whole."""
    report: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]


class PackageFile(Base):
    """A file of a version."""

    __tablename__ = "package_files"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("package_versions.id"), primary_key=True)
    path: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    sha256: Mapped[str] = mapped_column(index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]


class ContentUnit(Base):
    """A part of a version: its root (course), a block, or what can be launched."""

    __tablename__ = "content_units"
    __table_args__ = (UniqueConstraint("version_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("package_versions.id"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("content_units.id"), index=True)
    position: Mapped[int]
    """Place in the walk over the tree; the root is 0."""
    kind: Mapped[str]
    identifier: Mapped[str]
    title: Mapped[dict[str, Any]]
    description: Mapped[dict[str, Any]]
    href: Mapped[str | None]
    """What is launched: a path in the package with query and fragment, or an absolute address."""
    properties: Mapped[dict[str, Any]]

    @property
    def iri(self) -> str:
        """Its activity id in statements, never the publisher's own (cmi5, section 8.1)."""
        return activity_iri(self.id)


class Registration(Base):
    """A learner takes a version of a package. Its id is the xAPI registration of all she does in it."""

    __tablename__ = "content_registrations"
    __table_args__ = (Index("ix_content_registrations_learner", "account_home", "account_name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("package_versions.id"), index=True)
    account_home: Mapped[str]
    """Home page of the learner's xAPI account: the product's own for people of the roster."""
    account_name: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)
    """None for an outside learner."""
    context_id: Mapped[UUID | None] = mapped_column(index=True)
    """For what she takes it: her enrolment in a class, or none."""
    created_at: Mapped[datetime]
    satisfied_at: Mapped[datetime | None]
    """When the whole package was done: a primary record as :class:`UnitState`, from which it was concluded."""
    superseded_at: Mapped[datetime | None]
    """When staff moved her class to another version; nothing more is reported for it."""

    @property
    def agent(self) -> dict[str, Any]:
        """The learner as an xAPI agent."""
        return {"objectType": "Agent", "account": {"homePage": self.account_home, "name": self.account_name}}


class UnitState(Base):
    """How far a registration is in a unit: a primary record, written in the transaction of what reported it.

    No projection of statements, and no rebuild makes it: SCORM and H5P tell more than statements carry (suspended data,
    percentages), a waiver is an act of staff, and what was judged was judged by the rules of that moment.
    """

    __tablename__ = "content_unit_states"
    __table_args__ = (CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),)

    registration_id: Mapped[UUID] = mapped_column(ForeignKey("content_registrations.id"), primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("content_units.id"), primary_key=True)
    completed_at: Mapped[datetime | None]
    passed_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    waived_at: Mapped[datetime | None]
    satisfied_at: Mapped[datetime | None]
    """When its moveOn criteria were met; of a block or the course, those of all in it."""
    progress: Mapped[int] = mapped_column(server_default="0")
    """Percent."""
    score: Mapped[float | None]
    """Scaled, the latest told."""
    seconds: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Time spent, over all sessions."""
    touched_at: Mapped[datetime]


class ContentSession(Base):
    """One launch of a unit. Its id is the cmi5 session id."""

    __tablename__ = "content_sessions"
    __table_args__ = (
        CheckConstraint("mode IN ('Normal', 'Browse', 'Review')", name="mode"),
        Index("ix_content_sessions_registration", "registration_id", "launched_at"),
        Index("ix_content_sessions_open", "expires_at", postgresql_where="ended_at IS NULL"),
        Index("ix_content_sessions_sign_in", "sign_in_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    registration_id: Mapped[UUID] = mapped_column(ForeignKey("content_registrations.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("content_units.id"))
    mode: Mapped[str]
    """One of MODES."""
    application: Mapped[str]
    """Address of the application that launched it; only its pages may frame the content."""
    launched_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]
    """When its fetch URL was used (once; cmi5, section 8.2)."""
    credential_id: Mapped[UUID | None] = mapped_column(unique=True)
    """Its key to the record store."""
    initialized_at: Mapped[datetime | None]
    terminated_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When it was terminated or abandoned."""
    abandoned: Mapped[bool] = mapped_column(server_default="false")
    expires_at: Mapped[datetime]
    """When its token opens nothing more; moved to the moment at which somebody ended it."""
    seen_at: Mapped[datetime]
    """When it last sent something."""
    told: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    """Last parts of the verbs of its cmi5 defined statements, in order."""
    sign_in_id: Mapped[UUID | None]
    """The sign-in session in which it was begun, and with which it ends; none when a key of the API began it."""
    preferences_read_at: Mapped[datetime | None]
    """When it asked for the learner's preferences (cmi5, section 11)."""
    bound_at: Mapped[datetime | None]
    """When a browser opened it first: no other opens it afterwards."""


class ContentEvent(Base):
    """A line of the log of a launch: what was asked, sent and refused, for staff to see why nothing counts."""

    __tablename__ = "content_events"
    __table_args__ = (
        CheckConstraint("what IN ('launched', 'asked', 'sent', 'refused', 'blocked', 'ended')", name="what"),
        Index("ix_content_events_session", "session_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("content_sessions.id"))
    at: Mapped[datetime]
    what: Mapped[str]
    about: Mapped[str] = mapped_column(server_default="")
    """A verb, a resource, a host: words of programs, not of people."""
    status: Mapped[int | None]
    """HTTP status of the answer."""
    reason: Mapped[str] = mapped_column(server_default="")
    """Why it was refused, as the program was told."""


class ScormState(Base):
    """The latest data that a SCORM unit committed, or, without a unit's identifier, those of the whole course."""

    __tablename__ = "scorm_states"

    registration_id: Mapped[UUID] = mapped_column(ForeignKey("content_registrations.id"), primary_key=True)
    identifier: Mapped[str] = mapped_column(primary_key=True)
    """Of the item; empty for the course: sequencing state and global objectives."""
    session_id: Mapped[UUID]
    sequence: Mapped[int] = mapped_column(BigInteger)
    """Number of the commit; only higher ones are taken."""
    data: Mapped[dict[str, Any]]
    committed_at: Mapped[datetime]


class ScormCommit(Base):
    """The last commits of a registration as they came, for support and disputes."""

    __tablename__ = "scorm_commits"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("content_sessions.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    identifier: Mapped[str]
    data: Mapped[dict[str, Any]]
    committed_at: Mapped[datetime]


class H5pLibrary(Base):
    """A file of an installed H5P library: packages that come without it take it from here."""

    __tablename__ = "h5p_libraries"

    library: Mapped[str] = mapped_column(primary_key=True)
    """Name and version, such as ``H5P.Video 1.6``."""
    path: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    """Path within the library's folder."""
    sha256: Mapped[str] = mapped_column(index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]


class StorageQuota(Base):
    """How much an institution may keep, where it differs from the usual."""

    __tablename__ = "storage_quotas"

    institution_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes."""


class ApiKey(Base):
    """A key with which an institution's program uses the JSON API."""

    __tablename__ = "api_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    name: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    """SHA-256 of the key, which has 256 random bits."""
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """packages:read, packages:write, registrations:read, registrations:write."""
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    last_day: Mapped[date | None]
    """The last day in Hà Nội on which it opens anything; none, until it is revoked."""
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


def activity_iri(unit_id: UUID) -> str:
    """Return the activity id of a unit."""
    return f"{ACTIVITIES}/unit/{unit_id}"


files.refer(PackageFile.sha256, PackageVersion.sha256, H5pLibrary.sha256)
