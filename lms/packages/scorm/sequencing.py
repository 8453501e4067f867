"""Sequencing of SCORM 2004 in the settings that scorm-again 3.4 takes (`ActivitySettings`), so a browser passes it on.

Where scorm-again differs from the specification, the translation makes up for it:

- what a manifest leaves open is written out where scorm-again's default is another: ``flow`` is false (SN, 3.2.2);
- ``reorderChildren`` of a manifest is ``randomizeChildren``; scorm-again's own ``reorderChildren`` says "done already";
- ``minimumPercent`` is a share from 0 to 1 in a manifest, a percentage in scorm-again;
- of what is not tracked nothing is known, so no condition but ``always`` holds (SN, 3.13.1); scorm-again looks at its
  attempts and completion;
- a map of objectives reads and writes what its own element names and nothing of the other namespace's;
- shared data is written unless a manifest says otherwise; scorm-again only reads it;
- an objective without an id is ignored, so the primary objective of a cluster gets one. Not that of a SCO: it would
  appear in its ``cmi.objectives``;
- references to a sequencing collection (IDRef) are resolved here, the item's own elements replacing those referred to
  (CAM, 5.1.1).

scorm-again cannot take: attemptExperiencedDurationLimit, activityExperiencedDurationLimit, the rollup conditions
timeLimitExceeded and outsideAvailableTimeRange, rules without conditions, and words outside the vocabularies. A note
of the package names those that it has.
"""

from collections.abc import Callable, Mapping
from typing import Any

from lms.core.text import nfc
from lms.packages.messages import message as _l
from lms.packages.scorm.markup import Element, Findings, attribute, child, children, family, local, short, text
from lms.packages.scorm.rules import of_untracked, rollup_rules, sequencing_rules
from lms.packages.scorm.values import decimal, flags, moment, period, present, token, whole

MAX_CHAIN = 10
"""How many collections may refer to one another in turn."""
MAX_TRANSLATED = 300_000
"""Elements translated at most: a collection counts for each item that refers to it."""

_CONTROLS = (
    *("choice", "choiceExit", "flow", "forwardOnly"),
    *("useCurrentAttemptObjectiveInfo", "useCurrentAttemptProgressInfo"),
)
_REQUIRED = ("requiredForSatisfied", "requiredForNotSatisfied", "requiredForCompleted", "requiredForIncomplete")
_WHEN = ("always", "ifAttempted", "ifNotSkipped", "ifNotSuspended")
_TIMINGS = ("never", "once", "onEachNewAttempt")
_IMSSS_MAPS = ("readSatisfiedStatus", "readNormalizedMeasure", "writeSatisfiedStatus", "writeNormalizedMeasure")
_ADLSEQ_MAPS = tuple(
    f"{way}{what}"
    for way in ("read", "write")
    for what in ("RawScore", "MinScore", "MaxScore", "CompletionStatus", "ProgressMeasure")
)
_UNMAPPED = dict.fromkeys((*_IMSSS_MAPS, *_ADLSEQ_MAPS), False)
_HIDDEN = ("continue", "previous", "exit", "exitAll", "abandon", "abandonAll", "suspendAll")
_LIMITS_UNSUPPORTED = ("attemptExperiencedDurationLimit", "activityExperiencedDurationLimit")

Parts = Mapping[tuple[str, str], Element]
"""What holds for an activity: the elements of its sequencing by family and name."""


