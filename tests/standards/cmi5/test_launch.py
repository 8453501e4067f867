"""How a unit is launched (cmi5, sections 8 and 10), and what the LMS says by itself (9.3)."""

import base64
import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from lms.core.database import db
from lms.core.guard import SYSTEM
from lms.library import queries
from lms.library.services import content_statements, launches, registrations
from lms.library.services.registrations import Learner
from lms.packages.cmi5 import terms
from lms.packages.structure import Unit
from tests import factories

NOW = datetime.now(UTC).replace(microsecond=0)
APP = "http://localhost"
HEADERS = {"X-Experience-API-Version": "1.0.3"}


def au(name: str, **properties: Any) -> Unit:
    values = {"moveOn": "Completed", "launchMethod": "AnyWindow"} | properties
    return Unit("au", f"https://nxb.example/{name}", {"vi": f"Bài {name}"}, f"{name}/index.html", properties=values)


def course(*children: Unit) -> Unit:
    return Unit("course", "https://nxb.example/khoa-hoc", {"vi": "Khóa học"}, children=children)


class Run:
    """A registration, as a unit and as an auditor see it."""

    def __init__(self, client: Any, root: Unit, at: datetime = NOW) -> None:
        self.client = client
        self.version = factories.package_version(root)
        self.learner = Learner("https://ngoai.example", "hv-1")
        self.registration = registrations.register(self.version.id, self.learner, at=at)
        self.units = {unit.identifier.rsplit("/", 1)[1]: unit for unit in queries.units(self.version.id)}

    def launch(self, name: str, **values: Any) -> "Session":
        values = {"at": NOW, "mode": "Normal"} | values
        launched = launches.launch(self.registration.id, self.units[name].id, application=APP, **values)
        return Session(self, launched)

    def said(self) -> list[dict[str, Any]]:
        rows = db.session.execute(text("SELECT raw FROM statements ORDER BY seq")).scalars().all()
        db.session.commit()  # what a request writes by itself is not undone with what this read
        found = [json.loads(raw) for raw in rows]
        return [one for one in found if one.get("context", {}).get("registration") == str(self.registration.id)]

    def verbs(self) -> list[str]:
        told = [f"{one['verb']['id'].rsplit('/', 1)[1]} {self.name(one['object']['id'])}" for one in self.said()]
        db.session.commit()
        return told

    def name(self, iri: str) -> str:
        return next((name for name, unit in self.units.items() if unit.iri == iri), iri)


class Session:
    """A launched unit that speaks xAPI."""

    def __init__(self, run: Run, launched: Any) -> None:
        self.run, self.launched, self.client = run, launched, run.client
        self.query = {key: values[0] for key, values in parse_qs(urlsplit(launched.url).query).items()}
        self.clock = NOW
        self.auth = {}
        self.template: dict[str, Any] = {}
        self.reads = True

    def fetch(self) -> dict[str, Any]:
        answer = self.client.post(urlsplit(self.query["fetch"]).path)
        assert answer.status_code == 200 and answer.mimetype == "application/json"
        if "auth-token" in answer.json:
            self.auth = {"Authorization": f"Basic {answer.json['auth-token']}"} | HEADERS
        return answer.json

    def preferences(self, method: str = "get", headers: Any = None, **kw: Any) -> Any:
        query = {"agent": self.query["actor"], "profileId": terms.PREFERENCES}
        headers = self.auth | (headers or {})
        return getattr(self.client, method)("/xapi/agents/profile", query_string=query, headers=headers, **kw)

    def state(self, id_: str = "LMS.LaunchData", method: str = "get", **kw: Any) -> Any:
        query = {"activityId": self.query["activityId"], "agent": self.query["actor"], "stateId": id_}
        query["registration"] = self.query["registration"]
        return getattr(self.client, method)("/xapi/activities/state", query_string=query, headers=self.auth, **kw)

    def statement(self, word: str, *, defined: bool = True, **changes: Any) -> dict[str, Any]:
        self.clock += timedelta(seconds=1)
        if word == "initialized" and self.reads:
            assert self.preferences().status_code == 200
        self.template = self.template or self.state().json["contextTemplate"]
        context = deepcopy(self.template) | {"registration": self.query["registration"]}
        categories = [terms.CATEGORY] if defined else []
        result: dict[str, Any] = {} if word == "initialized" else {"duration": "PT1M"}
        if defined and word in ("completed", "passed", "failed"):
            categories.append(terms.MOVE_ON_CATEGORY)
            result |= {"completion": True} if word == "completed" else {"success": word == "passed"}
        if categories:
            context["contextActivities"]["category"] = [{"id": one} for one in categories]
        made = {
            "id": str(uuid4()),
            "actor": json.loads(self.query["actor"]),
            "verb": {"id": terms.VERBS.get(word, f"http://adlnet.gov/expapi/verbs/{word}")},
            "object": {"id": self.query["activityId"]},
            "context": context,
            "timestamp": self.clock.isoformat().replace("+00:00", "Z"),
        } | ({"result": result} if result else {})
        return made | changes

    def send(self, *statements: dict[str, Any]) -> int:
        body = list(statements) if len(statements) > 1 else statements[0]
        return self.client.post("/xapi/statements", json=body, headers=self.auth).status_code

    def say(self, word: str, **changes: Any) -> int:
        return self.send(self.statement(word, **changes))


