"""The procedures of sequencing (SCORM 2004 4th Edition SN, Appendix C), each by what it does to a small course.

The course is walked in the library that the player runs, with settings as our reader of manifests writes them.
`docs/scorm-sequencing.md` names these tests, procedure by procedure.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest

from lms.packages.scorm.rules import of_untracked
from tests.standards.scorm.test_manifest_sequencing import LIBRARY, ROOT

DONE = {"cmi.completion_status": "completed", "cmi.success_status": "passed"}
FAILED = {"cmi.completion_status": "completed", "cmi.success_status": "failed"}
HALF = {"cmi.completion_status": "incomplete"}
START, ON, BACK, OUT = ["ask", "start"], "continue", "previous", "exitAll"
TABLE = ROOT / "docs" / "scorm-sequencing.md"


def leaf(name, **more):
    return {"id": name, "title": name, "sequencingControls": {"choice": True, "flow": False}, **more}


def block(name, *children, flow=True, choice=True, controls=None, **more):
    modes = {"choice": choice, "flow": flow} | (controls or {})
    return {"id": name, "title": name, "sequencingControls": modes, "children": list(children), **more}


def rule(kind, action, condition, **more):
    conditions = [{"condition": condition, **more}]
    return {"sequencingRules": {f"{kind}ConditionRules": [{"action": action, "conditions": conditions}]}}


def rolled(action, consideration, condition, **more):
    return {
        "rollupRules": {
            "rules": [
                {"action": action, "consideration": consideration, "conditions": [{"condition": condition}], **more}
            ]
        }
    }


def walk(tree, *steps):
    script = Path(__file__).parents[2] / "data" / "scorm" / "procedures.mjs"
    told = json.dumps({"tree": tree, "steps": steps})
    made = subprocess.run(["node", script, LIBRARY], input=told, capture_output=True, text=True, check=True, timeout=60)
    return json.loads(made.stdout)


def course(*children, **more):
    return block("r", *(children or (leaf("a"), leaf("b"), leaf("c"))), **more)


def status(seen, name, what):
    return seen["activities"][name][what]


CASES = {
    "OP.1": (
        course(),
        [START, ["play", DONE, ON], ["play", DONE, ON], ["play", DONE, ON]],
        lambda s: s["delivered"] == ["a", "b", "c"] and s["ended"],
    ),
    "NB.2.1": (
        course(),
        [["ask", "continue"], ["ask", "previous"], START, ["ask", "resumeAll"]],
        lambda s: s["gave"] == [False, False, True, False],
    ),
    "TB.2.1": (
        course(
            block(
                "k",
                leaf("a"),
                leaf("b"),
                **rule("exit", "exit", "completed"),
                **rolled("completed", "any", "completed"),
            ),
            leaf("c"),
        ),
        [START, ["play", DONE, ON]],
        lambda s: s["delivered"][-1] == "c",
    ),
    "TB.2.2": (
        course(leaf("a", **rule("post", "retry", "satisfied", operator="not")), leaf("b")),
        [START, ["play", FAILED, ON], ["play", DONE, ON]],
        lambda s: s["delivered"] == ["a", "a", "b"],
    ),
    "TB.2.3": (
        course(),
        [START, ["play", HALF, OUT]],
        lambda s: s["ended"] and not status(s, "r", "active") and not status(s, "a", "active"),
    ),
    "RB.1.1a": (
        course(leaf("a"), leaf("b")),
        [START, ["play", {"cmi.score.scaled": "1"}, ON], ["play", {"cmi.score.scaled": "0.5"}, OUT]],
        lambda s: status(s, "r", "measure") == 0.75,
    ),
    "RB.1.1b": (
        course(leaf("a"), leaf("b", completionThreshold={"progressWeight": 3})),
        [START, ["play", {"cmi.progress_measure": "1"}, ON], ["play", {"cmi.progress_measure": "0.5"}, OUT]],
        lambda s: status(s, "r", "amount") == 0.625,
    ),
    "RB.1.2a": (
        course(
            leaf("a"), primaryObjective={"objectiveID": "p", "satisfiedByMeasure": True, "minNormalizedMeasure": 0.6}
        ),
        [START, ["play", {"cmi.score.scaled": "0.7"}, OUT]],
        lambda s: status(s, "r", "satisfied") == "passed",
    ),
    "RB.1.2b": (
        course(leaf("a"), leaf("b"), **rolled("satisfied", "any", "satisfied")),
        [START, ["play", DONE, OUT]],
        lambda s: status(s, "r", "satisfied") == "passed",
    ),
    "RB.1.3a": (
        course(leaf("a"), completionThreshold={"completedByMeasure": True, "minProgressMeasure": 0.5}),
        [START, ["play", {"cmi.progress_measure": "0.6", **HALF}, OUT]],
        lambda s: status(s, "r", "completed") == "completed",
    ),
    "RB.1.3b": (
        course(leaf("a"), leaf("b"), **rolled("completed", "any", "completed")),
        [START, ["play", DONE, OUT]],
        lambda s: status(s, "r", "completed") == "completed",
    ),
    "RB.1.4": (
        course(leaf("a"), leaf("b"), leaf("c"), **rolled("completed", "atLeastCount", "completed", minimumCount=2)),
        [START, ["play", DONE, ON], ["play", DONE, OUT]],
        lambda s: status(s, "r", "completed") == "completed",
    ),
    "RB.1.4.1": (
        course(leaf("a"), leaf("b"), **rolled("satisfied", "any", "attempted")),
        [START, ["play", HALF, OUT]],
        lambda s: status(s, "r", "satisfied") == "passed",
    ),
    "RB.1.4.2": (
        course(leaf("a", deliveryControls={"tracked": False}), leaf("b")),
        [START, ["play", FAILED, ON], ["play", DONE, OUT]],
        lambda s: (status(s, "r", "completed"), status(s, "r", "satisfied")) == ("completed", "passed"),
    ),
    "RB.1.5": (
        course(block("k", leaf("a"), leaf("b"))),
        [START, ["play", DONE, ON], ["play", DONE, OUT]],
        lambda s: (status(s, "k", "completed"), status(s, "r", "satisfied")) == ("completed", "passed"),
    ),
    "SR.1": (
        course(controls={"selectionTiming": "once", "selectCount": 2}),
        [START, ["play", DONE, ON], ["play", DONE, ON]],
        lambda s: len(set(s["delivered"])) == 2,
    ),
    "SR.2": (
        course(controls={"randomizationTiming": "once", "randomizeChildren": True}),
        [START, ["play", DONE, ON], ["play", DONE, ON]],
        lambda s: sorted(s["delivered"]) == ["a", "b", "c"],
    ),
    "SB.2.1": (
        course(controls={"forwardOnly": True}),
        [START, ["play", DONE, ON], ["play", DONE, BACK]],
        lambda s: s["delivered"] == ["a", "b"],
    ),
    "SB.2.2": (
        course(leaf("a"), leaf("b", **rule("pre", "skip", "always")), leaf("c")),
        [START, ["play", DONE, ON]],
        lambda s: s["delivered"] == ["a", "c"],
    ),
    "SB.2.3": (
        course(block("k", leaf("a")), block("l", leaf("b"))),
        [START, ["play", DONE, ON]],
        lambda s: s["delivered"] == ["a", "b"],
    ),
    "SB.2.4": (
        course(leaf("a"), leaf("b", **rule("pre", "stopForwardTraversal", "always")), leaf("c")),
        [START, ["ask", "choice", "c"]],
        lambda s: s["gave"][1] is False,
    ),
    "SB.2.5": (course(block("k", leaf("a"))), [START], lambda s: s["delivered"] == ["a"]),
    "SB.2.6": (
        course(),
        [START, ["play", {**HALF, "cmi.exit": "suspend"}, "suspendAll"], ["again"], ["ask", "resumeAll"]],
        lambda s: s["delivered"] == ["a", "a"] and status(s, "a", "attempts") == 1,
    ),
    "SB.2.7": (course(flow=False), [["ask", "choice", "a"], ["play", DONE, ON]], lambda s: s["delivered"] == ["a"]),
    "SB.2.8": (course(), [["ask", "choice", "b"], ["play", DONE, BACK]], lambda s: s["delivered"] == ["b", "a"]),
    "SB.2.9": (course(), [["ask", "choice", "b"], ["ask", "choice", "keine"]], lambda s: s["gave"] == [True, False]),
    "SB.2.9.1": (
        course(block("k", leaf("a"), leaf("b")), leaf("c")),
        [["ask", "choice", "k"]],
        lambda s: s["delivered"] == ["a"],
    ),
    "SB.2.9.2": (
        course(block("k", leaf("a", **rule("pre", "skip", "always")), leaf("b"))),
        [["ask", "choice", "k"]],
        lambda s: s["delivered"] == ["b"],
    ),
    "SB.2.10": (
        course(leaf("a", **rule("post", "retryAll", "satisfied", operator="not")), leaf("b")),
        [START, ["play", FAILED, ON]],
        lambda s: s["delivered"] == ["a", "a"] and status(s, "r", "attempts") == 2,
    ),
    "SB.2.11": (
        course(),
        [START, ["play", DONE, "exit"], ["ask", "continue"]],
        lambda s: not s["ended"] and s["delivered"] == ["a", "b"],
    ),
    "SB.2.12": (course(choice=False), [START, ["ask", "choice", "c"]], lambda s: s["gave"] == [True, False]),
    "SB.2.13": (
        course(leaf("a"), leaf("b", **rule("pre", "hiddenFromChoice", "always"))),
        [START, ["play", DONE, "{target=b}jump"]],
        lambda s: s["delivered"] == ["a", "b"],
    ),
    "DB.1.1": (
        course(leaf("a", attemptLimit=1), leaf("b")),
        [START, ["play", FAILED, ON], ["ask", "previous"]],
        lambda s: s["delivered"] == ["a", "b"],
    ),
    "DB.2": (
        course(),
        [START, ["play", DONE, ON]],
        lambda s: (
            (s["current"], status(s, "b", "active"), status(s, "a", "attempts"), status(s, "b", "attempts"))
            == ("b", True, 1, 1)
        ),
    ),
    "DB.2.1": (
        course(),
        [START, ["play", {**HALF, "cmi.exit": "suspend"}, "suspendAll"], ["ask", "choice", "b"]],
        lambda s: not status(s, "a", "suspended"),
    ),
    "UP.1": (
        course(leaf("a", attemptLimit=1), leaf("b")),
        [START, ["play", FAILED, ON], ["ask", "choice", "a"]],
        lambda s: s["gave"][2] is False,
    ),
    "UP.2": (
        course(leaf("a"), leaf("b", **rule("pre", "disabled", "always")), leaf("c")),
        [START, ["ask", "choice", "b"]],
        lambda s: s["gave"][1] is False,
    ),
    "UP.2.1": (
        course(
            leaf(
                "a",
                deliveryControls={"tracked": False},
                sequencingRules=of_untracked(
                    {
                        "postConditionRules": [
                            {
                                "action": "retry",
                                "conditionCombination": "all",
                                "conditions": [{"condition": "completed"}],
                            }
                        ]
                    }
                ),
            ),
            leaf("b"),
        ),
        [START, ["play", DONE, ON]],
        lambda s: s["delivered"] == ["a", "b"],
    ),
    "UP.3": (
        course(block("k", leaf("a"), leaf("b")), block("l", leaf("c"))),
        [START, ["play", DONE, None], ["ask", "choice", "c"]],
        lambda s: not status(s, "k", "active") and status(s, "l", "active"),
    ),
    "UP.4": (
        course(leaf("a"), leaf("b")),
        [START, ["play", {}, ON]],
        lambda s: (status(s, "a", "completed"), status(s, "a", "satisfied")) == ("completed", "passed"),
    ),
    "UP.5": (
        course(leaf("a"), leaf("b", **rule("pre", "disabled", "always"))),
        [START, ["play", DONE, ON]],
        lambda s: s["delivered"] == ["a"],
    ),
}
"""Procedure -> the course, the steps, and what holds after."""
OTHERWISE = {"SB.2.4", "DB.2.1"}
"""Where the library still goes another way than the specification; the table says how."""


@pytest.mark.parametrize("procedure", CASES)
def test_procedure(procedure):
    tree, steps, holds = CASES[procedure]
    seen = walk(tree, *steps)
    if procedure in OTHERWISE:
        assert not holds(seen), "it goes as specified now: correct the table"
        return
    assert holds(seen), json.dumps(seen, indent=1)


def test_the_table_names_every_procedure_with_its_test():
    rows = re.findall(
        r"^\| ([A-Z]{2}\.[\d.]+[ab]?) \|.*\| `test_procedure\[([^\]]+)\]` \|$", TABLE.read_text(), re.MULTILINE
    )
    assert [name for name, _ in rows] == list(CASES) and all(name == tested for name, tested in rows)
