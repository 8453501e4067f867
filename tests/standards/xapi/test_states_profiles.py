"""Lists of documents, since, and the registrations of states (Comm 2.3, 2.6, 2.7; 2.0 4.1.6.2, 4.1.6.5, 4.1.6.6)."""

import json
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from uuid import uuid4

import pytest

from tests.standards.xapi.client import OTHER_UUID, SHA1, account, agent, only

STATE = {"activityId": "http://example.vn/a", "agent": agent()}
CONTEXTS = {
    "activities/state": (STATE, "stateId"),
    "activities/profile": ({"activityId": "http://example.vn/a"}, "profileId"),
    "agents/profile": ({"agent": agent()}, "profileId"),
}


@pytest.fixture(params=CONTEXTS)
def resource(request):
    return request.param


def put(lrs, resource, name, **more):
    context, key = CONTEXTS[resource]
    answer = lrs.send("POST", resource, context | {key: name} | more, body={"name": name})
    assert answer.status_code == 204, answer.text


def names(lrs, resource, **more):
    answer = lrs.send("GET", resource, CONTEXTS[resource][0] | more)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/json"
    return sorted(answer.json)


def now():
    time.sleep(0.01)
    moment = datetime.now(UTC).isoformat()
    time.sleep(0.01)
    return moment


# -- lists ------------------------------------------------------------------------------------------------------------


def test_2_3_without_an_id_the_ids_are_listed(lrs, resource):
    assert names(lrs, resource) == []
    for name in ("b", "a", "ghi chú"):
        put(lrs, resource, name)
    assert names(lrs, resource) == ["a", "b", "ghi chú"]


def test_2_3_since_lists_what_was_stored_or_changed_after_it(lrs, resource):
    put(lrs, resource, "old")
    put(lrs, resource, "changed")
    since = now()
    put(lrs, resource, "new")
    put(lrs, resource, "changed")
    assert names(lrs, resource, since=since) == ["changed", "new"]
    assert names(lrs, resource, since=now()) == []
    assert names(lrs, resource, since="2012-06-01T19:09:13.245Z") == ["changed", "new", "old"]


@pytest.mark.parametrize("value", ["not a timestamp", "", "12345", "2026-13-01T00:00:00Z"])
def test_2_3_since_is_a_timestamp(lrs, resource, value):
    assert lrs.send("GET", resource, CONTEXTS[resource][0] | {"since": value}).status_code == 400


@only("2.0.0")
def test_2_0_4_1_6_2_since_does_not_go_with_a_state_id(lrs):
    put(lrs, "activities/state", "a")
    query = STATE | {"stateId": "a", "since": "2012-06-01T19:09:13.245Z"}
    assert lrs.send("GET", "activities/state", query).status_code == 400


def test_3_2_since_goes_only_with_get(lrs, resource):
    context, key = CONTEXTS[resource]
    for method in ("PUT", "POST", "DELETE"):
        query = context | {key: "a", "since": "2012-06-01T19:09:13.245Z"}
        assert lrs.send(method, resource, query, body=None if method == "DELETE" else {}).status_code == 400


def test_2_2_last_modified_of_a_list_is_that_of_the_latest_document(lrs, resource):
    put(lrs, resource, "a")
    put(lrs, resource, "b")
    context, key = CONTEXTS[resource]
    listed = lrs.send("GET", resource, context).headers["Last-Modified"]
    latest = max(
        parsedate_to_datetime(lrs.send("GET", resource, context | {key: name}).headers["Last-Modified"])
        for name in ("a", "b")
    )
    assert parsedate_to_datetime(listed) == latest


def test_1_1_head_of_a_list(lrs, resource):
    put(lrs, resource, "a")
    answer = lrs.send("HEAD", resource, CONTEXTS[resource][0])
    assert (answer.status_code, answer.data) == (200, b"")


def test_2_3_each_agent_and_activity_has_a_list_of_its_own(lrs, resource):
    put(lrs, resource, "a")
    for change in ({"agent": agent("b")}, {"activityId": "http://example.vn/b"}):
        if not change.keys() - CONTEXTS[resource][0].keys():
            assert names(lrs, resource, **change) == []