@pytest.fixture
def run(client: Any) -> Any:
    return lambda *children, **kw: Run(client, course(*children), **kw)


def test_8_1_launch_url_has_the_five_parameters_and_keeps_the_units_query(run: Any) -> None:
    unit = au("a")
    odd = Unit("au", unit.identifier, unit.title, "bài 1/trang.html?x=1#cuối", properties=unit.properties)
    launched = run(odd).launch("a").launched
    parts = urlsplit(launched.url)
    assert parts.path.endswith("/b%C3%A0i%201/trang.html")
    assert set(parse_qs(parts.query)) == {"x", "endpoint", "fetch", "actor", "registration", "activityId"}
    assert parts.fragment == "cu%E1%BB%91i"


def test_8_1_activity_id_is_the_same_for_all_registrations_and_not_the_publishers(run: Any, client: Any) -> None:
    first = run(au("a"))
    session = first.launch("a")
    other = registrations.register(first.version.id, Learner("https://ngoai.example", "hv-2"), at=NOW)
    again = launches.launch(other.id, first.units["a"].id, application=APP, at=NOW)
    assert parse_qs(urlsplit(again.url).query)["activityId"] == [session.query["activityId"]]
    assert session.query["activityId"] != "https://nxb.example/a"


def test_8_2_fetch_gives_a_token_once(run: Any) -> None:
    session = run(au("a")).launch("a")
    token = session.fetch()["auth-token"]
    assert base64.b64decode(token).count(b":") == 1
    assert session.state().status_code == 200
    assert session.fetch() == {"error-code": "1", "error-text": "The token was given already, or the session is over."}


def test_8_2_a_forged_fetch_url_opens_nothing(run: Any, client: Any) -> None:
    session = run(au("a")).launch("a")
    path = urlsplit(session.query["fetch"]).path
    forged = path[:-1] + ("0" if path[-1] != "0" else "1")
    assert client.post(forged).json["error-code"] == "2"
    assert client.get(path).status_code == 405


def test_10_launch_data_are_there_before_the_launch_and_cannot_be_changed(run: Any) -> None:
    unit = au("a", masteryScore="0.75", launchParameters='{"x": 1}', entitlementKey="khóa-1", moveOn="Passed")
    session = run(unit).launch("a")
    session.fetch()
    data = session.state().json
    assert data["launchMode"] == "Normal" and data["moveOn"] == "Passed" and data["masteryScore"] == 0.75
    assert data["launchParameters"] == '{"x": 1}' and data["entitlementKey"] == {"courseStructure": "khóa-1"}
    template = data["contextTemplate"]
    assert template["extensions"][terms.SESSION_ID] == str(session.launched.session_id)
    assert template["contextActivities"]["grouping"] == [{"id": "https://nxb.example/a"}]
    assert session.state(method="put", json={}).status_code == 403
    assert session.state(method="delete").status_code == 403
    assert session.state("bookmark", method="put", json={"trang": 3}).status_code == 204
    query = {"activityId": session.query["activityId"], "agent": session.query["actor"]}
    query["registration"] = session.query["registration"]
    session.client.delete("/xapi/activities/state", query_string=query, headers=session.auth)
    assert session.state("bookmark").status_code == 404
    assert session.state().status_code == 200


