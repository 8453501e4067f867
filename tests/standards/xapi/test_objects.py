"""Verbs, activities with their interactions, sub-statements and statement references (Data 2.4.3, 2.4.4)."""

import pytest

from tests.standards.xapi.client import (
    DROP,
    OTHER_UUID,
    activity,
    agent,
    changed,
    check,
    group,
    ref,
    rich,
    statement,
    table,
    verb,
    wrapped,
)

VERBS = [
    ("id alone", {"id": "http://example.vn/did"}, True),
    ("with a display", verb(vi="đã làm", en="did"), True),
    ("without id", {"display": {"en": "did"}}, False),
    ("empty", {}, False),
    ("id without scheme", {"id": "did"}, False),
    ("id with a bad scheme", {"id": "ab=c://example.vn"}, False),
    ("id a number", {"id": 12345}, False),
    ("id an object", {"id": {"key": "value"}}, False),
    ("display a string", verb() | {"display": "did"}, False),
    ("display a list", verb() | {"display": ["did"]}, False),
    ("with objectType", verb() | {"objectType": "Verb"}, False),
    ("a string", "http://example.vn/did", False),
]


@table(VERBS, "value", "good")
def test_2_4_3_verbs(lrs, value, good):
    check(lrs, statement(verb=value), good)


# -- 2.4.4.1 activities -----------------------------------------------------------------------------------------------

ACTIVITIES = [
    ("id alone", {"id": "http://example.vn/a"}, True),
    ("with objectType", activity(), True),
    ("without id", {"objectType": "Activity"}, False),
    ("without id and objectType", {"definition": {"type": "http://example.vn/t"}}, False),
    ("empty", {}, False),
    ("id without scheme", {"id": "a"}, False),
    ("id a UUID", {"id": OTHER_UUID}, False),
    ("with an unknown objectType", activity() | {"objectType": "Lesson"}, False),
    ("with objectType a list", activity() | {"objectType": ["Activity"]}, False),
    ("definition a string", activity() | {"definition": "text"}, False),
    ("definition a list", activity() | {"definition": []}, False),
    ("type without scheme", activity(type="lesson"), False),
    ("type a number", activity(type=1), False),
    ("moreInfo without scheme", activity(moreInfo="more"), False),
    ("name a string", activity(name="text"), False),
    ("name a number", activity(name=12345), False),
    ("description a string", activity(description="text"), False),
    ("extensions a string", activity(extensions="text"), False),
    ("extensions whose keys are no IRIs", activity(extensions={"id": "valid", "description": {"en": "valid"}}), False),
    ("with an agent's properties", activity() | {"mbox": "mailto:anh@example.vn"}, False),
]


@table(ACTIVITIES, "value", "good")
def test_2_4_4_1_activities(lrs, value, good):
    check(lrs, statement(object=value), good)


def components(*ids):
    return [{"id": one, "description": {"en": f"Item {one}"}} for one in ids]


INTERACTIONS = {
    "true-false": {"correctResponsesPattern": ["true"]},
    "choice": {"correctResponsesPattern": ["a[,]b", "c"], "choices": components("a", "b", "c")},
    "fill-in": {"correctResponsesPattern": ["{case_matters=true}{lang=en}Hà Nội[,]Hanoi"]},
    "long-fill-in": {"correctResponsesPattern": ["{case_matters=false}{lang=vi}Một đoạn văn dài"]},
    "matching": {
        "correctResponsesPattern": ["a[.]1[,]b[.]2"],
        "source": components("a", "b"),
        "target": components("1", "2"),
    },
    "performance": {"correctResponsesPattern": ["{order_matters=false}a[.]1:[,]b[.]x"], "steps": components("a", "b")},
    "sequencing": {"correctResponsesPattern": ["a[,]b"], "choices": components("a", "b")},
    "likert": {"correctResponsesPattern": ["b"], "scale": components("a", "b")},
    "numeric": {"correctResponsesPattern": ["4[:]"]},
    "other": {"correctResponsesPattern": ["(35.9,-86.3)"]},
}
LISTS = {name: kind for kind, more in INTERACTIONS.items() for name in more if name != "correctResponsesPattern"}


@pytest.mark.parametrize("kind", INTERACTIONS)
def test_2_4_4_1_each_interaction_type_is_accepted(lrs, kind):
    check(lrs, statement(object=activity(interactionType=kind, **INTERACTIONS[kind])), True)


@pytest.mark.parametrize("kind", INTERACTIONS)
def test_2_4_4_1_the_parts_of_an_interaction_are_optional(lrs, kind):
    check(lrs, statement(object=activity(interactionType=kind)), True)


@pytest.mark.parametrize("kind", INTERACTIONS)
def test_2_4_4_1_the_parts_of_an_interaction_need_its_type(lrs, kind):
    for name, value in INTERACTIONS[kind].items():
        check(lrs, statement(object=activity(**{name: value})), False)


TYPES = ["", "essay", "multiple-choice", "True-False", "truefalse", "http://example.vn/t", 12345, True, {"a": 1}, []]


@pytest.mark.parametrize("value", TYPES, ids=str)
def test_2_4_4_1_no_other_interaction_type_is_accepted(lrs, value):
    check(lrs, statement(object=activity(interactionType=value, correctResponsesPattern=["a"])), False)


@pytest.mark.parametrize("value", ["a", 1, {"a": 1}, [1], [["a"]], [{"id": "a"}], [True], [None]], ids=str)
def test_2_4_4_1_a_correct_responses_pattern_is_a_list_of_strings(lrs, value):
    check(lrs, statement(object=activity(interactionType="other", correctResponsesPattern=value)), False)


