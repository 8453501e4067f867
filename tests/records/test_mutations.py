"""One valid statement, one thing wrong with it: 400 with the path of what is wrong, and nothing is stored."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.core.guard import SYSTEM
from lms.records.models import Statement
from lms.records.services import make_credential
from tests.conftest import NOW
from tests.records import drawn
from tests.records.drawn import Again, Extensions, Id, Iri, Languages, Number, Object, Path, Text, Who, Word
from tests.standards.xapi.client import VERSIONS, Lrs, mixed, statement

pytestmark = pytest.mark.long
JSON = {"Content-Type": "application/json"}
few = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.generate],
)


@pytest.fixture(params=VERSIONS)
def lrs(client, session, request):
    return Lrs(client, *make_credential(SYSTEM, name="Thử nghiệm", scopes=["all"], at=NOW), request.param)


@pytest.fixture
def refused(lrs, session):
    """``refused(body, path)`` sends it in every way; nothing may be stored."""
    good = json.dumps(statement()).encode()

    def count() -> int:
        return session.scalar(select(func.count()).select_from(Statement))

    def each(body: bytes, path: str = "", *, statuses: tuple[int, ...] = (400,)) -> None:
        before = count()
        ways = {
            "POST": (lrs.post(body, headers=JSON), path),
            "PUT": (lrs.put(body, str(uuid4()), headers=JSON), path),
            "batch": (lrs.post(b"[" + good + b"," + body + b"," + good + b"]", headers=JSON), f"[1].{path}"),
            "multipart": (
                lrs.send("POST", "statements", **mixed(b"Content-Type: application/json\r\n\r\n" + body)),
                path,
            ),
        }
        for way, (answer, at) in ways.items():
            assert answer.status_code in statuses, (way, answer.status_code, answer.text)
            assert answer.is_json and answer.json["code"] and answer.json["request_id"]
            if path:
                assert answer.json["error"].startswith(at), (way, at, answer.json["error"])
            assert not any(word in answer.text for word in ("Traceback", ".py", "SELECT", "psycopg"))
        assert count() == before

    return each


# -- one property changed ---------------------------------------------------------------------------------------------

Mutation = Callable[[Any, Object], Path]
"""Spoils a statement with what it draws, and returns the path that the error must begin with."""
WRONG = [5, "text", True, [], {}, 1.5]


def held(tree: Any, path: Path) -> Any:
    for key in path:
        tree = tree[key]
    return tree


def pick(draw: Any, tree: Object, condition: Callable[[Path, Any], Any]) -> Path:
    return draw(st.sampled_from([path for path, part in drawn.parts(tree) if condition(path, part)]))


def spoil(tree: Object, path: Path, value: Any) -> Path:
    held(tree, path[:-1])[path[-1]] = value
    return path


def of(kind: type) -> Callable[[Path, Any], bool]:
    return lambda _path, part: type(part) is kind


def one_of(kind: type, *values: Any) -> Mutation:
    """A value of this kind becomes one of these."""
    return lambda draw, tree: spoil(tree, pick(draw, tree, of(kind)), draw(st.sampled_from(values)))


def required_gone(draw: Any, tree: Object) -> Path:
    path = pick(draw, tree, lambda _path, part: getattr(part, "required", ()))
    key = draw(st.sampled_from(held(tree, path).required))
    del held(tree, path)[key]
    return (*path, key)


def unknown_there(draw: Any, tree: Object) -> Path:
    path = pick(draw, tree, lambda _path, part: isinstance(part, Object))
    key = draw(st.sampled_from(["không", "", "__proto__", "$ref", "a.b", "x" * 200, "actor ", "\u202eactor"]))
    return spoil(tree, (*path, key), "x")


def null(draw: Any, tree: Object) -> Path:
    return spoil(tree, pick(draw, tree, lambda path, _part: path), None)


def wrong_type(draw: Any, tree: Object) -> Path:
    path = pick(draw, tree, lambda path, _part: path)
    kept = held(tree, path)
    activity = path[-2:-1] == ("contextActivities",)  # one or a list of them
    kinds = (
        (bool,)
        if isinstance(kept, bool)
        else (dict, list)
        if activity
        else (int, float)
        if isinstance(kept, Number)
        else type(kept).__mro__
    )
    return spoil(tree, path, draw(st.sampled_from([value for value in WRONG if type(value) not in kinds])))


def key_in_another_case(draw: Any, tree: Object) -> Path:
    path = pick(draw, tree, lambda _path, part: isinstance(part, Object) and part)
    key = draw(st.sampled_from(list(held(tree, path))))
    held(tree, path)[key[0].upper() + key[1:]] = held(tree, path).pop(key)
    return path if key == "objectType" else (*path, key[0].upper() + key[1:])


def word_in_another_case(draw: Any, tree: Object) -> Path:
    path = pick(draw, tree, of(Word))
    spoil(tree, path, held(tree, path).swapcase())
    return path[:-1]


def second_identifier(draw: Any, tree: Object) -> Path:
    path = pick(draw, tree, of(Who))
    others = {
        "mbox": "mailto:b@e.vn",
        "mbox_sha1sum": "a" * 40,
        "openid": "http://b.vn/",
        "account": {"homePage": "http://b.vn", "name": "b"},
    }
    key = draw(st.sampled_from([key for key in others if key not in held(tree, path)]))
    spoil(tree, (*path, key), others[key])
    return path


def extension_without_iri(draw: Any, tree: Object) -> Path:
    return spoil(tree, (*pick(draw, tree, of(Extensions)), draw(st.sampled_from(["x", "", "e.vn/x", "a b:c"]))), 1)


def tag_of_no_language(draw: Any, tree: Object) -> Path:
    tag = draw(
        st.sampled_from(["", "en_US", "tiếng-việt", "\u017fk", "\u212aa", "en-\u0663\u0663\u0663", "en\n", "a" * 9])
    )
    return spoil(tree, (*pick(draw, tree, of(Languages)), tag), "x")


def score_out_of_range(draw: Any, tree: Object) -> Path:
    key, digits = draw(
        st.sampled_from(
            [
                *[("scaled", n) for n in ("1.0000001", "-1.5", "1e300", "9" * 300)],
                ("raw", "10.01"),
                ("raw", "-1e-5"),
                ("min", "10"),
            ]
        )
    )
    return spoil(tree, ("result", "score", key), Number(digits))


def nested_sub_statement(_draw: Any, tree: Object) -> Path:
    inner = {"objectType": "SubStatement", **statement()}
    return (*spoil(tree, ("object",), inner | {"object": inner}), "object", "objectType")


def reference_without_id(_draw: Any, tree: Object) -> Path:
    return (*spoil(tree, ("object",), {"objectType": "StatementRef"}), "id")


def key_twice(draw: Any, tree: Object) -> Path:
    path = pick(draw, tree, lambda _path, part: isinstance(part, dict) and part)
    key = draw(st.sampled_from(list(held(tree, path))))
    held(tree, path)[Again(key)] = deepcopy(held(tree, path)[key])
    return (*path, key)


def key_twice_within_an_extension(draw: Any, tree: Object) -> Path:
    path = pick(draw, tree, of(Extensions))
    spoil(tree, (*path, "http://e.vn/x"), [{"a": 1, Again("a"): 1}])
    return (*path, "http://e.vn/x", 0, "a")


MUTATIONS: dict[str, Mutation] = {
    "a required property is gone": required_gone,
    "an unknown property": unknown_there,
    "null": null,
    "a value of another type": wrong_type,
    "a key in another case": key_in_another_case,
    "a word in another case": word_in_another_case,
    "a second identifier": second_identifier,
    "a relative IRI": one_of(Iri, "", "e.vn/a", "/a", "http:", "http://e.vn/a b", "1x:y", "http://e.vn/\n", "x-𝒳:y"),
    "a bad UUID": one_of(
        Id, "", "a", "{3f2504e0-4f89-41d3-9a0c-0305e82c3301}", "3f2504e04f8941d39a0c0305e82c3301", "\u0663" * 36
    ),
    "a bad timestamp": one_of(
        drawn.Moment, "", "2026-13-01T00:00:00Z", "2026-11-20", "0000-01-01T00:00:00Z", "٢٠٢٦-11-20T08:30:00Z"
    ),
    "a timestamp beyond the calendar": one_of(
        drawn.Moment, "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2026-11-20T08:30:00-00:00"
    ),
    "a bad duration": one_of(drawn.Lasting, "", "P", "PT", "1H", "PT1,5H1S", "P١Y", "PT1H ", "P" + "9" * 100_000),
    "a bad language tag": one_of(drawn.Tag, "", "en_US", "\u017fk", "\u212aa", "en-\u0661\u0662\u0663", "en\n"),
    "a bad tag in a language map": tag_of_no_language,
    "an extension whose key is no IRI": extension_without_iri,
    "a score out of range": score_out_of_range,
    "a nested sub-statement": nested_sub_statement,
    "a reference without id": reference_without_id,
    "the same key twice": key_twice,
    "the same key twice within an extension": key_twice_within_an_extension,
    "NUL": one_of(Text, "a\0b"),
    "half a surrogate pair": one_of(Text, "a\ud800", "\udc00\ud800"),
    "no number": one_of(Number, *map(Number, ("NaN", "Infinity", "-Infinity", "1e400", "-1E+999", "1" * 5000))),
}


@pytest.mark.parametrize("how", MUTATIONS)
@few
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_what_is_wrong_with_a_statement_is_named_and_nothing_is_stored(lrs, refused, how, data, seed):
    tree = deepcopy(data.draw(drawn.statements(lrs.version)))
    path = MUTATIONS[how](data.draw, tree)
    refused(drawn.written(tree, seed).encode(), drawn.where(path))


# -- text that is no JSON, or too much of it --------------------------------------------------------------------------

GOOD = json.dumps(statement(actor={"mbox": "mailto:a@e.vn", "name": "Ánh"}), ensure_ascii=False)


def extended(value: str) -> str:
    return f'{GOOD[:-1]}, "result": {{"extensions": {{"http://e.vn/x": {value}}}}}}}'


NO_JSON = {
    "comma at the end": GOOD[:-1] + ",}",
    "byte order mark": "\ufeff" + GOOD,
    "truncated": GOOD[:-20],
    "garbage behind it": GOOD + "\0",
    "hexadecimal": extended("0x1F"),
    "leading zero": extended("01"),
    "half a number": extended("1."),
    "single quotes": GOOD.replace('"', "'"),
    "a line break in a string": extended('"a\nb"'),
    "a control character": extended('"\x1e"'),
    "half an escape": extended('"\\u12"'),
    "capitals": extended("TRUE"),
    "other blanks": GOOD.replace(": ", ":\u00a0"),
    "curly quotes": GOOD.replace('"', "\u201c"),
}


@pytest.mark.parametrize("what", NO_JSON)
def test_what_is_no_json_is_refused(refused, what):
    refused(NO_JSON[what].encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1", "cp037", "utf-8-sig"])
def test_other_encodings_are_refused(refused, encoding):
    refused(GOOD.replace("Ánh", "Ánh+").encode(encoding))


@pytest.mark.parametrize(
    "spoiled", [b"\xc3", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xff", b"\x80"], ids=repr
)
def test_octets_that_are_no_utf_8_are_refused(refused, spoiled):
    refused(GOOD.encode().replace(b"a@e", b"a" + spoiled + b"@e"))


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_deep_nesting_is_refused_and_some_is_not(lrs, refused, opening, closing):
    assert lrs.post(extended(opening * 10 + "0" + closing * 10).encode(), headers=JSON).status_code == 200
    refused(extended(opening * 200 + "0" + closing * 200).encode(), "result.extensions.http://e.vn/x")
    for depth in (500, 100_000):
        refused(extended(opening * depth + "0" + closing * depth).encode())
        refused(extended(opening * depth).encode())


def test_a_megabyte_in_one_string_is_413(refused):
    refused(extended(f'"{"x" * 2**20}"').encode(), statuses=(413,))


def test_many_keys_are_read_and_a_wrong_one_among_them_is_found(lrs, refused):
    keys = ",".join(f'"k{number}":0' for number in range(50_000))
    assert lrs.post(extended(f"{{{keys}}}").encode(), headers=JSON).status_code == 200
    refused(extended(f'{{{keys},"k7":1}}').encode(), "result.extensions.http://e.vn/x.k7")
    refused(f"{GOOD[:-1]},{keys}}}".encode(), "k0")


def test_much_that_is_blank_is_read_or_refused(lrs, refused):
    assert lrs.post(b" " * 10**6 + GOOD.encode() + b"\n" * 10**6, headers=JSON).status_code == 200
    refused(b" " * 10**6)


def test_a_list_for_put_is_refused_whatever_stands_before_it(lrs):
    one, two = statement(id=str(uuid4())), statement()
    for before in ("", " \n", "\ufeff", "\ufeff "):
        for body in ([one], [one, two], []):
            sent = (before + json.dumps(body)).encode()
            assert lrs.put(sent, one["id"], headers=JSON).status_code == 400
    assert lrs.ids() == []


def test_the_path_in_an_error_is_cut_and_holds_no_markup_of_its_own(lrs):
    answer = lrs.post(statement(**{"<script>" + "x" * 10_000: 1}))
    assert (answer.status_code, answer.mimetype) == (400, "application/json")
    assert len(answer.data) < 1000
