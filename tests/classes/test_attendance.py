"""Attendance: taken, corrected, traced, told, and consistent with its session."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from lms.classes import services, signals
from lms.classes.models import ATTENDANCE, Attendance, Session
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from tests import factories as make
from tests.classes.conftest import meeting_form


def take(world, mark, note=None, who=0, at=None):
    marks = {world["enrolments"][who].id: (mark, note)}
    return services.record_attendance(SYSTEM, world["meeting"].id, marks, at=at or utcnow())


def rows(session):
    return {a.enrolment_id: (a.status, a.note) for a in session.scalars(select(Attendance))}


@pytest.mark.parametrize("mark", ATTENDANCE)
def test_each_mark_is_kept_shown_and_told(world, session, sign_in, told, mark):
    assert take(world, mark, "Ghi chú") == 1
    assert rows(session) == {world["enrolments"][0].id: (mark, "Ghi chú")}
    verb = "attended" if mark in ("present", "late") else "missed"
    (said,) = told(verb)
    assert said["context"]["registration"] == str(world["enrolments"][0].id)
    assert "Ghi chú" not in str(said), "a note may tell of somebody's health"
    html = sign_in(world["staff"]).get(world["url"]).get_data(as_text=True)
    assert (">1/1<" in html) == (verb == "attended")


@pytest.mark.parametrize("new", ATTENDANCE)
@pytest.mark.parametrize("old", ATTENDANCE)
def test_a_correction_tells_what_changed_and_nothing_when_nothing_did(world, session, told, trace, old, new):
    take(world, old)
    before = {verb: len(told(verb)) for verb in ("attended", "missed", "amended")}
    heard = []
    with signals.attendance_recorded.connected_to(
        lambda _s, registrations, taken_back, at: heard.append((registrations, taken_back))
    ):
        changed = take(world, new)
    there = ("present", "late")
    registration = world["enrolments"][0].id
    assert changed == (old != new)
    after = {verb: len(told(verb)) - before[verb] for verb in before}
    if old == new:
        assert (after, heard) == ({"attended": 0, "missed": 0, "amended": 0}, [])
        assert len(trace("attendance.record")) == 1
        return
    same = (old in there) == (new in there)
    said = "amended" if same else "attended" if new in there else "missed"
    assert after == {verb: int(verb == said) for verb in before}
    assert heard == [([registration], [registration] if old in there and new not in there else [])]
    entry = trace("attendance.record")[-1]
    assert (entry.before, entry.after) == ({str(registration): [old, None]}, {str(registration): [new, None]})


def test_only_what_changed_is_written_told_and_counted(world, session, trace, told):
    first, second, _third = (enrolment.id for enrolment in world["enrolments"])
    take(world, "present")
    marks = {first: ("present", None), second: ("absent", None)}
    assert services.record_attendance(SYSTEM, world["meeting"].id, marks, at=utcnow()) == 1
    entry = trace("attendance.record")[-1]
    assert (entry.before, entry.after) == (None, {str(second): ["absent", None]})
    assert len(told("attended")) == len(told("missed")) == 1


def test_a_changed_note_is_a_change(world, session):
    take(world, "absent", "Ốm")
    assert take(world, "absent", "Giấy khám bệnh") == 1
    assert rows(session)[world["enrolments"][0].id] == ("absent", "Giấy khám bệnh")


def test_marks_name_their_recorder_and_moment(world, session, acting):
    actor, at = acting(world["lecturer"]), utcnow()
    services.record_attendance(actor, world["meeting"].id, {world["enrolments"][0].id: ("late", None)}, at=at)
    row = session.scalars(select(Attendance)).one()
    assert (row.recorded_by, row.recorded_at) == (world["lecturer"].id, at)


def test_a_sheet_with_nobody_marked_is_not_taken(world, session, sign_in, submit):
    url = f"{world['url']}/sessions/{world['meeting'].id}/attendance"
    answer = submit(sign_in(world["lecturer"]), url, {})
    assert answer.status_code == 422
    assert "Chưa điểm danh học viên nào" in answer.get_data(as_text=True)
    session.refresh(world["meeting"])
    assert world["meeting"].attendance_taken_at is None


def test_marks_of_another_session_are_another_sessions(world, session, trace):
    start = utcnow() - timedelta(hours=9)
    other = make.class_session(world["run"], None, starts_at=start, ends_at=start + timedelta(hours=1))
    session.commit()
    first = world["enrolments"][0].id
    services.record_attendance(SYSTEM, other.id, {first: ("present", None)}, at=utcnow())
    assert take(world, "present") == 1, "the same mark at another session is a mark of its own"
    assert trace("attendance.record")[-1].before is None
    assert session.scalar(select(func.count()).select_from(Attendance)) == 2
    session.refresh(world["meeting"])
    assert world["meeting"].attendance_taken_at is not None


def test_attendance_of_a_session_that_is_not_there_is_not_found(world):
    with pytest.raises(DomainError, match="not-found"):
        services.record_attendance(SYSTEM, make.uuid4(), {}, at=utcnow())


def test_the_first_time_stays_the_first_time(world, session):
    first = utcnow() - timedelta(minutes=20)
    take(world, "present", at=first)
    take(world, "absent")
    session.refresh(world["meeting"])
    assert world["meeting"].attendance_taken_at == first


@pytest.mark.parametrize(("minutes", "open_"), [(-31, False), (-30, True), (0, True), (600, True)])
def test_attendance_opens_half_an_hour_before_the_session(world, session, sign_in, minutes, open_):
    start = world["meeting"].starts_at
    url = f"{world['url']}/sessions/{world['meeting'].id}/attendance"
    with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
        html = sign_in(world["lecturer"]).get(url).get_data(as_text=True)
        assert ("sticky-save" in html) == open_
        assert ("nửa giờ trước" in html) != open_
        if open_:
            assert take(world, "present") == 1
        else:
            with pytest.raises(DomainError, match="too-early"):
                take(world, "present")


@pytest.mark.parametrize("bad", ["foreign", "withdrawn", "unknown", "mark"])
def test_one_wrong_line_refuses_the_whole_sheet(world, session, bad):
    first, second = world["enrolments"][:2]
    marks = {first.id: ("present", None)}
    if bad == "mark":
        marks[second.id] = ("maybe", None)
    elif bad == "withdrawn":
        services.withdraw(SYSTEM, world["run"].id, second.id, "Ốm", at=utcnow())
        marks[second.id] = ("present", None)
    else:
        wrong = make.enrolment(make.class_run()).id if bad == "foreign" else make.uuid4()
        marks[wrong] = ("present", None)
    with pytest.raises(DomainError) as refused:
        services.record_attendance(SYSTEM, world["meeting"].id, marks, at=utcnow())
    assert (refused.value.code, refused.value.status) == ("bad-mark", 422)
    assert rows(session) == {}


def test_a_completed_trainee_is_still_marked(world, session):
    services.conclude(SYSTEM, world["enrolments"][0].id, "completed", at=utcnow())
    assert take(world, "absent") == 1


def test_an_id_that_is_none_is_refused(world, session, sign_in, submit):
    url = f"{world['url']}/sessions/{world['meeting'].id}/attendance"
    assert submit(sign_in(world["lecturer"]), url, {"status-nonsense": "present"}).status_code == 400


def test_what_was_typed_comes_back_when_the_sheet_is_refused(world, session, sign_in, submit):
    url = f"{world['url']}/sessions/{world['meeting'].id}/attendance"
    first, second = (enrolment.id for enrolment in world["enrolments"][:2])
    form = {f"status-{first}": "late", f"note-{first}": "Tắc đường", f"status-{second}": "maybe"}
    html = submit(sign_in(world["lecturer"]), url, form).get_data(as_text=True)
    assert "Tắc đường" in html
    assert f'name="status-{first}" value="late" checked' in html


def test_a_session_whose_attendance_was_taken_is_not_moved_into_the_future(world, session, sign_in, submit):
    take(world, "present")
    starts = world["meeting"].starts_at
    answer = submit(sign_in(world["staff"]), f"{world['url']}/sessions/{world['meeting'].id}", meeting_form(world))
    assert answer.status_code == 409
    assert "đã được điểm danh" in answer.get_data(as_text=True)
    session.refresh(world["meeting"])
    assert world["meeting"].starts_at == starts


def test_its_place_and_past_time_are_still_corrected(world, session, sign_in, submit):
    take(world, "present")
    day = (utcnow() - timedelta(days=1)).date()
    form = meeting_form(world, place="Hội trường B", starts_at=f"{day}T08:00", ends_at=f"{day}T11:00")
    assert submit(sign_in(world["staff"]), f"{world['url']}/sessions/{world['meeting'].id}", form).status_code == 302
    session.refresh(world["meeting"])
    assert world["meeting"].place == "Hội trường B"
    assert len(rows(session)) == 1


def test_a_session_with_marks_is_not_removed(world, session):
    take(world, "absent")
    with pytest.raises(DomainError, match="attendance-taken"):
        services.remove_session(SYSTEM, world["run"].id, world["meeting"].id, at=utcnow())
    assert session.scalar(select(func.count()).where(Session.id == world["meeting"].id)) == 1


def test_a_note_in_an_old_encoding_is_told_and_converted(world, session, sign_in, submit):
    old, new = "®Õn muén v× t¾c ®­êng", "đến muộn vì tắc đường"
    first, url = world["enrolments"][0], f"{world['url']}/sessions/{world['meeting'].id}/attendance"
    client = sign_in(world["lecturer"])
    form = {f"status-{first.id}": "late", f"note-{first.id}": old}
    answer = submit(client, url, form)
    assert answer.status_code == 422 and new in answer.text and old in answer.text
    assert f'href="#note-{first.id}"' in answer.text and 'name="to-unicode"' in answer.text
    assert session.scalars(select(Attendance)).all() == []
    assert submit(client, url, form | {"to-unicode": "1"}).status_code == 302
    assert session.scalars(select(Attendance.note)).all() == [new]
