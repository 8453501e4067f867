"""Forwarding to another record store over HTTP, on a database of its own with real transactions."""

import hashlib
import io
import json
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select, text
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from lms import create_app
from lms.core import database, files, jobs
from lms.core.audit import AuditEntry
from lms.core.database import act, db, direct
from lms.core.guard import SYSTEM
from lms.records import multipart, parsing
from lms.records.forward import delivery, progress, queries, services
from lms.records.forward.models import DeadLetter, Forwarder
from lms.records.forward.remote import Remote
from lms.records.store import store
from lms.records.vocabulary import AUTHORITY
from tests.conftest import NOW, _settings, make_database

DAY = timedelta(days=1)
SECRET = "bí mật thứ nhất"


class Other:
    """Another record store: remembers what it got, and refuses or is away as a test says."""

    def __init__(self, port: int = 0) -> None:
        self.got: list[str] = []
        self.requests: list[Request] = []
        self.bad: dict[str, int] = {}
        self.status = 200
        self.headers: dict[str, str] = {}
        self.limit = 10**9
        self.secret: str | None = None
        self.may_read = True
        self.data: list[bytes] = []
        self.port = port
        self.start()

    def start(self) -> None:
        self.server = make_server("127.0.0.1", self.port, self.answer)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}/store/xapi/"

    @Request.application
    def answer(self, request: Request) -> Response:
        body = request.get_data()
        self.requests.append(request)
        if self.status != 200:
            return Response(f"away: {request.headers.get('Authorization')}", self.status, self.headers)
        if request.path.endswith("/about"):
            return Response('{"version":["1.0.3"]}')
        if request.method == "GET":
            wrong = self.secret not in (None, request.authorization.password)
            return Response('{"statements":[]}', 401 if wrong else 200 if self.may_read else 403)
        if len(body) > self.limit:
            return Response("too large", 413)
        if request.mimetype == "multipart/mixed":
            self.data.append(body)
            body = body.split(b"\r\n\r\n", 1)[1].split(b"\r\n--", 1)[0]
        statements = body.decode()
        for one in json.loads(statements):
            if one["id"] in self.bad:
                said = f"refused {one['id']}\n{request.headers['Authorization']} {SECRET}" + "x" * 900
                return Response(said, self.bad[one["id"]])
        self.got += [sliced for _, sliced in pieces(statements)]
        return Response(json.dumps([one["id"] for one in json.loads(statements)]))

    @property
    def ids(self) -> list[UUID]:
        return [UUID(json.loads(one)["id"]) for one in self.got]


def pieces(array: str) -> list[tuple[Any, str]]:
    """The elements of a JSON array with their own text."""
    decoder, place, found = json.JSONDecoder(), 1, []
    while array[place] != "]":
        value, end = decoder.raw_decode(array, place)
        found.append((value, array[place:end]))
        place = end + (array[end] == ",")
    return found


@pytest.fixture(scope="module")
def site() -> Iterator[Any]:
    """An application on a database of its own: what it commits is committed."""
    app = create_app(_settings(make_database(f"lms_forward_{uuid4().hex[:8]}")))
    app.config |= {"TESTING": True}
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
        database.cursor().connection.close()


@pytest.fixture
def here(site: Any) -> Iterator[Any]:
    """An empty record store."""
    with site.app_context():
        yield site
        db.session.rollback()
        db.session.execute(
            text(
                "TRUNCATE statements, statement_mentions, statement_references, xapi_attachments, xapi_forwarders, "
                "xapi_dead_letters, procrastinate_jobs CASCADE"
            )
        )
        db.session.commit()
        db.session.remove()


@pytest.fixture
def other() -> Iterator[Other]:
    made = Other()
    yield made
    made.stop()


def statement(**values: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "actor": {"mbox": "mailto:anh@example.vn"},
        "verb": {"id": "http://e.vn/did"},
        "object": {"id": "http://e.vn/a"},
    } | values


@act
def keep(statements: list[dict[str, Any]], texts: list[str] | None = None) -> list[UUID]:
    sent = list(zip(statements, texts or [json.dumps(one) for one in statements], strict=True))
    return store(sent, authority=AUTHORITY, version="1.0.3")


def many(count: int, **values: Any) -> list[UUID]:
    return keep([statement(**values) for _ in range(count)])


def forward_to(other: Other, **values: Any) -> UUID:
    given = {"name": "Kho của Bộ", "endpoint": other.endpoint, "version": "1.0.3", "key": "khoá", "secret": SECRET}
    return services.make_forwarder(SYSTEM, **(given | {"from_beginning": True, "at": NOW} | values)).id


