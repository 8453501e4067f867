"""Two people have the same page open: what each did not touch stays, and what both touched is shown to the second."""

import pytest

from lms.classes.models import Attendance, Session
from tests import factories as make
from tests.classes.conftest import mark_form
from tests.pages import fields_of


@pytest.fixture
def editors(world, sign_in):
    """Two of the institution's staff."""
    return sign_in(world["staff"]), sign_in(make.holder("institution_staff", world["institution"]))


def read(client, url):
    answer = client.get(url)
    assert answer.status_code == 200, answer.get_data(as_text=True)[-1500:]
    page = answer.get_data(as_text=True)
    return fields_of(page)


def test_a_sessions_place_and_title_changed_by_two(world, editors, session):
    first, second = editors
    url = f"{world['url']}/sessions/{world['meeting'].id}"
    one, other = read(first, url), read(second, url)
    assert first.post(url, data=one | {"place": "Hội trường B"}).status_code == 302
    assert second.post(url, data=other | {"title": "Khai giảng"}).status_code == 302
    session.expire_all()
    meeting = session.get(Session, world["meeting"].id)
    assert (meeting.place, meeting.title) == ("Hội trường B", "Khai giảng")


def test_a_sessions_place_changed_by_both(world, editors, session):
    first, second = editors
    url = f"{world['url']}/sessions/{world['meeting'].id}"
    one, other = read(first, url), read(second, url)
    first.post(url, data=one | {"place": "Hội trường B"})
    answer = second.post(url, data=other | {"place": "Phòng 12", "title": "Khai giảng"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "Hội trường B" in page
    kept = fields_of(page)
    assert (kept["place"], kept["title"]) == ("Phòng 12", "Khai giảng")
    session.expire_all()
    assert session.get(Session, world["meeting"].id).place == "Hội trường B"
    assert second.post(url, data=kept).status_code == 302
    session.expire_all()
    meeting = session.get(Session, world["meeting"].id)
    assert (meeting.place, meeting.title) == ("Phòng 12", "Khai giảng")


def test_an_essays_mark_is_not_overwritten_by_a_page_read_before(world, sign_in, session, essay):
    first, second = sign_in(world["lecturer"]), sign_in(world["lecturer"])
    submission = essay(world["enrolments"][0])
    session.commit()
    url = f"{world['url']}/essays/{submission.id}"
    one, other = read(first, url), read(second, url)
    assert first.post(url, data=one | mark_form("9", "Lập luận tốt")).status_code == 302
    answer = second.post(url, data=other | mark_form("4"))
    assert answer.status_code == 409
    assert "9" in answer.get_data(as_text=True)
    session.refresh(submission)
    assert (float(submission.score), submission.comment) == (9, "Lập luận tốt")


def test_attendance_taken_by_two_is_of_both(world, editors, session):
    first, second = editors
    url = f"{world['url']}/sessions/{world['meeting'].id}/attendance"
    a, b, _c = (enrolment.id for enrolment in world["enrolments"])
    one, other = read(first, url), read(second, url)
    assert first.post(url, data=one | {f"status-{a}": "present"}).status_code == 302
    assert second.post(url, data=other | {f"status-{b}": "absent"}).status_code == 302
    marks = {row.enrolment_id: row.status for row in session.query(Attendance)}
    assert marks == {a: "present", b: "absent"}


def test_attendance_marked_otherwise_by_both_is_shown_to_the_second(world, editors, session):
    first, second = editors
    url = f"{world['url']}/sessions/{world['meeting'].id}/attendance"
    a = world["enrolments"][0].id
    one, other = read(first, url), read(second, url)
    first.post(url, data=one | {f"status-{a}": "present"})
    answer = second.post(url, data=other | {f"status-{a}": "absent"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409 and page.count("field-error") == 1
    assert [row.status for row in session.query(Attendance)] == ["present"]
    kept = fields_of(page)
    assert kept[f"status-{a}"] == "absent"
    assert second.post(url, data=kept).status_code == 302
    session.expire_all()
    assert [row.status for row in session.query(Attendance)] == ["absent"]
