"""The life of a class through its pages: what must hold for each move, and what comes of it."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select, text

from lms.classes import services
from lms.classes.life import CLASS
from lms.classes.models import ClassRun, Commitment, Enrolment, Session, Teaching
from lms.classes.services.commitments import follow
from lms.core import transitions
from lms.core.database import utcnow
from lms.core.guard import SYSTEM
from lms.core.i18n import ZONE
from lms.documents.models import RegisterNumber
from lms.people.models import Person
from tests import factories as make


@pytest.fixture
def approved(session):
    make.version().status = "approved"
    session.commit()


@pytest.fixture
def school(session, sign_in, post):
    """A planned class of an approved version with everything it needs, its institution's staff and Home Affairs."""
    institution = make.institution()
    starts = make.today() + timedelta(days=20)
    run = make.class_run(
        institution, status="planned", starts_on=starts, ends_on=starts + timedelta(days=10), minimum=2
    )
    lecturer = session.get(Person, make.holder("lecturer", institution).person_id)
    for topic in make.topics(run):
        make.teaching(run, topic, lecturer)
    morning = datetime.combine(starts, datetime.min.time(), ZONE) + timedelta(hours=8)
    meeting = make.class_session(run, lecturer, starts_at=morning, ends_at=morning + timedelta(hours=3))
    session.commit()
    staff, officer = make.holder("institution_staff", institution), make.holder("home_affairs_officer")
    url = f"/classes/{run.id}"

    def state():
        return session.scalar(select(ClassRun.status).where(ClassRun.id == run.id))

    def do(act, data=None, by=officer):
        return post(sign_in(by), f"{url}/{act}", data or {})

    return SimpleNamespace(**{name: value for name, value in locals().items() if name not in ("session", "post")})


def trainees(run, count):
    return [make.enrolment(run) for _ in range(count)]


def test_nothing_unapproved_is_opened(school, session):
    page = school.sign_in(school.officer).get(school.url).get_data(as_text=True)
    assert "chưa được Ủy ban nhân dân Thành phố phê duyệt" in page
    assert f'href="{school.url}/open"' not in page
    answer = school.do("open", {"until": str(make.today())})
    assert answer.status_code == 409 and "chưa được Ủy ban nhân dân Thành phố phê duyệt" in answer.text
    assert school.state() == "planned"


@pytest.mark.parametrize(("approval", "opened"), [({}, False), ({"approval": {"number": "1"}}, True)])
def test_a_version_that_was_replaced_is_opened_only_if_it_had_been_approved(school, session, approval, opened):
    version = make.version()
    version.status, version.document = "retired", version.document | approval
    session.commit()
    assert school.do("open", {"until": str(make.today())}).status_code == (302 if opened else 409)


def test_from_the_plan_to_the_first_day(approved, school, session):
    assert school.do("open", {"until": str(make.today() + timedelta(days=5))}).status_code == 302
    answer = school.do("confirm")
    assert answer.status_code == 409 and "Lớp mới có 0 học viên, cần tối thiểu 2." in answer.text
    assert "disabled" in school.sign_in(school.officer).get(school.url).text
    trainees(school.run, 2)
    session.commit()
    assert school.do("confirm").status_code == 302
    answer = school.do("begin", by=school.staff)
    assert answer.status_code == 409 and "Lớp khai giảng ngày" in answer.text
    first = utcnow() + timedelta(days=20)
    assert services.begin_due(at=first - timedelta(days=1)) == 0
    assert services.begin_due(at=first) == 1
    assert school.state() == "running"
    page = school.sign_in(school.staff).get(school.url).text
    for words in ("Đã khai giảng", "Đã xác nhận", "Đã mở đề cử", school.officer.display_name, "hệ thống"):
        assert words in page
    lines = session.execute(
        text("SELECT from_state, to_state, source FROM transitions WHERE kind = 'class' ORDER BY id")
    ).all()
    assert lines == [
        ("planned", "open", "page"), ("open", "confirmed", "page"), ("confirmed", "running", "job"),
    ]  # fmt: skip


@pytest.mark.parametrize("days", [-1, 21])
def test_nominations_end_between_today_and_the_first_day(approved, school, days):
    answer = school.do("open", {"until": str(make.today() + timedelta(days=days))})
    assert answer.status_code == 422 and "field-error" in answer.text
    assert school.state() == "planned"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [("teachings", "chuyên đề chưa có giảng viên"), ("sessions", "Lớp chưa có lịch học")],
)
def test_a_class_without_lecturers_or_timetable_is_not_confirmed(approved, school, session, spoil, words):
    school.run.status = "open"
    trainees(school.run, 2)
    model = {"teachings": Teaching, "sessions": Session}[spoil]
    for row in session.scalars(select(model).where(model.class_id == school.run.id)):
        session.delete(row)
    session.commit()
    answer = school.do("confirm")
    assert answer.status_code == 409 and words in answer.text


