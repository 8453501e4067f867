"""Formatting of statements: null, unknown, wrongly typed, wrongly cased; and the special data types (Data 2.2, 4)."""

import pytest

from tests.standards.xapi.client import (
    OTHER_UUID,
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

BAD = {"key": "value"}


def test_2_2_a_statement_with_every_property_is_accepted(lrs):
    check(lrs, rich(), True)


@pytest.mark.parametrize("missing", ["actor", "verb", "object"])
def test_2_2_actor_verb_and_object_are_required(lrs, missing):
    good = statement()
    del good[missing]
    check(lrs, good, False)


NULLS = """id|actor|verb|object|result|context|timestamp|stored|authority|version|attachments
actor name|actor mbox|actor objectType|actor account
verb id|verb display|verb display en
object objectType|object id|object definition|object definition name|object definition name en
object definition description|object definition type|object definition moreInfo|object definition extensions
object definition interactionType|object definition correctResponsesPattern
object definition correctResponsesPattern 0|object definition choices|object definition choices 0
object definition choices 0 id|object definition choices 0 description
result score|result score scaled|result score raw|result score min|result score max|result success|result completion
result response|result duration|result extensions
context registration|context instructor|context team|context team member|context team member 0
context contextActivities|context contextActivities parent|context contextActivities parent 0
context contextActivities grouping|context contextActivities category|context contextActivities other
context revision|context platform|context language|context statement|context statement id|context extensions
attachments 0|attachments 0 usageType|attachments 0 display|attachments 0 description|attachments 0 contentType
attachments 0 length|attachments 0 sha2|attachments 0 fileUrl""".replace("\n", "|").split("|")


@pytest.mark.parametrize("path", NULLS)
def test_2_2_null_is_refused_outside_extensions(lrs, path):
    check(lrs, changed(rich(), {path: None}), False, inside=path not in ("id", "stored", "authority", "version"))


UNKNOWN = [
    *("", "actor", "verb", "object", "object definition", "object definition choices 0", "result", "result score"),
    *("context", "context instructor", "context team", "context team member 0", "context contextActivities"),
    *("context contextActivities parent 0", "context statement", "attachments 0"),
]


@pytest.mark.parametrize("path", UNKNOWN)
@pytest.mark.parametrize("key", ["iD", "extra", "http://example.vn/x"])
def test_2_2_properties_that_the_specification_does_not_know_are_refused(lrs, path, key):
    if path == "context contextActivities":
        check(lrs, changed(rich(), {f"{path} {key}": []}), False)
    check(lrs, changed(rich(), {f"{path} {key}".strip(): "x"}), False)


CASE_OF_KEYS = [
    *("Actor", "ACTOR", "verb ID", "object Id", "object objecttype", "object definition Name", "result Success"),
    *("context Registration", "context contextactivities", "context contextActivities Parent", "actor MBOX"),
    *("attachments 0 fileURL", "attachments 0 SHA2", "result score Scaled", "object definition moreinfo"),
]


@pytest.mark.parametrize("path", CASE_OF_KEYS)
def test_2_2_the_case_of_keys_counts(lrs, path):
    check(lrs, changed(rich(), {path: rich()["verb"]["id"]}), False)


CASE_OF_VALUES = [
    ("agent", {"actor objectType": "agent"}),
    ("AGENT", {"actor objectType": "AGENT"}),
    ("group", {"actor": group("a") | {"objectType": "group"}}),
    ("activity", {"object objectType": "activity"}),
    ("statementref", {"object": ref() | {"objectType": "statementref"}}),
    ("StatementREF", {"context statement objectType": "StatementREF"}),
    ("substatement", {"object": wrapped(statement())["object"] | {"objectType": "substatement"}}),
    ("Choice", {"object definition interactionType": "Choice"}),
    ("CHOICE", {"object definition interactionType": "CHOICE"}),
]


@table(CASE_OF_VALUES, "changes")
def test_2_2_the_case_of_enumerated_values_counts(lrs, changes):
    base = statement() if "object" in changes else rich()
    check(lrs, changed(base, changes), False)


OBJECTS = ["actor", "verb", "object", "object definition", "result", "result score", "context", "verb display"]
OBJECTS += ["object definition name", "object definition extensions", "result extensions", "context extensions"]
OBJECTS += ["context instructor", "context team", "context contextActivities", "context statement", "attachments 0"]
STRINGS = ["actor name", "actor mbox", "verb id", "object id", "object definition type", "object definition moreInfo"]
STRINGS += ["object definition interactionType", "object definition correctResponsesPattern 0", "result response"]
STRINGS += ["object definition choices 0 id", "result duration", "context registration", "context revision"]
STRINGS += ["context platform", "context language", "context statement id", "timestamp", "verb display en"]
STRINGS += ["attachments 0 usageType", "attachments 0 contentType", "attachments 0 sha2", "attachments 0 fileUrl"]
NUMBERS = ["result score scaled", "result score raw", "result score min", "result score max", "attachments 0 length"]
BOOLEANS = ["result success", "result completion"]
LISTS = ["attachments", "object definition correctResponsesPattern", "object definition choices", "context team member"]
WRONG = {
    "object": (OBJECTS, ["text", 12345, True, [], [BAD]]),
    "string": (STRINGS, [12345, True, BAD, ["text"]]),
    "number": (NUMBERS, ["1", "one", True, BAD, [1]]),
    "boolean": (BOOLEANS, ["true", "false", "yes", 0, 1, BAD]),
    "list": (LISTS, ["text", 12345, True, BAD]),
}


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind, (paths, _) in WRONG.items() for path in paths])
def test_2_2_values_of_the_wrong_type_are_refused(lrs, kind, path):
    for value in WRONG[kind][1]:
        check(lrs, changed(rich(), {path: value}), False)


