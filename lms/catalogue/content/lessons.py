"""Lessons: front matter and Markdown with blocks in, typed blocks and the HTML drawn of them out."""

import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unicodedata import normalize
from urllib.parse import unquote

from lms.catalogue.content import drawing, figures, marks
from lms.catalogue.content.blocks import Document, UsedFile
from lms.catalogue.content.faults import Reader
from lms.catalogue.content.markup import Page
from lms.catalogue.content.registers import SOURCES, TERMS, Registers
from lms.catalogue.content.shapes import LessonHead, Source, plain
from lms.catalogue.content.writing import Writer

FIGURE_BASE = "figure:"
"""Stands for ``/figures/<version id>/`` until the version is known."""

_FRONT = re.compile(r"\A---\n(.*?)\n---(?:\n(.*))?\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FigureFile:
    """A picture, recording or download of a lesson: its path below the content folder, and where it lies."""

    name: str
    path: Path
    media_type: str


@dataclass(frozen=True, slots=True)
class LessonFile:
    """A lesson as read: its head, its blocks, and what is drawn of them (files under FIGURE_BASE).

    :ivar minutes: what its own words, questions, steps and tasks come to (:mod:`lms.catalogue.content.marks`)
    """

    head: LessonHead
    document: Document
    html: str
    headings: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    figures: list[FigureFile]
    words: int
    minutes: float
    path: Path = field(default_factory=Path)


def read_lesson(reader: Reader, path: Path, folder: Path, registers: Registers) -> LessonFile | None:
    """Read a lesson; ``folder`` is the content folder that its pictures may not leave."""
    text = reader.text(path)
    if text is None:
        return None
    match = _FRONT.match(text)
    if match is None:
        reader.fault(path, "line 1", "front matter between two lines of ---, then the lesson")
        return None
    head, body = read_head(reader, path, match[1]), match[2] or ""
    writer = Writer(reader, path, registers, match[1].count("\n") + 4)
    document = Document(blocks=writer.read(body))
    document.outcomes = [outcome.vi for outcome in head.outcomes] if head else []
    _registered(reader, path, head, document, registers)
    finder = _Finder(reader, path, folder)
    page = Page(registers, document.files, fault=writer.fault, find=finder.find)
    written = [plain(one) for one in head.sources if isinstance(one, Source)] if head else []
    drawn = drawing.draw(document, page, written)
    if head is None:
        return None
    if not drawn.sources:
        reader.fault(path, "sources", f"at least one source: a code of {SOURCES}, or a citation in the lesson")
    for line, code in page.unplaced:
        reader.note(path, f"line {line}", f"điều, khoản của {code} (đang ghi Đ?)")
    marks.note_words(reader, path, text)
    minutes = marks.minutes(document)
    marks.note_minutes(reader, path, head.minutes, minutes)
    return LessonFile(
        head, document, drawn.html, drawn.headings, drawn.sources, finder.found, marks.count_words(body), minutes, path
    )


def read_head(reader: Reader, path: Path, text: str) -> LessonHead | None:
    """Read the front matter; its lines are those of the file."""
    document = reader.document(path, "\n" + text)
    head: LessonHead | None = reader.shape(path, LessonHead, document) if document is not None else None
    return head


def render(markdown: str, registers: Registers | None = None) -> tuple[str, list[dict[str, Any]]]:
    """Draw a lesson that is only text; what is at fault is left out."""
    reader = Reader(Path())
    writer = Writer(reader, Path("lesson.md"), registers or Registers(), 1)
    document = Document(blocks=writer.read(markdown))
    drawn = drawing.draw(document, Page(writer.registers, {}, fault=writer.fault), [])
    return drawn.html, drawn.headings


def _registered(reader: Reader, path: Path, head: LessonHead | None, document: Document, registers: Registers) -> None:
    """Take over the codes and terms that the head names."""
    for number, one in enumerate(head.sources if head else ()):
        if isinstance(one, str):
            document.sources.append(one)
            if one not in registers.sources:
                reader.fault(path, f"sources[{number}]", f"a source of {SOURCES}; “{one}” is none")
    for number, written in enumerate(head.terms if head else ()):
        name = registers.term(written)
        if name is None:
            reader.fault(path, f"terms[{number}]", f"a term of {TERMS}; “{written}” is none")
        else:
            document.terms.append(name)


class _Finder:
    """Finds and checks the files that a lesson refers to."""

    def __init__(self, reader: Reader, lesson: Path, folder: Path) -> None:
        self.reader, self.lesson, self.folder = reader, lesson, folder
        self.found: list[FigureFile] = []

    def find(self, address: str, line: int) -> UsedFile | None:
        """Return a file within the content folder; None when it is refused, which is told."""
        source = normalize("NFC", unquote(address))
        relative = self.lesson.parent.relative_to(self.folder).as_posix()
        name = posixpath.normpath(posixpath.join(relative, source))
        path = self.folder / name
        if "://" in source or source.startswith(("/", "data:")) or name.startswith("..") or not self._within(path):
            self._refuse(line, f"a file inside the content folder, such as figures/so-do.svg; not “{source[:80]}”")
            return None
        if not path.is_file():
            self._refuse(line, f"a file that is there; “{source[:80]}” is missing")
            return None
        try:
            picture = figures.check_file(path.name, path.read_bytes())
        except figures.BadFigureError as error:
            self.reader.fault(path, "", str(error))
            return None
        letters = picture.letters_at(marks.PHONE_WIDTH)
        if letters is not None and letters < marks.LETTERS_LEAST:
            told = (
                f"chữ từ {marks.LETTERS_LEAST} px khi hình rộng {marks.PHONE_WIDTH} px (nay nhỏ nhất {letters:.1f} px)"
            )
            self.reader.note(path, "", told)
        if all(one.name != name for one in self.found):
            self.found.append(FigureFile(name, path, picture.media_type))
        size = path.stat().st_size
        return UsedFile(name=name, media_type=picture.media_type, width=picture.width, height=picture.height, size=size)

    def _refuse(self, line: int, expected: str) -> None:
        self.reader.fault(self.lesson, f"line {line}", expected)

    def _within(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self.folder.resolve())
