import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lms.core import audit
from lms.core.database import act, db, utcnow
from lms.core.guard import SYSTEM


@act
def change(number):
    audit.record(SYSTEM, "thing.change", "thing", number, at=utcnow(), before={"n": number}, after={"n": number + 0.5})
    audit.record(SYSTEM, "thing.look", "thing", number, at=utcnow(), after={"text": "Đổi tên"})


@pytest.fixture
def trail(session):
    for number in range(3):
        change(number)
    session.execute(text("SET LOCAL session_replication_role = replica"))  # what a database owner could do


def test_a_whole_trail_verifies(trail):
    assert list(audit.verify()) == []


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM audit_entries WHERE id = (SELECT max(id) FROM audit_entries)",
        "DELETE FROM audit_entries WHERE id = (SELECT id FROM audit_entries ORDER BY id OFFSET 2 LIMIT 1)",
        "UPDATE audit_entries SET after = '{\"n\": 9}' WHERE id = (SELECT min(id) FROM audit_entries)",
        "UPDATE audit_entries SET at = at + interval '1 second' WHERE id = (SELECT max(id) FROM audit_entries)",
        "UPDATE audit_entries SET account_id = gen_random_uuid() WHERE id = (SELECT max(id) FROM audit_entries)",
        "DELETE FROM audit_head",
    ],
)
def test_any_removed_or_changed_line_shows(trail, session, harm):
    session.execute(text(harm))
    session.expire_all()
    assert list(audit.verify())


def test_the_table_refuses_changes(session):
    change(1)
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(text("DELETE FROM audit_entries"))


def test_what_is_rolled_back_leaves_no_line(session):
    @act
    def fail():
        audit.record(SYSTEM, "thing.fail", "thing", 1, at=utcnow())
        raise ValueError

    before = session.scalar(text("SELECT count(*) FROM audit_entries"))
    with pytest.raises(ValueError):
        fail()
    change(1)
    actions = session.scalars(text("SELECT action FROM audit_entries")).all()
    assert len(actions) == before + 2
    assert "thing.fail" not in actions
    assert not db.session.info.get("audit")


def test_the_command_tells(app, trail, session):
    runner = app.test_cli_runner()
    assert runner.invoke(args=["audit", "verify"]).exit_code == 0
    session.execute(text("DELETE FROM audit_entries WHERE id = (SELECT min(id) FROM audit_entries)"))
    session.expire_all()
    assert runner.invoke(args=["audit", "verify"]).exit_code == 1


@pytest.mark.parametrize("harm", ["count = count + 1", "hash = decode(repeat('00', 32), 'hex')"])
def test_a_head_that_counts_or_ends_otherwise_shows(trail, session, harm):
    session.execute(text(f"UPDATE audit_head SET {harm}"))
    session.expire_all()
    (fault,) = audit.verify()
    assert "the head counts" in str(fault)


def test_an_act_within_another_joins_it_and_both_are_undone_together(session):
    @act
    def outer():
        change(41)
        raise ValueError

    before = session.scalar(text("SELECT count(*) FROM audit_entries"))
    with pytest.raises(ValueError):
        outer()
    assert session.scalar(text("SELECT count(*) FROM audit_entries")) == before
    change(42)
    assert session.scalar(text("SELECT count(*) FROM audit_entries")) == before + 2
