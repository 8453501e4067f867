"""What a unit may ask and send within its session, and what the log tells staff of it (cmi5, sections 8 to 11)."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from lms.core.database import db
from lms.library.models import ContentEvent
from lms.packages.cmi5 import terms
from tests.standards.cmi5.test_launch import Session, au, run  # noqa: F401 - run is a fixture


@pytest.fixture
def session_(run: Any) -> Session:  # noqa: F811
    """A session whose token was fetched."""
    session: Session = run(au("a")).launch("a")
    session.fetch()
    return session


def log(session: Session) -> list[tuple[str, str, int | None]]:
    rows = db.session.scalars(
        select(ContentEvent).where(ContentEvent.session_id == session.launched.session_id).order_by(ContentEvent.id)
    ).all()
    db.session.commit()
    return [(row.what, row.about, row.status) for row in rows]


def reasons(session: Session) -> str:
    found = db.session.scalars(
        select(ContentEvent.reason).where(ContentEvent.session_id == session.launched.session_id)
    ).all()
    db.session.commit()
    return " | ".join(found)


def test_11_initialized_before_the_preferences_were_read_is_refused(session_: Session) -> None:
    session_.reads = False
    assert session_.say("initialized") == 403
    assert "cmi5LearnerPreferences" in reasons(session_)
    assert session_.preferences().status_code == 200
    assert session_.say("initialized") == 200


def test_9_2_a_group_is_no_actor(session_: Session) -> None:
    session_.say("initialized")
    passed = session_.statement("passed")
    passed["actor"] = passed["actor"] | {"objectType": "Group"}
    assert session_.send(passed) == 403


def test_9_6_2_2_an_allowed_statement_has_no_move_on_category(session_: Session) -> None:
    session_.say("initialized")
    allowed = session_.statement("experienced", defined=False)
    allowed["context"]["contextActivities"]["category"] = [{"id": terms.MOVE_ON_CATEGORY}]
    assert session_.send(allowed) == 403
    allowed["context"]["contextActivities"]["category"] = []
    assert session_.send(allowed) == 200


GOOD = {"languagePreference": "en-US,fr-FR,fr-BE", "audioPreference": "off"}
BAD = {
    "no language": {"audioPreference": "on"},
    "no audio": {"languagePreference": "vi"},
    "an empty language": GOOD | {"languagePreference": ""},
    "languages without commas": GOOD | {"languagePreference": "not comma separated"},
    "a language that is no text": GOOD | {"languagePreference": ["vi"]},
    "an unknown audio": GOOD | {"audioPreference": "loud"},
    "a list": [GOOD],
    "a text": "vi",
    "nothing": None,
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("match", ["none", "wrong", "right"])
def test_11_preferences_that_are_invalid_are_refused_before_their_etag_is_looked_at(
    session_: Session, name: str, match: str
) -> None:
    tag = session_.preferences().headers["ETag"]
    headers = {"none": {}, "wrong": {"If-Match": '"x"'}, "right": {"If-Match": tag}}[match]
    assert session_.preferences("put", headers, json=BAD[name]).status_code == 403
    assert session_.preferences().headers["ETag"] == tag
    assert session_.preferences("put", {"If-Match": tag}, json=GOOD).status_code == 204


def test_11_preferences_are_json(session_: Session) -> None:
    sent = '{"languagePreference": "vi", "audioPreference": "on"}'
    assert session_.preferences("put", data=sent, content_type="text/plain").status_code == 403
    assert session_.preferences("put", data="{", content_type="application/json").status_code == 403


def test_11_preferences_are_those_of_the_actor(session_: Session) -> None:
    for agent in (None, {"mbox": "mailto:x@e.vn"}):
        query = {"profileId": terms.PREFERENCES} | ({"agent": json.dumps(agent)} if agent else {})
        for method in ("get", "put", "delete"):
            more = {"json": GOOD} if method == "put" else {}
            send = getattr(session_.client, method)
            answer = send("/xapi/agents/profile", query_string=query, headers=session_.auth, **more)
            assert answer.status_code == 403, (agent, method)


def test_9_3_8_what_is_stored_already_is_not_taken_again_after_terminated(session_: Session) -> None:
    session_.say("initialized")
    allowed = session_.statement("experienced", defined=False)
    assert session_.send(allowed) == 200 and session_.send(allowed) == 200
    terminated = session_.statement("terminated")
    assert session_.send(terminated) == 200
    assert session_.send(allowed) == 403 and session_.send(terminated) == 403


def test_8_1_2_the_token_opens_no_document_after_terminated(session_: Session) -> None:
    session_.say("initialized")
    assert session_.state("bookmark", method="put", json={"page": 3}).status_code == 204
    session_.say("terminated")
    for method in ("get", "put", "delete"):
        assert session_.state("bookmark", method=method, **({"json": {}} if method == "put" else {})).status_code == 403
    assert session_.preferences().status_code == 403


def test_a_token_writes_no_profile_that_others_share(session_: Session) -> None:
    query = {"activityId": session_.query["activityId"], "profileId": "p"}
    for method, status in (("put", 403), ("post", 403), ("delete", 403), ("get", 404)):
        send = getattr(session_.client, method)
        body = {"json": {}} if method in ("put", "post") else {}
        assert send("/xapi/activities/profile", query_string=query, headers=session_.auth, **body).status_code == status


def test_9_1_a_unit_that_sends_no_id_is_told_so_and_staff_see_it(session_: Session) -> None:
    session_.say("initialized")
    without = session_.statement("completed")
    del without["id"]
    answer = session_.client.post("/xapi/statements", json=without, headers=session_.auth)
    assert answer.status_code == 403 and "id: the unit gives each statement its id" in answer.json["error"]
    assert ("refused", "POST completed", 403) in log(session_)
    assert "9.1" in reasons(session_)


def test_the_log_tells_what_was_started_asked_sent_and_refused(session_: Session) -> None:
    session_.state()
    session_.say("initialized")
    session_.say("passed")
    session_.say("passed")
    session_.say("terminated")
    assert log(session_) == [
        ("launched", "au Normal", None),
        ("asked", "POST fetch", 200),
        ("asked", "GET activities/state LMS.LaunchData", 200),
        ("asked", "GET agents/profile cmi5LearnerPreferences", 200),
        ("asked", "GET activities/state LMS.LaunchData", 200),
        ("sent", "POST initialized", 200),
        ("sent", "POST passed", 200),
        ("refused", "POST passed", 403),
        ("sent", "POST terminated", 200),
    ]


def test_the_log_has_an_end_and_keeps_room_for_what_is_refused(session_: Session, monkeypatch: Any) -> None:
    monkeypatch.setattr("lms.library.services.launch_log.MOST", 6)
    monkeypatch.setattr("lms.library.services.launch_log.MOST_REFUSED", 8)
    for number in range(9):
        session_.state(f"s{number}")
    assert len(log(session_)) == 6
    for number in range(9):
        session_.state(f"s{number}", method="put", data="{", content_type="application/json")
        session_.say(f"v{number}")
    assert len(log(session_)) == 8


def test_the_log_tells_of_a_key_that_is_over(run: Any) -> None:  # noqa: F811
    one = run(au("a"))
    first = one.launch("a")
    first.fetch()
    first.state()
    one.launch("a")
    assert first.state().status_code == 401
    assert log(first)[-1] == ("refused", "GET activities/state LMS.LaunchData", 401)