def row(forwarder_id: UUID) -> Forwarder:
    found = queries.forwarder(forwarder_id)
    db.session.commit()
    return found


def letters(forwarder_id: UUID) -> list[DeadLetter]:
    found = db.session.scalars(select(DeadLetter).where(DeadLetter.forwarder_id == forwarder_id)).all()
    db.session.commit()
    return list(found)


def test_all_arrives_in_order_and_byte_for_byte(here, other):
    odd = '{"id":"%s", "actor":{"mbox":"mailto:a@b.vn","name":"Nguyễn \\u1ea2nh 🎓"},"verb":{"id":"http://e.vn/x"},'
    odd += '"object":{"id":"http://e.vn/a"},"result":{"score":{"raw":1.0,"max":1e2}} }'
    texts = [odd % uuid4() for _ in range(3)]
    keep([parsing.json_of(one.encode()) for one in texts], texts)
    many(230)
    forwarder_id = forward_to(other)
    outcome = delivery.run(forwarder_id, at=NOW)
    kept = [raw for (raw,) in direct("SELECT raw FROM statements ORDER BY seq", {})]
    assert other.got == kept and '"raw":1.0,"max":1e2' in kept[0] and "🎓" in kept[0]
    assert (outcome.sent, outcome.set_aside, outcome.away) == (233, 0, None)
    state = row(forwarder_id)
    assert (state.sent, state.failures, state.last_success_at) == (233, 0, NOW)
    assert {r.headers["X-Experience-API-Version"] for r in other.requests} == {"1.0.3"}
    many(1)
    assert delivery.run(forwarder_id, at=NOW).sent == 1 and len(other.got) == 234


def test_away_for_a_day_and_then_everything_arrives_in_order(here, other):
    forwarder_id = forward_to(other)
    ids = many(150)
    other.stop()
    now, waits = NOW, []
    while now < NOW + DAY:
        assert delivery.run(forwarder_id, at=now).away == "unreachable"
        state = row(forwarder_id)
        assert state.cursor == 0 and delivery.run(forwarder_id, at=now).away is None, "not before its time"
        waits.append((state.next_try_at - now).total_seconds())
        now = state.next_try_at
        if len(waits) < 10:
            ids += many(30)
    assert waits[:8] == [15, 30, 60, 120, 240, 480, 900, 900] and set(waits[7:]) == {900}
    other.start()
    assert delivery.run(forwarder_id, at=now).sent == len(ids)
    assert other.ids == ids
    state = row(forwarder_id)
    assert (state.failures, state.next_try_at, state.last_error, state.last_success_at) == (0, None, None, now)


@pytest.mark.parametrize("status", [301, 401, 403, 404, 408, 429, 500, 503])
def test_a_store_that_cannot_take_anything_now_is_waited_for(here, other, status):
    ids, forwarder_id = many(3), forward_to(other)
    other.status = status
    assert delivery.run(forwarder_id, at=NOW).away == f"status-{status}"
    state = row(forwarder_id)
    assert (state.cursor, state.failures, state.next_try_at) == (0, 1, NOW + timedelta(seconds=15))
    assert len(other.requests) == 1 and not letters(forwarder_id)
    other.status = 200
    delivery.run(forwarder_id, at=state.next_try_at)
    assert other.ids == ids


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("600", 600),
        ("1", 15),
        ("999999999999", 86400),
        ("Mon, 23 Nov 2026 03:00:00 GMT", 3600),
        ("soon", 15),
        ("Mon, 23 Nov 2026 01:00:00 GMT", 15),
    ],
)
def test_retry_after_is_honoured(here, other, asked, seconds):
    many(1)
    forwarder_id = forward_to(other)
    other.status, other.headers = 503, {"Retry-After": asked}
    delivery.run(forwarder_id, at=NOW)
    assert row(forwarder_id).next_try_at == NOW + timedelta(seconds=seconds)


def test_a_crash_between_answer_and_commit_sends_again_and_loses_nothing(here, other, monkeypatch):
    ids, forwarder_id = many(120), forward_to(other)
    whole = progress.confirmed

    def crash(*args: Any, **values: Any) -> None:
        raise RuntimeError("the power is gone")

    monkeypatch.setattr(progress, "confirmed", crash)
    with pytest.raises(RuntimeError):
        delivery.run(forwarder_id, at=NOW)
    assert row(forwarder_id).cursor == 0 and other.ids == ids[:100]
    monkeypatch.setattr(progress, "confirmed", whole)
    delivery.run(forwarder_id, at=NOW)
    assert other.ids == ids[:100] + ids
    assert row(forwarder_id).sent == 120


