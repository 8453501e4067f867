"""What the tables hold is what statements say: after random walks through the acts, exactly; damage is repaired."""

import contextlib
import io
import json
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from lms.assessment import services as assessment
from lms.assessment import uploads
from lms.assessment.models import Answer, Assignment, Attempt, Question, Quiz, Submission
from lms.catalogue.models import Lesson, Module, Programme, ProgrammeVersion
from lms.classes import services as classes
from lms.classes.models import ATTENDANCE, Attendance, Enrolment
from lms.core.audit import AuditEntry
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM, Actor
from lms.learning import services
from lms.learning.models import LessonProgress
from lms.learning.projections import project, rebuild_projections, recount_trained
from lms.people.models import Account, Person
from lms.records import queries as records
from lms.records.emit import Activity, build
from lms.records.models import Statement
from lms.records.store import store
from lms.records.vocabulary import AUTHORITY, VERBS, VOIDED
from tests import factories as make
from tests.data import media
from tests.learning.worlds import steps_of

START = datetime(2026, 11, 16, 1, 0, 0, 123456, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)


class World:
    """A class of two trainees and two sessions, set up and used through the product's acts alone."""

    def __init__(self, session):
        self.session = session
        self.run = make.class_run(make.institution())
        self.staff = self._actor(make.holder("institution_staff"))
        self.lecturer = self._actor(make.account(username=f"lecturer-{uuid4().hex[:8]}", created_at=LONG_AGO))
        self.meetings = [make.class_session(self.run, starts_at=START, ends_at=START + timedelta(hours=3))]
        self.meetings.append(make.class_session(self.run, starts_at=START, ends_at=START + timedelta(hours=2)))
        self.accounts = [make.account(make.person(), created_at=LONG_AGO) for _ in range(2)]
        self.actors = [self._actor(account) for account in self.accounts]
        modules = session.scalars(select(Module).where(Module.version_id == self.run.version_id)).all()
        self.modules = {module.id: module for module in sorted(modules, key=lambda module: module.position)}
        within = Lesson.module_id.in_(self.modules)
        self.lessons = session.scalars(select(Lesson).where(within).order_by(Lesson.module_id, Lesson.position)).all()
        within = Quiz.module_id.in_(self.modules)
        self.quizzes = session.scalars(select(Quiz).where(within).order_by(Quiz.code)).all()
        self.assignment = session.scalars(select(Assignment).where(Assignment.version_id == self.run.version_id)).one()
        session.commit()
        self.clock = (START + timedelta(minutes=7 * n, microseconds=n) for n in count())
        persons = [account.person_id for account in self.accounts]
        self.registrations = classes.enrol(self.staff, self.run.id, persons, at=self.now())

    @staticmethod
    def _actor(account):
        return Actor(account_id=account.id, person_id=account.person_id, name=account.display_name)

    def now(self):
        return next(self.clock)

    # -- acts; what the product refuses changes nothing ---------------------------------------------------------------

    def read(self, who, lesson, percent, anchor, seconds, leaving):
        lesson = self.lessons[lesson]
        anchor = None if anchor is None else lesson.headings[anchor % len(lesson.headings)]["id"]
        services.report_progress(
            self.actors[who], self.registrations[who], lesson.id,
            percent=percent, anchor=anchor, seconds=seconds, leaving=leaving, at=self.now(),
        )  # fmt: skip

    def complete(self, who, lesson):
        lesson, who = self.lessons[lesson], (self.actors[who], self.registrations[who])
        services.complete_lesson(*who, lesson.id, steps=steps_of(lesson), at=self.now())

    def quiz(self, who, quiz, given, submit):
        quiz = self.quizzes[quiz % len(self.quizzes)]
        attempt = assessment.start_attempt(
            quiz.id, self.registrations[who], self.accounts[who].person_id, at=self.now()
        )
        questions = self.session.scalars(select(Question).where(Question.quiz_id == quiz.id).order_by(Question.code))
        for question, how in zip(questions.all(), given, strict=False):
            if how != "left":
                assessment.save_answer(attempt.id, question.id, answer(question, how), 1, at=self.now())
        if submit:
            assessment.submit_attempt(self.actors[who], attempt.id, at=self.now())

    def hand_in(self, who):
        assessment.hand_in(
            self.actors[who], self.assignment.id, self.registrations[who], self.accounts[who].person_id,
            uploads.Essay(io.BytesIO(media.pdf()), "bai.pdf"), at=self.now(),
        )  # fmt: skip

    def mark(self, who, score, marker):
        mine = Submission.registration == self.registrations[who]
        found = self.session.scalars(select(Submission).where(mine).order_by(Submission.number.desc())).first()
        if found is not None:
            assessment.mark(self.lecturer if marker else SYSTEM, found.id, score / 4, "Đạt", at=self.now())

    def attend(self, meeting, marks, recorder):
        marks = {self.registrations[who]: (status, note) for who, (status, note) in marks.items()}
        recorder = (SYSTEM, self.staff, self.lecturer)[recorder]
        classes.record_attendance(recorder, self.meetings[meeting].id, marks, at=self.now())

    def withdraw(self, who):
        classes.withdraw(self.staff, self.run.id, self.registrations[who], "Chuyển công tác", at=self.now())

    def finish(self, who):
        """Do all that completes the class."""
        for number in range(len(self.lessons)):
            self.complete(who, number)
        for number in range(len(self.quizzes)):
            with contextlib.suppress(DomainError):
                self.quiz(who, number, ["right"] * 40, submit=True)
        with contextlib.suppress(DomainError):
            self.hand_in(who)
        self.mark(who, 36, marker=True)
        for number in range(len(self.meetings)):
            self.attend(number, {who: ("present", None)}, 2)

    def finish_class(self):
        classes.finish_class(self.staff, self.run.id, reason="Thử", at=self.now())


