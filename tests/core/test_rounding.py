"""Parts of a whole, rounded so that they add up."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from lms.core.i18n import number, percent
from lms.core.rounding import parts_of_whole, weighted

COUNTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=12)


@given(COUNTS, st.integers(0, 2))
def test_parts_add_up_to_the_whole_and_none_is_a_step_away(counts, digits):
    step, parts = 10 ** -(digits + 2), parts_of_whole(counts, digits)
    assert round(sum(parts), 9) == (1 if sum(counts) else 0)
    for count, part in zip(counts, parts, strict=True):
        assert abs(part - count / (sum(counts) or 1)) < step
        assert count or not part


@given(COUNTS)
def test_who_has_more_is_not_shown_less(counts):
    parts = parts_of_whole(counts)
    ranked = sorted(range(len(counts)), key=lambda n: (counts[n], parts[n]))
    assert [parts[n] for n in ranked] == sorted(parts)


def test_nothing_below_zero_is_written_that_is_shown_as_zero(app):
    with app.test_request_context():
        written = [
            number(-0.001, "0.00"),
            number(-0.001),
            percent(-0.001),
            number(-0.001, "+0.00"),
            number(-0.5, "#,##0"),
        ]
    assert written == ["0,00", "0", "0%", "+0,00", "0"]


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 100)), min_size=1, max_size=12),
)
def test_a_weighted_mean_is_the_nearest_step_and_between_its_values(pairs):
    values, weights = [value / 4 for value, _weight in pairs], [weight for _value, weight in pairs]
    mean = weighted(values, weights, 0.25)
    exact = Fraction(sum(Fraction(value) * weight for value, weight in zip(values, weights, strict=True)), sum(weights))
    assert abs(Fraction(mean) - exact) <= Fraction(1, 8)
    assert min(values) <= mean <= max(values) and (mean * 4).is_integer()


def test_half_a_step_goes_up():
    assert weighted([8, 8.25], [50, 50], 0.25) == 8.25
