"""Two at the same time, on real connections: the second waits for the first, and then sees what it did."""

import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from lms.classes import services
from lms.classes.models import ClassRun, Enrolment, Session, Teaching
from lms.core.database import act, db, utcnow
from lms.core.edits import Edit
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from lms.people.models import Person
from tests import factories as make


@pytest.fixture
def at_once(real):
    """``at_once(first, second)``: what both come to, when the second starts before the first has committed."""

    def run(first, second):
        started, go, outcomes = threading.Event(), threading.Event(), {}

        def do(name, work, *, holding):
            with real.app_context():
                try:
                    outcomes[name] = held(work)() if holding else work()
                except DomainError as refused:
                    outcomes[name] = refused.code
                finally:
                    started.set()
                    db.session.remove()

        def held(work):
            @act
            def wait_before_the_commit():
                result = work()
                db.session.flush()
                started.set()
                assert go.wait(20)
                return result

            return wait_before_the_commit

        one = threading.Thread(target=do, args=("first", first), kwargs={"holding": True})
        other = threading.Thread(target=do, args=("second", second), kwargs={"holding": False})
        one.start()
        assert started.wait(20)
        other.start()
        with real.app_context():
            while other.is_alive() and not db.session.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND wait_event_type = 'Lock'"
                )
            ):
                db.session.rollback()
                other.join(0.01)
            db.session.remove()
        go.set()
        one.join(20)
        other.join(20)
        return outcomes["first"], outcomes["second"]

    return run


@pytest.fixture
def place(real):
    """A class with a lecturer, a session that has begun, and people; all with codes of their own."""
    with real.app_context():
        unique = uuid.uuid4().hex[:12].upper()
        institution = make.unit(make.city(), code=f"I{unique}", kind="institution")
        run = make.class_run(institution, code=f"C{unique}")
        office = make.unit(make.city(), code=f"O{unique}")
        people = [make.person(office, staff_code=f"P{n}{unique}") for n in range(5)]
        account = make.account(people[0], username=f"u{unique.lower()}")
        make.role(account, "lecturer", institution)
        start = utcnow() - timedelta(hours=1)
        meeting = make.class_session(run, None, starts_at=start, ends_at=start + timedelta(hours=3))
        enrolment = make.enrolment(run, people[4])
        ids = {"run": run.id, "people": [person.id for person in people], "meeting": meeting.id}
        ids |= {"enrolment": enrolment.id, "institution": institution.id, "version": run.version_id}
        ids |= {"topic": make.topics(run)[0].id, "unique": unique}
        db.session.commit()
        db.session.remove()
        return ids


def enrol(place, *numbers, run=None):
    return lambda: len(services.enrol(SYSTEM, run or place["run"], [place["people"][n] for n in numbers], at=utcnow()))


def session_values(place, **changed):
    start = utcnow().replace(microsecond=0) + timedelta(days=2)
    given = {"kind": "classroom", "title": "Buổi", "place": "P", "topic_id": None, "lecturer_id": None}
    return given | {"starts_at": start, "ends_at": start + timedelta(hours=2)} | changed


def add_session(place, run=None, **changed):
    return lambda: bool(
        services.add_session(SYSTEM, run or place["run"], **session_values(place, **changed), at=utcnow())
    )


def finish(place):
    return lambda: services.finish_class(SYSTEM, place["run"], reason="Thử", at=utcnow())


def attend(place):
    marks = {place["enrolment"]: ("present", None)}
    return lambda: services.record_attendance(SYSTEM, place["meeting"], marks, at=utcnow())


def another_class(real, place):
    with real.app_context():
        run = make.class_run(db.session.get(make.Unit, place["institution"]), code=f"D{place['unique']}")
        db.session.commit()
        db.session.remove()
        return run.id


def test_the_last_place_is_given_once(real, place, at_once):
    with real.app_context():
        db.session.get(ClassRun, place["run"]).capacity = 2
        db.session.commit()
        db.session.remove()
    assert at_once(enrol(place, 1), enrol(place, 2)) == (1, "class-full")


