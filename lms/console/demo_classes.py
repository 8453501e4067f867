"""The classes of the demonstration, each brought to its state by the product's own acts."""

import io
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from lms.assessment import services as assessment
from lms.assessment import uploads
from lms.assessment.models import Assignment, Question, Quiz
from lms.catalogue.content.blocks import tasks
from lms.catalogue.models import Lesson, Module
from lms.classes import services as classes
from lms.classes.models import ClassRun, Enrolment, Session
from lms.console import demo_texts as texts
from lms.console.demo_evaluations import adjust, answer, close
from lms.console.demo_people import World, actor_of, trainee, trainee_account
from lms.core.database import act, db
from lms.core.guard import SYSTEM, Actor
from lms.core.i18n import ZONE
from lms.learning import services as learning
from lms.learning.rules import steps
from lms.people.models import Person, Unit
from lms.surveys.queries import states


def finished_class(world: World, chance: random.Random, at: datetime) -> None:
    """A class that is over: evaluated, its results fixed."""
    run = class_of(world, "A2.1-2026-01", "Quản lý phát triển đô thị – lớp 1 năm 2026", at - timedelta(days=75))
    members = enrol(world, run, world.trainees[2:26], at - timedelta(days=80))
    begin(world, run, at - timedelta(days=75))
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


def evaluating_class(world: World, chance: random.Random, at: datetime) -> None:
    """A class that has just ended: its evaluation is open."""
    run = class_of(world, "A2.1-2026-02", "Quản lý phát triển đô thị – lớp 2 năm 2026", at - timedelta(days=45))
    members = enrol(world, run, [world.trainees[1], *world.trainees[26:44]], at - timedelta(days=50))
    begin(world, run, at - timedelta(days=45))
    for session in _sessions(run):
        _attend(world, chance, session, members, 0.97)
    for member in members:
        _study(world, chance, member, run, at - timedelta(days=25), modules=3)
        _essay(world, chance, member, at - timedelta(days=8), marked=member.id.int % 5 != 0 or member is members[0])
    classes.finish_class(world.staff, run.id, at=at - timedelta(days=7, hours=1))
    state = states.state_of_class(run.id)
    if state is not None:
        answer(world.actors, chance, members[1:12], state.survey_id, at - timedelta(days=1))


def running_class(world: World, chance: random.Random, at: datetime) -> None:
    """A class in the middle of its way."""
    run = class_of(world, "A2.1-2026-03", "Quản lý phát triển đô thị – lớp 3 năm 2026", at - timedelta(days=12))
    members = enrol(world, run, [world.trainees[0], *world.trainees[44:74]], at - timedelta(days=18))
    begin(world, run, at - timedelta(days=12))
    for session in _sessions(run):
        if session.ends_at < at:
            _attend(world, chance, session, members, 0.96)
    _study(world, chance, members[0], run, at - timedelta(days=6), modules=1)
    for member in members[1:12]:
        _study(world, chance, member, run, at - timedelta(days=7), modules=chance.choice((0, 1, 1, 2)))


def earlier_classes(world: World, chance: random.Random, at: datetime) -> None:
    """Classes of this year and the last, each with its evaluation; what was low is put right and evaluated again."""
    keys = current_app.config["SETTINGS"].keys_dir
    for number, (code, name, school, days, people_, forms, facilities) in enumerate(texts.EARLIER):
        start = at - timedelta(days=days)
        run = class_of(world, code, name, start, world.schools[school])
        fresh = newcomers(world, chance, 200 + 20 * number, people_, at)
        members = enrol(world, run, fresh, start - timedelta(days=5))
        begin(world, run, start)
        staff = _staff(world, world.schools[school])
        classes.finish_class(staff, run.id, at=start + timedelta(days=39), reason=texts.ON_PAPER)
        for member in members:
            classes.conclude(world.staff, member.id, "completed", at=start + timedelta(days=39))
        state = states.state_of_class(run.id)
        if state is not None:
            answered = start + timedelta(days=42)
            answer(world.actors, chance, members[:forms], state.survey_id, answered, facilities=facilities)
            close(state.survey_id, keys, start + timedelta(days=53))
            adjust(world.staff, run.id, start + timedelta(days=60))


@act
def newcomers(world: World, chance: random.Random, first: int, count: int, at: datetime) -> list[Person]:
    """Make people who come new into a class."""
    units = [unit for unit in world.units if unit.kind != "institution"]
    persons = [trainee(chance, number, chance.choice(units), at) for number in range(first, first + count)]
    world.actors |= {person.id: actor_of(trainee_account(person, at)) for person in persons}
    return persons


@act
def class_of(
    world: World, code: str, name: str, start: datetime, school: Unit | None = None,
    planned_at: datetime | None = None, capacity: int = 40,
) -> ClassRun:  # fmt: skip
    """A class of A2.1 with lecturers and sessions, planned (ten days before it begins) and opened for nomination."""
    run_by = school or world.institution
    planned = planned_at or start - timedelta(days=10)
    first = start.astimezone(ZONE).date()
    run = classes.create_class(
        _staff(world, run_by),
        code=code,
        name=name,
        version_id=world.version.id,
        institution_id=run_by.id,
        starts_on=first,
        ends_on=first + timedelta(days=38),
        capacity=capacity,
        at=planned,
    )
    for number, topic in enumerate(world.topics):
        person, _ = world.lecturers[number % len(world.lecturers)]
        classes.assign_lecturer(world.staff, run.id, topic.id, person.id, at=planned + timedelta(days=1))
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
            at=planned + timedelta(days=1),
        )
    classes.open_class(world.officer, run.id, first, at=planned + timedelta(days=2))
    return run


def _staff(world: World, school: Unit) -> Actor:
    """Who sets classes up: the one account of an institution, for the others the system."""
    return world.staff if school.id == world.institution.id else SYSTEM


def begin(world: World, run: ClassRun, start: datetime) -> None:
    """Confirm a class and let it begin."""
    classes.decide(world.officer, run.id, "confirm", at=start - timedelta(days=2))
    classes.decide(SYSTEM, run.id, "begin", at=start)


def enrol(world: World, run: ClassRun, people_: Sequence[Person], at: datetime) -> list[Enrolment]:
    """Let people into a class."""
    classes.enrol(world.staff, run.id, [person.id for person in people_], at=at)
    enrolments = {e.person_id: e for e in db.session.scalars(select(Enrolment).where(Enrolment.class_id == run.id))}
    return [enrolments[person.id] for person in people_]


def _sessions(run: ClassRun) -> list[Session]:
    return list(db.session.scalars(select(Session).where(Session.class_id == run.id).order_by(Session.starts_at)))


def _attend(world: World, chance: random.Random, session: Session, members: Sequence[Enrolment], share: float) -> None:
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
    world: World, chance: random.Random, member: Enrolment, run: ClassRun, at: datetime, *, modules: int
) -> None:
    moment = at
    actor = world.actors[member.person_id]
    for module in _modules(run.version_id)[:modules]:
        for lesson in _lessons(module):
            moment += timedelta(minutes=chance.randrange(18, 45))
            learning.complete_lesson(
                actor, member.id, lesson.id, steps=steps(lesson.headings, tasks(lesson.blocks or {})), at=moment
            )
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
    world: World, chance: random.Random, member: Enrolment, at: datetime, *, marked: bool, low: bool = False
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
