"""Whatever a unit commits, the mapping gives valid statements or a ValueError that names the element."""

import math
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lms.packages.scorm.cmi import MAX_ENTRIES, MAX_TEXT
from lms.packages.scorm.mapping import outcome, statements
from lms.packages.scorm.spans import iso, seconds
from lms.records.values import duration
from tests.standards.scorm.test_mapping import EDITIONS, PLAIN, told, v12, v2004, with_properties

_WORDS = (
    *("completed", "incomplete", "passed", "failed", "browsed", "not attempted", "unknown", "suspend", "normal"),
    *("resume", "ab-initio", "no-credit", "choice", "matching", "true-false", "correct", "wrong", "neutral", "a,b"),
    *(
        "1.a,2.b",
        "{a}",
        "[,]",
        "{lang=vi}x",
        "0",
        "0.5",
        "1",
        "-1",
        "85",
        "NaN",
        "Infinity",
        "1e999",
        "9" * 30,
        "-",
        ".",
    ),
    *("PT1H", "PT0.001S", "00:00:01", "9999999999:00:00", "\x00", "\ud800", "e\u0301", ""),
)
_SCALARS = st.one_of(
    st.sampled_from(_WORDS),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.just(10**400),
)
_NAMES = (
    *("lesson_status", "completion_status", "success_status", "entry", "exit", "credit", "total_time", "session_time"),
    *("raw", "min", "max", "scaled", "progress_measure", "completion_threshold", "scaled_passing_score", "location"),
    *("id", "type", "student_response", "learner_response", "result", "latency", "time", "timestamp", "pattern"),
    *("description", "status", "mastery_score", "score", "core", "student_data", "interactions", "objectives", "cmi"),
    *("correct_responses", "0", "1", "2", "10", "-1", "٣", "_count", "lesson_location"),
)
_ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=6),
    max_leaves=30,
)


def _group(*names: str, **groups: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({}, optional={name: st.sampled_from(_WORDS) for name in names} | groups)


def _some(entry: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(entry, max_size=3) | st.dictionaries(st.sampled_from(("0", "1", "7")), entry, max_size=3)


_SCORE = _group("raw", "min", "max", "scaled")
_PATTERNS = _some(_group("pattern"))
_ANSWERS = _some(
    _group(
        *("id", "type", "student_response", "learner_response", "result", "latency", "time", "timestamp"),
        *("description",),
        correct_responses=_PATTERNS,
    )
)
_OBJECTIVES = _some(_group("id", "status", "success_status", "completion_status", "description", score=_SCORE))
_CORE = _group(
    "lesson_status", "entry", "exit", "credit", "total_time", "session_time", "lesson_location", score=_SCORE
)
_PLAUSIBLE = st.one_of(
    _group(core=_CORE, interactions=_ANSWERS, objectives=_OBJECTIVES, student_data=_group("mastery_score")),
    _group(
        *("completion_status", "success_status", "entry", "exit", "credit", "total_time", "session_time", "location"),
        *("progress_measure", "completion_threshold", "scaled_passing_score"),
        score=_SCORE,
        interactions=_ANSWERS,
        objectives=_OBJECTIVES,
    ),
)
_UNITS = st.sampled_from((PLAIN, with_properties(masteryScore=80.0, scaledPassingScore=0.8, completionThreshold=0.75)))


@settings(deadline=None)
@given(st.none() | _PLAUSIBLE, _PLAUSIBLE, st.sampled_from(EDITIONS), _UNITS)
def test_plausible_data_make_valid_statements(before, after, edition, unit):
    earlier = None if before is None else {"cmi": before}
    found = told(earlier, {"cmi": after}, edition=edition, unit=unit)
    result = outcome({"cmi": after}, edition, unit)
    assert result.scaled is None or -1 <= result.scaled <= 1
    assert result.progress is None or 0 <= result.progress <= 100
    assert 0 <= result.seconds <= 10**9
    assert len([verb for verb, _ in found if verb in {"suspended", "terminated"}]) <= 1
    assert told(None, {"cmi": after}, edition=edition, unit=unit)[0][0] in {"initialized", "resumed"}


@settings(deadline=None)
@given(_ANYTHING, _ANYTHING, st.sampled_from(EDITIONS))
@example({"cmi": {"core": []}}, {"cmi": {"core": 1}}, "1.2")
@example(None, {"cmi": {"interactions": {"0": {"id": True}}}}, "2004 4th")
@example(None, [], "2004 4th")
@example(None, None, "1.2")
def test_anything_else_is_a_value_error(before, after, edition):
    try:
        told(before, after, edition=edition)
        outcome(after, edition, PLAIN)
    except ValueError as error:
        assert str(error)


def test_the_message_names_the_element():
    for cmi, name in (
        (v12(interactions="x"), "interactions"),
        (v12(interactions={"3": "x"}), "interactions.3"),
        (v12(score=[1]), "score"),
        (v12(status={"a": 1}), "lesson_status"),
        (v12("x" * (MAX_TEXT + 1)), "lesson_status"),
        (v12(exit=True), "exit"),
    ):
        with pytest.raises(ValueError, match=name):
            outcome(cmi, "1.2", PLAIN)


@pytest.mark.parametrize(
    "number", [10**5000, -(10**5000), math.inf, math.nan, 1e300], ids=["huge", "tiny", "infinite", "none", "large"]
)
def test_numbers_beyond_all_measure_count_as_not_set(number):
    found = outcome(v12("completed", number), "1.2", with_properties(masteryScore=80.0))
    assert (found.completed, found.passed, found.scaled) == (True, None, None)


def test_collections_are_bounded():
    entry = {"id": "q", "learner_response": "a"}
    after = v2004(interactions={str(place): entry for place in range(MAX_ENTRIES)})
    assert len(statements(None, after, edition="2004 4th", unit=PLAIN, mode="Normal")) == MAX_ENTRIES + 1
    with pytest.raises(ValueError, match="interactions"):
        outcome(v2004(interactions=[entry] * (MAX_ENTRIES + 1)), "2004 4th", PLAIN)


def test_deep_nesting_is_never_followed():
    deep: Any = {}
    for _ in range(100_000):
        deep = {"cmi": deep, "score": deep}
    assert outcome({"cmi": {"comments": deep}}, "2004 4th", PLAIN).completed is None


@given(st.floats(0, 1e9))
def test_durations_are_valid_and_survive(span):
    written = iso(span)
    duration(written)
    back = seconds(written)
    assert back is not None
    assert math.isclose(back, span, abs_tol=0.0051)
