"""A session token of launched content speaks for its learner, registration and activity, and for nothing else."""

import json
from base64 import b64encode
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.core.database import utcnow
from lms.records.services import open_session
from lms.records.vocabulary import ACTIVITIES, VOIDED

ME = {"objectType": "Agent", "account": {"homePage": "http://e.vn", "name": "1"}}
OTHER = {"mbox": "mailto:b@e.vn"}
REGISTRATION = UUID(int=5, version=4)
HERE = f"{ACTIVITIES}/package/p1"


class Content:
    def __init__(self, client: Any, lifetime: timedelta) -> None:
        made, secret = open_session(agent=ME, registration=REGISTRATION, activity=HERE, lifetime=lifetime, at=utcnow())
        token = b64encode(f"{made.key}:{secret}".encode()).decode()
        self.client, self.headers = client, {"Authorization": f"Basic {token}", "X-Experience-API-Version": "1.0.3"}

    def __call__(self, method: str, resource: str, query: dict[str, Any] | None = None, **more: Any) -> Any:
        return self.client.open(f"/xapi/{resource}", method=method, query_string=query, headers=self.headers, **more)


@pytest.fixture
def content(client, session):
    return Content(client, timedelta(hours=1))


def statement(**values: Any) -> dict[str, Any]:
    return {
        "actor": ME,
        "verb": {"id": "http://e.vn/did"},
        "object": {"id": HERE},
        "context": {"registration": str(REGISTRATION)},
    } | values


def test_it_sends_and_reads_what_is_its_own(content):
    assert (
        content(
            "POST", "statements", json=[statement(), statement(object={"id": "http://publisher.vn/slide"})]
        ).status_code
        == 200
    )
    assert len(content("GET", "statements").json["statements"]) == 2
    query = {"activityId": HERE, "agent": json.dumps(ME), "stateId": "s", "registration": str(REGISTRATION)}
    assert content("PUT", "activities/state", query, json={"a": 1}).status_code == 204
    assert content("GET", "activities/state", query).json == {"a": 1}
    assert content("PUT", "agents/profile", {"agent": json.dumps(ME), "profileId": "p"}, json={}).status_code == 204
    assert content("GET", "activities", {"activityId": HERE}).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"actor": OTHER},
        {"context": {"registration": str(uuid4())}},
        {"context": {}},
        {"object": {"id": f"{ACTIVITIES}/quiz/a"}},
        {"verb": {"id": VOIDED}, "object": {"objectType": "StatementRef", "id": str(uuid4())}},
    ],
)
def test_it_says_nothing_for_others(content, change):
    answer = content("POST", "statements", json=[statement(), statement(**change)])
    assert answer.status_code == 403
    assert content("GET", "statements").json["statements"] == []


@pytest.mark.parametrize(
    ("resource", "query"),
    [
        ("activities/state", {"activityId": HERE, "agent": json.dumps(OTHER)}),
        ("activities/state", {"activityId": "http://e.vn/x", "agent": json.dumps(ME)}),
        ("activities/state", {"activityId": HERE, "agent": json.dumps(ME), "registration": str(uuid4())}),
        ("agents/profile", {"agent": json.dumps(OTHER)}),
        ("activities/profile", {"activityId": "http://e.vn/x"}),
        ("agents", {"agent": json.dumps(OTHER)}),
        ("activities", {"activityId": "http://e.vn/x"}),
    ],
)
def test_it_reads_nothing_of_others(content, resource, query):
    assert content("GET", resource, query).status_code == 403


def test_it_does_not_see_what_others_sent(content, client, session):
    assert Content(client, timedelta(hours=1))("POST", "statements", json=statement()).status_code == 200
    assert content("GET", "statements").json["statements"] == []


def test_it_ends(client, session):
    assert Content(client, timedelta(seconds=-1))("GET", "statements").status_code == 401


def test_it_is_no_key_of_the_administration(content, app):
    from lms.records.queries import credentials

    assert credentials() == []
