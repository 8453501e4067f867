"""A course as a SCORM 1.2 package (Content Aggregation Model, 2.3): one SCO for each part."""

from hashlib import sha256
from typing import IO
from urllib.parse import quote

from lxml.builder import ElementMaker  # type: ignore[import-not-found]  # it has no types
from lxml.etree import tostring

from lms.core import archives
from lms.packages.course import Course, Quiz
from lms.packages.exports.pages import pages

_CP = "http://www.imsproject.org/xsd/imscp_rootv1p1p2"
_ADL = "http://www.adlnet.org/xsd/adlcp_rootv1p2"


def write(course: Course, out: IO[bytes]) -> None:
    """Write the package to a stream that can seek or not."""
    files = list(pages(course, "scorm12.js"))
    archives.write(out, [("imsmanifest.xml", manifest(course, [path for path, _ in files])), *files])


def manifest(course: Course, paths: list[str]) -> bytes:
    """Return imsmanifest.xml; ``paths`` are the files of the package."""
    cp = ElementMaker(namespace=_CP, nsmap={None: _CP, "adlcp": _ADL})
    name = "K" + sha256(course.identifier.encode()).hexdigest()[:24]
    names = iter(course.parts())
    organization = cp.organization(cp.title(course.title), identifier=f"{name}-org")
    for place, module in enumerate(course.modules, 1):
        holder = cp.item(cp.title(module.title), identifier=f"M{place:02}")
        for part, item in (next(names) for _ in module.items):
            entry = cp.item(cp.title(item.title), identifier=f"I-{part}", identifierref=f"R-{part}")
            if isinstance(item, Quiz) and item.pass_percent is not None:
                score = cp.masteryscore(str(item.pass_percent))
                score.tag = f"{{{_ADL}}}masteryscore"
                entry.append(score)
            holder.append(entry)
        organization.append(holder)
    resources = cp.resources()
    for part, _ in course.parts():
        resource = cp.resource(
            cp.file(href=f"{part}.html"),
            cp.dependency(identifierref="R-shared"),
            {f"{{{_ADL}}}scormtype": "sco"},
            identifier=f"R-{part}",
            type="webcontent",
            href=f"{part}.html",
        )
        resources.append(resource)
    own = {f"{part}.html" for part, _ in course.parts()}
    shared = cp.resource({f"{{{_ADL}}}scormtype": "asset"}, identifier="R-shared", type="webcontent")
    shared.extend(cp.file(href=_href(path)) for path in paths if path not in own)
    resources.append(shared)
    root = cp.manifest(
        cp.metadata(cp.schema("ADL SCORM"), cp.schemaversion("1.2")),
        cp.organizations(organization, default=f"{name}-org"),
        resources,
        identifier=name,
        version="1.0",
    )
    return tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _href(path: str) -> str:
    return quote(path, safe="/")