def test_11_preferences_are_there_and_are_the_learners_to_change(run: Any) -> None:
    one = run(au("a"))
    session = one.launch("a")
    session.fetch()
    query = {"agent": session.query["actor"], "profileId": terms.PREFERENCES}
    found = session.client.get("/xapi/agents/profile", query_string=query, headers=session.auth)
    assert found.json == {"languagePreference": "vi,en", "audioPreference": "on"}
    changed = {"languagePreference": "en", "audioPreference": "off"}
    match = session.auth | {"If-Match": found.headers["ETag"]}
    put = session.client.put("/xapi/agents/profile", query_string=query, json=changed, headers=match)
    assert put.status_code == 204
    again = one.launch("a")
    again.fetch()
    kept = again.client.get("/xapi/agents/profile", query_string=query, headers=again.auth)
    assert kept.json == changed


def test_9_3_1_launched_says_how(run: Any) -> None:
    one = run(au("a", masteryScore=0.5, launchParameters="p"))
    session = one.launch("a", mode="Browse")
    (said,) = one.said()
    assert said["verb"]["id"] == terms.VERBS["launched"] and said["object"]["id"] == session.query["activityId"]
    extensions = said["context"]["extensions"]
    assert extensions[terms.LAUNCH_MODE] == "Browse" and extensions[terms.MOVE_ON] == "Completed"
    assert extensions[terms.MASTERY_SCORE] == 0.5 and extensions[terms.LAUNCH_PARAMETERS] == "p"
    assert extensions[terms.SESSION_ID] == str(session.launched.session_id)
    assert session.launched.url.startswith(extensions[terms.LAUNCH_URL] + "?")
    assert said["context"]["contextActivities"]["grouping"] == [{"id": "https://nxb.example/a"}]
    assert terms.CATEGORY in [a["id"] for a in said["context"]["contextActivities"]["category"]]
    assert said["actor"] == json.loads(session.query["actor"])


def test_9_3_a_whole_session_satisfies_unit_block_and_course_once_and_in_order(run: Any) -> None:
    block = Unit("block", "https://nxb.example/khoi", {"vi": "Khối"}, children=(au("a"), au("b", moveOn="Passed")))
    one = run(block)
    session = one.launch("a")
    session.fetch()
    for word in ("initialized", "completed", "terminated"):
        assert session.say(word) == 200
    second = one.launch("b")
    second.fetch()
    for word in ("initialized", "passed"):
        assert second.say(word) == 200
    assert second.say("terminated") == 200
    assert one.verbs() == [
        "launched a",
        "initialized a",
        "completed a",
        "terminated a",
        "launched b",
        "initialized b",
        "passed b",
        "satisfied khoi",
        "satisfied khoa-hoc",
        "terminated b",
    ]
    types = {s["object"]["id"]: s["object"]["definition"]["type"] for s in one.said() if "satisfied" in s["verb"]["id"]}
    assert set(types.values()) == {terms.BLOCK_TYPE, terms.COURSE_TYPE}
    assert all("nxb.example" not in iri for iri in types)
    satisfied = [s for s in one.said() if "satisfied" in s["verb"]["id"]]
    ids = {s["context"]["extensions"][terms.SESSION_ID] for s in satisfied}
    assert ids == {str(second.launched.session_id)}


def test_9_6_1_not_applicable_is_satisfied_at_registration(run: Any) -> None:
    block = Unit("block", "https://nxb.example/khoi", {"vi": "Khối"}, children=(au("a", moveOn="NotApplicable"),))
    one = run(block, au("b"))
    assert one.verbs() == ["satisfied khoi"]
    assert registrations.register(one.version.id, one.learner, at=NOW).id == one.registration.id
    assert one.verbs() == ["satisfied khoi"]


def test_9_3_6_an_open_session_is_abandoned_when_another_unit_is_launched(run: Any) -> None:
    one = run(au("a"), au("b"))
    first = one.launch("a")
    first.fetch()
    first.say("initialized")
    one.launch("b", at=NOW + timedelta(minutes=5))
    assert one.verbs() == ["launched a", "initialized a", "abandoned a", "launched b"]
    abandoned = one.said()[2]
    assert abandoned["result"]["duration"].startswith("PT")
    assert abandoned["context"]["extensions"][terms.SESSION_ID] == str(first.launched.session_id)
    assert first.state("bookmark").status_code == 401
    late = abandoned | {"id": str(uuid4()), "verb": {"id": terms.VERBS["terminated"]}}
    assert first.send(late) in (401, 403)
    assert one.verbs()[-1] == "launched b"


