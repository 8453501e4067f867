"""Dashboard and class page say where a trainee stands: what is done, what waits, how far off it is, where to go on."""

import re
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import update

from lms.assessment.models import Submission
from lms.classes.models import Attendance
from lms.core.database import utcnow
from lms.learning import services
from lms.people.sessions import local_day
from tests import factories as make
from tests.learning.worlds import World, steps_of


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def pages(world, sign_in):
    """``pages()`` returns what the dashboard and the class page say now, in words, and as trees."""
    client = sign_in(world.account)

    def read():
        trees = [html.fromstring(client.get(url).text).xpath("//main")[0] for url in ("/learn", world.course)]
        return [" ".join(tree.text_content().split()) for tree in trees], trees

    return read


def attend(world, session, held, attended):
    for n in range(held):
        ended = utcnow() - timedelta(days=held - n)
        meeting = make.class_session(world.run, starts_at=ended - timedelta(hours=3), ends_at=ended)
        meeting.attendance_taken_at = ended
        status = "present" if n < attended else "absent"
        row = {"session_id": meeting.id, "enrolment_id": world.registration, "status": status, "recorded_at": ended}
        session.add(Attendance(**row))
    session.commit()


def test_an_essay_that_was_handed_in_waits_for_its_mark_and_is_not_missing(world, session, pages):
    words, _trees = pages()
    assert all("chờ chấm" not in text for text in words)
    assert "Còn thiếu: Bài thu hoạch" in words[1]
    world.mark_essay(8)
    session.execute(update(Submission).values(marked_at=None, score=None, passed=None))
    session.commit()
    words, _trees = pages()
    assert all("Đã nộp, chờ chấm" in text for text in words)
    assert "Còn thiếu: Bài thu hoạch" not in words[1]
    assert "Nộp bài thu hoạch" not in words[0], "nothing more is asked of her"


@pytest.mark.parametrize("attended", range(6))
def test_no_more_is_done_than_is_asked_and_what_is_beyond_is_said_apart(world, session, pages, attended):
    attend(world, session, 5, attended)
    words, _trees = pages()
    pairs = [(int(have), int(need)) for have, need in re.findall(r"(?<![\d/])(\d+)/(\d+)(?![\d/])", words[0])]
    assert pairs and all(have <= need for have, need in pairs)
    needed = next(need for have, need in pairs if need == 4)
    assert ("Vượt" in words[0]) == (attended > needed) == ("Vượt" in words[1])


def test_the_class_page_leads_on_to_the_first_lesson_that_is_not_done(world, pages):
    def led():
        return pages()[1][1].xpath("string(.//a[contains(@class, 'btn-primary')]/@href)")

    assert led() == world.lesson
    first = world.lessons[0]
    services.complete_lesson(world.actor, world.registration, first.id, steps=steps_of(first), at=utcnow())
    assert led() == f"{world.course}/lessons/{world.lessons[1].id}"


@pytest.mark.parametrize("status", ["enrolled", "completed", "failed"])
def test_the_record_is_reached_from_both_pages(world, session, pages, status):
    world.enrolment.status = status
    session.commit()
    for tree in pages()[1]:
        assert tree.xpath("count(.//a[@href = $url])", url=f"/records/{world.person.id}") == 1


@pytest.mark.parametrize(
    ("far", "said"), [(-3, "quá hạn 3 ngày"), (0, "hôm nay"), (1, "ngày mai"), (2, "còn 2 ngày"), (20, "còn 20 ngày")]
)
def test_the_last_day_of_the_essay_says_how_far_off_it_is(world, session, pages, far, said):
    world.run.starts_on = local_day(utcnow()) - timedelta(days=60)
    world.run.ends_on = local_day(utcnow()) + timedelta(days=far)
    session.commit()
    words, _trees = pages()
    assert all(f"· {said}" in text for text in words)
    assert all(re.search(r"(Thứ (Hai|Ba|Tư|Năm|Sáu|Bảy)|Chủ Nhật), \d\d/\d\d/\d{4}", text) for text in words)
