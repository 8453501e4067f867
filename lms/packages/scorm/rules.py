"""Sequencing and rollup rules of a manifest in the words of scorm-again (IMS Simple Sequencing, 3.4 to 3.7)."""

from collections.abc import Callable, Iterator
from typing import Any

from lms.packages.scorm.markup import Element, attribute, child, children
from lms.packages.scorm.values import decimal, token, whole

Unsupported = Callable[[str], None]
"""Told the name of what the player cannot apply."""

_ACTIONS = {
    "preConditionRule": ("skip", "disabled", "hiddenFromChoice", "stopForwardTraversal"),
    "exitConditionRule": ("exit",),
    "postConditionRule": ("exitParent", "exitAll", "retry", "retryAll", "continue", "previous"),
}
_CONDITIONS = (
    *("satisfied", "objectiveStatusKnown", "objectiveMeasureKnown", "objectiveMeasureGreaterThan"),
    *("objectiveMeasureLessThan", "completed", "activityProgressKnown", "attempted", "attemptLimitExceeded"),
    *("timeLimitExceeded", "outsideAvailableTimeRange", "always"),
)
_ROLLUP_ACTIONS = ("satisfied", "notSatisfied", "completed", "incomplete")
_ROLLUP_CONDITIONS = (
    *("satisfied", "objectiveStatusKnown", "objectiveMeasureKnown", "completed", "progressKnown", "attempted"),
    "attemptLimitExceeded",
)
_ROLLUP_SPELLED = {"activityprogressknown": "progressKnown"}
_SETS = ("all", "any", "none", "atLeastCount", "atLeastPercent")


def sequencing_rules(element: Element, unsupported: Unsupported) -> dict[str, Any]:
    """Return the rules of an element ``sequencingRules``; a rule without conditions never applies (SN UP.2.1)."""
    found = {f"{name}s": list(_rules(element, name, actions, unsupported)) for name, actions in _ACTIONS.items()}
    return {name: rules for name, rules in found.items() if rules}


def rollup_rules(element: Element, unsupported: Unsupported) -> list[dict[str, Any]]:
    """Return the rules of an element ``rollupRules``."""
    return [
        rule for one in children(element, "rollupRule", "imsss") if (rule := _rollup_rule(one, unsupported)) is not None
    ]


def _rules(element: Element, name: str, actions: tuple[str, ...], unsupported: Unsupported) -> Iterator[dict[str, Any]]:
    for rule in children(element, name, "imsss"):
        action = _action(rule, "ruleAction", actions)
        held = child(rule, "ruleConditions", "imsss")
        conditions = [] if held is None else [_condition(one) for one in children(held, "ruleCondition", "imsss")]
        if action is None or held is None or not conditions or None in conditions:
            unsupported(name)
            continue
        together = token(attribute(held, "conditionCombination"), "all", "any") or "all"
        yield {"action": action, "conditionCombination": together, "conditions": conditions}


def _condition(element: Element) -> dict[str, Any] | None:
    word = token(attribute(element, "condition"), *_CONDITIONS)
    if word is None:
        return None
    found: dict[str, Any] = {"condition": word} | _operator(element)
    objective = attribute(element, "referencedObjective")
    if objective is not None:
        found["referencedObjective"] = objective
    threshold = decimal(attribute(element, "measureThreshold"), -1, 1)
    if threshold is not None:
        found["parameters"] = {"threshold": threshold}
    return found


def _rollup_rule(rule: Element, unsupported: Unsupported) -> dict[str, Any] | None:
    action = _action(rule, "rollupAction", _ROLLUP_ACTIONS)
    held = child(rule, "rollupConditions", "imsss")
    conditions = [] if held is None else [_rollup_condition(one) for one in children(held, "rollupCondition", "imsss")]
    if action is None or held is None or not conditions or None in conditions:
        unsupported("rollupRule")
        return None
    found: dict[str, Any] = {
        "action": action,
        "consideration": token(attribute(rule, "childActivitySet"), *_SETS) or "all",
        "conditionCombination": token(attribute(held, "conditionCombination"), "all", "any") or "any",
        "conditions": conditions,
    }
    count, percent = whole(attribute(rule, "minimumCount")), decimal(attribute(rule, "minimumPercent"), 0, 1)
    if count is not None:
        found["minimumCount"] = count
    if percent is not None:
        found["minimumPercent"] = round(percent * 100, 10)
    return found


def _rollup_condition(element: Element) -> dict[str, Any] | None:
    said = attribute(element, "condition") or ""
    word = token(_ROLLUP_SPELLED.get(said.lower(), said), *_ROLLUP_CONDITIONS)
    return None if word is None else {"condition": word} | _operator(element)


def _action(rule: Element, name: str, actions: tuple[str, ...]) -> str | None:
    held = child(rule, name, "imsss")
    return None if held is None else token(attribute(held, "action"), *actions)


def _operator(element: Element) -> dict[str, str]:
    return {"operator": "not"} if token(attribute(element, "operator"), "not") else {}
