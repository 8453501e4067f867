"""Every act in every state of a class, through its door: allowed or refused with the rule's reason."""

from datetime import timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import select, text

from lms.classes import rules, services
from lms.classes.models import Attendance, ClassRun, Enrolment, Session, Teaching
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from lms.people.models import Person
from tests import factories as make
from tests.classes.conftest import mark_form, meeting_form

STATES = sorted(rules.CLASS.states)
DECIDED = {"enrol", "open", "take_back", "confirm", "reschedule", "postpone", "resume", "cancel", "reopen"}
"""Acts of Home Affairs; the days of a planned class are the institution's."""


def door(act, world, essay):
    """(address, form) by which staff do an act."""
    url, enrolment = world["url"], world["enrolments"][0]
    other = make.holder("lecturer", world["institution"])
    later, why = make.today() + timedelta(days=400), {"reason": "Kế hoạch thay đổi", "code": "plan"}
    days = {"starts_on": str(later), "ends_on": str(later + timedelta(days=30)), "reason": "Kế hoạch thay đổi"}
    doors = {
        "enrol": ("/enrol", lambda: {"codes": make.person().staff_code}),
        "withdraw": (f"/enrolments/{enrolment.id}/withdraw", lambda: {"reason": "Chuyển công tác"}),
        "assign_lecturer": (
            "/lecturers",
            lambda: {"topic_id": str(world["topic"].id), "lecturer_id": str(other.person_id)},
        ),
        "remove_lecturer": (f"/lecturers/{world['teaching'].id}/remove", dict),
        "add_session": ("/sessions/new", lambda: meeting_form(world)),
        "change_session": (f"/sessions/{world['meeting'].id}", lambda: meeting_form(world)),
        "remove_session": (f"/sessions/{world['meeting'].id}/remove", dict),
        "finish": ("/finish", lambda: {"reason": "Điểm danh bằng giấy"}),
        "edit": ("/edit", lambda: {"name": "Tên mới", "capacity": "50", "minimum": "2"}),
        "open": ("/open", lambda: {"until": str(make.today())}),
        "take_back": ("/take-back", lambda: {"reason": "Mở nhầm"}),
        "confirm": ("/confirm", dict),
        "begin": ("/begin", dict),
        "reschedule": ("/days", lambda: days),
        "resume": ("/days", lambda: days),
        "postpone": ("/postpone", lambda: why),
        "cancel": ("/cancel", lambda: why),
        "reopen": ("/reopen", lambda: {"reason": "Kết thúc nhầm"}),
        "record_attendance": (
            f"/sessions/{world['meeting'].id}/attendance",
            lambda: {f"status-{enrolment.id}": "present"},
        ),
        "mark_essay": (f"/essays/{world['essay'].id}", lambda: mark_form("8")),
    }
    path, form = doors[act]
    return url + path, form()


def everything(session):
    """All that acts on a class may change."""
    tables = (ClassRun, Enrolment, Session, Teaching, Attendance)
    rows = [session.execute(select(table.__table__).order_by(*table.__table__.primary_key)).all() for table in tables]
    others = """SELECT (SELECT count(*) FROM audit_entries), (SELECT count(*) FROM transitions),
                       (SELECT count(*) FROM statements),
                       (SELECT sum(score) FROM submissions)"""
    return rows, session.execute(text(others)).one()


TRAINEES = {"study", "start_quiz", "answer", "hand_in_quiz", "hand_in_essay", "open_material"}
"""Walked by tests/learning/test_closed.py."""
ELSEWHERE = {"conclude", "move_material", "nominate", "decide_nomination", "summon"}
"""Walked below, by tests/learning/test_materials.py, and by tests/planning."""
DOORS = sorted(set(rules.CLASS.allowed) - TRAINEES - ELSEWHERE)