def test_what_goes_wrong_here_lets_the_other_forwarders_have_their_turn(here, other, monkeypatch, caplog):
    ids, broken, whole = many(2), forward_to(other, name="a"), forward_to(other, name="b")
    real = delivery.run

    def run(forwarder_id: UUID, **values: Any) -> Any:
        if forwarder_id == broken:
            raise RuntimeError("a fault")
        return real(forwarder_id, **values)

    monkeypatch.setattr(delivery, "run", run)
    totals = delivery.run_due(at=NOW, seconds=100)
    assert totals[broken].away == row(broken).last_error == "internal" and totals[whole].sent == 2
    assert other.ids == ids and "forwarding failed" in caplog.text


def test_filters_by_verb_activity_and_class_and_all_together(here, other):
    lesson, course, run = "http://e.vn/lesson", "http://e.vn/class/1", str(uuid4())

    def about(verb: str, activity: str, **context: Any) -> dict[str, Any]:
        more = {"context": context} if context else {}
        return statement(verb={"id": f"http://e.vn/{verb}"}, object={"id": activity}, **more)

    grouped = {"grouping": [{"id": course}]}
    ids = keep(
        [
            about("did", "http://e.vn/a"),
            about("read", lesson),
            about("did", lesson),
            about("joined", course, registration=run.upper()),
            about("did", "http://e.vn/b", registration=run) | {"result": {"response": "\0 \ud800"}},
            about("read", "http://e.vn/c", contextActivities=grouped),
            about("read", "http://e.vn/d", registration=str(uuid4())),
        ]
    )
    ids += keep([about("http", lesson) | {"object": {"objectType": "StatementRef", "id": str(ids[1])}}])
    ids += keep(
        [
            statement(
                verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
                object={"objectType": "StatementRef", "id": str(ids[4])},
            )
        ]
    )

    def arrives(**filters: list[str]) -> list[int]:
        other.got.clear()
        delivery.run(forward_to(other, **filters), at=NOW)
        return [ids.index(one) for one in other.ids]

    assert arrives() == list(range(9))
    assert arrives(verbs=["http://e.vn/read"]) == [1, 5, 6, 7]
    assert arrives(activities=[lesson, "http://e.vn/a"]) == [0, 1, 2, 7]
    assert arrives(activities=[course]) == [3, 5]
    assert arrives(classes=[course]) == [3, 4, 5, 8], "what is voided here is voided there"
    assert arrives(classes=[course], verbs=["http://e.vn/read", "http://e.vn/did"]) == [4, 5, 8]
    assert arrives(classes=["http://e.vn/class/2"]) == []


def test_a_filter_that_nothing_passes_moves_on_and_few_among_many_are_found(here, other, monkeypatch):
    monkeypatch.setattr("lms.records.forward.reading.STRETCH", 10)
    rare = []
    for _ in range(3):
        many(25)
        rare += many(1, object={"id": "http://e.vn/rare"})
    forwarder_id = forward_to(other, activities=["http://e.vn/rare"])
    delivery.run(forwarder_id, at=NOW)
    newest = direct("SELECT max(seq) FROM statements", {})[0][0]
    assert other.ids == rare and row(forwarder_id).cursor >= newest and queries.left(row(forwarder_id).cursor) == 0


def test_from_now_on_leaves_out_what_was_there(here, other):
    many(3)
    forwarder_id = forward_to(other, from_beginning=False)
    delivery.run(forwarder_id, at=NOW)
    assert not other.got
    ids = many(2)
    delivery.run(forwarder_id, at=NOW)
    assert other.ids == ids


def test_a_statement_of_an_unfinished_transaction_is_not_jumped_over(here, other):
    first, forwarder_id = many(1), forward_to(other)
    one = statement()
    url = here.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "", 1)
    with psycopg.connect(url) as slow:
        late = store(
            [(one, json.dumps(one))],
            authority=AUTHORITY,
            version="1.0.3",
            run=lambda sql, values: slow.execute(sql, values).fetchall(),
        )
        after = many(2)
        delivery.run(forwarder_id, at=NOW)
        assert other.ids == first
        slow.commit()
    delivery.run(forwarder_id, at=NOW)
    assert other.ids == first + late + after