COMPONENTS = [
    ("an id alone", [{"id": "a"}], True),
    ("with a description", components("a", "b"), True),
    ("an id in another script", [{"id": "đáp-án-1"}], True),
    ("no list", {"id": "a"}, False),
    ("a string", "a", False),
    ("strings", ["a", "b"], False),
    ("without id", [{"description": {"en": "A"}}], False),
    ("id a number", [{"id": 1}], False),
    ("id an object", [{"id": {"en": "a"}}], False),
    ("the same id twice", components("a", "b", "a"), False),
    ("description a string", [{"id": "a", "description": "A"}], False),
    ("description with a bad tag", [{"id": "a", "description": {"a12345": "A"}}], False),
    ("with more", [{"id": "a", "name": {"en": "A"}}], False),
]


@table(COMPONENTS, "value", "good")
@pytest.mark.parametrize("name", LISTS)
def test_2_4_4_1_interaction_components(lrs, name, value, good):
    check(lrs, statement(object=activity(interactionType=LISTS[name], **{name: value})), good)


# -- 2.4.4.2 agents and groups as objects -----------------------------------------------------------------------------


def test_2_4_4_2_an_agent_or_group_as_object_names_its_kind(lrs):
    check(lrs, statement(object=agent("b")), True)
    check(lrs, statement(object=group("b", "c")), True)
    check(lrs, statement(object={"mbox": "mailto:b@example.vn"}), False)
    check(lrs, statement(object={"member": [agent("b")]}), False)
    check(lrs, statement(object=agent("b") | {"id": "http://example.vn/b"}), False)


# -- 2.4.4.3 statement references and sub-statements ------------------------------------------------------------------

REFERENCES = [
    ("good", ref(), True),
    ("to a statement that is not here", ref("00000000-0000-4000-8000-000000000000"), True),
    ("without id", {"objectType": "StatementRef"}, False),
    ("without objectType", {"id": OTHER_UUID}, False),
    ("id no UUID", ref("should fail"), False),
    ("id an IRI", ref("http://example.vn/a"), False),
    ("id a number", {"objectType": "StatementRef", "id": 12345}, False),
    ("id an object", {"objectType": "StatementRef", "id": {"key": "value"}}, False),
    ("objectType in small letters", ref() | {"objectType": "statementref"}, False),
    ("with a definition", ref() | {"definition": {"name": {"en": "x"}}}, False),
    ("with more", ref() | {"extra": 1}, False),
]


@table(REFERENCES, "value", "good")
def test_2_4_4_3_statement_references(lrs, value, good):
    check(lrs, statement(object=value), good)


@pytest.mark.parametrize(
    "inner",
    [
        *(activity("b"), {"id": "http://example.vn/b"}, agent("b"), group("b", "c"), ref()),
        agent("b") | {"objectType": "Group"},
    ],
    ids=str,
)
def test_2_4_4_3_a_sub_statement_has_an_activity_agent_group_or_reference_as_object(lrs, inner):
    lrs.accepts(wrapped(statement(object=inner)))


SUB = [
    *[
        (f"with {name}", {f"object {name}": value}, False)
        for name, value in (
            ("id", OTHER_UUID),
            ("stored", "2026-11-20T08:30:00Z"),
            ("version", "1.0.0"),
            ("authority", agent()),
        )
    ],
    *[(f"without {name}", {f"object {name}": DROP}, False) for name in ("actor", "verb", "object", "objectType")],
    ("another sub-statement inside", {"object object": wrapped(statement())["object"]}, False),
    ("with the objectType of a statement", {"object objectType": "Statement"}, False),
    ("with the objectType in small letters", {"object objectType": "subStatement"}, False),
    ("with timestamp", {"object timestamp": "2026-11-20T08:30:00Z"}, True),
    ("with a timestamp of the future", {"object timestamp": "2099-11-20T08:30:00Z"}, True),
    ("with more", {"object extra": 1}, False),
    ("with an empty verb", {"object verb": {}}, False),
    ("with a bad actor", {"object actor": {"name": "Ánh"}}, False),
    ("with a bad context", {"object context": {"extra": 1}}, False),
    ("with a bad result", {"object result": {"success": "yes"}}, False),
]


@table(SUB, "changes", "good")
def test_2_4_4_3_sub_statements(lrs, changes, good):
    check(lrs, changed(wrapped(statement()), changes), good)


def test_2_4_4_3_a_sub_statement_may_have_everything_else(lrs):
    lrs.accepts(wrapped(rich()))


# -- what is answered -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "base",
    [
        *(statement(), rich(), wrapped(rich()), statement(object=agent("b")), statement(actor=group("a", "b"))),
        statement(object=ref()),
    ],
    ids=["small", "rich", "sub-statement", "agent", "group", "reference"],
)
def test_2_3_1_a_statement_is_answered_as_it_was_sent(lrs, base):
    (one,) = lrs.store(base)
    found = lrs.one(one)
    for key in ("actor", "verb", "object", "result"):
        sent, got = base.get(key), found.get(key)
        for side in (sent, got):
            context = (side or {}).get("context", {}) if key == "object" else {}
            if "contextActivities" in context:
                listed = context["contextActivities"]["category"]
                context["contextActivities"]["category"] = listed if isinstance(listed, list) else [listed]
        if key == "object" and isinstance(sent, dict) and sent.get("objectType") == "SubStatement":
            sent, got = dict(sent), dict(got)
            for side in (sent, got):
                side.pop("timestamp", None)
        assert got == sent