@pytest.mark.parametrize("body", [b'"text"', b"12345", b"true", b"null", b"[[]]", b'[{"a": 1}, 2]', b"[null]", b"{}"])
def test_2_2_what_is_no_statement_is_refused(lrs, body):
    json = {"Content-Type": "application/json"}
    assert lrs.post(body, headers=json).status_code == 400
    assert lrs.put(body, OTHER_UUID, headers=json).status_code == 400


# -- 4.3 IRIs ---------------------------------------------------------------------------------------------------------

IRI_PLACES = ["verb id", "object id", "object definition type", "object definition moreInfo", "attachments 0 usageType"]
IRI_PLACES += ["attachments 0 fileUrl", "context contextActivities parent 0 id"]
IRIS = [
    ("empty", "", False),
    ("no scheme", "example.vn/did", False),
    ("path only", "/did", False),
    ("scheme with =", "ab=c://example.vn", False),
    ("blanks", "should fail", False),
    ("blank inside", "http://example.vn/a b", False),
    ("not http", "urn:uuid:3f2504e0-4f89-41d3-9a0c-0305e82c3301", True),
    ("tag", "tag:example.vn,2026:did", True),
    ("letters of every script", "http://ví-dụ.vn/bài-học/智慧城市", True),
    ("query and fragment", "https://example.vn/a?b=c&d=%20#e", True),
]


@table(IRIS, "value", "good")
def test_4_3_iris_need_a_scheme_and_the_form_of_rfc_3987(lrs, value, good):
    for path in IRI_PLACES:
        check(lrs, changed(rich(), {path: value}), good)


# -- 4.4 UUIDs --------------------------------------------------------------------------------------------------------

UUIDS = [
    ("empty", "", False),
    ("a digit too many", "aa97b177-9383-4934-8543-0f91a7a028368", False),
    ("a digit too few", "aa97b177-9383-4934-8543-0f91a7a0283", False),
    ("no hexadecimal letter", "ma97b177-9383-4934-8543-0f91a7a02836", False),
    ("no hyphens", "aa97b1779383493485430f91a7a02836", False),
    ("in braces", "{aa97b177-9383-4934-8543-0f91a7a02836}", False),
    ("as a URN", "urn:uuid:aa97b177-9383-4934-8543-0f91a7a02836", False),
    ("text", "should fail", False),
    ("small letters", "aa97b177-9383-4934-8543-0f91a7a02836", True),
    ("capitals", "BB97B177-9383-4934-8543-0F91A7A02836", True),
]


@table(UUIDS, "value", "good")
def test_4_4_uuids_are_in_standard_form(lrs, value, good):
    for path in ("context registration", "context statement id"):
        check(lrs, changed(rich(), {path: value}), good)
    check(lrs, statement(object=ref(value)), good)
    (lrs.accepts if good else lrs.refuses)(statement(id=value), how="POST")


# -- 4.2 language maps ------------------------------------------------------------------------------------------------

