"""The results of a class, its head, and what results are about."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select

from lms.catalogue.models import Programme, ProgrammeVersion
from lms.classes.models import ClassRun, Teaching
from lms.core.database import db
from lms.core.lists import numbered
from lms.core.pages import Page
from lms.core.search import folded, matches
from lms.people.access import units_within
from lms.people.models import Person, Unit
from lms.quality.rules.class_results import ClassResults, build
from lms.surveys.document import Words
from lms.surveys.models import Reply, Survey
from lms.surveys.queries import comments, rights, states


def report_of(class_id: UUID) -> ClassResults | None:
    """Return the results of a class; None before its evaluation was opened."""
    state = states.state_of_class(class_id)
    if state is None:
        return None
    taught = rights.taught_in(class_id)
    if state.state == "open":
        return build(state, {}, taught, ())
    return build(state, states.tallies(state.survey_id), taught, comments.comments(state.survey_id))


class Named(NamedTuple):
    """What results are about; :ivar name: bilingual for a programme; :ivar path: of an institution."""

    key: Any
    code: str
    name: Words
    path: str | None = None


def institution(unit_id: int) -> Named | None:
    """Return an institution."""
    row = db.session.execute(select(Unit.id, Unit.code, Unit.name, Unit.path).where(Unit.id == unit_id)).one_or_none()
    return None if row is None else Named(row.id, row.code, {"vi": row.name}, row.path)


def programme(code: str) -> Named | None:
    """Return a programme of the Decision."""
    columns = (Programme.id, Programme.code, Programme.name)
    row = db.session.execute(select(*columns).where(Programme.code == code)).one_or_none()
    return None if row is None else Named(row.id, row.code, row.name)


def replies(survey_id: UUID) -> dict[UUID, Reply]:
    """Return what lecturers answered, by teaching."""
    rows = db.session.scalars(select(Reply).where(Reply.survey_id == survey_id))
    return {reply.teaching_id: reply for reply in rows}


def teaching_place(teaching_id: UUID) -> tuple[UUID, UUID, str] | None:
    """Return class, lecturer and institution path of a teaching."""
    row = db.session.execute(
        select(Teaching.class_id, Teaching.lecturer_id, Unit.path)
        .join(ClassRun, ClassRun.id == Teaching.class_id)
        .join(Unit, Unit.id == ClassRun.institution_id)
        .where(Teaching.id == teaching_id)
    ).one_or_none()
    return None if row is None else (row.class_id, row.lecturer_id, row.path)


def released(class_id: UUID) -> bool:
    """Tell whether lecturers may see their results of a class."""
    return db.session.scalar(select(Survey.released_at).where(Survey.class_id == class_id)) is not None


class ClassHead(NamedTuple):
    """A class as the head of a report shows it."""

    class_id: UUID
    code: str
    name: str
    institution: str
    institution_path: str
    programme_code: str
    programme: dict[str, str]
    starts_on: date
    ends_on: date
    status: str


def class_head(class_id: UUID) -> ClassHead | None:
    """Return the head of a class's report."""
    row = db.session.execute(_class_heads().where(ClassRun.id == class_id)).one_or_none()
    return None if row is None else ClassHead(**row._mapping)


def person_name(person_id: UUID) -> str | None:
    """Return a person's name."""
    return db.session.scalar(select(Person.full_name).where(Person.id == person_id))


def evaluated_classes(paths: Sequence[str], query: str) -> Page[ClassHead]:
    """Return the classes of the institutions held whose name or code holds what is searched for, newest first."""
    found = _class_heads().where(units_within(paths), matches(query, folded(ClassRun.code), folded(ClassRun.name)))
    return numbered(found.order_by(ClassRun.starts_on.desc(), ClassRun.sort_key, ClassRun.id), ClassHead)


def _class_heads() -> Select[Any]:
    return (
        select(
            ClassRun.id.label("class_id"),
            ClassRun.code,
            ClassRun.name,
            Unit.name.label("institution"),
            Unit.path.label("institution_path"),
            Programme.code.label("programme_code"),
            Programme.name.label("programme"),
            ClassRun.starts_on,
            ClassRun.ends_on,
            ClassRun.status,
        )
        .join(Unit, Unit.id == ClassRun.institution_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
    )
