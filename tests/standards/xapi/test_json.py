"""Bodies that are no good JSON: syntax, encodings, repeated keys, depth, odd numbers and characters (Comm 1.4, 3.2)."""

import json

import pytest

from tests.standards.xapi.client import OTHER_UUID, activity, agent, statement, wrapped

GOOD = json.dumps(statement(id=OTHER_UUID))
JSON = {"Content-Type": "application/json"}


def send(lrs, body):
    """Send a body by POST and by PUT; both must be answered alike."""
    body = body if isinstance(body, bytes) else body.encode()
    answers = [lrs.post(body, headers=JSON), lrs.put(body, OTHER_UUID, headers=JSON)]
    assert {answer.status_code // 100 for answer in answers} in ({2}, {4})
    return answers[0]


BROKEN = {
    "empty": "",
    "blanks": "  \n",
    "cut": GOOD[:-5],
    "brace missing": GOOD[:-1],
    "brace too many": GOOD + "}",
    "two statements": GOOD + GOOD,
    "lines of statements": GOOD + "\n" + GOOD,
    "comma at the end": GOOD[:-1] + ",}",
    "comma at the end of a list": f"[{GOOD},]",
    "comma missing": GOOD.replace(', "verb"', ' "verb"'),
    "single quotes": GOOD.replace('"', "'"),
    "keys without quotes": GOOD.replace('"actor"', "actor"),
    "comment": GOOD.replace("{", "{/* hi */", 1),
    "NaN": GOOD[:-1] + ', "result": {"score": {"raw": NaN}}}',
    "Infinity": GOOD[:-1] + ', "result": {"score": {"raw": Infinity}}}',
    "-Infinity": GOOD[:-1] + ', "result": {"score": {"raw": -Infinity}}}',
    "plus sign": GOOD[:-1] + ', "result": {"score": {"raw": +1}}}',
    "leading zero": GOOD[:-1] + ', "result": {"score": {"raw": 01}}}',
    "hexadecimal": GOOD[:-1] + ', "result": {"score": {"raw": 0x1}}}',
    "line break in a string": GOOD.replace("Agent", "Age\nnt"),
    "bad escape": GOOD.replace("Agent", "\\xAgent"),
    "a form": "statement=" + GOOD,
    "XML": "<statement/>",
    "not UTF-8": GOOD.encode().replace(b"anh", b"anh\xff"),
    "UTF-16": GOOD.encode("utf-16"),
    "Latin-1": json.dumps(statement(actor=agent(name="Ánh")), ensure_ascii=False).encode("latin-1"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_3_2_what_is_no_json_in_utf_8_is_refused(lrs, what):
    answer = send(lrs, BROKEN[what])
    assert answer.status_code == 400
    assert answer.text
    assert lrs.ids() == []


TWICE = {
    "statement": ('"actor":', '"actor": {"mbox": "mailto:x@example.vn"}, "actor":'),
    "id": ('"id": "3f', f'"id": "{OTHER_UUID}", "id": "3f'),
    "actor": ('"mbox":', '"mbox": "mailto:x@example.vn", "mbox":'),
    "verb": ('"display":', '"display": {"en": "x"}, "display":'),
    "language map": ('"en":', '"en": "x", "en":'),
    "object": ('"objectType": "Activity",', '"objectType": "Activity", "objectType": "Activity",'),
}


@pytest.mark.parametrize("place", TWICE)
def test_2_0_4_2_1_a_property_given_twice_is_refused(lrs, place):
    old, new = TWICE[place]
    body = GOOD.replace(old, new, 1)
    assert body != GOOD
    assert send(lrs, body).status_code == 400
    assert lrs.post(f"[{body}]".encode(), headers=JSON).status_code == 400


@pytest.mark.parametrize("spelled", ["\\u0061ctor", "a\\u0063tor"])
def test_2_2_an_escaped_key_is_the_same_key(lrs, spelled):
    assert send(lrs, GOOD.replace('"actor"', f'"{spelled}"')).status_code == 200


def test_2_2_blanks_and_order_do_not_matter(lrs):
    assert send(lrs, "\r\n\t " + json.dumps(json.loads(GOOD), indent=4) + "\n").status_code == 200


# -- depth, size, odd values: never an error of the server ------------------------------------------------------------


def nested(depth, opening="[", closing="]"):
    return statement_with("0".join((opening * depth, closing * depth)))


def statement_with(extension):
    return GOOD[:-1] + ', "result": {"extensions": {"http://example.vn/x": ' + extension + "}}}"


def test_4_1_extensions_may_nest(lrs):
    assert send(lrs, nested(20)).status_code == 200
    assert send(lrs, nested(20, '{"a":', "}")).status_code == 409


@pytest.mark.parametrize("depth", [1_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_3_2_bottomless_nesting_is_refused(lrs, depth, opening, closing):
    answer = send(lrs, nested(depth, opening, closing))
    assert answer.status_code in (400, 413)
    assert send(lrs, opening * depth).status_code in (400, 413)


def test_2_4_4_3_sub_statements_do_not_nest_however_deep(lrs):
    inner = statement(object=activity())
    for _ in range(30):
        inner = wrapped(inner)
    lrs.refuses(inner)


ODD = {
    "half a surrogate pair": statement_with('"\\ud800"'),
    "half a pair as a key": statement_with('{"\\udfff": 1}'),
    "half a pair in a name": GOOD.replace("did", "\\ud83d"),
    "NUL": statement_with('"a\\u0000b"'),
    "NUL in an IRI": GOOD.replace("http://example.vn/a", "http://example.vn/\\u0000"),
    "a number of 5000 digits": statement_with("1" * 5000),
    "a number beyond floating point": statement_with("1e999"),
    "a very small number": statement_with("1e-999"),
    "a score beyond floating point": GOOD[:-1] + ', "result": {"score": {"raw": 1e999}}}',
    "a key of 100,000 letters": statement_with('{"' + "k" * 100_000 + '": 1}'),
    "an IRI of 10,000 letters": GOOD.replace("http://example.vn/a", "http://example.vn/" + "a" * 10_000),
    "an account name of 10,000 letters": GOOD.replace(
        '"mbox": "mailto:anh@example.vn"', '"account": {"homePage": "http://e.vn/", "name": "' + "a" * 10_000 + '"}'
    ),
    "a mailbox of 10,000 letters": GOOD.replace("mailto:anh@", "mailto:" + "a" * 10_000 + "@"),
    "a year of five digits": GOOD[:-1] + ', "timestamp": "12026-11-20T08:30:00Z"}',
    "year 0": GOOD[:-1] + ', "timestamp": "0000-11-20T08:30:00Z"}',
    "year 1": GOOD[:-1] + ', "timestamp": "0001-01-01T00:00:00+14:00"}',
    "year 9999": GOOD[:-1] + ', "timestamp": "9999-12-31T23:59:59-12:00"}',
    "a second 60": GOOD[:-1] + ', "timestamp": "2016-12-31T23:59:60Z"}',
    "a duration of many digits": GOOD[:-1] + ', "result": {"duration": "P' + "9" * 400 + 'Y"}}',
}


@pytest.mark.parametrize("what", ODD)
def test_3_2_odd_values_are_stored_or_refused_but_never_break_the_store(lrs, what):
    answer = send(lrs, ODD[what])
    assert answer.status_code in (200, 400, 413)
    if answer.status_code == 200:
        assert lrs.get(statementId=OTHER_UUID).status_code == 200
        assert lrs.get().status_code == 200
        assert lrs.get(format="canonical").status_code == 200


@pytest.mark.parametrize("parameter", ["agent", "verb", "activity", "registration", "since", "statementId"])
@pytest.mark.parametrize("value", ["\0", "\ud800".encode("utf-8", "surrogatepass"), b"\xff", "[" * 100_000, "9" * 5000])
def test_3_2_odd_parameters_never_break_the_store(lrs, parameter, value):
    raw = value if isinstance(value, bytes) else value.encode()
    query = f"{parameter}=" + "".join(f"%{byte:02x}" for byte in raw)
    answer = lrs.client.get(f"/xapi/statements?{query}", headers=lrs.headers)
    assert answer.status_code in (400, 414)


def test_3_2_a_document_may_hold_any_characters(lrs):
    query = {"activityId": "http://example.vn/a", "profileId": "p"}
    body = b'{"a": "\\u0000\\ud800"}'
    headers = JSON | {"If-None-Match": "*"}
    assert lrs.send("PUT", "activities/profile", query, body=body, headers=headers).status_code == 204
    assert lrs.send("GET", "activities/profile", query).data == body
    assert lrs.send("POST", "activities/profile", query, body={"b": 1}).status_code in (204, 400)
