"""One factory a model: each makes a valid object with plausible Vietnamese content, and takes any column by name."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select

from lms.catalogue.models import Programme, ProgrammeVersion, Topic
from lms.classes.models import ClassRun, Enrolment, Session, Teaching
from lms.core.database import db, utcnow
from lms.core.guard import Actor
from lms.core.text import fold
from lms.people.models import Account, Person, RoleHolding, Unit, UnitSuccession
from lms.people.sessions import local_day
from lms.surveys import answers, ballots
from lms.surveys.models import Survey
from lms.surveys.queries import rights
from lms.surveys.queries.rights import SurveyForm
from lms.surveys.services import evaluations, instruments

_serial = count(1)
_NAMES = (
    "Nguyễn Thị Ánh",
    "Trần Văn Đức",
    "Lê Thị Hồng Nhung",
    "Phạm Quốc Bảo",
    "Hoàng Thị Thùy Dương",
    "Vũ Đình Khôi",
)


def add(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def unit(parent: Unit | None = None, **values: Any) -> Unit:
    n = next(_serial)
    defaults = {"code": f"DV{n:05}", "name": f"Đơn vị số {n}", "kind": "department", "valid_from": date(2020, 1, 1)}
    row = Unit(**(defaults | values), parent_id=parent.id if parent else None, path="", search_text="")
    add(row)
    row.path = f"{parent.path if parent else '/'}{row.id}/"
    row.search_text = fold(f"{row.code} {row.name}")
    db.session.flush()
    return row


def city() -> Unit:
    """The root of the tree."""
    found = db.session.scalar(select(Unit).where(Unit.parent_id.is_(None), Unit.kind == "city"))
    return found or unit(kind="city", name="Thành phố Hà Nội", code="HN")


def institution(**values: Any) -> Unit:
    return unit(city(), **({"kind": "institution", "name": "Trường Bồi dưỡng cán bộ"} | values))


def person(of: Unit | None = None, **values: Any) -> Person:
    n = next(_serial)
    defaults = {
        "id": uuid4(),
        "staff_code": f"CB{n:06}",
        "full_name": _NAMES[n % len(_NAMES)],
        "birth_date": date(1985, 5, 17),
        "sex": "female" if n % 2 else "male",
        "category": "civil_servant",
        "position": "Chuyên viên quản lý đô thị",
        "unit_id": (of or unit(city())).id,
    }
    merged = defaults | values
    return add(Person(**merged, search_text=fold(f"{merged['full_name']} {merged['staff_code']}")))


def account(of: Person | None = None, **values: Any) -> Account:
    n = next(_serial)
    defaults = {
        "id": uuid4(),
        "username": of.staff_code.lower() if of else f"user{n}",
        "display_name": of.full_name if of else f"Người dùng {n}",
        "person_id": of.id if of else None,
        "active": True,
    }
    return add(Account(**(defaults | values)))


def trainee(of: Unit | None = None, **values: Any) -> Account:
    """An account of a member of staff: a trainee by that alone."""
    return account(person(of, **values))


def role(of: Account, name: str, over: Unit | None = None, **days: Any) -> RoleHolding:
    """A role given to an account over a unit (the whole city by default); ``valid_from``, ``valid_to`` as columns."""
    return add(RoleHolding(account_id=of.id, role=name, unit_id=(over or city()).id, **days))


def holder(role_name: str, over: Unit | None = None, **values: Any) -> Account:
    """An account that holds a role over a unit (the whole city by default); takes columns of person and account.

    ``valid_from`` and ``valid_to`` are the period of the role.
    """
    days = {name: values.pop(name) for name in ("valid_from", "valid_to") if name in values}
    of_account = {name: values.pop(name) for name in list(values) if not hasattr(Person, name)}
    row = account(person(over if over is not None else city(), **values), **of_account)
    role(row, role_name, over, **days)
    return row


def operator(role_name: str | None = None, over: Unit | None = None, **values: Any) -> Account:
    """An account without a staff record, holding a role over a unit (the whole city by default) or none at all.

    Who asks with it has no ``person_id``: everything that compares a person with the actor meets ``None``.
    """
    days = {name: values.pop(name) for name in ("valid_from", "valid_to") if name in values}
    row = account(None, **values)
    if role_name is not None:
        role(row, role_name, over, **days)
    return row


def today() -> date:
    """The day in Hà Nội, by which roles, units and service are counted."""
    return local_day(utcnow())


ENDED = {"valid_to": 0}
"""A role whose last day was yesterday."""
TO_COME = {"valid_from": 1}
"""A role that begins tomorrow."""
ENDING = {"valid_to": 1}
"""A role whose last day is today: it still holds."""


def period(days: Mapping[str, int]) -> dict[str, date]:
    """The period of a role as columns: ``holder("lecturer", unit, **period(ENDED))``."""
    return {name: today() + timedelta(days=distance) for name, distance in days.items()}


def leaver(of: Unit | None = None, role_name: str | None = None, **values: Any) -> Account:
    """An account of somebody who left the service yesterday; it is open still, and so is the role it was given."""
    defaults = {"left_on": today() - timedelta(days=1)}
    row = account(person(of, **(defaults | values)))
    if role_name is not None:
        role(row, role_name, of)
    return row


def ended_unit(parent: Unit | None = None, *successors: Unit, **values: Any) -> Unit:
    """A unit that ended yesterday and went over into these; people and classes of its day stay with it."""
    row = unit(parent or city(), **({"valid_to": today()} | values))
    document = "123/QĐ-UBND ngày 1/7/2025"
    for heir in successors:
        add(UnitSuccession(predecessor_id=row.id, successor_id=heir.id, on=row.valid_to, document=document))
    return row


def version(code: str = "A2.1") -> ProgrammeVersion:
    """The newest loaded version of a programme of the repository."""
    found = db.session.scalar(
        select(ProgrammeVersion)
        .join(Programme)
        .where(Programme.code == code)
        .order_by(ProgrammeVersion.number.desc())
        .limit(1)
    )
    assert found is not None, f"programme {code} has no version"
    return found


def new_version(code: str, **values: Any) -> ProgrammeVersion:
    """A further version of a programme of the Decision, without modules or topics."""
    programme = db.session.scalars(select(Programme).where(Programme.code == code)).one()
    known = select(func.count()).where(ProgrammeVersion.programme_id == programme.id)
    defaults = {"id": uuid4(), "programme_id": programme.id, "number": (db.session.scalar(known) or 0) + 1}
    defaults |= {"status": "approved", "checksum": "0" * 64, "loaded_at": utcnow(), "hours": 40, "notice": {}}
    return add(ProgrammeVersion(**(defaults | {"attendance_min_percent": 80, "document": {}} | values)))


def class_run(at: Unit | None = None, **values: Any) -> ClassRun:
    """A running class of A2.1, without sessions or trainees."""
    n = next(_serial)
    defaults = {
        "id": uuid4(),
        "code": f"A2.1-2026-{n:03}",
        "name": f"Quản lý phát triển đô thị, lớp {n}",
        "version_id": version().id,
        "institution_id": (at or institution()).id,
        "starts_on": date(2026, 11, 2),
        "ends_on": date(2026, 12, 18),
        "status": "running",
        "capacity": 60,
    }
    return add(ClassRun(**(defaults | values)))


def topics(of: ClassRun) -> list[Topic]:
    """The topics of the class's version, in order."""
    return list(db.session.scalars(select(Topic).where(Topic.version_id == of.version_id).order_by(Topic.position)))


