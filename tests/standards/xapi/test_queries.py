"""GET and HEAD of statements: parameters, filters and their combinations, references, pages (Comm 2.1.3, 1.1)."""

import json
from datetime import UTC, datetime, timedelta
from itertools import combinations
from uuid import uuid4

import pytest

from tests.standards.xapi.client import (
    OTHER_UUID,
    SHA1,
    account,
    activity,
    agent,
    group,
    only,
    ref,
    statement,
    table,
    verb,
    wrapped,
)

CONSISTENT = "X-Experience-API-Consistent-Through"
GOOD = {
    "agent": agent(),
    "verb": verb()["id"],
    "activity": activity()["id"],
    "registration": OTHER_UUID,
    "related_activities": True,
    "related_agents": False,
    "since": "2012-06-01T19:09:13.245Z",
    "until": "2099-06-01T19:09:13.245Z",
    "limit": 1,
    "ascending": True,
    "format": "exact",
    "attachments": False,
}

# -- parameters -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GOOD)
def test_2_1_3_each_parameter_is_accepted_alone_and_answers_a_list(lrs, name):
    lrs.store(statement(context={"registration": OTHER_UUID}))
    answer = lrs.get(**{name: GOOD[name]})
    assert answer.status_code == 200, answer.text
    assert len(answer.json["statements"]) == 1
    assert answer.json.get("more", "") == ""


def test_2_1_3_all_parameters_together(lrs):
    ids = lrs.store(statement(context={"registration": OTHER_UUID}), statement())
    assert lrs.ids(**GOOD) == ids[:1]


BAD = [
    *[(f"statementId {v}", {"statementId": v}) for v in ("", "should fail", "12345", OTHER_UUID + "0")],
    *[(f"voidedStatementId {v}", {"voidedStatementId": v}) for v in ("", "should fail")],
    ("agent no JSON", {"agent": "not JSON"}),
    ("agent empty", {"agent": ""}),
    ("agent a string", {"agent": '"anh"'}),
    ("agent a list", {"agent": [agent()]}),
    ("agent true", {"agent": True}),
    ("agent without identifier", {"agent": {"objectType": "Agent", "name": "Ánh"}}),
    ("agent with two identifiers", {"agent": agent() | {"mbox_sha1sum": SHA1}}),
    ("agent with a bad mbox", {"agent": {"mbox": "anh@example.vn"}}),
    ("agent with a bad account", {"agent": {"account": {"name": "anh"}}}),
    ("agent of an unknown kind", {"agent": agent() | {"objectType": "Person"}}),
    ("agent an anonymous group", {"agent": group("a")}),
    ("agent with an unknown property", {"agent": agent() | {"extra": 1}}),
    ("verb no IRI", {"verb": "did"}),
    ("verb empty", {"verb": ""}),
    ("activity no IRI", {"activity": "a"}),
    ("activity an object", {"activity": activity()}),
    ("registration no UUID", {"registration": "should fail"}),
    *[(f"{n} {v}", {n: v}) for n in ("since", "until") for v in ("yesterday", "", "2026-13-01T00:00:00Z", "12345")],
    *[(f"limit {v}", {"limit": v}) for v in ("-1", "1.5", "all", "", "1e3", "0x10")],
    *[(f"format {v}", {"format": v}) for v in ("", "Exact", "IDS", "full", "id")],
    *[(f"{n} {v}", {n: v}) for n in ("ascending", "attachments") for v in ("True", "1", "yes", "", "FALSE")],
    *[(f"{n} {v}", {n: v}) for n in ("related_agents", "related_activities") for v in ("True", "0", "no", "")],
    *[(f"unknown {n}", {n: "bar"}) for n in ("foo", "method", "id", "page", "offset", "more", "actor", "object")],
]


@table(BAD, "query")
def test_2_1_3_values_of_the_wrong_form_and_unknown_parameters_are_refused(lrs, query):
    answer = lrs.get(**query)
    assert answer.status_code == 400, answer.text
    assert answer.text


def case(name):
    head, *rest = name.split("_")
    return "_".join([head[0].swapcase() + head[1:], *(part.capitalize() for part in rest)])


@pytest.mark.parametrize("name", ["statementId", "voidedStatementId", *GOOD])
def test_3_2_parameters_in_another_case_are_refused(lrs, name):
    value = GOOD.get(name, OTHER_UUID)
    assert lrs.get(**{case(name): value}).status_code == 400
    assert lrs.get(**{name.upper(): value}).status_code == 400


@pytest.mark.parametrize("id_", ["statementId", "voidedStatementId"])
@pytest.mark.parametrize("name", GOOD)
def test_2_1_3_with_an_id_only_format_and_attachments_may_be_given(lrs, id_, name):
    lrs.put(statement(id=OTHER_UUID))
    status = lrs.get(**{id_: OTHER_UUID, name: GOOD[name]}).status_code
    if name in ("format", "attachments"):
        assert status == (200 if id_ == "statementId" else 404)
    else:
        assert status == 400


