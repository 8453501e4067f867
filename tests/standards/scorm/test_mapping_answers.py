"""Interactions and objectives in xAPI (SCORM 1.2 RTE, 3.4.2.7; 2004 RTE, 4.2.9; xAPI 1.0.3, Data, Appendix C)."""

from typing import Any

import pytest

from lms.packages.scorm.mapping import statements
from tests.standards.scorm.test_mapping import PLAIN, told, v12, v2004, verbs


@pytest.mark.parametrize(
    ("kind", "said", "response"),
    [
        ("true-false", "t", "true"),
        ("true-false", "0", "false"),
        ("choice", "a,c", "a[,]c"),
        ("choice", "{a,c}", "a[,]c"),
        ("choice", "a[,]c", "a[,]c"),
        ("sequencing", "c,a,b", "c[,]a[,]b"),
        ("matching", "1.a,2.b", "1[.]a[,]2[.]b"),
        ("matching", "{1.a, 2.b}", "1[.]a[,]2[.]b"),
        ("fill-in", "Hà Nội, Việt Nam", "Hà Nội, Việt Nam"),
        ("numeric", "3.14", "3.14"),
        ("likert", "4", "4"),
        ("performance", "buoc 1", "buoc 1"),
        ("essay", "tự do", "tự do"),
    ],
)
def test_responses_of_scorm_12(kind, said, response):
    entry = {"id": "q", "type": kind, "student_response": said, "correct_responses": {"0": {"pattern": said}}}
    after = v12(interactions={"0": entry})
    assert told(None, after, edition="1.2")[1] == ("responded", {"response": response})
    definition = statements(None, after, edition="1.2", unit=PLAIN, mode="Normal")[1]["object"]["definition"]
    assert definition["interactionType"] == ("other" if kind == "essay" else kind)
    assert definition["correctResponsesPattern"] == [response]


def test_responses_of_scorm_2004_stay_as_they_are():
    said = "{order_matters=false}1[.]a[,]2[.]b.c"
    entry = {"id": "q", "type": "matching", "learner_response": said, "result": "0.5"}
    assert told(None, v2004(interactions={"0": entry}))[1] == ("responded", {"response": said})


@pytest.mark.parametrize(
    ("result", "success"), [("correct", True), ("wrong", False), ("incorrect", False), ("neutral", None), ("0.5", None)]
)
def test_results(result, success):
    entry = {"id": "q", "type": "choice", "student_response": "a", "result": result}
    [_begin, (_verb, found)] = told(None, v12(interactions=[entry]), edition="1.2")
    assert found.get("success") is success


def test_each_new_or_changed_answer_is_told():
    asked = {"id": "q1", "type": "choice"}
    one, two = asked | {"learner_response": "a"}, asked | {"id": "q2", "learner_response": "b"}
    first = v2004(interactions={"0": one, "1": asked | {"id": "q2"}})
    assert verbs(None, first) == ["initialized", "responded"]  # the second is not answered yet
    second = v2004(interactions={"0": one, "1": two})
    assert verbs(first, second) == ["responded"]
    assert verbs(second, v2004(interactions={"0": one | {"learner_response": "c"}, "1": two})) == ["responded"]
    assert verbs(second, v2004(interactions={"0": one, "1": two, "10": one, "2": one})) == ["responded", "responded"]


def test_answers_are_told_in_their_order():
    entries = {place: {"id": f"q{place}", "type": "other", "learner_response": "x"} for place in ("10", "2", "0")}
    parts = statements(None, v2004(interactions=entries), edition="2004 4th", unit=PLAIN, mode="Normal")[1:]
    assert [part["object"]["suffix"] for part in parts] == [f"/interactions/q{place}" for place in (0, 2, 10)]


def test_ids_become_parts_of_an_iri():
    entries = {
        "0": {"id": "câu hỏi/1?", "type": "other", "learner_response": "x"},
        "1": {"type": "other", "learner_response": "x"},
        "2": {"id": "x" * 4000, "type": "other", "learner_response": "x"},
        "3": {"id": "x" * 3999, "type": "other", "learner_response": "x"},
    }
    parts = statements(None, v2004(interactions=entries), edition="2004 4th", unit=PLAIN, mode="Normal")[1:]
    suffixes = [part["object"]["suffix"] for part in parts]
    assert suffixes[:2] == ["/interactions/c%C3%A2u%20h%E1%BB%8Fi%2F1%3F", "/interactions/1"]
    assert suffixes[2] != suffixes[3]
    assert max(map(len, suffixes)) < 250


def test_descriptions_in_a_language():
    entry = {"id": "q", "type": "other", "learner_response": "x"}
    for said, description in (
        ("{lang=vi}Câu 1", {"vi": "Câu 1"}),
        ("{lang=}Câu 1", {"und": "{lang=}Câu 1"}),
        ("Câu {1}", {"und": "Câu {1}"}),
    ):
        after = v2004(interactions={"0": entry | {"description": said}})
        [_begin, part] = statements(None, after, edition="2004 4th", unit=PLAIN, mode="Normal")
        assert part["object"]["definition"]["description"] == description


def test_objectives():
    def with_objective(**values: Any) -> dict[str, Any]:
        return v2004(objectives={"0": {"id": "muc-tieu"} | values})

    empty, done = with_objective(), with_objective(success_status="failed", completion_status="completed")
    assert verbs(None, empty) == ["initialized"]
    assert verbs(empty, done) == ["completed", "failed"]
    scored = with_objective(success_status="passed", completion_status="completed", score={"scaled": "1"})
    assert told(done, scored) == [
        ("scored", {"score": {"scaled": 1.0}}),
        ("passed", {"success": True, "score": {"scaled": 1.0}}),
    ]
    [part, _more] = statements(done, scored, edition="2004 4th", unit=PLAIN, mode="Normal")
    assert part["object"]["suffix"] == "/objectives/muc-tieu"
    assert part["object"]["definition"]["type"] == "http://adlnet.gov/expapi/activities/objective"


def test_objectives_of_scorm_12():
    before = v12(objectives={"0": {"id": "a", "status": "incomplete", "score": {"raw": ""}}})
    after = v12(objectives={"0": {"id": "a", "status": "passed", "score": {"raw": "40", "max": "80"}}})
    assert told(before, after, edition="1.2") == [
        ("scored", {"score": {"scaled": 0.5, "raw": 40.0}}),
        ("passed", {"success": True, "score": {"scaled": 0.5, "raw": 40.0}}),
    ]


def test_bounds_that_a_score_does_not_keep_are_left_out():
    after = v2004(score={"scaled": "0.5", "raw": "11", "min": "0", "max": "10"})
    assert told(None, after)[1] == ("scored", {"score": {"scaled": 0.5, "raw": 11.0}})