def teaching(of: ClassRun, topic: Topic, lecturer: Person) -> Teaching:
    return add(Teaching(id=uuid4(), class_id=of.id, topic_id=topic.id, lecturer_id=lecturer.id))


def class_session(of: ClassRun, lecturer: Person | None = None, **values: Any) -> Session:
    n = next(_serial)
    start = datetime(2026, 11, 10, 1, 30, tzinfo=UTC) + timedelta(days=n % 20)
    defaults = {
        "id": uuid4(),
        "class_id": of.id,
        "lecturer_id": lecturer.id if lecturer else None,
        "kind": "classroom",
        "title": f"Buổi học số {n}",
        "starts_at": start,
        "ends_at": start + timedelta(hours=3),
        "place": "Phòng 301",
    }
    return add(Session(**(defaults | values)))


def enrolment(of: ClassRun, who: Person | None = None, **values: Any) -> Enrolment:
    who = who or person()
    defaults = {
        "id": uuid4(),
        "class_id": of.id,
        "person_id": who.id,
        "unit_id": who.unit_id,
        "status": "enrolled",
        "enrolled_at": datetime(2026, 10, 20, 3, 0, tzinfo=UTC),
    }
    return add(Enrolment(**(defaults | values)))


def package_version(
    root: Any, at: Unit | None = None, kind: str = "cmi5", files: dict[str, bytes] | None = None
) -> Any:
    """A version of a new package with these units (:class:`lms.packages.structure.Unit`) and files."""
    import io

    from lms.core import files as store
    from lms.core.guard import SYSTEM
    from lms.library.models import Upload
    from lms.library.services import packages
    from lms.packages.media_types import media_type
    from lms.packages.structure import Structure

    now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    upload = Upload(
        institution_id=(at or institution()).id, filename="goi.zip", size=1000, created_at=now, touched_at=now
    )
    kept = []
    for path, content in (files or {}).items():
        one = store.put(io.BytesIO(content))
        kept.append(packages.Kept(path, one.sha256, one.size, media_type(path)))
    return packages.add_version(SYSTEM, upload, Structure(kind, root), kept, sha256="0" * 64, report={}, at=now)