MAPS = ["verb display", "object definition name", "object definition description", "attachments 0 display"]
MAPS += ["attachments 0 description", "object definition choices 0 description"]
TAGS = [
    *[(tag, tag, True) for tag in ("vi", "en-US", "zh-Hans-CN", "es-419", "sl-rozaj-biske-1994", "de-CH-1901")],
    *[(tag, tag, True) for tag in ("x-khue", "en-x-khue", "hy-Latn-IT-arevela", "de-DE-u-co-phonebk", "und", "cmn")],
    *[(tag, tag, True) for tag in ("EN-us", "i-klingon", "zh-min-nan")],
    *[(tag, tag, False) for tag in ("a12345", "de-419-DE", "something", "en_US", "en-", "-en", "a-DE", "en US")],
    *[(tag, tag, False) for tag in ("12", "ar-a-aaa-b-bbb-", "tiếng-việt", "x", "en-verylongsubtag")],
    ("the empty tag", "", False),
]


@table(TAGS, "tag", "good")
def test_4_2_keys_of_language_maps_are_tags_of_rfc_5646(lrs, tag, good):
    for path in MAPS:
        check(lrs, changed(rich(), {path: {tag: "text"}}), good)
    check(lrs, changed(rich(), {"context language": tag}), good)


@pytest.mark.parametrize("value", ["text", {"en": 1}, {"en": {}}, {"en": ["text"]}, {"en": None}])
def test_4_2_values_of_language_maps_are_strings(lrs, value):
    for path in MAPS:
        check(lrs, changed(rich(), {path: value}), False)