def test_9_3_7_a_waived_unit_counts_once_with_its_reason_and_a_session_of_its_own(run: Any) -> None:
    one = run(au("a"))
    registrations.waive(SYSTEM, one.registration.id, one.units["a"].id, reason="Tested Out", at=NOW)
    registrations.waive(SYSTEM, one.registration.id, one.units["a"].id, reason="Administrative", at=NOW)
    assert one.verbs() == ["waived a", "satisfied khoa-hoc"]
    waived, satisfied = one.said()
    assert waived["result"] == {"success": True, "completion": True, "extensions": {terms.REASON: "Tested Out"}}
    categories = [a["id"] for a in waived["context"]["contextActivities"]["category"]]
    assert categories == [terms.CATEGORY, terms.MOVE_ON_CATEGORY]
    assert satisfied["context"]["extensions"] == waived["context"]["extensions"]


MOVE_ON = [
    ("Passed", ["completed"], False),
    ("Passed", ["passed"], True),
    ("Completed", ["passed"], False),
    ("Completed", ["completed"], True),
    ("CompletedAndPassed", ["completed"], False),
    ("CompletedAndPassed", ["passed"], False),
    ("CompletedAndPassed", ["completed", "passed"], True),
    ("CompletedOrPassed", ["failed"], False),
    ("CompletedOrPassed", ["completed"], True),
    ("CompletedOrPassed", ["passed"], True),
]


@pytest.mark.parametrize(("move_on", "words", "done"), MOVE_ON)
def test_13_1_4_move_on(run: Any, move_on: str, words: list[str], done: bool) -> None:
    one = run(au("a", moveOn=move_on))
    session = one.launch("a")
    session.fetch()
    for word in ("initialized", *words):
        assert session.say(word) == 200
    assert ("satisfied khoa-hoc" in one.verbs()) is done


def test_a_statement_sent_twice_is_taken_once(run: Any) -> None:
    one = run(au("a"))
    session = one.launch("a")
    session.fetch()
    session.say("initialized")
    completed = session.statement("completed")
    assert session.send(completed) == 200
    assert session.send(completed) == 200
    assert one.verbs().count("completed a") == one.verbs().count("satisfied khoa-hoc") == 1


def test_a_batch_is_judged_by_its_timestamps(run: Any) -> None:
    one = run(au("a"))
    session = one.launch("a")
    session.fetch()
    first, second, third = (session.statement(word) for word in ("initialized", "completed", "terminated"))
    assert session.send(third, first, second) == 200


def refused(words: list[str], make: Any) -> Any:
    return pytest.param(words, make, id=make.__name__)


def second_initialized(s: Session) -> Any:
    return s.statement("initialized")


def completed_first(s: Session) -> Any:
    return s.statement("completed")


def allowed_first(s: Session) -> Any:
    return s.statement("experienced", defined=False)


def passed_and_failed(s: Session) -> Any:
    return s.statement("failed")


def completed_twice(s: Session) -> Any:
    return s.statement("completed")


def without_session_id(s: Session) -> Any:
    made = s.statement("completed")
    made["context"].pop("extensions")
    return made


def without_grouping(s: Session) -> Any:
    made = s.statement("completed")
    made["context"]["contextActivities"].pop("grouping")
    return made


def without_id(s: Session) -> Any:
    made = s.statement("completed")
    made.pop("id")
    return made


def without_timestamp(s: Session) -> Any:
    made = s.statement("completed")
    made.pop("timestamp")
    return made


def not_in_utc(s: Session) -> Any:
    return s.statement("completed") | {"timestamp": "2026-11-23T09:00:00+07:00"}


def without_duration(s: Session) -> Any:
    return s.statement("completed", result={"completion": True})


def completed_without_completion(s: Session) -> Any:
    return s.statement("completed", result={"duration": "PT1S"})


def passed_without_success(s: Session) -> Any:
    return s.statement("passed", result={"duration": "PT1S"})


def passed_below_mastery(s: Session) -> Any:
    made = s.statement("passed")
    made["result"]["score"] = {"scaled": 0.4}
    return made


def failed_above_mastery(s: Session) -> Any:
    made = s.statement("failed")
    made["result"]["score"] = {"scaled": 0.9}
    return made


def mastery_left_out(s: Session) -> Any:
    made = s.statement("passed")
    made["result"]["score"] = {"scaled": 0.9}
    return made


def raw_without_bounds(s: Session) -> Any:
    made = s.statement("failed")
    made["result"]["score"] = {"raw": 5}
    return made


def score_in_completed(s: Session) -> Any:
    made = s.statement("completed")
    made["result"]["score"] = {"scaled": 1}
    return made


