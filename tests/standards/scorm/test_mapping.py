"""From run-time data to statements and outcomes (xAPI SCORM Profile, 5 and 6; SCORM 1.2 RTE, 3.4; 2004 RTE, 4.2)."""

import json
import shutil
import subprocess
import sys
from typing import Any

import pytest

from lms.packages.scorm.mapping import Outcome, Part, outcome, statements
from lms.packages.scorm.spans import LONGEST, iso, seconds
from lms.packages.structure import Unit
from lms.records.statement_rules import check
from tests.standards.scorm.test_manifest_sequencing import LIBRARY, ROOT

PLAIN = Unit("sco", "ITEM", {"vi": "Bài 1"}, "index.html")
IRI = "https://khue.example/xapi/activities/unit/1"
EDITIONS = ("1.2", "2004 2nd", "2004 3rd", "2004 4th")


def with_properties(**properties: Any) -> Unit:
    return Unit("sco", "ITEM", {"vi": "Bài 1"}, "index.html", properties=properties)


def complete(part: Part) -> dict[str, Any]:
    """Return a part as a caller would send it."""
    target = part.get("object", {})
    about = {key: value for key, value in target.items() if key != "suffix"}
    return {
        "actor": {"mbox": "mailto:an@khue.example"},
        "verb": {"id": part["verb"], "display": part["display"]},
        "object": {"id": IRI + target.get("suffix", "")} | about,
        **({"result": part["result"]} if "result" in part else {}),
    }


def told(
    before: Any, after: Any, *, edition: str = "2004 4th", unit: Unit = PLAIN, mode: str = "Normal"
) -> list[tuple[str, Any]]:
    """Return the verbs, with their results; each part must make a valid statement."""
    parts = statements(before, after, edition=edition, unit=unit, mode=mode)
    for part in parts:
        json.dumps(part, allow_nan=False)
        for version in ("1.0.3", "2.0.0"):
            check(complete(part), version)
    return [(part["verb"].rpartition("/")[2], part.get("result")) for part in parts]


def verbs(*given: Any, **named: Any) -> list[str]:
    return [verb for verb, _result in told(*given, **named)]


def v12(status: str = "", raw: str = "", **more: Any) -> dict[str, Any]:
    core = {"lesson_status": status, "score": {"raw": raw, "min": "", "max": "100"}, "entry": "", "exit": ""}
    rest = {key: more.pop(key) for key in ("interactions", "objectives", "student_data") if key in more}
    return {"cmi": {"core": core | more, **rest}}


def v2004(completion: str = "unknown", success: str = "unknown", scaled: str = "", **more: Any) -> dict[str, Any]:
    return {"cmi": {"completion_status": completion, "success_status": success, "score": {"scaled": scaled}} | more}


# -- the shape that scorm-again sends ----------------------------------------------------------------------------------