class Sequencing:
    """Translates the sequencing of one manifest.

    :ivar global_objectives: ids of the global objectives that activities read or write
    """

    def __init__(self, root: Element, findings: Findings) -> None:
        self.global_objectives: dict[str, None] = {}
        self._findings = findings
        self._unsupported: dict[str, None] = {}
        self._left = MAX_TRANSLATED
        self._sizes: dict[Element, int] = {}
        self._cache: dict[Element, Parts] = {}
        self._collection = {
            name: sequencing
            for holder in children(root, "sequencingCollection", "imsss")
            for sequencing in children(holder, "sequencing", "imsss")
            if (name := attribute(sequencing, "ID"))
        }

    def settings(self, element: Element, *, identifier: str, cluster: bool) -> dict[str, Any]:
        """Return the settings of an organization or item, without id, title and children.

        :param cluster: whether it has children
        """
        parts = self._parts(element)
        if not self._affordable(parts):
            return {}
        controls = self._controls(parts)
        if cluster:
            controls = {"choice": True, "flow": False} | controls
        delivery = self._with(parts, "deliveryControls", _delivery)
        rules = self._with(parts, "sequencingRules", lambda rules: sequencing_rules(rules, self._cannot))
        if delivery is not None and delivery.get("tracked") is False:
            rules = of_untracked(rules or {}) or None
        settings = present(
            sequencingControls=controls or None,
            sequencingRules=rules,
            rollupRules=self._with(parts, "rollupRules", self._rollup),
            rollupConsiderations=self._with(parts, "rollupConsiderations", _considerations, "adlseq"),
            deliveryControls=delivery,
            auxiliaryResources=self._with(parts, "auxiliaryResources", _auxiliary),
            **(self._with(parts, "limitConditions", self._limits) or {}),
            **self._objectives(parts, identifier if cluster else None),
        )
        return settings | _extensions(element)

    def passing_score(self, element: Element) -> float | None:
        """Return the scaled passing score that an item's primary objective asks for (RTE, 4.2.20)."""
        objectives = self._parts(element).get(("imsss", "objectives"))
        primary = None if objectives is None else child(objectives, "primaryObjective", "imsss")
        if primary is None or not flags(primary, "satisfiedByMeasure").get("satisfiedByMeasure"):
            return None
        return _least_measure(primary)

    def settle(self) -> None:
        """Note what the player cannot apply."""
        if self._unsupported:
            self._findings.note(
                _l(
                    "The player cannot apply these sequencing rules of the package: %(names)s. "
                    "It plays the package without them.",
                    names=", ".join(self._unsupported),
                )
            )

    # -- what holds ----------------------------------------------------------------------------------------------------

    def _parts(self, element: Element) -> Parts:
        if element not in self._cache:
            self._cache[element] = self._gathered(element)
        return self._cache[element]

    def _gathered(self, element: Element) -> Parts:
        """Return what holds for an activity: its own elements before those of collections."""
        own = child(element, "sequencing", "imsss")
        chain: list[Element] = []
        while own is not None:
            if own in chain or len(chain) > MAX_CHAIN:
                self._findings.refuse(_CIRCLE, element)
                break
            chain.append(own)
            own = self._referred(own)
        return {(family(part), local(part)): part for sequencing in reversed(chain) for part in sequencing}

    def _referred(self, sequencing: Element) -> Element | None:
        name = attribute(sequencing, "IDRef")
        referred = self._collection.get(name) if name else None
        if name and referred is None:
            self._findings.note(
                _l("The sequencing %(name)s that is referred to does not exist.", name=short(name)), sequencing
            )
        return referred

    def _affordable(self, parts: Parts) -> bool:
        before = self._left
        for part in parts.values():
            if part not in self._sizes:
                self._sizes[part] = sum(1 for _ in part.iter())
            self._left -= self._sizes[part]
        if before >= 0 > self._left:
            self._findings.refuse(_l("The sequencing of the package is too large. Please split the package."))
        return self._left >= 0

    def _with(
        self, parts: Parts, name: str, translate: Callable[[Element], Any], of: str = "imsss"
    ) -> dict[str, Any] | None:
        element = parts.get((of, name))
        return None if element is None else translate(element) or None

    def _cannot(self, name: str) -> None:
        self._unsupported[name] = None

    # -- its parts -----------------------------------------------------------------------------------------------------

    def _controls(self, parts: Parts) -> dict[str, Any]:
        rollup, choice = parts.get(("imsss", "rollupRules")), ("adlseq", "constrainedChoiceConsiderations")
        controls: dict[str, Any] = (
            flags(parts.get(("imsss", "controlMode")), *_CONTROLS)
            | flags(parts.get(choice), "preventActivation", "constrainChoice")
            | flags(rollup, "rollupObjectiveSatisfied", "rollupProgressCompletion")
        )
        weight = None if rollup is None else decimal(attribute(rollup, "objectiveMeasureWeight"), 0, 1)
        controls |= present(objectiveMeasureWeight=weight)
        return controls | (self._with(parts, "randomizationControls", _randomization) or {})

    def _rollup(self, element: Element) -> dict[str, Any]:
        rules = rollup_rules(element, self._cannot)
        return {"rules": rules} if rules else {}

    def _limits(self, element: Element) -> dict[str, Any]:
        for name in _LIMITS_UNSUPPORTED:
            if attribute(element, name) is not None:
                self._cannot(name)
        return present(
            attemptLimit=whole(attribute(element, "attemptLimit")),
            attemptAbsoluteDurationLimit=period(attribute(element, "attemptAbsoluteDurationLimit")),
            activityAbsoluteDurationLimit=period(attribute(element, "activityAbsoluteDurationLimit")),
            beginTimeLimit=moment(attribute(element, "beginTimeLimit")),
            endTimeLimit=moment(attribute(element, "endTimeLimit")),
        )

    def _objectives(self, parts: Parts, cluster: str | None) -> dict[str, Any]:
        objectives, adlseq = parts.get(("imsss", "objectives")), parts.get(("adlseq", "objectives"))
        if objectives is None:
            return {}
        mapped = () if adlseq is None else children(adlseq, "objective", "adlseq")
        maps = {attribute(objective, "objectiveID"): objective for objective in mapped}
        primary = child(objectives, "primaryObjective", "imsss")
        others = [self._objective(objective, maps, None) for objective in children(objectives, "objective", "imsss")]
        return present(
            primaryObjective=None if primary is None else self._objective(primary, maps, cluster),
            objectives=[objective for objective in others if objective is not None] or None,
        )

    def _objective(
        self, element: Element, maps: Mapping[str | None, Element], cluster: str | None
    ) -> dict[str, Any] | None:
        name = attribute(element, "objectiveID")
        measured = flags(element, "satisfiedByMeasure")
        if name is None and cluster is None:
            if child(element, "mapInfo", "imsss") is not None:
                self._cannot("mapInfo")
            return None
        objective: dict[str, Any] = {"objectiveID": name or f"{cluster}-primary"} | measured
        if measured.get("satisfiedByMeasure"):
            objective["minNormalizedMeasure"] = _least_measure(element)
        entries = self._maps(element, maps.get(name) if name else None)
        return objective | ({"mapInfo": entries} if entries else {})

    def _maps(self, element: Element, more: Element | None) -> list[dict[str, Any]]:
        """Return the maps of an objective, those of ADL joined to those of IMS by their target (CAM, 5.2.5).

        A map reads unless it says otherwise, what no map names is not read: scorm-again would read that as well.
        """
        entries: dict[str, dict[str, Any]] = {}
        for holder, of, names in ((element, "imsss", _IMSSS_MAPS), (more, "adlseq", _ADLSEQ_MAPS)):
            for map_info in () if holder is None else children(holder, "mapInfo", of):
                target = attribute(map_info, "targetObjectiveID")
                if target is not None:
                    self.global_objectives[target] = None
                    entry = entries.setdefault(target, {"targetObjectiveID": target, **_UNMAPPED})
                    reading = {name: name.startswith("read") for name in names}
                    entry.update(reading | flags(map_info, *names))
        return list(entries.values())