def filled_form(form: SurveyForm, value: str = "4", **said: str) -> dict[str, list[str]]:
    """The fields of an evaluation form with every question answered; ``said`` by question, such as ``eff_comment``."""
    fields: dict[str, list[str]] = {}
    for one in form.questions:
        if one.item.kind == "scale":
            fields[one.name] = [value]
        elif one.item.kind == "ranking":
            fields |= {f"{one.name}/{option.key}": [str(n)] for n, option in enumerate(one.item.options, 1)}
        elif one.item.kind in ("choice", "multiple"):
            fields[one.name] = [one.item.options[0].key]
    return fields | {name.replace("_", "-"): [text] for name, text in said.items()}


def answered(survey: Survey, who: Person, value: str = "4", **said: str) -> None:
    """One person's form, sent."""
    form = rights.form_of(survey.id, who.id)
    assert form is not None
    held = db.session.scalar(select(Account).where(Account.person_id == who.id)) or account(who)
    actor = Actor(account_id=held.id, person_id=who.id, name=who.full_name)
    evaluations.answer(actor, survey.id, filled_form(form, value, **said), at=utcnow())


def evaluated(of: ClassRun, points: Sequence[int], *, invited: int | None = None, **values: Any) -> Survey:
    """A closed evaluation: one counted form a point, with that answer to every question on a scale."""
    instrument = instruments.for_audience("trainee")
    form = rights.document_of(instrument.id)
    asked = answers.questions(form, [one.teaching_id for one in rights.taught_in(of.id)])
    filled = [{one.name: point for one in asked if one.item.kind == "scale"} for point in points]
    closed = datetime(of.ends_on.year, of.ends_on.month, of.ends_on.day, 3, 0, tzinfo=UTC) + timedelta(days=14)
    defaults = {"audience": "trainee", "class_id": of.id, "institution_id": of.institution_id, "state": "closed"}
    defaults |= {"instrument_id": instrument.id, "public_key": b"", "opens_at": closed - timedelta(days=14)}
    defaults |= {"closes_at": closed, "closed_at": closed, "valid": len(points), "invalid": 0}
    defaults |= {"invited": invited or len(points), "answered": len(points)}
    survey = add(Survey(**(defaults | values)))
    ballots.write(survey.id, form, filled)
    return survey
