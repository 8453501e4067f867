"""What official papers of a class rest on, and those that were issued."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from lms.catalogue.models import Programme, ProgrammeVersion
from lms.classes.models import ClassRun, Session
from lms.core.database import db
from lms.core.errors import NotFound
from lms.documents.bodies import issuer_at
from lms.documents.issuers import Issuer
from lms.documents.models import IssuedPaper, Signer
from lms.people.access import units_within
from lms.people.models import Person, Unit
from lms.planning.models import Nomination
from lms.planning.papers.sending import Course, Sent

DECISIONS = ("send", "amend", "revoke")


class Body(NamedTuple):
    """A signer, and the body for which she signs."""

    signer_id: UUID
    name: str
    capacity: str
    title: str
    ground: str
    unit_id: int
    unit: str
    issuer: Issuer
    valid_to: date | None


def signers(day: date, paths: Sequence[str]) -> list[Body]:
    """Return who is entitled to sign on a day, for bodies over which one decides."""
    rows = db.session.execute(
        select(Signer, Unit.name, Unit.path)
        .join(Unit, Unit.id == Signer.unit_id)
        .where(or_(Signer.valid_to.is_(None), Signer.valid_to > day), units_within(paths))
        .order_by(Unit.path, Signer.capacity, Signer.id)
    ).all()
    issuers = {path: issuer_at(path) for path in {row.path for row in rows}}
    return [
        Body(one.id, one.name, one.capacity, one.title, one.ground, one.unit_id, name, issuers[path], one.valid_to)
        for one, name, path in rows
    ]


def course_of(class_id: UUID) -> Course:
    """Return a class as papers name it."""
    row = db.session.execute(
        select(
            ClassRun.name,
            ClassRun.code,
            Programme.code,
            Programme.name,
            Unit.name,
            ClassRun.starts_on,
            ClassRun.ends_on,
        )
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .join(Unit, Unit.id == ClassRun.institution_id)
        .where(ClassRun.id == class_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    meetings = select(Session.place, Session.starts_at).where(Session.class_id == class_id)
    held = db.session.execute(meetings.order_by(Session.starts_at)).all()
    programme = f"{row[2]} {row[3]['vi']}"
    places = tuple(dict.fromkeys(one.place for one in held))
    return Course(row[0], row[1], programme, row[4], row[5], row[6], places, held[0].starts_at if held else None)


def named_in_papers(class_id: UUID, person_ids: Sequence[UUID] | None = None) -> dict[UUID, tuple[int, Sent]]:
    """Return who is sent to a class, or these, as papers name them, by the unit that named them and by name."""
    rows = (
        select(
            Nomination.person_id, Nomination.unit_id, Person.full_name, Person.birth_date, Person.position, Unit.name,
            Person.staff_code,
        )
        .join(Person, Person.id == Nomination.person_id)
        .join(Unit, Unit.id == Nomination.unit_id)
        .where(Nomination.class_id == class_id)
        .order_by(Unit.sort_key, Unit.id, Person.sort_key, Person.id)
    )  # fmt: skip
    if person_ids is None:
        rows = rows.where(Nomination.status.in_(("approved", "sent")))
    else:
        rows = rows.where(Nomination.person_id.in_(person_ids))
    return {row.person_id: (row.unit_id, Sent(*row[2:])) for row in db.session.execute(rows)}


class Paper(NamedTuple):
    """An issued paper as lists show it."""

    id: UUID
    kind: str
    about: UUID
    number: str
    issued_on: date
    subject: str
    signed_by: str
    person_id: UUID | None
    unit_id: int | None
    rests_on: UUID | None
    stamp: str
    at: datetime


def papers(condition: ColumnElement[bool]) -> list[Paper]:
    """Return issued papers, the newest first."""
    columns = [getattr(IssuedPaper, name) for name in Paper._fields]
    rows = select(*columns).where(condition).order_by(IssuedPaper.at.desc(), IssuedPaper.number.desc())
    return [Paper(*row) for row in db.session.execute(rows)]


def decisions_of(class_id: UUID) -> list[Paper]:
    """Return the decisions on a class, the newest first."""
    return papers((IssuedPaper.about == class_id) & IssuedPaper.kind.in_(DECISIONS))
