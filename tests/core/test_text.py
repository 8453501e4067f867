import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from lms.core.text import fold, nfc, one_line


def test_search_finds_vietnamese_without_accents():
    assert fold("Đô thị thông minh") == "do thi thong minh"
    assert fold("ĐƯỜNG Hoàng Quốc Việt") == "duong hoang quoc viet"


@given(st.text())
def test_folding_is_the_same_for_composed_and_decomposed_text(value):
    assert fold(unicodedata.normalize("NFC", value)) == fold(unicodedata.normalize("NFD", value))


@given(st.text())
def test_cleaning_twice_changes_nothing(value):
    assert nfc(nfc(value)) == nfc(value)
    assert one_line(one_line(value)) == one_line(value)
    assert "\x00" not in nfc(value)