def answer(question, how):
    right = assessment.right_answer(question)
    if how == "right":
        return right
    if how == "blank":
        return None
    match question.kind:
        case "single":
            return next(one["key"] for one in question.body["options"] if one["key"] != right)
        case "multiple":
            return [right[0]]
        case "true_false":
            return not right
        case "numeric":
            return "987654"
        case "ordering":
            return right[::-1]
        case _:
            return dict(zip(right, list(right.values())[::-1], strict=True))


# -- the tables as they are, read without the code that is tested -----------------------------------------------------


def held(session, registration):
    """All rows of a registration with every column that is an outcome of learning."""
    session.expire_all()
    names = dict(session.execute(select(Account.id, Account.actor_name)).all())
    enrolment = session.get_one(Enrolment, registration)
    rows = {("enrolment",): columns(enrolment, "status enrolled_at completed_at")}
    for row in session.scalars(select(LessonProgress).where(LessonProgress.registration == registration)):
        lesson = session.get_one(Lesson, row.lesson_id)
        key = ("lesson", session.get_one(Module, lesson.module_id).code, lesson.code)
        rows[key] = columns(row, "percent anchor seconds started_at seen_at completed_at")
    for row in session.scalars(select(Attempt).where(Attempt.registration == registration)):
        key = (session.get_one(Quiz, row.quiz_id).code, str(row.number))
        rows["attempt", *key] = columns(row, "id seed started_at submitted_at score max_score passed")
        for one in session.scalars(select(Answer).where(Answer.attempt_id == row.id, Answer.correct.is_not(None))):
            rows["answer", *key, session.get_one(Question, one.question_id).code] = {"correct": one.correct}
    for row in session.scalars(select(Submission).where(Submission.registration == registration)):
        code = session.get_one(Assignment, row.assignment_id).code
        key = ("submission", f"{enrolment_version(session, enrolment)}:{code}", str(row.number))
        rows[key] = columns(row, "id submitted_at score passed marked_at")
        rows[key]["marked_by"] = names.get(row.marked_by)
    for row in session.scalars(select(Attendance).where(Attendance.enrolment_id == registration)):
        key = ("attendance", str(row.session_id))
        rows[key] = columns(row, "status recorded_at") | {"recorded_by": names.get(row.recorded_by)}
    return rows


