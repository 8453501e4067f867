"""GET /xapi/statements, case by case as in xAPI 1.0.3, Communication (section numbers in the names)."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from werkzeug.http import http_date

from lms.core.guard import SYSTEM
from lms.records.access import WRONG_TRIES
from lms.records.models import Credential, Mention, Reference, Statement, stored_at
from lms.records.services import make_credential, revoke_credential
from lms.records.shapes import activities_of, agents_of
from lms.records.vocabulary import AUTHORITY, VOIDED
from tests.conftest import NOW
from tests.records.keeping import keep

VERSION = {"X-Experience-API-Version": "1.0.3"}
DID = "http://adlnet.gov/expapi/verbs/completed"


class Lrs:
    """A client program of the record store."""

    def __init__(self, client: Any, credential: Credential, secret: str) -> None:
        self.client, self.credential, self.secret = client, credential, secret
        self.headers = VERSION | {"Authorization": "Basic " + b64encode(f"{credential.key}:{secret}".encode()).decode()}

    def get(self, *, headers: dict[str, str] | None = None, method: str = "GET", **query: Any) -> Any:
        return self.client.open(
            "/xapi/statements", method=method, query_string=query, headers=self.headers | (headers or {})
        )

    def ids(self, **query: Any) -> list[str]:
        answer = self.get(**query)
        assert answer.status_code == 200, answer.text
        return [statement["id"] for statement in answer.json["statements"]]


@pytest.fixture
def lrs(client, session):
    return Lrs(client, *make_credential(SYSTEM, name="Kho dữ liệu", scopes=["statements/read"], at=NOW))


def agent(name: str) -> dict[str, Any]:
    return {"objectType": "Agent", "mbox": f"mailto:{name}@example.vn"}


def activity(name: str) -> dict[str, Any]:
    return {"objectType": "Activity", "id": f"http://example.vn/{name}"}


def statement(**values: Any) -> dict[str, Any]:
    defaults = {
        "id": str(uuid4()),
        "actor": agent("anh"),
        "verb": {"id": DID, "display": {"vi": "đã hoàn thành", "en-US": "completed"}},
        "object": activity("a"),
        "timestamp": "2026-11-20T08:30:00+07:00",
    }
    return defaults | values


def put(session: Any, *statements: dict[str, Any], **more: Any) -> list[str]:
    ids = keep(list(statements), **more)
    session.commit()
    return [str(one) for one in ids]


def ref(statement_id: str) -> dict[str, str]:
    return {"objectType": "StatementRef", "id": statement_id}


def error(answer: Any, status: int, names: str) -> None:
    assert answer.status_code == status
    assert names in answer.json["error"], answer.json
    assert answer.headers["X-Experience-API-Version"]


# -- 3.3 versioning ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "answered"), [("1.0", "1.0.3"), ("1.0.0", "1.0.3"), ("1.0.9", "1.0.3"), ("2.0.0", "2.0.0")]
)
def test_3_3_every_patch_of_1_0_and_2_0_is_accepted_and_the_answer_names_its_version(lrs, asked, answered):
    answer = lrs.get(headers={"X-Experience-API-Version": asked})
    assert (answer.status_code, answer.headers["X-Experience-API-Version"]) == (200, answered)


@pytest.mark.parametrize("asked", ["0.95", "1.1.0", "3.0.0", "1.0.3.4", "latest", ""])
def test_3_3_another_version_is_refused(lrs, asked):
    error(lrs.get(headers={"X-Experience-API-Version": asked}), 400, "X-Experience-API-Version")


def test_3_3_a_request_without_version_is_refused(lrs):
    del lrs.headers["X-Experience-API-Version"]
    error(lrs.get(), 400, "X-Experience-API-Version")


def test_2_8_about_is_open_to_strangers_and_lists_the_versions(client, session):
    answer = client.get("/xapi/about")
    assert {"1.0.3", "2.0.0"} <= set(answer.json["version"])
    assert answer.headers["X-Experience-API-Version"]


# -- 4.1 authentication -----------------------------------------------------------------------------------------------


def test_4_1_without_credential_401_and_a_challenge_never_a_redirect(client, session):
    answer = client.get("/xapi/statements", headers=VERSION)
    error(answer, 401, "Authorization")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    "value",
    [
        "Basic",
        "Basic !!!",
        "Basic " + b64encode(b"nobody").decode(),
        "Bearer x",
        "Basic " + b64encode(b"\0:\0").decode(),
    ],
)
def test_4_1_a_malformed_or_unknown_credential_gets_401(client, session, value):
    error(client.get("/xapi/statements", headers=VERSION | {"Authorization": value}), 401, "Authorization")


def test_4_1_a_wrong_secret_and_a_revoked_key_get_401(lrs, session):
    other = Lrs(lrs.client, lrs.credential, "guess")
    error(other.get(), 401, "Authorization")
    revoke_credential(SYSTEM, lrs.credential.id, at=NOW)
    error(lrs.get(), 401, "Authorization")


def test_4_1_guessing_is_slowed_down(lrs):
    other = Lrs(lrs.client, lrs.credential, "guess")
    for _ in range(WRONG_TRIES.burst):
        assert other.get().status_code == 401
    answer = other.get()
    error(answer, 429, "Authorization")
    assert int(answer.headers["Retry-After"]) > 0
    assert lrs.get().status_code == 200, "the right key passes whatever others tried from its address"


def test_4_2_a_key_without_a_reading_scope_gets_403(client, session):
    error(Lrs(client, *make_credential(SYSTEM, name="Ghi", scopes=["statements/write"], at=NOW)).get(), 403, "")


def test_4_2_read_mine_sees_only_what_was_sent_with_the_key(client, session):
    mine = Lrs(client, *make_credential(SYSTEM, name="Của tôi", scopes=["statements/read/mine"], at=NOW))
    (own,) = put(session, statement(), credential_id=mine.credential.id)
    (other,) = put(session, statement())
    assert mine.ids() == [own]
    assert mine.get(statementId=own).status_code == 200
    assert mine.get(statementId=other).status_code == 404


def test_the_time_of_last_use_is_kept_to_the_hour(lrs, session, queries):
    lrs.get()
    session.refresh(lrs.credential)
    assert lrs.credential.last_used_at is not None
    queries.clear()
    lrs.get()
    assert not [sql for sql in queries if sql.startswith("UPDATE")]


# -- 2.1.3 one statement ----------------------------------------------------------------------------------------------


def test_2_1_3_a_statement_is_answered_exactly_as_stored(lrs, session):
    sent = statement(result={"score": {"scaled": 0.5, "raw": 10}, "response": "đ\u0301 \u2028"}, version="1.0.0")
    put(session, sent)
    answer = lrs.get(statementId=sent["id"])
    assert answer.mimetype == "application/json"
    assert {key: value for key, value in answer.json.items() if key not in ("stored", "authority")} == sent
    assert answer.json["authority"] == AUTHORITY
    stored = datetime.fromisoformat(answer.json["stored"])
    assert answer.headers["Last-Modified"] == http_date(stored)


def test_2_1_3_an_unknown_statement_gets_404(lrs):
    error(lrs.get(statementId=str(uuid4())), 404, "statementId")


def test_2_1_3_head_answers_the_same_headers_and_no_body(lrs, session):
    (one,) = put(session, statement())
    full, head = lrs.get(statementId=one), lrs.get(statementId=one, method="HEAD")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == full.headers["Content-Length"]


def test_3_2_a_method_that_the_resource_does_not_have_is_405(lrs):
    assert lrs.get(method="DELETE").status_code == 405


def test_2_1_3_voided_statements_are_found_only_by_voided_statement_id(lrs, session):
    good, bad = put(session, statement(), statement())
    (void,) = put(session, statement(verb={"id": VOIDED}, object=ref(bad)))
    assert lrs.ids() == [void, good]
    assert lrs.get(statementId=bad).status_code == 404
    assert lrs.get(voidedStatementId=bad).json["id"] == bad
    assert lrs.get(voidedStatementId=good).status_code == 404


def test_data_2_3_2_a_voiding_statement_cannot_be_voided(lrs, session):
    (bad,) = put(session, statement())
    (void,) = put(session, statement(verb={"id": VOIDED}, object=ref(bad)))
    put(session, statement(verb={"id": VOIDED}, object=ref(void)))
    assert lrs.get(statementId=void).status_code == 200


def test_data_2_3_2_voiding_before_the_target_arrives_voids_it_when_it_does(lrs, session):
    later = statement()
    put(session, statement(verb={"id": VOIDED}, object=ref(later["id"])))
    put(session, later)
    assert lrs.get(statementId=later["id"]).status_code == 404
    assert lrs.get(voidedStatementId=later["id"]).status_code == 200


# -- 2.1.3 parameters -------------------------------------------------------------------------------------------------

MAIL = json.dumps(agent("anh"))


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"unknown": "1"}, "unknown"),
        ({"StatementId": str(UUID(int=1))}, "StatementId"),
        ({"statementId": "x"}, "statementId"),
        ({"statementId": str(UUID(int=1)), "voidedStatementId": str(UUID(int=1))}, "voidedStatementId"),
        ({"statementId": str(UUID(int=1)), "verb": DID}, "verb"),
        ({"voidedStatementId": str(UUID(int=1)), "limit": "1"}, "limit"),
        ({"registration": "{" + str(UUID(int=1)) + "}"}, "registration"),
        ({"verb": "completed"}, "verb"),
        ({"verb": "http://x/\0"}, "verb"),
        ({"activity": "bài học"}, "activity"),
        ({"since": "hôm qua"}, "since"),
        ({"until": "2026-13-01T00:00:00Z"}, "until"),
        ({"since": "0001-01-01T00:00:00+14:00"}, "since"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"limit": "٣"}, "limit"),
        ({"ascending": "True"}, "ascending"),
        ({"related_agents": "1"}, "related_agents"),
        ({"related_activities": ""}, "related_activities"),
        ({"attachments": "yes"}, "attachments"),
        ({"format": "short"}, "format"),
        ({"agent": "anh@example.vn"}, "agent"),
        ({"agent": "[]"}, "agent"),
        ({"agent": "[" * 100_000}, "agent"),
        ({"agent": "{}"}, "agent"),
        ({"agent": '{"objectType": "Activity", "mbox": "mailto:a@b.vn"}'}, "agent.objectType"),
        ({"agent": '{"mbox": "mailto:a@b.vn", "openid": "http://a.vn/"}'}, "agent"),
        ({"agent": '{"mbox": "a@b.vn"}'}, "agent.mbox"),
        ({"agent": '{"mbox": 1}'}, "agent.mbox"),
        ({"agent": '{"mbox_sha1sum": "abc"}'}, "agent.mbox_sha1sum"),
        ({"agent": '{"account": {"homePage": "http://a.vn"}}'}, "agent.account"),
        ({"agent": '{"account": {"homePage": "http://a.vn", "name": "\\ud800"}}'}, "agent.account"),
        ({"agent": '{"account": {"homePage": "http://a.vn", "name": "\\u0000"}}'}, "agent.account"),
        ({"agent": '{"mbox": "mailto:a@b.vn", "email": "x"}'}, "agent.email"),
        ({"more": "x"}, "more"),
        ({"more": "W10"}, "more"),
        ({"more": b64encode(b'[{"verb":"no iri"},3]').decode()}, "verb"),
        ({"more": b64encode(b'[{"x":"1"},3]').decode()}, "x"),
        ({"more": b64encode(b"[{},9223372036854775808]").decode()}, "more"),
        ({"more": "x", "limit": "1"}, "more"),
        ({"limit": ["1", "2"]}, "limit"),
        ({"verb": [DID, DID]}, "verb"),
    ],
)
def test_3_1_a_bad_parameter_gets_400_and_is_named(lrs, query, named):
    error(lrs.get(**query), 400, named)


def test_2_1_3_limit_zero_and_large_mean_the_most_the_store_gives(lrs, session):
    put(session, *(statement() for _ in range(3)))
    assert [len(lrs.ids(limit=n)) for n in (0, 1, 3, 99999999999)] == [3, 1, 3, 3]


def test_2_1_3_since_is_exclusive_until_inclusive_by_the_time_stored(lrs, session):
    first, second, third = (put(session, statement())[0] for _ in range(3))
    at, before = (lrs.get(statementId=one).json["stored"] for one in (second, first))
    assert lrs.ids(since=at) == [third]
    assert lrs.ids(until=at) == [second, first]
    assert lrs.ids(since=before, until=at) == [second]


def test_2_1_3_statements_come_newest_first_or_ascending(lrs, session):
    ids = put(session, *(statement() for _ in range(4)))
    assert lrs.ids() == ids[::-1]
    assert lrs.ids(ascending="true") == ids


@pytest.mark.parametrize("ascending", ["true", "false"])
def test_2_1_3_more_goes_on_where_the_page_ended_while_statements_arrive(lrs, session, ascending):
    ids = put(session, *(statement() for _ in range(5)), statement(actor=agent("noise")))[:5]
    answer = lrs.get(limit=2, ascending=ascending, agent=MAIL)
    seen = [one["id"] for one in answer.json["statements"]]
    (late,) = put(session, statement())
    while answer.json["more"]:
        assert answer.json["more"].startswith("/xapi/statements?")
        answer = lrs.client.get(answer.json["more"], headers=lrs.headers)
        assert len(answer.json["statements"]) <= 2
        seen += [one["id"] for one in answer.json["statements"]]
    assert seen == ([*ids, late] if ascending == "true" else ids[::-1])


def test_2_1_3_nothing_found_is_an_empty_list_and_no_more(lrs):
    assert lrs.get().json == {"statements": [], "more": ""}


def test_2_1_3_a_group_is_found_by_its_members(lrs, session):
    group = {"objectType": "Group", "member": [agent("anh"), agent("binh")]}
    (one,) = put(session, statement(actor=group))
    assert lrs.ids(agent=json.dumps(agent("binh"))) == [one]
    assert lrs.ids(agent=json.dumps(agent("chi"))) == []


@pytest.mark.parametrize(
    "identifier",
    [
        {"mbox": "mailto:anh@example.vn"},
        {"mbox_sha1sum": "0" * 40},
        {"openid": "http://anh.example.vn/"},
        {"account": {"homePage": "http://a.vn/", "name": "Nguyễn|Ánh"}},
    ],
)
def test_2_1_3_an_agent_is_found_by_each_kind_of_identifier(lrs, session, identifier):
    (one,) = put(session, statement(actor=identifier))
    put(session, statement(actor=agent("noise")))
    assert lrs.ids(agent=json.dumps({"name": "another name"} | identifier)) == [one]


def test_2_1_3_related_agents_also_search_authority_instructor_team_and_substatement(lrs, session):
    sub = {"objectType": "SubStatement", "actor": agent("sub"), "verb": {"id": DID}, "object": agent("inner")}
    context = {"instructor": agent("teacher"), "team": {"objectType": "Group", "member": [agent("mate")]}}
    (one,) = put(session, statement(object=sub, context=context))
    for name in ("sub", "inner", "teacher", "mate"):
        assert lrs.ids(agent=json.dumps(agent(name))) == []
        assert lrs.ids(agent=json.dumps(agent(name)), related_agents="true") == [one]
    assert lrs.ids(agent=json.dumps(AUTHORITY), related_agents="true") == [one]


def test_2_1_3_related_activities_also_search_context_and_substatement(lrs, session):
    sub = {"objectType": "SubStatement", "actor": agent("s"), "verb": {"id": DID}, "object": activity("inner")}
    context = {"contextActivities": {"parent": activity("p"), "other": [activity("o"), activity("q")]}}
    (one,) = put(session, statement(object=sub, context=context))
    for name in ("inner", "p", "o", "q"):
        assert lrs.ids(activity=activity(name)["id"]) == []
        assert lrs.ids(activity=activity(name)["id"], related_activities="true") == [one]


def test_2_1_4_a_statement_that_refers_to_a_match_is_included_also_through_others(lrs, session):
    (passed,) = put(session, statement(actor=agent("ben")))
    (confirmed,) = put(session, statement(actor=agent("andrew"), verb={"id": "http://e.vn/ok"}, object=ref(passed)))
    (noted,) = put(session, statement(actor=agent("eva"), verb={"id": "http://e.vn/note"}, object=ref(confirmed)))
    put(session, statement(actor=agent("ben"), verb={"id": "http://e.vn/other"}))
    assert lrs.ids(agent=json.dumps(agent("ben")), verb=DID) == [noted, confirmed, passed]
    assert lrs.ids(agent=json.dumps(agent("andrew"))) == [noted, confirmed]


def test_2_1_4_a_circle_of_references_ends(lrs, session):
    one, two = str(uuid4()), str(uuid4())
    put(session, statement(id=one, object=ref(two)), statement(id=two, object=ref(one)))
    assert lrs.ids(activity="http://example.vn/none") == []


def test_data_2_4_6_2_a_single_context_activity_is_answered_as_a_list(lrs, session):
    (one,) = put(session, statement(context={"contextActivities": {"parent": activity("p")}}))
    assert lrs.get(statementId=one).json["context"]["contextActivities"]["parent"] == [activity("p")]


# -- 2.1.3 formats ----------------------------------------------------------------------------------------------------

RICH = {
    "actor": {"objectType": "Group", "name": "Nhóm", "member": [agent("anh") | {"name": "Ánh"}]},
    "object": activity("a")
    | {
        "definition": {
            "name": {"en": "Smart city", "vi": "Đô thị thông minh"},
            "interactionType": "choice",
            "choices": [{"id": "1", "description": {"en": "yes", "vi": "có"}}],
        }
    },
    "context": {"instructor": agent("thay") | {"name": "Thầy"}, "contextActivities": {"parent": [activity("p")]}},
    "result": {"score": {"raw": 12345678901234567890}},
}


def test_2_1_3_format_ids_leaves_only_what_identifies(lrs, session):
    (one,) = put(session, statement(**{**RICH, "result": {"score": {"raw": 1.50}}}))
    found = lrs.get(format="ids").json["statements"][0]
    assert found["id"] == one
    assert found["actor"] == {"objectType": "Group", "member": [agent("anh")]}
    assert found["verb"] == {"id": DID}
    assert found["object"] == {"id": activity("a")["id"]}
    assert found["context"]["instructor"] == agent("thay")


@pytest.mark.parametrize(
    ("accept", "tag", "text"),
    [("en", "en", "Smart city"), ("vi;q=0.4, en;q=0.9", "en", "Smart city"), ("fr", "vi", "Đô thị thông minh")],
)
def test_2_1_3_format_canonical_gives_one_language_by_accept_language(lrs, session, accept, tag, text):
    (one,) = put(session, statement(**{**RICH, "result": {}}))
    found = lrs.get(statementId=one, format="canonical", headers={"Accept-Language": accept}).json
    assert found["object"]["definition"]["name"] == {tag: text}
    assert list(found["object"]["definition"]["choices"][0]["description"]) == [tag]
    assert len(found["verb"]["display"]) == 1
    assert found["actor"]["member"][0]["name"] == "Ánh"


@pytest.mark.parametrize("format_", ["exact", "ids", "canonical"])
def test_data_4_5_numbers_stay_as_they_were_sent(lrs, session, format_):
    sent = statement()
    put(session, sent)
    raw = json.dumps(sent)[:-1] + ', "result": {"score": {"raw": 1.500, "max": 123456789012345678901234567890}}}'
    session.execute(update(Statement).where(Statement.id == UUID(sent["id"])).values(raw=raw))
    session.commit()
    text = lrs.get(statementId=sent["id"], format=format_).text
    assert "1.500" in text and "123456789012345678901234567890" in text


def test_2_1_3_attachments_true_answers_multipart_with_the_statements_first(lrs, session):
    (one,) = put(session, statement())
    answer = lrs.get(attachments="true")
    assert answer.mimetype == "multipart/mixed"
    boundary = answer.mimetype_params["boundary"]
    assert answer.text.startswith(f"--{boundary}\r\nContent-Type: application/json\r\n\r\n")
    assert one in answer.text and answer.text.endswith(f"--{boundary}--\r\n")


# -- 2.1.3 consistency ------------------------------------------------------------------------------------------------


def test_2_1_3_consistent_through_is_a_timestamp_not_after_now(lrs):
    through = datetime.fromisoformat(lrs.get().headers["X-Experience-API-Consistent-Through"])
    assert through.tzinfo is not None and through <= datetime.now(UTC)


def test_a_page_costs_the_same_statements_whatever_its_length(lrs, session, queries):
    counts = []
    lrs.get()
    for _ in range(2):
        put(session, *(statement() for _ in range(40)))
        queries.clear()
        assert lrs.get(agent=MAIL, verb=DID).status_code == 200
        counts.append(len(queries))
    assert counts == [2, 2]


# -- all filters against plain Python ---------------------------------------------------------------------------------

NAMES = ("anh", "binh", "chi")
THINGS = ("a", "b", "c")
REGISTRATIONS = [str(UUID(int=n, version=4)) for n in (1, 2)]
_agent = st.sampled_from(NAMES).map(agent)
_activity = st.sampled_from(THINGS).map(activity)
_verb = st.sampled_from(["http://e.vn/did", "http://e.vn/saw"])


@st.composite
def histories(draw: Any) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for n in range(draw(st.integers(1, 12))):
        target: Any = draw(st.one_of(_agent, _activity, _activity))
        verb = draw(_verb)
        if made and draw(st.integers(0, 3)) == 0:
            target = ref(draw(st.sampled_from(made))["id"])
            verb = draw(st.sampled_from([verb, VOIDED]))
        context: dict[str, Any] = {}
        if draw(st.booleans()):
            context["registration"] = draw(st.sampled_from(REGISTRATIONS))
        if draw(st.booleans()):
            context["instructor"] = draw(_agent)
        if draw(st.booleans()):
            context["contextActivities"] = {"parent": [draw(_activity)]}
        made.append(statement(id=str(uuid4()), actor=draw(_agent), verb={"id": verb}, object=target, context=context))
        made[-1]["second"] = n
    return made


_queries = st.fixed_dictionaries(
    {},
    optional={
        "agent": _agent.map(json.dumps),
        "verb": _verb,
        "activity": _activity.map(lambda a: a["id"]),
        "registration": st.sampled_from(REGISTRATIONS),
        "since": st.integers(0, 12),
        "until": st.integers(0, 12),
        "limit": st.integers(0, 5),
        "ascending": st.sampled_from(["true", "false"]),
        "related_agents": st.sampled_from(["true", "false"]),
        "related_activities": st.sampled_from(["true", "false"]),
    },
)


def oracle(history: list[dict[str, Any]], query: dict[str, Any]) -> list[str]:
    """What the specification says, over a list, without any database."""
    by_id = {one["id"]: one for one in history}
    voided = {s["object"]["id"] for s in history if s["verb"]["id"] == VOIDED}
    voided -= {s["id"] for s in history if s["verb"]["id"] == VOIDED}

    def named(found: dict[str, bool], wanted: str, related: bool) -> bool:
        return wanted in found and (related or found[wanted])

    def itself(s: dict[str, Any]) -> bool:
        mail = "mbox|" + json.loads(query["agent"])["mbox"] if "agent" in query else ""
        return (
            ("agent" not in query or named(agents_of(s), mail, query.get("related_agents") == "true"))
            and ("verb" not in query or s["verb"]["id"] == query["verb"])
            and (
                "activity" not in query
                or named(activities_of(s), query["activity"], query.get("related_activities") == "true")
            )
            and query.get("registration") in (None, s["context"].get("registration"))
        )

    def matches(s: dict[str, Any], seen: tuple[str, ...] = ()) -> bool:
        target = by_id.get(s["object"].get("id", "")) if s["object"]["objectType"] == "StatementRef" else None
        return itself(s) or (target is not None and s["id"] not in seen and matches(target, (*seen, s["id"])))

    found = [
        s["id"]
        for s in history
        if s["id"] not in voided
        and s["second"] > query.get("since", -1)
        and s["second"] <= query.get("until", 99)
        and matches(s)
    ]
    return found if query.get("ascending") == "true" else found[::-1]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories(), questions=st.lists(_queries, min_size=3, max_size=3))
def test_2_1_3_all_filters_together_answer_as_plain_python_does(lrs, session, history, questions):
    for table in (Mention, Reference, Statement):
        session.execute(delete(table))
    for one in history:
        put(session, {key: value for key, value in one.items() if key != "second"})
    stored = [stored_at(seq) for seq in session.scalars(select(Statement.seq).order_by(Statement.seq))]
    for query in questions:
        sent = query | {
            name: (stored[query[name]] if query[name] < len(stored) else stored[-1]).isoformat()
            for name in ("since", "until")
            if name in query
        }
        answer = lrs.get(**sent)
        seen = [one["id"] for one in answer.json["statements"]]
        while answer.json["more"]:
            answer = lrs.client.get(answer.json["more"], headers=lrs.headers)
            seen += [one["id"] for one in answer.json["statements"]]
        assert seen == oracle(history, query)
