"""JSON as columns keep it: what PostgreSQL refuses in a text (NUL, half a surrogate pair) is escaped and comes back.

Content keeps what it likes as text: a compressed state of sixteen bits a character is no valid UTF-16, let alone UTF-8.
So each such character becomes U+FDD0, which no text uses, and four hexadecimal digits; a U+FDD0 itself too.
"""

import json
import re
from typing import Any

_MARK = "\ufdd0"
_ODD = re.compile(f"[\0\ud800-\udfff{_MARK}]")
_ESCAPED = re.compile(f"{_MARK}([0-9a-f]{{4}})")
_MAY_BE_ODD = ("\\u0000", "\\ud", f"\\u{ord(_MARK):04x}")
"""How such characters begin in JSON of ASCII; so do whole pairs."""


def dumps(value: Any) -> str:
    """Write JSON for a column.

    :raises ValueError: a number is none that JSON has (NaN, infinity).
    """
    text = json.dumps(value, allow_nan=False)
    return json.dumps(_each(value, _escaped)) if any(odd in text for odd in _MAY_BE_ODD) else text


def loads(text: str | bytes) -> Any:
    """Read what a column has."""
    value = json.loads(text)
    mark = _MARK if isinstance(text, str) else _MARK.encode()
    return _each(value, _unescaped) if mark in text else value  # type: ignore[operator] # of one kind


def storable(value: Any) -> Any:
    """Return JSON in whose texts U+FFFD stands for what no text may hold, so that they can be shown and searched."""
    return _each(value, _mended)


def _each(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(key) if isinstance(key, str) else key: _each(part, change) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_each(part, change) for part in value]
    return value


def _escaped(text: str) -> str:
    return _ODD.sub(lambda odd: f"{_MARK}{ord(odd[0]):04x}", text)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda escaped: chr(int(escaped[1], 16)), text)


def _mended(text: str) -> str:
    return _ODD.sub("\ufffd", text)
