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
    activities = [one for one in root.iter() if isinstance(one.tag, str) and _local(one) == "activity"]
    if _local(root) != "tincan" or not activities:
        raise Refused(Fault(manifest, _l("The manifest names no activity.")))
    if len(activities) > _MOST:
        raise Refused(Fault(manifest, _l("The manifest names more than %(most)s activities.", most=_MOST)))
    faults: list[Fault] = []
    units = [unit for one in activities if (unit := _unit(files, manifest, one, faults)) is not None]
    if not units and not faults:
        faults.append(Fault(manifest, _l("No activity of the manifest has an address to launch.")))
    if faults:
        raise Refused(*faults)
    within = [
        {"id": one.get("id", ""), "type": one.get("type", ""), "name": _words(one, "name")}
        for one in activities
        if _child(one, "launch") is None
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
    for one in activity:
        if isinstance(one.tag, str) and _local(one) == name:
            text = one_line("".join(one.itertext()))
            if text:
                words.setdefault((one.get("lang") or "und").strip(), text)
    return words


def _child(activity: Any, name: str) -> Any:
    return next((one for one in activity if isinstance(one.tag, str) and _local(one) == name), None)


def _local(element: Any) -> str:
    return str(etree.QName(element).localname)
