"""Reading JSON that clients send: strictly, with each statement's own text kept, so that it is answered as it came."""

import json
import math
import re
from collections.abc import Callable
from typing import Any

import orjson

from lms.records.errors import Invalid

MAX_DEPTH = 100
_DIGITS = 308
"""So many digits fit into what programs can read, whichever they are."""
_BLANKS = re.compile(r"[ \t\r\n]*")


def statements_of(body: bytes) -> list[tuple[Any, str]]:
    """Return the statements of a request, each parsed and as the text that was sent; one statement or a list of them.

    :raises Invalid: it is no JSON (RFC 8259), repeats a key, nests too deeply, or holds what is no text.
    """
    text = _decode(body)
    start = _skip(text, 0)
    if text[start : start + 1] != "[":
        value, end = _value(text, start)
        _end(text, end)
        return [(value, text[start:end])]
    statements = list(_elements(text, start))
    if not statements:
        raise Invalid("must hold at least one statement")
    return statements


def json_of(body: bytes) -> Any:
    """Return a request's JSON.

    :raises Invalid: as for :func:`statements_of`.
    """
    text = _decode(body)
    value, end = _value(text, _skip(text, 0))
    _end(text, end)
    return value


def exact(text: str) -> dict[str, Any]:
    """Parse a stored statement so that :func:`dump` writes its numbers as they were sent."""
    value: dict[str, Any] = json.loads(text, parse_float=_number, parse_int=_number)
    return value


def dump(value: Any) -> str:
    """Write what :func:`exact` read."""
    return orjson.dumps(value).decode()


def _elements(text: str, start: int) -> Any:
    place, number = _skip(text, start + 1), 0
    if text[place : place + 1] == "]":
        _end(text, place + 1)
        return
    while True:
        try:
            value, end = _value(text, place)
        except Invalid as error:
            error.path.append(number)
            raise
        yield value, text[place:end]
        number += 1
        place = _skip(text, end)
        mark = text[place : place + 1]
        if mark == "]":
            _end(text, place + 1)
            return
        if mark != ",":
            raise Invalid(f"is not JSON: a comma or ] is missing at character {place}")
        place = _skip(text, place + 1)


def _decode(body: bytes) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Invalid("is not UTF-8") from None
    if text.startswith("\ufeff"):
        raise Invalid("begins with a byte order mark (RFC 8259, 8.1)")
    return text


def _skip(text: str, place: int) -> int:
    blanks = _BLANKS.match(text, place)
    return blanks.end() if blanks else place


def _end(text: str, place: int) -> None:
    if _skip(text, place) != len(text):
        raise Invalid(f"is not JSON: something follows its end at character {place}")


def _value(text: str, place: int) -> tuple[Any, int]:
    try:
        value, end = _scan(_decoder, text, place)
    except Invalid:
        _check(_scan(_finder, text, place)[0], 0)
        raise
    sent = text[place:end]
    if sent.count("{") + sent.count("[") > MAX_DEPTH or "\\u" in sent:
        _check(value, 0)
    return value, end


def _scan(decoder: json.JSONDecoder, text: str, place: int) -> tuple[Any, int]:
    try:
        value, end = decoder.scan_once(text, place)  # type: ignore[attr-defined] # so that a value may have followers
    except StopIteration as error:
        raise Invalid(f"is not JSON at character {error.value}") from None
    except json.JSONDecodeError as error:
        raise Invalid(f"is not JSON at character {error.pos}: {error.msg}") from None
    except RecursionError:
        raise Invalid(f"nests more than {MAX_DEPTH} levels") from None
    return value, end


def _check(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Invalid(f"nests more than {MAX_DEPTH} levels")
    if isinstance(value, Invalid):
        raise value
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            try:
                if isinstance(key, str):
                    _check_text(key)
                _check(part, depth + 1)
            except Invalid as error:
                error.path.append(key)
                raise


def _check_text(value: str) -> None:
    if "\0" in value:
        raise Invalid("holds the character NUL")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Invalid("holds half a surrogate pair, which is no text") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise Invalid("stands twice in one object", key)
            seen.add(key)
    return value


def _constant(name: str) -> Any:
    raise Invalid(f"{name} is no JSON value")


def _float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise Invalid("is a number beyond what programs can read (IEEE 754)")
    return value


def _integer(digits: str) -> int:
    if len(digits) > _DIGITS:
        _float(digits)
    return int(digits)


def _returned(hook: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the hook that puts in place of a value what is wrong with it, so that its path can be found."""

    def found(read: Any) -> Any:
        try:
            return hook(read)
        except Invalid as error:
            return error

    return found


def _number(digits: str) -> orjson.Fragment:
    return orjson.Fragment(digits)


_hooks = {"object_pairs_hook": _object, "parse_constant": _constant, "parse_float": _float, "parse_int": _integer}
_decoder = json.JSONDecoder(**_hooks)  # type: ignore[arg-type] # mypy joins the hooks into one kind
_finder = json.JSONDecoder(**{name: _returned(hook) for name, hook in _hooks.items()})  # type: ignore[arg-type]
