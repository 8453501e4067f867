"""Agents, groups, their identifiers and accounts, wherever they stand in a statement (Data 2.4.2; 2.0 4.2.2.1)."""

import pytest

from tests.standards.xapi.client import DROP, SHA1, account, agent, changed, check, group, statement, table

IDENTIFIERS = {
    "mbox": "mailto:anh@example.vn",
    "mbox_sha1sum": SHA1,
    "openid": "http://openid.example.vn/anh",
    "account": account(),
}
PLACES = {
    "actor": "actor",
    "object": "object",
    "instructor": "context instructor",
    "team": "context team",
    "member": "actor member 0",
    "authority": "authority",
}
MEMBERED = {"actor": group("anh")}


def placed(place, who):
    """A statement with this agent or group in this place."""
    base = statement(**MEMBERED) if place == "member" else statement()
    return changed(base, {PLACES[place]: who})


def inside(place):
    return place != "authority"


FOR_AGENTS = [place for place in PLACES if place != "team"]
FOR_GROUPS = [place for place in PLACES if place not in ("member", "authority")]

# -- 2.4.2.3 identifiers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", IDENTIFIERS)
@pytest.mark.parametrize("place", FOR_AGENTS)
def test_2_4_2_1_an_agent_has_one_identifier_of_each_kind(lrs, place, kind):
    who = {"objectType": "Agent", "name": "Ánh", kind: IDENTIFIERS[kind]}
    check(lrs, placed(place, who), True, inside=inside(place))


@pytest.mark.parametrize("kind", IDENTIFIERS)
@pytest.mark.parametrize("place", FOR_GROUPS)
@pytest.mark.parametrize("members", [True, False])
def test_2_4_2_2_an_identified_group_has_one_identifier_and_may_name_members(lrs, place, kind, members):
    who = {"objectType": "Group", kind: IDENTIFIERS[kind]} | ({"member": [agent("b")]} if members else {})
    check(lrs, placed(place, who), True)


@pytest.mark.parametrize("place", FOR_AGENTS)
def test_2_4_2_1_an_agent_without_identifier_is_refused(lrs, place):
    check(lrs, placed(place, {"objectType": "Agent", "name": "Ánh"}), False, inside=inside(place))


@pytest.mark.parametrize("kinds", [(a, b) for a in IDENTIFIERS for b in IDENTIFIERS if a < b], ids="+".join)
@pytest.mark.parametrize("place", PLACES)
def test_2_4_2_3_two_identifiers_are_refused(lrs, place, kinds):
    who = {kind: IDENTIFIERS[kind] for kind in kinds}
    if place != "team":
        check(lrs, placed(place, {"objectType": "Agent", **who}), False, inside=inside(place))
    if place != "member":
        check(lrs, placed(place, {"objectType": "Group", "member": [agent()], **who}), False, inside=inside(place))


WRONG = [
    ("mbox without mailto", "mbox", "anh@example.vn"),
    ("mbox of another scheme", "mbox", "http://example.vn/anh"),
    ("mbox without @", "mbox", "mailto:example.vn"),
    ("mbox without name", "mbox", "mailto:@example.vn"),
    ("mbox without host", "mbox", "mailto:anh@"),
    ("mbox with a blank", "mbox", "mailto:anh nguyen@example.vn"),
    ("mbox in a list", "mbox", ["mailto:anh@example.vn"]),
    ("mbox a number", "mbox", 12345),
    ("mbox_sha1sum too short", "mbox_sha1sum", SHA1[:-1]),
    ("mbox_sha1sum too long", "mbox_sha1sum", SHA1 + "0"),
    ("mbox_sha1sum no hexadecimal", "mbox_sha1sum", "g" * 40),
    ("mbox_sha1sum an object", "mbox_sha1sum", {"key": "value"}),
    ("openid without scheme", "openid", "openid.example.vn/anh"),
    ("openid with a bad scheme", "openid", "ab=c://example.vn"),
    ("openid a number", "openid", 12345),
    ("account a string", "account", "anh"),
    ("account empty", "account", {}),
    ("account without homePage", "account", {"name": "anh"}),
    ("account without name", "account", {"homePage": "http://example.vn/"}),
    ("account homePage without scheme", "account", account(home="example.vn")),
    ("account homePage with a bad scheme", "account", account(home="ab=c://example.vn")),
    ("account homePage a number", "account", {"homePage": 1, "name": "anh"}),
    ("account name a number", "account", {"homePage": "http://example.vn/", "name": 12345}),
    ("account name an object", "account", {"homePage": "http://example.vn/", "name": {"key": "value"}}),
    ("account with more", "account", account() | {"extra": 1}),
    ("account homepage in small letters", "account", {"homepage": "http://example.vn/", "name": "anh"}),
]


@table(WRONG, "kind", "value")
def test_2_4_2_3_malformed_identifiers_are_refused(lrs, kind, value):
    for place in PLACES:
        if place != "team":
            check(lrs, placed(place, {"objectType": "Agent", kind: value}), False, inside=inside(place))
        if place not in ("member", "authority"):
            check(lrs, placed(place, {"objectType": "Group", kind: value}), False)


