"""Storing: ids, what the store sets, conflicts, batches and voiding (Data 2.3, 2.4.1, 2.4.7-10; Comm 2.1.1, 2.1.2)."""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import UUID, uuid4

import pytest

from tests.standards.xapi.client import (
    OTHER_UUID,
    SHA1,
    VOIDED,
    account,
    activity,
    agent,
    changed,
    group,
    only,
    ref,
    rich,
    statement,
    table,
    verb,
    voiding,
    wrapped,
)


def moment(text):
    return datetime.fromisoformat(text)


# -- 2.4.1 id; PUT and POST -------------------------------------------------------------------------------------------


def test_2_1_2_post_answers_the_ids_in_order(lrs):
    own = str(uuid4())
    answer = lrs.post([statement(), statement(id=own), statement()])
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert len({UUID(one) for one in answer.json}) == 3
    assert answer.json[1] == own
    assert [lrs.one(one)["id"] for one in answer.json] == answer.json


def test_2_1_2_post_of_one_statement_answers_a_list_too(lrs):
    answer = lrs.post(statement(id=OTHER_UUID))
    assert answer.json == [OTHER_UUID]


def test_2_4_1_the_store_gives_an_id_of_its_own(lrs):
    (one,) = lrs.store(statement())
    assert UUID(one).variant == "specified in RFC 4122"
    assert lrs.one(one)["id"] == one


def test_2_1_1_put_answers_204_without_content(lrs):
    answer = lrs.put(statement(id=OTHER_UUID))
    assert (answer.status_code, answer.data) == (204, b"")
    assert lrs.one(OTHER_UUID)["id"] == OTHER_UUID


def test_2_1_1_put_gives_the_statement_the_id_of_the_parameter(lrs):
    assert lrs.put(statement(), OTHER_UUID).status_code == 204
    assert lrs.one(OTHER_UUID)["id"] == OTHER_UUID


PUTS = [
    ("without statementId", {}, statement(id=OTHER_UUID)),
    ("an empty statementId", {"statementId": ""}, statement()),
    ("a statementId that is no UUID", {"statementId": "should fail"}, statement()),
    ("another id in the statement", {"statementId": OTHER_UUID}, statement(id=str(uuid4()))),
    ("a list", {"statementId": OTHER_UUID}, [statement(id=OTHER_UUID)]),
    ("StatementId", {"StatementId": OTHER_UUID}, statement()),
    ("statementid", {"statementid": OTHER_UUID}, statement()),
    ("a parameter of GET", {"statementId": OTHER_UUID, "format": "exact"}, statement()),
    ("an unknown parameter", {"statementId": OTHER_UUID, "foo": "bar"}, statement()),
    ("a voidedStatementId", {"voidedStatementId": OTHER_UUID}, statement()),
]


@table(PUTS, "query", "body")
def test_2_1_1_put_needs_exactly_its_parameter(lrs, query, body):
    assert lrs.send("PUT", "statements", query, body=body).status_code == 400
    assert lrs.ids() == []


@pytest.mark.parametrize("query", [{"statementId": OTHER_UUID}, {"foo": "bar"}, {"agent": agent()}, {"Method": "GET"}])
def test_2_1_2_post_has_no_parameters(lrs, query):
    assert lrs.send("POST", "statements", query, body=statement()).status_code == 400


# -- a statement that is there ----------------------------------------------------------------------------------------


def test_2_1_1_the_same_statement_again_changes_nothing(lrs):
    one = statement(id=OTHER_UUID)
    lrs.put(one)
    before = lrs.one(OTHER_UUID)
    assert lrs.put(one).status_code == 204
    assert lrs.post(one).status_code == 200
    assert lrs.post([statement(), one]).status_code == 200
    assert lrs.one(OTHER_UUID) == before


CHANGES = {
    "actor": {"actor": agent("binh")},
    "verb": {"verb": verb("saw")},
    "object": {"object": activity("other")},
    "result": {"result": {"success": True}},
    "duration": {"result": {"duration": "PT2S"}},
    "context": {"context": {"platform": "Khuê"}},
}


@pytest.mark.parametrize("what", CHANGES)
def test_2_1_1_another_statement_under_the_same_id_is_a_conflict(lrs, what):
    one = statement(id=OTHER_UUID)
    lrs.put(one)
    before = lrs.one(OTHER_UUID)
    assert lrs.put(changed(one, CHANGES[what])).status_code == 409
    assert lrs.post(changed(one, CHANGES[what])).status_code == 409
    assert lrs.post([statement(), changed(one, CHANGES[what])]).status_code == 409
    assert lrs.one(OTHER_UUID) == before
    assert lrs.ids() == [OTHER_UUID]


