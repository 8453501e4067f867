"""Results, scores and contexts, with the context agents and groups of 2.0 (Data 2.4.5, 2.4.6; 2.0 4.2.2.4, 4.2.2.5)."""

import pytest

from tests.standards.xapi.client import (
    DROP,
    OTHER_UUID,
    activity,
    agent,
    changed,
    check,
    group,
    only,
    ref,
    rich,
    statement,
    table,
    wrapped,
)

SCORES = [
    ("scaled alone", {"scaled": 0.6767676}, True),
    ("scaled 1", {"scaled": 1}, True),
    ("scaled 1.0", {"scaled": 1.0}, True),
    ("scaled -1.0", {"scaled": -1.0}, True),
    ("scaled 0", {"scaled": 0}, True),
    ("scaled over 1", {"scaled": 1.01}, False),
    ("scaled under -1", {"scaled": -1.00001}, False),
    ("raw alone", {"raw": 123456.789}, True),
    ("raw negative", {"raw": -5}, True),
    ("raw at max", {"raw": 10, "max": 10}, True),
    ("raw at min", {"raw": 0, "min": 0}, True),
    ("raw over max", {"raw": 10.01, "max": 10}, False),
    ("raw under min", {"raw": -0.01, "min": 0}, False),
    ("raw between", {"raw": 5, "min": 0, "max": 10}, True),
    ("raw over max, with min", {"raw": 11, "min": 0, "max": 10}, False),
    ("min alone", {"min": 3.5}, True),
    ("max alone", {"max": 100.6767676}, True),
    ("min below max", {"min": -1, "max": 1}, True),
    ("min over max", {"min": 10, "max": 1}, False),
    ("min equal to max", {"min": 1, "max": 1}, False),
    ("min over max, raw between", {"min": 10, "max": 1, "raw": 5}, False),
    ("all four", {"scaled": 0.5, "raw": 5, "min": 0, "max": 10}, True),
    ("a number", 0.5, False),
    ("a string", "A", False),
    ("a list", [1], False),
    ("with more", {"scaled": 0.5, "grade": "A"}, False),
]


@table(SCORES, "score", "good")
def test_2_4_5_1_scores(lrs, score, good):
    check(lrs, statement(result={"score": score}), good)


RESULTS = [
    ("success", {"success": True}, True),
    ("completion", {"completion": False}, True),
    ("a long response", {"response": "ă" * 5000}, True),
    ("a response of every script", {"response": "Đúng 👍 正确"}, True),
    ("extensions", {"extensions": {"http://example.vn/x": 1}}, True),
    ("with more", {"success": True, "grade": "A"}, False),
    ("success a string", {"success": "true"}, False),
    ("completion a number", {"completion": 1}, False),
    ("response a number", {"response": 1}, False),
    ("response a list", {"response": ["a"]}, False),
    ("duration a number", {"duration": 60}, False),
    ("extensions a list", {"extensions": []}, False),
    ("a list", [], False),
    ("a string", "passed", False),
]


@table(RESULTS, "result", "good")
def test_2_4_5_results(lrs, result, good):
    check(lrs, statement(result=result), good)


# -- 2.4.6 context ----------------------------------------------------------------------------------------------------

CONTEXTS = [
    ("registration", {"registration": OTHER_UUID}, True),
    ("registration no UUID", {"registration": "should fail"}, False),
    ("registration an object", {"registration": {"key": "value"}}, False),
    ("instructor an agent", {"instructor": agent("b")}, True),
    ("instructor a group", {"instructor": group("b", "c")}, True),
    ("instructor an identified group", {"instructor": agent("b") | {"objectType": "Group"}}, True),
    ("instructor an activity", {"instructor": activity()}, False),
    ("instructor a string", {"instructor": "b"}, False),
    ("team an anonymous group", {"team": group("b", "c")}, True),
    ("team an identified group", {"team": agent("b") | {"objectType": "Group"}}, True),
    ("team an agent", {"team": agent("b")}, False),
    ("team a list", {"team": [agent("b")]}, False),
    ("revision", {"revision": "v2.1 đã sửa"}, True),
    ("revision a number", {"revision": 1}, False),
    ("revision an object", {"revision": {"major": 1}}, False),
    ("platform", {"platform": "Khuê"}, True),
    ("platform a number", {"platform": 12345}, False),
    ("platform an object", {"platform": {"name": "Khuê"}}, False),
    ("language", {"language": "vi-VN"}, True),
    ("language no tag", {"language": "a12345"}, False),
    ("language a number", {"language": 12345}, False),
    ("language a map", {"language": {"vi": "Tiếng Việt"}}, False),
    ("statement", {"statement": ref()}, True),
    ("statement without objectType", {"statement": {"id": OTHER_UUID}}, False),
    ("statement with a bad id", {"statement": ref("should fail")}, False),
    ("statement in small letters", {"statement": ref() | {"objectType": "statementref"}}, False),
    ("statement an activity", {"statement": activity()}, False),
    ("statement a sub-statement", {"statement": wrapped(statement())["object"]}, False),
    ("statement an id", {"statement": OTHER_UUID}, False),
    ("extensions", {"extensions": {"http://example.vn/x": None}}, True),
    ("extensions a string", {"extensions": "x"}, False),
    ("with more", {"room": "A1"}, False),
    ("a string", "context", False),
]