def test_two_workers_never_send_at_once(here, other):
    many(1)
    forwarder_id = forward_to(other)
    with delivery._alone(forwarder_id) as alone:
        assert alone and delivery.run(forwarder_id, at=NOW).busy and not other.requests
    assert delivery.run(forwarder_id, at=NOW).sent == 1


def test_contents_of_attachments_go_along(here, other):
    content = b"\x00\xff\r\n--\r\nscan" * 1000
    sha2, missing = hashlib.sha256(content).hexdigest(), hashlib.sha256(b"gone").hexdigest()

    def attached(name: str, **more: Any) -> dict[str, Any]:
        one = {"usageType": "http://e.vn/u", "display": {"vi": "Bản quét"}, "contentType": "image/png"}
        return statement(attachments=[one | {"length": len(content), "sha2": name} | more])

    stored = files.put(io.BytesIO(content))
    insert = "INSERT INTO xapi_attachments (sha2, file, size) VALUES (%(a)s, %(b)s, %(c)s) RETURNING sha2"
    direct(insert, {"a": sha2, "b": stored.sha256, "c": stored.size})
    ids = keep(
        [
            statement(),
            attached(sha2.upper()),
            attached(missing),
            attached(missing, fileUrl="http://e.vn/f"),
            statement(),
        ]
    )
    forwarder_id = forward_to(other)
    outcome = delivery.run(forwarder_id, at=NOW)
    assert other.ids == [ids[0], ids[1], ids[3], ids[4]] and (outcome.sent, outcome.set_aside) == (4, 1)
    (_, parts) = multipart.split(other.requests[1].headers["Content-Type"], other.data[0])
    assert parts[sha2].content == content and parts[sha2].headers["content-type"] == "image/png"
    assert len(other.requests) == 3
    ((letter),) = letters(forwarder_id)
    assert (letter.statement_id, letter.status) == (ids[2], None)


@pytest.mark.parametrize("status", [400, 409, 413, 422])
def test_refused_statements_are_found_and_set_aside_and_the_others_go_on(here, other, status):
    run = uuid4()
    ids = keep([statement(context={"registration": str(run)}) for _ in range(100)])
    wrong = {ids[0], ids[37], ids[38], ids[99]}
    other.bad = {str(one): status for one in wrong}
    forwarder_id = forward_to(other)
    outcome = delivery.run(forwarder_id, at=NOW)
    assert other.ids == [one for one in ids if one not in wrong]
    assert (outcome.sent, outcome.set_aside) == (96, 4)
    kept = letters(forwarder_id)
    assert {one.statement_id for one in kept} == wrong
    assert {(one.status, one.registration, one.tries, one.due) for one in kept} == {(status, run, 1, False)}
    assert all(one.message.startswith("refused ") and len(one.message) == 500 for one in kept)
    assert delivery.run(forwarder_id, at=NOW).sent == 0, "and that is all"


def test_a_batch_that_is_only_too_large_is_halved_without_dead_letters(here, other):
    ids, forwarder_id = many(100), forward_to(other)
    other.limit = 8_000
    delivery.run(forwarder_id, at=NOW)
    assert other.ids == ids and not letters(forwarder_id)


def test_batches_have_at_most_a_megabyte_unless_one_statement_has_more(here, other):
    def long(size: int) -> dict[str, Any]:
        return statement(result={"response": "x" * 3 * size})

    ids = keep([long(1000), long(300_000), long(20_000), long(1_000_000), *(long(10_000) for _ in range(40))])
    delivery.run(forward_to(other), at=NOW)
    assert other.ids == ids
    sizes = [int(one.headers["Content-Length"]) for one in other.requests]
    assert sorted(sizes)[-1] > 3_000_000 and sorted(sizes)[-2] <= 1_000_001 and len(sizes) == 4


