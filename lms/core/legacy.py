"""Text of the time before Unicode: TCVN3, VNI and VPS, kept as Latin letters in a Unicode file, told and converted.

Such text was made for fonts that draw other letters: ``TrÇn ThÞ Hång`` in TCVN3 is shown as “Trần Thị Hồng”. A word is
taken for such when it is no Vietnamese syllable as it stands and becomes one when it is converted.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_LETTERS = (
    *("àảãáạ", "ăằẳẵắặ", "âầẩẫấậ", "đ", "èẻẽéẹ", "êềểễếệ", "ìỉĩíị", "òỏõóọ", "ôồổỗốộ", "ơờởỡớợ", "ùủũúụ", "ưừửữứự"),
    "ỳỷỹýỵ",
)
_TCVN3 = (
    *("µ¶·¸¹", "¨»¼½¾Æ", "©ÇÈÉÊË", "®", "ÌÎÏÐÑ", "ªÒÓÔÕÖ", "×ØÜÝÞ", "ßáâãä", "«åæçèé", "¬êëìíî", "ïñòóô", "\xadõö÷øù"),
    "úûüýþ",
)
_TCVN3_CAPITALS = dict(zip("¡¢§£¤¥¦", "ĂÂĐÊÔƠƯ", strict=True))
_VPS = (
    *("àäãáå", "æ¢£¤¡¥", "âÀÄÅÃÆ", "Ç", "èÈëéË", "ê\x8a\x8bÍ\x89\x8c", "ìÌïíÎ", "òÕõó\x86", "ôÒ°\x87Ó¶", "Ö©ª«§®"),
    *("ùûÛúø", "ÜØº»Ù¿", "ÿ\x9bÏ\x9a\x9c"),
)
_VNI_TONES = {"a": "øûõùï", "e": "øûõùï", "o": "øûõùï", "ô": "øûõùï", "u": "øûõùï", "ö": "øûõùï", "y": "øûõù"}
_VNI_ROOF, _VNI_BREVE = "âàåãáä", "êèúüéë"


def _pairs(letters: tuple[str, ...], codes: tuple[str, ...]) -> dict[str, str]:
    return {
        code: letter
        for row, signs in zip(letters, codes, strict=True)
        for letter, code in zip(row, signs, strict=True)
        if code != letter
    }


def _vni() -> dict[str, str]:
    """Two signs a letter: the letter, then what stands above and below it."""
    rows = {row[0]: row for row in _LETTERS}
    table = {"ñ": "đ", "ô": "ơ", "ö": "ư", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
    plain = {"a": "àảãáạ", "e": "èẻẽéẹ", "o": "òỏõóọ", "ô": "ờởỡớợ", "u": "ùủũúụ", "ö": "ừửữứự", "y": "ỳỷỹý"}
    for base, signs in _VNI_TONES.items():
        table |= {base + sign: letter for sign, letter in zip(signs, plain[base], strict=True)}
    for base, row in (("a", rows["â"]), ("e", rows["ê"]), ("o", rows["ô"])):
        table |= {base + sign: letter for sign, letter in zip(_VNI_ROOF, row, strict=True)}
    return table | {"a" + sign: letter for sign, letter in zip(_VNI_BREVE, rows["ă"], strict=True)}


def _with_capitals(table: dict[str, str]) -> dict[str, str]:
    """Add capital letters, and a capital with a small sign."""
    upper = {code.upper(): letter.upper() for code, letter in table.items()}
    mixed = {code[0].upper() + code[1:]: letter.upper() for code, letter in table.items() if len(code) > 1}
    return upper | mixed | table


_TABLES = {
    "TCVN3": _pairs(_LETTERS, _TCVN3) | _TCVN3_CAPITALS,
    "VNI": _with_capitals(_vni()),
    "VPS": _pairs(_LETTERS, _VPS),
}
NAMES = tuple(_TABLES)
"""The encodings that are known."""
_PATTERNS = {
    name: re.compile("|".join(map(re.escape, sorted(table, key=len, reverse=True)))) for name, table in _TABLES.items()
}
_CP1252 = {
    chr(byte): bytes([byte]).decode("cp1252", "replace")
    for byte in range(0x80, 0xA0)
    if byte not in b"\x81\x8d\x8f\x90\x9d"
}
_BYTES = str.maketrans({shown: code for code, shown in _CP1252.items()})
_WORD = re.compile(r"[^\s,.;:/()\[\]{}\"'!?+&*0-9_-]+")
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnprstvx])?"
    r"(?:uyê|uya|uyu|ươi|ươu|uôi|iêu|yêu|oai|oay|oao|oeo|uây|uai|uay|uao"
    r"|iê|yê|ia|ya|uô|ua|ươ|ưa|oa|oă|oe|oo|uâ|uê|ue|uy|uơ|ai|ay|ây|ao|au|âu|eo|êu|iu|oi|ôi|ơi|ui|ưi|ưu"
    r"|[aăâeêioôơuưy])"
    r"(?:ch|ng|nh|[cmnpt])?"
)


class Legacy(NamedTuple):
    """Text in an old encoding."""

    encoding: str
    text: str
    """The text in Unicode."""


def recognise(text: str) -> Legacy | None:
    """Tell whether a text is in an old encoding, and what it says; None for Unicode."""
    if text.isascii() or _is_unicode(text):
        return None
    words = _WORD.findall(text.translate(_BYTES))
    scores = {name: sum(_is_marked(word, name) for word in words) for name in NAMES}
    best = max(NAMES, key=lambda name: (scores[name], *_fitting(words, name)))
    return Legacy(best, convert(text, best)) if scores[best] else None


def _fitting(words: list[str], encoding: str) -> tuple[int, int]:
    """Return how many words are syllables when converted, and how many did not change."""
    changed = [_converted(word, encoding) for word in words]
    same = sum(before == after for before, after in zip(words, changed, strict=True))
    return sum(map(_is_syllable, changed)), same


def suspect(text: str) -> Legacy | None:
    """Tell the same of a text in any language: one odd word alone is let be, unless it has signs of no word."""
    recognised = recognise(text)
    if recognised is None:
        return None
    words = [word for word in _WORD.findall(text.translate(_BYTES)) if _is_marked(word, recognised.encoding)]
    odd = any(not sign.isalpha() or sign in "ªºµ" for word in words for sign in word)
    return recognised if odd or len(set(words)) > 1 else None


def convert(text: str, encoding: str) -> str:
    """Return the text in Unicode; words that cannot be of that encoding stay as they are."""
    if _is_unicode(text):
        return text
    return _WORD.sub(lambda word: _converted(word[0], encoding), text.translate(_BYTES))


def _is_unicode(text: str) -> bool:
    """Tell whether a text has letters that none of the old encodings has."""
    return any(sign > "\xff" for sign in text.translate(_BYTES))


@lru_cache(maxsize=50_000)
def _converted(word: str, encoding: str) -> str:
    if word.isascii() or any(sign > "\xff" for sign in word):
        return word
    table = _TABLES[encoding]
    changed = _PATTERNS[encoding].sub(lambda code: table[code[0]], word)
    if word[:1].isupper() and word.isupper() and encoding != "VNI":
        changed = changed.upper()
    return changed if _is_syllable(changed) else word


@lru_cache(maxsize=50_000)
def _is_marked(word: str, encoding: str) -> bool:
    """Tell whether a word is one of the encoding for sure."""
    if len(word) < 2 or not re.search("[A-Za-z]", word):
        return False
    return not word.isascii() and not _is_syllable(word) and _converted(word, encoding) != word


@lru_cache(maxsize=50_000)
def _is_syllable(word: str) -> bool:
    """Tell whether a word is spelled as a Vietnamese syllable, with at most one tone, no capital amid small letters."""
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    decomposed = unicodedata.normalize("NFD", word.lower())
    plain = unicodedata.normalize("NFC", decomposed.translate(_TONES))
    return sum(ord(sign) in _TONES for sign in decomposed) <= 1 and _SYLLABLE.fullmatch(plain) is not None
