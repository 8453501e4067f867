"""The alternate request syntax of 1.0.3, which 2.0 does not have (Comm 1.3)."""

import json
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from tests.standards.xapi.client import OTHER_UUID, VERSION, agent, only, statement, verb

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ONE = only("1.0.3")
STATE = {"activityId": "http://example.vn/a", "agent": json.dumps(agent()), "stateId": "s"}


def alternate(lrs, method, form, *, resource="statements", by="POST", query=None, headers=None, body=None):
    """A request in the alternate syntax; the form carries everything unless told otherwise."""
    content = urlencode(form).encode() if body is None else body
    return lrs.send(by, resource, {"method": method} | (query or {}), body=content, headers=FORM | (headers or {}))


def in_form(lrs, **form):
    """A form that brings key and version along, and a request that then has no such headers."""
    return {"Authorization": lrs.authorization, VERSION: lrs.version} | form


BARE = {VERSION: None, "Authorization": None}

# -- 1.0.3 ------------------------------------------------------------------------------------------------------------


@ONE
@pytest.mark.parametrize("bare", [True, False], ids=["all in the form", "headers as usual"])
def test_1_3_get(lrs, bare):
    (one,) = lrs.store(statement())
    lrs.store(statement(verb=verb("saw")))
    query = {"verb": verb()["id"], "limit": "1", "agent": json.dumps(agent())}
    answer = alternate(lrs, "GET", in_form(lrs, **query) if bare else query, headers=BARE if bare else {})
    assert answer.status_code == 200, answer.text
    assert [found["id"] for found in answer.json["statements"]] == [one]
    assert "more" in answer.json
    assert answer.headers[VERSION] == "1.0.3"


@ONE
def test_1_3_get_without_parameters(lrs):
    (one,) = lrs.store(statement())
    assert [found["id"] for found in alternate(lrs, "GET", {}).json["statements"]] == [one]


@ONE
def test_1_3_head(lrs):
    answer = alternate(lrs, "HEAD", {"limit": "1"})
    assert (answer.status_code, answer.data) == (200, b"")


@ONE
@pytest.mark.parametrize("bare", [True, False], ids=["all in the form", "headers as usual"])
@pytest.mark.parametrize("typed", [True, False], ids=["with type", "without type"])
def test_1_3_put_and_post(lrs, bare, typed):
    content = json.dumps(statement(actor=agent(name="Ánh & Bình + 100%")), ensure_ascii=False)
    form = {"content": content} | ({"Content-Type": "application/json"} if typed else {})
    form = in_form(lrs, **form) if bare else form
    headers = BARE if bare else {}
    put = alternate(lrs, "PUT", form | {"statementId": OTHER_UUID}, headers=headers)
    assert (put.status_code, put.data) == (204, b""), put.text
    assert lrs.one(OTHER_UUID)["actor"]["name"] == "Ánh & Bình + 100%"
    post = alternate(lrs, "POST", form, headers=headers)
    assert post.status_code == 200, post.text
    assert lrs.one(post.json[0])["actor"]["name"] == "Ánh & Bình + 100%"


@ONE
def test_1_3_documents_with_preconditions(lrs):
    def call(method, **form):
        return alternate(lrs, method, in_form(lrs, **STATE, **form), resource="activities/state", headers=BARE)

    json_type = {"Content-Type": "application/json"}
    assert call("PUT", content='{"x": "đ"}', **json_type, **{"If-None-Match": "*"}).status_code == 204
    assert call("PUT", content='{"x": 2}', **json_type, **{"If-None-Match": "*"}).status_code == 412
    got = call("GET")
    assert (got.status_code, got.json) == (200, {"x": "đ"})
    assert call("PUT", content='{"x": 3}', **json_type, **{"If-Match": '"1"'}).status_code == 412
    assert call("PUT", content='{"x": 3}', **json_type, **{"If-Match": got.headers["ETag"]}).status_code == 204
    assert call("POST", content='{"y": 4}', **json_type).status_code == 204
    assert call("GET").json == {"x": 3, "y": 4}
    assert call("DELETE").status_code == 204
    assert call("GET").status_code == 404


@ONE
def test_1_3_the_type_in_the_form_is_the_contents(lrs):
    form = STATE | {"content": "Xin chào", "Content-Type": "text/plain; charset=utf-8"}
    assert alternate(lrs, "PUT", form, resource="activities/state").status_code == 204
    answer = lrs.send("GET", "activities/state", STATE)
    assert (answer.mimetype, answer.data.decode()) == ("text/plain", "Xin chào")


@ONE
@pytest.mark.parametrize("length", ["1", "99999", "nonsense"])
def test_1_3_a_length_in_the_form_spoils_nothing(lrs, length):
    form = {"content": json.dumps(statement()), "Content-Length": length}
    assert alternate(lrs, "POST", form).status_code in (200, 400)


@ONE
def test_1_3_other_resources(lrs):
    answer = alternate(lrs, "GET", {"agent": json.dumps(agent())}, resource="agents")
    assert answer.json["objectType"] == "Person"
    answer = alternate(lrs, "GET", {"activityId": "http://example.vn/a"}, resource="activities")
    assert answer.json["id"] == "http://example.vn/a"


