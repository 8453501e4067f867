"""Versions, authentication and permissions, errors, and other sites' scripts (Comm 3.2, 3.3, 4; 2.0 4.1.5, 4.1.7)."""

import json
from base64 import b64encode
from uuid import uuid4

import pytest

from tests.standards.xapi.client import OTHER_UUID, VERSION, agent, only, statement, table

pytestmark = pytest.mark.in_pairs  # version, request, and what is asked: see conftest
STATE = {"activityId": "http://example.vn/a", "agent": agent(), "stateId": "s"}
ACTIVITY_PROFILE = {"activityId": "http://example.vn/a", "profileId": "p"}
AGENT_PROFILE = {"agent": agent(), "profileId": "p"}
REQUESTS = {
    "GET statements": ("GET", "statements", {}, None),
    "PUT statements": ("PUT", "statements", {"statementId": OTHER_UUID}, statement()),
    "POST statements": ("POST", "statements", {}, statement()),
    "GET state": ("GET", "activities/state", STATE, None),
    "PUT state": ("PUT", "activities/state", STATE, {"x": 1}),
    "POST state": ("POST", "activities/state", STATE, {"x": 1}),
    "DELETE state": ("DELETE", "activities/state", STATE, None),
    "GET activity profile": ("GET", "activities/profile", ACTIVITY_PROFILE, None),
    "PUT activity profile": ("PUT", "activities/profile", ACTIVITY_PROFILE, {"x": 1}),
    "POST activity profile": ("POST", "activities/profile", ACTIVITY_PROFILE, {"x": 1}),
    "DELETE activity profile": ("DELETE", "activities/profile", ACTIVITY_PROFILE, None),
    "GET agent profile": ("GET", "agents/profile", AGENT_PROFILE, None),
    "PUT agent profile": ("PUT", "agents/profile", AGENT_PROFILE, {"x": 1}),
    "POST agent profile": ("POST", "agents/profile", AGENT_PROFILE, {"x": 1}),
    "DELETE agent profile": ("DELETE", "agents/profile", AGENT_PROFILE, None),
    "GET activities": ("GET", "activities", {"activityId": "http://example.vn/a"}, None),
    "GET agents": ("GET", "agents", {"agent": agent()}, None),
}


@pytest.fixture(params=REQUESTS)
def ask(request, lrs):
    """``ask(headers)`` sends one of the requests; ``ask.name`` tells which."""
    method, resource, query, body = REQUESTS[request.param]

    def send(headers=None, by=lrs):
        return by.send(method, resource, query, body=body, headers=headers)

    send.name = request.param
    return send


def refused(answer, status):
    assert answer.status_code == status, (answer.status_code, answer.text)
    assert answer.text
    assert "Traceback" not in answer.text


# -- 3.3 versions -----------------------------------------------------------------------------------------------------


@only("2.0.0")
@pytest.mark.parametrize("asked", [None, "", "0.8", "0.9", "0.95", "1.1.0", "2.1.0", "3.0.0", "1", "latest"])
def test_3_3_other_versions_and_none_are_refused(ask, asked):
    answer = ask({VERSION: asked})
    refused(answer, 400)
    assert answer.headers[VERSION] in ("1.0.3", "2.0.0")


@only("2.0.0")
def test_3_3_an_answer_to_a_request_without_version_names_the_latest(ask):
    assert ask({VERSION: None}).headers[VERSION] == "2.0.0"


@only("2.0.0")
def test_3_3_the_version_is_looked_at_before_the_key(ask):
    refused(ask({VERSION: None, "Authorization": None}), 400)


ACCEPTED = [(v, v, "1.0.3") for v in ("1.0", "1.0.0", "1.0.1", "1.0.2", "1.0.3", "1.0.9", "1.0.32")]
ACCEPTED += [(v, v, "2.0.0") for v in ("2.0", "2.0.0", "2.0.1")]


@only("2.0.0")
@table(ACCEPTED, "asked", "answered")
def test_3_3_every_patch_of_1_0_and_2_0_is_accepted_and_answered_by_the_latest(ask, asked, answered):
    answer = ask({VERSION: asked})
    assert answer.status_code < 300 or answer.status_code == 404, answer.text
    assert answer.headers[VERSION] == answered


