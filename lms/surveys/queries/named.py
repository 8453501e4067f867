"""Typed rows of the named forms after training."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, select, true

from lms.catalogue.models import ProgrammeVersion
from lms.classes.models import ClassRun, Enrolment
from lms.core.database import db
from lms.core.lists import numbered
from lms.core.pages import Page
from lms.core.search import matches
from lms.people.access import units_within
from lms.people.models import Person, Unit
from lms.surveys.document import Form
from lms.surveys.models import FollowUp
from lms.surveys.queries.rights import document_of
from lms.surveys.rules import publishable


class NamedForm(NamedTuple):
    """A named form.

    :ivar person: whom it is about
    :ivar by: who filled it in
    """

    follow_up_id: UUID
    audience: str
    person: str
    class_name: str
    unit: str
    opens_at: datetime
    closes_at: datetime
    answers: dict[str, Any] | None
    answered_at: datetime | None
    by: str | None
    instrument_id: UUID

    @property
    def document(self) -> Form:
        """Its questions."""
        return document_of(self.instrument_id)

    @property
    def given(self) -> dict[str, list[str]]:
        """What was answered, as the form's fields have it."""
        fields: dict[str, list[str]] = {}
        for name, value in (self.answers or {}).items():
            if isinstance(value, list):
                ranked = any(item.code == name and item.kind == "ranking" for _s, item in self.document.items())
                places = {f"{name}/{key}": [str(place)] for place, key in enumerate(value, 1)}
                fields |= places if ranked else {name: [str(key) for key in value]}
            else:
                fields[name] = [str(value)]
        return fields


def _forms() -> Any:
    by = Person.__table__.alias("filled_in_by")
    return (
        select(
            FollowUp.id,
            FollowUp.audience,
            Person.full_name,
            ClassRun.name,
            Unit.name,
            FollowUp.opens_at,
            FollowUp.closes_at,
            FollowUp.answers,
            FollowUp.answered_at,
            by.c.full_name,
            FollowUp.instrument_id,
        )
        .join(Enrolment, Enrolment.id == FollowUp.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .join(ClassRun, ClassRun.id == FollowUp.class_id)
        .outerjoin(by, by.c.id == FollowUp.answered_by)
    )


def form_of(follow_up_id: UUID) -> NamedForm | None:
    """Return a named form."""
    row = db.session.execute(_forms().where(FollowUp.id == follow_up_id)).one_or_none()
    return None if row is None else NamedForm(*row)


def of_units(paths: Sequence[str], query: str = "") -> Page[NamedForm]:
    """Return the managers' forms about people whom these units sent: the open ones first, by their end."""
    order = (FollowUp.answered_at.is_not(None), FollowUp.closes_at, Person.sort_key, FollowUp.id)
    found = _forms().where(FollowUp.audience == "employer", units_within(paths), matches(query, Person.search_text))
    return numbered(found.order_by(*order), NamedForm)


def said_in_units(paths: Sequence[str], query: str = "") -> Page[NamedForm]:
    """Return the forms that people whom these units sent filled in about themselves, the newest first."""
    filled = (FollowUp.audience == "follow_up", FollowUp.answered_at.is_not(None))
    found = _forms().where(*filled, units_within(paths), matches(query, Person.search_text))
    return numbered(found.order_by(FollowUp.answered_at.desc(), FollowUp.id), NamedForm, name="said", anchor="said")


def of_trainee(registration: UUID) -> list[NamedForm]:
    """Return the forms about one trainee: her own first, then her manager's."""
    rows = db.session.execute(
        _forms().where(FollowUp.enrolment_id == registration).order_by(FollowUp.audience.desc(), FollowUp.id)
    )
    return [NamedForm(*row) for row in rows]


class DueForm(NamedTuple):
    """A named form that waits for a trainee."""

    follow_up_id: UUID
    class_name: str
    closes_at: datetime


def due(registrations: Sequence[UUID], at: datetime) -> list[DueForm]:
    """Return the named forms that are open to these trainees and not filled in."""
    rows = db.session.execute(_due(), {"registrations": list(registrations), "at": at})
    return [DueForm(*row) for row in rows]


@cache
def _due() -> Select[*tuple[Any, ...]]:
    """Return it as SQL; made once, since every first page asks it."""
    return (
        select(FollowUp.id, ClassRun.name, FollowUp.closes_at)
        .join(ClassRun, ClassRun.id == FollowUp.class_id)
        .where(
            FollowUp.enrolment_id.in_(bindparam("registrations", expanding=True)),
            FollowUp.audience == "follow_up",
            FollowUp.answered_at.is_(None),
            FollowUp.opens_at <= bindparam("at"),
            FollowUp.closes_at > bindparam("at"),
        )
        .order_by(FollowUp.closes_at)
    )


def of_class(class_id: UUID) -> list[NamedForm]:
    """Return the named forms of a class that were filled in, by trainees and by their managers."""
    order = (FollowUp.audience.desc(), Person.sort_key, FollowUp.id)
    filled = _forms().where(FollowUp.class_id == class_id, FollowUp.answered_at.is_not(None))
    return [NamedForm(*row) for row in db.session.execute(filled.order_by(*order))]


class Answered(NamedTuple):
    """The named forms of one or many classes for one audience, without the names.

    :ivar asked: how many people were asked
    """

    audience: str
    form: Form
    asked: int
    answers: list[dict[str, Any]]


def answered_in(*conditions: ColumnElement[bool], by: datetime | None = None) -> list[Answered]:
    """Return what was said after training, by trainees and by their managers, for each version of their forms.

    :param conditions: on class, version of the programme and institution
    :param by: for readers who may not read names: only of classes whose forms were closed by then, so that sums grow
        by no single form, and of which at least five were filled in
    """
    closed = FollowUp.closes_at <= by if by is not None else true()
    rows = db.session.execute(
        select(FollowUp.audience, FollowUp.instrument_id, FollowUp.class_id, FollowUp.answers)
        .join(ClassRun, ClassRun.id == FollowUp.class_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .join(Unit, Unit.id == ClassRun.institution_id)
        .where(closed, *conditions)
        .order_by(FollowUp.audience.desc(), FollowUp.instrument_id, FollowUp.class_id, FollowUp.id)
    )
    answered: list[Answered] = []
    for (audience, instrument_id), of_form in groupby(rows, key=lambda row: (row.audience, row.instrument_id)):
        asked, answers = 0, list[dict[str, Any]]()
        for _class, listed in groupby(of_form, key=lambda row: row.class_id):
            forms = [row.answers for row in listed]
            filled = [form for form in forms if form]
            if by is None or publishable(len(filled)):
                asked, answers = asked + len(forms), answers + filled
        if asked:
            answered.append(Answered(audience, document_of(instrument_id), asked, answers))
    return answered
