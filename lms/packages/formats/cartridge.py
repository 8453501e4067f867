"""IMS Common Cartridges 1.0 to 1.3, thin ones too, as Moodle, Canvas and others export them.

What can be shown becomes units of the kinds of single files, and quizzes become pages of our own, which report by
cmi5; the rest is told in notes. A cartridge is refused only when nothing in it can be shown, or its manifest cannot be
trusted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from lms.core.text import one_line
from lms.packages.course import Course, Module, Quiz
from lms.packages.exports import pages
from lms.packages.formats import qti, web
from lms.packages.formats.collection import KINDS
from lms.packages.formats.hrefs import resolved
from lms.packages.formats.xml import parsed
from lms.packages.messages import message as _l
from lms.packages.structure import Fault, Files, Refused, Structure, Unit

_DEPTH, _ITEMS = 30, 20_000
_MADE = "khue-quizzes"
_NOTES = 200
_WEBLINK = re.compile(r"imswl_xmlv1p[0-9]")
_TOPIC = re.compile(r"imsdt_xmlv1p[0-9]")
_QUIZ = re.compile(r"imsqti_xmlv1p2/imscc_xmlv1p[0-9]/(assessment|question-bank)")
_TOOL = re.compile(r"imsbasiclti_xmlv1p[0-9](p[0-9])?")
_PAGES = (".html", ".htm", ".xhtml")


def read_structure(files: Files, manifest: str = "imsmanifest.xml") -> Structure:
    """Read a cartridge.

    :raises Refused: its manifest is no valid XML, is too large, or names nothing that can be shown.
    """
    if manifest not in files:
        raise Refused(Fault(manifest, _l("The package has no manifest. Please export it again as Common Cartridge.")))
    return _Reader(files, manifest).read(parsed(files, manifest))


@dataclass(slots=True)
class _Reader:
    files: Files
    manifest: str
    notes: list[Fault] = field(default_factory=list)
    resources: dict[str, Any] = field(default_factory=dict)
    bases: tuple[str, ...] = ()
    used: set[str] = field(default_factory=set)
    quizzes: list[Quiz] = field(default_factory=list)
    count: int = 0

    def read(self, root: Any) -> Structure:
        if _local(root) != "manifest":
            raise Refused(Fault(self.manifest, _l("The first element of a cartridge must be manifest.")))
        self.collect(root)
        language = _language(root)
        top = next(_all(root, "organization"), None)
        children = tuple(self.items(top, 1, language)) if top is not None else ()
        children += tuple(self.unlisted(language))
        if not any(unit.href for child in children for unit in child.walk()):
            words = _l("Nothing in this cartridge can be shown: it has no pages, files or links.")
            raise Refused(Fault(self.manifest, words), *self.notes)
        title = {language: _course_title(root) or self.manifest}
        identifier = (root.get("identifier") or "course")[:300]
        unit = Unit("course", identifier, title, children=children)
        return Structure("cartridge", unit, tuple(self.notes), dict(self.quiz_pages(title[language], language)))

    def note(self, place: str, words: Any) -> None:
        if len(self.notes) < _NOTES:
            self.notes.append(Fault(place[:300], words))

    def quiz_pages(self, title: str, language: str) -> Iterator[tuple[str, bytes]]:
        """Give the pages of the quizzes, named m01-01, m01-02 … in their order, and what these need."""
        if self.quizzes:
            course = Course("", title, (Module("quizzes", title, tuple(self.quizzes)),), language)
            for path, content in pages.pages(course, "cmi5.js"):
                yield f"{_MADE}/{path}", content

    def collect(self, root: Any) -> None:
        """Take the resources by their identifiers; the first of several wins."""
        for element in _all(root, "resource"):
            identifier = element.get("identifier")
            if identifier in self.resources:
                self.note(self.place(element), _l("Another resource has the same identifier; the first one is used."))
            elif identifier:
                self.resources[identifier] = element

    def items(self, holder: Any, depth: int, language: str) -> Iterator[Unit]:
        """Give the units of the items within an element."""
        for element in holder:
            if _local(element) != "item":
                continue
            self.count += 1
            if depth > _DEPTH or self.count > _ITEMS:
                most = {"items": _ITEMS, "depth": _DEPTH}
                words = _l("The course is too large: at most %(items)s parts, %(depth)s deep.", **most)
                raise Refused(Fault(self.manifest, words))
            yield from self.item(element, depth, language)

    def item(self, element: Any, depth: int, language: str) -> Iterator[Unit]:
        title = _child_text(element, "title")
        children = tuple(self.items(element, depth + 1, language))
        reference = element.get("identifierref")
        unit = self.referred(reference, title, language) if reference else None
        if unit is not None and not children:
            yield unit
        elif children and not title and unit is None:
            yield from children
        elif children:
            name = {language: title or _name(unit)}
            first = () if unit is None else (unit,)
            yield Unit("block", (element.get("identifier") or "")[:300], name, children=first + children)

    def referred(self, reference: str, title: str, language: str) -> Unit | None:
        resource = self.resources.get(reference)
        if resource is None:
            self.note(title or self.manifest, _l("Left out: it names a resource that is not in the cartridge."))
            return None
        self.used.add(reference)
        return self.unit(resource, title, language)

    def unlisted(self, language: str) -> Iterator[Unit]:
        """Give what stands in no module: pages, links and quizzes; other files are mostly parts of pages."""
        parts = self.parts()
        for identifier, resource in self.resources.items():
            if identifier in self.used or identifier in parts or not self.stands_alone(resource):
                continue
            unit = self.unit(resource, self.own_title(resource), language)
            if unit is not None:
                yield unit

    def parts(self) -> set[str]:
        """Return the resources that others need."""
        return {
            str(dependency.get("identifierref"))
            for resource in self.resources.values()
            for dependency in _all(resource, "dependency")
        }

    def stands_alone(self, resource: Any) -> bool:
        kind = (resource.get("type") or "").strip()
        if kind == "webcontent":
            return _first_file(resource).partition("?")[0].partition("#")[0].lower().endswith(_PAGES)
        return any(form.match(kind) for form in (_QUIZ, _TOOL, _WEBLINK))

    def own_title(self, resource: Any) -> str:
        """Return the title that a page gives itself."""
        if (resource.get("type") or "").strip() != "webcontent":
            return ""
        path = unquote((resource.get("{http://www.w3.org/XML/1998/namespace}base") or "") + _first_file(resource))
        return web.title_of(self.files, path) if path in self.files else ""

    def place(self, resource: Any) -> str:
        """Return the file of a resource, by which a note names it; ids of manifests say nothing to people."""
        return _first_file(resource) or self.manifest

    def unit(self, resource: Any, title: str, language: str) -> Unit | None:
        kind = (resource.get("type") or "").strip()
        identifier = resource.get("identifier")[:300]
        place = title or self.place(resource)
        if _QUIZ.match(kind):
            return self.quiz(resource, identifier, title, language)
        if _TOOL.match(kind):
            self.note(place, _l("Left out: an external tool (LTI) needs an agreement with its provider."))
        elif _WEBLINK.match(kind):
            return self.weblink(resource, identifier, title, language)
        elif _TOPIC.match(kind):
            self.topic(resource, place)
        elif kind == "webcontent" or kind.startswith("associatedcontent"):
            return self.file(resource, identifier, title, language)
        else:
            self.note(place, _l("Left out: resources of the kind “%(kind)s” are not taken.", kind=kind[:100]))
        return None

    def file(self, resource: Any, identifier: str, title: str, language: str) -> Unit | None:
        href = self.address(resource, title or self.place(resource))
        if href is None:
            return None
        path = urlsplit(href).path
        kind = "link" if urlsplit(href).scheme else KINDS.get(PurePosixPath(unquote(path)).suffix.lower())
        if kind is None:
            self.note(path, _l("Left out: files of this kind cannot be shown here."))
            return None
        return Unit(kind, identifier, {language: title or PurePosixPath(path).name}, href)

    def quiz(self, resource: Any, identifier: str, title: str, language: str) -> Unit | None:
        """Make a page of a quiz; it is passed from where it says itself, and otherwise done when it was answered."""
        place = title or self.place(resource)
        document = self.document(resource, place)
        if document is None:
            return None
        quiz, notes = qti.read_quiz(document, identifier, title)
        for note in notes:
            self.note(note.path or place, note.message)
        if quiz is None:
            self.note(place, _l("Left out: none of the questions of this quiz can be asked here."))
            return None
        self.quizzes.append(quiz)
        about: dict[str, Any] = {"moveOn": "Completed", "launchMethod": "AnyWindow"}
        if quiz.pass_percent is not None:
            about |= {"moveOn": "Passed", "masteryScore": quiz.pass_percent / 100}
        name = uuid5(NAMESPACE_URL, f"{self.manifest}/{identifier}").urn
        href = f"{_MADE}/m01-{len(self.quizzes):02}.html"
        return Unit("au", name, {language: quiz.title}, href, properties=about)

    def weblink(self, resource: Any, identifier: str, title: str, language: str) -> Unit | None:
        document = self.document(resource, title or self.place(resource))
        url = next((element.get("href") for element in _all(document, "url")), None) if document is not None else None
        if document is None:
            return None
        if not _is_web(url):
            self.note(title or self.place(resource), _l("Left out: its address is no http or https address."))
            return None
        return Unit("link", identifier, {language: title or _child_text(document, "title") or str(url)}, url)

    def topic(self, resource: Any, place: str) -> None:
        """Keep a discussion's topic as a note: there is no page of it in the cartridge that could be shown."""
        document = self.document(resource, place)
        if document is not None:
            words = _l("The discussion is not held here. Its question: %(text)s", text=_plain(document)[:500])
            self.note(place, words)

    def address(self, resource: Any, place: str) -> str | None:
        href = _first_file(resource)
        if not href:
            self.note(place, _l("Left out: the resource has no file."))
            return None
        base = resource.get("{http://www.w3.org/XML/1998/namespace}base") or ""
        try:
            return resolved(self.files, base + href, self.manifest)
        except Refused as refused:
            self.notes.extend(refused.faults[: max(0, _NOTES - len(self.notes))])
            return None

    def document(self, resource: Any, place: str) -> Any:
        """Return the XML a resource consists of; None, with a note, when there is none."""
        inline = [child for child in resource if _local(child) not in ("file", "metadata", "dependency", "variant")]
        if inline:
            return inline[0]
        href = self.address(resource, place)
        if href is None or urlsplit(href).scheme:
            return None
        try:
            return parsed(self.files, _path(href, self.files))
        except Refused as refused:
            self.notes.extend(refused.faults[: max(0, _NOTES - len(self.notes))])
            return None


