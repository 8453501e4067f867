"""Addresses as clients write them: served as what they mean, never by a redirect, which a preflight does not follow."""

import json
from typing import Any
from uuid import uuid4

import pytest

from lms.records.express import Express
from lms.records.routes import RESOURCES
from tests.standards.xapi.client import VERSION, only

ADDRESSES = sorted(route.rule for route in RESOURCES)
HABITS = {
    "an empty segment": lambda rule: rule.replace("/xapi/", "/xapi//"),
    "several empty segments": lambda rule: "/xapi///" + rule.removeprefix("/xapi/").replace("/", "//"),
    "a slash at the end": lambda rule: f"{rule}/",
    "slashes at the end": lambda rule: f"{rule}//",
    "both": lambda rule: f"{rule.replace('/xapi/', '/xapi//')}/",
    "an encoded slash": lambda rule: "/xapi/" + rule.removeprefix("/xapi/").replace("/", "%2F"),
}


def odd(words: str) -> Any:
    return pytest.mark.parametrize("habit", [pytest.param(HABITS[name], id=name) for name in HABITS if words in name])


def test_every_route_of_the_store_is_tried() -> None:
    assert {"/xapi/statements", "/xapi/activities/state", "/xapi/agents/profile", "/xapi/about"} <= set(ADDRESSES)


@pytest.mark.parametrize("rule", ADDRESSES)
@odd("")
@only("1.0.3")
def test_an_odd_address_is_answered_as_the_resource(lrs: Any, rule: str, habit: Any) -> None:
    plain, odd_ = (lrs.client.get(path, headers=lrs.headers) for path in (rule, habit(rule)))
    assert odd_.status_code == plain.status_code != 404
    assert odd_.status_code < 300 or odd_.status_code == 400
    assert "Location" not in odd_.headers and odd_.headers[VERSION] == "1.0.3"


@pytest.mark.parametrize("rule", ADDRESSES)
@odd("")
def test_the_preflight_needs_no_key_and_is_not_sent_elsewhere(client: Any, session: Any, rule: str, habit: Any) -> None:
    asked = {"Origin": "https://e.vn", "Access-Control-Request-Method": "POST"}
    asked["Access-Control-Request-Headers"] = "authorization,content-type,x-experience-api-version"
    for path in (rule, habit(rule)):
        answer = client.options(path, headers=asked)
        assert answer.status_code in (200, 204), path
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        allowed = answer.headers["Access-Control-Allow-Headers"].lower()
        assert all(name in allowed for name in ("authorization", "content-type", "x-experience-api-version"))
        assert "GET" in answer.headers["Access-Control-Allow-Methods"]


@odd("")
@only("1.0.3")
@pytest.mark.parametrize("way", ["flask", "express"])
def test_statements_are_stored_at_an_odd_address(lrs: Any, habit: Any, way: str, monkeypatch: Any) -> None:
    if way == "flask":
        monkeypatch.setattr("lms.records.express._is_plain", lambda _environ: False)
    assert Express is not None
    sent = {"id": str(uuid4()), "actor": {"mbox": "mailto:a@e.vn"}, "verb": {"id": "http://e.vn/v"}}
    sent["object"] = {"id": "http://e.vn/a/b"}
    headers = {**lrs.headers, "Content-Type": "application/json"}
    for _ in range(2):
        answer = lrs.client.post(habit("/xapi/statements"), data=json.dumps(sent), headers=headers)
        assert answer.status_code == 200 and answer.json == [sent["id"]]
    assert lrs.get(statementId=sent["id"]).status_code == 200


@only("1.0.3")
def test_slashes_within_an_id_are_the_ids_own(lrs: Any) -> None:
    agent = json.dumps({"mbox": "mailto:a@e.vn"})
    ids = ("http://e.vn//a//b/", "http://e.vn/a/b", "http://e.vn/a%2Fb")
    for number, id_ in enumerate(ids):
        query = {"activityId": id_, "agent": agent, "stateId": "s/1"}
        assert lrs.send("PUT", "/activities/state/", query, body={"n": number}).status_code == 204
    for number, id_ in enumerate(ids):
        found = lrs.get("activities/state", activityId=id_, agent=agent, stateId="s/1")
        assert found.json == {"n": number}


def test_outside_the_store_addresses_stay_as_they_were(client: Any, session: Any) -> None:
    assert client.get("/xapiary//statements").status_code in (308, 404)
    assert client.get("/xapi").status_code == 404 and client.get("/xapi/").status_code == 404
