"""Classes through the pages of the institution and its lecturers."""

import json
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text

from lms.classes import access, services
from lms.classes.models import Attendance, ClassRun, Enrolment, Session, Teaching
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM, Actor
from lms.people.models import Person
from lms.people.sessions import load_actor, open_session
from lms.records.models import Statement
from tests import factories as make


def sheet(world):
    return f"{world['url']}/sessions/{world['meeting'].id}/attendance"


def test_staff_set_up_a_class(world, sign_in, submit, session):
    data = {
        "version_id": str(world["run"].version_id),
        "institution_id": world["institution"].id,
        "code": "A2.1-2027-09",
        "name": "Quản lý phát triển đô thị, lớp 9",
        "starts_on": "2027-03-01", "ends_on": "2027-04-10", "capacity": "45",
    }  # fmt: skip
    client = sign_in(world["staff"])
    answer = submit(client, "/classes/new", data)
    run = session.scalars(select(ClassRun).where(ClassRun.code == "A2.1-2027-09")).one()
    assert answer.location == f"/classes/{run.id}"
    again = submit(client, "/classes/new", data)
    assert again.status_code == 409
    assert "Mã lớp này đã có" in again.get_data(as_text=True)
    assert 'value="Quản lý phát triển đô thị, lớp 9"' in again.get_data(as_text=True)


@pytest.mark.parametrize(
    ("field", "value"),
    [("ends_on", "2027-02-01"), ("capacity", "0"), ("capacity", "9999999"), ("code", "<b>"), ("minimum", "46"),
     ("name", "x" * 201),
     ("starts_on", "31/02/2027"), ("institution_id", "999999"), ("version_id", "nonsense")],
)  # fmt: skip
def test_a_senseless_class_is_refused_at_the_field(world, sign_in, submit, session, field, value):
    data = {
        "version_id": str(world["run"].version_id),
        "institution_id": world["institution"].id,
        "code": "A2.1-2027-10",
        "name": "Lớp", "starts_on": "2027-03-01", "ends_on": "2027-04-10", "capacity": "45",
    } | {field: value}  # fmt: skip
    before = session.scalar(select(func.count()).select_from(ClassRun))
    answer = submit(sign_in(world["staff"]), "/classes/new", data)
    assert answer.status_code == 422
    assert "field-error" in answer.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(ClassRun)) == before


def test_a_form_with_an_unknown_field_is_refused(world, sign_in, submit, session):
    data = {
        "version_id": str(world["run"].version_id),
        "institution_id": world["institution"].id,
        "code": "A2.1-2027-11",
        "name": "Lớp", "starts_on": "2027-03-01", "ends_on": "2027-04-10", "capacity": "45", "status": "finished",
    }  # fmt: skip
    assert submit(sign_in(world["staff"]), "/classes/new", data).status_code == 422