BAD = {
    "another parameter in the query": lambda lrs, it: alternate(lrs, "PUT", it, query={"statementId": OTHER_UUID}),
    "a parameter only in the query": lambda lrs, it: alternate(
        lrs, "PUT", {"content": it["content"]}, query={"statementId": OTHER_UUID}
    ),
    "an unknown parameter in the form": lambda lrs, it: alternate(lrs, "PUT", it | {"foo": "bar"}),
    "no content": lambda lrs, it: alternate(lrs, "PUT", {"statementId": OTHER_UUID}),
    "no body": lambda lrs, it: alternate(lrs, "PUT", {}, body=b""),
    "content in capitals": lambda lrs, it: alternate(lrs, "PUT", {"statementId": OTHER_UUID, "CONTENT": it["content"]}),
    "the form as JSON": lambda lrs, it: alternate(lrs, "PUT", {}, body=json.dumps(it).encode()),
    "the form as JSON, with no headers": lambda lrs, it: alternate(
        lrs, "PUT", {}, body=json.dumps(in_form(lrs, **it)).encode(), headers=BARE
    ),
    "JSON and its type": lambda lrs, it: alternate(
        lrs, "PUT", {}, body=it["content"].encode(), headers={"Content-Type": "application/json"}
    ),
    "issued as GET": lambda lrs, it: alternate(lrs, "POST", it, by="GET"),
    "issued as PUT": lambda lrs, it: alternate(lrs, "PUT", it, by="PUT"),
    "an unknown method": lambda lrs, it: alternate(lrs, "PATCH", it),
    "no method": lambda lrs, it: alternate(lrs, "", it),
    "a method in small letters": lambda lrs, it: alternate(lrs, "put", it),
    "content no JSON": lambda lrs, it: alternate(lrs, "PUT", it | {"content": "{"}),
    "no parameter method": lambda lrs, it: lrs.send("POST", "statements", body=urlencode(it).encode(), headers=FORM),
    "an old version in the form": lambda lrs, it: alternate(lrs, "PUT", it | {VERSION: "0.9"}, headers={VERSION: None}),
}


@ONE
@pytest.mark.parametrize("how", BAD)
def test_1_3_what_does_not_keep_to_the_syntax_is_refused(lrs, how):
    answer = BAD[how](lrs, {"statementId": OTHER_UUID, "content": json.dumps(statement())})
    assert answer.status_code == 400, (answer.status_code, answer.text)
    assert lrs.ids() == []


@ONE
def test_1_3_credentials_in_the_form_are_checked(lrs, lrs_with):
    form = {"content": json.dumps(statement()), VERSION: "1.0.3"}
    assert alternate(lrs, "POST", form, headers=BARE).status_code == 401
    assert alternate(lrs, "POST", form | {"Authorization": "Basic eDp5"}, headers=BARE).status_code == 401
    reader = lrs_with("statements/read")
    assert alternate(lrs, "POST", form | {"Authorization": reader.authorization}, headers=BARE).status_code == 403
    assert (
        alternate(lrs, "GET", {"Authorization": reader.authorization, VERSION: "1.0.3"}, headers=BARE).status_code
        == 200
    )
    assert lrs.ids() == []


@ONE
@pytest.mark.parametrize("kind", ["text/plain", "text/plain;charset=UTF-8", None])
def test_1_3_the_form_of_browsers_that_cannot_name_its_type_is_taken(lrs, kind):
    form = in_form(lrs, statementId=OTHER_UUID, content=json.dumps(statement()))
    answer = alternate(lrs, "PUT", form, headers=BARE | {"Content-Type": kind})
    assert answer.status_code == 204, answer.text
    assert lrs.ids() == [OTHER_UUID]


@ONE
def test_1_3_fields_named_like_headers_are_the_headers(lrs, lrs_with):
    reader = lrs_with("statements/read")
    form = {"content": json.dumps(statement()), "Authorization": reader.authorization}
    assert alternate(lrs, "POST", form).status_code == 403
    assert alternate(lrs, "GET", {VERSION: "1.0.3"}, headers={VERSION: "0.9"}).status_code == 200
    assert alternate(lrs, "GET", {VERSION: "0.9"}).status_code == 400


@ONE
def test_1_3_a_long_query_fits_into_the_form(lrs):
    lrs.store(statement())
    long = json.dumps(agent(name="x" * 20_000))
    assert len(alternate(lrs, "GET", {"agent": long}).json["statements"]) == 1


# -- 2.0 --------------------------------------------------------------------------------------------------------------


@only("2.0.0")
@pytest.mark.parametrize("where", ["header", "form"])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE", "HEAD"])
def test_2_0_knows_no_alternate_syntax(lrs, method, where):
    form = {"statementId": str(uuid4()), "content": json.dumps(statement())}
    if where == "form":
        answer = alternate(lrs, method, in_form(lrs, **form), headers=BARE)
        assert 400 <= answer.status_code < 500
    else:
        assert alternate(lrs, method, form).status_code == 400
    assert lrs.ids() == []


@only("2.0.0")
def test_2_0_a_method_parameter_is_unknown(lrs):
    for method in ("GET", "PUT", "POST"):
        body = None if method == "GET" else statement()
        assert lrs.send(method, "statements", {"method": "GET"}, body=body).status_code == 400
