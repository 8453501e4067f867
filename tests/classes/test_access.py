"""Who may open which door of a class: every role, inside and outside of what it holds, staff record or none."""

import pytest
from sqlalchemy import select

from lms.classes import access
from lms.classes.models import ClassRun, Teaching
from lms.core.guard import STRANGER
from lms.people.models import Person
from tests import factories as make

PAGE, TEACH, RUN = {"page"}, {"page", "attendance", "essays", "essay", "file"}, {"withdraw", "session", "edit"}
MARK = TEACH - {"attendance"}
CAST = {
    "staff": (lambda w: w["staff"], TEACH | RUN),
    "staff without a record": (lambda w: make.operator("institution_staff", w["institution"]), TEACH | RUN),
    "staff above": (lambda w: make.holder("institution_staff", make.city()), TEACH | RUN),
    "staff of a unit below": (lambda w: make.holder("institution_staff", make.unit(w["institution"])), set()),
    "staff elsewhere": (lambda w: make.holder("institution_staff", make.institution()), set()),
    "staff elsewhere without a record": (lambda w: make.operator("institution_staff", make.institution()), set()),
    "staff no more": (lambda w: make.holder("institution_staff", w["institution"], **make.period(make.ENDED)), set()),
    "staff to come": (lambda w: make.holder("institution_staff", w["institution"], **make.period(make.TO_COME)), set()),
    "staff on her last day": (
        lambda w: make.holder("institution_staff", w["institution"], **make.period(make.ENDING)),
        TEACH | RUN,
    ),
    "lecturer of the session": (lambda w: w["lecturer"], TEACH),
    "lecturer of a topic": (lambda w: teaching(w, make.holder("lecturer", w["institution"])), MARK),
    "guest lecturer of a topic": (lambda w: teaching(w, make.holder("lecturer", make.institution())), MARK),
    "lecturer no more": (
        lambda w: teaching(w, make.holder("lecturer", w["institution"], **make.period(make.ENDED))),
        set(),
    ),
    "colleague lecturer": (lambda w: make.holder("lecturer", w["institution"]), set()),
    "lecturer without a record": (lambda w: make.operator("lecturer", w["institution"]), set()),
    "teaches without the role": (lambda w: teaching(w, make.trainee()), set()),
    "home affairs": (lambda w: make.holder("home_affairs_officer"), PAGE | {"enrol"}),
    "home affairs without a record": (lambda w: make.operator("home_affairs_officer"), PAGE | {"enrol"}),
    "auditor": (lambda w: make.holder("auditor"), PAGE),
    "auditor elsewhere": (lambda w: make.holder("auditor", make.institution()), set()),
    "approving authority": (lambda w: make.holder("approving_authority"), PAGE),
    "administrator": (lambda w: make.holder("administrator"), set()),
    "finance reader": (lambda w: make.holder("finance_reader"), set()),
    "unit manager": (lambda w: make.holder("unit_manager", w["institution"]), set()),
    "comment reader": (lambda w: make.holder("comment_reader", w["institution"]), set()),
    "trainee of the class": (lambda w: w["accounts"][0], set()),
    "trainee": (lambda w: make.trainee(), set()),
    "account without anything": (lambda w: make.operator(), set()),
}


def teaching(world, account):
    """Give the class's topic to this account's person."""
    make.add(
        Teaching(id=make.uuid4(), class_id=world["run"].id, topic_id=world["topic"].id, lecturer_id=account.person_id)
    )
    return account


