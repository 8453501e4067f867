"""Answers: what they may be, when they are right, in which order options are shown."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment import rules

KEYS = ["a", "b", "c", "d"]
OPTIONS = [{"key": key, "text": key} for key in KEYS]
BODIES = {
    "single": {"options": OPTIONS, "right": "b"},
    "multiple": {"options": OPTIONS, "right": ["a", "c"]},
    "true_false": {"right": False},
    "numeric": {"right": "12.5", "tolerance": "0.5", "unit": "%"},
    "ordering": {"items": OPTIONS, "right": KEYS},
    "matching": {
        "left": OPTIONS[:3],
        "right_side": [{"key": "1", "text": "x"}, {"key": "2", "text": "y"}],
        "right": {"a": "1", "b": "2", "c": "1"},
    },
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([*KEYS, "1", "2"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text() | st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.parametrize("kind", BODIES)
@given(response=ANYTHING)
def test_a_response_is_read_or_refused_and_then_stays_the_same(kind, response):
    try:
        read = rules.read_response(kind, BODIES[kind], response)
    except rules.MalformedResponseError:
        return
    assert rules.read_response(kind, BODIES[kind], read) == read
    assert rules.is_right(kind, BODIES[kind], read) in (True, False)


@pytest.mark.parametrize("kind", BODIES)
def test_the_right_answer_is_right_and_nothing_is_not(kind):
    right = BODIES[kind]["right"]
    assert rules.is_right(kind, BODIES[kind], rules.read_response(kind, BODIES[kind], right))
    assert not rules.is_right(kind, BODIES[kind], None)


@pytest.mark.parametrize(
    ("kind", "response"),
    [
        ("single", "z"), ("single", ["a"]), ("single", 1),
        ("multiple", ["a", "a"]), ("multiple", "a"), ("multiple", ["z"]), ("multiple", KEYS * 2),
        ("true_false", "true"), ("true_false", 1),
        ("numeric", "many"), ("numeric", 12.5), ("numeric", "1" * 61), ("numeric", "1e999"), ("numeric", "NaN"),
        ("ordering", ["a"]), ("ordering", ["a", "a", "b", "c"]), ("ordering", ["a", "b", "c", "z"]),
        ("matching", {"a": "9"}), ("matching", {"z": "1"}), ("matching", ["a"]), ("matching", {"a": None}),
    ],
)  # fmt: skip
def test_what_the_question_cannot_have_is_refused(kind, response):
    with pytest.raises(rules.MalformedResponseError):
        rules.read_response(kind, BODIES[kind], response)


@pytest.mark.parametrize(
    ("kind", "response"),
    [
        ("single", "a"), ("multiple", ["a"]), ("multiple", ["a", "b", "c"]), ("true_false", True), ("numeric", "13.1"),
        ("ordering", ["b", "a", "c", "d"]), ("ordering", ["a", "b", "c", None]), ("matching", {"a": "1", "b": "2"}),
    ],
)  # fmt: skip
def test_half_right_is_not_right(kind, response):
    assert not rules.is_right(kind, BODIES[kind], rules.read_response(kind, BODIES[kind], response))


@pytest.mark.parametrize("typed", ["12,5", "12.5", " 12,5 ", "12", "13", "+12,50", "012,5"])
def test_a_number_is_right_with_comma_or_point_within_the_tolerance(typed):
    assert rules.is_right("numeric", BODIES["numeric"], rules.read_response("numeric", BODIES["numeric"], typed))


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("3216", {"3216"}), ("3.216", {"3.216", "3216"}), ("3,216", {"3.216", "3216"}), ("3 216", {"3216"}),
        ("3.216,5", {"3216.5"}), ("3,216.5", {"3216.5"}), ("1.234.567", {"1234567"}), ("0.125", {"0.125"}),
        ("1.2.3", set()), ("1.234.56", set()), ("", set()), ("-5", {"-5"}), ("5%", set()),
    ],
)  # fmt: skip
def test_numbers_are_read_as_vietnamese_and_english_write_them(typed, values):
    assert rules.readings(typed) == {Decimal(value) for value in values}


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False))
def test_every_number_is_read_in_both_notations(value):
    plain = format(value, "f")
    assert value in rules.readings(plain)
    assert value in rules.readings(plain.replace(".", ","))
    assert value in rules.readings(f"{value:,.4f}")


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_none(text):
    assert len(rules.readings(text)) <= 2


@given(st.integers(0, 2**31 - 1), st.uuids(), st.lists(st.sampled_from("abcdefgh"), min_size=3, unique=True))
def test_the_order_of_an_attempt_is_the_same_everywhere_and_never_the_answer(seed, question, keys):
    order = rules.shuffled(seed, question, keys)
    assert sorted(order) == sorted(keys)
    assert order == rules.shuffled(seed, question, list(reversed(keys)))
    assert rules.shuffled(seed, question, keys, right=keys) != keys


def test_attempts_differ_in_their_order():
    question = UUID(int=7)
    assert len({tuple(rules.shuffled(seed, question, KEYS)) for seed in range(50)}) > 5


@given(st.integers(0, 100), st.integers(1, 100), st.integers(1, 100))
def test_passing_is_reaching_the_share(score, total, percent):
    assert rules.has_passed(score, total, percent) == (score / total >= percent / 100 - 1e-12)


@pytest.mark.parametrize("score", [0, 0.25, 5, 9.75, 10])
def test_marks_in_quarter_points_are_taken(score):
    assert rules.mark_fault(score, 10) is None


@pytest.mark.parametrize("score", [-0.25, 10.25, 7.1, float("nan"), float("inf")])
def test_other_marks_are_refused(score):
    assert rules.mark_fault(score, 10) is not None


def test_two_questions_of_one_attempt_are_shuffled_apart():
    orders = {tuple(rules.shuffled(1, uuid4(), KEYS)) for _ in range(50)}
    assert len(orders) > 5
