"""Documents of the record store with odd names, types, tags and contents: kept as they are, or refused."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from lms.core.database import utcnow
from lms.core.guard import SYSTEM
from lms.records.models import Document
from lms.records.services import make_credential, open_session
from tests.conftest import NOW
from tests.security.hostile import calm
from tests.standards.xapi.client import VERSION, VERSIONS, Lrs, agent

PROFILE = {"activityId": "http://e.vn/a", "profileId": "p"}
JSON = {"Content-Type": "application/json"}
TEXT = {"Content-Type": "text/plain"}


@pytest.fixture(params=VERSIONS)
def lrs(client, session, request):
    return Lrs(client, *make_credential(SYSTEM, name="Thử nghiệm", scopes=["all"], at=NOW), request.param)


@pytest.fixture
def count(session):
    """``count()`` counts documents."""
    return lambda: session.scalar(select(func.count()).select_from(Document))


def put(lrs: Lrs, body: bytes, query: dict[str, Any] | None = None, **headers: str) -> Any:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return lrs.send("PUT", "activities/profile", query or PROFILE, body=body, headers=TEXT | named)


def post(lrs: Lrs, body: bytes, **headers: str) -> Any:
    return lrs.send("POST", "activities/profile", PROFILE, body=body, headers=JSON | headers)


def get(lrs: Lrs, query: dict[str, Any] | None = None) -> Any:
    return lrs.send("GET", "activities/profile", query or PROFILE)


# -- names ------------------------------------------------------------------------------------------------------------

NAMES = [
    *(
        "a/b/../c",
        "../../etc/passwd",
        "",
        " ",
        " a",
        "a ",
        "é",
        "e\u0301",
        "\u202egnol",
        "𝒳",
        "\r\nX: y",
        "%ff",
        "%25",
        "a+b",
        "a b",
    ),
    *(
        "'; DROP TABLE xapi_documents; --",
        "%s",
        "{}",
        "null",
        "\x1e",
        "\x7f",
        "\ufeff",
        "A",
        "a",
        "ａ",
        "ı",
        "x" * 50_000,
    ),
]


def test_names_that_differ_in_anything_name_different_documents(lrs):
    for number, name in enumerate(NAMES):
        assert put(lrs, b"%d" % number, PROFILE | {"profileId": name}).status_code == 204, name
    for number, name in enumerate(NAMES):
        assert get(lrs, PROFILE | {"profileId": name}).data == b"%d" % number, name
    listed = lrs.get("activities/profile", activityId=PROFILE["activityId"]).json
    assert sorted(listed) == sorted(NAMES)


@pytest.mark.parametrize("name", ["a\0b", "\0"])
@pytest.mark.parametrize("parameter", ["profileId", "activityId"])
def test_names_with_nul_are_refused(lrs, count, parameter, name):
    calm(put(lrs, b"x", PROFILE | {parameter: name}), 400)
    calm(get(lrs, PROFILE | {parameter: name}), 400)
    assert count() == 0


@pytest.mark.parametrize("iri", ["http://e.vn/é", "http://e.vn/e\u0301", "HTTP://e.vn/", "http://e.vn/%C3%A9"])
def test_iris_in_another_normal_form_are_other_activities(lrs, iri):
    assert put(lrs, b"x", PROFILE | {"activityId": iri}).status_code == 204
    assert get(lrs, PROFILE | {"activityId": iri}).status_code == 200
    assert get(lrs, PROFILE | {"activityId": "http://e.vn/è"}).status_code == 404


# -- types ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "text/plain; charset=utf-7", "x", "", "x" * 10_000, "text/\xe9; a=\xff"]
)
def test_any_type_comes_back_and_runs_nowhere(lrs, kind):
    assert put(lrs, b"<script>alert(1)</script>", Content_Type=kind).status_code == 204
    answer = get(lrs)
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "kind",
    ["text/plain\r\nX-Evil: 1", "text/plain\n", "text/\0plain", "text/plain; a=ế", "text/\x7f", "a\x85b"],
    ids=ascii,
)
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_types_that_are_no_header_are_refused(client, session, count, method, kind):
    """Through the alternate request syntax, whose form holds any characters."""
    made, secret = make_credential(SYSTEM, name="Thử nghiệm", scopes=["all"], at=NOW)
    lrs = Lrs(client, made, secret, "1.0.3")
    form = {"Authorization": lrs.authorization, VERSION: "1.0.3", "content": "x", "Content-Type": kind} | PROFILE
    answer = client.post(
        f"/xapi/activities/profile?method={method}",
        data=urlencode(form).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    calm(answer, 400, secrets=(secret,))
    assert count() == 0


@pytest.mark.parametrize("header", ["If-Match", "If-None-Match", "Accept-Language", "Accept", VERSION, "Authorization"])
@pytest.mark.parametrize("value", ["\0", "a\r\nb: c", "ế", "*" * 50_000, "\U0010ffff"], ids=ascii)
def test_odd_headers_in_the_alternate_syntax_break_nothing(client, session, header, value):
    lrs = Lrs(client, *make_credential(SYSTEM, name="Thử nghiệm", scopes=["all"], at=NOW), "1.0.3")
    put(lrs, b"x")
    form = {
        "Authorization": lrs.authorization,
        VERSION: "1.0.3",
        "content": "y",
        "Content-Type": "text/plain",
    } | PROFILE
    answer = client.post(
        "/xapi/activities/profile?method=PUT",
        data=urlencode(form | {header: value}).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    calm(answer, 400, 401, 409, 412)
    assert get(lrs).data == b"x"


# -- tags -------------------------------------------------------------------------------------------------------------

NEVER = ['""', '"*"', '"a", "*"', "W/", '"356a192b7913b04c54574d18c28d46e6395428a"', "x" * 60_000]
NO_TAGS = [
    "",
    "'356a192b7913b04c54574d18c28d46e6395428ab'",
    "\xff",
    ",",
    ",,,",
    '"',
    '"a',
    '"a" "b"',
    '""356a192b7913b04c54574d18c28d46e6395428ab""',
    '"x", ',
    '*, "x",,',
]
RIGHT = "356a192b7913b04c54574d18c28d46e6395428ab"
"""SHA-1 of ``1``."""


@pytest.mark.parametrize("tags", NEVER, ids=lambda tags: tags[:20])
def test_tags_that_name_another_document_never_match(lrs, tags):
    put(lrs, b"1")
    for method in ("PUT", "POST", "DELETE"):
        answer = lrs.send(method, "activities/profile", PROFILE, body=b"2", headers=TEXT | {"If-Match": tags})
        calm(answer, 412)
    assert get(lrs).data == b"1"
    assert put(lrs, b"1", If_None_Match=tags).status_code == 204


@pytest.mark.parametrize("tags", NO_TAGS, ids=repr)
@pytest.mark.parametrize("header", ["If_Match", "If_None_Match"])
def test_what_is_no_list_of_tags_is_refused(lrs, header, tags):
    put(lrs, b"1")
    calm(put(lrs, b"2", **{header: tags}), 400)
    assert get(lrs).data == b"1"


@pytest.mark.parametrize(
    "tags", ["*", f'"{RIGHT}"', f'W/"{RIGHT}"', RIGHT, f'"a,b" , "{RIGHT}"', f' "x",W/"y","{RIGHT}" ']
)
def test_tags_that_name_the_document_match(lrs, tags):
    put(lrs, b"1")
    calm(put(lrs, b"2", If_None_Match=tags), 412)
    assert get(lrs).data == b"1"
    assert put(lrs, b"2", If_Match=tags).status_code == 204


# -- contents ---------------------------------------------------------------------------------------------------------

UNMERGED = {
    "no object": b"[1]",
    "null": b"null",
    "a number": b"1",
    "empty": b"",
    "a key twice": b'{"a":1,"b":{"c":1,"c":2}}',
    "a key twice after unescaping": b'{"a":1,"\\u0061":2}',
    "deep": b'{"a":' + b"[" * 500 + b"]" * 500 + b"}",
    "bottomless": b'{"a":' * 100_000,
    "NaN": b'{"a":NaN}',
    "beyond floating point": b'{"a":1e400}',
    "NUL": b'{"a":"\\u0000"}',
    "half a pair": b'{"\\ud800":1}',
    "a byte order mark": b'\xef\xbb\xbf{"a":1}',
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "Latin-1": b'{"a":"\xe9"}',
    "garbage behind it": b'{"a":1}{}',
}


@pytest.mark.parametrize("what", UNMERGED)
def test_what_cannot_be_merged_changes_nothing(lrs, what):
    post(lrs, b'{"kept": 1.10}')
    calm(post(lrs, UNMERGED[what]), 400)
    assert get(lrs).data == b'{"kept": 1.10}'


def test_merging_keeps_numbers_and_strings_as_sent(lrs):
    assert (
        post(lrs, b'{"a": 1.10, "b": 1E2, "c": 0.1000000000000000055511151231257827, "d": {"e": -0}}').status_code
        == 204
    )
    assert post(lrs, f'{{"f": {2**70}, "b": 1e+3, "g": "e\\u0301 \\ud83c\\udf93"}}'.encode()).status_code == 204
    merged = json.loads(get(lrs).data, parse_float=str, parse_int=str)
    assert merged == {
        "a": "1.10",
        "b": "1e+3",
        "c": "0.1000000000000000055511151231257827",
        "d": {"e": "-0"},
        "f": str(2**70),
        "g": "e\u0301 🎓",
    }


def test_a_document_that_is_no_json_cannot_be_merged_into(lrs):
    for kept in (b"{", b'{"a":1,"a":2}', b'"x"', b"\xff", b'{"a":"\\ud800"}'):
        lrs.send("DELETE", "activities/profile", PROFILE)
        assert put(lrs, kept, Content_Type="application/json").status_code == 204
        calm(post(lrs, b'{"b":1}'), 400)
        assert get(lrs).data == kept


def test_ten_megabytes_are_413(lrs, count):
    calm(put(lrs, b"x" * 10 * 2**20), 413)
    calm(post(lrs, b'{"a":"' + b"x" * 10 * 2**20 + b'"}'), 413)
    assert count() == 0


def test_merging_cannot_outgrow_the_limit(lrs):
    part = "x" * 5 * 2**20
    assert post(lrs, json.dumps({"a": part}).encode()).status_code == 204
    calm(post(lrs, json.dumps({"b": part}).encode()), 413)
    assert get(lrs).json.keys() == {"a"}


# -- tokens bound to one registration ---------------------------------------------------------------------------------


def test_a_token_reaches_no_states_of_another_registration(client, lrs):
    mine, other = uuid4(), uuid4()
    context = {"activityId": "http://e.vn/a", "agent": agent()}
    for registration in ({"registration": str(other)}, {"registration": str(mine)}, {}):
        name = registration.get("registration", "none")
        query = context | registration | {"stateId": name}
        assert lrs.send("PUT", "activities/state", query, body=b"x", headers=TEXT).status_code == 204
    made, secret = open_session(
        agent=agent(), registration=mine, activity="http://e.vn/a", lifetime=timedelta(hours=1), at=utcnow()
    )
    content = Lrs(client, made, secret, lrs.version)
    assert set(content.get("activities/state", **context).json) == {str(mine), "none"}
    calm(content.get("activities/state", registration=str(other), **context), 403)
    assert content.send("DELETE", "activities/state", context).status_code == 204
    assert lrs.get("activities/state", **context).json == [str(other)]
