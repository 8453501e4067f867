"""The people of the demonstration: an invented small city, its units, staff, lecturers and accounts."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from lms.catalogue.models import Programme, ProgrammeVersion, Topic
from lms.console import demo_reports
from lms.console import demo_texts as texts
from lms.core.database import act, db
from lms.core.guard import SYSTEM, Actor
from lms.people import services as people
from lms.people import sessions
from lms.people.models import Account, Person, Unit

PASSWORD = "Khue-trai-nghiem-2026"  # noqa: S105 - the demonstration's, printed at start


@dataclass
class World:
    """The people of the demonstration, and what they are taught."""

    units: list[Unit]
    schools: dict[str, Unit]
    institution: Unit
    staff: Actor
    lecturers: list[tuple[Person, Actor]]
    trainees: list[Person]
    actors: dict[UUID, Actor]
    version: ProgrammeVersion
    topics: list[Topic]
    heads: dict[str, Actor]
    """By the code of their unit."""
    officer: Actor
    approver: Actor
    reviewer: Actor


@act
def make_people(chance: random.Random, at: datetime) -> World:
    """Make the units, their staff and the accounts."""
    since = date(2025, 7, 1)
    city = people.create_unit(
        SYSTEM, code="HN", name="Ủy ban nhân dân thành phố Hà Nội", kind="city", valid_from=since, at=at
    )
    units = [
        people.create_unit(SYSTEM, code=code, name=name, kind=kind, parent_id=city.id, valid_from=since, at=at)
        for code, name, kind in texts.UNITS
    ]
    by_code = {unit.code: unit for unit in units}
    institution = by_code["TBD"]
    trainees = [trainee(chance, number, chance.choice(units[:-2]), at) for number in range(1, 79)]
    ours = _ours(by_code, at)
    lecturers = [_lecturer(number, institution, at) for number in range(len(texts.LECTURERS))]
    accounts = _accounts(ours, by_code, city, at)
    actors = {p.id: actor_of(trainee_account(p, at)) for p in trainees}
    for username in ("hocvien", "hocvien2"):
        actors[ours[username].id] = actor_of(accounts[username])
    version, topics = _taught()
    staff, officer = _in_office(accounts["coso"], at), _in_office(accounts["sonoivu"], at)
    heads = {demo_reports.OWN.unit: actor_of(accounts["thutruong"])} | {
        head.unit: _head(head, by_code[head.unit], at) for head in demo_reports.HEADS
    }
    members = [ours["hocvien"], ours["hocvien2"], *trainees]
    schools = {unit.code: unit for unit in units if unit.kind == "institution"}
    approver = _in_office(accounts["pheduyet"], at)
    reviewer = _in_office(accounts["thamdinh"], at)
    return World(
        units,
        schools,
        institution,
        staff,
        lecturers,
        members,
        actors,
        version,
        topics,
        heads,
        officer,
        approver,
        reviewer,
    )


def _ours(by_code: dict[str, Unit], at: datetime) -> dict[str, Person]:
    """The people behind the accounts that are printed."""
    return {
        "hocvien": _named("HN90001", "Nguyễn Thị Ánh Tuyết", by_code["SQHKT"], "Chuyên viên quản lý quy hoạch", at),
        "hocvien2": _named("HN90002", "Trần Đức Long", by_code["SXD"], "Chuyên viên quản lý hạ tầng", at),
        "thutruong": _named("HN90005", "Đỗ Thị Thanh Hương", by_code["SQHKT"], "Chánh Văn phòng Sở", at),
        "thamdinh": _named("HN90006", "Bùi Quang Huy", by_code["SXD"], "Trưởng phòng Tổ chức cán bộ", at),
        "sonoivu": _named("HN90007", "Phạm Minh Châu", by_code["SNV"], "Chuyên viên chính", at),
        "taichinh": _named("HN90009", "Ngô Thị Bích Ngọc", by_code["STC"], "Chuyên viên tài chính", at),
        "coso": _named("HN90004", "Lê Hoàng Nam", by_code["TBD"], "Chuyên viên phòng Đào tạo", at),
    }


def _lecturer(number: int, institution: Unit, at: datetime) -> tuple[Person, Actor]:
    name, position = texts.LECTURERS[number]
    person = _named(f"GV{number + 1:03}", name, institution, position, at)
    account = _account("giangvien" if number == 0 else f"giangvien{number + 1}", person, at)
    people.give_role(SYSTEM, account.id, "lecturer", institution.id, at=at)
    return person, actor_of(account)


def _accounts(ours: dict[str, Person], by_code: dict[str, Unit], city: Unit, at: datetime) -> dict[str, Account]:
    accounts = {username: _account(username, person, at) for username, person in ours.items()}
    for username, name in (
        ("docgopy", "Người đọc ý kiến của học viên"),
        ("pheduyet", "Tổ thẩm định, phê duyệt chương trình"),
        ("quantri", "Quản trị hệ thống"),
        ("kiemtoan", "Người kiểm tra, giám sát"),
    ):
        accounts[username] = people.create_account(
            SYSTEM, username=username, display_name=name, person_id=None, at=at, password=PASSWORD
        )
    for username, role, unit in (
        ("coso", "institution_staff", by_code["TBD"]),
        ("docgopy", "comment_reader", by_code["TBD"]),
        ("thutruong", "unit_manager", by_code["SQHKT"]),
        ("thamdinh", "department_reviewer", by_code["SXD"]),
        ("sonoivu", "home_affairs_officer", city),
        ("pheduyet", "approving_authority", city),
        ("taichinh", "finance_reader", city),
        ("quantri", "administrator", city),
        ("kiemtoan", "auditor", city),
    ):
        people.give_role(SYSTEM, accounts[username].id, role, unit.id, at=at)
    return accounts


def _taught() -> tuple[ProgrammeVersion, list[Topic]]:
    version = db.session.scalars(
        select(ProgrammeVersion)
        .join(Programme)
        .where(Programme.code == "A2.1")
        .order_by(ProgrammeVersion.number.desc())
    ).first()
    if version is None:
        raise RuntimeError("programme A2.1 has not been loaded")
    topics = select(Topic).where(Topic.version_id == version.id).order_by(Topic.position)
    return version, list(db.session.scalars(topics))


def _head(head: demo_reports.Head, unit: Unit, at: datetime) -> Actor:
    account = _account(head.code.lower(), _named(head.code, head.name, unit, head.title, at), at)
    people.give_role(SYSTEM, account.id, "unit_manager", unit.id, at=at)
    return actor_of(account)


def trainee(chance: random.Random, number: int, unit: Unit, at: datetime) -> Person:
    """Make an invented official of a unit."""
    female = chance.random() < 0.5
    middle, given_names = (texts.FEMALE_MIDDLE, texts.FEMALE_GIVEN) if female else (texts.MALE_MIDDLE, texts.MALE_GIVEN)
    family = chance.choice(texts.FAMILY)
    family = texts.OF_WOMEN.get(family, family) if female else family
    name = f"{family} {chance.choice(middle)} {chance.choice(given_names)}"
    return people.create_person(
        SYSTEM,
        staff_code=f"HN{number:05}",
        full_name=name,
        unit_id=unit.id,
        category="civil_servant",
        position=chance.choice(texts.POSITIONS),
        at=at,
        sex="female" if female else "male",
        birth_date=date(1975, 1, 1) + timedelta(days=chance.randrange(7300)),
    )


def _named(code: str, name: str, unit: Unit, position: str, at: datetime) -> Person:
    return people.create_person(
        SYSTEM, staff_code=code, full_name=name, unit_id=unit.id, category="civil_servant", position=position, at=at
    )


def _account(username: str, person: Person, at: datetime) -> Account:
    return people.create_account(
        SYSTEM, username=username, display_name=person.full_name, person_id=person.id, at=at, password=PASSWORD
    )


def trainee_account(person: Person, at: datetime) -> Account:
    """Make the account of an official, without a password."""
    return people.create_account(
        SYSTEM, username=person.staff_code.lower(), display_name=person.full_name, person_id=person.id, at=at
    )


def _in_office(account: Account, at: datetime) -> Actor:
    """Return who acts with an account, with what its roles allow."""
    return sessions.actor_of(account.id, at=at) or actor_of(account)


def actor_of(account: Account) -> Actor:
    """Return who acts with an account."""
    return Actor(account_id=account.id, person_id=account.person_id, name=account.display_name)
