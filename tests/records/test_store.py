"""Storing: same id and same statement is nothing, another is a conflict, and of two at once one is kept."""

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text

from lms.core.database import db
from lms.records.models import Statement, StatementAgent
from lms.records.shapes import digest_of
from lms.records.store import StatementConflict, store
from lms.records.vocabulary import AUTHORITY

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def statement(**values: Any) -> dict[str, Any]:
    defaults = {
        "id": str(uuid4()),
        "actor": {"mbox": "mailto:anh@example.vn"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": "http://example.vn/a"},
        "timestamp": "2026-11-20T08:30:00Z",
    }
    return defaults | values


def count(session: Any) -> int:
    return session.scalar(select(func.count()).select_from(Statement))


def test_what_is_absent_is_set_and_the_rest_stays(session):
    sent = {key: value for key, value in statement().items() if key not in ("id", "timestamp")}
    (made,) = store([sent], authority=AUTHORITY, at=AT)
    kept = json.loads(session.scalar(select(Statement.raw)))
    assert kept == {
        "id": str(made),
        "stored": "2026-11-23T02:00:00.000000Z",
        "timestamp": "2026-11-23T02:00:00.000000Z",
        "version": "1.0.0",
        "authority": AUTHORITY,
        **sent,
    }


def test_what_a_sender_claims_of_stored_and_authority_is_overruled(session):
    store([statement(stored="1999-01-01T00:00:00Z", authority={"mbox": "mailto:x@y.vn"})], authority=AUTHORITY, at=AT)
    kept = json.loads(session.scalar(select(Statement.raw)))
    assert kept["stored"].startswith("2026") and kept["authority"] == AUTHORITY


def test_the_same_statement_again_changes_nothing(session):
    one = statement()
    again = one | {
        "id": one["id"].upper(),
        "timestamp": "2026-11-20T15:30:00+07:00",
        "verb": one["verb"] | {"display": {"vi": "xong"}},
        "object": one["object"] | {"objectType": "Activity", "definition": {"name": {"vi": "Bài"}}},
        "actor": one["actor"] | {"objectType": "Agent"},
        "version": "1.0.3",
    }
    first = store([one], authority=AUTHORITY, at=AT)
    before = session.scalar(select(Statement.raw))
    assert store([again], authority=AUTHORITY, at=AT + timedelta(hours=1)) == first
    assert (count(session), session.scalar(select(Statement.raw))) == (1, before)


@pytest.mark.parametrize(
    "change",
    [
        {"verb": {"id": "http://adlnet.gov/expapi/verbs/passed"}},
        {"actor": {"mbox": "mailto:binh@example.vn"}},
        {"object": {"id": "http://example.vn/A"}},
        {"timestamp": "2026-11-20T08:30:01Z"},
        {"result": {"success": True}},
        {"context": {"extensions": {"http://e.vn/x": 1}}},
    ],
)
def test_another_statement_under_the_same_id_is_a_conflict(session, change):
    one = statement()
    store([one], authority=AUTHORITY, at=AT)
    with pytest.raises(StatementConflict) as conflict:
        store([statement(), one | change], authority=AUTHORITY, at=AT)
    assert conflict.value.statement_id == UUID(one["id"])


def test_an_id_twice_in_a_batch_is_kept_once_or_a_conflict(session):
    one = statement()
    assert store([one, dict(one)], authority=AUTHORITY, at=AT) == [UUID(one["id"])] * 2
    assert count(session) == 1
    two = statement()
    with pytest.raises(StatementConflict):
        store([two, two | {"result": {"success": False}}], authority=AUTHORITY, at=AT)


@pytest.mark.parametrize("size", [1, 200])
def test_a_batch_costs_three_sql_statements(session, queries, size):
    queries.clear()
    store([statement() for _ in range(size)], authority=AUTHORITY, at=AT)
    assert len(queries) == 3


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(_json, _json)
def test_the_digest_tells_extensions_apart_exactly(left, right):
    def with_(value: Any) -> bytes:
        return digest_of(statement(id="x", context={"extensions": {"http://e.vn/x": value}}))

    assert (with_(left) == with_(right)) == (json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True))


@given(st.permutations(["a", "b", "c"]), st.permutations(["a", "b", "c"]))
def test_the_order_of_members_and_context_activities_does_not_matter(one, two):
    def with_(names: list[str]) -> bytes:
        group = {"objectType": "Group", "member": [{"mbox": f"mailto:{n}@e.vn"} for n in names]}
        related = {"other": [{"id": f"http://e.vn/{n}"} for n in names]}
        return digest_of(statement(id="x", actor=group, context={"contextActivities": related}))

    assert with_(one) == with_(two)


def test_of_many_who_send_the_same_id_at_once_one_is_kept_and_the_others_hear_of_it(app):
    """Outside the test's transaction: real connections that wait for one another."""
    shared, start = str(uuid4()), threading.Barrier(4)
    outcomes: list[str] = []

    def send(number: int) -> None:
        with app.app_context():
            start.wait()
            try:
                store([statement(id=shared, result={"response": str(number % 2)})], authority=AUTHORITY, at=AT)
                db.session.commit()
                outcomes.append(f"kept {number % 2}")
            except StatementConflict:
                db.session.rollback()
                outcomes.append("conflict")

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        kept = db.session.scalars(select(Statement.raw).where(Statement.id == UUID(shared))).all()
        agents = db.session.scalar(
            select(func.count()).select_from(StatementAgent).join(Statement, Statement.seq == StatementAgent.seq)
        )
        db.session.execute(delete(Statement).where(Statement.id == UUID(shared)))
        db.session.commit()
    winner = json.loads(kept[0])["result"]["response"]
    assert len(kept) == 1 and agents == 2
    assert sorted(outcomes) == ["conflict", "conflict", f"kept {winner}", f"kept {winner}"]


def test_what_a_running_writer_has_not_committed_is_not_claimed_as_readable(app, client_through):
    """Communication 2.1.3: X-Experience-API-Consistent-Through is true."""
    with app.app_context():
        writer = db.engine.connect()
        began = writer.execute(text("SELECT now()")).scalar_one()
        writer.execute(text("INSERT INTO throttles VALUES ('writer', 1, now())"))
        try:
            assert client_through() <= began
        finally:
            writer.rollback()
            writer.close()


@pytest.fixture
def client_through(app):
    """The moment a request would claim, over a connection of its own."""
    from lms.records import access

    def through() -> datetime:
        later = datetime.now(UTC) + timedelta(hours=1)
        row = db.session.execute(access._CREDENTIAL, {"key": "", "throttle": "", "now": later}).one()
        db.session.rollback()
        return min(row.writing, later)

    return through
