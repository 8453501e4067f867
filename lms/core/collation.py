"""The order of names and titles: the Vietnamese alphabet, syllable by syllable, as keys that compare byte by byte.

A key holds of each syllable its letters and then its tone, so all of *Hoa* come before *Hòa*, and *Hoà* is *Hòa*:

* letters: a ă â b c d đ e ê f g h i j k l m n o ô ơ p q r s t u ư v w x y z
* tones: ngang, huyền, hỏi, ngã, sắc, nặng
* numbers by their value and before letters: *Phường 2*, *Phường 10*, *Phường An Khánh*
* case, apostrophes and other marks make no difference; other punctuation parts words

Tables keep keys in columns of :mod:`lms.core.sort_keys`, and lists are in their order.
"""

import re
import unicodedata
from functools import lru_cache

_SIGNS = {"\u0306": "{", "\u0302": "}", "\u031b": "~", "\u0335": "{"}
"""What makes another letter of a letter: each stands after ``z``, so *ă* comes after all of *a* and before *b*."""
_TONES = {"\u0300": "A", "\u0309": "B", "\u0303": "C", "\u0301": "D", "\u0323": "E"}
"""Capitals stand before small letters: *Án* before *Anh*."""
_STROKED = str.maketrans({"đ": "d\u0335", "ð": "d\u0335", "ɖ": "d\u0335", "ƀ": "b\u0335", "ł": "l", "ø": "o"})
_WITHIN = str.maketrans(dict.fromkeys("'\u2018\u2019\u02bc\u02b9\u00b4`\u2032\uff07"))
_PART = re.compile("(?:[^\\W\\d_][\u0300-\u036f]*)+|\\d+")
_DIGITS = 10

_TITLE = re.compile(r"(?!h$|k$)[b-df-hj-np-tv-xz{]+|(?:bs)?cki+")
"""A word without a vowel, such as PGS, TS, ThS, BS or đ/c; H and K are names."""
_FEMALE = re.compile("^[hH]['\u2018\u2019\u02bc\u02b9\u00b4`\u2032\uff07](?=\\w)")
_NOTE = re.compile("[(,\\[]")


def text_key(text: str) -> str:
    """Return the key of a title, or of a unit's or a class's name: word by word.

    >>> text_key("Phường 2") < text_key("Phường 10") < text_key("Phường Đống Đa")
    True
    """
    return "-".join(_words(text))


def name_key(full_name: str) -> str:
    """Return the key of a person's name: given name, then middle names, then family name.

    Titles before it do not count, and what stands behind it in brackets or after a comma comes last. Ê Đê names begin
    with *Y* or *H'*, which are no names, and end with the family: *Y Bhiu Niê* stands at *Bhiu*, *H'Hen Niê* at *Hen*.

    >>> sorted(["Lê Văn An", "Đỗ Thị Ánh", "PGS.TS. Bùi An", "Trần Bình"], key=name_key)
    ['PGS.TS. Bùi An', 'Lê Văn An', 'Đỗ Thị Ánh', 'Trần Bình']
    """
    note = _NOTE.search(full_name)
    if note:
        return f"{name_key(full_name[: note.start()])} {text_key(full_name[note.start() :])}".rstrip()
    words = [word for part in full_name.split() for word in _of_name(part)]
    words = _without_titles(words) if len(words) > 1 else words
    if len(words) < 2:
        return words[0] if words else ""
    if words[0] in ("y", "h"):
        return f"{words[1]} {'-'.join(words[2:])} {words[0]}"
    return f"{words[-1]} {'-'.join(words[1:-1])} {words[0]}"


def _without_titles(words: list[str]) -> list[str]:
    while (count := _title(words)) and count < len(words):
        words = words[count:]
    return words


def _title(words: list[str]) -> int:
    """Return how many words a title at the beginning has."""
    spelled = _SPELLED.get(words[0])
    if spelled and words[1 : len(spelled)] == spelled[1:]:
        return len(spelled)
    return int(_is_title(words[0]))


@lru_cache(maxsize=100_000)
def _is_title(word: str) -> bool:
    return _TITLE.fullmatch(word) is not None


def _words(text: str) -> list[str]:
    return [word for part in text.split() for word in _parts(part)]


@lru_cache(maxsize=100_000)
def _of_name(part: str) -> tuple[str, ...]:
    female = _FEMALE.match(part)
    return ("h", *_parts(part[female.end() :])) if female else _parts(part)


@lru_cache(maxsize=100_000)
def _parts(part: str) -> tuple[str, ...]:
    """Return the keys of the words in a text without blanks; letters and digits that touch are one word."""
    plain = unicodedata.normalize("NFKD", part.casefold().translate(_STROKED)).translate(_WITHIN)
    words: list[str] = []
    end = -1
    for found in _PART.finditer(plain):
        key = _number(found[0]) if found[0].isdigit() else _syllable(found[0])
        if found.start() == end:
            words[-1] += key
        else:
            words.append(key)
        end = found.end()
    return tuple(words)


def _number(digits: str) -> str:
    plain = "".join(str(unicodedata.decimal(digit)) for digit in digits).lstrip("0") or "0"
    return ":" * (len(plain) - _DIGITS) + plain.rjust(_DIGITS, "0")


def _syllable(letters: str) -> str:
    key, tones, before = "", "", ""
    for sign in letters:
        if sign in _TONES:
            tones += _TONES[sign] if before in "aeiouy" else ""
        elif sign in _SIGNS:
            key += _SIGNS[sign]
        elif not unicodedata.combining(sign):
            key, before = key + sign, sign
    return key + tones


_SPELLED = {
    words[0]: words
    for words in map(_words, ("phó giáo sư", "giáo sư", "tiến sĩ", "thạc sĩ", "bác sĩ", "kỹ sư", "cử nhân", "luật sư"))
}
"""Titles in words, by their first word."""
