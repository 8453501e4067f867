"""The resources of a manifest: what items launch, and the files it names (SCORM 2004 CAM, 3.4.1.8 to 3.4.1.10)."""

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from lms.packages.messages import message as _l
from lms.packages.scorm.hrefs import Address, Bad, Names
from lms.packages.scorm.markup import Element, Findings, attribute, base, child, children, short
from lms.packages.structure import Files


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource.

    :ivar kind: ``sco`` or ``asset``
    """

    element: Element
    identifier: str
    kind: str


class Resources:
    """The resources of a manifest, by their identifiers."""

    def __init__(self, root: Element, files: Files, manifest: str, findings: Findings) -> None:
        self._findings = findings
        self._names = Names(files)
        self._holder = child(root, "resources")
        folder = posixpath.dirname(manifest)
        self._bases = (f"{folder}/" if folder else "", base(root), "" if self._holder is None else base(self._holder))
        self._by_identifier = {resource.identifier: resource for resource in self._read()}
        self._addresses: dict[str, Address | None] = {}

    def get(self, identifier: str) -> Resource | None:
        """Return a resource by its identifier."""
        return self._by_identifier.get(identifier)

    def address(self, resource: Resource) -> Address | None:
        """Return what a resource opens; None, with a fault, when it can open nothing."""
        if resource.identifier not in self._addresses:
            self._addresses[resource.identifier] = self._address(resource)
        return self._addresses[resource.identifier]

    def check(self) -> None:
        """Note what does not keep anybody from playing: missing files, names in another case, idle references."""
        missing: dict[str, None] = {}
        for resource in self._by_identifier.values():
            for href in self._mentioned(resource):
                try:
                    self._names.resolve(self._bases_of(resource), href)
                except Bad:
                    missing[href] = None
        self._note(_missing, missing)
        self._note(_recased, self._names.recased)
        self._note(_backslashes, self._names.backslashes)
        self._note_dependencies()

    def _address(self, resource: Resource) -> Address | None:
        href = attribute(resource.element, "href")
        try:
            if href is None:
                raise Bad(_no_href(short(resource.identifier)))
            address = self._names.resolve(self._bases_of(resource), href)
        except Bad as bad:
            self._findings.refuse(bad.message, resource.element)
            return None
        if address.external:
            self._findings.note(_external(short(address.path)), resource.element)
        return address

    def _bases_of(self, resource: Resource) -> tuple[str, ...]:
        return (*self._bases, base(resource.element))

    def _mentioned(self, resource: Resource) -> Iterator[str]:
        """Give what a resource names but no item launches."""
        hrefs = [attribute(file, "href") for file in children(resource.element, "file")]
        if resource.identifier not in self._addresses:
            hrefs.append(attribute(resource.element, "href"))
        yield from (href for href in hrefs if href)

    def _read(self) -> Iterator[Resource]:
        seen: set[str] = set()
        for element in () if self._holder is None else children(self._holder, "resource"):
            identifier = attribute(element, "identifier")
            if identifier is None:
                self._findings.refuse(_l("A resource has no identifier. Please give it one."), element)
            elif identifier in seen:
                self._findings.refuse(_twice(short(identifier)), element)
            else:
                seen.add(identifier)
                yield Resource(element, identifier, self._kind(element))

    def _kind(self, element: Element) -> str:
        return "sco" if (attribute(element, "scormtype") or "").lower() == "sco" else "asset"

    def _note(self, message: Any, names: Iterable[str]) -> None:
        listed = list(names)
        if listed:
            self._findings.note(message(len(listed), ", ".join(map(short, listed[:3]))))

    def _note_dependencies(self) -> None:
        needs = {resource.identifier: list(_dependencies(resource)) for resource in self._by_identifier.values()}
        self._note(_idle, dict.fromkeys(name for names in needs.values() for name in names if name not in needs))
        try:
            TopologicalSorter(needs).prepare()
        except CycleError as error:
            self._findings.note(_cycle(" → ".join(map(short, error.args[1][:4]))))


def _dependencies(resource: Resource) -> Iterator[str]:
    for dependency in children(resource.element, "dependency"):
        name = attribute(dependency, "identifierref")
        if name:
            yield name


# -- messages ----------------------------------------------------------------------------------------------------------


def _no_href(name: str) -> Any:
    return _l("The resource %(name)s has no href, so there is nothing to open. Please name its first page.", name=name)


def _twice(name: str) -> Any:
    return _l("The identifier %(name)s is given twice. Please make identifiers unique.", name=name)


def _external(address: str) -> Any:
    return _l(
        "This part opens a page of another website (%(address)s). It needs the internet, "
        "and what is done there may not be recorded.",
        address=address,
    )


def _missing(count: int, names: str) -> Any:
    return _l(
        "Files named in the manifest are not in the package: %(count)s, such as %(names)s. "
        "Please check that the content shows all of its pictures and media.",
        count=count,
        names=names,
    )


def _recased(count: int, names: str) -> Any:
    return _l(
        "Files were found only when capital and small letters were taken as equal: %(count)s, such as %(names)s. "
        "Please check that the content shows all of its pictures and media.",
        count=count,
        names=names,
    )


def _backslashes(count: int, names: str) -> Any:
    return _l("Addresses with backslashes were read as paths: %(count)s, such as %(names)s.", count=count, names=names)


def _idle(count: int, names: str) -> Any:
    return _l(
        "Dependencies on resources that do not exist were ignored: %(count)s, such as %(names)s.",
        count=count,
        names=names,
    )


def _cycle(names: str) -> Any:
    return _l("Resources that depend on one another in a circle: %(names)s. This does no harm.", names=names)