ALIKE = {
    "order of members": ({"actor": group("a", "b")}, {"actor": group("b", "a")}),
    "display of the verb": ({"verb": verb(en="did")}, {"verb": verb(vi="đã làm")}),
    "definition of the activity": ({"object": activity(type="http://example.vn/t")}, {"object": activity()}),
    "objectType of the activity": ({"object": activity()}, {"object": {"id": "http://example.vn/a"}}),
    "objectType of the agent": ({}, {"actor": {"mbox": "mailto:anh@example.vn"}}),
    "case of the id": ({}, {"id": OTHER_UUID.upper()}),
    "stored": ({}, {"stored": "2013-05-18T05:32:34.804Z"}),
    "authority": ({}, {"authority": agent("boss")}),
    "one context activity or a list": (
        {"context": {"contextActivities": {"parent": activity("p")}}},
        {"context": {"contextActivities": {"parent": [activity("p")]}}},
    ),
    "form of a number": ({"result": {"score": {"raw": 1}}}, {"result": {"score": {"raw": 1.0}}}),
    "form of a number in an extension": (
        {"result": {"extensions": {"http://example.vn/x": [{"n": 100}]}}},
        {"result": {"extensions": {"http://example.vn/x": [{"n": 1e2}]}}},
    ),
    "case of a hash": ({"actor": {"mbox_sha1sum": SHA1}}, {"actor": {"mbox_sha1sum": SHA1.upper()}}),
    "thousandths of a duration": ({"result": {"duration": "PT1.234S"}}, {"result": {"duration": "PT1.23S"}}),
}


@pytest.mark.parametrize("what", ALIKE)
def test_2_3_1_what_immutability_leaves_out_is_no_conflict(lrs, what):
    sent, again = (statement(id=OTHER_UUID) | part for part in ALIKE[what])
    assert lrs.put(sent).status_code == 204
    assert lrs.post(again).status_code == 200


# -- batches ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 1, 2])
def test_3_2_one_bad_statement_refuses_the_whole_batch(lrs, place):
    batch = [statement(), statement(), statement()]
    batch[place]["verb"] = {"id": "should fail"}
    assert lrs.post(batch).status_code == 400
    assert lrs.ids() == []


@pytest.mark.parametrize("second", [statement(), statement(actor=agent("binh"))], ids=["equal", "different"])
def test_2_1_2_the_same_id_twice_in_a_batch_is_refused(lrs, second):
    assert lrs.post([statement(id=OTHER_UUID), second | {"id": OTHER_UUID}]).status_code == 400
    assert lrs.post([statement(id=OTHER_UUID), second | {"id": OTHER_UUID.upper()}]).status_code == 400
    assert lrs.ids() == []


def test_2_1_2_a_large_batch_keeps_its_order(lrs):
    ids = lrs.post([statement(object=activity(str(n))) for n in range(250)]).json
    assert lrs.ids(ascending=True) == ids
    assert lrs.ids() == ids[::-1]


# -- what the store sets ----------------------------------------------------------------------------------------------


def test_2_4_8_stored_is_the_stores_own(lrs):
    before = datetime.now(UTC) - timedelta(seconds=5)
    (one,) = lrs.store(statement(stored="2013-05-18T05:32:34.804Z"))
    stored = lrs.one(one)["stored"]
    assert before < moment(stored) < datetime.now(UTC) + timedelta(seconds=5)
    assert re.fullmatch(r".*T\d\d:\d\d:\d\d\.\d{3,}(Z|\+00:00)", stored)


def test_2_4_8_statements_of_a_batch_have_stored_too(lrs):
    for one in lrs.post([statement(), statement()]).json:
        assert moment(lrs.one(one)["stored"])


def test_2_4_7_timestamp_is_stored_when_it_is_missing(lrs):
    (one,) = lrs.store(statement())
    found = lrs.one(one)
    assert found["timestamp"] == found["stored"]


