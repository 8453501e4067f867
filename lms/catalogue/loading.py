"""Writes what was read from the repository: a changed record updates its row, changed content is a new version."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import delete, insert, select, update

from lms.catalogue.content import FIGURE_BASE, LessonFile, ProgrammeFolder, Short, Text, VersionFolder, drawing, plain
from lms.catalogue.content.blocks import Document
from lms.catalogue.content.markup import Page
from lms.catalogue.content.registers import Registers
from lms.catalogue.life import VERSION
from lms.catalogue.models import (
    Figure,
    GlossaryTerm,
    Lesson,
    Module,
    Programme,
    ProgrammeVersion,
    Topic,
    VersionComment,
)
from lms.catalogue.rules import words
from lms.core import files, transitions
from lms.core.database import db
from lms.core.guard import SYSTEM
from lms.core.transitions import Because

LOADED = Because(source="command")
"""How a version that is read from files came."""


def store_programme(loaded: ProgrammeFolder) -> tuple[Programme, bool]:
    """Write a programme's row unless it is unchanged; tells whether anything was written."""
    file = loaded.file
    row = db.session.scalar(select(Programme).where(Programme.code == file.code))
    search_text = _search_text(loaded)
    fresh = (loaded.checksum, loaded.slug, loaded.position, search_text)
    if row is not None and (row.checksum, row.slug, row.position, row.search_text) == fresh:
        return row, False
    if row is None:
        row = Programme(id=uuid4(), code=file.code)
        db.session.add(row)
    document = plain(file)
    document.pop("version", None)
    row.slug, row.group, row.kind, row.position = loaded.slug, file.group, file.kind, loaded.position
    row.name, row.field = plain(file.name), file.field
    row.audience_kinds, row.forms, row.quota = list(file.audience.kinds), list(file.forms), file.quota
    row.document, row.search_text, row.checksum = document, search_text, loaded.checksum
    db.session.flush()
    return row, True


def store_version(programme: Programme, loaded: VersionFolder, drawn: str, *, at: datetime) -> ProgrammeVersion | None:
    """Write a version with its modules, lessons, topics and pictures; None when the newest one is this already."""
    newest = db.session.scalar(
        select(ProgrammeVersion)
        .where(ProgrammeVersion.programme_id == programme.id)
        .order_by(ProgrammeVersion.number.desc())
        .limit(1)
    )
    if newest is not None and newest.checksum == loaded.checksum:
        return None
    block = loaded.block
    replaced = db.session.scalars(
        select(ProgrammeVersion)
        .where(ProgrammeVersion.programme_id == programme.id, ProgrammeVersion.status == "proposed")
        .with_for_update()
    ).all()
    for one in replaced:
        transitions.carry_out(VERSION, "replace", one, LOADED, actor=SYSTEM, at=at)
        one.moved_at = at
    version = ProgrammeVersion(
        id=uuid4(),
        programme_id=programme.id,
        number=max(block.number, newest.number + 1) if newest else block.number,
        checksum=loaded.checksum,
        loaded_at=at,
        moved_at=at,
        hours=block.hours,
        notice=plain(block.notice),
        attendance_min_percent=block.attendance_min_percent,
        document=plain(block),
    )
    transitions.begin(VERSION, "load", version, LOADED, actor=SYSTEM, at=at)
    _carry_comments([one.id for one in replaced], version.id)
    db.session.execute(
        insert(Topic),
        [
            {"id": uuid4(), "version_id": version.id, "position": position, **plain(topic)}
            for position, topic in enumerate(block.topics, 1)
        ],
    )
    _store_modules(version, loaded, drawn)
    return version


def _carry_comments(replaced: list[UUID], version_id: UUID) -> None:
    """Comments that were not answered stand beside the next text."""
    open_ones = (VersionComment.version_id.in_(replaced), VersionComment.answered_at.is_(None))
    db.session.execute(update(VersionComment).where(*open_ones).values(version_id=version_id))


