"""When a unit is done: pure rules over what a learner has done in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Done:
    """What a learner has done in a unit."""

    completed: bool = False
    passed: bool = False
    failed: bool = False
    waived: bool = False


Rule = Callable[[Mapping[str, Any], Done], bool]
"""``rule(properties, done)`` tells whether a unit with these properties is done."""


def passed_or_completed(_properties: Mapping[str, Any], done: Done) -> bool:
    """Done when passed, or completed and not failed."""
    return done.passed or (done.completed and not done.failed)


def move_on(properties: Mapping[str, Any], done: Done) -> bool:
    """Done as the unit's moveOn says (cmi5, section 13.1.4)."""
    criteria = {
        "Passed": done.passed,
        "Completed": done.completed,
        "CompletedAndPassed": done.completed and done.passed,
        "CompletedOrPassed": done.completed or done.passed,
        "NotApplicable": True,
    }
    return criteria.get(properties.get("moveOn", ""), passed_or_completed(properties, done))
