"""The demonstration: invented people in a small city, three classes of A2.1 in three states, earlier ones evaluated.

Everything goes through the product's own acts, backdated, so that the audit trail, the statements, the sealed ballots
and the completion records are as real as they would be after two months of use.
"""

import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from flask import current_app
from sqlalchemy import select, text

from lms.assessment import services as assessment
from lms.assessment import uploads
from lms.assessment.models import Assignment, Question, Quiz
from lms.catalogue.models import Lesson, Module, Programme, ProgrammeVersion, Topic
from lms.classes import services as classes
from lms.classes.models import ClassRun, Enrolment, Session
from lms.console import demo_reports
from lms.console import demo_texts as texts
from lms.console.demo_evaluations import adjust, answer, close
from lms.core.database import act, db
from lms.core.guard import SYSTEM, Actor
from lms.core.i18n import ZONE
from lms.learning import services as learning
from lms.learning.rules import steps
from lms.people import services as people
from lms.people.models import Account, Person, Unit
from lms.surveys.queries import states

PASSWORD = "Khue-trai-nghiem-2026"  # noqa: S105 - the demonstration's, printed at start


class DemoAccount(NamedTuple):
    """An account that the start prints."""

    username: str
    role: str


ACCOUNTS = (
    DemoAccount("hocvien", "trainee: studies in a running class"),
    DemoAccount("hocvien2", "trainee: has finished, evaluation waits"),
    DemoAccount("giangvien", "lecturer"),
    DemoAccount("coso", "institution_staff"),
    DemoAccount("docgopy", "comment_reader: reads the comments of evaluations first"),
    DemoAccount("thutruong", "unit_manager"),
    DemoAccount("thamdinh", "department_reviewer"),
    DemoAccount("sonoivu", "home_affairs_officer"),
    DemoAccount("pheduyet", "approving_authority"),
    DemoAccount("taichinh", "finance_reader"),
    DemoAccount("quantri", "administrator"),
    DemoAccount("kiemtoan", "auditor"),
)


def is_empty() -> bool:
    """Tell whether the database holds nobody yet."""
    return db.session.scalar(select(Account.id).limit(1)) is None


def is_loaded() -> bool:
    """Tell whether the demonstration's accounts are there."""
    return db.session.scalar(select(Account.id).where(Account.username == "hocvien")) is not None


def wipe() -> None:
    """Remove everything: drop and make the schemas anew."""
    db.session.execute(text("DROP SCHEMA IF EXISTS ballots CASCADE"))
    db.session.execute(text("DROP SCHEMA public CASCADE"))
    db.session.execute(text("CREATE SCHEMA public"))
    db.session.commit()


def load(*, at: datetime) -> None:
    """Load the demonstration as of a moment."""
    chance = random.Random(1698)  # noqa: S311 - the same demonstration every time
    world = _people(chance, at)
    _finished_class(world, chance, at)
    _evaluating_class(world, chance, at)
    _running_class(world, chance, at)
    _earlier_classes(world, chance, at)
    demo_reports.load(world.heads, world.officer, chance, at=at)


# -- people -----------------------------------------------------------------------------------------------------------


@dataclass
class _World:
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


@act
def _people(chance: random.Random, at: datetime) -> _World:
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
    trainees = [_person(chance, number, chance.choice(units[:-2]), at) for number in range(1, 79)]
    ours = _ours(by_code, at)
    lecturers = [_lecturer(number, institution, at) for number in range(len(texts.LECTURERS))]
    accounts = _accounts(ours, by_code, city, at)
    actors = {p.id: _actor(_trainee_account(p, at)) for p in trainees}
    for username in ("hocvien", "hocvien2"):
        actors[ours[username].id] = _actor(accounts[username])
    version, topics = _taught()
    staff, officer = _actor(accounts["coso"]), _actor(accounts["sonoivu"])
    heads = {demo_reports.OWN.unit: _actor(accounts["thutruong"])} | {
        head.unit: _head(head, by_code[head.unit], at) for head in demo_reports.HEADS
    }
    members = [ours["hocvien"], ours["hocvien2"], *trainees]
    schools = {unit.code: unit for unit in units if unit.kind == "institution"}
    return _World(units, schools, institution, staff, lecturers, members, actors, version, topics, heads, officer)


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
    return person, _actor(account)


