"""What figures allow to say: rules without a database."""

import statistics
from types import SimpleNamespace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lms.quality.rules import statistics as rules
from lms.quality.rules.effects import counts
from lms.surveys.rules import summarise

answers = st.lists(st.integers(1, 5), min_size=5, max_size=60)
classes = st.lists(answers, min_size=1, max_size=12)


def counted(values, points=5):
    return [values.count(point) for point in range(1, points + 1)]


def one(values, points=5):
    return rules.sums(len(values), statistics.fmean(values), counted(values, points))


def added(groups):
    whole = one(groups[0])
    for values in groups[1:]:
        whole = whole.plus(one(values))
    return whole


@given(st.integers(0, 400), st.integers(0, 400))
def test_trust_follows_share_and_count(invited, valid):
    assume(valid <= invited)
    found = rules.trust(invited, valid)
    if valid < 5:
        assert found is None
        return
    assert found.few == (valid < 30)
    share = valid / invited
    assert found.share == ("most" if share >= 0.8 else "half" if share >= 0.5 else "less")


@pytest.mark.parametrize(
    ("invited", "valid", "share", "few"),
    [
        (40, 32, "most", False),
        (41, 32, "half", False),
        (64, 32, "half", False),
        (65, 32, "less", False),
        (30, 30, "most", False),
        (29, 29, "most", True),
        (30, 31, "most", False),
    ],
)
def test_trust_at_its_bounds(invited, valid, share, few):
    assert rules.trust(invited, valid) == (share, few)


@given(st.integers(5, 300), st.integers(0, 300), st.integers(0, 100))
def test_more_forms_never_lower_the_trust(valid, missing, more):
    order = ("less", "half", "most")
    before = rules.trust(valid + missing, valid)
    after = rules.trust(valid + missing, valid + min(more, missing))
    assert order.index(after.share) >= order.index(before.share)
    assert after.few <= before.few


@given(classes)
def test_what_is_added_up_says_what_all_answers_together_say(groups):
    figures = rules.figures(added(groups))
    everybody = [value for values in groups for value in values]
    assert figures.people == len(everybody)
    assert figures.evaluations == len(groups)
    assert figures.mean == pytest.approx(statistics.fmean(everybody))
    assert figures.median == statistics.median(everybody)
    assert figures.spread == pytest.approx(statistics.pstdev(everybody))
    assert figures.low <= figures.mean <= figures.high


@given(classes, st.randoms())
def test_the_order_of_adding_does_not_matter(groups, chance):
    mixed = list(groups)
    chance.shuffle(mixed)
    one_way, other = rules.figures(added(groups)), rules.figures(added(mixed))
    assert one_way.counts == other.counts
    assert one_way.margin == pytest.approx(other.margin, abs=1e-6)


@given(classes)
def test_the_range_is_never_narrower_than_that_of_independent_answers(groups):
    everybody = [value for values in groups for value in values]
    assert rules.figures(added(groups)).margin >= summarise(counted(everybody)).margin - 1e-9


def test_classes_that_differ_widen_the_range():
    alike = rules.figures(added([[1, 5] * 10] * 6))
    apart = rules.figures(added([[1] * 20, [5] * 20] * 3))
    assert alike.mean == apart.mean == 3
    assert alike.spread == apart.spread
    assert apart.margin > 3 * alike.margin


@given(answers, answers)
def test_a_change_read_backwards_is_the_opposite(before, after):
    first, second = rules.figures(one(before)), rules.figures(one(after))
    forth, back = rules.change(first, second), rules.change(second, first)
    assert forth.difference == pytest.approx(-back.difference)
    assert forth.margin == pytest.approx(back.margin)
    assert {"up": "down", "down": "up", "unclear": "unclear"}[forth.way] == back.way


@given(answers)
def test_nothing_moves_between_a_result_and_itself(values):
    figures = rules.figures(one(values))
    assert rules.change(figures, figures).way == "unclear"


@given(answers, st.integers(1, 50))
def test_a_change_is_clear_when_it_is_larger_than_chance_and_only_then(values, times):
    first = rules.figures(one(values))
    second = rules.figures(one([min(5, value + 1) for value in values] * times))
    found = rules.change(first, second)
    assert (found.way != "unclear") == (abs(found.difference) > found.margin)


@given(answers)
def test_a_change_of_scale_is_no_change(values):
    five = rules.figures(one(values))
    nine = rules.figures(one([2 * value - 1 for value in values], points=9))
    found = rules.change(five, nine)
    assert found.difference == pytest.approx(0, abs=1e-9)
    assert found.way == "unclear"


@given(st.lists(st.none() | answers, max_size=6))
def test_a_trend_needs_two_results_and_goes_from_the_first_to_the_last(series):
    figures = [None if values is None else rules.figures(one(values)) for values in series]
    known = [figure for figure in figures if figure]
    found = rules.trend(figures)
    if len(known) < 2:
        assert found is None
    else:
        assert (found.before, found.after) == (known[0].mean, known[-1].mean)


@given(answers, answers)
def test_sections_about_one_object_are_told_as_one(first, second):
    parts = [rules.figures(one(first)), rules.figures(one(second))]
    both = rules.merged(parts)
    assert both.people == max(len(first), len(second))
    assert sum(both.counts) == len(first) + len(second)
    assert min(part.mean for part in parts) - 1e-9 <= both.mean <= max(part.mean for part in parts) + 1e-9
    assert both.margin == max(part.margin for part in parts)


@given(st.lists(st.one_of(st.none(), st.floats(1, 5)), max_size=8))
def test_extremes_are_the_ends_of_those_with_a_mean(means):
    ends = rules.extremes(list(enumerate(means)), lambda row: row[1])
    known = [mean for mean in means if mean is not None]
    if len(known) < 2:
        assert ends is None
    else:
        assert (ends.best[1], ends.worst[1]) == (max(known), min(known))


@pytest.mark.parametrize(
    ("counts", "best", "lowest"),
    [((1, 2, 3, 4, 10), 14 / 20, 3 / 20), ((0, 0, 0, 0, 8), 1, 0), ((0,) * 5, None, None)],
)
def test_shares_of_the_two_best_and_the_two_lowest_points(counts, best, lowest):
    figures = rules.Figures(1, 20, 4.0, counts, None, None, None)
    assert (figures.best_two, figures.lowest_two) == (best, lowest)


def test_effects_are_counted_by_what_the_next_evaluation_said():
    ways = ["up", "up", "down", "unclear", None]
    effects = [SimpleNamespace(change=way and SimpleNamespace(way=way)) for way in ways]
    assert counts(effects) == (4, 2, 1, 1, 1)
    assert counts([]) == (0, 0, 0, 0, 0)
