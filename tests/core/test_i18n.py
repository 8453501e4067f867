import ast
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from lms.core import i18n


@pytest.mark.parametrize(
    ("value", "pattern", "vi", "en"),
    [
        (6999, "#,##0.##", "6.999", "6,999"),
        (8.25, "#,##0.##", "8,25", "8.25"),
        (8.5, "#,##0.##", "8,5", "8.5"),
        (8.0, "#,##0.##", "8", "8"),
        (4, "0.00", "4", "4"),
        (4.0, "0.00", "4,00", "4.00"),
        (1234567.891, "#,##0", "1.234.568", "1,234,568"),
        (None, "0.00", "–", "–"),
    ],
)
def test_numbers_are_written_in_the_local_form(app, value, pattern, vi, en):
    for language, wanted in (("vi", vi), ("en", en)):
        with app.test_request_context(headers={"Cookie": f"lang={language}"}):
            assert i18n.number(value, pattern) == wanted


def test_money_shares_and_times(app):
    with app.test_request_context():
        assert i18n.dong(272_316_000_000) == "272.316.000.000 đồng"
        assert i18n.percent(0.875) == "88%"
        assert i18n.percent(0.0512, 2) == "5,12%"
        evening = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
        assert i18n.moment(evening) == "01:30 24/11/2026"
        assert i18n.day(evening) == "24/11/2026"
        assert i18n.clock(evening) == "01:30"
        assert i18n.day(date(2022, 5, 19)) == "19/05/2022"
        assert i18n.day(None) == i18n.clock(None) == i18n.moment(None) == ""


@pytest.mark.parametrize(
    ("octets", "vi", "en"),
    [
        (0, "0 kB", "0 kB"),
        (1, "1 kB", "1 kB"),
        (1536, "2 kB", "2 kB"),
        (1024**2 - 1, "1.024 kB", "1,024 kB"),
        (1024**2, "1 MB", "1 MB"),
        (3_565_158, "3,4 MB", "3.4 MB"),
        (1024**3, "1 GB", "1 GB"),
        (1_288_490_189, "1,2 GB", "1.2 GB"),
    ],
)
def test_sizes_are_written_for_people(app, octets, vi, en):
    for language, wanted in (("vi", vi), ("en", en)):
        with app.test_request_context(headers={"Cookie": f"lang={language}"}):
            assert i18n.size(octets) == wanted


LMS = Path(i18n.__file__).parents[1]


def test_every_message_in_code_is_in_a_catalogue():
    """The extraction passes over some messages within f-strings; those would be read in English."""
    catalogues = [read_po(BytesIO(path.read_bytes())) for path in LMS.glob("*/translations/vi/LC_MESSAGES/messages.po")]
    known = {id_ for one in catalogues for m in one for id_ in (m.id if isinstance(m.id, tuple) else [m.id])}
    missing = [
        f"{path.relative_to(LMS)}:{call.lineno}"
        for path in LMS.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("_", "_l", "ngettext")
        if call.args and isinstance(call.args[0], ast.Constant) and call.args[0].value not in known
    ]
    assert missing == []
