"""The items of an organization as units, and as activities of scorm-again (SCORM 1.2 CAM, 2.3; 2004 CAM, 3.4.1.5)."""

from typing import Any, NamedTuple

from lms.core.text import nfc, one_line
from lms.packages.messages import message as _l
from lms.packages.scorm.markup import Element, Findings, attribute, child, children, language_of, local, short, text
from lms.packages.scorm.resources import Resource, Resources
from lms.packages.scorm.sequencing import Sequencing, completion_threshold, hidden
from lms.packages.scorm.values import boolean, decimal, present
from lms.packages.structure import Unit

MAX_DEPTH = 30


class Read(NamedTuple):
    """An item as it was read.

    :ivar activity: its settings for scorm-again; none when there is nothing to deliver, or no sequencing
    """

    unit: Unit
    activity: dict[str, Any] | None


class Items:
    """Reads the items of an organization.

    Their properties, where the manifest has them: ``isVisible`` (always), ``resource`` (its identifier), ``parameters``
    (which are in the href already), ``dataFromLMS``, ``timeLimitAction``, ``hideLMSUI``, ``completionThreshold`` with
    ``minProgressMeasure``, ``completedByMeasure`` and ``progressWeight``; of SCORM 1.2 ``masteryScore`` (0 to 100),
    ``maxTimeAllowed`` (HHHH:MM:SS) and ``prerequisites`` (aicc_script); of SCORM 2004 ``scaledPassingScore`` (-1 to 1),
    ``maxTimeAllowed`` (ISO 8601) and ``sequencing``.
    """

    def __init__(self, resources: Resources, sequencing: Sequencing | None, findings: Findings) -> None:
        self._resources = resources
        self._sequencing = sequencing
        self._findings = findings
        self._seen: set[str] = set()

    def course(self, organization: Element) -> Read:
        """Read an organization and all its items."""
        course = self._read(organization, 0)
        if self._findings.clean and not any(unit.href for unit in course.unit.walk()):
            self._findings.refuse(
                _l("The organization has nothing to open. Please export the course again."), organization
            )
        return course

    def _read(self, element: Element, depth: int) -> Read:
        identifier = self._identifier(element)
        below = self._below(element, depth)
        resource = self._resource(element, cluster=bool(below)) if depth else None
        settings = self._settings(element, identifier, cluster=bool(below))
        unit = Unit(
            "block" if resource is None else resource.kind,
            identifier,
            self._title(element, identifier, below),
            None if resource is None else self._href(element, resource),
            properties=self._properties(element, resource, settings) if depth else {},
            children=tuple(item.unit for item in below),
        )
        return Read(unit, self._activity(unit, below, settings))

    def _below(self, element: Element, depth: int) -> list[Read]:
        inner = list(children(element, "item"))
        if inner and depth == MAX_DEPTH:
            self._findings.refuse(
                _l(
                    "The parts of the package are nested deeper than %(depth)s levels. Please use fewer levels.",
                    depth=MAX_DEPTH,
                ),
                element,
            )
            return []
        return [self._read(item, depth + 1) for item in inner]

    def _identifier(self, element: Element) -> str:
        identifier = attribute(element, "identifier")
        if identifier is None:
            if local(element).lower() == "item":
                self._findings.refuse(_l("An item has no identifier. Please give it one."), element)
            return ""
        if identifier in self._seen:
            self._findings.refuse(
                _l("The identifier %(name)s is given twice. Please make identifiers unique.", name=short(identifier)),
                element,
            )
        self._seen.add(identifier)
        return identifier

    def _resource(self, item: Element, *, cluster: bool) -> Resource | None:
        name = attribute(item, "identifierref")
        if name is None:
            return None
        if cluster and self._sequencing is not None:
            self._findings.note(_CLUSTER, item)
            return None
        resource = self._resources.get(name)
        if resource is None:
            self._findings.refuse(
                _l(
                    "The item %(item)s opens the resource %(name)s, which does not exist. Please correct the manifest.",
                    item=short(attribute(item, "identifier") or ""),
                    name=short(name),
                ),
                item,
            )
        return resource

    def _href(self, item: Element, resource: Resource) -> str | None:
        address = self._resources.address(resource)
        return None if address is None else address.launch(attribute(item, "parameters"))

    def _title(self, element: Element, identifier: str, below: list[Read]) -> dict[str, str]:
        heading = child(element, "title")
        title = one_line(text(heading) or "")
        if heading is not None and title:
            return {language_of(heading): title}
        if local(element).lower() == "organization" and below:
            return dict(below[0].unit.title)
        return {"und": one_line(identifier)}

    def _settings(self, element: Element, identifier: str, *, cluster: bool) -> dict[str, Any] | None:
        if self._sequencing is None:
            return None
        return self._sequencing.settings(element, identifier=identifier, cluster=cluster)

    def _properties(self, item: Element, resource: Resource | None, settings: dict[str, Any] | None) -> dict[str, Any]:
        threshold = completion_threshold(item)
        common = present(
            isVisible=boolean(attribute(item, "isvisible")) is not False,
            resource=None if resource is None else resource.identifier,
            parameters=attribute(item, "parameters"),
            dataFromLMS=_text_of(item, "dataFromLMS"),
            timeLimitAction=_text_of(item, "timeLimitAction"),
            hideLMSUI=hidden(item) or None,
            completionThreshold=threshold.get("minProgressMeasure", 1.0)
            if threshold.get("completedByMeasure")
            else None,
            **threshold,
        )
        if self._sequencing is None:
            return common | present(
                masteryScore=decimal(_text_of(item, "masteryscore"), 0, 100),
                maxTimeAllowed=_text_of(item, "maxtimeallowed"),
                prerequisites=_text_of(item, "prerequisites"),
            )
        return common | present(
            scaledPassingScore=self._sequencing.passing_score(item),
            maxTimeAllowed=(settings or {}).get("attemptAbsoluteDurationLimit"),
            sequencing=settings or None,
        )

    def _activity(self, unit: Unit, below: list[Read], settings: dict[str, Any] | None) -> dict[str, Any] | None:
        """Return a unit's activity; what can never be delivered has none."""
        inner = [item.activity for item in below if item.activity is not None]
        if settings is None or not (inner or unit.href):
            return None
        activity = {"id": unit.identifier, "title": next(iter(unit.title.values()))} | settings
        if unit.properties.get("isVisible") is False:
            activity["isVisible"] = False
        return activity | ({"children": inner} if inner else {})


_CLUSTER = _l(
    "A part that holds other parts also names a page of its own. SCORM 2004 does not allow this; the page is not shown."
)


def _text_of(item: Element, name: str) -> str | None:
    """Return what ADL's element of this name says."""
    return nfc(text(child(item, name, "adlcp")) or "") or None
