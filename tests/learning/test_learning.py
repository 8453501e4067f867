"""A trainee's way through a class, through her pages."""

import io
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.assessment import services as assessment
from lms.catalogue.models import Lesson, Programme, ProgrammeVersion
from lms.classes import services as classes
from lms.core.database import utcnow
from lms.core.errors import NotFound
from lms.core.guard import SYSTEM
from lms.learning import services
from lms.learning.models import LessonProgress
from lms.learning.queries import courses as learning
from lms.learning.queries import versions
from lms.records.models import Statement
from tests import factories as make
from tests.data import media
from tests.learning.worlds import World, steps_of


@pytest.fixture
def world(session):
    return World(session)


def report(client, submit, world, **values):
    return submit(client, f"{world.lesson}/progress", {"percent": "40", "seconds": "30"} | values, page=world.lesson)


def test_the_place_in_a_lesson_is_kept_and_offered_again(world, sign_in, submit):
    client = sign_in(world.account)
    heading = world.lessons[0].headings[2]
    assert report(client, submit, world, anchor=heading["id"]).json == {"percent": 40}
    html = sign_in(world.account).get(world.lesson).get_data(as_text=True)
    assert f'href="#{heading["id"]}"' in html
    assert "Học tiếp từ" in html


def test_the_furthest_point_only_grows_whatever_order_devices_report_in(world, sign_in, submit, session):
    client = sign_in(world.account)
    report(client, submit, world, percent="70")
    assert report(client, submit, world, percent="20").json == {"percent": 70}
    row = session.scalars(select(LessonProgress)).one()
    assert row.percent == 70
    assert row.seconds == 60


@pytest.mark.parametrize(
    "values",
    [{"percent": "101"}, {"percent": "-1"}, {"percent": "x"}, {"percent": ""}, {"seconds": "-5"}, {"anchor": "nowhere"},
     {"percent": "9" * 400}],
)  # fmt: skip
def test_progress_that_cannot_be_changes_nothing(world, sign_in, submit, session, values):
    assert report(sign_in(world.account), submit, world, **values).status_code == 400
    assert session.scalar(select(func.count()).select_from(LessonProgress)) == 0


def test_time_reported_at_once_is_capped(world, sign_in, submit, session):
    report(sign_in(world.account), submit, world, seconds="86400")
    assert session.scalars(select(LessonProgress.seconds)).one() == 300


def test_who_has_only_opened_a_lesson_is_at_its_beginning(world, sign_in, submit, session):
    client = sign_in(world.account)
    assert report(client, submit, world, percent="0", seconds="0").json == {"percent": 0}
    row = session.scalars(select(LessonProgress)).one()
    assert (row.percent, row.seconds, row.completed_at) == (0, 0, None)


def test_a_section_read_is_kept_though_nothing_else_is_worth_telling(world, sign_in, submit, session):
    client, section = sign_in(world.account), world.lessons[0].headings[1]["id"]
    report(client, submit, world, percent="40", seconds="0")
    report(client, submit, world, percent="40", seconds="0", step=section)
    assert session.scalars(select(LessonProgress.steps)).one() == [section]
    told = session.scalar(select(func.count()).select_from(Statement))
    report(client, submit, world, percent="40", seconds="0", step=section)
    assert session.scalar(select(func.count()).select_from(Statement)) == told


def test_a_report_that_says_too_little_waits_in_the_browser(world, sign_in, submit, session):
    client = sign_in(world.account)
    assert report(client, submit, world, percent="40", seconds="0").json == {"percent": 40}
    assert report(client, submit, world, percent="41", seconds="30").json == {"percent": 40, "waits": True}
    assert session.scalars(select(LessonProgress.percent)).one() == 40


@pytest.mark.parametrize("read", ["", "40"])
def test_a_lesson_completed_too_early_stays_where_it_was_read_to(world, sign_in, submit, session, read):
    client = sign_in(world.account)
    if read:
        report(client, submit, world, percent=read, seconds="7")
    submit(client, f"{world.lesson}/complete", {}, page=world.lesson)
    row = session.scalars(select(LessonProgress)).one()
    assert (row.percent, row.seconds, row.completed_at) == (int(read or 0), 7 if read else 0, None)


def test_completing_again_changes_nothing(world, sign_in, submit, session):
    client, sections = sign_in(world.account), steps_of(world.lessons[0])
    report(client, submit, world, percent="40", seconds="7")
    submit(client, f"{world.lesson}/complete", {"step": sections}, page=world.lesson)
    row = session.scalars(select(LessonProgress)).one()
    before = (row.percent, row.seconds, row.completed_at, row.seen_at)
    told = session.scalar(select(func.count()).select_from(Statement))
    again = submit(client, f"{world.lesson}/complete", {}, page=world.lesson)
    assert again.location.endswith(f"/lessons/{world.lessons[1].id}")
    session.refresh(row)
    assert (row.percent, row.seconds, row.completed_at, row.seen_at) == before
    assert session.scalar(select(func.count()).select_from(Statement)) == told