@pytest.fixture
def staffed(world, session, essay):
    world["teaching"] = session.scalars(select(Teaching).where(Teaching.class_id == world["run"].id)).one()
    world["essay"] = essay(world["enrolments"][1])
    # whatever the guards of the moves ask is there: see test_life.py for what happens where it is not
    run = world["run"]
    run.starts_on, run.ends_on = make.today(), make.today() + timedelta(days=30)
    make.version().status = "approved"
    for topic in make.topics(run)[1:]:
        make.teaching(run, topic, session.get(Person, world["lecturer"].person_id))
    session.commit()
    return world


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", DOORS)
def test_an_act_is_done_exactly_where_the_table_allows_it(staffed, session, sign_in, post, essay, act, state):
    world = staffed
    url, form = door(act, world, essay)
    world["run"].status = state
    if act == "take_back":
        for enrolment in world["enrolments"]:
            enrolment.status = "withdrawn"
    session.commit()
    officer = act in DECIDED and (act not in ("reschedule", "resume") or state != "planned")
    client = sign_in(make.holder("home_affairs_officer") if officer else world["staff"])
    if act in ("reschedule", "resume") and state == "postponed":
        act = "resume"  # one page moves the days: what is done depends on the state
    elif act in ("reschedule", "resume"):
        act = "reschedule"
    before = everything(session)
    answer = post(client, url, form)
    session.expire_all()
    if rules.CLASS.refusal(act, state) is None:
        assert answer.status_code == 302, answer.get_data(as_text=True)[-3000:]
        assert everything(session) != before
    else:
        assert answer.status_code == 409
        with force_locale("vi"):
            words = str(rules.CLASS.words[rules.CLASS.refusal(act, state)])
        assert words in answer.get_data(as_text=True)
        assert everything(session) == before


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", ["enrol", "withdraw", "add_session", "change_session"])
def test_the_page_of_an_act_that_is_refused_says_why(staffed, session, sign_in, essay, act, state):
    url, _form = door(act, staffed, essay)
    staffed["run"].status = state
    session.commit()
    answer = sign_in(staffed["officer" if act == "enrol" else "staff"]).get(url)
    assert answer.status_code == (200 if rules.CLASS.refusal(act, state) is None else 409)


@pytest.mark.parametrize("state", STATES)
def test_the_page_of_the_class_shows_the_doors_that_are_open(staffed, session, sign_in, state):
    staffed["run"].status = state
    session.commit()
    html = sign_in(staffed["staff"]).get(staffed["url"]).get_data(as_text=True)
    for act, end in (
        ("add_session", "/sessions/new"), ("finish", "/finish"), ("assign_lecturer", "/lecturers"),
        ("remove_lecturer", f"/lecturers/{staffed['teaching'].id}/remove"),
        ("change_session", f"/sessions/{staffed['meeting'].id}"),
        ("record_attendance", f"/sessions/{staffed['meeting'].id}/attendance"),
        ("withdraw", f"/enrolments/{staffed['enrolments'][0].id}/withdraw"),
    ):  # fmt: skip
        assert (f'"{staffed["url"]}{end}"' in html) == (rules.CLASS.refusal(act, state) is None), act


@pytest.mark.parametrize("state", STATES)
def test_a_result_is_set_exactly_where_the_table_allows_it(world, session, state):
    world["run"].status = state
    session.commit()
    allowed = rules.CLASS.refusal("conclude", state) is None
    assert services.conclude(SYSTEM, world["enrolments"][0].id, "completed", at=utcnow()) is allowed
    assert world["enrolments"][0].status == ("completed" if allowed else "enrolled")


def test_the_table_knows_every_state_and_a_reason_for_each_refusal():
    for act, allowed in rules.CLASS.allowed.items():
        assert allowed <= set(STATES)
        assert {state for state in STATES if rules.CLASS.refusal(act, state) is None} == allowed
    assert set(rules.CLASS.reasons) == set(STATES)


def test_work_of_a_class_that_is_over_is_still_marked_and_corrected():
    """mục IV.5: a class ends before its essays are marked."""
    still = {act for act in rules.CLASS.allowed if rules.CLASS.refusal(act, "finished") is None}
    assert still == {"record_attendance", "mark_essay", "conclude", "reopen"} | TRAINEES


def test_an_act_on_a_class_that_is_not_there_is_not_found(world, session):
    nowhere = make.uuid4()
    for do in (
        lambda: services.enrol(SYSTEM, nowhere, [], at=utcnow()),
        lambda: services.finish_class(SYSTEM, nowhere, reason="Thử", at=utcnow()),
        lambda: services.record_attendance(SYSTEM, nowhere, {}, at=utcnow()),
        lambda: services.remove_session(SYSTEM, world["run"].id, nowhere, at=utcnow()),
        lambda: services.remove_lecturer(SYSTEM, world["run"].id, nowhere, at=utcnow()),
        lambda: services.withdraw(SYSTEM, world["run"].id, nowhere, "x", at=utcnow()),
        lambda: services.enrol(SYSTEM, world["run"].id, [nowhere], at=utcnow()),
    ):
        with pytest.raises(DomainError) as refused:
            do()
        assert refused.value.code == "not-found"


def test_a_finished_class_is_finished_once(world, session, trace):
    services.finish_class(SYSTEM, world["run"].id, reason="Thử", at=utcnow())
    assert session.scalar(select(ClassRun.status).where(ClassRun.id == world["run"].id)) == "finished"
    with pytest.raises(DomainError, match="class-closed"):
        services.finish_class(SYSTEM, world["run"].id, reason="Thử", at=utcnow())
    (entry,) = trace("class.finish")
    assert (entry.subject_id, entry.before) == (str(world["run"].id), {"status": "running"})
    assert (entry.after["status"], entry.after["reason"]) == ("finished", "Thử")
    assert session.scalar(text("SELECT count(*) FROM surveys WHERE class_id = :c"), {"c": world["run"].id}) == 1
