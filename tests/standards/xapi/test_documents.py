"""Documents of all three resources: storing, merging, deleting, tags and preconditions (Comm 2.2, 3.1; 2.0 4.1.4)."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import uuid4

import pytest

from tests.standards.xapi.client import DROP, OTHER_UUID, agent, only

pytestmark = pytest.mark.in_pairs  # version, resource, and what is sent: see conftest
RESOURCES = {
    "activities/state": {"activityId": "http://example.vn/a", "agent": agent(), "stateId": "resume"},
    "activities/profile": {"activityId": "http://example.vn/a", "profileId": "resume"},
    "agents/profile": {"agent": agent(), "profileId": "resume"},
}
PROFILES = ["activities/profile", "agents/profile"]
JSON = {"Content-Type": "application/json"}
WRONG = '"' + "1" * 40 + '"'


@pytest.fixture(params=RESOURCES)
def resource(request):
    return request.param


class Document:
    """One document of a resource."""

    def __init__(self, lrs, resource, **changes):
        self.lrs, self.resource = lrs, resource
        self.query = {k: v for k, v in (RESOURCES[resource] | changes).items() if v is not DROP}

    def send(self, method, body=None, *, content_type="application/json", **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
            named["Content-Type"] = content_type
        return self.lrs.send(method, self.resource, self.query, body=body, headers=named)

    def put(self, body, **more):
        return self.send("PUT", body, **more)

    def post(self, body, **more):
        return self.send("POST", body, **more)

    def get(self, **more):
        return self.send("GET", **more)

    def delete(self, **more):
        return self.send("DELETE", **more)

    @property
    def tag(self):
        return self.get().headers["ETag"]


@pytest.fixture
def document(lrs, resource):
    return Document(lrs, resource)


def status(answer, expected):
    assert answer.status_code == expected, (answer.status_code, answer.text)
    if expected == 204:
        assert answer.data == b""
    elif expected >= 400:
        assert answer.text


# -- 2.2 storing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_2_2_a_document_is_stored_and_answered(document, method):
    status(document.send(method, {"x": "foo"}, If_None_Match="*" if method == "PUT" else None), 204)
    answer = document.get()
    status(answer, 200)
    assert (answer.json, answer.mimetype) == ({"x": "foo"}, "application/json")


BODIES = {
    "text": (b"Xin ch\xc3\xa0o", "text/plain; charset=utf-8"),
    "binary": (bytes(range(256)), "application/octet-stream"),
    "image": (b"\x89PNG\r\n\x1a\n\x00", "image/png"),
    "JSON with blanks": (b'{ "a" :\t1.500 ,\n"b": [ ] }', "application/json"),
    "JSON with a parameter": (b'{"a": 1}', "application/json; charset=utf-8"),
    "a JSON list": (b"[1, 2]", "application/json"),
    "empty": (b"", "text/plain"),
    "large": (b"0123456789" * 50_000, "application/octet-stream"),
    "form": (b"a=b&c=d", "application/x-www-form-urlencoded"),
    "multipart": (b"--x\r\n\r\nhi\r\n--x--\r\n", "multipart/form-data; boundary=x"),
}


@pytest.mark.parametrize("what", BODIES)
def test_2_2_documents_are_kept_byte_for_byte_with_their_type(document, what):
    body, content_type = BODIES[what]
    status(document.put(body, content_type=content_type, If_None_Match="*"), 204)
    answer = document.get()
    assert answer.data == body
    assert answer.headers["Content-Type"].replace(" ", "") == content_type.replace(" ", "")


def test_2_2_a_new_document_of_any_type_may_be_posted(document):
    body, content_type = BODIES["binary"]
    status(document.post(body, content_type=content_type), 204)
    assert document.get().data == body


def test_2_2_a_missing_document_is_not_found(document):
    status(document.get(), 404)
    assert document.send("HEAD").status_code == 404


def test_2_2_an_activity_and_an_agent_need_not_be_known(lrs, resource):
    changes = {"activityId": f"http://example.vn/{uuid4()}", "agent": agent(str(uuid4()))}
    known = {k: v for k, v in changes.items() if k in RESOURCES[resource]}
    status(Document(lrs, resource, **known).post({"x": 1}), 204)


def test_2_2_documents_of_other_ids_are_other_documents(lrs, resource):
    name = "stateId" if "stateId" in RESOURCES[resource] else "profileId"
    places = [{}, {name: "other"}, {name: "Resume"}, {"activityId": "http://example.vn/b"}, {"agent": agent("b")}]
    documents = [Document(lrs, resource, **c) for c in places if not c.keys() - RESOURCES[resource].keys()]
    for number, one in enumerate(documents):
        status(one.post({"n": number}), 204)
    assert [one.get().json for one in documents] == [{"n": number} for number in range(len(documents))]


@pytest.mark.parametrize("name", ["a b", "a/b?c=d&e=f#g", "ghi chú", "http://example.vn/p", "x" * 200, "1", "true"])
def test_2_2_ids_are_any_text(lrs, resource, name):
    key = "stateId" if "stateId" in RESOURCES[resource] else "profileId"
    one = Document(lrs, resource, **{key: name})
    status(one.post({"x": 1}), 204)
    status(one.get(), 200)
    assert lrs.send("GET", resource, {k: v for k, v in one.query.items() if k != key}).json == [name]


def test_2_2_last_modified_moves_with_each_change(document):
    before = datetime.now(UTC) - timedelta(seconds=2)
    document.post({"x": 1})
    answer = document.get()
    assert before <= parsedate_to_datetime(answer.headers["Last-Modified"]) <= datetime.now(UTC)


def test_1_1_head_answers_the_headers_of_a_document(document):
    document.post({"x": 1})
    head, get = document.send("HEAD"), document.get()
    assert (head.status_code, head.data) == (200, b"")
    for name in ("ETag", "Last-Modified", "Content-Type"):
        assert head.headers[name] == get.headers[name]


# -- 2.2 merging ------------------------------------------------------------------------------------------------------


def test_2_2_post_merges_the_top_level_only(document):
    document.post({"x": "foo", "y": "bar", "deep": {"a": 1, "b": 2}, "list": [1, 2]})
    status(document.post({"x": "bash", "z": "faz", "deep": {"a": 3}, "list": [3], "nothing": None}), 204)
    assert document.get().json == {
        **{"x": "bash", "y": "bar", "z": "faz", "deep": {"a": 3}, "list": [3], "nothing": None}
    }
    assert document.get().mimetype == "application/json"


def test_2_2_post_of_an_empty_object_changes_nothing(document):
    document.post({"x": 1})
    status(document.post({}), 204)
    assert document.get().json == {"x": 1}


UNMERGEABLE = {
    "another type posted": ((b'{"a": 1}', "application/json"), (b"abc", "application/octet-stream")),
    "JSON posted as text": ((b'{"a": 1}', "application/json"), (b'{"b": 1}', "text/plain")),
    "another type there": ((b"abc", "text/plain"), (b'{"b": 1}', "application/json")),
    "another type both": ((b"abc", "text/plain"), (b"def", "text/plain")),
    "JSON there as text": ((b'{"a": 1}', "text/plain"), (b'{"b": 1}', "application/json")),
    "broken JSON posted": ((b'{"a": 1}', "application/json"), (b'{"b": 1}{', "application/json")),
    "a list posted": ((b'{"a": 1}', "application/json"), (b"[1]", "application/json")),
    "a string posted": ((b'{"a": 1}', "application/json"), (b'"text"', "application/json")),
    "null posted": ((b'{"a": 1}', "application/json"), (b"null", "application/json")),
    "nothing posted": ((b'{"a": 1}', "application/json"), (b"", "application/json")),
    "a list there": ((b"[1]", "application/json"), (b'{"b": 1}', "application/json")),
}


@pytest.mark.parametrize("what", UNMERGEABLE)
def test_2_2_what_cannot_be_merged_is_refused_and_changes_nothing(document, what):
    (there, its_type), (posted, posted_type) = UNMERGEABLE[what]
    status(document.put(there, content_type=its_type, If_None_Match="*"), 204)
    status(document.post(posted, content_type=posted_type), 400)
    answer = document.get()
    assert (answer.data, answer.mimetype) == (there, its_type)


@pytest.mark.parametrize("body", [b'{"a": 1}[', b"{", b'{"a": }', b"\xff\xfe"])
def test_2_2_post_of_what_is_no_json_under_that_type_is_refused(document, body):
    status(document.post(body), 400)
    status(document.get(), 404)


def test_2_2_merging_accepts_parameters_of_the_type(document):
    document.post({"x": 1}, content_type="application/json; charset=utf-8")
    status(document.post({"y": 2}), 204)
    assert document.get().json == {"x": 1, "y": 2}


# -- deleting ---------------------------------------------------------------------------------------------------------


def test_2_2_a_deleted_document_is_gone(document):
    document.post({"x": 1})
    status(document.delete(), 204)
    status(document.get(), 404)
    status(document.put({"x": 2}, If_None_Match="*"), 204)


def test_2_2_deleting_what_is_not_there_is_no_error(document):
    assert document.delete().status_code == 204


# -- 3.1 tags and preconditions ---------------------------------------------------------------------------------------


def test_3_1_the_tag_is_the_sha_1_of_the_content_in_quotes(document):
    body = b'{ "x" : 1 }'
    document.put(body, If_None_Match="*")
    assert document.tag == f'"{hashlib.sha1(body).hexdigest()}"'
    document.post({"y": 2})
    assert document.tag == f'"{hashlib.sha1(document.get().data).hexdigest()}"'


def test_3_1_a_compressed_answer_has_another_tag(document):
    document.put(json.dumps({"x": "a" * 5000}).encode(), If_None_Match="*")
    answer = document.get(Accept_Encoding="gzip")
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        assert answer.headers["ETag"] != document.get(Accept_Encoding="identity").headers["ETag"]


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize("wrong", [WRONG, "1234", '"1234"', 'W/"1234"', f'{WRONG}, "1234"'])
def test_3_1_if_match_with_another_tag_is_412_and_changes_nothing(document, method, wrong):
    document.post({"x": 1})
    tag = document.tag
    status(document.send(method, None if method == "DELETE" else {"x": 2}, If_Match=wrong), 412)
    assert (document.get().json, document.tag) == ({"x": 1}, tag)


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize("form", ["{}", WRONG + ", {}", "*"])
def test_3_1_if_match_with_the_right_tag_goes_through(document, method, form):
    document.post({"x": 1})
    body = None if method == "DELETE" else {"x": 2}
    status(document.send(method, body, If_Match=form.format(document.tag)), 204)
    if method == "DELETE":
        status(document.get(), 404)
    else:
        assert document.get().json == {"x": 2}


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("tag", [WRONG, "*"])
def test_3_1_if_match_fails_when_there_is_no_document(document, method, tag):
    status(document.send(method, {"x": 1}, If_Match=tag), 412)
    status(document.get(), 404)


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_3_1_if_none_match_star_lets_only_a_new_document_in(document, method):
    status(document.send(method, {"x": 1}, If_None_Match="*"), 204)
    status(document.send(method, {"x": 2}, If_None_Match="*"), 412)
    assert document.get().json == {"x": 1}


def test_3_1_an_old_tag_does_not_fit_after_a_change(document):
    document.post({"x": 1})
    old = document.tag
    status(document.put({"x": 2}, If_Match=old), 204)
    status(document.put({"x": 3}, If_Match=old), 412)
    assert document.get().json == {"x": 2}


def conflict(document):
    document.post({"x": 1})
    answer = document.put({"x": 2})
    status(answer, 409)
    assert "If-Match" in answer.text
    assert document.get().json == {"x": 1}


@pytest.mark.parametrize("resource", PROFILES)
def test_3_1_put_over_a_profile_without_a_precondition_is_a_conflict(document):
    conflict(document)


@only("2.0.0")
@pytest.mark.parametrize("resource", ["activities/state"])
def test_2_0_4_1_4_put_over_a_state_without_a_precondition_is_a_conflict(document):
    conflict(document)


@only("1.0.3")
@pytest.mark.parametrize("resource", ["activities/state"])
def test_3_1_put_over_a_state_needs_no_precondition_in_version_1(document):
    document.post({"x": 1})
    status(document.put({"x": 2}), 204)
    assert document.get().json == {"x": 2}


def test_3_1_put_of_a_new_document_without_a_precondition_is_no_conflict(document):
    status(document.put({"x": 1}), 204)


def test_3_1_post_and_delete_need_no_precondition(document):
    document.post({"x": 1})
    status(document.post({"y": 2}), 204)
    status(document.delete(), 204)


# -- parameters -------------------------------------------------------------------------------------------------------

METHODS = ["PUT", "POST", "GET", "DELETE"]
REQUIRED = [(r, name) for r, query in RESOURCES.items() for name in query]


def asked(lrs, resource, method, query):
    body = {"x": 1} if method in ("PUT", "POST") else None
    headers = {"If-None-Match": "*"} if method == "PUT" else {}
    return lrs.send(method, resource, query, body=body, headers=headers)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("resource", "name"), REQUIRED)
def test_2_3_required_parameters(lrs, resource, name, method):
    query = {key: value for key, value in RESOURCES[resource].items() if key != name}
    many = name in ("stateId", "profileId") and (method == "GET" or (method == "DELETE" and name == "stateId"))
    assert asked(lrs, resource, method, query).status_code == ({"GET": 200, "DELETE": 204}[method] if many else 400)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("resource", "name"), REQUIRED)
def test_3_2_parameters_in_another_case_and_unknown_ones_are_refused(lrs, resource, name, method):
    query = dict(RESOURCES[resource])
    assert asked(lrs, resource, method, query | {"foo": "bar"}).status_code == 400
    value = query.pop(name)
    assert asked(lrs, resource, method, query | {name[0].upper() + name[1:]: value}).status_code == 400
    assert asked(lrs, resource, method, RESOURCES[resource] | {name.lower() + "_": value}).status_code == 400


VALUES = [
    *[("activityId", value) for value in ("a", "", "true", "1", "ab=c://example.vn", {"key": "value"})],
    *[("agent", value) for value in ("not JSON", "", "true", "1", "[]", '{"key": "value"}', {"name": "Ánh"})],
    *[("agent", value) for value in (agent() | {"openid": "http://e.vn/"}, agent() | {"extra": 1}, {"mbox": "x"})],
    *[("registration", value) for value in ("true", "", "should fail", OTHER_UUID + "0")],
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("name", "value"), VALUES, ids=str)
def test_2_3_values_of_the_wrong_form_are_refused(lrs, resource, name, value, method):
    if name in RESOURCES[resource] or (name == "registration" and "stateId" in RESOURCES[resource]):
        assert asked(lrs, resource, method, RESOURCES[resource] | {name: value}).status_code == 400


@pytest.mark.parametrize("resource", PROFILES)
def test_2_6_profiles_have_no_registration(lrs, resource):
    for method in METHODS:
        assert asked(lrs, resource, method, RESOURCES[resource] | {"registration": OTHER_UUID}).status_code == 400