def test_2_1_3_statement_id_and_voided_statement_id_exclude_each_other(lrs):
    lrs.put(statement(id=OTHER_UUID))
    assert lrs.get(statementId=OTHER_UUID, voidedStatementId=OTHER_UUID).status_code == 400
    assert lrs.get(statementId=OTHER_UUID, voidedStatementId=str(uuid4())).status_code == 400


def test_2_1_3_an_id_is_found_in_either_case(lrs):
    lrs.put(statement(id=OTHER_UUID))
    assert lrs.get(statementId=OTHER_UUID.upper()).status_code == 200


@pytest.mark.parametrize("query", ["limit=1&limit=2", f"statementId={OTHER_UUID}&statementId={OTHER_UUID}"])
def test_3_2_a_parameter_given_twice_is_refused(lrs, query):
    assert lrs.client.get(f"/xapi/statements?{query}", headers=lrs.headers).status_code == 400


# -- filters ----------------------------------------------------------------------------------------------------------


def test_2_1_3_nothing_found_is_an_empty_list(lrs):
    answer = lrs.get(verb="http://example.vn/never")
    assert (answer.status_code, answer.json["statements"]) == (200, [])


IDENTIFIERS = {
    "mbox": "mailto:anh@example.vn",
    "mbox_sha1sum": SHA1,
    "openid": "http://openid.example.vn/anh",
    "account": account("anh|1"),
}


@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_2_1_3_agent_finds_actor_object_and_members_by_each_identifier(lrs, kind):
    who = {kind: IDENTIFIERS[kind]}
    named = {"objectType": "Agent", "name": "Ánh", **who}
    ids = lrs.store(
        statement(actor=named),
        statement(actor=agent("b"), object=named),
        statement(actor={"objectType": "Group", "member": [agent("b"), named]}),
        statement(actor=agent("b"), object={"objectType": "Group", "member": [named]}),
        statement(actor={"objectType": "Group", "openid": "http://lop.vn/", "member": [named]}),
    )
    lrs.store(statement(actor=agent("b"), context={"instructor": named}))
    assert lrs.ids(agent=who, ascending=True) == ids
    assert lrs.ids(agent=who | {"name": "someone else"}, ascending=True) == ids


def test_2_1_3_an_identified_group_is_found_by_its_identifier(lrs):
    lop = {"objectType": "Group", "mbox": "mailto:lop1@example.vn", "name": "Lớp 1"}
    (one, two) = lrs.store(statement(actor=lop), statement(object=lop | {"member": [agent("b")]}))
    assert lrs.ids(agent=lop) == [two, one]
    assert lrs.ids(agent=lop | {"member": [agent("nobody")]}) == [two, one]
    assert lrs.ids(agent=agent("lop2")) == []


@pytest.mark.parametrize("name", ["verb", "activity", "registration"])
def test_2_1_3_verb_activity_and_registration_match_exactly(lrs, name):
    other = {"registration": str(uuid4())}
    (one,) = lrs.store(statement(context={"registration": OTHER_UUID}))
    lrs.store(statement(verb=verb("did2"), object=activity("a2"), context=other))
    assert lrs.ids(**{name: GOOD[name]}) == [one]


def test_2_1_3_registration_is_compared_without_case(lrs):
    (one,) = lrs.store(statement(context={"registration": OTHER_UUID.upper()}))
    assert lrs.ids(registration=OTHER_UUID) == [one]


FILTERS = {
    "agent": (agent("x"), {"actor": agent("x")}),
    "verb": (verb("x")["id"], {"verb": verb("x")}),
    "activity": (activity("x")["id"], {"object": activity("x")}),
    "registration": (OTHER_UUID, {"context": {"registration": OTHER_UUID}}),
}


@pytest.mark.parametrize("names", [c for n in (2, 3, 4) for c in combinations(FILTERS, n)], ids="+".join)
def test_2_1_3_filters_are_combined_with_and(lrs, names):
    def having(wanted):
        return statement(**{k: v for name in wanted for k, v in FILTERS[name][1].items()})

    (whole,) = lrs.store(having(FILTERS))
    (fits,) = lrs.store(having(names))
    for name in names:
        lrs.store(having([other for other in FILTERS if other != name]))
    assert lrs.ids(**{name: FILTERS[name][0] for name in names}) == [fits, whole]


# -- related ----------------------------------------------------------------------------------------------------------

