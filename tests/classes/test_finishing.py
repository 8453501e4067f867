"""A class is finished when nothing is missing, or with a reason; Home Affairs undoes it until its evaluation closes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update

from lms.classes import rules, services
from lms.classes.models import Attendance, Teaching
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from lms.people.models import Person
from lms.surveys.models import FollowUp, Participation, Survey
from tests import factories as make


@pytest.fixture
def complete(world, session):
    """A class of which nothing is missing."""
    world["meeting"].ends_at = utcnow() - timedelta(minutes=1)
    teacher = session.get(Person, world["lecturer"].person_id)
    for topic in make.topics(world["run"])[1:]:
        make.teaching(world["run"], topic, teacher)
    marks = {enrolment.id: ("present", None) for enrolment in world["enrolments"]}
    services.record_attendance(SYSTEM, world["meeting"].id, marks, at=utcnow())
    session.commit()
    return world


def lacks(world, session, what):
    run, meeting = world["run"], world["meeting"]
    match what:
        case "session-ahead":
            meeting.ends_at = utcnow() + timedelta(hours=1)
        case "attendance":
            meeting.attendance_taken_at = None
        case "lecturer":
            session.delete(session.scalars(select(Teaching).where(Teaching.class_id == run.id)).first())
        case "nobody":
            session.execute(update(Attendance).values(status="absent"))
    session.commit()


SHOWN = {
    "session-ahead": ("chưa diễn ra", "/sessions/"),
    "attendance": ("Chưa điểm danh", "/attendance"),
    "lecturer": ("chưa có giảng viên", "#topics"),
    "nobody": ("Chưa có học viên nào tham gia", "#trainees"),
}


@pytest.mark.parametrize("what", SHOWN)
def test_what_is_missing_is_listed_with_its_page_and_needs_a_reason(complete, session, sign_in, submit, trace, what):
    lacks(complete, session, what)
    client, url = sign_in(complete["staff"]), f"{complete['url']}/finish"
    html = client.get(url).get_data(as_text=True)
    assert all(part in html for part in SHOWN[what])
    for reason in ("", "   "):
        refused = submit(client, url, {"reason": reason})
        assert refused.status_code == 409
        assert "Vẫn còn nội dung thiếu" in refused.get_data(as_text=True)
    session.refresh(complete["run"])
    assert complete["run"].status == "running"
    assert submit(client, url, {"reason": "Giảng viên ốm"}).status_code == 302
    (entry,) = trace("class.finish")
    assert entry.after["reason"] == "Giảng viên ốm" and entry.after["missing"][0].startswith(what)
    assert "dù còn nội dung thiếu: Giảng viên ốm" in client.get(complete["url"]).get_data(as_text=True)


def test_a_class_of_which_nothing_is_missing_is_finished_without_a_reason(complete, session, sign_in, submit, trace):
    client, url = sign_in(complete["staff"]), f"{complete['url']}/finish"
    html = client.get(url).get_data(as_text=True)
    assert "còn thiếu" not in html and 'name="reason"' not in html
    assert submit(client, url).status_code == 302
    assert trace("class.finish")[0].after == {"status": "finished"}
    session.refresh(complete["run"])
    assert complete["run"].finished_reason is None and complete["run"].finished_at is not None


_SESSION = st.tuples(st.uuids(), st.text(max_size=3), st.datetimes(), st.booleans())


@given(st.lists(_SESSION, max_size=5), st.lists(st.booleans(), max_size=5), st.booleans(), st.datetimes())
def test_nothing_is_missing_exactly_when_all_was_held_taught_and_attended(sessions, taught, took_part, at):
    missing = rules.gaps(sessions, [(make.uuid4(), "t", one) for one in taught], took_part=took_part, at=at)
    held = all(ends <= at and taken for _id, _title, ends, taken in sessions)
    assert (missing == []) == (held and all(taught) and took_part)
    assert {gap.kind for gap in missing} <= SHOWN.keys()


# -- opened again -----------------------------------------------------------------------------------------------------


@pytest.fixture
def finished(complete, session):
    services.conclude(SYSTEM, complete["enrolments"][2].id, "completed", at=utcnow())
    services.finish_class(SYSTEM, complete["run"].id, at=utcnow())
    for enrolment, result in zip(complete["enrolments"], ("incomplete", "failed"), strict=False):
        services.conclude(SYSTEM, enrolment.id, result, at=utcnow())
    session.commit()
    return complete


@pytest.fixture
def reopen(finished, sign_in, submit):
    client = sign_in(make.holder("home_affairs_officer"))
    return lambda reason="Kết thúc nhầm": submit(client, f"{finished['url']}/reopen", {"reason": reason})


def counted(session, table):
    return session.scalar(select(func.count()).select_from(table))


def test_home_affairs_opens_a_class_again_and_what_its_end_triggered_is_taken_back(finished, session, reopen, trace):
    assert counted(session, FollowUp) == 2
    assert reopen("").status_code == 422
    assert reopen().status_code == 302
    session.expire_all()
    run = finished["run"]
    assert (run.status, run.finished_at, run.finished_reason) == ("running", None, None)
    assert [enrolment.status for enrolment in finished["enrolments"]] == ["enrolled", "enrolled", "completed"]
    assert session.scalar(select(Survey.id).where(Survey.class_id == run.id)) is None
    assert counted(session, Participation) == counted(session, FollowUp) == 0
    (entry,) = trace("class.reopen")
    assert entry.account_id is not None
    assert (entry.after["reason"], entry.after["results_taken_back"]) == ("Kết thúc nhầm", 2)
    assert len(trace("survey.cancel")) == 1
    forgotten = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'surveys.forget'"
    assert session.scalar(text(forgotten)) == 1
    services.finish_class(SYSTEM, run.id, at=utcnow())
    assert session.scalar(select(func.count()).where(Survey.class_id == run.id)) == 1


def test_an_evaluation_that_somebody_has_answered_goes_on(finished, session, reopen):
    survey = session.scalars(select(Survey).where(Survey.class_id == finished["run"].id)).one()
    make.answered(survey, session.get(Person, finished["enrolments"][0].person_id))
    session.commit()
    assert reopen().status_code == 302
    session.expire_all()
    assert session.get(Survey, survey.id).state == "open"
    assert session.scalar(select(func.count()).where(Participation.survey_id == survey.id)) == 3


@pytest.mark.parametrize("state", ["closed", "released"])
def test_once_an_evaluation_is_closed_the_class_stays_finished(finished, session, reopen, state):
    closed = {"state": state, "invited": 3, "answered": 0}
    session.execute(update(Survey).where(Survey.class_id == finished["run"].id).values(**closed))
    session.commit()
    answer = reopen()
    assert answer.status_code == 409
    assert "đã khép lại" in answer.get_data(as_text=True)
    session.refresh(finished["run"])
    assert finished["run"].status == "finished"


@pytest.mark.parametrize("who", ["staff", "lecturer"])
def test_the_institution_does_not_undo_its_own_finishing(finished, sign_in, submit, who):
    client = sign_in(finished[who])
    assert submit(client, f"{finished['url']}/reopen", {"reason": "x"}, page="/account").status_code == 403
    assert "/reopen" not in client.get(finished["url"]).get_data(as_text=True)


def test_a_lecturer_whom_another_finished_class_invites_stays_invited(finished, session, reopen):
    other = make.class_run(finished["institution"], status="finished")
    make.teaching(other, make.topics(other)[0], session.get(Person, finished["lecturer"].person_id))
    session.commit()
    reopen()
    assert session.scalars(select(Participation.person_id)).all() == [finished["lecturer"].person_id]


# -- results ----------------------------------------------------------------------------------------------------------


def test_a_result_that_is_none_takes_nothing_from_the_programmes_count(world, session):
    from tests.classes.test_results import completions

    before = completions(world, session)
    for enrolment, result in zip(world["enrolments"], ("failed", "incomplete"), strict=False):
        assert services.conclude(SYSTEM, enrolment.id, result, at=utcnow())
    assert completions(world, session) == before
    with pytest.raises(DomainError, match="results-fixed"):
        services.withdraw(SYSTEM, world["run"].id, world["enrolments"][0].id, "x", at=utcnow())


def test_results_are_told_in_statements(world, told):
    services.conclude(SYSTEM, world["enrolments"][0].id, "failed", at=utcnow())
    services.conclude(SYSTEM, world["enrolments"][1].id, "incomplete", at=utcnow())
    first, second = (one["result"] for one in told("amended"))
    assert first == {"completion": False, "success": False}
    assert second == {"completion": False}