_CIRCLE = _l("Sequencing elements refer to one another in a circle or too deeply. Please correct the attribute IDRef.")


def _least_measure(objective: Element) -> float:
    score = decimal(text(child(objective, "minNormalizedMeasure", "imsss")), -1, 1)
    return 1.0 if score is None else score


def _considerations(element: Element) -> dict[str, Any]:
    required = {name: token(attribute(element, name), *_WHEN) for name in _REQUIRED}
    return present(**required) | flags(element, "measureSatisfactionIfActive")


def _delivery(element: Element) -> dict[str, Any]:
    return flags(element, "tracked", "completionSetByContent", "objectiveSetByContent")


def _randomization(element: Element) -> dict[str, Any]:
    randomization = present(
        randomizationTiming=token(attribute(element, "randomizationTiming"), *_TIMINGS),
        selectionTiming=token(attribute(element, "selectionTiming"), *_TIMINGS),
        selectCount=whole(attribute(element, "selectCount"), 1),
    )
    reorder = flags(element, "reorderChildren").get("reorderChildren")
    return randomization | present(randomizeChildren=reorder)


def _auxiliary(element: Element) -> list[dict[str, str]]:
    pairs = (
        (attribute(auxiliary, "auxiliaryResourceID"), attribute(auxiliary, "purpose"))
        for auxiliary in children(element, "auxiliaryResource", "imsss")
    )
    return [{"resourceId": resource, "purpose": purpose} for resource, purpose in pairs if resource and purpose]


# -- what ADL adds to an item ------------------------------------------------------------------------------------------


def _extensions(element: Element) -> dict[str, Any]:
    return present(
        completionThreshold=completion_threshold(element) or None,
        timeLimitAction=nfc(text(child(element, "timeLimitAction", "adlcp")) or "") or None,
        hideLmsUi=hidden(element) or None,
        sharedDataMaps=_shared_data(element) or None,
    )


def completion_threshold(element: Element) -> dict[str, Any]:
    """Return what an item says of completion: attributes in the 4th edition, a number before (CAM, 5.3)."""
    threshold = child(element, "completionThreshold", "adlcp")
    if threshold is None:
        return {}
    before = decimal(text(threshold), 0, 1)
    attributes = present(
        minProgressMeasure=decimal(attribute(threshold, "minProgressMeasure"), 0, 1),
        progressWeight=decimal(attribute(threshold, "progressWeight"), 0, 1),
    ) | flags(threshold, "completedByMeasure")
    if before is not None:
        return {"completedByMeasure": True, "minProgressMeasure": before} | attributes
    return attributes


def hidden(element: Element) -> list[str]:
    """Return which controls of the player an item hides (CAM, 5.4.1)."""
    presentation = child(element, "presentation", "adlnav")
    interface = None if presentation is None else child(presentation, "navigationInterface", "adlnav")
    if interface is None:
        return []
    controls = (token(text(control), *_HIDDEN) for control in children(interface, "hideLMSUI", "adlnav"))
    return list(dict.fromkeys(control for control in controls if control))


def _shared_data(element: Element) -> list[dict[str, Any]]:
    data = child(element, "data", "adlcp")
    if data is None:
        return []
    return [
        {"targetID": target, "readSharedData": True, "writeSharedData": True}
        | flags(shared, "readSharedData", "writeSharedData")
        for shared in children(data, "map", "adlcp")
        if (target := attribute(shared, "targetID"))
    ]
