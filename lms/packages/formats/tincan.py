"""xAPI packages: tincan.xml names the activities, and what to launch."""

from typing import Any

from lxml import etree

from lms.core.text import one_line
from lms.packages.formats.hrefs import resolved
from lms.packages.formats.xml import parsed
from lms.packages.messages import message as _l
from lms.packages.structure import Fault, Files, Refused, Structure, Unit

_MOST = 5000


def read_structure(files: Files, manifest: str = "tincan.xml") -> Structure:
    """Read an xAPI package: each activity with a launch is a unit; the others tell what is within them.

    :raises Refused: nothing can be launched, or a launch leads nowhere.
    """
    root = parsed(files, manifest)
    activities = [element for element in root.iter() if isinstance(element.tag, str) and _local(element) == "activity"]
    if _local(root) != "tincan" or not activities:
        raise Refused(Fault(manifest, _l("The manifest names no activity.")))
    if len(activities) > _MOST:
        raise Refused(Fault(manifest, _l("The manifest names more than %(most)s activities.", most=_MOST)))
    faults: list[Fault] = []
    units = [unit for activity in activities if (unit := _unit(files, manifest, activity, faults)) is not None]
    if not units and not faults:
        faults.append(Fault(manifest, _l("No activity of the manifest has an address to launch.")))
    if faults:
        raise Refused(*faults)
    within = [
        {"id": activity.get("id", ""), "type": activity.get("type", ""), "name": _words(activity, "name")}
        for activity in activities
        if _child(activity, "launch") is None
    ]
    first = units[0]
    properties = {"activities": within[:_MOST]}
    return Structure(
        "xapi", Unit("course", first.identifier, first.title, None, first.description, properties, tuple(units))
    )


def _unit(files: Files, manifest: str, activity: Any, faults: list[Fault]) -> Unit | None:
    launch = _child(activity, "launch")
    if launch is None:
        return None
    identifier = (activity.get("id") or "").strip()
    if ":" not in identifier or any(c.isspace() for c in identifier) or len(identifier) > 2000:
        faults.append(Fault(manifest, _l("The id “%(id)s” of an activity is no IRI.", id=identifier[:200])))
        return None
    try:
        href = resolved(files, "".join(launch.itertext()), manifest)
    except Refused as refused:
        faults.extend(refused.faults)
        return None
    title = _words(activity, "name") or {"und": identifier}
    properties = {"activityType": activity.get("type")} if activity.get("type") else {}
    return Unit("activity", identifier, title, href, _words(activity, "description"), properties)


def _words(activity: Any, name: str) -> dict[str, str]:
    words: dict[str, str] = {}
    for child in activity:
        if isinstance(child.tag, str) and _local(child) == name:
            text = one_line("".join(child.itertext()))
            if text:
                words.setdefault((child.get("lang") or "und").strip(), text)
    return words


def _child(activity: Any, name: str) -> Any:
    return next((child for child in activity if isinstance(child.tag, str) and _local(child) == name), None)


def _local(element: Any) -> str:
    return str(etree.QName(element).localname)
