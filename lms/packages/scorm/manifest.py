"""SCORM packages, read from their manifest into the units that can be played (SCORM 1.2 CAM, 2.3; 2004 CAM, 3.4).

A package is refused only for what keeps it from being played or leaves open what is meant; the rest becomes a note.
"""

from typing import Any

from lms.packages.messages import message as _l
from lms.packages.scorm import markup
from lms.packages.scorm.editions import edition_of
from lms.packages.scorm.items import Items
from lms.packages.scorm.markup import Element, Findings, attribute, child, children, short
from lms.packages.scorm.resources import Resources
from lms.packages.scorm.sequencing import Sequencing
from lms.packages.scorm.values import boolean
from lms.packages.structure import Fault, Files, Refused, Structure, Unit, read

MAX_BYTES = 20 * 1024 * 1024
MAX_ITEMS = 20_000


def read_structure(files: Files, manifest: str = "imsmanifest.xml") -> Structure:
    """Return what a SCORM package holds.

    The root is the default organization. Its properties are ``edition`` (a member of
    :data:`lms.packages.scorm.editions.EDITIONS`) and, of SCORM 2004, ``sequencing`` (the setting of that name of
    scorm-again, see :mod:`lms.packages.scorm.sequencing`), ``globalObjectives`` (their ids),
    ``objectivesGlobalToSystem`` and ``sharedDataGlobalToSystem``. :class:`lms.packages.scorm.items.Items` tells what
    the units below have.

    :param manifest: path of the manifest in the package
    :raises Refused: every fault found.
    """
    if manifest not in files:
        raise Refused(Fault(manifest, _l("The package has no manifest. Please export it again as SCORM.")))
    root = markup.parse(read(files, manifest, limit=MAX_BYTES), manifest)
    findings = Findings(manifest)
    edition = edition_of(root, findings)
    organization = _organization(root, findings)
    course = _course(root, organization, edition, Resources(root, files, manifest, findings), findings)
    return Structure("scorm12" if edition == "1.2" else "scorm2004", course, findings.settle())


def _organization(root: Element, findings: Findings) -> Element:
    """Return the organization to be played."""
    holder = child(root, "organizations")
    organizations = [] if holder is None else list(children(holder, "organization"))
    if holder is None or not organizations:
        raise findings.stop(
            _l("The manifest has no organization, so there is nothing to play. Please export a course, not resources."),
            root if holder is None else holder,
        )
    if child(root, "manifest") is not None:
        findings.note(_l("The manifest holds further manifests. They are not played."), root)
    _check_identifiers(organizations, findings)
    chosen = _default(holder, organizations, findings)
    if sum(1 for _ in chosen.iter("{*}item")) > MAX_ITEMS:
        raise findings.stop(_l("The package has more than %(count)s parts. Please split it.", count=MAX_ITEMS), chosen)
    return chosen


def _default(holder: Element, organizations: list[Element], findings: Findings) -> Element:
    """Return the default organization, or the first (SCORM 2004 CAM, 3.4.1.4)."""
    default = attribute(holder, "default")
    named = (organization for organization in organizations if attribute(organization, "identifier") == default)
    chosen = next(named, None) if default else None
    if default and chosen is None:
        findings.note(
            _l("The default organization %(name)s does not exist. The first one is played.", name=short(default)),
            holder,
        )
    chosen = organizations[0] if chosen is None else chosen
    if len(organizations) > 1:
        findings.note(
            _l(
                "The package arranges its parts in %(count)s organizations. Only %(name)s is played.",
                count=len(organizations),
                name=short(attribute(chosen, "identifier") or ""),
            ),
            holder,
        )
    return chosen


def _check_identifiers(organizations: list[Element], findings: Findings) -> None:
    seen: set[str] = set()
    for organization in organizations:
        identifier = attribute(organization, "identifier")
        if identifier is None:
            findings.refuse(_l("An organization has no identifier. Please give it one."), organization)
        elif identifier in seen:
            findings.refuse(
                _l("The identifier %(name)s is given twice. Please make identifiers unique.", name=short(identifier)),
                organization,
            )
        else:
            seen.add(identifier)


def _course(root: Element, organization: Element, edition: str, resources: Resources, findings: Findings) -> Unit:
    sequencing = None if edition == "1.2" else Sequencing(root, findings)
    items = Items(resources, sequencing, findings)
    course, activity = items.course(organization)
    resources.check()
    properties: dict[str, Any] = {"edition": edition}
    if sequencing is not None:
        sequencing.settle()
        properties |= {
            "sequencing": {"activityTree": activity},
            "globalObjectives": list(sequencing.global_objectives),
            "objectivesGlobalToSystem": boolean(attribute(organization, "objectivesGlobalToSystem")) is not False,
            "sharedDataGlobalToSystem": boolean(attribute(organization, "sharedDataGlobalToSystem")) is not False,
        }
    return Unit("course", course.identifier, course.title, properties=properties, children=course.children)
