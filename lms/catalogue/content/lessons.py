"""Lessons: front matter and Markdown in, safe HTML with stable headings and figures out."""

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from typing import Any
from unicodedata import normalize

from lms.catalogue.content import figures
from lms.catalogue.content.faults import Reader
from lms.catalogue.content.shapes import LessonHead
from lms.core.html import render_markdown
from lms.core.text import fold

FIGURE_BASE = "figure:"
"""Stands for ``/figures/<version id>/`` until the version is known."""

_FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_HEADING = re.compile(r"<h([23])>(.*?)</h\1>", re.DOTALL)
_IMAGE = re.compile(r'<img((?:\s+\w+="[^"]*")*)\s*/?>')
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_ALONE = re.compile(rf"<p>({_IMAGE.pattern})</p>")
_TAG = re.compile(r"<[^>]*>")
_HEAD_ROW = re.compile(r"<thead>.*?</thead>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FigureFile:
    """A picture of a lesson: its path below the content folder, and where it lies."""

    name: str
    path: Path
    media_type: str


@dataclass(frozen=True, slots=True)
class LessonFile:
    """A lesson as read: its head, its HTML (figures under FIGURE_BASE), its headings and pictures."""

    head: LessonHead
    html: str
    headings: list[dict[str, Any]]
    figures: list[FigureFile]
    words: int


def read_lesson(reader: Reader, path: Path, folder: Path) -> LessonFile | None:
    """Read a lesson; ``folder`` is the content folder that its pictures may not leave."""
    text = reader.text(path)
    if text is None:
        return None
    parts = _FRONT.match(text)
    if parts is None:
        reader.fault(path, "", "front matter between two lines of ---, then the lesson")
        return None
    document = reader.document(path, parts[1])
    head = reader.shape(path, LessonHead, document) if document is not None else None
    pictures: dict[str, FigureFile] = {}
    html, headings = render(parts[2], lambda source: _figure(reader, path, folder, source, pictures))
    if head is None:
        return None
    return LessonFile(head, html, headings, list(pictures.values()), count_words(parts[2]))


def render(
    markdown: str, figure: Callable[[str], tuple[str, figures.Picture] | None]
) -> tuple[str, list[dict[str, Any]]]:
    """Render a lesson's Markdown; ``figure(src)`` gives a picture's name, or None when it is refused."""
    html = render_markdown(markdown)
    html, headings = _with_ids(html)

    def image(attributes: str) -> tuple[str, str]:
        given = {key: unescape(value) for key, value in _ATTRIBUTE.findall(attributes)}
        found = figure(given.get("src", ""))
        if found is None:
            return "", ""
        name, picture = found
        size = f' width="{picture.width}" height="{picture.height}"' if picture.width else ""
        return (
            f'<img src="{FIGURE_BASE}{escape(name)}" alt="{escape(given.get("alt", ""))}"{size} loading="lazy">',
            given.get("title", ""),
        )

    def alone(match: re.Match[str]) -> str:
        tag, title = image(match[2])
        caption = f"<figcaption>{escape(title, quote=False)}</figcaption>" if title else ""
        return f"<figure>{tag}{caption}</figure>" if tag else ""

    html = _ALONE.sub(alone, html)
    html = _IMAGE.sub(lambda match: match[0] if FIGURE_BASE in match[1] else image(match[1])[0], html)
    html = _HEAD_ROW.sub(lambda match: match[0].replace("<th>", '<th scope="col">'), html)
    html = html.replace("<table>", '<div class="table-wrap" tabindex="0"><table>').replace("</table>", "</table></div>")
    return html, headings


def count_words(markdown: str) -> int:
    """Count a lesson's words, pictures and table rules left out."""
    prose = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", markdown)
    return sum(1 for word in prose.split() if re.search(r"\w", word))


def _with_ids(html: str) -> tuple[str, list[dict[str, Any]]]:
    used: dict[str, int] = {}
    headings: list[dict[str, Any]] = []

    def heading(match: re.Match[str]) -> str:
        level, inner = match[1], match[2]
        text = unescape(_TAG.sub("", inner))
        slug = "s-" + (re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:60] or "muc")
        used[slug] = used.get(slug, 0) + 1
        if used[slug] > 1:
            slug = f"{slug}-{used[slug]}"
        if level == "2":
            headings.append({"id": slug, "text": text})
        return f'<h{level} id="{slug}">{inner}</h{level}>'

    return _HEADING.sub(heading, html), headings


def _figure(
    reader: Reader, lesson: Path, folder: Path, source: str, pictures: dict[str, FigureFile]
) -> tuple[str, figures.Picture] | None:
    """Find a picture named in a lesson within the content folder, and check it."""
    relative = lesson.parent.relative_to(folder).as_posix()
    name = posixpath.normpath(posixpath.join(relative, normalize("NFC", source)))
    path = folder / name
    if "://" in source or source.startswith(("/", "data:")) or name.startswith("..") or not _within(path, folder):
        reader.fault(lesson, source[:80], "a picture inside the content folder, such as figures/so-do.svg")
        return None
    if not path.is_file():
        reader.fault(lesson, source[:80], "the picture is missing")
        return None
    try:
        picture = figures.check(path.name, path.read_bytes())
    except figures.BadFigureError as error:
        reader.fault(path, "", str(error))
        return None
    pictures[name] = FigureFile(name, path, picture.media_type)
    return name, picture


def _within(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())
