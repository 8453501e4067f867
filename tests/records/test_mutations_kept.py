"""Valid statements in every spelling: kept and answered as they were sent, stored once, and found by what they name."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lms.core.guard import SYSTEM
from lms.records.services import make_credential
from tests.conftest import NOW
from tests.records.drawn import Who, parts, read, same_id, statements, written
from tests.standards.xapi.client import VERSIONS, Lrs, statement

pytestmark = pytest.mark.long
JSON = {"Content-Type": "application/json"}
few = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.generate],
)
_AGENTS = ("instructor", "team", "agent", "group")


@pytest.fixture
def lrs(client, session):
    return Lrs(client, *make_credential(SYSTEM, name="Thử nghiệm", scopes=["all"], at=NOW), "1.0.3")


def sent_and_answered(lrs: Lrs, body: str, statement_id: str) -> tuple[Any, Any]:
    answer = lrs.post(body.encode(), headers=JSON)
    assert answer.status_code == 200, answer.text
    assert same_id(answer.json[0], statement_id)
    answer = lrs.get(statementId=statement_id)
    assert answer.status_code == 200, answer.text
    return read(body), read(answer.text)


@few
@pytest.mark.parametrize("version", VERSIONS)
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_what_is_accepted_is_answered_with_its_numbers_and_strings_as_sent(lrs, version, data, seed):
    lrs.version = version
    one = data.draw(statements(version))
    sent, answered = sent_and_answered(lrs, written(one, seed), one["id"])
    for set_by_the_store in ("stored", "authority", "version"):
        answered.pop(set_by_the_store)
    assert as_answered(answered, version) == as_answered(sent, version)
    (listed,) = read(lrs.get(limit=1).text)["statements"]
    assert as_answered({key: listed[key] for key in sent}, version) == as_answered(sent, version)
    for format_ in ("ids", "canonical"):
        assert lrs.get(statementId=one["id"], format=format_).status_code == 200


def as_answered(value: Any, version: str) -> Any:
    """Lay out what the specification lets the answer differ in: lists of context activities; in 2.0 times in UTC."""
    if isinstance(value, list):
        return [as_answered(part, version) for part in value]
    if not isinstance(value, dict):
        return value
    laid = {key: part if key == "extensions" else as_answered(part, version) for key, part in value.items()}
    if "verb" in laid and version == "2.0.0":
        found = datetime.fromisoformat(laid["timestamp"].upper())
        laid["timestamp"] = found.astimezone(UTC)
    if "contextActivities" in laid:
        related = laid["contextActivities"]
        laid["contextActivities"] = {k: part if isinstance(part, list) else [part] for k, part in related.items()}
    return laid


@few
@pytest.mark.parametrize("version", VERSIONS)
@given(data=st.data(), seeds=st.tuples(st.integers(0, 2**32), st.integers(0, 2**32)))
def test_what_is_sent_again_in_another_spelling_is_no_conflict(lrs, version, data, seeds):
    lrs.version = version
    one = data.draw(statements(version))
    for seed in (seeds[0], seeds[1]):
        body = written(one, seed).encode()
        assert lrs.post(body, headers=JSON).status_code == 200
        assert lrs.put(body, str(one["id"]), headers=JSON).status_code == 204
    before = lrs.get(statementId=str(one["id"])).text
    other = {**one, "verb": {"id": "http://other.vn/verb"}}
    assert lrs.post(written(other).encode(), headers=JSON).status_code == 409
    assert lrs.get(statementId=str(one["id"])).text == before


@few
@pytest.mark.parametrize("version", VERSIONS)
@given(data=st.data())
def test_what_is_stored_is_found_by_all_that_it_names(lrs, version, data):
    lrs.version = version
    one = data.draw(statements(version))
    assert lrs.post(written(one).encode(), headers=JSON).status_code == 200

    def found(**query: str) -> bool:
        answer = lrs.get(limit=1, **query)
        assert answer.status_code == 200, (query, answer.text)
        return bool(answer.json["statements"]) and same_id(answer.json["statements"][0]["id"], one["id"])

    target = one["object"]
    assert found(verb=str(one["verb"]["id"]))
    assert found(registration=str(one["context"]["registration"]))
    for path, part in parts(one):
        if isinstance(part, Who):
            direct = path[0] == "actor" or (path[0] == "object" and target.get("objectType") in ("Agent", "Group"))
            assert found(agent=written(part), **({} if direct else {"related_agents": "true"}))
    if target.get("objectType", "Activity") == "Activity":
        assert found(activity=str(target["id"]))
        assert lrs.get("activities", activityId=str(target["id"])).status_code == 200
    for kind, related in one["context"]["contextActivities"].items():
        for activity in related if isinstance(related, list) else [related]:
            assert found(activity=str(activity["id"]), related_activities="true"), kind


# -- numbers and characters at the edge -------------------------------------------------------------------------------

BEYOND = ["1e400", "-1e400", "1" + "0" * 400, "-" + "9" * 309, "1" * 5000, "1e99999999999"]
PLACES = {
    "result.score.raw": '"result":{"score":{"raw":%s}}',
    "result.extensions.http://e.vn/x.a[1]": '"result":{"extensions":{"http://e.vn/x":{"a":[0,%s]}}}',
    "attachments[0].length": '"attachments":[{"length":%s}]',
}


def with_(member: str, **values: Any) -> bytes:
    return f"{json.dumps(statement(**values))[:-1]},{member}}}".encode()


@pytest.mark.parametrize("number", BEYOND, ids=lambda number: number[:8])
@pytest.mark.parametrize("place", PLACES)
def test_numbers_beyond_what_programs_read_are_refused_at_their_place(lrs, place, number):
    """RFC 8259, section 6: whoever reads the statement must be able to read its numbers."""
    answer = lrs.post(with_(PLACES[place] % number), headers=JSON)
    assert (answer.status_code, answer.json["error"].split(": ")[0]) == (400, place)
    answer = lrs.post(b"[" + with_('"id":null') + b"," + with_(PLACES[place] % number) + b"]", headers=JSON)
    assert answer.json["error"].startswith(f"[1].{place}: ")
    assert lrs.ids() == []


@pytest.mark.parametrize(
    "digits", [str(2**64), str(-(2**63) - 1), str(2**70), "9" * 308], ids=lambda digits: digits[:8]
)
def test_whole_numbers_of_more_than_64_bits_are_kept(lrs, digits):
    body = with_(f'"context":{{"extensions":{{"http://e.vn/x":{digits}}}}}')
    (one,) = lrs.post(body, headers=JSON).json
    answered = read(lrs.get(statementId=one).text)
    assert answered["context"]["extensions"]["http://e.vn/x"] == ("number", digits)
    assert lrs.get("activities", activityId="http://example.vn/a").status_code == 200
    assert lrs.get("agents", agent=statement()["actor"]).status_code == 200


@pytest.mark.parametrize("digits", [str(2**64), str(-(2**63) - 1)])
def test_whole_numbers_of_more_than_64_bits_sent_again_are_no_conflict(lrs, digits):
    body = with_(f'"result":{{"score":{{"raw":{digits}}}}}')
    (one,) = lrs.post(body, headers=JSON).json
    assert lrs.put(body, one, headers=JSON).status_code == 204


NO_TEXT = {"NUL": "a\\u0000b", "half a pair": "\\ud83d", "half a pair backwards": "\\udc00\\ud800"}


@pytest.mark.parametrize("spelled", NO_TEXT.values(), ids=NO_TEXT)
@pytest.mark.parametrize(
    ("member", "place"),
    [
        ('"result":{"response":"%s"}', "result.response"),
        ('"context":{"extensions":{"http://e.vn/x":["%s"]}}', "context.extensions.http://e.vn/x[0]"),
        ('"context":{"platform":"%s"}', "context.platform"),
    ],
)
def test_characters_that_are_no_text_are_refused_at_their_place(lrs, member, place, spelled):
    answer = lrs.post(with_(member % spelled), headers=JSON)
    assert (answer.status_code, answer.json["error"].split(": ")[0]) == (400, place)
    assert lrs.ids() == []


@pytest.mark.parametrize("parameter", ["agent", "verb", "activity"])
def test_questions_for_characters_that_are_no_text_are_refused(lrs, parameter):
    value = {"agent": '{"account":{"homePage":"http://e.vn","name":"a\\u0000b"}}'}.get(parameter, "http://e.vn/\0")
    answer = lrs.get(**{parameter: value})
    assert answer.status_code == 400
    assert answer.json["error"].startswith(parameter)


def test_a_statement_just_below_the_limit_is_kept_and_one_above_is_413(lrs):
    room = 1024 * 1024 - len(with_('"result":{"response":""}'))
    (one,) = lrs.post(with_(f'"result":{{"response":"{"x" * room}"}}'), headers=JSON).json
    assert len(lrs.one(one)["result"]["response"]) == room
    answer = lrs.post(with_(f'"result":{{"response":"{"x" * (room + 1)}"}}'), headers=JSON)
    assert (answer.status_code, answer.json["code"]) == (413, "too-large")
    assert lrs.ids() == [one]