def played(edition: str, values: dict[str, str], restore: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    node = shutil.which("node", path=sys.exec_prefix + "/bin") or shutil.which("node")
    assert node is not None
    given = {"edition": edition, "restore": restore, "values": list(values.items())}
    done = subprocess.run(
        [node, str(ROOT / "tests/data/scorm/commits.mjs"), str(LIBRARY.parent)],
        input=json.dumps(given).encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    commits: list[dict[str, Any]] = json.loads(done.stdout)
    return commits


ANSWER = {"cmi.interactions.0.id": "cau-1", "cmi.interactions.0.type": "choice"}
PLAYED_12 = ANSWER | {
    "cmi.core.lesson_status": "passed",
    "cmi.core.score.raw": "85",
    "cmi.core.session_time": "0000:10:05.50",
    "cmi.core.lesson_location": "trang-3",
    "cmi.interactions.0.correct_responses.0.pattern": "a,b",
    "cmi.interactions.0.student_response": "a",
    "cmi.interactions.0.result": "wrong",
    "cmi.interactions.0.latency": "00:00:05",
    "cmi.objectives.0.id": "muc-tieu",
    "cmi.objectives.0.status": "passed",
}
PLAYED_2004 = ANSWER | {
    "cmi.completion_status": "completed",
    "cmi.success_status": "passed",
    "cmi.score.scaled": "0.85",
    "cmi.score.raw": "85",
    "cmi.score.min": "0",
    "cmi.score.max": "100",
    "cmi.session_time": "PT10M5.5S",
    "cmi.location": "trang-3",
    "cmi.progress_measure": "1",
    "cmi.interactions.0.correct_responses.0.pattern": "a[,]b",
    "cmi.interactions.0.learner_response": "a",
    "cmi.interactions.0.result": "incorrect",
    "cmi.interactions.0.latency": "PT5S",
    "cmi.objectives.0.id": "muc-tieu",
    "cmi.objectives.0.success_status": "passed",
}


@pytest.mark.parametrize(("edition", "values"), [("1.2", PLAYED_12), ("2004 4th", PLAYED_2004)])
def test_a_whole_session_as_scorm_again_sends_it(edition, values):
    ordinary, last = played(edition, values)
    found = told(ordinary, last, edition=edition)
    score = {"scaled": 0.85, "raw": 85.0} | ({} if edition == "1.2" else {"min": 0.0, "max": 100.0})
    result = {"success": True, "completion": True, "score": score, "duration": "PT10M5.5S"}
    assert found == [("terminated", result)]

    found = told(None, last, edition=edition)
    progress = [("progressed", {"extensions": {"https://w3id.org/xapi/cmi5/result/extensions/progress": 100}})]
    assert found == [
        ("initialized", None),
        ("responded", {"response": "a", "success": False, "duration": "PT5S"}),
        ("passed", {"success": True}),
        *(progress if edition != "1.2" else []),
        ("scored", {"score": score}),
        ("completed", {"completion": True}),
        ("passed", {"success": True, "score": score}),
        ("terminated", result),
    ]
    [answer] = [
        one for one in statements(None, last, edition=edition, unit=PLAIN, mode="Normal") if "responded" in one["verb"]
    ]
    assert answer["object"] == {
        "suffix": "/interactions/cau-1",
        "definition": {
            "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
            "name": {"und": "cau-1"},
            "interactionType": "choice",
            "correctResponsesPattern": ["a[,]b"],
        },
    }
    assert outcome(last, edition, PLAIN) == Outcome(
        completed=True,
        passed=True,
        scaled=0.85,
        progress=None if edition == "1.2" else 100,
        seconds=606,
        exit="",
        bookmark="trang-3",
    )


@pytest.mark.parametrize("edition", ["1.2", "2004 4th"])
def test_suspending_and_resuming_as_scorm_again_does_it(edition):
    core = "cmi.core" if edition == "1.2" else "cmi"
    _ordinary, first = played(edition, {f"{core}.exit": "suspend"})
    assert verbs(None, first, edition=edition)[-1] == "suspended"
    entry = {"core": {"entry": "resume"}} if edition == "1.2" else {"entry": "resume"}
    ordinary, last = played(edition, {}, restore={"cmi": entry})
    assert verbs(first, ordinary, edition=edition) == ["resumed"]
    assert verbs(ordinary, last, edition=edition) == ["terminated"]


# -- sessions and attempts ---------------------------------------------------------------------------------------------


def test_nothing_is_reported_of_browsing_and_reviewing():
    assert verbs(None, v2004("completed"), mode="Browse") == []
    assert verbs(None, v2004("completed"), mode="Review") == []


def test_the_same_commit_again_says_nothing():
    last = v2004("completed", total_time="PT1M")
    assert verbs(last, last) == []


def test_a_new_attempt_starts_from_nothing():
    last = v2004("completed", "passed", exit="normal", total_time="PT1M")
    assert verbs(last, v2004("completed", entry="ab-initio")) == ["initialized", "completed"]
    assert verbs(last, v2004("completed", entry="")) == ["initialized", "completed"]


def test_a_resumed_attempt_goes_on_from_where_it_was():
    last = v2004("completed", "unknown", exit="suspend", total_time="PT1M")
    assert verbs(last, v2004("completed", "passed", entry="resume")) == ["resumed", "passed"]
    assert verbs(last, v2004("completed", "passed", entry="")) == ["resumed", "passed"]
    assert verbs(last, v2004("completed", entry="ab-initio")) == ["initialized", "completed"]


def test_only_what_is_new_is_told():
    first = v2004("incomplete", scaled="0.2", progress_measure="0.25")
    assert verbs(None, first) == ["initialized", "progressed", "scored"]
    assert verbs(first, v2004("incomplete", scaled="0.2", progress_measure="0.25", location="9")) == []
    assert verbs(first, v2004("completed", "failed", scaled="0.3", progress_measure="0.5")) == [
        *("progressed", "scored", "completed", "failed"),
    ]


# -- outcomes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "completed", "passed"),
    [
        ("passed", True, True),
        ("completed", True, None),
        ("failed", True, False),
        ("incomplete", False, None),
        ("browsed", None, None),
        ("not attempted", None, None),
        ("", None, None),
        ("PASSED", True, True),
    ],
)
def test_lesson_status(status, completed, passed):
    found = outcome(v12(status), "1.2", PLAIN)
    assert (found.completed, found.passed) == (completed, passed)


@pytest.mark.parametrize(
    ("cmi", "completed", "passed"),
    [
        (v12("completed", "79"), True, False),
        (v12("completed", "80"), True, True),
        (v12("passed", "10"), True, False),
        (v12("failed", "90"), True, True),
        (v12("not attempted", "90", total_time="00:01:00"), True, True),
        (v12("not attempted", "90"), None, None),  # the session goes on
        (v12("incomplete", "90", total_time="00:01:00"), False, None),  # Conformance Requirements, 2.2.5
        (v12("completed", ""), True, None),
        (v12("completed", "79", credit="no-credit"), True, None),
        (v12("passed", "NaN"), True, True),
    ],
)
def test_mastery_score_of_the_manifest_decides(cmi, completed, passed):
    found = outcome(cmi, "1.2", with_properties(masteryScore=80.0))
    assert (found.completed, found.passed) == (completed, passed)


def test_mastery_score_of_the_data_counts_only_where_the_manifest_has_none():
    lowered = v12("completed", "79", student_data={"mastery_score": "10"})
    assert outcome(lowered, "1.2", with_properties(masteryScore=80.0)).passed is False
    assert outcome(lowered, "1.2", PLAIN).passed is True


@pytest.mark.parametrize(
    ("cmi", "passed"),
    [
        (v2004("completed", "passed", "0.7"), False),
        (v2004("completed", "failed", "0.8"), True),
        (v2004("incomplete", "unknown", "0.9"), True),
        (v2004("incomplete", "unknown", "0"), None),  # only begun
        (v2004("incomplete", "unknown", "0", exit="suspend", total_time="PT1S"), None),
        (v2004("incomplete", "unknown", "0", exit="", total_time="PT1S"), False),
        (v2004("completed", "passed", ""), True),
        (v2004("completed", "passed", "2"), True),
    ],
)
def test_scaled_passing_score(cmi, passed):
    assert outcome(cmi, "2004 3rd", with_properties(scaledPassingScore=0.8)).passed is passed


@pytest.mark.parametrize(
    ("said", "measure", "completed"),
    [("incomplete", "0.75", True), ("completed", "0.5", False), ("completed", "", True), ("unknown", "", None)],
)
def test_completion_threshold(said, measure, completed):
    found = outcome(v2004(said, progress_measure=measure), "2004 4th", with_properties(completionThreshold=0.75))
    assert found.completed is completed


@pytest.mark.parametrize(
    ("edition", "score", "scaled"),
    [
        ("1.2", {"raw": "85"}, 0.85),
        ("1.2", {"raw": "8", "min": "0", "max": "10"}, 0.8),
        ("1.2", {"raw": "15", "min": "10", "max": "20"}, 0.5),
        ("1.2", {"raw": "120"}, 1.0),
        ("1.2", {"raw": "5", "min": "10", "max": "10"}, None),
        ("1.2", {"raw": ""}, None),
        ("1.2", {"scaled": "0.5"}, None),
        ("2004 4th", {"scaled": "-0.5"}, -0.5),
        ("2004 4th", {"raw": "8", "min": "0", "max": "10"}, 0.8),
        ("2004 4th", {"raw": "8"}, None),
        ("2004 4th", {"scaled": "1.5", "raw": "1"}, None),
    ],
)
def test_scaled_scores(edition, score, scaled):
    cmi = {"core": {"score": score}} if edition == "1.2" else {"score": score}
    assert outcome({"cmi": cmi}, edition, PLAIN).scaled == scaled


def test_seconds_are_those_of_the_attempt_once_it_is_known():
    assert outcome(v12(session_time="00:10:00"), "1.2", PLAIN).seconds == 600
    assert outcome(v12(session_time="00:10:00", total_time="0001:00:00.4"), "1.2", PLAIN).seconds == 3600
    assert outcome(v2004(session_time="P1DT1M"), "2004 4th", PLAIN).seconds == 86_460
    assert outcome(v12(total_time="999999999:00:00"), "1.2", PLAIN).seconds == LONGEST
    assert outcome(v2004(), "2004 4th", PLAIN).seconds == 0


@pytest.mark.parametrize(
    ("span", "duration"),
    [
        ("0000:10:05.50", "PT10M5.5S"),
        ("00:00:00", "PT0S"),
        ("9999:59:59.99", "PT9999H59M59.99S"),
        ("PT1H", "PT1H"),
        ("P1D", "PT24H"),
        ("PT90.25S", "PT1M30.25S"),
        ("P1W", "PT168H"),
        ("P99999999999Y", None),
        ("PT", None),
        ("P", None),
        ("10", None),
        ("-PT1S", None),
    ],
)
def test_spans(span, duration):
    found = seconds(span)
    assert (None if found is None else iso(found)) == duration
