"""Storing: same id and same statement is nothing, another is a conflict, and of two at once one is kept."""

import json
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import OperationalError

from lms.core.database import db, direct
from lms.records.errors import Invalid
from lms.records.models import Mention, Statement
from lms.records.shapes import same
from lms.records.store import StatementConflict
from lms.records.vocabulary import AUTHORITY
from tests.records.keeping import keep


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
    (made,) = keep([sent])
    kept = json.loads(session.scalar(select(Statement.raw)))
    assert abs(datetime.fromisoformat(kept["stored"]) - datetime.now(UTC)) < timedelta(minutes=5)
    assert kept == {
        "id": str(made),
        "stored": kept["stored"],
        "timestamp": kept["stored"],
        "version": "1.0.0",
        "authority": AUTHORITY,
        **sent,
    }


def test_what_a_sender_claims_of_stored_and_authority_is_overruled(session):
    keep([statement(stored="1999-01-01T00:00:00Z", authority={"mbox": "mailto:x@y.vn"})])
    kept = json.loads(session.scalar(select(Statement.raw)))
    assert not kept["stored"].startswith("1999") and kept["authority"] == AUTHORITY


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
    first = keep([one])
    before = session.scalar(select(Statement.raw))
    assert keep([again]) == first
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
    keep([one])
    with pytest.raises(StatementConflict) as conflict:
        keep([statement(), one | change])
    assert conflict.value.statement_id == UUID(one["id"])


def test_an_id_twice_in_a_batch_is_refused(session):
    one = statement()
    with pytest.raises(Invalid) as refused:
        keep([statement(), one, one | {"id": one["id"].upper()}])
    assert refused.value.where == "[2].id"
    assert count(session) == 0


def test_a_batch_with_some_known_statements_stores_the_others(session):
    one, two = statement(), statement()
    keep([one])
    assert keep([two, one]) == [UUID(two["id"]), UUID(one["id"])]
    assert count(session) == 2


@pytest.mark.parametrize("size", [1, 200])
def test_a_batch_costs_one_sql_statement(session, queries, size):
    queries.clear()
    keep([statement() for _ in range(size)])
    assert len(queries) == 1


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(_json, _json)
def test_extensions_are_told_apart_exactly(left, right):
    def with_(value: Any) -> dict[str, Any]:
        return statement(id="x", context={"extensions": {"http://e.vn/x": value}})

    assert same(with_(left), with_(right)) == (json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True))


@given(st.permutations(["a", "b", "c"]), st.permutations(["a", "b", "c"]))
def test_the_order_of_members_and_context_activities_does_not_matter(one, two):
    def with_(names: list[str]) -> dict[str, Any]:
        group = {"objectType": "Group", "member": [{"mbox": f"mailto:{n}@e.vn"} for n in names]}
        related = {"other": [{"id": f"http://e.vn/{n}"} for n in names]}
        return statement(id="x", actor=group, context={"contextActivities": related})

    assert same(with_(one), with_(two))


def test_of_many_who_send_the_same_id_at_once_one_is_kept_and_the_others_hear_of_it(app):
    """Outside the test's transaction: real connections that wait for one another."""
    shared, start = str(uuid4()), threading.Barrier(4)
    outcomes: list[str] = []

    def send(number: int) -> None:
        with app.app_context():
            start.wait()
            try:
                sent = statement(id=shared, result={"response": str(number % 2)})
                for _ in range(3):  # as the interface does when another was faster
                    with suppress(OperationalError):
                        keep([sent])
                        db.session.commit()
                        break
                    db.session.rollback()
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
        mentions = db.session.scalar(
            select(func.count()).select_from(Mention).join(Statement, Statement.seq == Mention.seq)
        )
        db.session.execute(delete(Mention))
        db.session.execute(delete(Statement).where(Statement.id == UUID(shared)))
        db.session.commit()
    winner = json.loads(kept[0])["result"]["response"]
    assert len(kept) == 1 and mentions == 4
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
        (row,) = direct(access._CREDENTIAL, {"key": "", "now": later})
        return row[-1]

    return through
