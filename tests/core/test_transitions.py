"""Moves from state to state: judged by one table, kept line by line, told in words."""

import pytest
from flask_babel import force_locale
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.classes import services
from lms.classes.life import CLASS
from lms.core import transitions
from lms.core.database import act, db, utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM, Actor
from lms.core.states import Life, Move
from lms.core.transitions import Because, MovedMeanwhile, Transition
from lms.people.models import Unit
from tests import factories as make


@pytest.fixture
def run(session):
    found = make.class_run(make.institution(), status="open")
    session.commit()
    return found


def officer(path=None):
    account, path = make.holder("home_affairs_officer"), path or make.city().path
    return Actor(account.id, account.person_id, account.display_name, grants={"classes.decide": (path,)})


def lines(session, run):
    return session.scalars(select(Transition).where(Transition.object_id == str(run.id)).order_by(Transition.id)).all()


def cancel(actor, run, because, at=None):
    services.decide(actor, run.id, "cancel", because, at=at or utcnow())


def test_a_move_changes_the_row_and_leaves_its_line_a_trace_and_news(run, session):
    who, at, told = officer(), utcnow(), []
    listen = lambda sender, line, at: told.append((sender, line.to_state, at))  # noqa: E731
    with transitions.moved.connected_to(listen):
        cancel(who, run, Because("Thiếu  học viên", "too-few", on_behalf_of="Giám đốc Sở"), at)
    (line,) = lines(session, run)
    assert (line.kind, line.from_state, line.to_state, line.act) == ("class", "open", "cancelled", "cancel")
    assert (line.account_id, line.at, line.reason_code, line.reason) == (
        who.account_id,
        at,
        "too-few",
        "Thiếu học viên",
    )
    assert (line.on_behalf_of, line.source) == ("Giám đốc Sở", "job")
    assert run.status == "cancelled"
    assert told == [(who, "cancelled", at)]
    entry = session.execute(text("SELECT before, after FROM audit_entries WHERE action = 'class.cancel'")).one()
    assert entry.before == {"status": "open"}
    assert entry.after["reason"] == "Thiếu học viên" and entry.after["status"] == "cancelled"


@pytest.mark.parametrize(
    ("because", "code"),
    [
        (Because("Vì sao", "no-such"), "reason-code"),
        (Because("Vì sao"), "reason-code"),
        (Because(" ", "plan"), "no-reason"),
    ],
)
def test_a_move_that_asks_for_a_reason_is_made_only_with_one(run, session, because, code):
    with pytest.raises(DomainError, match=code):
        cancel(SYSTEM, run, because)
    session.refresh(run)
    assert (run.status, lines(session, run)) == ("open", [])


def test_a_move_is_for_who_holds_its_permission_over_the_unit(run, session):
    elsewhere = session.get_one(Unit, make.institution().id).path
    for who in (officer(elsewhere), Actor(None, None, ""), Actor(None, None, "system2")):
        with pytest.raises(DomainError, match="not-permitted"):
            cancel(who, run, Because("Vì sao", "plan"))


def test_what_was_decided_on_an_older_page_is_not_done(run, session):
    seen = transitions.last(CLASS, run.id)
    cancel(SYSTEM, run, Because("Kế hoạch đổi", "plan", seen=seen))
    other = make.class_run(make.institution(), status="open")
    session.commit()
    services.decide(SYSTEM, other.id, "postpone", Because("Phòng bận", "no-place"), at=utcnow())
    with pytest.raises(MovedMeanwhile) as refused, force_locale("vi"):
        cancel(SYSTEM, other, Because("Kế hoạch đổi", "plan", seen=0))
    with force_locale("vi"):
        assert "Đã tạm hoãn" in str(refused.value.message)
    session.refresh(other)
    assert other.status == "postponed"


@pytest.mark.parametrize(
    "sql",
    ["UPDATE transitions SET reason = 'khác'", "DELETE FROM transitions", "TRUNCATE transitions",
     "UPDATE register_numbers SET symbol = 'x'", "DELETE FROM register_numbers", "TRUNCATE register_numbers"],
)  # fmt: skip
def test_lines_stay_as_they_were_written(run, session, sql):
    cancel(SYSTEM, run, Because("Kế hoạch đổi", "plan"))
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(text(sql))


def test_a_line_is_gone_with_the_act_that_failed(run, session):
    @act
    def fail():
        cancel(SYSTEM, run, Because("Kế hoạch đổi", "plan"))
        raise DomainError("later", "")

    with pytest.raises(DomainError, match="later"):
        fail()
    session.refresh(run)
    assert (run.status, lines(session, run)) == ("open", [])


def test_the_history_tells_in_words_who_did_what_and_why(run, session):
    who = officer()
    services.decide(who, run.id, "postpone", Because("Phòng học đang sửa", "no-place"), at=utcnow())
    cancel(SYSTEM, run, Because("Ghép lớp", "plan", source="spreadsheet"))
    with force_locale("vi"):
        newest, before = transitions.history(CLASS, run.id)
        assert [str(newest.said), str(newest.state), newest.who] == ["Đã hủy", "Đã hủy", None]
        assert [str(newest.why), newest.reason, str(newest.source)] == ["Kế hoạch thay đổi", "Ghép lớp", "từ bảng tính"]
        assert [str(before.said), before.who, before.source] == ["Đã tạm hoãn", who.name, None]


def test_a_life_that_is_not_one_is_refused():
    way = Move("go", frozenset({"a"}), "b", "x", "", "")
    parts = {"kind": "k", "title": "", "allowed": {}, "reasons": {}, "words": {}, "states": frozenset("ab")}
    Life(names={"a": "", "b": ""}, moves=(way,), **parts)
    for names, moves in (({"a": ""}, (way,)), ({"a": "", "b": ""}, (way, way))):
        with pytest.raises(ValueError, match="k"):
            Life(names=names, moves=moves, **parts)


def test_a_thing_begins_with_its_first_line(session):
    school = make.institution()
    session.commit()
    given = {"name": "Lớp", "version_id": make.version().id, "institution_id": school.id, "capacity": 20}
    made = services.create_class(SYSTEM, **given, starts_on=make.today(), ends_on=make.today(), at=utcnow())
    (line,) = lines(db.session, made)
    assert (line.from_state, line.to_state, line.act) == (None, "planned", "create")
