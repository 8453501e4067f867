"""Whom each programme is meant for, as the roster can tell: the register ``courses/audiences.yaml``."""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from msgspec import Struct, field, yaml

from lms.core.config import ROOT
from lms.core.text import fold

REGISTER = ROOT / "courses/audiences.yaml"


class Audience(Struct, forbid_unknown_fields=True, frozen=True):
    """What of the roster stands for a programme's audience.

    :ivar clause: where the Decision names it
    :ivar units: kinds of unit that are meant
    :ivar asked: kinds of unit for which somebody must answer whether they are meant
    :ivar named: words of which the unit's name holds one, where the Decision names units
    :ivar asked_named: words of the name of units for which somebody must answer
    :ivar posts: posts of which one is needed; none when any will do
    :ivar planned: whether who is planned for such a post is meant too
    :ivar but: posts that are left out
    :ivar fields: fields of work of which one is needed; none when any will do
    """

    clause: str
    categories: frozenset[str]
    units: frozenset[str]
    asked: frozenset[str] = frozenset()
    named: tuple[str, ...] = ()
    asked_named: tuple[str, ...] = ()
    posts: frozenset[str] = frozenset()
    planned: bool = False
    but: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()


class Register(Struct, forbid_unknown_fields=True, frozen=True):
    """The file as it is written."""

    fields: dict[str, list[str]]
    posts: dict[str, list[str]]
    outside: list[str]
    managed: frozenset[str]
    programmes: dict[str, Audience] = field(default_factory=dict)


class _Words(NamedTuple):
    """The register's words as patterns over folded text."""

    fields: dict[str, re.Pattern[str]]
    posts: dict[str, re.Pattern[str]]
    outside: re.Pattern[str]


@cache
def register() -> Register:
    """Return the register.

    :raises msgspec.ValidationError: the file says what its shape does not know
    """
    return yaml.decode(REGISTER.read_bytes(), type=Register)


def audience_of(code: str) -> Audience | None:
    """Return the audience of a programme by its code; None when the register has none."""
    return register().programmes.get(code)


@cache
def _words() -> _Words:
    known = register()
    return _Words(
        {key: _any_of(tuple(words)) for key, words in known.fields.items()},
        {key: _any_of(tuple(words), "^") for key, words in known.posts.items()},
        _any_of(tuple(known.outside)),
    )


@cache
def _any_of(words: tuple[str, ...], start: str = r"\b") -> re.Pattern[str]:
    choices = "|".join(re.escape(fold(word)) for word in words)
    return re.compile(rf"{start}(?:{choices})\b")


@lru_cache(maxsize=20_000)
def fields_of(text: str) -> frozenset[str]:
    """Return the fields of work that a position or a unit's name tells."""
    folded = fold(text)
    return frozenset(key for key, pattern in _words().fields.items() if pattern.search(folded))


@lru_cache(maxsize=20_000)
def posts_of(position: str) -> frozenset[str]:
    """Return the posts that a position is, by how it begins."""
    folded = fold(position)
    return frozenset(key for key, pattern in _words().posts.items() if pattern.search(folded))


@lru_cache(maxsize=20_000)
def is_outside(unit: str) -> bool:
    """Tell whether a unit is one of the Party or of a mass organisation (mục I.2)."""
    return _words().outside.search(fold(unit)) is not None


@lru_cache(maxsize=20_000)
def names_one(unit: str, words: tuple[str, ...]) -> bool:
    """Tell whether a unit's name holds one of these words."""
    return bool(words) and _any_of(words).search(fold(unit)) is not None