def _accounts(ours: dict[str, Person], by_code: dict[str, Unit], city: Unit, at: datetime) -> dict[str, Account]:
    accounts = {username: _account(username, person, at) for username, person in ours.items()}
    for username, name in (
        ("docgopy", "Người đọc góp ý của học viên"),
        ("pheduyet", "Tổ thẩm định, phê duyệt chương trình"),
        ("quantri", "Quản trị hệ thống"),
        ("kiemtoan", "Kiểm soát viên"),
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
    return _actor(account)


def _person(chance: random.Random, number: int, unit: Unit, at: datetime) -> Person:
    female = chance.random() < 0.5
    middle, given = (texts.FEMALE_MIDDLE, texts.FEMALE_GIVEN) if female else (texts.MALE_MIDDLE, texts.MALE_GIVEN)
    name = f"{chance.choice(texts.FAMILY)} {chance.choice(middle)} {chance.choice(given)}"
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


def _trainee_account(person: Person, at: datetime) -> Account:
    return people.create_account(
        SYSTEM, username=person.staff_code.lower(), display_name=person.full_name, person_id=person.id, at=at
    )


def _actor(account: Account) -> Actor:
    return Actor(account_id=account.id, person_id=account.person_id, name=account.display_name)


# -- classes ----------------------------------------------------------------------------------------------------------


def _finished_class(world: _World, chance: random.Random, at: datetime) -> None:
    run = _class(world, "A2.1-2026-01", "Quản lý phát triển đô thị – lớp 1 năm 2026", at - timedelta(days=75))
    members = _enrol(world, run, world.trainees[2:26], at - timedelta(days=80))
    for session in _sessions(run):
        _attend(world, chance, session, members, 0.95)
    for member in members:
        if chance.random() < 0.93:
            _study(world, chance, member, run, at - timedelta(days=60), modules=3)
            _essay(world, chance, member, at - timedelta(days=40), marked=True, low=member is members[-3])
    keys = current_app.config["SETTINGS"].keys_dir
    classes.finish_class(world.staff, run.id, at=at - timedelta(days=32))
    state = states.state_of_class(run.id)
    if state is not None:
        answer(world.actors, chance, members[:22], state.survey_id, at - timedelta(days=30))
        close(state.survey_id, keys, at - timedelta(days=18))
    learning.fix_results(run.id, at=at - timedelta(days=2))


def _evaluating_class(world: _World, chance: random.Random, at: datetime) -> None:
    run = _class(world, "A2.1-2026-02", "Quản lý phát triển đô thị – lớp 2 năm 2026", at - timedelta(days=45))
    members = _enrol(world, run, [world.trainees[1], *world.trainees[26:44]], at - timedelta(days=50))
    for session in _sessions(run):
        _attend(world, chance, session, members, 0.97)
    for member in members:
        _study(world, chance, member, run, at - timedelta(days=25), modules=3)
        _essay(world, chance, member, at - timedelta(days=8), marked=member.id.int % 5 != 0 or member is members[0])
    classes.finish_class(world.staff, run.id, at=at - timedelta(days=7, hours=1))
    state = states.state_of_class(run.id)
    if state is not None:
        answer(world.actors, chance, members[1:12], state.survey_id, at - timedelta(days=1))


def _running_class(world: _World, chance: random.Random, at: datetime) -> None:
    run = _class(world, "A2.1-2026-03", "Quản lý phát triển đô thị – lớp 3 năm 2026", at - timedelta(days=12))
    members = _enrol(world, run, [world.trainees[0], *world.trainees[44:74]], at - timedelta(days=18))
    for session in _sessions(run):
        if session.ends_at < at:
            _attend(world, chance, session, members, 0.96)
    _study(world, chance, members[0], run, at - timedelta(days=6), modules=1)
    for member in members[1:12]:
        _study(world, chance, member, run, at - timedelta(days=7), modules=chance.choice((0, 1, 1, 2)))


def _earlier_classes(world: _World, chance: random.Random, at: datetime) -> None:
    """Classes of this year and the last, each with its evaluation; what was low is put right and evaluated again."""
    keys = current_app.config["SETTINGS"].keys_dir
    for number, (code, name, school, days, people_, forms, facilities) in enumerate(texts.EARLIER):
        start = at - timedelta(days=days)
        run = _class(world, code, name, start, world.schools[school])
        fresh = _newcomers(world, chance, 200 + 20 * number, people_, at)
        members = _enrol(world, run, fresh, start - timedelta(days=5))
        classes.finish_class(world.staff, run.id, at=start + timedelta(days=39), reason=texts.ON_PAPER)
        for member in members:
            classes.conclude(world.staff, member.id, "completed", at=start + timedelta(days=39))
        state = states.state_of_class(run.id)
        if state is not None:
            answered = start + timedelta(days=42)
            answer(world.actors, chance, members[:forms], state.survey_id, answered, facilities=facilities)
            close(state.survey_id, keys, start + timedelta(days=53))
            adjust(world.staff, run.id, start + timedelta(days=60))


@act
def _newcomers(world: _World, chance: random.Random, first: int, count: int, at: datetime) -> list[Person]:
    units = [unit for unit in world.units if unit.kind != "institution"]
    found = [_person(chance, number, chance.choice(units), at) for number in range(first, first + count)]
    world.actors |= {person.id: _actor(_trainee_account(person, at)) for person in found}
    return found


@act
def _class(world: _World, code: str, name: str, start: datetime, school: Unit | None = None) -> ClassRun:
    first = start.astimezone(ZONE).date()
    run = classes.create_class(
        world.staff,
        code=code,
        name=name,
        version_id=world.version.id,
        institution_id=(school or world.institution).id,
        starts_on=first,
        ends_on=first + timedelta(days=38),
        capacity=40,
        at=start - timedelta(days=10),
    )
    for number, topic in enumerate(world.topics):
        person, _ = world.lecturers[number % len(world.lecturers)]
        classes.assign_lecturer(world.staff, run.id, topic.id, person.id, at=start - timedelta(days=9))
        day = first + timedelta(days=(2, 9, 14, 24)[number % 4])
        begins = datetime.combine(day, time(8, 30), ZONE)
        field_study = number == len(world.topics) - 1
        classes.add_session(
            world.staff,
            run.id,
            topic_id=topic.id,
            lecturer_id=person.id,
            kind="field_study" if field_study else "classroom",
            title=topic.title["vi"],
            starts_at=begins,
            ends_at=begins + timedelta(hours=7 if field_study else 3),
            place=texts.FIELD_STUDY if field_study else f"Phòng 30{number + 1}, Trường Bồi dưỡng cán bộ Thành phố",
            at=start - timedelta(days=9),
        )
    return run


def _enrol(world: _World, run: ClassRun, people_: Sequence[Person], at: datetime) -> list[Enrolment]:
    classes.enrol(world.staff, run.id, [person.id for person in people_], at=at)
    found = {e.person_id: e for e in db.session.scalars(select(Enrolment).where(Enrolment.class_id == run.id))}
    return [found[person.id] for person in people_]


def _sessions(run: ClassRun) -> list[Session]:
    return list(db.session.scalars(select(Session).where(Session.class_id == run.id).order_by(Session.starts_at)))


def _attend(world: _World, chance: random.Random, session: Session, members: Sequence[Enrolment], share: float) -> None:
    marks: dict[UUID, tuple[str, str | None]] = {}
    for number, member in enumerate(members):
        present = number == 0 or chance.random() < share
        marks[member.id] = (
            ("present" if chance.random() < 0.95 else "late", None) if present else ("excused", "Công tác đột xuất")
        )
    teacher = next((actor for person, actor in world.lecturers if person.id == session.lecturer_id), world.staff)
    classes.record_attendance(teacher, session.id, marks, at=session.starts_at + timedelta(minutes=20))


@act
def _study(
    world: _World, chance: random.Random, member: Enrolment, run: ClassRun, at: datetime, *, modules: int
) -> None:
    moment = at
    actor = world.actors[member.person_id]
    for module in _modules(run.version_id)[:modules]:
        for lesson in _lessons(module):
            moment += timedelta(minutes=chance.randrange(18, 45))
            learning.complete_lesson(actor, member.id, lesson.id, steps=steps(lesson.headings), at=moment)
        moment += timedelta(minutes=10)
        _take_quiz(actor, chance, member, module, moment)


def _take_quiz(actor: Actor, chance: random.Random, member: Enrolment, module: Module, at: datetime) -> None:
    quiz = db.session.scalars(select(Quiz).where(Quiz.module_id == module.id)).one()
    attempt = assessment.start_attempt(quiz.id, member.id, member.person_id, at=at)
    questions = list(
        db.session.scalars(select(Question).where(Question.quiz_id == quiz.id).order_by(Question.position))
    )
    wrong = {question.id for question in chance.sample(questions, chance.choice((0, 1, 1, 2)))}
    for number, question in enumerate(questions):
        if question.id not in wrong:
            response = assessment.right_answer(question)
            moment = at + timedelta(seconds=40 * number)
            assessment.save_answer(attempt.id, question.id, response, 1, at=moment)
    assessment.submit_attempt(actor, attempt.id, at=at + timedelta(minutes=9))


@act
def _essay(
    world: _World, chance: random.Random, member: Enrolment, at: datetime, *, marked: bool, low: bool = False
) -> None:
    assignment = db.session.scalars(select(Assignment).where(Assignment.version_id == world.version.id)).one()
    essay = uploads.Essay(io.BytesIO(texts.essay_pdf()), "Bài thu hoạch.pdf")
    submission = assessment.hand_in(
        world.actors[member.person_id], assignment.id, member.id, member.person_id, essay, at=at
    )
    if marked:
        marker = world.lecturers[0][1]
        score = chance.choice((7.0, 7.5, 8.0, 8.25, 8.5, 9.0)) - (4 if low else 0)
        assessment.mark(marker, submission.id, score, chance.choice(texts.ESSAY_REMARKS), at=at + timedelta(days=3))


def _modules(version_id: UUID) -> list[Module]:
    return list(db.session.scalars(select(Module).where(Module.version_id == version_id).order_by(Module.position)))


def _lessons(module: Module) -> Iterator[Any]:
    yield from db.session.scalars(select(Lesson).where(Lesson.module_id == module.id).order_by(Lesson.position))
