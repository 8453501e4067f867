"""What unit managers see: classes that ask them for people, their own staff in groups, the lists they paste."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select

from lms.catalogue.models import Programme, ProgrammeVersion
from lms.classes.models import ClassRun
from lms.core.database import db
from lms.core.text import fold
from lms.people.access import in_service
from lms.people.models import Person, Unit
from lms.planning.life import LIVE
from lms.planning.models import Nomination, Quota


class Offer(NamedTuple):
    """A class that asks a unit for people.

    :ivar named: how many nominations of the unit may still come into the class, or have
    :ivar open: whether it takes nominations today
    """

    class_id: UUID
    code: str
    name: str
    status: str
    starts_on: date
    ends_on: date
    until: date | None
    institution: str
    programme_code: str
    programme: dict[str, str]
    unit_id: int
    unit: str
    unit_path: str
    places: int
    named: int
    open: bool


def offers(condition: ColumnElement[bool], today: date, *, only_open: bool = False) -> list[Offer]:
    """Return the classes that ask these units for people, what is due first on top.

    :param condition: on ``Unit``, and on ``ClassRun`` where one class is meant
    """
    school = select(Unit.name).where(Unit.id == ClassRun.institution_id).correlate(ClassRun).scalar_subquery()
    named = select(func.count()).where(
        Nomination.class_id == Quota.class_id, Nomination.unit_id == Quota.unit_id, Nomination.status.in_(LIVE)
    )
    is_open = (ClassRun.status == "open") & or_(
        ClassRun.nominations_until.is_(None), ClassRun.nominations_until >= today
    )
    rows = (
        select(
            ClassRun.id,
            ClassRun.code,
            ClassRun.name,
            ClassRun.status,
            ClassRun.starts_on,
            ClassRun.ends_on,
            ClassRun.nominations_until,
            school,
            Programme.code,
            Programme.name,
            Unit.id,
            Unit.name,
            Unit.path,
            Quota.places,
            named.correlate(Quota).scalar_subquery(),
            func.coalesce(is_open, False),
        )
        .select_from(Quota)
        .join(Unit, Unit.id == Quota.unit_id)
        .join(ClassRun, ClassRun.id == Quota.class_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .where(condition, ClassRun.status != "planned")
        .order_by(case((is_open, 0), else_=1), ClassRun.nominations_until, ClassRun.starts_on.desc(), Unit.sort_key)
        .limit(200)
    )
    return [Offer(*row) for row in db.session.execute(rows.where(is_open) if only_open else rows)]


def staff_of(path: str, today: date) -> ColumnElement[bool]:
    """Condition on ``Person``: serves in the unit of this path or below it."""
    return in_service(today) & Person.unit_id.in_(select(Unit.id).where(Unit.path.startswith(path)))


class Candidate(NamedTuple):
    """Somebody whom a line of a list may mean."""

    id: UUID
    staff_code: str
    full_name: str
    unit: str
    birth_date: date | None


class Entry(NamedTuple):
    """A line as somebody typed it.

    :ivar number: of the line, or of the row in the sheet
    """

    number: int
    code: str
    name: str = ""
    birth_date: date | None = None


class Line(NamedTuple):
    """A line with whom it may mean; :ivar again: whether an earlier line means the same person."""

    entry: Entry
    candidates: tuple[Candidate, ...]
    again: bool = False


def recognise(entries: Sequence[Entry], path: str, today: date) -> list[Line]:
    """Find whom each line means among the staff of a unit: by the code, else by name and date of birth."""
    codes, names = {one.code for one in entries if one.code}, {fold(one.name) for one in entries if one.name}
    rows = db.session.execute(
        select(Person.id, Person.staff_code, Person.full_name, Unit.name, Person.birth_date, Person.search_text)
        .join(Unit, Unit.id == Person.unit_id)
        .where(staff_of(path, today))
        .order_by(Person.sort_key, Person.id)
    ).all()
    by_code = {row.staff_code.upper(): (Candidate(*row[:5]),) for row in rows if row.staff_code.upper() in codes}
    by_name: dict[str, list[Candidate]] = {}
    for row in rows:
        if (name := fold(row.full_name)) in names:
            by_name.setdefault(name, []).append(Candidate(*row[:5]))
    lines: list[Line] = []
    met: set[UUID] = set()
    for entry in entries:
        found = by_code.get(entry.code, ()) if entry.code else _like(entry, by_name.get(fold(entry.name), ()))
        again = len(found) == 1 and found[0].id in met
        met |= {one.id for one in found if len(found) == 1}
        lines.append(Line(entry, tuple(found), again))
    return lines


def _like(entry: Entry, named: Sequence[Candidate]) -> Sequence[Candidate]:
    """Those of one name whose date of birth is not another."""
    if entry.birth_date is None:
        return named
    return [one for one in named if one.birth_date in (None, entry.birth_date)]