@pytest.mark.parametrize(
    "text", ["2026-11-20T08:30:00.123Z", "2026-11-20T08:30:00.123+07:00", "2099-01-01T00:00:00.5Z"]
)
def test_2_4_7_a_timestamp_is_kept_to_the_millisecond(lrs, text):
    (one,) = lrs.store(statement(timestamp=text))
    assert moment(lrs.one(one)["timestamp"]) == moment(text)


@only("2.0.0")
def test_2_0_4_2_7_timestamps_are_answered_in_utc(lrs):
    (one,) = lrs.store(statement(timestamp="2026-11-20T08:30:00.123+07:00"))
    found = moment(lrs.one(one)["timestamp"])
    assert found.utcoffset() == timedelta(0)
    assert found == moment("2026-11-20T01:30:00.123Z")


def test_2_4_7_a_timestamp_a_little_in_the_future_is_accepted(lrs):
    later = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    lrs.accepts(statement(timestamp=later))


def test_2_4_7_nanoseconds_keep_at_least_milliseconds(lrs):
    (one,) = lrs.store(statement(timestamp="2026-11-20T08:30:00.123456789Z"))
    assert lrs.one(one)["timestamp"].startswith("2026-11-20T08:30:00.123")


def test_2_4_9_authority_is_set_from_the_credential(lrs, lrs_with):
    one, two = lrs.store(statement(), statement(authority=agent("boss")))
    first, second = lrs.one(one)["authority"], lrs.one(two)["authority"]
    assert first == second != agent("boss")
    assert first.get("objectType", "Agent") == "Agent"
    other = lrs_with("all")
    (three,) = other.store(statement())
    assert other.one(three)["authority"] != first
    assert lrs.one(three)["authority"] == other.one(three)["authority"]


def test_2_4_10_version_is_set_when_it_is_missing(lrs):
    (one,) = lrs.store(statement())
    assert lrs.one(one)["version"] == {"1.0.3": "1.0.0", "2.0.0": "2.0.0"}[lrs.version]


@only("1.0.3")
@pytest.mark.parametrize("value", ["1.0", "1.0.0", "1.0.3", "1.0.9"])
def test_2_4_10_a_version_of_1_0_is_kept(lrs, value):
    (one,) = lrs.store(statement(version=value))
    assert lrs.one(one)["version"] == value


@only("2.0.0")
def test_2_0_4_2_4_3_version_2_0_0_is_kept(lrs):
    (one,) = lrs.store(statement(version="2.0.0"))
    assert lrs.one(one)["version"] == "2.0.0"


@only("1.0.3")
@pytest.mark.parametrize("value", ["0.9.9", "1.1.0", "should fail", "", "1", "2.0.0", "1.0.x", 1.0])
def test_2_4_10_another_version_is_refused(lrs, value):
    lrs.refuses(statement(version=value))


def test_2_2_numbers_keep_their_precision(lrs):
    raw = json.dumps(statement(id=OTHER_UUID))[:-1]
    raw += ', "result": {"score": {"raw": 1.500, "max": 12345678901234567890.125}}}'
    assert lrs.post(raw.encode(), headers={"Content-Type": "application/json"}).status_code == 200
    score = lrs.one(OTHER_UUID)["result"]["score"]
    assert score["raw"] == 1.5
    assert abs(score["max"] / 12345678901234567890.125 - 1) < 2**-24


@pytest.mark.parametrize("value", [1, 1.5, -0.1, 1e-7, 1e300, 2**53])
def test_2_2_numbers_are_answered_with_their_value(lrs, value):
    (one,) = lrs.store(statement(result={"score": {"raw": value}}))
    assert lrs.one(one)["result"]["score"]["raw"] == value


def test_2_1_3_last_modified_is_stored(lrs):
    (one,) = lrs.store(statement())
    answer = lrs.get(statementId=one)
    stored = moment(answer.json["stored"]).replace(microsecond=0)
    assert parsedate_to_datetime(answer.headers["Last-Modified"]) == stored


@only("2.0.0")
def test_2_0_4_1_6_1_last_modified_of_a_list_is_the_latest_stored(lrs):
    lrs.store(statement(), statement())
    answer = lrs.get()
    latest = max(moment(one["stored"]) for one in answer.json["statements"]).replace(microsecond=0)
    assert parsedate_to_datetime(answer.headers["Last-Modified"]) == latest


# -- 2.3.2 voiding ----------------------------------------------------------------------------------------------------

