"""The record store mounted and alone, sign-in sessions of the product, the short way of plain POSTs, large answers."""

import io
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import func, select

from lms.core.guard import SYSTEM
from lms.records import emit, services
from lms.records.application import create_records_app
from lms.records.emit import Activity
from lms.records.express import Express
from lms.records.models import Statement
from lms.records.vocabulary import ACCOUNTS
from tests import factories as make
from tests.conftest import NOW

VERSION = {"X-Experience-API-Version": "2.0.0"}


def basic(key: str, secret: str) -> dict[str, str]:
    return VERSION | {"Authorization": f"Basic {b64encode(f'{key}:{secret}'.encode()).decode()}"}


@pytest.fixture
def key(session):
    made, secret = services.make_credential(SYSTEM, name="k", scopes=["all"], at=NOW)
    session.commit()
    return made, basic(made.key, secret)


def statement(**values):
    return {
        "id": str(uuid4()),
        "actor": {"mbox": "mailto:a@example.vn"},
        "verb": {"id": "http://e.vn/did"},
        "object": {"id": "http://e.vn/a"},
    } | values


def count(session):
    return session.scalar(select(func.count()).select_from(Statement))


# -- alone ------------------------------------------------------------------------------------------------------------


def test_the_store_works_without_the_product(app, session, key):
    alone = create_records_app(app.config["SETTINGS"]).test_client()
    _, headers = key
    one = statement()
    assert alone.post("/xapi/statements", json=one, headers=headers).json == [one["id"]]
    found = alone.get("/xapi/statements", query_string={"statementId": one["id"]}, headers=headers)
    assert found.json["verb"] == one["verb"]
    assert alone.get("/xapi/about").json["version"][-1] == "2.0.0"


def test_the_store_alone_has_no_pages_of_the_product(app, session):
    alone = create_records_app(app.config["SETTINGS"])
    assert all(rule.rule.startswith("/xapi/") for rule in alone.url_map.iter_rules())
    answer = alone.test_client().get("/programmes")
    assert answer.status_code == 404 and "Set-Cookie" not in answer.headers


def test_the_store_alone_makes_its_own_keys(app, session):
    alone = create_records_app(app.config["SETTINGS"])
    result = alone.test_cli_runner().invoke(args=["records", "key", "ngoài", "--scope", "statements/write"])
    words = dict(line.split() for line in result.output.splitlines())
    answer = alone.test_client().post(
        "/xapi/statements", json=statement(), headers=basic(words["key"], words["secret"])
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/xapi/nothing", "/xapi/"])
def test_unknown_addresses_are_answered_in_the_stores_way(client, session, path):
    answer = client.get(path, headers=VERSION)
    assert answer.status_code == 404 and answer.json["code"] == "404"


# -- sign-in sessions -------------------------------------------------------------------------------------------------


@pytest.fixture
def two(session):
    """Two trainees with a statement each, and one of a foreign program about the first."""
    accounts = [make.trainee(), make.trainee()]
    ids = [
        emit.emit(
            learner=account.actor_name, verb="completed", activity=Activity("lesson", "b1"), registration=None, at=NOW
        )
        for account in accounts
    ]
    session.commit()
    return accounts, [str(one) for one in ids]


def test_a_page_of_the_product_reads_the_statements_of_whoever_is_signed_in(sign_in, two):
    accounts, ids = two
    mine = sign_in(accounts[0]).get("/xapi/statements", headers=VERSION)
    assert [one["id"] for one in mine.json["statements"]] == ids[:1]
    assert mine.headers["X-Experience-API-Consistent-Through"]


def test_a_sign_in_session_reads_nobody_elses(sign_in, two):
    accounts, ids = two
    client = sign_in(accounts[0])

    def get(**query):
        return client.get("/xapi/statements", query_string=query, headers=VERSION)

    assert get(statementId=ids[0]).json["id"] == ids[0]
    assert get(statementId=ids[1]).status_code == 404
    other = {"account": {"homePage": ACCOUNTS, "name": str(accounts[1].actor_name)}}
    assert get(agent=json.dumps(other)).status_code == 403
    own = {"account": {"homePage": ACCOUNTS, "name": str(accounts[0].actor_name)}}
    assert [one["id"] for one in get(agent=json.dumps(own), related_agents="true").json["statements"]] == ids[:1]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/xapi/statements"),
        ("PUT", "/xapi/statements"),
        ("GET", "/xapi/activities?activityId=http://e.vn/a"),
        ("GET", "/xapi/agents/profile"),
        ("PUT", "/xapi/activities/state"),
    ],
)
def test_a_sign_in_session_opens_nothing_else(sign_in, two, session, method, path):
    accounts, _ = two
    before = count(session)
    assert sign_in(accounts[0]).open(path, method=method, json=statement(), headers=VERSION).status_code == 401
    assert count(session) == before


def test_a_stranger_reads_nothing(client, two):
    assert client.get("/xapi/statements", headers=VERSION).status_code == 401


# -- the short way ----------------------------------------------------------------------------------------------------


@pytest.fixture
def ways(app, session, key, monkeypatch):
    """Which requests went the short way, and how they ended."""
    taken = []
    store = Express._store

    def noting(self, *args):
        taken.append("refused")
        found = store(self, *args)
        taken[-1] = "stored"
        return found

    monkeypatch.setattr(Express, "_store", noting)
    app.extensions["xapi"].extensions["xapi_clients"].clear()
    return taken


