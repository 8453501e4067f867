"""Around an evaluation: reminders, paper, the trusted reader, release, adjustments, follow-ups, the builder."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from lms.catalogue.models import Programme, ProgrammeVersion
from lms.classes import services as classes
from lms.core.database import db, utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from lms.people.models import Person
from lms.quality.models import Adjustment
from lms.surveys.models import CommentReading, FollowUp, Instrument, InstrumentUse, Participation, SealedBallot, Survey
from lms.surveys.queries import rights, states
from lms.surveys.queries.comments import raw_comments
from lms.surveys.rules import NONE
from lms.surveys.services import comments, evaluations, follow_ups, instruments
from tests import factories as make


class World:
    """A finished class of seven with one lecturer, its staff and its trusted reader."""

    def __init__(self, app, institution=None):
        self.keys = app.config["SETTINGS"].keys_dir
        self.institution = institution or make.institution()
        self.unit = make.unit(make.city())
        self.run = make.class_run(self.institution)
        self.lecturer = make.holder("lecturer", self.institution, full_name="Vũ Thị Hải Yến")
        topic = make.topics(self.run)[0]
        self.teaching = make.teaching(self.run, topic, db.session.get(Person, self.lecturer.person_id))
        self.accounts = [make.trainee(self.unit, full_name=f"Học Viên Số {n}") for n in range(7)]
        self.people = [db.session.get(Person, one.person_id) for one in self.accounts]
        self.enrolments = [make.enrolment(self.run, one, status="completed") for one in self.people]
        self.staff = make.holder("institution_staff", self.institution)
        self.reader = make.holder("comment_reader", self.institution)
        db.session.commit()
        classes.finish_class(SYSTEM, self.run.id, reason="Thử", at=utcnow())
        self.survey = db.session.scalars(select(Survey).where(Survey.class_id == self.run.id)).one()
        self.url = f"/evaluations/{self.survey.id}"
        self.report = f"/reports/classes/{self.run.id}/quality"

    def answer(self, people=6, value="4", **said):
        for one in self.people[:people]:
            make.answered(self.survey, one, value, **said)

    def close(self):
        evaluations.close(SYSTEM, self.survey.id, keys=self.keys, at=utcnow())
        evaluations.forget_key(self.survey.id, keys=self.keys)
        db.session.commit()


@pytest.fixture
def world(app, session):
    return World(app)


# -- reminders ---------------------------------------------------------------------------------------------------------


def test_all_who_are_missing_are_reminded_and_staff_see_neither_who_nor_how_many(world, sign_in, submit):
    world.answer(5)
    client = sign_in(world.staff)
    html = client.get(world.report).text
    assert "Ít nhất một nửa đã gửi phiếu" in html and "còn thiếu" not in html
    assert not any(one.full_name in html for one in world.people)
    assert submit(client, f"{world.url}/remind", {}, page=world.report).status_code == 302
    assert "nhắc lại" in sign_in(world.accounts[6]).get("/learn").text
    assert "nhắc lại" not in sign_in(world.accounts[0]).get("/learn").text


# -- paper -------------------------------------------------------------------------------------------------------------


def test_forms_on_paper_are_ticked_and_typed_in_without_a_tie(world, sign_in, submit, session):
    client, url = sign_in(world.staff), f"{world.url}/paper"
    form = rights.form_of(world.survey.id, world.people[0].id)
    fields = make.filled_form(form, "5")
    assert submit(client, url, fields, page=url).status_code == 409  # nobody handed one in
    ticks = {"person": [str(one.id) for one in world.people[:2]]}
    assert submit(client, url, ticks, page=url).status_code == 302
    assert submit(client, url, fields, page=url).status_code == 302
    first = next(iter(fields))
    assert submit(client, url, {first: fields[first]}, page=url).status_code == 422  # the required question is missing
    few = {name: texts for name, texts in fields.items() if name in ("eff-overall", "prog-fit")}
    assert submit(client, url, few, page=url).status_code == 302
    assert submit(client, url, fields, page=url).status_code == 409
    assert session.scalar(select(func.count()).select_from(SealedBallot)) == 2
    assert session.scalar(select(func.count()).where(Participation.on_paper)) == 2
    assert "phiếu giấy" in sign_in(world.accounts[0]).get(world.url).text
    for one in world.people[2:]:
        make.answered(world.survey, one)
    world.close()
    session.refresh(world.survey)
    assert (world.survey.valid, world.survey.invalid) == (6, 1)
    assert states.tallies(world.survey.id)["prog-fit", NONE].counts == [0, 0, 0, 5, 1]


def test_a_form_that_is_sent_knowingly_incomplete_counts_as_invalid(world, sign_in, submit, session):
    form = rights.form_of(world.survey.id, world.people[0].id)
    few = {name: texts for name, texts in make.filled_form(form).items() if name in ("eff-overall", "prog-fit")}
    client = sign_in(world.accounts[0])
    assert 'name="incomplete"' in submit(client, world.url, few, page=world.url).text
    assert submit(client, world.url, few | {"incomplete": "1"}, page=world.url).status_code == 302
    for one in world.people[1:6]:
        make.answered(world.survey, one)
    world.close()
    session.refresh(world.survey)
    assert (world.survey.valid, world.survey.invalid) == (5, 1)


# -- who was taught ----------------------------------------------------------------------------------------------------


def test_a_trainee_is_asked_about_the_lecturers_she_attended(world, session):
    from lms.classes.models import Attendance

    lecturer = db.session.get(Person, world.lecturer.person_id)
    held = make.class_session(world.run, lecturer, topic_id=world.teaching.topic_id, attendance_taken_at=utcnow())
    for number, enrolment in enumerate(world.enrolments):
        status = "present" if number < 6 else "absent"
        make.add(Attendance(session_id=held.id, enrolment_id=enrolment.id, status=status, recorded_at=utcnow()))
    session.commit()
    asked = [bool(rights.form_of(world.survey.id, one.id).taught) for one in world.people]
    assert asked == [True] * 6 + [False]
    absent = rights.form_of(world.survey.id, world.people[6].id)
    forged = make.filled_form(absent) | {f"lect-method.{world.teaching.id}": ["5"]}
    with pytest.raises(DomainError) as refused:
        evaluations.answer(_actor(world, 6), world.survey.id, forged, at=utcnow())
    assert refused.value.code == "malformed"


def _actor(world, number):
    from lms.core.guard import Actor

    return Actor(account_id=world.accounts[number].id, person_id=world.people[number].id, name="x")


# -- the trusted reader ------------------------------------------------------------------------------------------------


def test_comments_are_shown_to_nobody_before_the_reader_has_removed_names(world, sign_in, submit, session):
    world.answer(5, eff_comment="Cô Hạnh phòng Đào tạo rất nhiệt tình")
    world.close()
    staff, reader, url = sign_in(world.staff), sign_in(world.reader), f"{world.url}/comments"
    assert "nhiệt tình" not in staff.get(world.report).text
    assert staff.get(url).status_code == 403
    assert submit(staff, f"{world.url}/release", {}, page=world.report).status_code == 409
    first = raw_comments(world.survey.id).rows[0]
    cut = {"comment": str(first.comment_id), "shown": "Cô […] phòng Đào tạo rất nhiệt tình", "reason": ""}
    assert submit(reader, url, cut, page=url).status_code == 422  # no reason
    reworded = cut | {"shown": "Cô […] rất tệ", "reason": "tên"}
    assert submit(reader, url, reworded, page=url).status_code == 422
    kept = submit(reader, url, cut | {"reason": "tên người"}, page=url)
    assert kept.status_code == 302 and kept.location.endswith(f"/comments#c-{first.comment_id}")
    assert submit(reader, url, {"all": "1"}, page=url).status_code == 422
    assert submit(reader, url, {"all": "1", "confirm": "1"}, page=url).status_code == 302
    html = staff.get(world.report).text
    assert "Cô […] phòng Đào tạo rất nhiệt tình" in html
    kept = session.get(CommentReading, first.comment_id)
    assert (kept.removed, kept.reason, kept.reader_id) == (True, "tên người", world.reader.id)
    assert submit(staff, f"{world.url}/release", {}, page=world.report).status_code == 302
    assert submit(reader, url, cut | {"reason": "muộn"}, page=url).status_code == 409


@pytest.mark.parametrize(
    ("shown", "ok"),
    [
        ("Cô Hạnh rất tốt", True),
        ("[…] rất tốt", True),
        ("Cô […]", True),
        ("[…]", True),
        ("Cô […] tốt", True),
        ("Cô [...] tốt", True),
        ("tốt […] Cô", False),
        ("Cô Hạnh rất tốt thật", False),
        ("Cô Hạnh", False),
        ("Cô […] xấu", False),
    ],
)
def test_the_reader_only_removes(shown, ok):
    assert comments._is_cut_of(shown, "Cô Hạnh rất tốt") is ok


# -- release, the lecturer's answer ------------------------------------------------------------------------------------


def test_a_lecturer_sees_her_own_results_after_release_and_answers_once(world, sign_in, submit):
    world.answer(6)
    world.close()
    client, url = sign_in(world.lecturer), f"/reports/own/{world.teaching.id}"
    assert client.get(url).status_code == 404
    assert submit(sign_in(world.staff), f"{world.url}/release", {}, page=world.report).status_code == 302
    assert "4,00" in client.get(url).text
    assert url in client.get("/reports/own").text
    assert submit(client, url, {"text": " "}, page=url).status_code == 422
    assert submit(client, url, {"text": "Tôi sẽ thêm <b>tình huống</b>."}, page=url).status_code == 302
    assert submit(client, url, {"text": "Lần hai"}, page="/reports/own").status_code == 409
    assert "Tôi sẽ thêm &lt;b&gt;tình huống&lt;/b&gt;." in sign_in(world.staff).get(world.report).text
    stranger = sign_in(make.holder("lecturer", world.institution))
    assert stranger.get(url).status_code == 403


# -- adjustments -------------------------------------------------------------------------------------------------------


def test_what_falls_below_its_threshold_is_adjusted_and_the_next_evaluation_says_whether_it_helped(
    app, world, sign_in, submit, session
):
    world.answer(6, "2")
    world.close()
    due = session.scalars(select(Adjustment).where(Adjustment.class_id == world.run.id)).all()
    assert {(one.section, one.teaching_id) for one in due} >= {("programme", None), ("lecturer", world.teaching.id)}
    about = next(one for one in due if one.teaching_id)
    client, url = sign_in(world.staff), f"/reports/adjustments/{about.id}"
    stated = {"cause": "Chuyên đề mới", "measure": "Dự giờ", "responsible": "Phòng Đào tạo", "due_on": "2027-01-31"}
    assert submit(client, url, {"outcome": "Xong"}, page=url).status_code == 409
    assert submit(client, url, stated | {"cause": ""}, page=url).status_code == 422
    assert submit(client, url, stated, page=url).status_code == 302
    assert submit(client, url, {"outcome": "Đã dự giờ ba buổi"}, page=url).status_code == 302
    elsewhere = World(app)
    elsewhere.answer(6, "4")
    elsewhere.close()
    again = World(app, world.institution)
    topic = session.get(make.Topic, world.teaching.topic_id)
    make.teaching(again.run, topic, session.get(Person, world.lecturer.person_id))
    session.commit()
    again.answer(6, "5")
    again.close()
    html = sign_in(make.holder("home_affairs_officer")).get("/reports/adjustments").text
    assert "2,00 → <strong>5,00</strong>" in html and "Dự giờ" in html
    assert "4,00</strong>" not in html  # of another institution
    assert "2,00 → <strong>5,00</strong>" in sign_in(world.staff).get(url.rsplit("/", 1)[0]).text
    assert "Dự giờ" not in sign_in(elsewhere.staff).get("/reports/adjustments").text


def test_a_later_version_of_the_programme_names_the_adjustments_it_answers(world, sign_in, submit, session):
    world.answer(6, "2")
    world.close()
    due = select(Adjustment).where(Adjustment.class_id == world.run.id, Adjustment.section == "programme")
    one = session.scalars(due).one()
    client, url = sign_in(world.staff), f"/reports/adjustments/{one.id}"
    stated = {"cause": "Lý thuyết nhiều", "measure": "Thêm bài tập", "responsible": "Khoa", "due_on": "2027-01-31"}
    assert submit(client, url, stated, page=url).status_code == 302
    old = make.version()
    later = make.add(
        ProgrammeVersion(**_columns(old) | {"id": uuid4(), "number": old.number + 1, "status": "proposed"})
    )
    session.commit()
    assert submit(client, url, {"version": str(old.id)}, page=url).status_code == 422  # not a later one
    assert submit(client, url, {"version": str(later.id)}, page=url).status_code == 302
    code = session.get(Programme, later.programme_id).code
    for reader, linked in ((world.staff, True), (make.holder("department_reviewer"), False)):
        html = sign_in(reader).get(f"/programmes/{code}?version={later.number}").text
        assert "Những nội dung được điều chỉnh" in html and "Thêm bài tập" in html
        assert (world.report in html) is linked
    assert "Thêm bài tập" not in sign_in(world.accounts[0]).get(f"/programmes/{code}?version={later.number}").text
    assert "Thêm bài tập" not in client.get(f"/programmes/{code}?version={old.number}").text


def _columns(row):
    return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}


def test_whoever_gives_topics_to_lecturers_reads_how_they_were_evaluated(app, world, sign_in):
    world.answer(6, "3")
    world.close()
    run = make.class_run(world.institution)
    make.topics(run)
    db.session.commit()
    html = sign_in(world.staff).get(f"/classes/{run.id}").text
    assert "3,00/5 điểm qua 1 chuyên đề" in html and f"/reports/lecturers/{world.lecturer.person_id}" in html
    elsewhere = make.class_run(make.institution())
    db.session.commit()
    assert "điểm qua" not in sign_in(make.holder("home_affairs_officer")).get(f"/classes/{elsewhere.id}").text


# -- after training ----------------------------------------------------------------------------------------------------


def test_three_months_later_trainee_and_manager_answer_by_name(world, sign_in, submit, session):
    planned = session.scalars(select(FollowUp).where(FollowUp.class_id == world.run.id)).all()
    assert len(planned) == 14
    hers = next(one for one in planned if one.audience == "follow_up" and one.enrolment_id == world.enrolments[0].id)
    about_her = next(one for one in planned if one.audience == "employer" and one.enrolment_id == hers.enrolment_id)
    manager = make.holder("unit_manager", world.unit)
    client, url = sign_in(world.accounts[0]), f"/follow-ups/{hers.id}"
    fields = {"fu-applied": "4", "fu-quality": "4", "fu-speed": "3", "fu-shared": "5", "fu-assigned": "same"}
    fields |= {"fu-content": "4", "fu-example": "Rút ngắn <b>quy trình</b>"}
    assert submit(client, url, fields, page=url).status_code == 409  # not open yet
    for one in planned:
        one.opens_at = utcnow() - timedelta(days=1)
    session.commit()
    page = client.get(url).text
    assert "có ghi tên" in page and world.people[0].full_name in page
    assert url in client.get("/learn").text
    assert submit(client, url, fields | {"fu-applied": ""}, page=url).status_code == 422
    assert submit(client, url, fields, page=url).status_code == 302
    assert submit(client, url, fields | {"fu-speed": "5"}, page=url).status_code == 302  # changed while open
    session.expire_all()
    assert session.get(FollowUp, hers.id).answers["fu-speed"] == 5
    assert sign_in(world.accounts[1]).get(url).status_code == 403
    boss, about = sign_in(manager), f"/follow-ups/{about_her.id}"
    assert about in boss.get("/follow-ups").text
    form = {"em-applied": "5", "em-quality": "4", "em-initiative": "4", "em-shared": "4", "em-use": "related"}
    assert submit(boss, about, form | {"em-attitude": "5", "em-need": "4"}, page=about).status_code == 302
    assert session.scalar(select(FollowUp.answered_by).where(FollowUp.id == about_her.id)) == manager.person_id
    assert sign_in(make.holder("unit_manager", make.unit(make.city()))).get(about).status_code == 403
    assert "1 trên 7 phiếu" in sign_in(world.staff).get(world.report).text
    assert follow_ups.plan(SYSTEM, world.run.id, at=utcnow()) == 0


def test_lecturers_answer_once_in_half_a_year_over_all_their_classes(app, world, sign_in, submit, session):
    survey = session.scalars(
        select(Survey).where(Survey.institution_id == world.institution.id, Survey.period.is_not(None))
    ).one()
    other = make.class_run(world.institution)
    make.teaching(other, make.topics(other)[0], session.get(Person, world.lecturer.person_id))
    session.commit()
    classes.finish_class(SYSTEM, other.id, reason="Thử", at=utcnow())
    invited = select(func.count()).where(Participation.survey_id == survey.id)
    assert session.scalar(invited) == 1
    client, url = sign_in(world.lecturer), f"/evaluations/{survey.id}"
    assert url in client.get("/reports/own").text
    form = rights.form_of(survey.id, world.lecturer.person_id)
    assert submit(client, url, make.filled_form(form), page=url).status_code == 302
    assert url not in client.get("/reports/own").text


# -- the builder -------------------------------------------------------------------------------------------------------


def test_a_form_is_drafted_changed_and_published_for_evaluations_to_come(world, sign_in, submit, session):
    client = sign_in(make.holder("home_affairs_officer"))
    assert submit(client, "/instruments/trainee/draft", {}, page="/instruments").status_code == 302
    draft = session.scalars(select(Instrument).where(Instrument.state == "draft")).one()
    url = f"/instruments/{draft.id}"
    question = {
        "text_vi": "Lớp có sĩ số phù hợp",
        "text_en": "The class has the right size",
        "kind": "scale",
        "weight": "1",
    }
    question |= {"scale": "", "options": ""}
    new = f"{url}/sections/course/questions/new"
    assert submit(client, new, question | {"kind": "choice"}, page=new).status_code == 422  # options are missing
    assert submit(client, new, question | {"when": "sai:1"}, page=new).status_code == 422
    two = {"when": ["prog-fit:1", "prog-balance:1"]}
    assert "trả lời của một câu hỏi" in submit(client, new, question | two, page=new).text
    assert submit(client, new, question | {"when": ["prog-fit:1", "prog-fit:2"]}, page=new).status_code == 302
    section = {"title_vi": "Nhóm mới", "title_en": "", "object": "course", "weight": "1", "threshold": ""}
    assert submit(client, f"{url}/sections/new", section, page=f"{url}/sections/new").status_code == 302
    html = client.get(url).text
    assert "chưa có câu hỏi" in html
    assert submit(client, f"{url}/publish", {}, page=url).status_code == 422
    assert submit(client, f"{url}/arrange", {"name": "course-2", "act": "remove"}, page=url).status_code == 302
    assert submit(client, f"{url}/arrange", {"name": "prog-fit", "act": "down"}, page=url).status_code == 302
    assert "Lớp có sĩ số phù hợp" in client.get(f"{url}/preview").text
    assert submit(client, f"{url}/publish", {}, page=url).status_code == 302
    session.expire_all()
    assert instruments.for_audience("trainee").id == draft.id
    assert [item.code for item in rights.document_of(draft.id).sections[0].items][:2] == ["prog-balance", "prog-fit"]
    assert session.get(Survey, world.survey.id).instrument_id != draft.id
    assert client.get(f"{url}/settings").status_code == 409
    instruments.load_instruments(at=utcnow())
    assert instruments.for_audience("trainee").id == draft.id  # the shipped file does not come over people's own


def test_a_question_that_means_something_else_must_be_a_new_one(sign_in, submit, session):
    draft = instruments.begin_draft(SYSTEM, "trainee", at=utcnow())
    session.commit()
    client, url = sign_in(make.holder("administrator")), f"/instruments/{draft.id}"
    labels = {"name": "bay", "labels": "\n".join(f"Mức {n} | Level {n}" for n in range(1, 8))}
    assert submit(client, f"{url}/scales", labels, page=f"{url}/scales").status_code == 302
    item = f"{url}/sections/programme/questions/prog-fit"
    fields = {
        "text_vi": "Câu mới",
        "text_en": "New",
        "kind": "scale",
        "scale": "bay",
        "options": "",
        "weight": "1",
    }
    assert submit(client, item, fields, page=item).status_code == 302
    refused = submit(client, f"{url}/publish", {}, page=url)
    assert refused.status_code == 422 and "prog-fit" in refused.text


def test_a_form_of_its_own_is_made_from_another(sign_in, submit, session):
    source = instruments.for_audience("trainee")
    client, url = sign_in(make.holder("home_affairs_officer")), f"/instruments/{source.id}/copy"
    assert submit(client, url, {"code": "trainee", "title_vi": "X", "title_en": ""}, page=url).status_code == 422
    assert (
        submit(client, url, {"code": "hoc-vien-2027", "title_vi": "Phiếu 2027", "title_en": ""}, page=url).status_code
        == 302
    )
    made = session.scalars(select(Instrument).where(Instrument.code == "hoc-vien-2027")).one()
    assert (made.state, made.version, made.audience) == ("draft", 1, "trainee")


def test_a_programme_takes_a_form_of_its_own_until_it_takes_the_citys_again(world, sign_in, submit, session):
    city = instruments.for_audience("trainee")
    draft = instruments.copy_form(SYSTEM, city.id, "ngan", {"vi": "Phiếu ngắn", "en": "Short"}, at=utcnow())
    session.commit()
    client, url = sign_in(make.holder("home_affairs_officer")), "/instruments/uses"
    programme = rights.programme_of(world.run.id)
    code = session.get(Programme, programme).code
    chosen = {"code": "ngan", "programme": code}
    assert submit(client, url, chosen, page=url).status_code == 422  # a draft is not among the choices
    assert submit(client, f"/instruments/{draft.id}/publish", {}, page=url).status_code == 302
    assert instruments.for_audience("trainee", programme).id == city.id  # to publish is not to use
    assert submit(client, url, chosen, page=url).status_code == 302
    assert submit(client, url, {"code": "lecturer", "programme": code}, page=url).status_code == 422
    assert instruments.for_audience("trainee", programme).id == draft.id
    assert instruments.for_audience("trainee").id == city.id
    assert "Phiếu ngắn" in client.get(url).text
    one = session.scalars(select(InstrumentUse).where(InstrumentUse.programme_id == programme)).one()
    assert submit(client, f"{url}/{one.id}/remove", {}, page=url).status_code == 302
    assert instruments.for_audience("trainee", programme).id == city.id
