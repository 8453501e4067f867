"""A course as an IMS Common Cartridge 1.3: pages, files, web links and quizzes; see :func:`left_out`."""

from collections.abc import Iterator
from hashlib import sha256
from html import escape
from typing import IO, Any
from urllib.parse import quote

from lxml.builder import ElementMaker  # type: ignore[import-not-found]  # it has no types
from lxml.etree import tostring

from lms.core import archives
from lms.packages.course import Attached, Course, Item, Lesson, Link, Quiz
from lms.packages.exports import qti

_CC = "http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1"
_LOM = "http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest"
_LINK = "http://www.imsglobal.org/xsd/imsccv1p3/imswl_v1p3"
_PAGE = (
    '<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title></head>\n'
    "<body><h1>{title}</h1>\n{html}\n</body></html>\n"
)


def write(course: Course, out: IO[bytes]) -> None:
    """Write the cartridge to a stream."""
    archives.write(out, [("imsmanifest.xml", manifest(course)), *_files(course)])


def left_out(course: Course) -> tuple[str, ...]:
    """Return the prompts of the questions that a cartridge cannot hold."""
    quizzes = [item for _, item in course.parts() if isinstance(item, Quiz)]
    return tuple(
        question.prompt
        for quiz in quizzes
        for question in quiz.questions
        if question not in qti.exportable(quiz).questions
    )


def manifest(course: Course) -> bytes:
    """Return imsmanifest.xml (Common Cartridge 1.3, section 4)."""
    cc = ElementMaker(namespace=_CC, nsmap={None: _CC, "lomimscc": _LOM})
    lom = ElementMaker(namespace=_LOM)
    general = lom.general(lom.title(lom.string(course.title, language=course.language)), lom.language(course.language))
    metadata = cc.metadata(cc.schema("IMS Common Cartridge"), cc.schemaversion("1.3.0"), lom.lom(general))
    top, names = cc.item(identifier="root"), iter(course.parts())
    for place, module in enumerate(course.modules, 1):
        holder = cc.item(cc.title(module.title), identifier=f"M{place:02}")
        for part, item in (next(names) for _ in module.items):
            if _href(part, item)[0]:
                holder.append(cc.item(cc.title(item.title), identifier=f"I-{part}", identifierref=f"R-{part}"))
        top.append(holder)
    organization = cc.organization(top, identifier="org", structure="rooted-hierarchy")
    resources = cc.resources(*_resources(cc, course))
    name = "K" + sha256(course.identifier.encode()).hexdigest()[:24]
    root = cc.manifest(metadata, cc.organizations(organization), resources, identifier=name)
    return tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _resources(cc: Any, course: Course) -> Iterator[Any]:
    places = {file.path: f"F{number:04}" for number, file in enumerate(course.files, 1)}
    for part, item in course.parts():
        href, kind = _href(part, item)
        if not href:
            continue
        attributes = {"identifier": f"R-{part}", "type": kind} | ({"href": href} if kind == "webcontent" else {})
        resource = cc.resource(cc.file(href=href), attributes)
        if isinstance(item, Lesson):
            resource.extend(cc.dependency(identifierref=places[figure]) for figure in item.figures if figure in places)
        yield resource
    for path, name in places.items():
        href = quote(f"files/{path}")
        yield cc.resource(cc.file(href=href), identifier=name, type="webcontent", href=href)


def _href(part: str, item: Item) -> tuple[str, str]:
    match item:
        case Lesson():
            return f"{part}.html", "webcontent"
        case Link():
            return f"{part}.xml", "imswl_xmlv1p3"
        case Attached():
            return quote(f"files/{item.path}"), "webcontent"
        case Quiz():
            return (f"{part}.xml", qti.TYPE) if qti.exportable(item).questions else ("", "")


def _files(course: Course) -> Iterator[tuple[str, bytes]]:
    for part, item in course.parts():
        if isinstance(item, Lesson):
            page = _PAGE.format(lang=escape(course.language), title=escape(item.title), html=item.html)
            yield f"{part}.html", page.encode()
        elif isinstance(item, Quiz) and qti.exportable(item).questions:
            yield f"{part}.xml", qti.assessment(item, part)
        elif isinstance(item, Link):
            wl = ElementMaker(namespace=_LINK, nsmap={None: _LINK})
            link = wl.webLink(wl.title(item.title), wl.url(href=item.url))
            yield f"{part}.xml", tostring(link, xml_declaration=True, encoding="UTF-8")
    for file in course.files:
        yield f"files/{file.path}", file.content