def _first_file(resource: Any) -> str:
    return (resource.get("href") or next((file.get("href") for file in _all(resource, "file")), None) or "").strip()


def _path(href: str, files: Files) -> str:
    if href in files:
        return href
    plain = href.partition("?")[0].partition("#")[0]
    return plain if plain in files else quote(plain)


def _is_web(url: str | None) -> bool:
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not re.search(r"\s", url or "")


def _plain(document: Any) -> str:
    text = "".join(next(_all(document, "text"), document).itertext())
    return one_line(re.sub(r"<[^>]*>", " ", text))


def _name(unit: Unit | None) -> str:
    return next(iter(unit.title.values())) if unit is not None else "…"


def _local(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _all(element: Any, name: str) -> Iterator[Any]:
    return (descendant for descendant in element.iter() if _local(descendant) == name)


def _child_text(element: Any, name: str) -> str:
    child = next((child for child in element if _local(child) == name), None)
    return "" if child is None else one_line("".join(child.itertext()))[:500]


def _course_title(root: Any) -> str:
    metadata = next((child for child in root if _local(child) == "metadata"), None)
    title = next(_all(metadata, "title"), None) if metadata is not None else None
    return "" if title is None else one_line("".join(title.itertext()))[:500]


def _language(root: Any) -> str:
    metadata = next((child for child in root if _local(child) == "metadata"), None)
    language = next(_all(metadata, "language"), None) if metadata is not None else None
    tag = (language.text or "").strip() if language is not None else ""
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", tag) else "und"
