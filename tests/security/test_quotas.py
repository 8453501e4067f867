"""What launched content may store has an end, which is told in words; others are not touched by it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from lms.core.database import db
from lms.library.models import ScormCommit, ScormState
from tests.library.conftest import package, play  # noqa: F401 - fixtures
from tests.library.test_scorm_commits import INCOMPLETE, launch, send, version  # noqa: F401 - a fixture
from tests.security.test_session_tokens import HERE, ME, REGISTRATION, content, statement  # noqa: F401 - a fixture


@pytest.fixture
def limited(app: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set limits; those of the record store, which is an application of its own, are the same object."""

    def limit(**values: int) -> None:
        settings = replace(app.config["SETTINGS"], **values)
        for one in (app, app.extensions["xapi"]):
            monkeypatch.setitem(one.config, "SETTINGS", settings)

    return limit


def test_statements_of_a_minute(content: Any, limited: Any) -> None:  # noqa: F811
    limited(session_statements_a_minute=10)
    assert content("POST", "statements", json=[statement() for _ in range(8)]).status_code == 200
    refused = content("POST", "statements", json=[statement() for _ in range(3)])
    assert refused.status_code == 429 and "Retry-After" in refused.headers and "10 statements a minute" in refused.text
    assert content("POST", "statements", json=[statement() for _ in range(2)]).status_code == 200


def test_statements_of_a_registration(content: Any, limited: Any) -> None:  # noqa: F811
    limited(registration_statements=5)
    assert content("POST", "statements", json=[statement() for _ in range(5)]).status_code == 200
    refused = content("POST", "statements", json=statement())
    assert refused.status_code == 403 and "at most 5" in refused.text
    assert len(content("GET", "statements").json["statements"]) == 5


STATES = (
    "activities/state",
    {"activityId": HERE, "agent": json.dumps(ME), "registration": str(REGISTRATION)},
    "stateId",
)
PLACES = [
    STATES,
    ("activities/state", {"activityId": HERE, "agent": json.dumps(ME)}, "stateId"),
    ("agents/profile", {"agent": json.dumps(ME)}, "profileId"),
]


@pytest.mark.parametrize(("resource", "query", "name"), PLACES, ids=["state", "state beside", "agent"])
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_documents(content: Any, limited: Any, resource: str, query: Any, name: str, method: str) -> None:  # noqa: F811
    limited(registration_documents=5, registration_documents_mb=1)

    def write(number: int, body: bytes) -> Any:
        return content(method, resource, query | {name: str(number)}, data=body, content_type="application/json")

    assert all(write(number, b'{"a":1}').status_code == 204 for number in range(5))
    refused = write(5, b"{}")
    assert refused.status_code == 413 and "5 documents" in refused.text
    assert content("DELETE", resource, query | {name: "4"}).status_code == 204
    large = json.dumps({"a": "x" * 1024 * 1024}).encode()
    refused = write(4, large)
    assert refused.status_code == 413 and "1 MB" in refused.text
    assert write(4, b"{}").status_code == 204


def test_commits_of_a_registration(version: Any, play: Any) -> None:  # noqa: F811
    for turn in range(3):
        played = launch(play, version)
        for number in range(12):
            assert send(played, "MOT", turn * 12 + number + 1, INCOMPLETE).status_code == 200
    assert sorted(row.sequence for row in db.session.query(ScormCommit)) == list(range(17, 37))
    assert db.session.query(ScormState).one().sequence == 36
