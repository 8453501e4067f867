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
    by_kind = {f"{name}s": list(_rules(element, name, actions, unsupported)) for name, actions in _ACTIONS.items()}
    return {name: rules for name, rules in by_kind.items() if rules}


def of_untracked(by_kind: dict[str, Any]) -> dict[str, Any]:
    """Return the rules that can apply to an activity that is not tracked: what they ask of it is unknown (UP.2.1)."""
    left: dict[str, Any] = {}
    for name, rules in by_kind.items():
        for rule in rules:
            known = [one for one in rule["conditions"] if one["condition"] == "always" and "operator" not in one]
            if known and (rule["conditionCombination"] == "any" or len(known) == len(rule["conditions"])):
                left.setdefault(name, []).append({**rule, "conditions": known})
    return left


def rollup_rules(element: Element, unsupported: Unsupported) -> list[dict[str, Any]]:
    """Return the rules of an element ``rollupRules``."""
    rules = (_rollup_rule(rule, unsupported) for rule in children(element, "rollupRule", "imsss"))
    return [rule for rule in rules if rule is not None]


def _rules(element: Element, name: str, actions: tuple[str, ...], unsupported: Unsupported) -> Iterator[dict[str, Any]]:
    for rule in children(element, name, "imsss"):
        action = _action(rule, "ruleAction", actions)
        group = child(rule, "ruleConditions", "imsss")
        conditions = [] if group is None else list(map(_condition, children(group, "ruleCondition", "imsss")))
        if action is None or group is None or not conditions or None in conditions:
            unsupported(name)
            continue
        together = token(attribute(group, "conditionCombination"), "all", "any") or "all"
        yield {"action": action, "conditionCombination": together, "conditions": conditions}


def _condition(element: Element) -> dict[str, Any] | None:
    word = token(attribute(element, "condition"), *_CONDITIONS)
    if word is None:
        return None
    condition: dict[str, Any] = {"condition": word} | _operator(element)
    objective = attribute(element, "referencedObjective")
    if objective is not None:
        condition["referencedObjective"] = objective
    threshold = decimal(attribute(element, "measureThreshold"), -1, 1)
    if threshold is not None:
        condition["parameters"] = {"threshold": threshold}
    return condition


def _rollup_rule(rule: Element, unsupported: Unsupported) -> dict[str, Any] | None:
    action = _action(rule, "rollupAction", _ROLLUP_ACTIONS)
    group = child(rule, "rollupConditions", "imsss")
    conditions = [] if group is None else list(map(_rollup_condition, children(group, "rollupCondition", "imsss")))
    if action is None or group is None or not conditions or None in conditions:
        unsupported("rollupRule")
        return None
    rollup: dict[str, Any] = {
        "action": action,
        "consideration": token(attribute(rule, "childActivitySet"), *_SETS) or "all",
        "conditionCombination": token(attribute(group, "conditionCombination"), "all", "any") or "any",
        "conditions": conditions,
    }
    count, percent = whole(attribute(rule, "minimumCount")), decimal(attribute(rule, "minimumPercent"), 0, 1)
    if count is not None:
        rollup["minimumCount"] = count
    if percent is not None:
        rollup["minimumPercent"] = round(percent * 100, 10)
    return rollup


def _rollup_condition(element: Element) -> dict[str, Any] | None:
    condition = attribute(element, "condition") or ""
    word = token(_ROLLUP_SPELLED.get(condition.lower(), condition), *_ROLLUP_CONDITIONS)
    return None if word is None else {"condition": word} | _operator(element)


def _action(rule: Element, name: str, actions: tuple[str, ...]) -> str | None:
    action = child(rule, name, "imsss")
    return None if action is None else token(attribute(action, "action"), *actions)


def _operator(element: Element) -> dict[str, str]:
    return {"operator": "not"} if token(attribute(element, "operator"), "not") else {}
