"""Typed rows of the builder."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from lms.catalogue.models import Programme
from lms.core.database import db
from lms.surveys import document
from lms.surveys.models import FollowUp, Instrument, InstrumentUse, Survey
from lms.surveys.queries.rights import TaughtTopic
from lms.surveys.rules import NONE


class VersionLine(NamedTuple):
    """A version in the list; :ivar used: how many evaluations took it."""

    id: UUID
    code: str
    version: int
    audience: str
    state: str
    title: dict[str, str]
    loaded_at: datetime
    used: int


def all_versions() -> list[VersionLine]:
    """Return all versions of all forms, the newest of each first."""
    surveys = select(func.count()).where(Survey.instrument_id == Instrument.id).scalar_subquery()
    named = (
        select(func.count(FollowUp.class_id.distinct()))
        .where(FollowUp.instrument_id == Instrument.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Instrument.id,
            Instrument.code,
            Instrument.version,
            Instrument.audience,
            Instrument.state,
            Instrument.title,
            Instrument.loaded_at,
            surveys + named,
        ).order_by(Instrument.audience.desc(), Instrument.code, Instrument.version.desc())
    )
    return [VersionLine(*row) for row in rows]


class UseLine(NamedTuple):
    """A form in use; :ivar programme: its code and name, or None for the whole city."""

    id: UUID
    audience: str
    code: str
    title: dict[str, str]
    programme: str | None
    programme_name: dict[str, str] | None


def uses() -> list[UseLine]:
    """Return the forms in use: the city's first, then those of programmes."""
    newest = (
        select(Instrument.code, Instrument.title)
        .where(Instrument.state == "published")
        .ext(distinct_on(Instrument.code))
        .order_by(Instrument.code, Instrument.version.desc())
        .subquery()
    )
    rows = db.session.execute(
        select(
            InstrumentUse.id,
            InstrumentUse.audience,
            InstrumentUse.code,
            newest.c.title,
            Programme.code,
            Programme.name,
        )
        .join(newest, newest.c.code == InstrumentUse.code)
        .outerjoin(Programme, Programme.id == InstrumentUse.programme_id)
        .order_by(InstrumentUse.programme_id.is_not(None), InstrumentUse.audience.desc(), Programme.position)
    )
    return [UseLine(*row) for row in rows]


class Version(NamedTuple):
    """A version with its content."""

    id: UUID
    code: str
    version: int
    audience: str
    state: str
    form: document.Form

    @property
    def draft(self) -> bool:
        """Whether it can be changed."""
        return self.state == "draft"


def version_of(instrument_id: UUID) -> Version | None:
    """Return a version."""
    instrument = db.session.get(Instrument, instrument_id)
    if instrument is None:
        return None
    return Version(
        instrument.id,
        instrument.code,
        instrument.version,
        instrument.audience,
        instrument.state,
        document.read(instrument.document),
    )


def example(number: int) -> TaughtTopic:
    """Return a topic for the preview."""
    title = {"vi": f"Chuyên đề {number} (ví dụ)", "en": f"Topic {number} (example)"}
    return TaughtTopic(uuid5(NONE, str(number)), title, "Nguyễn Thị Bích Thảo", NONE)