def test_reading_is_told_to_the_record_store_sparsely(world, sign_in, submit, session):
    client = sign_in(world.account)
    for percent in (10, 26, 27, 60, 80):
        report(client, submit, world, percent=str(percent))
    everything = steps_of(world.lessons[0])
    for _ in range(2):
        report(client, submit, world, percent="99", step=everything)
    verbs = [
        json.loads(raw)["verb"]["id"].rsplit("/", 1)[-1]
        for raw in session.scalars(select(Statement.raw).order_by(Statement.seq))
    ]
    assert verbs == ["initialized", "progressed", "progressed", "progressed", "completed"]


def test_the_form_completes_without_scripts_when_every_section_is_ticked_and_leads_on(world, sign_in, submit, session):
    client, sections = sign_in(world.account), steps_of(world.lessons[0])
    html = client.get(world.lesson).get_data(as_text=True)
    assert html.count("data-step") == len(sections)
    assert "bài kiểm tra của học phần" in html
    answer = submit(client, f"{world.lesson}/complete", {"step": sections}, page=world.lesson)
    assert answer.location.endswith(f"/lessons/{world.lessons[1].id}")
    assert session.scalars(select(LessonProgress)).one().completed_at is not None
    assert "data-step" not in client.get(world.lesson).get_data(as_text=True)


def test_a_lesson_is_not_studied_until_every_section_was_read_however_long_it_took(world, sign_in, submit, session):
    client, headings = sign_in(world.account), world.lessons[0].headings
    last = [headings[-2]["id"], headings[-1]["id"]]
    done = [step for step in steps_of(world.lessons[0]) if step not in last]
    report(client, submit, world, percent="100", seconds="3000", step=done)
    row = session.scalars(select(LessonProgress)).one()
    assert (row.percent, row.completed_at) == (99, None)
    refused = submit(client, f"{world.lesson}/complete", {"step": [headings[-2]["id"]]}, page=world.lesson)
    assert refused.location.endswith("#lesson-end")
    html = client.get(refused.location).get_data(as_text=True)
    assert f"Còn phải đọc hết: {headings[-1]['text']}." in html
    assert html.count(" checked>") == len(steps_of(world.lessons[0])) - 1
    report(client, submit, world, percent="20", step=[headings[-1]["id"]])
    session.refresh(row)
    assert row.completed_at is not None and row.percent == 100


def test_a_section_that_the_lesson_does_not_have_is_refused(world, sign_in, submit, session):
    client = sign_in(world.account)
    assert report(client, submit, world, step="nowhere").status_code == 400
    assert submit(client, f"{world.lesson}/complete", {"step": "nowhere"}, page=world.lesson).status_code == 400
    assert session.scalar(select(func.count()).select_from(LessonProgress)) == 0


def test_nobody_reads_in_anothers_name(world, sign_in, submit, session):
    stranger = make.trainee()
    session.commit()
    client = sign_in(stranger)
    for url in (world.course, world.lesson, f"{world.course}/essay"):
        assert client.get(url).status_code == 403
    assert submit(client, f"{world.lesson}/progress", {"percent": "50"}, page="/account").status_code == 403


def test_a_lesson_of_another_version_is_absent(world, sign_in):
    assert sign_in(world.account).get(f"{world.course}/lessons/{make.uuid4()}").status_code == 404


def test_who_has_left_the_class_is_told_so_and_leaves_no_trace(world, sign_in, submit, session):
    world.enrolment.status = "withdrawn"
    session.commit()
    client = sign_in(world.account)
    answer = client.get(world.lesson)
    assert answer.status_code == 409
    assert "thôi học" in answer.get_data(as_text=True)
    assert client.get(world.course).status_code == 200
    assert submit(client, f"{world.lesson}/progress", {"percent": "50"}, page="/account").status_code == 409
    assert session.scalar(select(func.count()).select_from(LessonProgress)) == 0


def test_the_dashboard_names_the_next_lesson_and_where_it_was_left(world, sign_in, submit):
    client = sign_in(world.account)
    first = client.get("/learn").get_data(as_text=True)
    assert "Bắt đầu học" in first
    assert world.lessons[0].title["vi"] in first
    report(client, submit, world)
    assert "Học tiếp" in client.get("/learn").get_data(as_text=True)


def test_the_dashboard_of_somebody_without_a_class_says_what_to_do(session, sign_in):
    html = sign_in(make.trainee()).get("/learn").get_data(as_text=True)
    assert "chưa tham gia lớp nào" in html
    assert 'href="/programmes"' in html


def test_pages_need_few_statements(world, sign_in, queries, session):
    for n in range(40):
        make.class_session(world.run, title=f"Buổi {n}")
    for _ in range(5):
        make.enrolment(make.class_run(), world.person)
    session.commit()
    client = sign_in(world.account)
    for url, limit in (("/learn", 8), (world.course, 8), (world.lesson, 8)):
        client.get(url)
        queries.clear()
        assert client.get(url).status_code == 200
        assert len(queries) <= limit, (url, queries)


