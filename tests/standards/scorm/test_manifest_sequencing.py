"""Sequencing reaches scorm-again as the manifest has it (SCORM 2004 SN, 3; CAM, 5.1 to 5.4).

The tree is judged as scorm-again itself sees it after taking our settings, in Node.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.data.scorm import packages
from tests.standards.scorm.test_manifest import notes, structure, unit
from tests.standards.scorm.test_manifest_faults import refused

ROOT = Path(__file__).parents[3]
LIBRARY = ROOT / "node_modules/scorm-again/dist/esm/scorm2004.js"
SEQUENCING = "<imsss:sequencing>"
RULE = """<imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions>{}</imsss:ruleConditions>
<imsss:ruleAction action="{}"/></imsss:preConditionRule></imsss:sequencingRules>"""


def activities(settings: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return scorm-again's activities by id."""
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    assert node is not None
    told = subprocess.run(
        [node, str(ROOT / "tests/data/scorm/activities.mjs"), str(LIBRARY)],
        input=json.dumps(settings).encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    found: dict[str, dict[str, Any]] = {}

    def keep(one: dict[str, Any]) -> None:
        found[one["id"]] = one
        for child in one["children"]:
            keep(child)

    keep(json.loads(told.stdout))
    return found


@pytest.fixture(scope="module")
def seen() -> dict[str, dict[str, Any]]:
    return activities(structure(packages.sequenced_2004()).root.properties["sequencing"])


def test_tree(seen):
    assert [one["id"] for one in seen["khoa-hoc"]["children"]] == ["dau-vao", "noi-dung", "cuoi-khoa"]
    assert [one["title"] for one in seen["noi-dung"]["children"]] == ["Bài 1", "Bài 2"]


def test_control_modes(seen):
    root, block = seen["khoa-hoc"]["controls"], seen["noi-dung"]["controls"]
    assert (root["choice"], root["choiceExit"], root["flow"]) == (True, False, True)
    assert (block["choice"], block["flow"], block["forwardOnly"]) == (False, True, True)
    assert (block["preventActivation"], block["constrainChoice"]) == (True, True)


def test_flow_is_off_unless_said():
    course = activities(structure(packages.third_2004()).root.properties["sequencing"])["ORG"]
    assert (course["controls"]["choice"], course["controls"]["flow"]) == (True, False)


def test_limits_and_delivery(seen):
    first = seen["dau-vao"]
    assert (first["attemptLimit"], first["duration"]) == (1, "PT30M")
    assert first["controls"]["completionSetByContent"] is True
    assert first["controls"]["objectiveSetByContent"] is True
    assert first["hidden"] == ["continue", "suspendAll"]


def test_objectives_and_their_maps(seen):
    primary = seen["dau-vao"]["primary"]
    assert (primary["id"], primary["byMeasure"], primary["least"]) == ("obj-vao", True, 0.8)
    [entry] = primary["maps"]
    assert entry["targetObjectiveID"] == "vn.khue.nang-luc"
    said = {"readSatisfiedStatus": False, "writeSatisfiedStatus": True, "writeNormalizedMeasure": True}
    added = {"writeRawScore": True, "writeProgressMeasure": True}
    otherwise = {"readNormalizedMeasure": True, "readRawScore": True, "writeCompletionStatus": False}
    assert entry.items() >= (said | added | otherwise).items()
    assert [one["id"] for one in seen["dau-vao"]["objectives"]] == ["obj-phu"]
    assert [one["id"] for one in seen["cuoi-khoa"]["objectives"]] == ["obj-cuoi"]


def test_nameless_primary_objectives(seen):
    """A cluster needs one to be satisfied by measure; a SCO would find an objective that it does not know."""
    assert (seen["noi-dung"]["primary"]["byMeasure"], seen["noi-dung"]["primary"]["least"]) == (True, 1)
    assert seen["cuoi-khoa"]["primary"] is None
    third = structure(packages.third_2004())
    assert unit(third, "ITEM").properties["scaledPassingScore"] == 0.7
    assert "primaryObjective" not in unit(third, "ITEM").properties["sequencing"]


def test_rules(seen):
    assert seen["noi-dung"]["exit"] == [
        {
            "action": "exit",
            "combination": "all",
            "conditions": [{"is": "completed", "operator": None, "objective": None, "threshold": None}],
        }
    ]
    [after] = seen["cuoi-khoa"]["after"]
    assert (after["action"], after["combination"]) == ("retryAll", "any")
    assert after["conditions"] == [
        {"is": "satisfied", "operator": "not", "objective": None, "threshold": None},
        {"is": "objectiveMeasureLessThan", "operator": None, "objective": "obj-cuoi", "threshold": 0.5},
    ]


def test_rollup(seen):
    [rule] = seen["noi-dung"]["rollup"]
    assert (rule["action"], rule["consideration"], rule["percent"]) == ("completed", "atLeastPercent", 50)
    assert (rule["combination"], [one["is"] for one in rule["conditions"]]) == ("any", ["completed", "progressKnown"])
    assert [one["operator"] for one in rule["conditions"]] == ["noOp", "not"]
    considerations = seen["noi-dung"]["considerations"]
    assert considerations["requiredForCompleted"] == "ifNotSkipped"
    assert considerations["measureSatisfactionIfActive"] is False
    controls = seen["dau-vao"]["controls"]
    assert (controls["rollupObjectiveSatisfied"], controls["rollupProgressCompletion"]) == (False, False)
    assert controls["objectiveMeasureWeight"] == 0


def test_randomization(seen):
    """`reorderChildren` of scorm-again would say that the children have been reordered already."""
    controls = seen["noi-dung"]["controls"]
    assert (controls["randomizationTiming"], controls["randomizeChildren"]) == ("once", True)
    assert controls["reorderChildren"] is False
    assert (controls["selectionTiming"], controls["selectCount"]) == ("once", 1)


def test_collections(seen):
    for lesson, tracked in (("bai-1", True), ("bai-2", False)):
        found = [(rule["action"], rule["conditions"][0]["objective"]) for rule in seen[lesson]["before"]]
        assert found == ([("skip", "obj-chung")] if tracked else [])  # of what is not tracked nothing is known
        assert seen[lesson]["primary"]["id"] == "obj-chung"
        assert seen[lesson]["controls"]["tracked"] is tracked


def test_completion_and_shared_data(seen):
    assert (seen["bai-1"]["threshold"], seen["bai-1"]["weight"]) == ("0.75", 0.5)
    assert seen["bai-1"]["shared"] == [
        {"targetID": "vn.khue.ghi-chep", "readSharedData": True, "writeSharedData": True}
    ]


def test_what_the_player_cannot_apply_is_noted():
    odd = (
        RULE.format('<imsss:ruleCondition condition="nonsense"/>', "skip")
        + '<imsss:limitConditions attemptExperiencedDurationLimit="PT1H"/><imsss:rollupRules><imsss:rollupRule>'
        + '<imsss:rollupConditions><imsss:rollupCondition condition="timeLimitExceeded"/></imsss:rollupConditions>'
        + '<imsss:rollupAction action="satisfied"/></imsss:rollupRule></imsss:rollupRules>'
    )
    found = structure(packages.third_2004(), (SEQUENCING, SEQUENCING + odd))
    assert "preConditionRule, rollupRule, attemptExperiencedDurationLimit" in notes(found)
    assert "sequencingRules" not in unit(found, "ITEM").properties["sequencing"]
    activities(found.root.properties["sequencing"])


@pytest.mark.parametrize(
    "odd",
    [
        '<imsss:limitConditions attemptAbsoluteDurationLimit="half an hour" attemptLimit="-1"/>',
        '<imsss:controlMode choice="maybe"/>',
        '<imsss:randomizationControls selectCount="0" randomizationTiming="now"/>',
        '<imsss:rollupRules objectiveMeasureWeight="NaN"/>',
        '<imsss:objectives><imsss:objective/><imsss:objective objectiveID=" "/></imsss:objectives>',
        RULE.format("", "skip"),
        RULE.format('<imsss:ruleCondition condition="always"/>', "explode"),
    ],
)
def test_values_that_are_none_count_as_not_given(odd):
    """scorm-again would throw at some of them, and the package could not be played at all."""
    found = structure(packages.third_2004(), (SEQUENCING, SEQUENCING + odd))
    plain = structure(packages.third_2004())
    assert unit(found, "ITEM").properties["sequencing"] == unit(plain, "ITEM").properties["sequencing"]


def test_circles_and_idle_references():
    circle = '<imsss:sequencingCollection><imsss:sequencing ID="a" IDRef="b"/><imsss:sequencing ID="b" IDRef="a"/>'
    changes = (
        (SEQUENCING, '<imsss:sequencing IDRef="a">'),
        ("</manifest>", f"{circle}</imsss:sequencingCollection></manifest>"),
    )
    assert "in a circle" in refused(packages.third_2004(), *changes)
    found = structure(packages.third_2004(), changes[0])
    assert "sequencing a that is referred to does not exist" in notes(found)


def test_a_collection_cannot_be_multiplied_without_end():
    large = '<imsss:sequencingCollection><imsss:sequencing ID="a"><imsss:objectives>' + "".join(
        f'<imsss:objective objectiveID="o{place}"/>' for place in range(1000)
    )
    items = "".join(
        f'<item identifier="i{place}" identifierref="RES"><imsss:sequencing IDRef="a"/></item>' for place in range(1000)
    )
    end = "</imsss:objectives></imsss:sequencing></imsss:sequencingCollection></manifest>"
    changes = ("</organization>", f"{items}</organization>"), ("</manifest>", large + end)
    assert "sequencing of the package is too large" in refused(packages.third_2004(), *changes)