def test_4_2_a_language_map_may_be_empty(lrs):
    for path in MAPS:
        check(lrs, changed(rich(), {path: {}}), True)
    answer = lrs.get(format="canonical", headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text


def test_4_2_a_language_map_may_hold_the_empty_string(lrs):
    check(lrs, changed(rich(), {"verb display": {"vi": "", "en": "did"}}), True)


# -- 4.1 extensions ---------------------------------------------------------------------------------------------------

EXTENSIONS = ["object definition extensions", "result extensions", "context extensions"]


@pytest.mark.parametrize(
    "value", [None, "", {}, [], 0, False, "text", 1.5, {"a": {"b": None}}, [None, [None]]], ids=str
)
def test_4_1_an_extension_holds_any_json_value(lrs, value):
    for path in EXTENSIONS:
        check(lrs, changed(rich(), {path: {"http://example.vn/x": value}}), True)


def test_4_1_a_map_of_extensions_may_be_empty(lrs):
    for path in EXTENSIONS:
        check(lrs, changed(rich(), {path: {}}), True)


@pytest.mark.parametrize("key", ["", "should fail", "x", "example.vn/x", "ab=c://example.vn"])
def test_4_1_keys_of_extensions_are_iris(lrs, key):
    for path in EXTENSIONS:
        check(lrs, changed(rich(), {path: {key: 1}}), False)


@pytest.mark.parametrize("path", ["", "actor", "verb", "object", "result score", "context instructor", "attachments 0"])
def test_4_1_extensions_stand_only_in_definition_result_and_context(lrs, path):
    check(lrs, changed(rich(), {f"{path} extensions".strip(): {"http://example.vn/x": 1}}), False)


# -- 4.6 durations ----------------------------------------------------------------------------------------------------

DURATIONS = [
    *[(text, text, True) for text in ("PT1H0M0.1S", "PT4H35M59.14S", "PT16559.14S", "P3Y1M29DT4H35M59.14S", "P3Y")],
    *[(text, text, True) for text in ("P4W", "P1D", "PT0S", "PT0.001S", "PT36H", "P0D", "PT0.5H")],
    *[(text, text, False) for text in ("PA1H0M0S", "should fail", "P", "PT", "P1DT", "1H", "PT1S1M", "P4W1D", "-P1D")],
    *[(text, text, False) for text in ("P0003-06-04T12:30:05", "P00030604T123005", "PT1H1", "pt1h", "P1Y1W", "P T1H")],
    ("empty", "", False),
    ("number", 5400, False),
    ("object", BAD, False),
]


@table(DURATIONS, "value", "good")
def test_4_6_durations_have_the_form_of_iso_8601_section_4_4_3_2(lrs, value, good):
    check(lrs, changed(rich(), {"result duration": value}), good)


# -- 4.5 timestamps ---------------------------------------------------------------------------------------------------

TIMESTAMPS = [
    *[(text, text, True) for text in ("2026-11-20T08:30:00Z", "2026-11-20T08:30:00.123Z", "2026-11-20T08:30:00+07:00")],
    *[(text, text, True) for text in ("2026-11-20T08:30:00.123456789Z", "2026-11-20T08:30:00.1-11:30")],
    *[(text, text, True) for text in ("2008-02-29T00:00:00Z", "2026-11-20T08:30:00+00:00", "2099-01-01T00:00:00Z")],
    ("blank instead of T", "2008-09-15 15:53:00.601+00:00", True),
    *[(text, text, False) for text in ("01/011/2015", "should fail", "2026-13-20T08:30:00Z", "2026-02-30T08:30:00Z")],
    *[(text, text, False) for text in ("2026-11-20T25:30:00Z", "2026-11-20T08:61:00Z", "2026-11-20T08:30:00+25:00")],
    *[(text, text, False) for text in ("2008-09-15T15:53:00.601-00", "2008-09-15T15:53:00.601-0000")],
    *[(text, text, False) for text in ("2008-09-15T15:53:00.601-00:00", "20-11-2026", "1700000000", "now")],
    ("empty", "", False),
    ("number", 1700000000, False),
]


@table(TIMESTAMPS, "value", "good")
def test_4_5_timestamps_have_the_form_of_iso_8601_and_rfc_3339(lrs, value, good):
    check(lrs, changed(rich(), {"timestamp": value}), good)


@only("1.0.3")
@pytest.mark.parametrize("value", ["20261120T083000Z", "2026-11-20T08:30:00"])
def test_4_5_the_basic_form_and_one_without_offset_are_iso_8601_too(lrs, value):
    check(lrs, changed(rich(), {"timestamp": value}), True)


@only("2.0.0")
@pytest.mark.parametrize(
    "value",
    [
        *("20261120T083000Z", "2026-11-20T08:30:00", "2026-11-20T08:30Z", "2026-11-20T08Z", "2026-11-20T08:30:00,5Z"),
        *("2026-11-20T08:30:00+07", "2026-11-20T08:30:00+0700", "20261120T08:30:00Z", "2026-11-20T24:00:00Z"),
    ],
)
def test_2_0_4_2_7_other_forms_than_those_of_rfc_3339_are_refused(lrs, value):
    check(lrs, changed(rich(), {"timestamp": value}), False)


@pytest.mark.parametrize("value", ["2016-12-31T23:59:60Z", "2015-07-01T06:59:60.5+07:00"])
def test_4_5_a_leap_second_is_a_time(lrs, value):
    check(lrs, changed(rich(), {"timestamp": value}), True)


@pytest.mark.parametrize("value", ["2016-12-31T23:58:60Z", "2016-11-30T23:59:60Z", "2016-12-31T23:59:61Z"])
def test_4_5_a_leap_second_ends_june_or_december(lrs, value):
    check(lrs, changed(rich(), {"timestamp": value}), False)


@only("1.0.3")
@pytest.mark.parametrize(
    ("value", "good"),
    [
        *(("2026-11-20T24:00:00Z", True), ("20261120T240000Z", True), ("2026-12-31T24:00+07:00", True)),
        *(("2026-11-20T24:00:01Z", False), ("2026-11-20T24:30:00Z", False), ("2026-11-20T25:00:00Z", False)),
    ],
)
def test_4_5_the_24th_hour_is_midnight_and_has_no_minutes(lrs, value, good):
    check(lrs, changed(rich(), {"timestamp": value}), good)


# -- the empty string where there is a format -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        *("verb id", "object id", "actor mbox", "object definition type", "object definition moreInfo", "timestamp"),
        *("object definition interactionType", "result duration", "context registration", "context language"),
        *("context statement id", "attachments 0 usageType", "attachments 0 contentType", "attachments 0 fileUrl"),
        *("actor objectType", "object objectType", "attachments 0 sha2"),
    ],
)
def test_2_2_the_empty_string_is_refused_where_a_format_is_asked(lrs, path):
    check(lrs, changed(rich(), {path: ""}), False)


@pytest.mark.parametrize("path", ["actor name", "result response", "context revision", "context platform"])
def test_2_2_the_empty_string_is_a_string(lrs, path):
    check(lrs, changed(rich(), {path: ""}), True)


def test_2_2_the_order_of_properties_does_not_matter(lrs):
    check(lrs, dict(reversed(rich().items())), True)
    check(lrs, statement(actor=dict(reversed(agent(name="Ánh").items()))), True)