@table(CONTEXTS, "context", "good")
def test_2_4_6_contexts(lrs, context, good):
    check(lrs, statement(context=context), good)


OBJECTS = [
    ("an activity", activity(), True),
    ("an activity without objectType", {"id": "http://example.vn/a"}, True),
    ("an agent", agent("b"), False),
    ("a group", group("b", "c"), False),
    ("a reference", ref(), False),
    ("a sub-statement", wrapped(statement())["object"], False),
]


@table(OBJECTS, "target", "good")
@pytest.mark.parametrize("name", ["revision", "platform"])
def test_2_4_6_revision_and_platform_go_only_with_an_activity(lrs, name, target, good):
    check(lrs, statement(object=target, context={name: "1"}), good)


# -- 2.4.6.2 context activities ---------------------------------------------------------------------------------------

KINDS = ["parent", "grouping", "category", "other"]
VALUES = [
    ("one activity", activity("p"), True),
    ("one without objectType", {"id": "http://example.vn/p"}, True),
    ("a list of one", [activity("p")], True),
    ("a list of two", [activity("p"), activity("q")], True),
    ("an id", "http://example.vn/p", False),
    ("a list of ids", ["http://example.vn/p"], False),
    ("without id", {"objectType": "Activity"}, False),
    ("no activity in the list", [activity("p"), {"key": "value"}], False),
    ("an agent", agent("b"), False),
    ("a reference", ref(), False),
    ("a list of lists", [[activity("p")]], False),
    ("with a bad definition", [activity("p", type="lesson")], False),
    ("a number", 1, False),
]


@table(VALUES, "value", "good")
@pytest.mark.parametrize("kind", KINDS)
def test_2_4_6_2_context_activities(lrs, kind, value, good):
    check(lrs, statement(context={"contextActivities": {kind: value}}), good)


@pytest.mark.parametrize("key", ["Parent", "parents", "sibling", "http://example.vn/x", "grouping "])
def test_2_4_6_2_there_are_four_kinds_of_context_activities(lrs, key):
    check(lrs, statement(context={"contextActivities": {kind: activity(kind) for kind in KINDS}}), True)
    check(lrs, statement(context={"contextActivities": {"parent": activity("p"), key: activity("q")}}), False)


@pytest.mark.parametrize("format_", ["exact", "ids", "canonical"])
def test_2_4_6_2_a_single_context_activity_is_answered_as_a_list(lrs, format_):
    context = {"contextActivities": {"parent": {"id": "http://example.vn/p"}, "other": [{"id": "http://example.vn/o"}]}}
    (one,) = lrs.store(wrapped(statement(context=context)) | {"context": context})
    found = lrs.one(one, format=format_)
    for place in (found, found["object"]):
        assert [item["id"] for item in place["context"]["contextActivities"]["parent"]] == ["http://example.vn/p"]
        assert [item["id"] for item in place["context"]["contextActivities"]["other"]] == ["http://example.vn/o"]


# -- 2.0 4.2.2.5 context agents and groups ----------------------------------------------------------------------------


def context_agent(**values):
    return {"objectType": "contextAgent", "agent": agent("b")} | values


def context_group(**values):
    return {"objectType": "contextGroup", "group": group("b", "c")} | values


