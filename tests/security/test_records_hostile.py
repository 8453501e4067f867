"""Parameters, headers and links that make no sense: refused without a word of what is inside, and nothing stored."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import psycopg
import pytest
from sqlalchemy import func, select

from lms.core.guard import SYSTEM
from lms.records import statements
from lms.records.models import Attachment, Document, Statement
from lms.records.services import make_credential
from tests.conftest import NOW
from tests.security.hostile import calm
from tests.standards.xapi.client import (
    VERSION,
    VERSIONS,
    Lrs,
    agent,
    rich,
    statement,
    verb,
)

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def lrs_with(client, session):
    """``lrs_with("statements/read", …)`` returns a client program whose key has these scopes."""
    return lambda *scopes: Lrs(client, *make_credential(SYSTEM, name="Thử nghiệm", scopes=scopes, at=NOW), VERSIONS[0])


@pytest.fixture
def lrs(lrs_with):
    return lrs_with("all")


@pytest.fixture
def stored(session):
    """``stored()`` counts statements, documents and attachments."""
    tables = (Statement, Document, Attachment)
    return lambda: tuple(session.scalar(select(func.count()).select_from(table)) for table in tables)


def raw(lrs: Lrs, query: str, resource: str = "statements", **more: Any) -> Any:
    """GET with a query that is sent as it is."""
    return lrs.client.get(f"/xapi/{resource}?{query}", headers=lrs.headers | more)


# -- parameters -------------------------------------------------------------------------------------------------------

REFUSED = [
    *("limit=-1", "limit=1.5", "limit=1e3", "limit=0x10", "limit=", "limit=%20", "limit=%D9%A3", "limit=%C2%B2"),
    *("limit=+1", "limit=1&limit=1", "since=", "since=now", "since=2026", "since=1763600000"),
    *("since=0000-01-01T00:00:00Z", "since=10000-01-01T00:00:00Z", "since=0001-01-01T00:00:00%2B14:00"),
    *("until=9999-12-31T23:59:59-14:00", "until=2026-11-20T08:30:00-00:00", "since=%D9%A2026-11-20T08:30:00Z"),
    *("since=2026-11-20T08:30:00+07:00", "since=2026-11-20T08:30:00Z%00", "since=" + "9" * 10_000, "ascending=1"),
    *("ascending=True", "ascending=", "related_agents=yes", "attachments=TRUE", "format=EXACT", "format="),
    *("format=%00", "agent=", "agent={", "agent=null", "agent=[]", "agent={}", "agent=%ff", "agent=" + "[" * 5000),
    *('agent={"mbox":1e400}', 'agent={"mbox":"mailto:a@e.vn","mbox":"mailto:a@e.vn"}'),
    *('agent={"objectType":"Group","member":[{"mbox":"mailto:a@e.vn"}]}', "verb=", "verb=a", "verb=%00"),
    *("verb=http://e.vn/%0A", "activity=%", "activity=e.vn", "registration=%00", "registration=" + "a" * 36),
    *("statementId=", "statementId=%ff", "statementId=" + "0" * 36, "%00=1", "%ff=1", "x" * 5000 + "=1", "=1"),
    *("a[]=1", "&".join(f"x{n}=1" for n in range(1500)), "STATEMENTID=3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
    *("since[]=2026-11-20T08:30:00Z", "cursor=1", "offset=-1", "more=", "more=W10="),
]


@pytest.mark.parametrize("query", REFUSED, ids=lambda query: query[:40])
def test_parameters_that_make_no_sense_are_refused_by_name(lrs, query):
    answer = raw(lrs, query)
    calm(answer, 400)


ANSWERED = [
    *("limit=0", "limit=00001", "limit=" + "9" * 5000, "since=0001-01-01T00:00:00Z", "until=0001-01-01T00:00:00Z"),
    *("", "&&&", "?"[1:], "since=9999-12-31T23:59:59.999999Z", "until=9999-12-31T23:59:59Z"),
    *("since=2026-11-20T08:30:00." + "9" * 5000 + "Z", "verb=" + "http://e.vn/" + "a" * 50_000),
    *("activity=http://e.vn/%25%00"[:-3], "verb=http://e.vn/'%3B--", "verb=http://e.vn/%25s%25(x)s"),
    *("verb=http://e.vn/%ff", "verb=x:%F0%9F%8E%93", "activity=http://e.vn/e%CC%81"),
]


@pytest.mark.parametrize("query", ANSWERED, ids=lambda query: query[:40])
def test_parameters_at_the_edge_are_answered(lrs, query):
    lrs.store(statement())
    answer = raw(lrs, query)
    assert answer.status_code == 200, answer.text


def test_a_question_at_the_end_of_time_is_answered(lrs):
    (one,) = lrs.store(statement())
    assert lrs.ids(since="0001-01-01T00:00:00Z", until="9999-12-31T23:59:59.999999Z") == [one]
    assert lrs.ids(since="9999-12-31T23:59:59Z") == lrs.ids(until="0001-01-01T00:00:00Z") == []


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "FOO", "get", "%00"]
)
@pytest.mark.parametrize(
    "path",
    [
        "statements/../about",
        "%00",
        "statements%00",
        "..%2f..%2fetc",
        "STATEMENTS",
        "statements;a=b",
    ],
)
def test_addresses_that_are_none_are_refused(lrs, stored, method, path):
    answer = lrs.client.open(f"/xapi/{path}", method=method, headers=lrs.headers | JSON, data=json.dumps(statement()))
    calm(answer, 404, 405)
    assert stored() == (0, 0, 0)


# -- headers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "version",
    [
        "",
        " ",
        "1",
        "1.0.x",
        "1.0.3, 2.0.0",
        "1.0.3\t",
        "\xb2.0.0",
        "2.0.0\xff",
        "1.0." + "9" * 60_000 + "x",
        "٢.0",
        "-1.0.3",
        "\0",
    ],
    ids=lambda v: ascii(v)[:20],
)
def test_versions_that_are_none_are_refused(lrs, stored, version):
    for answer in (
        lrs.get(headers={VERSION: version}),
        lrs.post(statement(), headers={VERSION: version}),
    ):
        calm(answer, 400)
        assert answer.headers[VERSION] == "2.0.0"
    assert stored() == (0, 0, 0)


LANGUAGES = [
    *("", ",,,", ";q=", "en;q=abc", "en;q=1e400", "en;q=-1", "en;q=nan", "*;q=0", "\xff", "\0", "e" * 60_000),
    *(",".join(f"a{n}" for n in range(5000)), "*" * 5000),
]


@pytest.mark.parametrize("languages", LANGUAGES, ids=lambda value: ascii(value)[:20])
def test_languages_that_are_none_are_passed_over(lrs, languages):
    lrs.store(rich())
    answer = lrs.get(format="canonical", headers={"Accept-Language": languages})
    assert answer.status_code == 200
    assert len(answer.json["statements"][0]["object"]["definition"]["name"]) == 1


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "x",
        "application/json\xff",
        "multipart/mixed",
        "application/json\0",
        "a" * 60_000,
        "application/json, text/html",
        "*/*",
    ],
)
def test_types_that_are_none_are_refused_or_read(lrs, stored, kind):
    calm(lrs.post(json.dumps(statement()).encode(), headers={"Content-Type": kind}), 400)
    assert stored() == (0, 0, 0)


# -- pages ------------------------------------------------------------------------------------------------------------


def test_a_page_whose_link_was_changed_is_refused_or_shows_only_what_the_key_may_read(lrs_with):
    mine, theirs = lrs_with("statements/write", "statements/read/mine"), lrs_with("all")
    theirs.store(*(statement(actor=agent("binh")) for _ in range(3)))
    own = set(mine.store(*(statement() for _ in range(3))))
    link = mine.get(limit=1).json["more"]
    token = parse_qs(urlsplit(link).query)["more"][0]
    for place, letter in enumerate(token):
        for other in {"A", "z", "_", "!", chr(ord(letter) ^ 1)} - {letter}:
            answer = mine.get(more=token[:place] + other + token[place + 1 :])
            if answer.status_code == 200:
                assert {one["id"] for one in answer.json["statements"]} <= own
            else:
                calm(answer, 400)
        assert mine.get(more=token[:place]).status_code in (200, 400)


MADE_UP = [
    *(b"", b"null", b"[]", b"{}", b"[{}]", b"[{},1,2]", b"[{},-1]", b"[{},1.5]", b"[{},true]", b'[{},"1"]'),
    *(b"[{},9223372036854775808]", b"[{},1e400]", b'[{"limit":1},1]', b'[{"limit":"-1"},1]', b'[{"more":"x"},1]'),
    *(b'[{"agent":"{"},1]', b'[{"verb":"a\\u0000"},1]', b'[{"verb":"\\ud800"},1]', b'[{"only_of":"x"},1]'),
    *(b"[" * 100_000, b"\xff", b'{"a":1,"b":2}', b'"ab"', b'[{"statementId":"x"},1]', b'[["limit"],1]'),
    *(b'[{"since":"0001-01-01T00:00:00+14:00"},1]', b"\x1f\x8b"),
]


@pytest.mark.parametrize("content", MADE_UP, ids=lambda content: repr(content[:24]))
def test_made_up_links_are_refused(lrs, content):
    calm(lrs.get(more=urlsafe_b64encode(content).rstrip(b"=").decode()), 400)


@pytest.mark.parametrize(
    "token",
    ["", "=", "!", "é", "A", "AAAAA", "W10 ", "\0", "A" * 50_000, "W3t9LDFd\n", "W3t9!LDFd"],
    ids=lambda token: ascii(token)[:16],
)
def test_links_that_are_no_links_are_refused(lrs, token):
    calm(lrs.get(more=token), 400)


def test_a_link_of_another_key_shows_only_what_the_own_key_may_read(lrs_with):
    mine, theirs = lrs_with("statements/write", "statements/read/mine"), lrs_with("all")
    theirs.store(*(statement() for _ in range(3)))
    answer = mine.follow(theirs.get(limit=1).json["more"])
    assert (answer.status_code, answer.json["statements"]) == (200, [])
    nobody = theirs.client.get(theirs.get(limit=1).json["more"], headers={VERSION: "1.0.3"})
    calm(nobody, 401)


def test_a_link_says_nothing_that_was_not_asked(lrs):
    lrs.store(statement(), statement())
    token = parse_qs(urlsplit(lrs.get(limit=1, verb=verb()["id"]).json["more"]).query)["more"][0]
    given, after = json.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    assert given == {"limit": "1", "verb": verb()["id"]}
    assert isinstance(after, int)


# -- what breaks inside -----------------------------------------------------------------------------------------------


INSIDE = [
    (place, error, status)
    for place in ("statements.store", "queries.direct")
    for error, status in ((psycopg.DataError, 500), (psycopg.OperationalError, 503), (RuntimeError, 500))
]


@pytest.mark.parametrize(
    ("place", "error", "status"),
    INSIDE,
)
def test_an_error_inside_says_nothing_of_the_inside(lrs, monkeypatch, place, error, status):
    def fails(*_args: Any, **_more: Any) -> Any:
        raise error("SELECT secret FROM xapi_credentials at /work/main/lms/x.py")

    lrs.store(statement())
    monkeypatch.setattr(f"lms.records.{place}", fails)
    calm(lrs.post(statement()) if place == "statements.store" else lrs.get(), status)


def test_a_connection_that_is_lost_after_storing_stores_nothing_twice(lrs, monkeypatch, stored):
    lrs.store(statement())  # now the key is remembered
    real, lost = statements.store, []

    def store(*args: Any, **more: Any) -> Any:
        ids = real(*args, **more)
        if not lost:
            lost.append(ids)
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        return ids

    monkeypatch.setattr(statements, "store", store)
    calm(lrs.post(statement()), 503)
    assert stored() == (2, 0, 0)


@pytest.mark.parametrize(
    "length",
    ["²", "9" * 5000, "-1", "+1", "1_0", " 1", "0x1"],
    ids=lambda length: ascii(length)[:8],
)
def test_a_length_that_is_no_number_breaks_nothing(lrs, stored, length):
    lrs.store(statement())  # now the key is remembered
    body, headers = json.dumps(statement()), lrs.headers | JSON
    answer = lrs.client.post(
        "/xapi/statements", data=body, headers=headers, environ_overrides={"CONTENT_LENGTH": length}
    )
    calm(answer, 400, 413)
    assert stored() == (1, 0, 0)


def test_a_language_map_is_no_agent(lrs):
    lrs.store(statement(verb=verb(account="x")))
    assert lrs.get("agents", agent=agent()).status_code == 200


@pytest.mark.parametrize(
    "form",
    [
        "method=GET",
        "method=",
        "method=%00",
        "method=GET&x=1",
        "method=get",
        "method=TRACE",
        "method=PUT",
        "method=POST",
        "method=DELETE",
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"%ff=%ff",
        b"content=%ff",
        b"&" * 100_000,
        b"=" * 1000,
        b"content=" + b"%00" * 100,
        b"Authorization=Basic",
        b"a" * 3 * 2**20,
    ],
    ids=lambda body: repr(body[:16]),
)
def test_the_alternate_syntax_with_garbage_is_refused(lrs, stored, form, body):
    headers = lrs.headers | {"Content-Type": "application/x-www-form-urlencoded"}
    answer = lrs.client.post(f"/xapi/statements?{form}", data=body, headers=headers)
    assert answer.status_code in ((200, 400, 401) if form in ("method=GET",) else (400, 401, 405)), answer.text
    assert stored() == (0, 0, 0)


def test_the_fields_of_an_alternate_request_are_checked_like_headers(lrs, stored):
    for field, value in (
        (VERSION, "٢.0"),
        (VERSION, "1.0.٣"),
        ("Authorization", "Basic"),
        ("Content-Type", "application/json\r\nX: y"),
    ):
        form = {"Authorization": lrs.authorization, VERSION: "1.0.3", "content": json.dumps(statement())} | {
            field: value
        }
        answer = lrs.client.post(
            "/xapi/statements?method=POST",
            data=urlencode(form).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        calm(answer, 400, 401)
    assert stored() == (0, 0, 0)
