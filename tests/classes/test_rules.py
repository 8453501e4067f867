from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.classes import rules
from lms.classes.models import ATTENDANCE

days = st.dates(date(2022, 1, 1), date(2030, 12, 31))
periods = st.tuples(days, st.integers(0, 90)).map(lambda p: rules.Period(p[0], p[0] + timedelta(days=p[1])))


@given(periods, periods)
def test_two_periods_overlap_exactly_when_they_share_a_day(one, other):
    def all_days(p):
        return {p.starts_on + timedelta(days=n) for n in range((p.ends_on - p.starts_on).days + 1)}

    assert rules.overlap(one, other) == bool(all_days(one) & all_days(other)) == rules.overlap(other, one)


@given(periods, st.lists(periods, max_size=6))
def test_a_clash_names_a_class_that_really_bars(wanted, held):
    barring = rules.clash(wanted, held)
    if barring is None:
        assert not any(rules.overlap(wanted, period) for period in held)
    else:
        assert barring in held
        assert rules.overlap(wanted, barring)


@given(st.integers(0, 500), st.integers(0, 500))
def test_places_never_fall_below_zero(capacity, taken):
    assert rules.places_left(capacity, taken) == max(0, capacity - taken)


@pytest.mark.parametrize(
    ("minutes", "open_"), [(-31, False), (-30, True), (-29, True), (0, True), (60, True), (60 * 24 * 365, True)]
)
def test_attendance_opens_half_an_hour_before_and_never_closes(minutes, open_):
    starts = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert rules.attendance_open(starts, starts + timedelta(minutes=minutes)) is open_
    assert rules.attendance_open(starts, starts + timedelta(minutes=minutes, microseconds=-1)) is (minutes > -30)


@pytest.mark.parametrize(("mark", "attended"), [("present", 1), ("late", 1), ("excused", 0), ("absent", 0)])
def test_who_came_late_was_there_and_who_was_excused_was_not(mark, attended):
    assert mark in ATTENDANCE
    assert (mark in rules.ATTENDED) == bool(attended)


@pytest.mark.parametrize("text", ["", " \n\t ", ",;,;", "\r\n"])
def test_an_empty_list_holds_no_code(text):
    assert rules.read_codes(text) == []


@pytest.mark.parametrize(
    ("start", "end", "shares"),
    [("11-01", "11-01", False), ("11-01", "11-02", True), ("12-18", "12-20", True), ("12-19", "12-20", False),
     ("11-10", "11-11", True), ("10-01", "12-31", True)],
)  # fmt: skip
def test_one_shared_day_is_enough_for_two_classes_to_overlap(start, end, shares):
    held = rules.Period(date(2026, 11, 2), date(2026, 12, 18), "Lớp 1")
    wanted = rules.Period(date.fromisoformat(f"2026-{start}"), date.fromisoformat(f"2026-{end}"))
    assert rules.overlap(wanted, held) is rules.overlap(held, wanted) is shares
    assert rules.clash(wanted, [held]) == (held if shares else None)
    assert rules.clash(wanted, []) is None


@given(
    st.lists(st.from_regex(r"\A[A-Z]{2}[0-9]{3,6}\Z"), max_size=20), st.sampled_from(["\n", ",", ";", "\t", " ;\r\n"])
)
def test_a_pasted_list_gives_each_code_once_in_order(codes, separator):
    assert rules.read_codes(separator.join(code.lower() for code in codes)) == list(dict.fromkeys(codes))