def test_an_opening_is_taken_back_only_while_nobody_is_in_the_class(approved, school, session):
    school.run.status = "open"
    trainees(school.run, 1)
    session.commit()
    answer = school.do("take-back", {"reason": "Mở nhầm"})
    assert answer.status_code == 409 and "Lớp đã có học viên" in answer.text
    session.scalars(select(Enrolment).where(Enrolment.class_id == school.run.id)).one().status = "withdrawn"
    session.commit()
    assert school.do("take-back", {"reason": "Mở nhầm"}).status_code == 302
    assert school.state() == "planned"


@pytest.mark.parametrize("act", ["postpone", "cancel"])
@pytest.mark.parametrize("data", [{"reason": "Vì sao"}, {"code": "plan"}, {"code": "xyz", "reason": "Vì sao"}])
def test_a_class_is_postponed_and_cancelled_only_with_a_reason(school, session, act, data):
    school.run.status = "confirmed"
    session.commit()
    assert school.do(act, data).status_code == 422
    assert school.state() == "confirmed"


def test_the_institution_does_not_decide(approved, school):
    for act in ("open", "confirm", "postpone", "cancel", "take-back"):
        assert school.do(act, by=school.staff).status_code == 403
    page = school.sign_in(school.staff).get(school.url).text
    assert f"{school.url}/open" not in page and f"{school.url}/days" in page


def days(first, **more):
    return {"starts_on": str(first), "ends_on": str(first + timedelta(days=10)), "reason": "Phòng bận"} | more


def test_case_06_a_class_moves_only_when_everybody_who_would_collide_is_seen_to(school, session):
    """G a confirmed class · W it is moved onto another of 7 of its trainees · T the 7 are named, nothing is saved."""
    school.run.status = "confirmed"
    members = trainees(school.run, 9)
    first = make.today() + timedelta(days=60)
    other = make.class_run(school.institution, starts_on=first + timedelta(days=5), ends_on=first + timedelta(days=30))
    busy = members[:7]
    for member in busy:
        make.enrolment(other, session.get(Person, member.person_id))
    follow(other.id)
    session.commit()
    answer = school.do("days", days(first))
    assert answer.status_code == 409
    for member in busy:
        assert session.get(Person, member.person_id).full_name in answer.text
    assert other.name in answer.text and "mục IV.4" in answer.text
    answer = school.do("days", days(first, leaving=[str(member.id) for member in busy[:6]]))
    assert answer.status_code == 409 and answer.text.count(" checked") == 6
    session.refresh(school.run)
    assert school.run.starts_on == make.today() + timedelta(days=20)
    assert {row.status for row in session.scalars(select(Enrolment).where(Enrolment.class_id == school.run.id))} == {
        "enrolled"
    }
    assert school.do("days", days(first, leaving=[str(member.id) for member in busy])).status_code == 302
    session.expire_all()
    assert (school.state(), school.run.starts_on) == ("confirmed", first)
    left = session.scalars(
        select(Enrolment).where(Enrolment.class_id == school.run.id, Enrolment.status == "withdrawn")
    )
    assert {row.id for row in left} == {member.id for member in busy}
    assert school.meeting.starts_at.astimezone(ZONE).date() == first


def test_a_lecturer_who_teaches_elsewhere_at_the_new_hour_is_seen_to(school, session):
    first = make.today() + timedelta(days=60)
    other = make.class_run(school.institution)
    begins = school.meeting.starts_at + timedelta(days=40, hours=1)
    make.class_session(other, school.lecturer, starts_at=begins, ends_at=begins + timedelta(hours=1), title="Buổi kia")
    session.commit()
    answer = school.do("days", days(first), by=school.staff)
    assert answer.status_code == 409 and "Buổi kia" in answer.text
    answer = school.do("days", days(first, freed=[str(school.meeting.id)]), by=school.staff)
    assert answer.status_code == 302
    session.refresh(school.meeting)
    assert school.meeting.lecturer_id is None


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [(-1, 20, "không được ở trong quá khứ"), (30, 29, "trước ngày khai giảng"), (30, 30, None)],
)
def test_days_that_make_no_sense_are_refused_at_the_field(school, session, first, last, words):
    given = {
        "starts_on": str(make.today() + timedelta(days=first)),
        "ends_on": str(make.today() + timedelta(days=last)),
    }
    answer = school.do("days", given | {"reason": ""}, by=school.staff)
    assert answer.status_code == (302 if words is None else 422)
    assert words is None or words in answer.text