SOMEBODY = agent("somebody")
AGENT_PLACES = {
    "instructor": lambda: statement(context={"instructor": SOMEBODY}),
    "team": lambda: statement(context={"team": SOMEBODY | {"objectType": "Group"}}),
    "member of the team": lambda: statement(context={"team": group("b", "somebody")}),
    "actor of a sub-statement": lambda: wrapped(statement(actor=SOMEBODY)),
    "object of a sub-statement": lambda: wrapped(statement(object=SOMEBODY)),
    "instructor of a sub-statement": lambda: wrapped(statement(context={"instructor": SOMEBODY})),
    "team of a sub-statement": lambda: wrapped(statement(context={"team": group("somebody")})),
}
AGENT_PLACES_2 = {
    "context agent": lambda: statement(context={"contextAgents": [{"objectType": "contextAgent", "agent": SOMEBODY}]}),
    "context group": lambda: statement(
        context={"contextGroups": [{"objectType": "contextGroup", "group": SOMEBODY | {"objectType": "Group"}}]}
    ),
    "member of a context group": lambda: statement(
        context={"contextGroups": [{"objectType": "contextGroup", "group": group("b", "somebody")}]}
    ),
}
AGENT_PLACES_2["context agent of a sub-statement"] = lambda: wrapped(AGENT_PLACES_2["context agent"]())


def related_agents(lrs, made):
    (one,) = lrs.store(made)
    lrs.store(statement())
    assert lrs.ids(agent=SOMEBODY) == []
    assert lrs.ids(agent=SOMEBODY, related_agents=False) == []
    assert lrs.ids(agent=SOMEBODY, related_agents=True) == [one]


@pytest.mark.parametrize("place", AGENT_PLACES)
def test_2_1_3_related_agents_looks_further(lrs, place):
    related_agents(lrs, AGENT_PLACES[place]())


@only("2.0.0")
@pytest.mark.parametrize("place", AGENT_PLACES_2)
def test_2_0_4_1_6_1_related_agents_looks_into_context_agents_and_groups(lrs, place):
    related_agents(lrs, AGENT_PLACES_2[place]())


def test_2_1_3_related_agents_finds_the_authority(lrs):
    (one,) = lrs.store(statement())
    authority = lrs.one(one)["authority"]
    assert lrs.ids(agent=authority) == []
    assert lrs.ids(agent=authority, related_agents=True) == [one]


THING = activity("thing")
ACTIVITY_PLACES = {
    **{
        kind: lambda kind=kind: statement(context={"contextActivities": {kind: [activity("b"), THING]}})
        for kind in ("parent", "grouping", "category", "other")
    },
    "one context activity": lambda: statement(context={"contextActivities": {"parent": THING}}),
    "object of a sub-statement": lambda: wrapped(statement(object=THING)),
    "context of a sub-statement": lambda: wrapped(statement(context={"contextActivities": {"parent": THING}})),
}


@pytest.mark.parametrize("place", ACTIVITY_PLACES)
def test_2_1_3_related_activities_looks_further(lrs, place):
    (one,) = lrs.store(ACTIVITY_PLACES[place]())
    lrs.store(statement())
    assert lrs.ids(activity=THING["id"]) == []
    assert lrs.ids(activity=THING["id"], related_activities=False) == []
    assert lrs.ids(activity=THING["id"], related_activities=True) == [one]


# -- references -------------------------------------------------------------------------------------------------------


def test_2_1_3_statements_about_a_match_match_too_however_long_the_chain(lrs):
    (one,) = lrs.store(statement(verb=verb("x"), actor=agent("x"), context={"registration": OTHER_UUID}))
    (two,) = lrs.store(statement(object=ref(one)))
    (three,) = lrs.store(statement(object=ref(two)))
    lrs.store(statement(), statement(context={"statement": ref(one)}), wrapped(statement(object=ref(one))))
    for query in ({"verb": verb("x")["id"]}, {"agent": agent("x")}, {"registration": OTHER_UUID}):
        assert lrs.ids(**query) == [three, two, one]
    assert lrs.ids(verb=verb("x")["id"], agent=agent("x")) == [three, two, one]


def test_2_1_3_time_and_number_apply_to_the_statement_about_a_match_itself(lrs):
    (one,) = lrs.store(statement(verb=verb("x")))
    (two,) = lrs.store(statement(object=ref(one)))
    since = lrs.one(one)["stored"]
    assert lrs.ids(verb=verb("x")["id"], since=since) == [two]
    assert lrs.ids(verb=verb("x")["id"], until=since) == [one]
    assert [s["id"] for s in lrs.get(verb=verb("x")["id"], limit=1).json["statements"]] == [two]


def test_2_1_3_a_circle_of_references_ends(lrs):
    one, two = str(uuid4()), str(uuid4())
    lrs.post([statement(id=one, object=ref(two), verb=verb("x")), statement(id=two, object=ref(one))])
    assert set(lrs.ids(verb=verb("x")["id"])) == {one, two}


