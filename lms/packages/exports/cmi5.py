"""A course as a cmi5 package (cmi5 Quartz, sections 13 and 14): one AU for each part."""

from collections.abc import Iterator
from typing import IO, Any

from lxml.builder import ElementMaker  # type: ignore[import-not-found]  # it has no types
from lxml.etree import tostring

from lms.core import archives
from lms.packages.course import Course, Item, Quiz
from lms.packages.exports.pages import pages

_NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"


def write(course: Course, out: IO[bytes]) -> None:
    """Write the package to a stream."""
    archives.write(out, files(course))


def files(course: Course) -> Iterator[tuple[str, bytes]]:
    """Give the files of the package, the course structure first."""
    yield "cmi5.xml", structure(course)
    yield from pages(course, "cmi5.js")


def structure(course: Course) -> bytes:
    """Return cmi5.xml."""
    element = ElementMaker(namespace=_NAMESPACE, nsmap={None: _NAMESPACE})

    def words(name: str, text: str) -> Any:
        return element(name, element.langstring(text, lang=course.language))

    names = iter(course.parts())
    root = element.courseStructure(
        element.course(words("title", course.title), words("description", course.title), id=course.identifier)
    )
    for place, module in enumerate(course.modules, 1):
        parts = [next(names) for _ in module.items]
        if not parts:
            continue
        block = element.block(
            words("title", module.title), words("description", module.title), id=f"{course.identifier}/m{place:02}"
        )
        for part, item in parts:
            unit = element.au(words("title", item.title), words("description", item.title), element.url(f"{part}.html"))
            unit.attrib.update({"id": f"{course.identifier}/{part}", **_criteria(item)})
            block.append(unit)
        root.append(block)
    return tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _criteria(item: Item) -> dict[str, str]:
    """Return what the system must see before it goes on (sections 13.1.4)."""
    if isinstance(item, Quiz) and item.pass_percent is not None:
        return {"moveOn": "Passed", "masteryScore": f"{item.pass_percent / 100:.2f}"}
    return {"moveOn": "Completed"}
