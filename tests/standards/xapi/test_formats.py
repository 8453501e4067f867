"""The formats exact, ids and canonical, with Accept-Language (Comm 2.1.3; 2.0 4.1.6.1)."""

import pytest

from tests.standards.xapi.client import SHA1, account, activity, agent, changed, group, ref, statement, verb, wrapped

NAMES = {"en": "Smart city", "en-US": "Smart City (US)", "vi": "Đô thị thông minh", "zh-Hans": "智慧城市"}
RICH = statement(
    actor=agent(name="Ánh"),
    verb=verb(**{"en": "did", "vi": "đã làm"}),
    object=activity(
        "rich",
        name=NAMES,
        description={"fr": "Une leçon"},
        type="http://example.vn/lesson",
        interactionType="choice",
        choices=[{"id": "a", "description": {"en": "yes", "vi": "có"}}, {"id": "b"}],
        extensions={"http://example.vn/map": {"en": "kept", "vi": "giữ"}},
    ),
    context={
        "instructor": agent("thay", name="Thầy"),
        "team": group("b", "c", name="Đội"),
        "contextActivities": {"parent": [activity("p", name={"en": "Parent", "vi": "Cha"})]},
        "platform": "Khuê",
    },
    result={"response": "a", "score": {"raw": 1}},
)


# -- exact ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [{}, {"format": "exact"}])
@pytest.mark.parametrize("language", [None, "en-GB", "vi"])
def test_2_1_3_exact_and_the_default_answer_what_was_sent_whatever_the_language(lrs, query, language):
    one, two = lrs.store(RICH, wrapped(RICH))
    headers = {"Accept-Language": language}
    found = lrs.get(statementId=one, headers=headers, **query).json
    assert {key: found[key] for key in RICH} == RICH
    inner = lrs.get(statementId=two, headers=headers, **query).json["object"]
    assert {key: inner[key] for key in RICH} == RICH


def test_2_1_3_exact_keeps_a_verb_without_display(lrs):
    (one,) = lrs.store(statement(verb={"id": "http://example.vn/quiet"}))
    lrs.store(statement(verb={"id": "http://example.vn/quiet", "display": {"en": "quiet"}}))
    assert lrs.one(one)["verb"] == {"id": "http://example.vn/quiet"}


def test_2_1_3_exact_adds_no_definition_that_another_statement_brought(lrs):
    (one,) = lrs.store(statement(object={"id": "http://example.vn/bare"}))
    lrs.store(statement(object=activity("bare", name={"en": "Not bare"})))
    assert lrs.one(one)["object"] == {"id": "http://example.vn/bare"}


# -- ids --------------------------------------------------------------------------------------------------------------

WHO = {
    "mbox": {"mbox": "mailto:anh@example.vn"},
    "mbox_sha1sum": {"mbox_sha1sum": SHA1},
    "openid": {"openid": "http://openid.example.vn/"},
    "account": {"account": account()},
}


def bare(who):
    """What identifies, whether or not the kind is named with it."""
    return {key: value for key, value in who.items() if key != "objectType"}


@pytest.mark.parametrize("kind", WHO)
def test_2_1_3_ids_leaves_an_agent_its_identifier(lrs, kind):
    who = WHO[kind]
    (one,) = lrs.store(statement(actor=who | {"objectType": "Agent", "name": "Ánh"}, context={"instructor": who}))
    found = lrs.one(one, format="ids")
    assert bare(found["actor"]) == bare(found["context"]["instructor"]) == who


@pytest.mark.parametrize("kind", WHO)
def test_2_1_3_ids_leaves_an_identified_group_its_identifier(lrs, kind):
    who = WHO[kind] | {"objectType": "Group"}
    (one,) = lrs.store(statement(actor=who | {"name": "Lớp 1", "member": [agent("b")]}))
    assert lrs.one(one, format="ids")["actor"] == who


def test_2_1_3_ids_leaves_an_anonymous_group_the_identifiers_of_its_members(lrs):
    (one,) = lrs.store(statement(actor=group("a", "b", name="Nhóm") | {"member": [agent("a", name="A"), agent("b")]}))
    found = lrs.one(one, format="ids")["actor"]
    assert set(found) == {"objectType", "member"}
    assert [bare(member) for member in found["member"]] == [bare(agent("a")), bare(agent("b"))]


@pytest.mark.parametrize("wrap", [False, True], ids=["statement", "sub-statement"])
def test_2_1_3_ids_leaves_activities_and_verbs_only_their_ids(lrs, wrap):
    (one,) = lrs.store(wrapped(RICH) if wrap else RICH)
    found = lrs.get(format="ids").json["statements"][0]
    assert found["id"] == one
    inner = found["object"] if wrap else found
    assert inner["object"] == {"id": RICH["object"]["id"]}
    assert inner["verb"] == {"id": RICH["verb"]["id"]}
    assert inner["context"]["contextActivities"]["parent"] == [{"id": "http://example.vn/p"}]
    assert inner["context"]["platform"] == "Khuê"
    assert inner["result"] == RICH["result"]