def columns(row, names):
    return {name: getattr(row, name) for name in names.split()}


def enrolment_version(session, enrolment):
    return session.scalar(text("SELECT version_id FROM class_runs WHERE id = :id"), {"id": enrolment.class_id})


def told(registrations):
    """What the statements of the store alone say of these registrations."""
    found = project(records.of_registrations(registrations))
    return {registration: found.get(registration, {}) for registration in registrations}


def agree(world):
    assert told(world.registrations) == {one: held(world.session, one) for one in world.registrations}


def check(*, write=False):
    return rebuild_projections(write=write, at=START)


def wrong(report):
    return report.differing, report.missing, report.surplus


# -- any walk ---------------------------------------------------------------------------------------------------------

WHO = st.integers(0, 1)
MARK = st.tuples(st.sampled_from(ATTENDANCE), st.sampled_from([None, "Ốm"]))
READ = st.tuples(
    st.just("read"), WHO, st.integers(0, 2), st.integers(0, 100), st.none() | st.integers(0, 3),
    st.integers(0, 400), st.booleans(),
)  # fmt: skip
ACTS = st.one_of(
    READ,
    READ,
    st.tuples(st.just("complete"), WHO, st.integers(0, 2)),
    st.tuples(
        st.just("quiz"), WHO, st.integers(0, 1),
        st.lists(st.sampled_from(["right", "right", "wrong", "blank", "left"]), min_size=4, max_size=20), st.booleans(),
    ),
    st.tuples(st.just("hand_in"), WHO),
    st.tuples(st.just("mark"), WHO, st.integers(0, 40), st.booleans()),
    st.tuples(st.just("attend"), st.integers(0, 1), st.dictionaries(WHO, MARK, min_size=1), st.integers(0, 2)),
    st.tuples(st.just("finish"), WHO),
    st.tuples(st.just("withdraw"), WHO),
    st.tuples(st.just("finish_class")),
)  # fmt: skip
slow = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@slow
@given(st.lists(ACTS, min_size=4, max_size=14))
def test_after_any_walk_statements_alone_give_exactly_what_the_tables_hold(session, walk):
    world = World(session)
    for name, *values in walk:
        with contextlib.suppress(DomainError):
            getattr(world, name)(*values)
    agree(world)
    report = check()
    assert wrong(report) == (0, 0, 0), report.differences
    assert report.unsaid == 0


# -- damage and repair ------------------------------------------------------------------------------------------------


@pytest.fixture
def world(session):
    """Two trainees: one has completed the class, the other is in the middle of it."""
    made = World(session)
    made.finish(0)
    made.read(1, 0, 40, 1, 90, leaving=False)
    made.quiz(1, 0, ["right", "wrong", "right"], submit=True)
    made.quiz(1, 0, ["right"], submit=False)
    made.hand_in(1)
    made.mark(1, 10, marker=True)
    made.attend(0, {1: ("late", "Tắc đường")}, 2)
    agree(made)
    return made


def alter(session, model, where, **values):
    session.execute(update(model).where(where).values(values))
    session.commit()