def test_2_4_2_4_account_names_are_any_text(lrs):
    for name in ("12345", "anh|nguyễn", "a b", "👩‍🏫", "mailto:anh@example.vn"):
        check(lrs, statement(actor={"account": account(name)}), True)


# -- 2.4.2.1 agents ---------------------------------------------------------------------------------------------------

AGENTS = [
    ("without objectType", "actor", {"mbox": "mailto:anh@example.vn"}, True),
    ("without objectType as instructor", "instructor", {"mbox": "mailto:anh@example.vn"}, True),
    ("without objectType as member", "member", {"mbox": "mailto:anh@example.vn"}, True),
    ("without objectType as object", "object", {"mbox": "mailto:anh@example.vn"}, False),
    ("with an unknown objectType", "actor", {"objectType": "Person", "mbox": "mailto:anh@example.vn"}, False),
    ("with objectType Activity", "actor", {"objectType": "Activity", "mbox": "mailto:anh@example.vn"}, False),
    ("with objectType a number", "actor", {"objectType": 1, "mbox": "mailto:anh@example.vn"}, False),
    ("with a name of another script", "actor", agent(name="Nguyễn Thị Ánh"), True),
    ("with name a number", "actor", agent() | {"name": 12345}, False),
    ("with name an object", "actor", agent() | {"name": {"vi": "Ánh"}}, False),
    ("with members", "actor", agent() | {"member": [agent("b")]}, False),
    ("with more", "actor", agent() | {"mobile": "1"}, False),
    ("an activity's id", "actor", {"objectType": "Agent", "id": "http://example.vn/a"}, False),
]


@table(AGENTS, "place", "who", "good")
def test_2_4_2_1_agents(lrs, place, who, good):
    check(lrs, placed(place, who), good)


# -- 2.4.2.2 groups ---------------------------------------------------------------------------------------------------

GROUPS = [
    ("anonymous", group("a", "b"), True),
    ("anonymous with a name", group("a", name="Lớp 1"), True),
    ("anonymous with members of every kind", group() | {"member": [{k: v} for k, v in IDENTIFIERS.items()]}, True),
    ("anonymous without member", {"objectType": "Group", "name": "Lớp 1"}, False),
    ("anonymous with no member in the list", group(), False),
    ("without objectType", {"member": [agent()]}, False),
    ("with objectType Agent", {"objectType": "Agent", "member": [agent()]}, False),
    ("member one agent", {"objectType": "Group", "member": agent()}, False),
    ("member an object of agents", {"objectType": "Group", "member": {"a": agent()}}, False),
    ("member a string", {"objectType": "Group", "member": "anh"}, False),
    ("members no objects", {"objectType": "Group", "member": ["anh", 1]}, False),
    ("a group among the members", {"objectType": "Group", "member": [agent(), group("b")]}, False),
    ("an identified group among the members", group("a") | {"member": [agent() | {"objectType": "Group"}]}, False),
    ("a member without identifier", group("a") | {"member": [{"objectType": "Agent", "name": "x"}]}, False),
    ("a member with two identifiers", group("a") | {"member": [agent() | {"openid": "http://e.vn/"}]}, False),
    ("name a number", group("a") | {"name": 1}, False),
    ("with more", group("a") | {"size": 2}, False),
    ("identified, a bad member", agent() | {"objectType": "Group", "member": [{"name": "x"}]}, False),
]


@table(GROUPS, "who", "good")
def test_2_4_2_2_groups(lrs, who, good):
    for place in FOR_GROUPS:
        check(lrs, placed(place, who), good)


def test_2_4_6_a_team_is_a_group(lrs):
    check(lrs, placed("team", agent()), False)
    check(lrs, placed("team", {"mbox": "mailto:anh@example.vn"}), False)


# -- 2.4.9 authority --------------------------------------------------------------------------------------------------

AUTHORITIES = [
    ("an agent", agent(), True),
    ("two agents, as OAuth", group() | {"member": [{"account": account("app")}, agent()]}, True),
    ("one member", group("a"), False),
    ("three members", group("a", "b", "c"), False),
    ("no members", {"objectType": "Group"}, False),
    ("a string", "anh", False),
    ("an activity", {"objectType": "Activity", "id": "http://example.vn/a"}, False),
    *[(f"a group with {kind}", group("a", "b") | {kind: value}, False) for kind, value in IDENTIFIERS.items()],
    ("an identified group without members", agent() | {"objectType": "Group"}, False),
]


@table(AUTHORITIES, "who", "good")
def test_2_4_9_an_authority_is_an_agent_or_a_group_of_two(lrs, who, good):
    check(lrs, placed("authority", who), good, inside=False)


def test_2_4_9_a_sub_statement_has_no_authority(lrs):
    inner = {"objectType": "SubStatement", **statement(authority=agent())}
    check(lrs, statement(object=inner), False)
    check(lrs, changed(statement(object=inner), {"object authority": DROP}), True)
