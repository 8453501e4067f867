"""The timetable of a class: its sessions, who teaches, who is offered, and when somebody is busy."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from lms.catalogue.models import Topic
from lms.classes import services
from lms.classes.models import Session, Teaching
from lms.core.database import utcnow
from lms.core.edits import Edit
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from lms.core.i18n import ZONE
from lms.people.models import Person
from tests import factories as make
from tests.classes.conftest import meeting_form

HOUR = timedelta(hours=1)


def person_of(session, account):
    return session.get(Person, account.person_id)


def topic_elsewhere():
    """A topic of another programme."""
    values = {"code": "X1", "position": 1, "title": {"vi": "Chuyên đề"}, "objectives": [], "hours": 4}
    return make.add(Topic(id=make.uuid4(), version_id=make.new_version("A2.2").id, **values))


def values(world, **changed):
    start = utcnow() + timedelta(days=3)
    given = {"kind": "classroom", "title": "Buổi mới", "place": "Phòng 2", "topic_id": None, "lecturer_id": None}
    return given | {"starts_at": start, "ends_at": start + 3 * HOUR} | changed


def add(world, **changed):
    return services.add_session(SYSTEM, world["run"].id, **values(world, **changed), at=utcnow())


def test_a_session_is_added_in_the_time_of_hanoi_and_traced(world, session, sign_in, submit, trace):
    form = meeting_form(world)
    assert submit(sign_in(world["staff"]), f"{world['url']}/sessions/new", form).status_code == 302
    row = session.scalars(select(Session).where(Session.title == "Buổi mới")).one()
    assert row.starts_at == datetime.fromisoformat(form["starts_at"]).replace(tzinfo=ZONE)
    assert (row.class_id, row.topic_id, row.lecturer_id) == (
        world["run"].id, world["topic"].id, world["lecturer"].person_id,
    )  # fmt: skip
    (entry,) = trace("session.add")
    assert entry.after["title"] == "Buổi mới"
    assert entry.account_id == world["staff"].id


def test_a_change_is_traced_with_what_was_before(world, session, sign_in, submit, trace):
    url = f"{world['url']}/sessions/{world['meeting'].id}"
    old = world["meeting"].title
    assert submit(sign_in(world["staff"]), url, meeting_form(world, kind="online")).status_code == 302
    session.refresh(world["meeting"])
    assert (world["meeting"].title, world["meeting"].kind) == ("Buổi mới", "online")
    (entry,) = trace("session.change")
    assert (entry.before["title"], entry.after["title"]) == (old, "Buổi mới")


def test_a_session_is_removed_and_traced(world, session, sign_in, post, trace):
    assert post(sign_in(world["staff"]), f"{world['url']}/sessions/{world['meeting'].id}/remove").status_code == 302
    assert session.scalar(select(func.count()).where(Session.id == world["meeting"].id)) == 0
    (entry,) = trace("session.remove")
    assert entry.before["title"] == world["meeting"].title


@pytest.mark.parametrize(
    ("changed", "code", "status"),
    [
        ({"ends_at": None}, "session-times", 422),
        ({"kind": "party"}, "session-kind", 422),
        ({"topic_id": "elsewhere"}, "not-found", 404),
        ({"topic_id": "unknown"}, "not-found", 404),
        ({"lecturer_id": "unknown"}, "not-a-lecturer", 409),
    ],
)
def test_a_senseless_session_is_refused(world, session, changed, code, status):
    given = values(world)
    elsewhere = topic_elsewhere().id
    replace = {"elsewhere": elsewhere, "unknown": make.uuid4(), None: given["starts_at"]}
    given |= {name: replace.get(value, value) for name, value in changed.items()}
    with pytest.raises(DomainError) as refused:
        services.add_session(SYSTEM, world["run"].id, **given, at=utcnow())
    assert (refused.value.code, refused.value.status) == (code, status)


@pytest.mark.parametrize(
    ("starts", "ends", "busy"),
    [(-2, -1, False), (-1, 0, False), (-1, 1, True), (0, 3, True), (1, 2, True), (2, 4, True), (3, 4, False),
     (-1, 4, True), (4, 5, False)],
)  # fmt: skip
def test_a_lecturer_may_begin_when_another_session_ends(world, session, starts, ends, busy):
    lecturer = person_of(session, world["lecturer"])
    begin = utcnow() + timedelta(days=5)
    make.class_session(make.class_run(), lecturer, title="Buổi kia", starts_at=begin, ends_at=begin + 3 * HOUR)
    make.class_session(make.class_run(), None, starts_at=begin, ends_at=begin + 3 * HOUR)
    other = person_of(session, make.holder("lecturer"))
    make.class_session(make.class_run(), other, starts_at=begin - 24 * HOUR, ends_at=begin + 24 * HOUR)
    session.commit()
    given = {"lecturer_id": lecturer.id, "starts_at": begin + starts * HOUR, "ends_at": begin + ends * HOUR}
    if busy:
        with pytest.raises(DomainError) as refused:
            add(world, **given)
        assert refused.value.code == "lecturer-busy"
        assert "Buổi kia" in str(refused.value.message)
    else:
        assert add(world, **given).lecturer_id == lecturer.id


@pytest.mark.parametrize(("status", "busy"), [("running", True), ("finished", True), ("cancelled", False)])
def test_a_cancelled_class_keeps_nobody_busy(world, session, status, busy):
    begin = utcnow() + timedelta(days=5)
    lecturer = person_of(session, world["lecturer"])
    make.class_session(make.class_run(status=status), lecturer, starts_at=begin, ends_at=begin + HOUR)
    session.commit()
    given = {"lecturer_id": lecturer.id, "starts_at": begin, "ends_at": begin + HOUR}
    if busy:
        with pytest.raises(DomainError, match="lecturer-busy"):
            add(world, **given)
    else:
        add(world, **given)


def test_a_session_does_not_clash_with_itself(world, session):
    meeting = world["meeting"]
    changed = values(world, lecturer_id=meeting.lecturer_id, starts_at=meeting.starts_at + HOUR,
                     ends_at=meeting.ends_at + HOUR)  # fmt: skip
    services.change_session(SYSTEM, world["run"].id, meeting.id, Edit(changed), at=utcnow())
    session.refresh(meeting)
    assert meeting.title == "Buổi mới"


def test_a_change_into_a_busy_time_is_refused_at_the_lecturer(world, session, sign_in, submit):
    form = meeting_form(world)
    client = sign_in(world["staff"])
    submit(client, f"{world['url']}/sessions/new", form)
    answer = submit(client, f"{world['url']}/sessions/{world['meeting'].id}", form)
    assert answer.status_code == 409
    assert "cùng thời gian" in answer.get_data(as_text=True)


LECTURERS = {
    "in force": (lambda unit: make.holder("lecturer", unit), True),
    "on the last day": (lambda unit: make.holder("lecturer", unit, **make.period(make.ENDING)), True),
    "of a unit below": (lambda unit: make.holder("lecturer", make.unit(unit)), True),
    "ended": (lambda unit: make.holder("lecturer", unit, **make.period(make.ENDED)), False),
    "to come": (lambda unit: make.holder("lecturer", unit, **make.period(make.TO_COME)), False),
    "left the service": (lambda unit: make.leaver(unit, "lecturer"), False),
    "locked": (lambda unit: make.holder("lecturer", unit, active=False), False),
    "staff": (lambda unit: make.holder("institution_staff", unit), False),
}


@pytest.mark.parametrize("who", LECTURERS)
def test_only_lecturers_in_force_and_in_service_are_offered_and_accepted(world, session, sign_in, post, who):
    account, offered = LECTURERS[who][0](world["institution"]), LECTURERS[who][1]
    session.commit()
    client, person_id = sign_in(world["staff"]), str(account.person_id)
    for url in (world["url"], f"{world['url']}/sessions/new"):
        assert (f'value="{person_id}"' in client.get(url).get_data(as_text=True)) == offered
    form = {"topic_id": str(world["topic"].id), "lecturer_id": person_id}
    assert post(client, f"{world['url']}/lecturers", form).status_code == (302 if offered else 422)
    assert session.scalar(select(func.count()).where(Teaching.lecturer_id == account.person_id)) == int(offered)

    def assign():
        return services.assign_lecturer(SYSTEM, world["run"].id, world["topic"].id, account.person_id, at=utcnow())

    def add_session():
        return add(world, lecturer_id=account.person_id)

    for do in (assign, add_session):
        if offered:
            do()
        else:
            with pytest.raises(DomainError, match="not-a-lecturer"):
                do()


def test_a_lecturer_of_another_institution_is_not_offered_but_may_be_a_guest(world, session, sign_in):
    guest = make.holder("lecturer", make.institution())
    session.commit()
    assert str(guest.person_id) not in sign_in(world["staff"]).get(world["url"]).get_data(as_text=True)
    services.assign_lecturer(SYSTEM, world["run"].id, world["topic"].id, guest.person_id, at=utcnow())


def test_a_session_of_a_lecturer_who_ended_can_still_be_changed_without_losing_her(world, session, sign_in, submit):
    gone = make.leaver(world["institution"], "lecturer")
    world["meeting"].lecturer_id = gone.person_id
    session.commit()
    url, client = f"{world['url']}/sessions/{world['meeting'].id}", sign_in(world["staff"])
    assert f'value="{gone.person_id}"' in client.get(url).get_data(as_text=True)
    form = meeting_form(world, lecturer_id=str(gone.person_id), place="Phòng 9")
    assert submit(client, url, form).status_code == 302
    session.refresh(world["meeting"])
    assert (world["meeting"].lecturer_id, world["meeting"].place) == (gone.person_id, "Phòng 9")


def test_a_topic_of_another_version_is_not_given(world, session):
    elsewhere = topic_elsewhere().id
    for topic in (elsewhere, make.uuid4()):
        with pytest.raises(DomainError, match="not-found"):
            services.assign_lecturer(SYSTEM, world["run"].id, topic, world["lecturer"].person_id, at=utcnow())


def test_a_topic_given_twice_is_given_once(world, session, trace):
    other = make.holder("lecturer", world["institution"])
    session.commit()
    ids = {
        services.assign_lecturer(SYSTEM, world["run"].id, world["topic"].id, other.person_id, at=utcnow()).id
        for _ in range(2)
    }
    assert len(ids) == 1
    (entry,) = trace("class.assign_lecturer")
    assert entry.after == {
        "class": str(world["run"].id), "topic": world["topic"].code, "lecturer": str(other.person_id),
    }  # fmt: skip


def test_a_topic_may_have_several_lecturers_and_a_lecturer_several_topics(world, session):
    other = make.holder("lecturer", world["institution"])
    second = make.topics(world["run"])[1]
    session.commit()
    for topic in (world["topic"], second):
        services.assign_lecturer(SYSTEM, world["run"].id, topic.id, other.person_id, at=utcnow())
    assert session.scalar(select(func.count()).where(Teaching.class_id == world["run"].id)) == 3


def test_taking_a_topic_away_is_traced(world, session, trace):
    row = session.scalars(select(Teaching).where(Teaching.class_id == world["run"].id)).one()
    services.remove_lecturer(SYSTEM, world["run"].id, row.id, at=utcnow())
    (entry,) = trace("class.remove_lecturer")
    assert entry.before == {"topic": str(world["topic"].id), "lecturer": str(world["lecturer"].person_id)}


def test_a_lecturers_timetable_holds_her_sessions_only_past_ones_last(world, session, sign_in):
    lecturer, other = person_of(session, world["lecturer"]), person_of(session, make.holder("lecturer"))
    start = utcnow()
    make.class_session(world["run"], lecturer, title="Buổi ngày mai", starts_at=start + HOUR, ends_at=start + 2 * HOUR)
    make.class_session(world["run"], lecturer, title="Đã qua", starts_at=start - 9 * HOUR, ends_at=start - 8 * HOUR)
    make.class_session(world["run"], other, title="Của người khác", starts_at=start + HOUR, ends_at=start + 2 * HOUR)
    session.commit()
    html = sign_in(world["lecturer"]).get("/classes/timetable").get_data(as_text=True)
    assert "Của người khác" not in html
    assert html.index(world["meeting"].title) < html.index("Buổi ngày mai") < html.index("Đã qua")


INSTITUTIONS = {
    "in force": (make.institution, True),
    "ended": (lambda: make.institution(valid_to=make.today()), False),
    "ends tomorrow": (lambda: make.institution(valid_to=make.today() + timedelta(days=1)), True),
    "to come": (lambda: make.institution(valid_from=make.today() + timedelta(days=1)), False),
    "no institution": (lambda: make.unit(make.city()), False),
}


@pytest.mark.parametrize("which", INSTITUTIONS)
def test_only_institutions_that_exist_run_new_classes(world, session, sign_in, submit, which):
    unit, offered = INSTITUTIONS[which][0](), INSTITUTIONS[which][1]
    staff = make.holder("institution_staff", make.city())
    session.commit()
    data = {
        "version_id": str(world["run"].version_id), "institution_id": unit.id, "code": "A2.1-2027-77", "name": "Lớp",
        "starts_on": "2027-03-01", "ends_on": "2027-04-10", "capacity": "45",
    }  # fmt: skip
    client = sign_in(staff)
    assert (f'value="{unit.id}"' in client.get("/classes/new").get_data(as_text=True)) == offered
    assert submit(client, "/classes/new", data).status_code == (302 if offered else 422)
    given = {"code": "X-1", "name": "Lớp", "version_id": world["run"].version_id, "institution_id": unit.id}
    given |= {"starts_on": make.today(), "ends_on": make.today(), "capacity": 1}
    if offered:
        assert services.create_class(SYSTEM, **given, at=utcnow()).status == "planned"
    else:
        with pytest.raises(DomainError, match="no-institution"):
            services.create_class(SYSTEM, **given, at=utcnow())


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"version_id": "unknown"}, "no-version"), ({"version_id": "retired"}, "retired"),
     ({"ends_on": -1}, "class-dates"), ({"ends_on": 0}, None), ({"code": "taken"}, "class-code-taken")],
)  # fmt: skip
def test_a_class_needs_a_version_dates_and_a_code_of_its_own(world, session, trace, changed, code):
    retired = make.new_version("A2.2", status="retired")
    values_ = {"unknown": make.uuid4(), "retired": retired.id, "taken": world["run"].code,
               -1: make.today() - timedelta(days=1), 0: make.today()}  # fmt: skip
    given = {"code": "X-2", "name": "Lớp", "version_id": world["run"].version_id, "capacity": 30}
    given |= {"institution_id": world["institution"].id, "starts_on": make.today(), "ends_on": make.today()}
    given |= {name: values_[value] for name, value in changed.items()}
    if code is not None:
        with pytest.raises(DomainError) as refused:
            services.create_class(SYSTEM, **given, at=utcnow())
        conflict = code in ("class-code-taken", "retired")
        assert (refused.value.code, refused.value.status) == (code, 409 if conflict else 422)
        return
    run = services.create_class(SYSTEM, **given, at=utcnow())
    (entry,) = trace("class.create")
    assert entry.subject_id == str(run.id)
    assert entry.after["code"] == "X-2"
    assert entry.after["capacity"] == 30