DAMAGE = {
    "lesson": (LessonProgress, LessonProgress.registration, {"percent": 100, "completed_at": START, "anchor": None}),
    "status": (Enrolment, Enrolment.id, {"status": "completed", "completed_at": START}),
    "enrolled_at": (Enrolment, Enrolment.id, {"enrolled_at": LONG_AGO}),
    "attendance": (Attendance, Attendance.enrolment_id, {"status": "absent", "recorded_by": None}),
    "attempt": (Attempt, Attempt.registration, {"score": 9, "passed": True, "started_at": LONG_AGO}),
    "submission": (Submission, Submission.registration, {"score": 9.5, "passed": True, "marked_by": None}),
    "answer": (Answer, Answer.correct, {"correct": None}),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_row_changed_by_hand_is_found_and_repaired(world, session, what):
    model, column, values = DAMAGE[what]
    where = column == world.registrations[1] if what != "answer" else Answer.correct.is_(True)
    if what == "attempt":
        where &= Attempt.submitted_at.is_not(None)
    alter(session, model, where, **values)
    found = check()
    count_ = sum(wrong(found))
    assert count_ >= 1
    assert found.repaired == 0
    assert sum(wrong(check())) == count_, "looking changes nothing"
    repaired = check(write=True)
    assert repaired.repaired == count_
    agree(world)
    assert wrong(check()) == (0, 0, 0)


def test_a_difference_is_told_in_words_and_its_repair_is_audited(world, session):
    registration = world.registrations[1]
    alter(session, Enrolment, Enrolment.id == registration, status="completed")
    report = check(write=True)
    assert report.differences == [
        f"registration {registration}, enrolment: status is completed, by statements enrolled"
    ]
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.subject_id, entry.account_id) == ("projection.rebuild", str(registration), None)
    assert entry.before["enrolment"]["status"] == "completed"
    assert entry.after["enrolment"]["status"] == "enrolled"


def test_rows_that_are_missing_are_written_anew(world, session):
    with_answers = select(Answer.attempt_id)
    for model, where in (
        (LessonProgress, LessonProgress.registration.in_(world.registrations)),
        (Attendance, Attendance.enrolment_id.in_(world.registrations)),
        (Attempt, Attempt.registration.in_(world.registrations) & Attempt.id.not_in(with_answers)),
    ):
        session.execute(delete(model).where(where))
    session.commit()
    report = check(write=True)
    assert report.missing == report.repaired == len(world.lessons) + 1 + 3
    agree(world)


def test_an_attempt_is_written_anew_as_it_was_and_without_what_was_typed(world, session):
    ours = Attempt.registration == world.registrations[1]
    before = held(session, world.registrations[1])
    session.execute(delete(Answer).where(Answer.attempt_id.in_(select(Attempt.id).where(ours))))
    session.execute(delete(Attempt).where(ours))
    session.commit()
    report = check(write=True)
    after = held(session, world.registrations[1])
    assert {k: v for k, v in before.items() if k[0] == "attempt"} == {
        k: v for k, v in after.items() if k[0] == "attempt"
    }
    assert not any(key[0] == "answer" for key in after)
    assert report.missing - report.repaired == sum(key[0] == "answer" for key in before)


def test_a_row_that_no_statement_tells_of_is_taken_away_with_a_trace(world, session):
    who = world.registrations[1]
    values = {"session_id": world.meetings[1].id, "enrolment_id": who, "recorded_at": START, "note": "Ốm"}
    make.add(Attendance(**values, status="present", recorded_by=None))
    make.add(LessonProgress(
        registration=who, lesson_id=world.lessons[2].id, percent=100, seconds=9, started_at=START, seen_at=START,
        completed_at=START,
    ))  # fmt: skip
    session.commit()
    report = check(write=True)
    assert (report.surplus, report.repaired) == (2, 2)
    agree(world)
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry.before[f"attendance {world.meetings[1].id}"]["note"] == "Ốm"
    assert entry.after[f"attendance {world.meetings[1].id}"] is None


def test_what_people_handed_in_is_never_deleted(world, session):
    submission = Submission(
        id=uuid4(), assignment_id=world.assignment.id, registration=world.registrations[1], number=7,
        person_id=world.accounts[1].person_id, filename="x.pdf", sha256="0" * 64, size=1, submitted_at=START,
    )  # fmt: skip
    attempt = Attempt(
        id=uuid4(), quiz_id=world.quizzes[1].id, registration=uuid4(), person_id=world.accounts[1].person_id, number=1,
        seed=1, started_at=START, max_score=3,
    )  # fmt: skip
    make.add(submission)
    make.add(attempt)
    session.commit()
    report = check(write=True)
    assert (report.surplus, report.repaired) == (2, 0)
    assert session.get(Submission, submission.id) is not None
    assert session.get(Attempt, attempt.id) is not None