def test_a_known_client_is_answered_the_same_by_both_ways(client, session, key, ways):
    _, headers = key
    first, second = statement(), statement()
    answers = [client.post("/xapi/statements", json=one, headers=headers) for one in (first, second)]
    assert ways == ["stored"]
    assert [answer.json for answer in answers] == [[first["id"]], [second["id"]]]
    for answer in answers:
        assert answer.headers.pop("X-Request-ID")
    assert dict(answers[0].headers) == dict(answers[1].headers)


def test_what_is_refused_is_told_in_the_same_words_and_not_stored(client, session, key, ways):
    _, headers = key
    one = statement()
    client.post("/xapi/statements", json=one, headers=headers)
    before = count(session)
    bad = client.post("/xapi/statements", json=[statement(), statement(verb={"id": "did"})], headers=headers)
    assert (bad.status_code, bad.json["error"][:11]) == (400, "[1].verb.id")
    conflict = client.post("/xapi/statements", json=one | {"verb": {"id": "http://e.vn/other"}}, headers=headers)
    assert conflict.status_code == 409
    assert ways == ["refused", "refused"]
    assert count(session) == before


def test_a_revoked_key_stores_nothing_from_the_moment_it_is_revoked(client, session, key, ways):
    made, headers = key
    for _ in range(2):
        assert client.post("/xapi/statements", json=statement(), headers=headers).status_code == 200
    services.revoke_credential(SYSTEM, made.id, at=NOW)
    session.commit()
    before = count(session)
    answer = client.post("/xapi/statements", json=statement(), headers=headers)
    assert (answer.status_code, answer.json["code"]) == (401, "wrong-credential")
    assert ways == ["stored", "refused"]
    assert count(session) == before


def test_a_session_token_keeps_its_limits_on_the_short_way(client, session, ways):
    agent = {"mbox": "mailto:a@example.vn"}
    registration = uuid4()
    made, secret = services.open_session(
        agent=agent,
        registration=registration,
        activity="http://e.vn/a",
        lifetime=timedelta(hours=1),
        at=datetime.now(UTC),
    )
    session.commit()
    headers = basic(made.key, secret)
    own = {"context": {"registration": str(registration)}}
    answers = [client.post("/xapi/statements", json=statement(**own), headers=headers) for _ in range(2)]
    foreign = statement(**own, actor={"mbox": "mailto:b@example.vn"})
    answers.append(client.post("/xapi/statements", json=foreign, headers=headers))
    assert [answer.status_code for answer in answers] == [200, 200, 403]
    assert ways == ["stored", "refused"]


def test_a_client_is_looked_up_again_after_a_moment(client, session, key, ways):
    _, headers = key
    with time_machine.travel(NOW, tick=False) as clock:
        for seconds in (0, 1, 10):
            clock.move_to(NOW + timedelta(seconds=seconds))
            assert client.post("/xapi/statements", json=statement(), headers=headers).status_code == 200
    assert ways == ["stored"]


@pytest.mark.parametrize("claimed", ["", "x", "-1", "5", "99999999999"])
def test_a_length_that_does_not_fit_is_refused(app, session, key, ways, claimed):
    _, headers = key
    client = app.test_client()
    client.post("/xapi/statements", json=statement(), headers=headers)
    before = count(session)
    body = json.dumps(statement()).encode()
    answer = client.open(
        "/xapi/statements",
        method="POST",
        headers=headers,
        input_stream=io.BytesIO(body),
        content_type="application/json",
        environ_overrides={"CONTENT_LENGTH": claimed},
    )
    assert 400 <= answer.status_code < 500
    assert count(session) == before


# -- large answers ----------------------------------------------------------------------------------------------------


def test_an_answer_ends_early_when_its_statements_are_long_and_more_goes_on(client, session, key, monkeypatch):
    from lms.records import queries

    monkeypatch.setattr(queries, "_PAGE_LENGTH", 3000)
    monkeypatch.setattr(queries, "_AT_ONCE", 2)
    _, headers = key
    sent = [statement(result={"response": "x" * 1000}) for _ in range(7)]
    client.post("/xapi/statements", json=sent, headers=headers)
    for ascending in ("true", "false"):
        address, found, pages = f"/xapi/statements?ascending={ascending}&limit=6", [], []
        while address:
            answer = client.get(address, headers=headers).json
            pages.append(len(answer["statements"]))
            found += [one["id"] for one in answer["statements"]]
            address = answer["more"]
        ids = [one["id"] for one in sent]
        assert found == (ids if ascending == "true" else ids[::-1])
        assert pages == [3, 3, 1]


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
@pytest.mark.parametrize(("limit", "more"), [(2, True), (5, False), (6, False), (4, True)])
def test_a_page_has_as_many_statements_as_asked(client, session, key, monkeypatch, at_once, limit, more):
    from lms.records import queries

    monkeypatch.setattr(queries, "_AT_ONCE", at_once)
    _, headers = key
    client.post("/xapi/statements", json=[statement() for _ in range(5)], headers=headers)
    answer = client.get(f"/xapi/statements?limit={limit}", headers=headers).json
    assert len(answer["statements"]) == min(limit, 5)
    assert bool(answer["more"]) is more


def test_a_large_batch_of_a_client_that_is_known_is_let_in(app, session, key, ways):
    """The server asks with the head alone how much may be sent: the short way leaves that question to the guard."""
    from werkzeug.test import EnvironBuilder

    from lms.core import admission

    _, headers = key
    assert app.test_client().post("/xapi/statements", json=statement(), headers=headers).status_code == 200
    environ = EnvironBuilder("/xapi/statements", method="POST", json=[], headers=headers).get_environ()
    del environ["wsgi.input"]
    environ["CONTENT_LENGTH"] = str(5 * 1024 * 1024)
    assert admission.ask(app)(environ) == app.config["MAX_UPLOAD"]
