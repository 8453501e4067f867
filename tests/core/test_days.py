"""How far off a day is, in words: by the midnights of Hà Nội, whatever the hour and whatever the server's zone."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core import i18n

moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
days = st.integers(-4000, 4000)


@pytest.fixture(scope="module", autouse=True)
def _context(app):
    with app.test_request_context():
        yield


@given(moments, days)
def test_a_day_is_as_far_off_at_each_hour_of_today(at, far):
    today = at.astimezone(i18n.ZONE).date()
    assert i18n.days_until(today + timedelta(days=far), at) == far
    for hour in (time(0, 0), time(23, 59, 59)):
        assert i18n.days_until(datetime.combine(today + timedelta(days=far), hour, i18n.ZONE), at) == far


@given(moments, days)
def test_the_words_say_the_number_and_on_which_side_of_today(at, far):
    words = i18n.due(at.astimezone(i18n.ZONE).date() + timedelta(days=far), at)
    if far in (0, 1):
        assert words == ("hôm nay", "ngày mai")[far]
    else:
        assert words == (f"còn {far} ngày" if far > 0 else f"quá hạn {-far} ngày")


@given(moments, st.integers(0, 4000))
def test_what_waits_says_for_how_long(at, past):
    words = i18n.waited(at - timedelta(days=past), at)
    assert words == (("từ hôm nay", "từ hôm qua")[past] if past < 2 else f"{past} ngày")


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_the_day_of_the_week_is_said_before_the_date(on):
    name, written = i18n.weekday(on).split(", ")
    assert written == i18n.day(on)
    known = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
    assert name == known[on.toordinal() % 7 - 1]


@given(moments)
def test_a_period_that_ends_at_midnight_ends_with_the_day_before(at):
    midnight = datetime.combine(at.astimezone(i18n.ZONE).date(), time(0), i18n.ZONE)
    assert i18n.last_day(midnight) == midnight.date() - timedelta(days=1)
    assert i18n.last_day(midnight + timedelta(hours=12)) == midnight.date()


@pytest.mark.parametrize(
    ("far", "words"),
    [(-3, "3 days overdue"), (-1, "1 day overdue"), (0, "today"), (1, "tomorrow"), (2, "2 days left")],
)
def test_in_english(app, far, words):
    at = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # the 24th in Hà Nội
    with app.test_request_context(), i18n.speaking("en"):
        assert i18n.due(date(2026, 11, 24) + timedelta(days=far), at) == words
        assert i18n.weekday(at) == "Tuesday, 24/11/2026"


def test_a_deadline_is_its_last_day_and_how_far_off_that_is():
    at = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
    ends = datetime(2026, 12, 9, 0, 0, tzinfo=i18n.ZONE)
    words = "Thứ Ba, 08/12/2026 (còn 7 ngày)"
    assert i18n.deadline(ends, at) == i18n.deadline(date(2026, 12, 8), at) == words


def test_nothing_is_said_of_no_day():
    assert (i18n.due(None), i18n.waited(None), i18n.weekday(None), i18n.deadline(None)) == ("", "", "", "")
