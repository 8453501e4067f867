from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.classes import rules

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


def test_a_meeting_may_begin_when_another_ends():
    start = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    hour = timedelta(hours=1)
    assert not rules.times_overlap(start, start + hour, start + hour, start + 2 * hour)
    assert rules.times_overlap(start, start + hour, start + hour / 2, start + 2 * hour)


@given(
    st.lists(st.from_regex(r"\A[A-Z]{2}[0-9]{3,6}\Z"), max_size=20), st.sampled_from(["\n", ",", ";", "\t", " ;\r\n"])
)
def test_a_pasted_list_gives_each_code_once_in_order(codes, separator):
    assert rules.read_codes(separator.join(code.lower() for code in codes)) == list(dict.fromkeys(codes))
