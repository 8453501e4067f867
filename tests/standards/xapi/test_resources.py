"""The resources agents, activities and about (Comm 2.4, 2.5, 2.8; 2.0 4.1.6.3, 4.1.6.4, 4.1.6.7)."""

import pytest

from tests.standards.xapi.client import SHA1, VERSION, account, activity, agent, group, ref, statement, verb, wrapped

IDENTIFIERS = {
    "mbox": "mailto:anh@example.vn",
    "mbox_sha1sum": SHA1,
    "openid": "http://openid.example.vn/anh",
    "account": account(),
}

# -- agents -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", IDENTIFIERS)
@pytest.mark.parametrize("named", [True, False])
def test_2_4_a_person_is_answered_for_an_agent_that_the_store_does_not_know(lrs, kind, named):
    who = {kind: IDENTIFIERS[kind]} | ({"name": "Ánh"} if named else {})
    answer = lrs.get("agents", agent=who)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json["objectType"] == "Person"
    assert answer.json[kind] == [IDENTIFIERS[kind]]
    assert answer.json.get("name", []) == (["Ánh"] if named else [])
    assert not answer.json.keys() - {"objectType", "name", kind}


@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_2_4_a_person_is_answered_for_an_agent_that_the_store_knows(lrs, kind):
    who = {kind: IDENTIFIERS[kind]}
    lrs.store(statement(actor=who | {"name": "Ánh"}), statement(object=who | {"objectType": "Agent", "name": "Cô Ánh"}))
    found = lrs.get("agents", agent=who).json
    assert found["objectType"] == "Person"
    assert found[kind] == [IDENTIFIERS[kind]]
    assert all(isinstance(value, list) for key, value in found.items() if key != "objectType")
    assert set(found.get("name", [])) <= {"Ánh", "Cô Ánh"}


BAD_AGENTS = [
    *({}, {"agent": ""}, {"agent": "not JSON"}, {"agent": "true"}, {"agent": [agent()]}, {"agent": {"name": "Ánh"}}),
    *({"agent": agent() | {"openid": "http://e.vn/"}}, {"agent": {"mbox": "anh"}}, {"Agent": agent()}),
    *({"agent": {"account": {"name": "anh"}}}, {"agent": agent(), "foo": "bar"}, {"agent": agent() | {"extra": 1}}),
    *({"agent": agent() | {"objectType": "Person"}}, {"agent": group("a")}, {"agent": {"mbox": ["mailto:a@e.vn"]}}),
]


@pytest.mark.parametrize("query", BAD_AGENTS, ids=str)
def test_2_4_agents_needs_one_good_agent(lrs, query):
    assert lrs.get("agents", **query).status_code == 400


# -- activities -------------------------------------------------------------------------------------------------------


def test_2_5_an_activity_is_answered_although_the_store_does_not_know_it(lrs):
    answer = lrs.get("activities", activityId="http://example.vn/never")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json["id"] == "http://example.vn/never"
    assert answer.json.get("objectType", "Activity") == "Activity"


PLACES = {
    "object": lambda it: statement(object=it),
    "context": lambda it: statement(context={"contextActivities": {"parent": [it]}}),
    "sub-statement": lambda it: wrapped(statement(object=it)),
}


@pytest.mark.parametrize("place", PLACES)
def test_2_5_a_known_activity_is_answered_with_its_definition(lrs, place):
    it = activity(
        "x",
        name={"en": "City", "vi": "Đô thị"},
        type="http://example.vn/lesson",
        interactionType="choice",
        choices=[{"id": "a", "description": {"en": "yes"}}],
        extensions={"http://example.vn/x": 1},
    )
    lrs.store(PLACES[place](it))
    lrs.store(statement(object={"id": it["id"]}))
    found = lrs.get("activities", activityId=it["id"]).json
    assert found["id"] == it["id"]
    assert found["definition"] == it["definition"]


def test_2_5_the_whole_activity_is_answered_whatever_the_language(lrs):
    lrs.store(statement(object=activity("x", name={"en": "City", "vi": "Đô thị"})))
    answer = lrs.get("activities", activityId=activity("x")["id"], headers={"Accept-Language": "en"})
    assert answer.json["definition"]["name"] == {"en": "City", "vi": "Đô thị"}


def test_2_5_iris_are_compared_as_text(lrs):
    lrs.store(statement(object=activity("X", name={"en": "capital"})))
    assert "definition" not in lrs.get("activities", activityId="http://example.vn/x").json
    dotted = lrs.get("activities", activityId="http://example.vn/b/../X").json
    assert dotted["id"] in ("http://example.vn/b/../X", "http://example.vn/X")


@pytest.mark.parametrize(
    "query",
    [
        *({}, {"activityId": ""}, {"activityId": "a"}, {"activityId": "ab=c://e.vn"}, {"activityId": "true"}),
        *({"activityId": "http://e.vn/", "foo": "bar"}, {"ActivityId": "http://e.vn/"}),
        {"activityid": "http://e.vn/"},
    ],
    ids=str,
)
def test_2_5_activities_needs_one_good_iri(lrs, query):
    assert lrs.get("activities", **query).status_code == 400


def test_2_5_a_verb_or_statement_is_no_activity(lrs):
    lrs.store(statement(verb=verb("did", en="did"), object=ref()))
    assert "definition" not in lrs.get("activities", activityId=verb()["id"]).json


# -- about ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", [None, "0.9", "1.0.3", "2.0.0", "9.9.9", "nonsense", ""])
@pytest.mark.parametrize("with_key", [True, False])
def test_2_8_about_is_open_to_all_whatever_version_they_name(lrs, header, with_key):
    answer = lrs.get("about", headers={VERSION: header} | ({} if with_key else {"Authorization": None}))
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert {"1.0.3", "2.0.0"} <= set(answer.json["version"])
    assert all(isinstance(one, str) for one in answer.json["version"])
    assert not answer.json.keys() - {"version", "extensions"}
    assert answer.headers[VERSION] in answer.json["version"]


# -- all --------------------------------------------------------------------------------------------------------------

GETS = {
    "agents": {"agent": agent()},
    "activities": {"activityId": "http://example.vn/a"},
    "about": {},
}


@pytest.mark.parametrize("resource", GETS)
def test_1_1_head_answers_without_a_body(lrs, resource):
    head, get = (lrs.send(method, resource, GETS[resource]) for method in ("HEAD", "GET"))
    assert (head.status_code, head.data) == (200, b"")
    assert head.mimetype == get.mimetype
    assert head.headers[VERSION] == get.headers[VERSION]


@pytest.mark.parametrize(
    ("method", "resource"),
    [(method, resource) for resource in GETS for method in ("PUT", "POST", "DELETE")] + [("DELETE", "statements")],
)
def test_2_0_methods_that_a_resource_does_not_have(lrs, method, resource):
    answer = lrs.send(method, resource, GETS.get(resource), body={} if method != "DELETE" else None)
    assert answer.status_code == 405
    assert answer.headers[VERSION]


@pytest.mark.parametrize("resource", ["", "statement", "activities/other", "extensions/khue", "Statements"])
def test_3_2_other_addresses_are_not_found(lrs, resource):
    assert lrs.get(resource).status_code == 404
