import statistics
from uuid import uuid4

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lms.surveys import rules
from lms.surveys.services import INSTRUMENTS

TRAINEE = yaml.safe_load((INSTRUMENTS / "trainee.yaml").read_text("utf-8"))


def test_each_lecturer_is_asked_about_per_topic():
    taught = [uuid4(), uuid4(), uuid4()]
    asked = rules.questions(TRAINEE, taught)
    about = [q for q in asked if q.section == "lecturer"]
    per_topic = len([i for s in TRAINEE["sections"] if s["key"] == "lecturer" for i in s["items"]])
    assert len(about) == 3 * per_topic
    assert {q.teaching for q in about} == {str(t) for t in taught}


def test_the_form_asks_about_all_six_objects_of_circular_10_2017():
    assert {s["key"] for s in TRAINEE["sections"]} == {
        "programme", "lecturer", "facilities", "course", "trainee", "effectiveness",
    }  # fmt: skip


def test_question_names_are_unique_and_codes_hold_no_dot():
    names = [q.name for q in rules.questions(TRAINEE, [uuid4(), uuid4()])]
    assert len(names) == len(set(names))
    assert all("." not in item["code"] for s in TRAINEE["sections"] for item in s["items"])


@given(st.integers(0, 60), st.integers(1, 60))
def test_a_form_is_valid_exactly_up_to_five_percent_blank(blank, indicators):
    valid = rules.Validity(indicators, min(blank, indicators), 5).valid
    assert valid == (min(blank, indicators) / indicators <= 0.05)


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=6), max_size=8))
def test_no_answers_of_any_shape_get_through_unchecked(answers):
    asked = rules.questions(TRAINEE, [uuid4()])
    known = {q.name: q for q in asked}
    try:
        ballot = rules.read_ballot(asked, answers, 5)
    except rules.MalformedBallotError:
        assert any(n not in known or (answers[n].strip() and known[n].kind == "scale") for n in answers)
    else:
        assert set(ballot.scores) | set(ballot.comments) <= set(known)
        assert all(1 <= value <= 5 for value in ballot.scores.values())


@pytest.mark.parametrize("value", ["0", "6", "-1", "1.5", "٣", "five", "1 ", "11", "９"])
def test_points_off_the_scale_are_refused(value):
    asked = rules.questions(TRAINEE, [])
    with pytest.raises(rules.MalformedBallotError):
        rules.read_ballot(asked, {"prog-fit": value}, 5)


def test_an_overlong_comment_is_refused():
    asked = rules.questions(TRAINEE, [])
    with pytest.raises(rules.MalformedBallotError):
        rules.read_ballot(asked, {"eff-comment": "x" * (rules.MAX_COMMENT + 1)}, 5)


@given(st.lists(st.integers(0, 40), min_size=5, max_size=5))
def test_a_summary_agrees_with_its_distribution(counts):
    summary = rules.summarise(counts)
    values = [point for point, count in enumerate(counts, 1) for _ in range(count)]
    if not values:
        assert summary is None
        return
    assert summary is not None
    assert summary.count == len(values)
    assert abs(summary.mean - sum(values) / len(values)) < 1e-9
    assert summary.median == statistics.median(values)
    assert abs(summary.spread - statistics.pstdev(values)) < 1e-9


@given(st.integers(0, 100))
def test_results_appear_from_five_forms_on(count):
    assert rules.publishable(count) == (count >= 5)