def test_completion_follows_from_the_stated_criteria_and_is_taken_back_with_them(world, session):
    start = utcnow() - timedelta(days=2)
    meetings = [
        make.class_session(
            world.run, starts_at=start + timedelta(hours=4 * n), ends_at=start + timedelta(hours=4 * n + 3)
        )
        for n in range(4)
    ]
    session.commit()
    trained = session.scalar(select(Programme.trained).where(Programme.code == "A2.1"))
    for lesson in world.lessons:
        services.complete_lesson(world.actor, world.registration, lesson.id, steps=steps_of(lesson), at=utcnow())
    world.pass_quizzes()
    world.pass_essay()
    for meeting in meetings[:2]:
        classes.record_attendance(SYSTEM, meeting.id, {world.registration: ("present", None)}, at=utcnow())
    assert world.status() == "enrolled"
    missing = [c.key for c in learning.checklist(world.registration) if not c.done]
    assert missing == ["attendance"]
    classes.record_attendance(SYSTEM, meetings[2].id, {world.registration: ("late", None)}, at=utcnow())
    assert world.status() == "completed"
    assert session.scalar(select(Programme.trained).where(Programme.code == "A2.1")) == trained + 1
    classes.record_attendance(SYSTEM, meetings[2].id, {world.registration: ("absent", None)}, at=utcnow())
    assert world.status() == "enrolled"
    assert session.scalar(select(Programme.trained).where(Programme.code == "A2.1")) == trained


def test_a_quiz_is_started_from_the_course_only_if_it_belongs_to_it(world, sign_in, submit):
    client = sign_in(world.account)
    quiz = versions.shape(world.run.version_id).quizzes[world.modules[0].id]
    started = submit(client, f"{world.course}/quizzes/{quiz.id}/start", page=world.course)
    assert re.match(r"/attempts/", started.location)
    assert submit(client, f"{world.course}/quizzes/{make.uuid4()}/start", page=world.course).status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "không có nội dung"),
        (b"\x89PNG\r\n", "PDF hoặc DOCX"),
        (b"PK\x03\x04 not a zip", "PDF hoặc DOCX"),
        (b"%PDF-1.7\njunk", "Không đọc được"),
        (None, "chọn tệp"),
    ],
)
def test_a_wrong_essay_file_is_refused_at_the_field(world, sign_in, submit, content, words):
    url = f"{world.course}/essay"
    data = {} if content is None else {"file": (io.BytesIO(content), "bai.pdf")}
    answer = submit(sign_in(world.account), url, data, content_type="multipart/form-data")
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert 'id="file-error"' in html
    assert words in html


def test_an_essay_is_replaced_until_it_is_marked(world, sign_in, submit):
    client, url = sign_in(world.account), f"{world.course}/essay"
    for name in ("mot.pdf", "hai.pdf"):
        data = {"file": (io.BytesIO(media.pdf([name])), name)}
        assert submit(client, url, data, content_type="multipart/form-data").status_code == 302
    html = client.get(url).get_data(as_text=True)
    assert "hai.pdf" in html
    file = client.get(re.search(rf'href="({url}/[^"]+)"', html).group(1))
    assert file.data == media.pdf(["hai.pdf"])
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in file.headers["Content-Security-Policy"]


def test_that_there_is_no_lesson_and_no_version_is_not_remembered(world, session):
    """A process asked for a lesson just before another one loads it sees it afterwards."""
    lesson_id, version_id = make.uuid4(), make.uuid4()
    assert versions.lesson(lesson_id) is None
    with pytest.raises(NotFound):
        versions.shape(version_id)
    known = world.lessons[0]
    columns = {one.key: getattr(known, one.key) for one in Lesson.__table__.columns}
    session.add(Lesson(**columns | {"id": lesson_id, "code": "moi", "position": 99}))
    version = session.get(ProgrammeVersion, world.run.version_id)
    columns = {one.key: getattr(version, one.key) for one in ProgrammeVersion.__table__.columns}
    session.add(ProgrammeVersion(**columns | {"id": version_id, "number": 99, "attendance_min_percent": 75}))
    session.flush()
    assert versions.lesson(lesson_id).code == "moi"
    assert versions.shape(version_id).attendance_min_percent == 75


def test_the_dashboard_goes_past_a_quiz_without_attempts_left_but_not_past_one_that_is_open(world, sign_in):
    first = versions.shape(world.run.version_id).quizzes[world.modules[0].id]
    for lesson in world.lessons:
        if lesson.module_id == world.modules[0].id:
            services.complete_lesson(world.actor, world.registration, lesson.id, steps=steps_of(lesson), at=utcnow())

    def due():
        return sign_in(world.account).get("/learn").get_data(as_text=True)

    def attempt():
        return assessment.start_attempt(first.id, world.registration, world.person.id, at=utcnow())

    for number in range(first.attempts):
        opened = attempt()
        assert f'href="/attempts/{opened.id}"' in due(), "the last one too, as long as it is open"
        assessment.submit_attempt(world.actor, opened.id, at=utcnow())
        left = number + 1 < first.attempts
        assert ("Đến bài kiểm tra" in due() or f"#module-{world.modules[0].code}" in due()) is left
        assert (world.lessons_of(1)[0].title["vi"] in due()) is not left