def test_trainees_are_enrolled_by_code_all_or_none(world, sign_in, submit, session):
    people = [make.person() for _ in range(2)]
    session.commit()
    client = sign_in(world["officer"])
    url = f"{world['url']}/enrol"
    answer = submit(client, url, {"codes": f"{people[0].staff_code.lower()}\nKHONGCO1; KHONGCO2"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "KHONGCO1, KHONGCO2" in html
    assert people[0].staff_code.lower() in html
    assert submit(client, url, {"codes": "\n".join(p.staff_code for p in people)}).status_code == 302
    found = session.scalars(select(Enrolment.person_id).where(Enrolment.class_id == world["run"].id)).all()
    assert {p.id for p in people} <= set(found)


def test_nobody_attends_two_classes_at_the_same_time(world, sign_in, submit, session):
    other = make.class_run(world["institution"], starts_on=world["run"].ends_on, ends_on=world["run"].ends_on)
    session.commit()
    person = session.get(Person, world["enrolments"][0].person_id)
    answer = submit(sign_in(world["officer"]), f"/classes/{other.id}/enrol", {"codes": person.staff_code})
    assert answer.status_code == 409
    assert "mục IV.4" in answer.get_data(as_text=True)
    later = make.class_run(world["institution"], starts_on=date(2027, 1, 1), ends_on=date(2027, 2, 1))
    services.enrol(SYSTEM, later.id, [person.id], at=utcnow())


def test_a_full_class_takes_nobody_more(world, session):
    world["run"].capacity = 3
    session.commit()
    with pytest.raises(DomainError) as refused:
        services.enrol(SYSTEM, world["run"].id, [make.person().id], at=utcnow())
    assert refused.value.code == "class-full"


def test_attendance_is_taken_corrected_and_traced(world, sign_in, submit, session):
    client = sign_in(world["lecturer"])
    first, second, third = (e.id for e in world["enrolments"])
    marks = {f"status-{first}": "present", f"status-{second}": "absent", f"note-{second}": "Ốm"}
    assert submit(client, sheet(world), marks).status_code == 302
    rows = {a.enrolment_id: (a.status, a.note) for a in session.scalars(select(Attendance))}
    assert rows == {first: ("present", None), second: ("absent", "Ốm")}
    submit(
        client,
        sheet(world),
        {f"status-{second}": "excused", f"note-{second}": "Giấy khám bệnh", f"status-{third}": "late"},
    )
    entry = session.execute(text("SELECT before, after FROM audit_entries ORDER BY id DESC LIMIT 1")).one()
    assert entry.before == {str(second): ["absent", "Ốm"]}
    assert entry.after[str(second)] == ["excused", "Giấy khám bệnh"]
    verbs = [
        json.loads(raw)["verb"]["id"].rsplit("/", 1)[-1]
        for raw in session.scalars(select(Statement.raw).order_by(Statement.seq))
    ]
    assert verbs.count("attended") == 2
    assert verbs.count("missed") == 1


@pytest.mark.parametrize("mark", ["PRESENT", "maybe", "x" * 5000])
def test_a_mark_that_does_not_exist_changes_nothing(world, sign_in, submit, session, mark):
    answer = submit(sign_in(world["lecturer"]), sheet(world), {f"status-{world['enrolments'][0].id}": mark})
    assert answer.status_code == 422
    assert session.scalar(select(func.count()).select_from(Attendance)) == 0


def test_somebody_elses_trainee_cannot_be_marked(world, sign_in, submit, session):
    foreign = make.enrolment(make.class_run(world["institution"]))
    session.commit()
    answer = submit(sign_in(world["lecturer"]), sheet(world), {f"status-{foreign.id}": "present"})
    assert answer.status_code == 422
    assert session.scalar(select(func.count()).select_from(Attendance)) == 0


def test_attendance_waits_for_the_session(world, sign_in, session):
    world["meeting"].starts_at = utcnow() + timedelta(days=1)
    world["meeting"].ends_at = utcnow() + timedelta(days=1, hours=2)
    session.commit()
    html = sign_in(world["lecturer"]).get(sheet(world)).get_data(as_text=True)
    assert "nửa giờ trước" in html
    assert "sticky-save" not in html
    with pytest.raises(DomainError, match="too-early"):
        services.record_attendance(SYSTEM, world["meeting"].id, {}, at=utcnow())


def test_another_lecturer_cannot_take_attendance(world, sign_in):
    assert sign_in(make.holder("lecturer", world["institution"])).get(sheet(world)).status_code == 403


def test_a_lecturer_is_not_in_two_places(world, sign_in, submit, session):
    before = session.scalar(select(func.count()).select_from(Session))
    data = {
        "kind": "classroom", "topic_id": str(world["topic"].id), "lecturer_id": str(world["meeting"].lecturer_id),
        "title": "Buổi trùng", "place": "Phòng 2",
        "starts_at": (world["meeting"].starts_at + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (world["meeting"].starts_at + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    answer = submit(sign_in(world["staff"]), f"{world['url']}/sessions/new", data)
    assert answer.status_code == 409
    assert "cùng thời gian" in answer.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(Session)) == before
    assert (
        submit(sign_in(world["staff"]), f"{world['url']}/sessions/new", data | {"lecturer_id": ""}).status_code == 302
    )


def test_a_session_with_attendance_stays(world, sign_in, submit, session):
    client = sign_in(world["lecturer"])
    submit(client, sheet(world), {f"status-{world['enrolments'][0].id}": "present"})
    url = f"{world['url']}/sessions/{world['meeting'].id}/remove"
    assert submit(sign_in(world["staff"]), url, page="/account").status_code == 409
    assert session.get(Session, world["meeting"].id) is not None


def test_lecturers_are_given_topics_and_taken_off(world, sign_in, submit, session):
    other = make.holder("lecturer", world["institution"])
    session.commit()
    client = sign_in(world["staff"])
    data = {"topic_id": str(world["topic"].id), "lecturer_id": str(other.person_id)}
    assert submit(client, f"{world['url']}/lecturers", data, page=world["url"]).status_code == 302
    teaching = session.scalars(select(Teaching).where(Teaching.lecturer_id == other.person_id)).one()
    assert submit(client, f"{world['url']}/lecturers/{teaching.id}/remove", page=world["url"]).status_code == 302
    assert session.scalar(select(func.count()).where(Teaching.id == teaching.id)) == 0


def test_withdrawing_needs_a_reason_and_keeps_the_record(world, sign_in, submit, session):
    enrolment = world["enrolments"][0]
    url = f"{world['url']}/enrolments/{enrolment.id}/withdraw"
    client = sign_in(world["staff"])
    assert submit(client, url, {"reason": " "}).status_code == 422
    assert submit(client, url, {"reason": "Chuyển công tác"}).status_code == 302
    session.refresh(enrolment)
    assert enrolment.status == "withdrawn"


def test_pages_need_few_statements_with_400_trainees(world, sign_in, queries, session):
    world["run"].capacity = 500
    for _ in range(400):
        make.enrolment(world["run"])
    session.commit()
    client = sign_in(world["staff"])
    for url in (world["url"], sheet(world), f"{world['url']}/essays", "/classes"):
        queries.clear()
        assert client.get(url).status_code == 200
        assert len(queries) <= 12, url


def test_search_finds_classes_without_accents(world, sign_in, session):
    world["run"].name = "Quản lý đô thị khóa Đặc biệt"
    make.class_run(world["institution"], name="Lớp khác")
    session.commit()
    html = sign_in(world["staff"]).get("/classes?q=dac+biet").get_data(as_text=True)
    assert "khóa Đặc biệt" in html
    assert "Lớp khác" not in html


def test_an_object_is_judged_as_the_list_is(world, session):
    """The predicate of one class and the condition of the list agree for every role."""
    city = make.city()
    other = make.class_run(make.institution(name="Trường khác"))
    session.commit()
    cast = [world["staff"], world["lecturer"], world["accounts"][0], make.holder("home_affairs_officer", city)]
    cast += [make.holder(role, city) for role in ("auditor", "administrator", "finance_reader")]
    cast += [make.holder("unit_manager", world["institution"]), make.holder("lecturer", world["institution"])]
    for account in cast:
        _, token = open_session(account.id, at=utcnow(), user_agent="t", address=None)
        actor = load_actor(token, at=utcnow())
        listed = set(session.scalars(select(ClassRun.id).where(access.readable(actor))))
        for run in (world["run"], other):
            assert (run.id in listed) == access.may_read(actor, run.id), account.username
    assert access.may_read(Actor(None, None, ""), make.uuid4()) is None


def test_the_timetable_of_a_lecturer_links_to_attendance(world, sign_in):
    html = sign_in(world["lecturer"]).get("/classes/timetable").get_data(as_text=True)
    assert re.search(rf'href="{sheet(world)}"', html)