def test_nobody_gets_into_two_classes_by_two_clerks(real, place, at_once):
    other = another_class(real, place)
    assert at_once(enrol(place, 1, 2), enrol(place, 2, 1, run=other)) == (2, "two-classes")


def test_the_same_person_is_enrolled_once(real, place, at_once):
    assert at_once(enrol(place, 1), enrol(place, 1)) == (1, 0)
    with real.app_context():
        count = select(func.count()).where(Enrolment.class_id == place["run"], Enrolment.status == "enrolled")
        assert db.session.scalar(count) == 2
        db.session.remove()


@pytest.mark.parametrize("act_", ["enrol", "add_session", "withdraw", "assign", "finish"])
def test_what_comes_while_a_class_is_finished_comes_too_late(place, at_once, act_):
    late = {
        "enrol": enrol(place, 1), "add_session": add_session(place), "finish": finish(place),
        "withdraw": lambda: services.withdraw(SYSTEM, place["run"], place["enrolment"], "x", at=utcnow()),
        "assign": lambda: services.assign_lecturer(
            SYSTEM, place["run"], place["topic"], place["people"][0], at=utcnow()
        ),
    }[act_]  # fmt: skip
    assert at_once(finish(place), late) == (None, "class-closed")


def test_a_session_being_attended_is_not_removed(place, at_once):
    def remove():
        services.remove_session(SYSTEM, place["run"], place["meeting"], at=utcnow())

    assert at_once(attend(place), remove) == (1, "attendance-taken")


def test_a_session_being_removed_is_not_attended(real, place, at_once):
    def remove():
        services.remove_session(SYSTEM, place["run"], place["meeting"], at=utcnow())

    assert at_once(remove, attend(place)) == (None, "not-found")
    with real.app_context():
        assert db.session.scalar(select(func.count()).where(Session.id == place["meeting"])) == 0
        db.session.remove()


def test_a_session_being_attended_is_not_moved_into_the_future(place, at_once):
    def move():
        services.change_session(SYSTEM, place["run"], place["meeting"], Edit(session_values(place)), at=utcnow())

    assert at_once(attend(place), move) == (1, "attendance-taken")


def test_a_lecturer_is_not_booked_twice_by_two_institutions(real, place, at_once):
    other, lecturer = another_class(real, place), place["people"][0]
    first, second = add_session(place, lecturer_id=lecturer), add_session(place, run=other, lecturer_id=lecturer)
    assert at_once(first, second) == (True, "lecturer-busy")


def test_a_topic_given_by_two_clerks_is_given_once(real, place, at_once):
    def assign():
        return services.assign_lecturer(SYSTEM, place["run"], place["topic"], place["people"][0], at=utcnow()).id

    first, second = at_once(assign, assign)
    assert first == second
    with real.app_context():
        assert db.session.scalar(select(func.count()).where(Teaching.class_id == place["run"])) == 1
        db.session.remove()


def test_a_code_is_taken_once(place, at_once):
    given = {"code": f"N{place['unique']}", "name": "Lớp", "version_id": place["version"], "capacity": 1}
    given |= {"institution_id": place["institution"], "starts_on": make.today(), "ends_on": make.today()}

    def create():
        return bool(services.create_class(SYSTEM, **given, at=utcnow()))

    assert at_once(create, create) == (True, "class-code-taken")


def test_a_trainee_is_withdrawn_once(place, at_once):
    def withdraw():
        services.withdraw(SYSTEM, place["run"], place["enrolment"], "x", at=utcnow())

    assert at_once(withdraw, withdraw) == (None, "left-class")


def test_a_result_is_counted_once(place, at_once):
    def conclude():
        return services.conclude(SYSTEM, place["enrolment"], "completed", at=utcnow())

    assert at_once(conclude, conclude) == (True, False)


def test_who_leaves_the_service_meanwhile_is_not_enrolled(place, at_once):
    @act
    def leave():
        db.session.get(Person, place["people"][1]).left_on = make.today()
        db.session.flush()

    assert at_once(leave, enrol(place, 1)) == (None, "left-service")