def test_2_1_3_ids_keeps_a_reference_and_an_agent_as_object(lrs):
    one, two = lrs.store(statement(object=ref()), statement(object=agent("b", name="B")))
    assert lrs.one(one, format="ids")["object"] == ref()
    assert lrs.one(two, format="ids")["object"] == agent("b")


def test_2_1_3_ids_applies_to_context_agents_and_groups(lrs):
    context = {
        "contextAgents": [{"objectType": "contextAgent", "agent": agent("b", name="B")}],
        "contextGroups": [{"objectType": "contextGroup", "group": group("c", name="C")}],
    }
    if lrs.version == "2.0.0":
        (one,) = lrs.store(statement(context=context))
        found = lrs.one(one, format="ids")["context"]
        assert bare(found["contextAgents"][0]["agent"]) == bare(agent("b"))
        assert "name" not in found["contextGroups"][0]["group"]


# -- canonical --------------------------------------------------------------------------------------------------------

LANGUAGES = [
    ("en", "en"),
    ("en-US", "en-US"),
    ("vi", "vi"),
    ("VI", "vi"),
    ("vi;q=0.4, en;q=0.9", "en"),
    ("vi;q=0.9, en;q=0.4", "vi"),
    ("fr, vi;q=0.5", "vi"),
    ("zh", "zh-Hans"),
    ("de, fr;q=0.9, zh-Hans;q=0.1", "zh-Hans"),
    ("en;q=0, vi", "vi"),
    ("en-GB, vi;q=0.5", "en"),
    ("vi-VN, en;q=0.5", "vi"),
    ("zh-Hans-CN", "zh-Hans"),
    ("vi;q=0, zh-Hans;q=0", "en"),
    ("vi;q=0", "en"),
    ("en;q=0, vi;q=0, *", "zh-Hans"),
    ("en-US, en;q=0, vi", "en-US"),
]


@pytest.mark.parametrize(("accept", "tag"), LANGUAGES)
def test_2_1_3_canonical_chooses_one_language_by_accept_language(lrs, accept, tag):
    (one,) = lrs.store(RICH)
    definition = lrs.get(statementId=one, format="canonical", headers={"Accept-Language": accept}).json["object"][
        "definition"
    ]
    assert definition["name"] == {tag: NAMES[tag]}


@pytest.mark.parametrize("accept", [None, "*", "de", "vi", "no language at all"])
def test_2_1_3_canonical_leaves_exactly_one_language_in_every_map_of_an_activity(lrs, accept):
    (one,) = lrs.store(RICH)
    found = lrs.get(statementId=one, format="canonical", headers={"Accept-Language": accept}).json
    definition = found["object"]["definition"]
    parent = found["context"]["contextActivities"]["parent"][0]["definition"]
    for texts in (definition["name"], definition["description"], definition["choices"][0]["description"]):
        assert len(texts) == 1
    assert len(parent["name"]) == len(found["verb"]["display"]) == 1
    assert definition["choices"][1] == {"id": "b"}
    assert definition["extensions"] == RICH["object"]["definition"]["extensions"]


def test_2_1_3_canonical_chooses_for_each_map_by_itself(lrs):
    (one,) = lrs.store(RICH)
    found = lrs.get(statementId=one, format="canonical", headers={"Accept-Language": "fr, en;q=0.5"}).json
    assert list(found["object"]["definition"]["description"]) == ["fr"]
    assert list(found["object"]["definition"]["name"]) == ["en"]
    assert list(found["verb"]["display"]) == ["en"]


@pytest.mark.parametrize("many", [True, False])
def test_2_1_3_canonical_keeps_agents_and_groups_as_sent_and_works_inside_sub_statements(lrs, many):
    (one,) = lrs.store(wrapped(RICH))
    headers = {"Accept-Language": "vi"}
    answer = lrs.get(format="canonical", headers=headers, **({} if many else {"statementId": one})).json
    inner = (answer["statements"][0] if many else answer)["object"]
    assert inner["actor"] == RICH["actor"]
    assert inner["context"]["team"] == RICH["context"]["team"]
    assert inner["context"]["instructor"] == RICH["context"]["instructor"]
    assert inner["object"]["definition"]["name"] == {"vi": NAMES["vi"]}
    assert inner["verb"] == {"id": RICH["verb"]["id"], "display": {"vi": "đã làm"}}
    assert inner["object"]["definition"]["type"] == "http://example.vn/lesson"


def test_2_1_3_canonical_of_an_activity_without_definition_is_an_activity(lrs):
    (one,) = lrs.store(changed(statement(), {"object": {"id": "http://example.vn/bare"}}))
    assert lrs.one(one, format="canonical")["object"]["id"] == "http://example.vn/bare"