def test_3_3_errors_carry_the_version_too(lrs):
    for answer in (
        lrs.get(foo="bar"),
        lrs.get(statementId=str(uuid4())),
        lrs.get(headers={"Authorization": None}),
        lrs.post({}),
        lrs.send("DELETE", "statements"),
        lrs.get("nothing-here"),
    ):
        assert answer.status_code >= 400
        assert answer.headers[VERSION] == lrs.version


def test_3_3_statements_are_answered_unchanged_in_the_other_version(lrs):
    other = "2.0.0" if lrs.version == "1.0.3" else "1.0.3"
    (one,) = lrs.store(statement(context={"platform": "Khuê"}))
    mine = lrs.one(one)
    theirs = lrs.get(statementId=one, headers={VERSION: other}).json
    assert {key: theirs[key] for key in ("actor", "verb", "object", "context", "version")} == {
        key: mine[key] for key in ("actor", "verb", "object", "context", "version")
    }


# -- 4 authentication -------------------------------------------------------------------------------------------------


def basic(text):
    return "Basic " + b64encode(text.encode()).decode()


WRONG = [
    ("none", None),
    ("empty", ""),
    ("an unknown key", basic("RobCIsNot:AUserOnThisLRS")),
    ("a colon after Basic", basic("a:b").replace("Basic ", "Basic:")),
    ("Basic alone", "Basic"),
    ("no base64", "Basic !!!"),
    ("no colon", basic("nobody")),
    ("an empty key", basic(":")),
    ("not UTF-8", "Basic " + b64encode(b"\xff\xfe:x").decode()),
    ("NUL", basic("\0:\0")),
    ("Bearer", "Bearer token"),
    ("Digest", 'Digest username="anh"'),
]