@pytest.mark.parametrize("resource", ["activities/state", "agents/profile"])
def test_2_3_an_agent_is_known_by_its_identifier_only(lrs, resource):
    for number, who in enumerate((agent(), {"mbox_sha1sum": SHA1}, {"openid": "http://o.vn/"}, {"account": account()})):
        put(lrs, resource, str(number), agent=who)
        assert names(lrs, resource, agent=who | {"name": "another name"}) == [str(number)]
        assert names(lrs, resource, agent=who | {"objectType": "Agent"}) == [str(number)]


@pytest.mark.parametrize("resource", ["activities/profile", "agents/profile"])
def test_2_6_a_profile_cannot_be_deleted_without_its_id(lrs, resource):
    put(lrs, resource, "a")
    assert lrs.send("DELETE", resource, CONTEXTS[resource][0]).status_code == 400
    assert names(lrs, resource) == ["a"]


def test_2_3_resources_are_separate(lrs, resource):
    put(lrs, resource, "a")
    for other in CONTEXTS:
        assert names(lrs, other) == (["a"] if other == resource else [])


# -- 2.3 states -------------------------------------------------------------------------------------------------------


def state(lrs, method, **more):
    body = more.pop("body", None)
    return lrs.send(method, "activities/state", STATE | more, body=body)


def test_2_3_registrations_keep_states_apart(lrs):
    for registration in (OTHER_UUID, str(uuid4())):
        put(lrs, "activities/state", "a", registration=registration)
        answer = state(lrs, "POST", stateId="a", registration=registration, body={"of": registration})
        assert answer.status_code == 204
    put(lrs, "activities/state", "a")
    found = state(lrs, "GET", stateId="a", registration=OTHER_UUID).json
    assert found == {"name": "a", "of": OTHER_UUID}
    assert state(lrs, "GET", stateId="a").json == {"name": "a"}


def test_2_3_a_state_is_listed_under_its_registration(lrs):
    put(lrs, "activities/state", "a", registration=OTHER_UUID)
    put(lrs, "activities/state", "b", registration=str(uuid4()))
    assert names(lrs, "activities/state", registration=OTHER_UUID) == ["a"]
    assert names(lrs, "activities/state", registration=OTHER_UUID.upper()) == ["a"]


def test_2_3_delete_without_an_id_deletes_all_states_of_the_context(lrs):
    for name in ("a", "b", "c"):
        put(lrs, "activities/state", name)
    put(lrs, "activities/state", "a", agent=agent("b"))
    put(lrs, "activities/state", "a", activityId="http://example.vn/b")
    assert state(lrs, "DELETE").status_code == 204
    assert names(lrs, "activities/state") == []
    assert names(lrs, "activities/state", agent=agent("b")) == ["a"]
    assert names(lrs, "activities/state", activityId="http://example.vn/b") == ["a"]
    assert state(lrs, "DELETE").status_code == 204


def test_2_3_delete_with_a_registration_leaves_the_others(lrs):
    other = str(uuid4())
    put(lrs, "activities/state", "a", registration=OTHER_UUID)
    put(lrs, "activities/state", "a", registration=other)
    assert state(lrs, "DELETE", registration=OTHER_UUID).status_code == 204
    assert names(lrs, "activities/state", registration=OTHER_UUID) == []
    assert names(lrs, "activities/state", registration=other) == ["a"]


def test_2_3_a_single_state_is_deleted_alone(lrs):
    put(lrs, "activities/state", "a")
    put(lrs, "activities/state", "b")
    assert state(lrs, "DELETE", stateId="a").status_code == 204
    assert names(lrs, "activities/state") == ["b"]


def test_2_2_credentials_share_documents(lrs, lrs_with, resource):
    put(lrs, resource, "a")
    assert names(lrs_with("all"), resource) == ["a"]


def test_2_2_a_document_is_the_same_in_both_versions(lrs, resource):
    put(lrs, resource, "a")
    other = "2.0.0" if lrs.version == "1.0.3" else "1.0.3"
    context, key = CONTEXTS[resource]
    answer = lrs.send("GET", resource, context | {key: "a"}, headers={"X-Experience-API-Version": other})
    assert json.loads(answer.data) == {"name": "a"}
    assert answer.headers["X-Experience-API-Version"] == other