@pytest.fixture
def doors(world, session, essay):
    """Every page of the class that a person may read, by name; noise: another class that everybody else teaches."""
    submission = essay(world["enrolments"][1])
    other = make.class_run(make.institution(name="Trường khác"))
    noise = session.get(Person, make.holder("lecturer", make.institution()).person_id)
    make.teaching(other, world["topic"], noise)
    make.class_session(other, noise)
    session.commit()
    url, meeting = world["url"], f"{world['url']}/sessions/{world['meeting'].id}"
    return {
        "page": url, "enrol": f"{url}/enrol", "withdraw": f"{url}/enrolments/{world['enrolments'][0].id}/withdraw",
        "session": f"{url}/sessions/new", "edit": meeting, "attendance": f"{meeting}/attendance",
        "essays": f"{url}/essays", "essay": f"{url}/essays/{submission.id}",
        "file": f"{url}/essays/{submission.id}/file",
    }  # fmt: skip


@pytest.mark.parametrize("who", CAST)
def test_each_role_opens_its_doors_and_no_other(world, session, sign_in, doors, who):
    account, wanted = CAST[who][0](world), CAST[who][1]
    session.commit()
    client = sign_in(account)
    answers = {name: client.get(url).status_code for name, url in doors.items()}
    assert answers == {name: 200 if name in wanted else 403 for name in doors}


@pytest.mark.parametrize("who", CAST)
def test_the_list_of_classes_holds_those_whose_page_opens(world, session, acting, doors, who):
    account, wanted = CAST[who][0](world), CAST[who][1]
    session.commit()
    actor = acting(account)
    listed = set(session.scalars(select(ClassRun.id).where(access.readable(actor))))
    assert (world["run"].id in listed) == ("page" in wanted)
    for run in session.scalars(select(ClassRun)):
        assert (run.id in listed) == access.may_read(actor, run.id)


@pytest.mark.parametrize("who", CAST)
def test_acts_are_refused_to_whom_the_pages_are(world, session, sign_in, post, who):
    account, wanted = CAST[who][0](world), CAST[who][1]
    if wanted >= RUN:
        return
    session.commit()
    client = sign_in(account)
    for end in ("finish", "lecturers", f"sessions/{world['meeting'].id}/remove", f"sessions/{world['meeting'].id}"):
        assert post(client, f"{world['url']}/{end}").status_code == 403, end
    session.expire_all()
    assert session.get(ClassRun, world["run"].id).status == "running"


def test_a_stranger_is_asked_to_sign_in(client, doors):
    assert {client.get(url).status_code for url in doors.values()} == {302}


def test_a_stranger_reads_no_class_and_there_is_none_of_an_unknown_id(world, session):
    assert access.may_read(STRANGER, world["run"].id) is False
    for test in (access.may_read, access.may_mark):
        assert test(STRANGER, make.uuid4()) is None
    assert access.institution_path(make.uuid4()) is None
    assert access.institution_path(world["run"].id) == world["institution"].path
    assert access.institution_path(make.class_run(make.institution()).id) != world["institution"].path


@pytest.mark.parametrize("end", ["sessions/{}", "sessions/{}/attendance"])
def test_a_session_is_found_below_its_own_class_only(world, session, sign_in, end):
    other = make.class_run(world["institution"])
    elsewhere = make.class_session(other, session.get(Person, world["lecturer"].person_id))
    session.commit()
    client = sign_in(world["staff"])
    assert client.get(f"/classes/{other.id}/{end.format(elsewhere.id)}").status_code == 200
    assert client.get(f"{world['url']}/{end.format(elsewhere.id)}").status_code == 404
    assert client.get(f"{world['url']}/{end.format(make.uuid4())}").status_code == 404


@pytest.mark.parametrize("end", ["essays/{}", "essays/{}/file"])
def test_an_essay_is_found_below_its_own_class_only(world, session, sign_in, essay, end):
    other = make.class_run(world["institution"])
    elsewhere = essay(make.enrolment(other))
    essay(world["enrolments"][0])
    session.commit()
    client = sign_in(world["staff"])
    assert client.get(f"/classes/{other.id}/{end.format(elsewhere.id)}").status_code == 200
    assert client.get(f"{world['url']}/{end.format(elsewhere.id)}").status_code == 404
    assert client.get(f"{world['url']}/{end.format(make.uuid4())}").status_code == 404


