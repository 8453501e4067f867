"""cmi5 course structures (cmi5 Quartz, sections 13 and 14): read, with every fault and where it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from lxml import etree

from lms.core.text import one_line
from lms.packages.formats.hrefs import resolved
from lms.packages.formats.xml import parsed
from lms.packages.messages import message as _l
from lms.packages.structure import Fault, Files, Refused, Structure, Unit, placed

NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
MOVE_ON = ("NotApplicable", "Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed")
LAUNCH_METHODS = ("AnyWindow", "OwnWindow")
_DEPTH, _UNITS = 30, 20_000
_RESERVED = frozenset({"endpoint", "fetch", "actor", "registration", "activityId"})
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_COURSE_PARTS = ("title", "description", "languages")
_PARTS = {
    "courseStructure": ("course", "objectives", "au", "block"),
    "course": _COURSE_PARTS,
    "block": ("title", "description", "objectives", "au", "block"),
    "au": ("title", "description", "objectives", "url", "launchParameters", "entitlementKey"),
    "objective": ("title", "description"),
}
"""Elements of each element, in their order; ``au`` and ``block`` may take turns."""
_REPEATED = frozenset({"au", "block"})
_AU_ATTRIBUTES = frozenset({"id", "moveOn", "masteryScore", "launchMethod", "activityType"})


def read_structure(files: Files, manifest: str = "cmi5.xml", *, bare: bool = False) -> Structure:
    """Read a course structure.

    :param bare: it stands alone, without a package: all addresses must be absolute (section 14.2)
    :raises Refused: with every fault found.
    """
    return _Reader(files, manifest, bare).read(parsed(files, manifest))


@dataclass(slots=True)
class _Reader:
    files: Files
    manifest: str
    bare: bool
    faults: list[Fault] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)
    objectives: set[str] = field(default_factory=set)
    referred: list[tuple[Any, str]] = field(default_factory=list)
    count: int = 0

    def read(self, root: Any) -> Structure:
        if root.tag != f"{{{NAMESPACE}}}courseStructure":
            self.fault(root, _l("The first element must be courseStructure of the namespace %(name)s.", name=NAMESPACE))
            raise Refused(*self.faults)
        self.order(root)
        course = next(_named(root, "course"), None)
        listed = [objective for holder in _named(root, "objectives") for objective in self.objective_list(holder)]
        identifier = ""
        title: dict[str, str] = {}
        description: dict[str, str] = {}
        if course is not None:
            self.order(course)
            identifier, title, description = self.common(course)
        children = self.children(root, 1)
        for element, name in self.referred:
            if name not in self.objectives:
                self.fault(element, _l("The objective “%(name)s” is not in the course's list.", name=name))
        if self.faults:
            raise Refused(*self.faults[:200])
        properties = {"objectives": listed}
        return Structure("cmi5", Unit("course", identifier, title, None, description, properties, tuple(children)))

    def fault(self, element: Any, message: Any) -> None:
        name = _local(element)
        identifier = element.get("id")
        which = f"{name} {identifier}" if identifier else name
        self.faults.append(Fault(f"{placed(self.manifest, element.sourceline)} {which}"[:300], message))

    def children(self, holder: Any, depth: int) -> list[Unit]:
        """Return the units and blocks within an element."""
        units = []
        for element in holder:
            kind = _local(element) if _ours(element) else ""
            if kind not in ("au", "block"):
                continue
            self.count += 1
            if depth > _DEPTH or self.count > _UNITS:
                most = {"units": _UNITS, "depth": _DEPTH}
                self.fault(element, _l("The course is too large: at most %(units)s units, %(depth)s deep.", **most))
                raise Refused(*self.faults)
            units.append(self.unit(element) if kind == "au" else self.block(element, depth))
        if not units:
            self.fault(holder, _l("There must be at least one unit (au) or block in it."))
        return units

    def block(self, element: Any, depth: int) -> Unit:
        self.order(element)
        self.attributes(element, frozenset({"id"}))
        identifier, title, description = self.common(element)
        properties = {"objectives": self.references(element)}
        children = tuple(self.children(element, depth + 1))
        return Unit("block", identifier, title, None, description, properties, children)

    def unit(self, element: Any) -> Unit:
        self.order(element)
        self.attributes(element, _AU_ATTRIBUTES)
        identifier, title, description = self.common(element)
        properties: dict[str, Any] = {
            "moveOn": self.choice(element, "moveOn", MOVE_ON),
            "launchMethod": self.choice(element, "launchMethod", LAUNCH_METHODS),
            "masteryScore": self.mastery(element),
            "activityType": self.iri(element, "activityType"),
            "launchParameters": _text_of(element, "launchParameters"),
            "entitlementKey": _text_of(element, "entitlementKey"),
            "objectives": self.references(element),
        }
        present = {key: value for key, value in properties.items() if value is not None}
        return Unit("au", identifier, title, self.address(element), description, present)

    # -- parts --------------------------------------------------------------------------------------------------------

    def order(self, holder: Any) -> None:
        """Check names, order and number of the elements (section 13.2)."""
        allowed = _PARTS[_local(holder)]
        reached = 0
        seen: set[str] = set()
        for element in holder:
            if not _ours(element):
                continue
            name = _local(element)
            if name not in allowed:
                self.fault(element, _l("This element is not allowed in %(holder)s.", holder=_local(holder)))
                continue
            place = allowed.index("au") if name in _REPEATED else allowed.index(name)
            if place < reached:
                self.fault(element, _l("The elements of %(holder)s are in the wrong order.", holder=_local(holder)))
            if name in seen and name not in _REPEATED:
                where = {"name": name, "holder": _local(holder)}
                self.fault(element, _l("There may be only one %(name)s in %(holder)s.", **where))
            reached = max(reached, place)
            seen.add(name)
        for name in ("course", "title", "description", "url"):
            if name in allowed and name not in seen:
                self.fault(holder, _l("%(name)s is missing.", name=name))

    def attributes(self, element: Any, allowed: frozenset[str]) -> None:
        for name in element.attrib:
            if "{" not in name and name not in allowed:
                self.fault(element, _l("The attribute %(name)s is not known.", name=name))

    def common(self, element: Any) -> tuple[str, dict[str, str], dict[str, str]]:
        return self.identifier(element), self.words(element, "title"), self.words(element, "description")

    def identifier(self, element: Any) -> str:
        iri = self.iri(element, "id")
        if iri is None:
            if element.get("id") is None:
                self.fault(element, _l("The attribute id is missing."))
            return ""
        if iri in self.ids:
            self.fault(element, _l("The id stands already in line %(line)s; ids must be unique.", line=self.ids[iri]))
        self.ids[iri] = element.sourceline
        return iri

    def iri(self, element: Any, name: str) -> str | None:
        attribute = element.get(name)
        if attribute is None:
            return None
        value = attribute.strip()
        if not _IRI.fullmatch(value):
            self.fault(element, _l("%(name)s must be an IRI with its scheme, such as https://…", name=name))
            return None
        return str(value)

    def words(self, element: Any, name: str) -> dict[str, str]:
        """Return a language map (section 13.1)."""
        holder = next(_named(element, name), None)
        if holder is None:
            return {}
        words: dict[str, str] = {}
        for langstring in holder:
            if not _ours(langstring):
                continue
            if _local(langstring) != "langstring":
                self.fault(langstring, _l("This element is not allowed in %(holder)s.", holder=name))
                continue
            tag = (langstring.get("lang") or "und").strip()
            if not _LANGUAGE.fullmatch(tag):
                self.fault(langstring, _l("“%(tag)s” is no language.", tag=tag))
            elif tag.lower() in {language.lower() for language in words}:
                self.fault(langstring, _l("There are two texts for the language %(tag)s.", tag=tag))
            else:
                words[tag] = one_line("".join(langstring.itertext()))
        if not any(words.values()):
            self.fault(holder, _l("%(name)s needs a text.", name=name))
        return {tag: text for tag, text in words.items() if text}

    def choice(self, element: Any, name: str, values: tuple[str, ...]) -> str:
        attribute = element.get(name)
        if attribute is None:
            return values[0]
        if attribute.strip() not in values:
            listed = ", ".join(values)
            self.fault(element, _l("%(name)s must be one of: %(values)s.", name=name, values=listed))
        return str(attribute.strip())

    def mastery(self, element: Any) -> float | None:
        attribute = element.get("masteryScore")
        if attribute is None:
            return None
        value = attribute.strip()
        good = _DECIMAL.fullmatch(value) and len(value) < 40 and 0 <= float(value) <= 1
        if not good or len(value.partition(".")[2].rstrip("0")) > 4:
            self.fault(element, _l("masteryScore must lie between 0 and 1, with four decimals at most."))
            return None
        return float(value)

    def objective_list(self, holder: Any) -> Iterator[dict[str, Any]]:
        count = 0
        for element in _named(holder, "objective"):
            count += 1
            self.order(element)
            identifier, title, description = self.common(element)
            self.objectives.add(identifier)
            yield {"id": identifier, "title": title, "description": description}
        if not count:
            self.fault(holder, _l("There is no objective in it."))

    def references(self, element: Any) -> list[str]:
        names = []
        for holder in _named(element, "objectives"):
            for objective in _named(holder, "objective"):
                name = (objective.get("idref") or "").strip()
                if name:
                    names.append(name)
                    self.referred.append((objective, name))
                else:
                    self.fault(objective, _l("The attribute idref is missing."))
        return names

    def address(self, element: Any) -> str | None:
        """Return the address of a unit, checked (sections 8.1 and 14)."""
        holder = next(_named(element, "url"), None)
        if holder is None:
            return None
        url = "".join(holder.itertext()).strip()
        if not url:
            self.fault(holder, _l("The address (url) is empty."))
            return None
        try:
            parts = urlsplit(url)
            reserved = _RESERVED & {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
        except ValueError:
            self.fault(holder, _l("The address (url) is not valid."))
            return None
        if reserved:
            names = ", ".join(sorted(reserved))
            words = _l("The address must not have the parameters %(names)s: the launch sets them.", names=names)
            self.fault(holder, words)
        if self.bare and not parts.scheme:
            self.fault(holder, _l("Without a package the address must be absolute (https://…)."))
            return None
        try:
            return resolved(self.files, url, self.manifest)
        except Refused as refused:
            self.fault(holder, refused.faults[0].message)
            return None


def _ours(element: Any) -> bool:
    return isinstance(element.tag, str) and element.tag.startswith(f"{{{NAMESPACE}}}")


def _local(element: Any) -> str:
    return str(etree.QName(element).localname)


def _named(holder: Any, name: str) -> Iterator[Any]:
    return (child for child in holder if child.tag == f"{{{NAMESPACE}}}{name}")


def _text_of(element: Any, name: str) -> str | None:
    child = next(_named(element, name), None)
    return None if child is None else "".join(child.itertext()).strip()
