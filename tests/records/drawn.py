"""Statements drawn by Hypothesis: everything the specification allows, in every spelling that JSON allows.

Each value is of a class that tells its kind, so that a test can find all IRIs, all agents and so on and spoil one.
"""

import json
import random
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st

Path = tuple[str | int, ...]


class Text(str):
    """Any text."""


class Iri(str):
    """An IRI."""


class Id(str):
    """A UUID."""


class Moment(str):
    """A timestamp."""


class Lasting(str):
    """A duration."""


class Tag(str):
    """A language tag."""


class Word(str):
    """One of the words that the specification gives."""


class Number(str):
    """A number as it is written."""


class Again(str):
    """A key that an object may have besides the same key."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


class Object(dict[str, Any]):
    """An object of the specification."""

    required: tuple[str, ...] = ()


class Who(Object):
    """An agent or group with an identifier."""


class Languages(dict[str, Any]):
    """A language map."""


class Extensions(dict[str, Any]):
    """Extensions: their values are free."""


def thing(kind: type[Object], required: str, **values: Any) -> Object:
    """An object with the keys that it needs, without those that are None."""
    made = kind({key: value for key, value in values.items() if value is not None})
    made.required = tuple(required.split())
    return made


# -- plain values -----------------------------------------------------------------------------------------------------

ODD = [
    *(
        "",
        " ",
        "\x7f",
        "\x1e",
        "\u2028",
        "\ufeff",
        "\u202egnol",
        "עברית",
        "العربية",
        "e\u0301",
        "é",
        "Việt",
        "Viê\u0323t",
    ),
    *(
        "𝒳🧑‍🎓",
        "\U0010ffff",
        "\ufffe",
        '"\\/',
        "null",
        "{}",
        "%s %(x)s :x",
        "'; DROP TABLE statements; --",
        "\\u0000",
        "x" * 5000,
    ),
]
NUMBERS = [
    *("0", "-0", "-0.0", "1.0", "1.10", "1E2", "1e+2", "1E-999", "-1e-400", "0.1000000000000000055511151231257827"),
    *("9007199254740993", "18446744073709551615", "-9223372036854775808", "12345678901234567890.5", "1e308"),
]
texts = st.one_of(st.sampled_from(ODD), st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8))
text = texts.map(Text)
numbers = st.sampled_from(NUMBERS).map(Number)
iris = st.sampled_from(
    [
        *("http://e.vn/a", "https://e.vn/a?b=c&d=%20#e", "urn:x:1", "tag:e.vn,2026:a", "http://ví-dụ.vn/bài/智慧"),
        *(
            "http://e.vn/'%s",
            "HTTP://E.VN/A",
            "http://e.vn/é",
            "http://e.vn/e\u0301",
            "x-x:𝒳",
            "http://e.vn/" + "a" * 3000,
        ),
    ]
).map(Iri)
ids = st.booleans().map(lambda capitals: Id(str(uuid4()).upper() if capitals else uuid4()))
tags = st.sampled_from(
    ["vi", "en-US", "zh-Hant", "de-CH-1901", "x-khue", "und", "EN-us", "account", "member", "mbox"]
).map(Tag)
lasting = st.sampled_from(["PT1H30M", "P1Y2M3DT4H5M6.789S", "PT0,5S", "P3W", "PT0S"]).map(Lasting)
moments = st.sampled_from(
    [
        *(
            "2026-11-20T08:30:00Z",
            "2026-11-20T08:30:00.123456Z",
            "2026-11-20T08:30:00+07:00",
            "2000-02-29T23:59:59-11:30",
        ),
        *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "2026-11-20 08:30:00Z", "2026-11-20t08:30:00z"),
    ]
).map(Moment)
languages = st.dictionaries(tags, text, min_size=1, max_size=3).map(Languages)
free = st.recursive(
    st.none() | st.booleans() | texts.map(str) | numbers,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts.map(str), inner, max_size=3),
    max_leaves=6,
)
extensions = st.dictionaries(iris, free, max_size=2).map(Extensions)

# -- the parts --------------------------------------------------------------------------------------------------------

_mailboxes = st.sampled_from(["mailto:anh@e.vn", "mailto:An.H+x@E.vn", "mailto:ánh@ví-dụ.vn", "mailto:o'x@e.vn"]).map(
    Text
)
_sums = st.binary(min_size=20, max_size=20).map(bytes.hex).map(Text)


@st.composite
def agents(draw: Any, kind: str = "Agent", *, bare: bool = True) -> Object:
    """An agent or an identified group; ``bare``: also an agent without objectType."""
    key, value = draw(
        st.one_of(
            st.tuples(st.just("mbox"), _mailboxes),
            st.tuples(st.just("mbox_sha1sum"), _sums),
            st.tuples(st.just("openid"), iris),
            st.tuples(
                st.just("account"),
                st.builds(lambda h, n: thing(Object, "homePage name", homePage=h, name=n), iris, text),
            ),
        )
    )
    word = Word(kind) if kind == "Group" or not bare or draw(st.booleans()) else None
    members = draw(st.lists(agents(), max_size=2)) if kind == "Group" else None
    return thing(Who, "", objectType=word, name=draw(st.none() | text), member=members, **{key: value})


anonymous = st.lists(agents(), min_size=1, max_size=3).map(
    lambda members: thing(Object, "member", objectType=Word("Group"), member=members)
)
groups = agents("Group") | anonymous
actors = agents() | groups
verbs = st.builds(lambda id_, display: thing(Object, "id", id=id_, display=display), iris, languages)
_components = st.lists(texts, min_size=1, max_size=3, unique=True).flatmap(
    lambda names: st.tuples(
        *(languages.map(lambda told, name=name: thing(Object, "id", id=Text(name), description=told)) for name in names)
    ).map(list)
)
definitions = st.builds(
    lambda name, description, kind, more, extra, patterns, choices: thing(
        Object,
        "",
        name=name,
        description=description,
        type=kind,
        moreInfo=more,
        extensions=extra,
        interactionType=Word("choice"),
        correctResponsesPattern=patterns,
        choices=choices,
    ),
    *(languages, languages, iris, iris, extensions, st.lists(text, max_size=2), _components),
)
activities = st.builds(
    lambda kind, id_, told: thing(Object, "id", objectType=kind, id=id_, definition=told),
    *(st.none() | st.just(Word("Activity")), iris, st.none() | definitions),
)
references = ids.map(lambda id_: thing(Object, "id", objectType=Word("StatementRef"), id=id_))
scores = st.builds(
    lambda: thing(Object, "", scaled=Number("0.50"), raw=Number("5.0"), min=Number("-0"), max=Number("1E1"))
)
results = st.builds(
    lambda score, response, how_long, extra: thing(
        Object, "", score=score, success=True, completion=False, response=response, duration=how_long, extensions=extra
    ),
    *(scores, text, lasting, extensions),
)
attachments = st.builds(
    lambda usage, display, description, address: thing(
        Object,
        "usageType display contentType length sha2",
        usageType=usage,
        display=display,
        description=description,
        contentType=Text('text/plain; charset="utf-8"'),
        length=Number("27"),
        sha2=Text("aB" * 32),
        fileUrl=address,
    ),
    *(iris, languages, languages, iris),
)


@st.composite
def contexts(draw: Any, version: str, *, of_activity: bool) -> Object:
    """A context with every property that may stand beside the object."""
    related = Object(
        {
            key: draw(activities | st.lists(activities, max_size=2))
            for key in ("parent", "grouping", "category", "other")
        }
    )
    more = {}
    if version == "2.0.0":
        for name, who in (("Agent", agents()), ("Group", groups)):
            held = {name.lower(): draw(who), "objectType": Word(f"context{name}"), "relevantTypes": [draw(iris)]}
            more[f"context{name}s"] = [thing(Object, f"objectType {name.lower()}", **held)]
    return thing(
        Object,
        "",
        registration=draw(ids),
        instructor=draw(actors),
        team=draw(groups),
        contextActivities=related,
        revision=draw(text) if of_activity else None,
        platform=draw(text) if of_activity else None,
        language=draw(tags),
        statement=draw(references),
        extensions=draw(extensions),
        **more,
    )


@st.composite
def statements(draw: Any, version: str, *, inside: bool = False) -> Object:
    """A statement with nearly every property."""
    kinds = {"activity": activities, "agent": agents(bare=False), "group": groups, "reference": references}
    kind = draw(st.sampled_from([*kinds, "activity", *([] if inside else ["sub", "sub"])]))
    target = draw(statements(version, inside=True) if kind == "sub" else kinds[kind])
    return thing(
        Object,
        "actor verb object",
        objectType=Word("SubStatement") if inside else None,
        id=None if inside else draw(ids),
        actor=draw(actors),
        verb=draw(verbs),
        object=target,
        result=draw(results),
        context=draw(contexts(version, of_activity=kind == "activity")),
        timestamp=draw(moments),
        attachments=[draw(attachments)],
    )


# -- finding and writing ----------------------------------------------------------------------------------------------


def parts(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield all parts with their paths, those within extensions left out."""
    yield path, value
    if isinstance(value, dict) and not isinstance(value, Extensions):
        for key, part in value.items():
            yield from parts(part, (*path, key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from parts(part, (*path, place))


def where(path: Path) -> str:
    """Write a path as the store's errors do."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key[:60]}" for key in path).removeprefix(".")


def written(value: Any, seed: int = 0) -> str:
    """Write JSON in one of its many spellings."""
    return _write(value, random.Random(seed))


def _write(value: Any, chance: random.Random) -> str:
    blank = chance.choice(["", "", "", " ", "\r\n\t"])
    if isinstance(value, Number):
        return value
    if isinstance(value, str):
        return _string(value, chance)
    if isinstance(value, dict):
        pairs = [f"{_string(key, chance)}{blank}:{blank}{_write(part, chance)}" for key, part in value.items()]
        chance.shuffle(pairs)
        return f"{{{blank}{f'{blank},'.join(pairs)}{blank}}}"
    if isinstance(value, list):
        return f"[{blank}{f',{blank}'.join(_write(part, chance) for part in value)}{blank}]"
    return json.dumps(value)


def _string(value: str, chance: random.Random) -> str:
    if len(value) < 50 and chance.random() < 0.1:
        pairs = value.encode("utf-16-be", "surrogatepass").hex()
        return '"' + "".join(f"\\u{pairs[place : place + 4]}" for place in range(0, len(pairs), 4)) + '"'
    halves = any("\ud800" <= letter <= "\udfff" for letter in value)
    return json.dumps(str(value), ensure_ascii=halves or chance.random() < 0.5)


def read(body: str) -> Any:
    """Read JSON so that numbers are told apart by how they are written."""
    keep: Callable[[str], Any] = lambda digits: ("number", digits)  # noqa: E731
    return json.loads(body, parse_float=keep, parse_int=keep)


def same_id(one: str, other: str) -> bool:
    """Whether two texts are one UUID."""
    return UUID(one) == UUID(other)
