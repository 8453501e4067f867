"""Units, persons, accounts, roles and sign-in sessions."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.collation import name_key, text_key
from lms.core.database import Base
from lms.core.sort_keys import kept_key

UNIT_KINDS = ("city", "department", "district", "commune", "service_unit", "institution", "data_centre")
CATEGORIES = ("civil_servant", "commune_level", "public_employee", "guest")


class Unit(Base):
    """An organisation within the city, valid for a period; history stays with the unit of its day."""

    __tablename__ = "units"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="period"),
        Index("ix_units_path", "path", postgresql_ops={"path": "text_pattern_ops"}),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    """The code used in rosters, such as ``SXD``."""
    name: Mapped[str]
    search_text: Mapped[str]
    """Code and name, folded."""
    sort_key: Mapped[str] = kept_key(text_key, "name")
    """Where it stands in lists."""
    kind: Mapped[str]
    """One of UNIT_KINDS."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    path: Mapped[str]
    """Ids from the root down, such as ``/1/7/``; a prefix of it names a unit above."""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    """First day on which the unit no longer exists."""


class UnitSuccession(Base):
    """A unit (or part of it) went over into another on a day, by a document."""

    __tablename__ = "unit_successions"

    predecessor_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    successor_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True, index=True)
    on: Mapped[date]
    document: Mapped[str | None]
    """Number and date of the deciding document."""


class Person(Base):
    """An official, civil servant or public employee, or a guest lecturer."""

    __tablename__ = "persons"
    __table_args__ = (CheckConstraint("sex IN ('female', 'male')", name="sex"), Index(None, "sort_key", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    staff_code: Mapped[str] = mapped_column(String(collation="C"), unique=True)
    """Upper case. The code in the city's personnel system."""
    full_name: Mapped[str]
    """In Vietnamese order, NFC."""
    search_text: Mapped[str] = mapped_column(String(collation="C"))
    """Name and staff code, folded."""
    sort_key: Mapped[str] = kept_key(name_key, "full_name")
    """Where she stands in lists: given name, middle names, family name, by the Vietnamese alphabet."""
    birth_date: Mapped[date | None]
    sex: Mapped[str | None]
    email: Mapped[str | None]
    category: Mapped[str]
    """One of CATEGORIES."""
    position: Mapped[str]
    """Job position (vị trí việc làm)."""
    rank: Mapped[str | None]
    """Rank or professional title (ngạch, chức danh nghề nghiệp)."""
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    service_ends_on: Mapped[date | None]
    """Expected last day of service."""
    left_on: Mapped[date | None]
    """Day on which the person left the city's service."""


class Account(Base):
    """The right of a person, or of an operator without a staff record, to sign in."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    username: Mapped[str] = mapped_column(String(collation="C"), unique=True)
    """Lower case; the staff code for staff."""
    display_name: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), unique=True)
    password_hash: Mapped[str | None]
    """argon2id; none until the owner has activated the account."""
    must_change_password: Mapped[bool] = mapped_column(server_default="false")
    active: Mapped[bool] = mapped_column(server_default="true")
    locale: Mapped[str | None]
    actor_name: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    """The opaque account name of this person in statements."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    activated_at: Mapped[datetime | None]


class ActivationCode(Base):
    """A one-time code with which an owner sets the first or a forgotten password."""

    __tablename__ = "activation_codes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of the code, which has 80 random bits."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInSession(Base):
    """One browser in which an account is signed in."""

    __tablename__ = "sign_in_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    """SHA-256 of the secret in the cookie."""
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    """Kept to the quarter of an hour, so that reading pages seldom writes."""
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    user_agent: Mapped[str]
    address: Mapped[str | None]


class RoleHolding(Base):
    """A role held by an account over a unit and all below it, for a period."""

    __tablename__ = "role_holdings"
    __table_args__ = (UniqueConstraint("account_id", "role", "unit_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[str]
    """A key of lms.people.permissions.ROLES."""
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    """First day on which the role is no longer held."""