def test_a_change_made_while_rows_are_compared_is_not_undone(world, session, monkeypatch):
    from lms.learning.projections import rebuilding

    alter(session, LessonProgress, LessonProgress.registration == world.registrations[1], seconds=7)
    repair = rebuilding._repair

    def late(differences, **values):
        alter(session, LessonProgress, LessonProgress.registration == world.registrations[1], seconds=8)
        return repair(differences, **values)

    monkeypatch.setattr(rebuilding, "_repair", late)
    report = check(write=True)
    assert (report.differing, report.repaired) == (1, 0)
    mine = LessonProgress.registration == world.registrations[1]
    assert session.scalars(select(LessonProgress.seconds).where(mine)).one() == 8


# -- who is believed --------------------------------------------------------------------------------------------------


def statements(session, registration):
    """The statements about a registration, newest first."""
    found = [orjson.loads(raw) for raw in session.scalars(select(Statement.raw).order_by(Statement.seq.desc()))]
    return [one for one in found if one.get("context", {}).get("registration") == str(registration)]


def void(session, statement):
    voiding = {
        "id": str(uuid4()),
        "actor": AUTHORITY,
        "verb": {"id": VOIDED},
        "object": {"objectType": "StatementRef", "id": statement["id"]},
        "timestamp": "2026-11-20T00:00:00Z",
    }
    store([(voiding, json.dumps(voiding))], authority=AUTHORITY, version="1.0.3")
    session.commit()


def test_a_voided_statement_no_longer_counts(world, session):
    registration = world.registrations[0]
    completions = [one for one in statements(session, registration) if one["verb"]["id"] == VERBS["completed"].iri]
    of_class, *of_lessons = completions
    void(session, of_class)
    void(session, of_lessons[0])
    report = check(write=True)
    assert (report.differing, report.repaired) == (2, 2)
    agree(world)
    rows = held(session, registration)
    assert rows["enrolment",]["status"] == "enrolled"
    lessons = [row for key, row in rows.items() if key[0] == "lesson"]
    assert sum(row["completed_at"] is None and row["percent"] == 0 for row in lessons) == 1


def test_voided_statements_in_a_stream_that_holds_them_do_not_count(world, session):
    registration = world.registrations[1]
    void(session, next(one for one in statements(session, registration) if "lesson/" in one["object"]["id"]))
    stream = [orjson.loads(raw) for raw in session.scalars(select(Statement.raw).order_by(Statement.seq))]
    assert project(stream) == project(records.of_registrations(world.registrations))
    assert not any(key[0] == "lesson" for key in project(stream)[registration])


def claim(world, verb, activity, **values):
    account = world.accounts[1]
    names = {"learner": account.actor_name, "registration": world.registrations[1], "at": START}
    return build(verb=verb, activity=activity, **(names | values))


def test_a_foreign_client_that_claims_completion_is_not_believed(world, session):
    claims = [
        claim(world, "completed", Activity("class", str(world.run.id)), result={"completion": True, "success": True}),
        claim(world, "completed", Activity("lesson", world.lessons[0].code), result={"completion": True}),
        claim(
            world, "passed", Activity("quiz", world.quizzes[0].code), extensions={"attempt": 2},
            result={"score": {"scaled": 1, "raw": 9, "min": 0, "max": 9}, "success": True},
        ),
    ]  # fmt: skip
    foreign = {"objectType": "Agent", "account": {"homePage": "https://elsewhere.example", "name": "client"}}
    before = check()
    store([(one, json.dumps(one)) for one in claims], authority=foreign, version="1.0.3")
    session.commit()
    report = check(write=True)
    assert (report.read, wrong(report), report.repaired) == (before.read, (0, 0, 0), 0)
    agree(world)


