"""What planning reads: people as the rules see them, and the numbers of programmes."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from lms.catalogue.models import Programme, ProgrammeVersion
from lms.classes.models import ClassRun, Enrolment
from lms.core.database import db
from lms.core.errors import NotFound
from lms.people.models import Person, Unit
from lms.planning.models import StatedFact
from lms.planning.rules.eligibility import Limits, Official


class Asked(NamedTuple):
    """What a class is to the rules: its programme, that programme's numbers, and the day that counts."""

    programme_id: UUID
    programme: str
    limits: Limits
    day: date


def asked_by(class_id: UUID) -> Asked:
    """Return what a class asks of those sent to it.

    :raises NotFound: there is no such class
    """
    row = db.session.execute(
        select(Programme.id, Programme.code, Programme.document, ClassRun.starts_on)
        .join(ProgrammeVersion, ProgrammeVersion.programme_id == Programme.id)
        .join(ClassRun, ClassRun.version_id == ProgrammeVersion.id)
        .where(ClassRun.id == class_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return Asked(row.id, row.code, limits_of(row.document), row.starts_on)


def limits_of(document: dict[str, Any]) -> Limits:
    """Return the numbers of a programme from its document."""
    numbers = document.get("eligibility") or {}
    return Limits(
        numbers.get("min_service_years_left"),
        numbers.get("max_age"),
        numbers.get("first_time_only", False),
        numbers.get("clause") or Limits().clause,
    )


def officials(of: Sequence[UUID] | ColumnElement[bool], programme_id: UUID) -> dict[UUID, tuple[str, str, Official]]:
    """Return people as the rules see them, with staff code and name, by name; one statement.

    :param of: a condition on ``Person``, or ids
    """
    done, run, version = aliased(Enrolment), aliased(ClassRun), aliased(ProgrammeVersion)
    completed = (
        exists()
        .where(done.person_id == Person.id, done.status == "completed", run.id == done.class_id)
        .where(version.id == run.version_id, version.programme_id == programme_id)
    )
    of_this = or_(StatedFact.programme_id.is_(None), StatedFact.programme_id == programme_id)
    about = (StatedFact.person_id == Person.id, of_this)
    stated = (
        select(func.jsonb_object_agg(StatedFact.question, aggregate_order_by(StatedFact.answer, StatedFact.at)))
        .where(*about)
        .correlate(Person)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Person.id,
            Person.staff_code,
            Person.full_name,
            Person.category,
            Person.position,
            Unit.name.label("unit"),
            Unit.kind.label("unit_kind"),
            Person.birth_date,
            Person.sex,
            Person.service_ends_on,
            completed.label("completed"),
            stated.label("stated"),
        )
        .join(Unit, Unit.id == Person.unit_id)
        .where(of if isinstance(of, ColumnElement) else Person.id.in_(of))
        .order_by(Person.sort_key, Person.id)
    )
    nothing: dict[str, bool] = {}
    return {
        person_id: (code, name, Official._make((*seen, stated or nothing)))
        for person_id, code, name, *seen, stated in map(tuple, rows)
    }