def move_on_category_in_terminated(s: Session) -> Any:
    made = s.statement("terminated")
    made["context"]["contextActivities"]["category"].append({"id": terms.MOVE_ON_CATEGORY})
    return made


def move_on_category_missing(s: Session) -> Any:
    made = s.statement("completed")
    made["context"]["contextActivities"]["category"] = [{"id": terms.CATEGORY}]
    return made


def satisfied_by_the_unit(s: Session) -> Any:
    return s.statement("satisfied")


def other_verb_with_category(s: Session) -> Any:
    return s.statement("experienced")


def other_object(s: Session) -> Any:
    return s.statement("completed", object={"id": "https://nxb.example/a"})


def other_actor(s: Session) -> Any:
    return s.statement("completed", actor={"account": {"homePage": "https://ngoai.example", "name": "hv-2"}})


def other_registration(s: Session) -> Any:
    made = s.statement("completed")
    made["context"]["registration"] = str(uuid4())
    return made


def voiding(s: Session) -> Any:
    target = {"objectType": "StatementRef", "id": str(uuid4())}
    return s.statement("completed", verb={"id": "http://adlnet.gov/expapi/verbs/voided"}, object=target)


def progress_beyond(s: Session) -> Any:
    return s.statement("experienced", defined=False, result={"extensions": {terms.PROGRESS: 101}})


CONFLICTS = [
    refused([], completed_first),
    refused([], allowed_first),
    refused(["initialized"], second_initialized),
    refused(["initialized", "passed"], passed_and_failed),
    refused(["initialized", "completed"], completed_twice),
    *(
        refused(["initialized"], make)
        for make in (
            without_session_id,
            without_grouping,
            without_id,
            without_timestamp,
            not_in_utc,
            without_duration,
            completed_without_completion,
            passed_without_success,
            passed_below_mastery,
            failed_above_mastery,
            mastery_left_out,
            raw_without_bounds,
            score_in_completed,
            move_on_category_in_terminated,
            move_on_category_missing,
            satisfied_by_the_unit,
            other_verb_with_category,
            other_object,
            other_actor,
            other_registration,
            voiding,
            progress_beyond,
        )
    ),
]


@pytest.mark.parametrize(("words", "make"), CONFLICTS)
def test_6_3_what_conflicts_is_refused_and_changes_nothing(run: Any, words: list[str], make: Any) -> None:
    one = run(au("a", masteryScore=0.5))
    session = one.launch("a")
    session.fetch()
    for word in words:
        assert session.say(word) == 200
    before = one.verbs()
    assert session.send(make(session)) in (400, 403)
    assert one.verbs() == before
    assert session.say("terminated" if words else "initialized") == 200


@pytest.mark.parametrize("mode", ["Browse", "Review"])
@pytest.mark.parametrize("word", ["completed", "passed", "failed"])
def test_10_2_2_browse_and_review_take_no_outcome(run: Any, mode: str, word: str) -> None:
    one = run(au("a"))
    session = one.launch("a", mode=mode)
    session.fetch()
    assert session.state().json["launchMode"] == mode
    assert session.say("initialized") == 200
    assert session.say(word) == 403
    assert session.say("terminated") == 200


def test_9_3_registration_rules_hold_over_sessions(run: Any) -> None:
    one = run(au("a", moveOn="CompletedAndPassed"))
    for words, codes in (
        (["initialized", "failed", "terminated"], [200, 200, 200]),
        (["initialized", "completed", "passed", "terminated"], [200, 200, 200, 200]),
        (["initialized", "completed", "passed", "failed", "terminated"], [200, 403, 403, 403, 200]),
    ):
        session = one.launch("a")
        session.fetch()
        assert [session.say(word) for word in words] == codes


def test_9_3_8_nothing_is_taken_long_after_terminated(run: Any, monkeypatch: Any) -> None:
    one = run(au("a"))
    session = one.launch("a")
    session.fetch()
    session.say("initialized")
    late = session.statement("experienced", defined=False)
    session.say("terminated")
    assert session.send(late) == 200
    after = session.statement("experienced", defined=False)
    assert session.send(after) == 403
    monkeypatch.setattr(content_statements, "utcnow", lambda: datetime.now(UTC) + timedelta(minutes=5))
    assert session.send(late | {"id": str(uuid4())}) == 403


def test_ids_are_uuids(run: Any) -> None:
    assert UUID(run(au("a")).launch("a").query["registration"])