def test_statements_about_nobody_enrolled_are_reported(world, session):
    lost = uuid4()
    one = claim(world, "enrolled", Activity("class", str(world.run.id)), registration=lost)
    store([(one, json.dumps(one))], authority=AUTHORITY, version="1.0.3")
    session.commit()
    report = check(write=True)
    assert (wrong(report), report.repaired) == ((0, 1, 0), 0)
    assert report.differences == [f"registration {lost}, enrolment: told by statements, but not in the table"]


def test_marks_from_before_a_person_had_an_account_are_left_alone(world, session):
    who = make.person()
    (registration,) = classes.enrol(world.staff, world.run.id, [who.id], at=world.now())
    marks = {registration: ("present", None)}
    classes.record_attendance(world.lecturer, world.meetings[0].id, marks, at=world.now())
    before = check(write=True)
    make.account(session.get(Person, who.id), created_at=world.now())
    session.commit()
    for report in (before, check(write=True)):
        assert (wrong(report), report.unsaid, report.repaired) == ((0, 0, 0), 2, 0)


def test_the_comparison_is_offered_to_the_command_line(app, session):
    told = app.test_cli_runner().invoke(args=["records", "rebuild"])
    assert told.exit_code == 0, told.output
    assert str(rebuild_projections(write=False, at=utcnow())) in told.output


def test_the_number_of_trained_people_is_counted_anew(app, session):
    run = make.class_run(make.institution())
    for status in ("completed", "completed", "incomplete", "withdrawn", "enrolled"):
        make.enrolment(run, make.person(), status=status)
    version = session.get_one(ProgrammeVersion, run.version_id)
    programme = session.get_one(Programme, version.programme_id)
    programme.trained = 7
    session.commit()
    told = app.test_cli_runner().invoke(args=["records", "rebuild"])
    assert told.exit_code == 1 and f"{programme.code}: 7 trained, 2 completed it" in told.output
    assert session.get_one(Programme, programme.id, populate_existing=True).trained == 7
    report = recount_trained(write=True, at=START)
    assert (report.differing, report.repaired) == (1, 1)
    assert session.get_one(Programme, programme.id, populate_existing=True).trained == 2
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.before, entry.after) == ("projection.rebuild", {"trained": 7}, {"trained": 2})
    assert recount_trained(write=True, at=START).differing == 0


# -- reading through the page -----------------------------------------------------------------------------------------


def test_reading_that_waits_in_the_browser_is_in_no_table_and_in_no_statement(session, sign_in, submit):
    world = World(session)
    registration, lesson = world.registrations[0], world.lessons[0]
    page = f"/learn/{registration}/lessons/{lesson.id}"
    client = sign_in(world.accounts[0])

    def report(**values):
        return submit(client, f"{page}/progress", values, page=page).json

    assert report(percent="10", seconds="20") == {"percent": 10}
    assert report(percent="12", seconds="100") == {"percent": 10, "waits": True}
    assert report(percent="14", seconds="119") == {"percent": 10, "waits": True}
    agree(world)
    assert report(percent="15", seconds="120") == {"percent": 15}
    assert report(percent="16", seconds="0", anchor=lesson.headings[1]["id"]) == {"percent": 16}
    assert report(percent="9", seconds="10") == {"percent": 16}, "another device"
    assert report(percent="17", seconds="3", leaving="1") == {"percent": 17}
    assert report(percent="17", seconds="0", leaving="1") == {"percent": 17, "waits": True}
    agree(world)
    row = session.scalars(select(LessonProgress).where(LessonProgress.registration == registration)).one()
    assert (row.percent, row.seconds, row.anchor) == (17, 153, lesson.headings[1]["id"])
    verbs = [one["verb"]["id"].rsplit("/", 1)[-1] for one in statements(session, registration)][::-1]
    assert verbs == ["registered", "initialized", "progressed", "progressed", "experienced", "progressed"]
