"""The order of Vietnamese names, against lists in their order and against the rule said in another way."""

import random
import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.collation import name_key, text_key

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = "\u0300\u0309\u0303\u0301\u0323"
"""Huyền, hỏi, ngã, sắc, nặng."""


def place(word):
    """A syllable by the rule: its letters in the alphabet, then its tone."""
    tone = next((1 + TONES.index(sign) for sign in unicodedata.normalize("NFD", word) if sign in TONES), 0)
    bare = "".join(sign for sign in unicodedata.normalize("NFD", word.lower()) if sign not in TONES)
    return [ALPHABET.index(letter) for letter in unicodedata.normalize("NFC", bare)], tone


def places(name):
    """A name by the rule: given name, middle names, family name."""
    words = [place(word) for word in name.split()]
    return words[-1], words[1:-1], words[:1] if len(words) > 1 else []


@st.composite
def syllables(draw):
    onset = draw(
        st.sampled_from(["", "b", "ch", "d", "đ", "g", "gi", "h", "kh", "l", "ng", "nh", "ph", "t", "tr", "v", "x"])
    )
    vowel = draw(st.sampled_from([*"aăâeêioôơuưy", "oa", "ươ", "iê", "uô", "uyê", "oe", "uy"]))
    coda = draw(st.sampled_from(["", "", "c", "m", "n", "ng", "nh", "t"]))
    tone = draw(st.sampled_from(["", *TONES]))
    at = draw(st.integers(0, len(vowel) - 1))
    syllable = onset + vowel[: at + 1] + tone + vowel[at + 1 :] + coda
    return draw(st.sampled_from([str.title, str.lower, str.upper]))(unicodedata.normalize("NFC", syllable))


names = (
    st.lists(syllables(), min_size=1, max_size=5).map(" ".join).filter(lambda name: not name.lower().startswith("y "))
)


@given(st.lists(names, min_size=2, max_size=12))
def test_names_are_in_the_order_of_the_rule(several):
    assert [places(name) for name in sorted(several, key=name_key)] == sorted(places(name) for name in several)


@given(names)
def test_the_same_name_written_otherwise_has_the_same_key(name):
    key = name_key(name)
    for other in (unicodedata.normalize("NFD", name), name.upper(), name.lower(), f"  {name.replace(' ', '  ')} "):
        assert name_key(other) == key


@given(st.text(), st.text())
def test_any_text_has_keys_that_copies_and_cursors_can_hold(one, other):
    for key in (name_key(one), text_key(one)):
        assert not re.search(r"[\t\n\r\\|]", key)
    assert (text_key(one) < text_key(other)) + (text_key(one) > text_key(other)) + (
        text_key(one) == text_key(other)
    ) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nguyễn Thị Hoà", "Nguyễn Thị Hòa"),
        ("Lê Thuỳ Linh", "Lê Thùy Linh"),
        ("H'Hen Niê", "H\u2019Hen Niê"),
        ("Ðỗ Văn Ðức", "Đỗ Văn Đức"),
        ("PGS.TS. Trần Thị Hà", "Trần Thị Hà"),
        ("ThS Trần Thị Hà", "Trần Thị Hà"),
        ("TS. BSCKII. Trần Thị Hà", "Trần Thị Hà"),
        ("Phó giáo sư Tiến sĩ Trần Thị Hà", "Trần Thị Hà"),
        ("Đ/c Trần Thị Hà", "Trần Thị Hà"),
        ("GS. H'Hen Niê", "H'Hen Niê"),
    ],
)
def test_what_makes_no_difference(one, other):
    assert name_key(one) == name_key(other)


def test_a_list_of_people_as_an_official_would_write_it():
    ordered = [
        "An", "Lê An", "Bùi Thị An", "Nguyễn Thị An", "Nguyễn Thị An (1975, Ba Đình)", "Nguyễn Thị An (1980)",
        "TS. Lê Văn An", "Lê Anh", "Phạm Ánh", "Hồ Ăn", "Vũ Ân", "Trần Ẩn", "Lê Ba", "Y Bhiu Niê", "Lê Bình",
        "Lê Dũng", "Lê Dụng", "Bùi Duy", "Lê Đa", "Đỗ Thị Đào", "Lê Đạt", "Lê Em", "Lê Êm", "H'Hen Niê", "Lê Thị Hoa",
        "Lê Thị Hòa", "Lê Thị Hoá", "K'Brơi", "Lê Ơn", "Lê Phúc", "Lê Uyên", "Lê Ưu", "Lê Yến",
    ]  # fmt: skip
    assert sorted(random.Random(7).sample(ordered, len(ordered)), key=name_key) == ordered


def test_d_and_d_with_a_stroke_are_two_letters():
    assert name_key("Lê Dũng") < name_key("Lê Dương") < name_key("Lê Đa") < name_key("Lê Em")


@pytest.mark.parametrize(
    "ordered",
    [
        ["Phường 2", "Phường 02 Đông", "Phường 10", "Phường An Khánh", "Phường Ba Đình", "Phường Dịch Vọng"],
        ["Phường Dịch Vọng", "Phường Dương Nội", "Phường Đại Mỗ", "Phường Định Công"],
        ["Lớp 2", "Lớp 2A", "Lớp 2B", "Lớp 10", "Lớp 10A2", "Lớp 10A10", f"Lớp {10**30}", f"Lớp {2 * 10**30}"],
        ["A1.2-2026-9", "A1.2-2026-10", "A1.10-2026-01", "A2.1-2026-01"],
        ["Sở Công Thương", "Sở Du lịch", "Sở Giáo dục và Đào tạo", "Sở Nội vụ", "Sở Nông nghiệp và Môi trường"],
        ["UBND phường Ô Chợ Dừa", "UBND quận Ba Đình", "UBND xã Ô Diên"],
    ],
)
def test_titles_of_units_and_classes(ordered):
    keys = [text_key(title) for title in ordered]
    assert all(before < after for before, after in pairwise(keys))