@table(WRONG, "value")
def test_4_0_without_a_good_credential_401(ask, value):
    answer = ask({"Authorization": value})
    refused(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert answer.headers[VERSION]


def test_4_0_a_wrong_secret_is_401_and_stores_nothing(lrs):
    one = statement(id=OTHER_UUID)
    refused(lrs.put(one, headers={"Authorization": basic(f"{lrs.credential.key}:guess")}), 401)
    assert lrs.ids() == []


def test_4_0_basic_is_accepted(ask):
    assert ask().status_code in (200, 204, 404)


# -- 4.2 permissions --------------------------------------------------------------------------------------------------

SCOPES = {
    "all": lambda name: True,
    "all/read": lambda name: name.startswith("GET"),
    "statements/read": lambda name: name == "GET statements",
    "statements/write": lambda name: name in ("PUT statements", "POST statements"),
    "state": lambda name: name.endswith(" state"),
    "profile": lambda name: name.endswith("profile"),
}


@pytest.mark.parametrize("scope", SCOPES)
def test_4_2_what_a_key_may_not_do_is_403(ask, lrs_with, scope):
    answer = ask(by=lrs_with(scope))
    if SCOPES[scope](ask.name):
        assert answer.status_code in (200, 204, 404), answer.text
    elif ask.name not in ("GET activities", "GET agents"):
        refused(answer, 403)


def test_4_2_read_mine_finds_only_what_the_key_has_sent(lrs, lrs_with):
    mine = lrs_with("statements/read/mine", "statements/write")
    (own,), (other,) = mine.store(statement()), lrs.store(statement())
    assert mine.ids() == [own]
    assert mine.get(statementId=other).status_code == 404
    assert set(lrs.ids()) == {own, other}


def test_4_2_a_key_with_two_scopes_may_do_both(lrs_with):
    both = lrs_with("statements/write", "statements/read")
    (one,) = both.store(statement())
    assert both.ids() == [one]


# -- 3.2 errors -------------------------------------------------------------------------------------------------------


def test_3_2_unknown_parameters_are_refused_everywhere(lrs):
    for method, resource, query, body in REQUESTS.values():
        refused(lrs.send(method, resource, query | {"foo": "bar"}, body=body), 400)
        refused(lrs.send(method, resource, query | {"Limit": "1"}, body=body), 400)


def test_3_2_what_is_not_found_is_404(lrs):
    refused(lrs.get(statementId=str(uuid4())), 404)
    refused(lrs.get("activities/state", **STATE), 404)
    refused(lrs.get("activities/profile", **ACTIVITY_PROFILE), 404)
    refused(lrs.get("agents/profile", **AGENT_PROFILE), 404)


def test_3_2_an_error_says_where_the_statement_is_wrong(lrs):
    answer = lrs.post([statement(), statement(result={"score": {"scaled": 2}})])
    refused(answer, 400)
    assert "scaled" in answer.text


# -- other sites' scripts ---------------------------------------------------------------------------------------------

SITE = {"Origin": "https://content.example.org"}


@pytest.mark.parametrize(
    ("resource", "methods"),
    [
        *(("statements", {"GET", "PUT", "POST"}), ("about", {"GET"}), ("agents", {"GET"}), ("activities", {"GET"})),
        *((name, {"GET", "PUT", "POST", "DELETE"}) for name in ("activities/state", "activities/profile")),
        ("agents/profile", {"GET", "PUT", "POST", "DELETE"}),
    ],
)
def test_cors_a_preflight_needs_no_key_and_names_methods_and_headers(lrs, resource, methods):
    wanted = "authorization, content-type, if-match, if-none-match, x-experience-api-version"
    answer = lrs.client.open(
        f"/xapi/{resource}",
        method="OPTIONS",
        headers=SITE | {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": wanted},
    )
    assert answer.status_code in (200, 204)
    assert answer.headers["Access-Control-Allow-Origin"] in ("*", SITE["Origin"])
    assert methods <= {one.strip() for one in answer.headers["Access-Control-Allow-Methods"].split(",")}
    allowed = {one.strip().lower() for one in answer.headers["Access-Control-Allow-Headers"].split(",")}
    assert set(wanted.split(", ")) <= allowed


def test_cors_answers_show_their_headers_to_scripts(ask):
    for answer in (ask(SITE), ask(SITE | {"Authorization": None}), ask(SITE | {VERSION: None})):
        assert answer.headers["Access-Control-Allow-Origin"] in ("*", SITE["Origin"])
        shown = {one.strip().lower() for one in answer.headers["Access-Control-Expose-Headers"].split(",")}
        assert {"etag", "last-modified", VERSION.lower(), "x-experience-api-consistent-through"} <= shown


def test_cors_a_cookie_is_no_credential(lrs):
    lrs.client.set_cookie("session", "anything")
    assert lrs.get(headers={"Authorization": None}).status_code == 401


# -- content ----------------------------------------------------------------------------------------------------------


def test_1_4_strings_are_utf_8_both_ways(lrs):
    texts = {"vi": "đã làm", "ja": "出席した", "hy-AM": "ներկա է", "ar": "حضر", "und": "👩‍🏫 \u0000"[:-1] + "\u2028"}
    (one,) = lrs.store(statement(verb={"id": "http://example.vn/did", "display": texts}))
    assert lrs.one(one)["verb"]["display"] == texts
    raw = json.dumps(statement(id=OTHER_UUID, actor=agent(name="Ánh")), ensure_ascii=False).encode()
    assert lrs.post(raw, headers={"Content-Type": "application/json"}).status_code == 200
    assert lrs.one(OTHER_UUID)["actor"]["name"] == "Ánh"


@pytest.mark.parametrize(("size", "good"), [(100_000, True), (5_000_000, False)])
def test_3_2_what_is_too_large_is_413(lrs, size, good):
    answer = lrs.post(statement(result={"response": "a" * size}))
    assert answer.status_code == (200 if good else 413)
    query = {"activityId": "http://example.vn/a", "profileId": "p"}
    body = b"a" * size * 4
    answer = lrs.send("POST", "activities/profile", query, body=body, headers={"Content-Type": "text/plain"})
    assert answer.status_code == (204 if good else 413)


def test_1_2_answers_are_private(ask):
    answer = ask()
    assert "public" not in answer.headers.get("Cache-Control", "")