def test_a_lecturer_of_one_class_marks_no_essay_of_another_under_its_address(world, session, acting, essay):
    other = make.class_run(world["institution"])
    foreign, own = essay(make.enrolment(other)), essay(world["enrolments"][0])
    session.commit()
    actor = acting(world["lecturer"])
    assert access.may_mark_submission(actor, world["run"].id, own.id) is True
    assert access.may_mark_submission(actor, world["run"].id, foreign.id) is None
    assert access.may_mark_submission(actor, other.id, foreign.id) is False


@pytest.mark.parametrize(
    "act", ["enrolments/{enrolment}/withdraw", "lecturers/{teaching}/remove", "sessions/{session}/remove"]
)
def test_nothing_of_another_class_is_changed_under_this_ones_address(world, session, sign_in, post, act):
    other = make.class_run(world["institution"])
    person = session.get(Person, world["lecturer"].person_id)
    rows = {
        "enrolment": make.enrolment(other), "teaching": make.teaching(other, world["topic"], person),
        "session": make.class_session(other, person),
    }  # fmt: skip
    session.commit()
    path = act.format(**{name: row.id for name, row in rows.items()})
    answer = post(sign_in(world["staff"]), f"{world['url']}/{path}", {"reason": "Chuyển công tác"})
    assert answer.status_code == 404
    session.expire_all()
    for row in rows.values():
        assert session.get(type(row), row.id) is not None
    assert session.get(type(rows["enrolment"]), rows["enrolment"].id).status == "enrolled"


@pytest.mark.parametrize("role", [None, "institution_staff", "lecturer", "administrator", "home_affairs_officer"])
def test_a_session_without_lecturer_is_not_that_of_an_account_without_staff_record(
    world, session, sign_in, acting, role
):
    """Fault 1: ``lecturer_id = NULL`` became IS NULL, and another institution's operator took attendance."""
    world["meeting"].lecturer_id = None
    stranger = make.operator(role, make.institution(name="Trường khác")) if role else make.operator()
    session.commit()
    url = f"{world['url']}/sessions/{world['meeting'].id}/attendance"
    assert not access.may_take_attendance(acting(stranger), world["run"].id, world["meeting"].id)
    assert sign_in(stranger).get(url).status_code == 403


def test_the_institutions_own_operator_takes_attendance_without_a_staff_record(world, session, sign_in):
    world["meeting"].lecturer_id = None
    own = make.operator("institution_staff", world["institution"])
    session.commit()
    url = f"{world['url']}/sessions/{world['meeting'].id}/attendance"
    assert sign_in(own).get(url).status_code == 200


def test_a_lecturer_takes_attendance_of_her_own_session_among_others_of_the_class(world, session, acting):
    colleague = session.get(Person, make.holder("lecturer", world["institution"]).person_id)
    others = [make.class_session(world["run"], colleague) for _ in range(2)]
    session.commit()
    actor, run = acting(world["lecturer"]), world["run"]
    assert access.may_take_attendance(actor, run.id, world["meeting"].id) is True
    assert [access.may_take_attendance(actor, run.id, other.id) for other in others] == [False, False]
    assert access.may_take_attendance(actor, make.uuid4(), world["meeting"].id) is None


def test_who_holds_a_session_without_a_topic_reads_the_class(world, session, sign_in, acting):
    holder = make.holder("lecturer", make.institution())
    make.class_session(world["run"], session.get(Person, holder.person_id))
    session.commit()
    assert access.may_read(acting(holder), world["run"].id) is True
    assert sign_in(holder).get(world["url"]).status_code == 200


def test_the_timetable_of_an_account_without_staff_record_is_empty(world, session, sign_in):
    world["meeting"].lecturer_id = None
    own = make.operator("institution_staff", world["institution"])
    session.commit()
    html = sign_in(own).get("/classes/timetable").get_data(as_text=True)
    assert world["meeting"].title not in html
