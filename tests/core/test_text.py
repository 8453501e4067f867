import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core import legacy
from lms.core.text import fold, nfc, one_line, prose


def test_search_finds_vietnamese_without_accents():
    assert fold("Đô thị thông minh") == "do thi thong minh"
    assert fold("ĐƯỜNG Hoàng Quốc Việt") == "duong hoang quoc viet"


@given(st.text())
def test_folding_is_the_same_for_composed_and_decomposed_text(value):
    assert fold(unicodedata.normalize("NFC", value)) == fold(unicodedata.normalize("NFD", value))


@given(st.text())
def test_cleaning_twice_changes_nothing(value):
    assert nfc(nfc(value)) == nfc(value)
    assert prose(prose(value)) == prose(value)
    assert one_line(one_line(value)) == one_line(value)
    assert "\x00" not in nfc(value)


INVISIBLE = [
    chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in ("Cc", "Cs", "Co", "Zl", "Zp")
] + [
    *"\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062",
    *"\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206f\u2800\u3164\ufe0e\ufe0f\ufeff\uffa0\ufff9\ufffb\U000e0041\U000e0100",
    *"\u00a0\u2007\u202f\u3000",
]
visible = st.text(st.sampled_from("aBđÊ ọ9-"), max_size=6).map(one_line)


def test_a_text_of_invisible_characters_is_empty():
    assert [hex(ord(sign)) for sign in INVISIBLE if prose(sign) or one_line(sign) or fold(sign)] == []


@given(visible, st.lists(st.sampled_from(INVISIBLE[:140] + INVISIBLE[-44:-4]), max_size=5), visible)
def test_what_cannot_be_seen_never_makes_two_texts_of_one(before, hidden, after):
    signs = "".join(sign for sign in hidden if sign not in "\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029")
    assert one_line(before + signs + after) == one_line(before + after)
    assert fold(before + signs + after) == fold(before + after)


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("Ðỗ Thị Ðiệp", "Đỗ Thị Điệp"),
        ("Ɖỗ ðức", "Đỗ đức"),
        ("H’Hen Niê", "H'Hen Niê"),
        ("Y`Bion Niê", "Y'Bion Niê"),
        ("Yʼ Sô̆ Niê", "Yʼ Sô̆ Niê"),
        ("Hʼ\u200bHen", "H'Hen"),
        ("Nguyễn\u00a0Văn\u202fA", "Nguyễn Văn A"),
        ("\ufeffNguye\u0302\u0303n", "Nguyễn"),
    ],
)
def test_one_letter_one_apostrophe_one_blank(given_, kept):
    assert one_line(given_) == kept


def test_lines_of_prose_stay():
    assert prose("một\r\nhai\u2028ba\u200b\n\n bốn ") == "một\nhai\nba\n\n bốn"


SENTENCES = [
    "nguyễn văn đức",
    "Trần Thị Hồng",
    "phó trưởng phòng",
    "ủy ban nhân dân phường",
    "chuyên viên quản lý đô thị",
    "bác sĩ chẩn đoán cấp cứu",
]


@pytest.mark.parametrize("encoding", legacy.NAMES)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_old_encodings_are_recognised_and_converted(encoding, sentence):
    codes = {letter: code for code, letter in legacy._TABLES[encoding].items()}
    old = "".join(codes.get(letter, letter) for letter in sentence)
    assert legacy.recognise(old) == (encoding, sentence)


@pytest.mark.parametrize(
    "text",
    [
        *SENTENCES,
        "Lê Hà",
        "Bùi Thúy Hòa",
        "Y Sô̆ Niê",
        "H'Hen Niê Ksor",
        "François Müller",
        "Réunion des élèves à Paris",
        "José Núñez",
        "Đắk Lắk, Krông Bông",
        "công\u00adtác",
        "",
    ],
)
def test_unicode_text_is_never_taken_for_old_text(text):
    assert legacy.recognise(text) is None


def test_one_foreign_word_is_let_be_in_forms():
    assert legacy.recognise("på")
    assert legacy.suspect("på") is None
    assert legacy.suspect("Chuyªn")