VOIDINGS = [
    ("a reference", {}, True),
    ("to a statement that is not here", {"object": ref(str(uuid4()))}, True),
    ("an activity", {"object": activity()}, False),
    ("an activity without objectType", {"object": {"id": "http://example.vn/a"}}, False),
    ("an agent", {"object": agent("b")}, False),
    ("a group", {"object": group("b")}, False),
    ("a sub-statement", {"object": wrapped(statement())["object"]}, False),
    ("a reference without id", {"object": {"objectType": "StatementRef"}}, False),
]


@table(VOIDINGS, "changes", "good")
def test_2_3_2_a_voiding_statement_has_a_reference_as_object(lrs, changes, good):
    one = voiding(OTHER_UUID, **changes)
    (lrs.accepts if good else lrs.refuses)(one)


def test_2_3_2_a_voided_statement_is_found_only_as_voided(lrs):
    (one,) = lrs.store(statement())
    (void,) = lrs.store(voiding(one))
    assert lrs.get(statementId=one).status_code == 404
    found = lrs.get(voidedStatementId=one)
    assert (found.status_code, found.json["id"]) == (200, one)
    assert lrs.get(voidedStatementId=void).status_code == 404
    assert lrs.ids() == [void]


def test_2_3_2_what_is_not_voided_is_not_found_as_voided(lrs):
    (one,) = lrs.store(statement())
    assert lrs.get(voidedStatementId=one).status_code == 404
    assert lrs.get(voidedStatementId=str(uuid4())).status_code == 404
    assert lrs.get(statementId=str(uuid4())).status_code == 404


def test_2_3_2_a_voiding_statement_cannot_be_voided(lrs):
    (one,) = lrs.store(statement())
    (void,) = lrs.store(voiding(one))
    assert lrs.post(voiding(void)).status_code in (200, 400)
    assert lrs.get(statementId=void).status_code == 200
    assert lrs.get(statementId=one).status_code == 404


def test_2_3_2_voiding_twice_changes_nothing(lrs):
    (one,) = lrs.store(statement())
    lrs.store(voiding(one), voiding(one))
    assert lrs.get(voidedStatementId=one).status_code == 200


def test_2_3_2_a_statement_that_comes_after_its_voiding_is_voided(lrs):
    one = str(uuid4())
    lrs.store(voiding(one))
    lrs.put(statement(id=one))
    assert lrs.get(statementId=one).status_code == 404
    assert lrs.get(voidedStatementId=one).status_code == 200


def test_2_3_2_both_may_come_in_one_batch(lrs):
    one, two = str(uuid4()), str(uuid4())
    lrs.post([statement(id=one), voiding(one), voiding(two), statement(id=two)])
    for each in (one, two):
        assert lrs.get(statementId=each).status_code == 404
        assert lrs.get(voidedStatementId=each).status_code == 200


def test_2_3_2_a_voiding_verb_inside_a_sub_statement_voids_nothing(lrs):
    (one,) = lrs.store(statement())
    lrs.store(wrapped(voiding(one)))
    assert lrs.get(statementId=one).status_code == 200


def test_2_3_2_another_verb_about_a_statement_voids_nothing(lrs):
    (one,) = lrs.store(statement())
    lrs.store(voiding(one) | {"verb": {"id": VOIDED + "/not"}})
    assert lrs.get(statementId=one).status_code == 200


def test_2_1_4_statements_about_a_voided_one_are_still_found(lrs):
    name = verb(str(uuid4()))
    (one,) = lrs.store(statement(verb=name))
    (void,) = lrs.store(voiding(one))
    (about,) = lrs.store(statement(object=ref(one), verb=name))
    assert lrs.ids(verb=name["id"]) == [about, void]
    assert lrs.get(verb=name["id"], limit=1).json["statements"][0]["id"] == about


def test_2_3_2_the_same_id_cannot_come_back_after_voiding(lrs):
    one = statement(id=OTHER_UUID)
    lrs.put(one)
    lrs.store(voiding(OTHER_UUID))
    assert lrs.put(one).status_code == 204
    assert lrs.put(one | {"actor": agent("binh")}).status_code == 409
    assert lrs.get(statementId=OTHER_UUID).status_code == 404


# -- meaning is not checked -------------------------------------------------------------------------------------------


def test_3_0_meaning_is_not_the_stores_business(lrs):
    lrs.accepts(statement(verb=verb("never-heard-of"), actor={"account": account("nobody")}))
    lrs.accepts(changed(rich(), {"object definition correctResponsesPattern": ["no such choice"]}))