TYPES = ["http://example.vn/roles/mentor"]
RELATED = [
    ("plain", {}, True),
    ("with a type", {"relevantTypes": TYPES}, True),
    ("with two types", {"relevantTypes": [*TYPES, "urn:khue:role:judge"]}, True),
    ("with no type in the list", {"relevantTypes": []}, False),
    ("with a type that is no IRI", {"relevantTypes": ["abc"]}, False),
    ("with a good and a bad type", {"relevantTypes": [*TYPES, ""]}, False),
    ("with a type that is a number", {"relevantTypes": [1]}, False),
    ("with one type and no list", {"relevantTypes": TYPES[0]}, False),
    ("with null types", {"relevantTypes": None}, False),
    ("with another objectType", {"objectType": "Should fail"}, False),
    ("with the objectType of an agent", {"objectType": "Agent"}, False),
    ("with an objectType in other letters", {"objectType": "ContextAgent"}, False),
    ("without objectType", {"objectType": DROP}, False),
    ("with more", {"role": "mentor"}, False),
    ("with relevanttypes in small letters", {"relevanttypes": TYPES}, False),
]


@only("2.0.0")
@table(RELATED, "changes", "good")
def test_2_0_4_2_2_5_context_agents_and_groups(lrs, changes, good):
    check(lrs, statement(context={"contextAgents": [changed(context_agent(), changes)]}), good)
    check(lrs, statement(context={"contextGroups": [changed(context_group(), changes)]}), good)


AGENTS = [
    ("an agent without objectType", {"mbox": "mailto:b@example.vn"}, True),
    ("a group", group("b"), False),
    ("a list", [agent("b")], False),
    ("no identifier", {"objectType": "Agent"}, False),
    ("a stranger's key", {"key": "Should fail"}, False),
    ("a string", "b", False),
    ("absent", DROP, False),
]


@only("2.0.0")
@table(AGENTS, "value", "good")
def test_2_0_4_2_2_5_a_context_agent_holds_one_agent(lrs, value, good):
    check(lrs, statement(context={"contextAgents": [changed(context_agent(), {"agent": value})]}), good)


GROUPS = [
    ("identified", agent("b") | {"objectType": "Group"}, True),
    ("an agent", agent("b"), False),
    ("without objectType", {"mbox": "mailto:b@example.vn"}, False),
    ("without members", {"objectType": "Group"}, False),
    ("a stranger's key", {"key": "Should fail"}, False),
    ("absent", DROP, False),
]


@only("2.0.0")
@table(GROUPS, "value", "good")
def test_2_0_4_2_2_5_a_context_group_holds_one_group(lrs, value, good):
    check(lrs, statement(context={"contextGroups": [changed(context_group(), {"group": value})]}), good)


@only("2.0.0")
@pytest.mark.parametrize("value", [context_agent(), {"a": context_agent()}, "b", 1, [agent("b")], [None]], ids=str)
def test_2_0_4_2_2_5_context_agents_and_groups_are_lists_of_their_own_kind(lrs, value):
    check(lrs, statement(context={"contextAgents": value}), False)
    check(lrs, statement(context={"contextGroups": value}), False)


@only("2.0.0")
def test_2_0_4_2_2_5_the_member_beside_a_group_is_unknown(lrs):
    one = {"objectType": "contextGroup", "group": agent("b") | {"objectType": "Group"}, "member": [agent("c")]}
    check(lrs, statement(context={"contextGroups": [one]}), False)


@only("2.0.0")
def test_2_0_4_2_2_5_many_context_agents_and_groups_are_answered_as_sent(lrs):
    context = {
        "contextAgents": [context_agent(relevantTypes=TYPES), context_agent(agent=agent("c"))],
        "contextGroups": [context_group(), context_group(group=group("d", name="Lớp 2"), relevantTypes=TYPES)],
    }
    (one,) = lrs.store(statement(context=context))
    assert lrs.one(one)["context"] == context
    lrs.accepts(changed(rich(), {f"context {key}": value for key, value in context.items()}))


@only("1.0.3")
def test_2_4_6_version_1_knows_no_context_agents_and_groups(lrs):
    check(lrs, statement(context={"contextAgents": [context_agent()]}), False)
    check(lrs, statement(context={"contextGroups": [context_group()]}), False)