def test_dead_letters_are_sent_again_or_left_out(here, other):
    ids = many(5)
    other.bad = {str(one): 400 for one in ids[:3]}
    forwarder_id = forward_to(other)
    delivery.run(forwarder_id, at=NOW)
    by_id = {one.statement_id: one.seq for one in letters(forwarder_id)}
    del other.bad[str(ids[1])]
    services.send_again(SYSTEM, forwarder_id, by_id[ids[0]], at=NOW)
    services.send_again(SYSTEM, forwarder_id, by_id[ids[1]], at=NOW)
    fresh = many(1)
    delivery.run(forwarder_id, at=NOW + DAY)
    assert other.ids == [*ids[3:], ids[1], *fresh], "dead letters that are due come first"
    kept = {one.statement_id: one for one in letters(forwarder_id)}
    assert set(kept) == {ids[0], ids[2]}
    assert (kept[ids[0]].tries, kept[ids[0]].due, kept[ids[0]].at) == (2, False, NOW + DAY)
    services.leave_out(SYSTEM, forwarder_id, by_id[ids[0]], at=NOW)
    other.bad.clear()
    assert services.send_again(SYSTEM, forwarder_id, None, at=NOW) == 1
    other.status = 503
    assert delivery.run(forwarder_id, at=NOW).away and letters(forwarder_id)[0].due, "it stays due while away"
    other.status = 200
    delivery.run(forwarder_id, at=NOW + DAY)
    assert other.ids[-1] == ids[2] and not letters(forwarder_id)
    assert row(forwarder_id).sent == 5
    assert [e.action for e in audits("forwarder.leave-out")] == ["forwarder.leave-out"]


def test_the_secret_is_readable_nowhere_and_another_key_of_the_application_waits(here, other, caplog):
    caplog.set_level("DEBUG")
    (refused,) = many(1)
    forwarder_id = forward_to(other)
    other.bad = {str(refused): 400}
    delivery.run(forwarder_id, at=NOW)
    services.change_secret(SYSTEM, forwarder_id, key="khác", secret=SECRET, at=NOW)
    coded = [SECRET, b64encode(f"khoá:{SECRET}".encode()).decode(), SECRET.encode().hex()]
    tables = ("xapi_forwarders", "xapi_dead_letters", "audit_entries", "procrastinate_jobs")
    for table in tables:
        text_of = str(direct(f"SELECT t.*::text FROM {table} t", {}))
        assert not [one for one in coded if one in text_of], table
    assert not [one for one in coded if one in caplog.text]
    assert other.requests[-1].authorization.password == SECRET, "and yet it was sent"
    many(1)
    here.config["SECRET_KEY"], kept = "x" * 40, here.config["SECRET_KEY"]
    try:
        assert delivery.run(forwarder_id, at=NOW).away == "secret"
    finally:
        here.config["SECRET_KEY"] = kept


def test_paused_waits_and_deleted_meanwhile_ends_quietly(here, other, monkeypatch):
    ids, forwarder_id = many(3), forward_to(other)
    services.pause(SYSTEM, forwarder_id, at=NOW)
    assert delivery.run(forwarder_id, at=NOW).sent == 0 and not delivery.run_due(at=NOW, seconds=10)
    services.resume(SYSTEM, forwarder_id, at=NOW)
    asked = Remote.ask

    def delete(self: Any, *args: Any, **values: Any) -> Any:
        services.delete_forwarder(SYSTEM, forwarder_id, at=NOW)
        return asked(self, *args, **values)

    monkeypatch.setattr(Remote, "ask", delete)
    assert delivery.run(forwarder_id, at=NOW).sent == 0 and other.ids == ids


def test_no_transaction_is_open_while_the_network_is_waited_for(here, other, monkeypatch):
    many(120)
    forwarder_id = forward_to(other)
    asked, seen = Remote.ask, []

    def ask(self: Any, *args: Any, **values: Any) -> Any:
        seen.append(db.session().in_transaction())
        return asked(self, *args, **values)

    monkeypatch.setattr(Remote, "ask", ask)
    delivery.run(forwarder_id, at=NOW)
    assert seen == [False, False]


def test_the_job_of_every_minute_and_the_command_send(here, other):
    ids, away = many(2), Other()
    away.stop()
    forward_to(other, name="Kho một")
    forward_to(away, name="Kho hai")
    periodic = {one.task.name for one in jobs.queue.periodic_registry.periodic_tasks.values()}
    assert "records.forward" in periodic
    jobs.queue.tasks["records.forward"].func(timestamp=0)
    assert other.ids == ids
    ids += many(1)
    said = here.test_cli_runner().invoke(args=["records", "forward"])
    assert said.exit_code == 0 and other.ids == ids
    assert "Kho một: 1 sent, 0 set aside" in said.output and "Kho hai: waits until" in said.output


def test_a_silent_store_is_given_up(here, monkeypatch):
    monkeypatch.setattr("lms.records.forward.remote.TIMEOUT", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert delivery.probe(endpoint, "1.0.3", "k", "s") == "timeout"


def audits(action: str) -> list[AuditEntry]:
    found = db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()
    db.session.commit()
    return list(found)