# -- time, order and pages --------------------------------------------------------------------------------------------


def test_2_1_3_since_excludes_and_until_includes_its_moment(lrs):
    ids = lrs.store(*(statement() for _ in range(3)))
    times = [lrs.one(one)["stored"] for one in ids]
    assert times == sorted(times)
    assert lrs.ids(since=times[0]) == [ids[2], ids[1]]
    assert lrs.ids(until=times[1]) == [ids[1], ids[0]]
    assert lrs.ids(since=times[0], until=times[1]) == [ids[1]]
    east = datetime.fromisoformat(times[0]).astimezone(datetime.fromisoformat("2026-01-01T00:00+07:00").tzinfo)
    assert lrs.ids(since=east.isoformat()) == [ids[2], ids[1]]


def test_2_1_3_the_latest_comes_first_unless_ascending(lrs):
    ids = lrs.store(*(statement() for _ in range(3)))
    assert lrs.ids() == lrs.ids(ascending=False) == ids[::-1]
    assert lrs.ids(ascending=True) == ids


@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("limit", [1, 2, 3, 5, 7])
def test_2_1_3_more_leads_through_all_pages(lrs, ascending, limit):
    ids = lrs.post([statement() for _ in range(5)]).json
    lrs.store(statement(verb=verb("noise")))
    answer = lrs.get(limit=limit, ascending=ascending, verb=verb()["id"])
    found, pages = [], 0
    while True:
        assert len(answer.json["statements"]) <= limit
        found += [one["id"] for one in answer.json["statements"]]
        pages += 1
        if not answer.json.get("more"):
            break
        answer = lrs.follow(answer.json["more"])
        assert answer.status_code == 200
    assert found == (ids if ascending else ids[::-1])
    assert pages == -(-5 // limit)


def test_2_1_3_limit_0_is_all_that_the_store_gives(lrs):
    ids = lrs.post([statement() for _ in range(30)]).json
    assert lrs.ids(limit=0) == ids[::-1]
    assert len(lrs.get(limit=10**6).json["statements"]) == 30


def test_2_1_3_more_keeps_format_and_needs_the_key(lrs):
    lrs.store(statement(actor=agent(name="Ánh")), statement())
    more = lrs.get(limit=1, format="ids").json["more"]
    assert "name" not in lrs.follow(more).json["statements"][0]["actor"]
    assert lrs.client.get(more, headers={"X-Experience-API-Version": lrs.version}).status_code == 401
    assert lrs.client.get(more + "x", headers=lrs.headers).status_code in (200, 400)


# -- headers ----------------------------------------------------------------------------------------------------------


def test_2_1_3_consistent_through_stands_on_all_answers_about_statements(lrs):
    (one,) = lrs.store(statement())
    answers = [
        *(lrs.get(), lrs.get(statementId=one), lrs.get(attachments=True), lrs.get(format="ids"), lrs.get(limit=1)),
        *(lrs.send("HEAD", "statements"), lrs.post(statement()), lrs.put(statement(id=OTHER_UUID))),
        *(lrs.get(statementId=str(uuid4())), lrs.get(foo="bar"), lrs.post({})),
    ]
    for answer in answers:
        through = datetime.fromisoformat(answer.headers[CONSISTENT])
        assert through.tzinfo is not None
        assert datetime.now(UTC) - timedelta(minutes=10) < through <= datetime.now(UTC) + timedelta(seconds=1)


def test_2_1_3_a_list_is_json_with_statements_and_more(lrs):
    answer = lrs.get()
    assert answer.mimetype == "application/json"
    assert set(answer.json) <= {"statements", "more"}


@pytest.mark.parametrize(
    "query", [{}, {"limit": 1}, {"statementId": OTHER_UUID}, {"attachments": True}, {"foo": "bar"}]
)
@pytest.mark.parametrize("known", [True, False])
def test_1_1_head_answers_like_get_without_a_body(lrs, query, known):
    if known:
        lrs.put(statement(id=OTHER_UUID))
    head, get = (lrs.send(method, "statements", query) for method in ("HEAD", "GET"))
    assert (head.status_code, head.data) == (get.status_code, b"")
    for name in ("Content-Type", "Last-Modified", "X-Experience-API-Version"):
        left, right = head.headers.get(name), get.headers.get(name)
        assert (left or "").split(";")[0] == (right or "").split(";")[0]


def test_2_1_3_the_answer_is_utf_8_json(lrs):
    (one,) = lrs.store(statement(actor=agent(name="Nguyễn Thị Ánh 👩‍🏫")))
    assert json.loads(lrs.get(statementId=one).data.decode())["actor"]["name"] == "Nguyễn Thị Ánh 👩‍🏫"