def test_a_postponed_class_binds_nobody_and_is_taken_up_again(approved, school, session):
    school.run.status = "confirmed"
    member = trainees(school.run, 1)[0]
    mine = select(Commitment.holds).where(Commitment.enrolment_id == member.id)

    def held():
        return session.scalar(mine)

    session.commit()
    follow(school.run.id)
    assert held() is True
    assert school.do("postpone", {"code": "no-place", "reason": "Phòng sửa"}).status_code == 302
    assert held() is False
    other = make.class_run(school.institution, starts_on=school.run.starts_on, ends_on=school.run.ends_on)
    session.commit()
    services.enrol(SYSTEM, other.id, [member.person_id], at=utcnow())
    answer = school.do("days", days(school.run.starts_on))
    assert answer.status_code == 409 and other.name in answer.text
    assert school.do("days", days(school.run.starts_on + timedelta(days=200))).status_code == 302
    assert school.state() == "open"
    assert held() is True


def test_who_opened_the_page_before_it_was_postponed_sees_that_and_keeps_what_she_typed(school, session):
    school.run.status = "open"
    session.commit()
    seen = transitions.last(CLASS, school.run.id)
    assert school.do("postpone", {"code": "plan", "reason": "Đổi kế hoạch"}).status_code == 302
    answer = school.do("cancel", {"code": "plan", "reason": "Hủy hẳn vì thiếu người", "seen": str(seen)})
    assert answer.status_code == 409
    assert "Đã tạm hoãn" in answer.text and "Hủy hẳn vì thiếu người" in answer.text
    assert school.state() == "postponed"
    assert school.do("cancel", {"code": "plan", "reason": "Hủy hẳn"}).status_code == 302


def test_a_cancelled_class_keeps_its_people_and_its_reason(school, session):
    school.run.status = "confirmed"
    trainees(school.run, 2)
    session.commit()
    assert school.do("cancel", {"code": "too-few", "reason": "Chỉ có hai người"}).status_code == 302
    page = school.sign_in(school.staff).get(school.url).text
    assert "Không đủ học viên" in page and "Chỉ có hai người" in page
    assert session.query(Enrolment).filter_by(class_id=school.run.id, status="enrolled").count() == 2


def test_name_and_places_are_changed_within_what_is_taken(school, session, trace):
    trainees(school.run, 3)
    session.commit()
    form = {"name": "Tên mới", "capacity": "2", "minimum": "1"}
    answer = school.do("edit", form, by=school.staff)
    assert answer.status_code == 422 and "đã có 3 học viên" in answer.text
    assert school.do("edit", form | {"capacity": "3", "minimum": "4"}, by=school.staff).status_code == 422
    assert school.do("edit", form | {"capacity": "3"}, by=school.staff).status_code == 302
    session.refresh(school.run)
    assert (school.run.name, school.run.capacity, school.run.minimum) == ("Tên mới", 3, 1)
    assert trace("class.edit")[0].after == {"name": "Tên mới", "capacity": 3, "minimum": 1}


def new_class(school, **more):
    first = school.run.starts_on + timedelta(days=100)
    form = {"name": "Lớp mới", "version_id": str(school.run.version_id), "institution_id": str(school.institution.id)}
    form |= {"capacity": "30", "starts_on": str(first), "ends_on": str(first + timedelta(days=10))}
    return form | more


def test_codes_come_from_the_register_and_pass_over_those_that_stand(school, session, post):
    client, year = school.sign_in(school.staff), (school.run.starts_on + timedelta(days=100)).year
    make.class_run(school.institution, code=f"A2.1-{year}-02")
    session.commit()
    for _ in range(2):
        assert post(client, "/classes/new", new_class(school)).status_code == 302
    made = session.scalars(select(ClassRun.code).where(ClassRun.name == "Lớp mới").order_by(ClassRun.code)).all()
    assert made == [f"A2.1-{year}-01", f"A2.1-{year}-03"]
    assert session.scalars(select(RegisterNumber.symbol).order_by(RegisterNumber.id)).all() == made


def test_a_class_is_made_after_an_earlier_one(school, session, post):
    client = school.sign_in(school.staff)
    page = client.get(f"/classes/new?from={school.run.id}").text
    assert school.run.name in page
    assert post(client, f"/classes/new?from={school.run.id}", new_class(school)).status_code == 302
    made = session.scalars(select(ClassRun).where(ClassRun.name == "Lớp mới")).one()
    assert (made.copied_from, made.status) == (school.run.id, "planned")
    topics = {t.topic_id for t in session.scalars(select(Teaching).where(Teaching.class_id == made.id))}
    assert topics == {topic.id for topic in make.topics(school.run)}
    meeting = session.scalars(select(Session).where(Session.class_id == made.id)).one()
    assert meeting.starts_at == school.meeting.starts_at + timedelta(days=100)
    assert meeting.lecturer_id == school.lecturer.id


def test_a_class_of_another_institution_is_not_copied(school, session, sign_in):
    stranger = make.holder("institution_staff", make.institution())
    session.commit()
    assert school.run.name not in sign_in(stranger).get(f"/classes/new?from={school.run.id}").text
