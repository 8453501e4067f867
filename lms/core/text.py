"""Vietnamese text: one Unicode form, folding for search, and refusal of what is no text."""

import re
import unicodedata

_SPACES = re.compile(r"[^\S\n]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def nfc(text: str) -> str:
    """Return the text in NFC with line ends as ``\\n``, without control characters or lone surrogates."""
    return unicodedata.normalize("NFC", _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def one_line(text: str) -> str:
    """Return NFC text on one line: every run of white space is one blank, none at the ends."""
    return " ".join(nfc(text).split())


def fold(text: str) -> str:
    """Fold text for search: lower case, no marks, đ as d, so that 'Đô thị' and 'do thi' are equal.

    >>> fold("Đô thị  thông minh")
    'do thi thong minh'
    """
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def like_pattern(query: str) -> str:
    """Return a LIKE pattern (escape ``\\``) that finds the folded query anywhere in a folded column."""
    escaped = re.sub(r"([\\%_])", r"\\\1", fold(query))
    return f"%{escaped}%"
