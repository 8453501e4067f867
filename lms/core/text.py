"""Vietnamese text: one Unicode form, folding for search, and refusal of what is no text.

What people write goes through :func:`one_line` or :func:`prose`; :func:`nfc` alone is for text that must stay as it was
sent (passwords, what other programs store).
"""

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff\ue000-\uf8ff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
"""What shows nothing: controls, zero-width and bidirectional marks, fillers, private use, half surrogates."""
_BLANK = re.compile(r"[^\S\n\t ]")
_BREAK = re.compile("\r\n?|[\x85\u2028\u2029]")
_APOSTROPHE = re.compile("(?<=[\\w\u0300-\u036f])[\u2018\u2019\u02bc\u02b9\u00b4`\u2032\uff07](?=\\w)")
_STROKES = str.maketrans("ÐƉðɖ", "ĐĐđđ")


def nfc(text: str) -> str:
    """Return the text in NFC with line ends as ``\\n``, without control characters or lone surrogates."""
    return unicodedata.normalize("NFC", _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def prose(text: str) -> str:
    """Return what somebody wrote, of many lines, clean: NFC, nothing invisible, plain blanks, đ and apostrophe as one.

    >>> prose("Ðỗ Thị H’Hen\\u200b ")
    "Đỗ Thị H'Hen"
    """
    if text.isascii() and not _CONTROL.search(text):
        return text.replace("\r\n", "\n").replace("\r", "\n").strip()
    plain = _INVISIBLE.sub("", _BREAK.sub("\n", text))
    plain = unicodedata.normalize("NFC", _BLANK.sub(" ", plain).translate(_STROKES))
    return _APOSTROPHE.sub("'", plain).strip()


def one_line(text: str) -> str:
    """Return clean text (:func:`prose`) on one line: every run of white space is one blank, none at the ends."""
    return " ".join(prose(text).split())


def fold(text: str) -> str:
    """Fold text for search: lower case, no marks, đ as d, so that 'Đô thị' and 'do thi' are equal.

    >>> fold("Đô thị  thông minh")
    'do thi thong minh'
    """
    plain = unicodedata.normalize("NFD", one_line(text).casefold().replace("đ", "d"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def like_pattern(query: str) -> str:
    """Return a LIKE pattern (escape ``\\``) that finds the folded query anywhere in a folded column."""
    escaped = re.sub(r"([\\%_])", r"\\\1", fold(query))
    return f"%{escaped}%"