def _store_modules(version: ProgrammeVersion, loaded: VersionFolder, drawn: str) -> None:
    modules: list[dict[str, Any]] = []
    lessons: list[dict[str, Any]] = []
    pictures: dict[str, dict[str, Any]] = {}
    base = figure_base(version.id)
    for position, module in enumerate(loaded.modules, 1):
        module_id = uuid4()
        modules.append(
            {
                "id": module_id,
                "version_id": version.id,
                "code": module.file.id,
                "position": position,
                "title": plain(module.file.title),
                "hours": module.file.hours,
                "outcomes": plain(module.file.outcomes),
            }
        )
        for number, lesson in enumerate(module.lessons, 1):
            lessons.append({"module_id": module_id, "position": number, "drawn": drawn} | _lesson(lesson, base))
            for figure in lesson.figures:
                if figure.name not in pictures:
                    with figure.path.open("rb") as stream:
                        stored = files.put(stream)
                    pictures[figure.name] = {
                        "version_id": version.id,
                        "name": figure.name,
                        "sha256": stored.sha256,
                        "media_type": figure.media_type,
                    }
    db.session.execute(insert(Module), modules)
    db.session.execute(insert(Lesson), lessons)
    if pictures:
        db.session.execute(insert(Figure), list(pictures.values()))


def figure_base(version_id: UUID) -> str:
    """Return what goes before the names of a version's pictures and downloads."""
    return f"/figures/{version_id}/"


def _lesson(lesson: LessonFile, base: str) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "code": lesson.head.id,
        "title": plain(lesson.head.title),
        "summary": plain(lesson.head.summary),
        "minutes": lesson.head.minutes,
        "html": lesson.html.replace(f'"{FIGURE_BASE}', f'"{base}'),
        "blocks": plain(lesson.document),
        "headings": lesson.headings,
        "sources": lesson.sources,
    }


def redraw(registers: Registers, drawn: str) -> int:
    """Draw those lessons again that were drawn with other registers or templates; returns how many.

    So a correction in a register reaches every version that is taught, without a new one. A lesson that refers to what
    a register no longer has stays as it is.
    """
    changed = 0
    rows = db.session.execute(
        select(Lesson.id, Lesson.blocks, Lesson.sources, Module.version_id)
        .join(Module)
        .where(Lesson.blocks.is_not(None), Lesson.drawn != drawn)
        .order_by(Lesson.id)
    ).all()
    for row in rows:
        faults: list[str] = []
        document = msgspec.convert(row.blocks, Document)
        page = Page(
            registers,
            document.files,
            fault=lambda _line, expected, faults=faults: faults.append(expected),  # type: ignore[misc]
            base=figure_base(row.version_id),
        )
        made = drawing.draw(document, page, [source for source in row.sources if "code" not in source])
        values = {"drawn": drawn} | ({} if faults else {"html": made.html, "sources": made.sources})
        db.session.execute(update(Lesson).where(Lesson.id == row.id).values(values))
        changed += not faults
    return changed


def store_glossary(registers: Registers) -> None:
    """Write the glossary as it stands in the register."""
    page = Page(registers, {})
    rows = [{"name": name, "document": plain(term)} for name, term in registers.terms.items()]
    for row in rows:
        cited = row["document"]["source"]
        row["document"]["source"] = page.cite(cited, 0)[0][1] if cited else ""
    known = {row.name: row.document for row in db.session.scalars(select(GlossaryTerm))}
    if known != {row["name"]: row["document"] for row in rows}:
        db.session.execute(delete(GlossaryTerm))
        if rows:
            db.session.execute(insert(GlossaryTerm), rows)


def _search_text(loaded: ProgrammeFolder) -> str:
    """Code, names, audience and strands, and what a version teaches."""
    file = loaded.file
    texts: list[Short | Text] = [file.name, file.audience.text, *(strand.text for strand in file.strands)]
    if loaded.version is not None:
        texts += [topic.title for topic in loaded.version.block.topics]
        texts += [module.file.title for module in loaded.version.modules]
    return words(" ".join([file.code, *(f"{text.vi} {text.en}" for text in texts)]))
