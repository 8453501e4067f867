"""Writes what was read from the repository: a changed record updates its row, changed content is a new version."""

from datetime import datetime
from html import escape
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select, update

from lms.catalogue.content import FIGURE_BASE, ProgrammeFolder, Short, Text, VersionFolder, plain
from lms.catalogue.models import Figure, Lesson, Module, Programme, ProgrammeVersion, Topic
from lms.catalogue.rules import words
from lms.core import files
from lms.core.database import db


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


def store_version(programme: Programme, loaded: VersionFolder, *, at: datetime) -> ProgrammeVersion | None:
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
    db.session.execute(
        update(ProgrammeVersion)
        .where(ProgrammeVersion.programme_id == programme.id, ProgrammeVersion.status == "proposed")
        .values(status="retired")
    )
    version = ProgrammeVersion(
        id=uuid4(),
        programme_id=programme.id,
        number=max(block.number, newest.number + 1) if newest else block.number,
        status=block.status,
        checksum=loaded.checksum,
        loaded_at=at,
        hours=block.hours,
        notice=plain(block.notice),
        attendance_min_percent=block.attendance_min_percent,
        document=plain(block),
    )
    db.session.add(version)
    db.session.flush()
    db.session.execute(
        insert(Topic),
        [
            {"id": uuid4(), "version_id": version.id, "position": position, **plain(topic)}
            for position, topic in enumerate(block.topics, 1)
        ],
    )
    _store_modules(version, loaded)
    return version


def _store_modules(version: ProgrammeVersion, loaded: VersionFolder) -> None:
    modules: list[dict[str, Any]] = []
    lessons: list[dict[str, Any]] = []
    pictures: dict[str, dict[str, Any]] = {}
    base = f"/figures/{version.id}/"
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
            lessons.append(
                {
                    "id": uuid4(),
                    "module_id": module_id,
                    "code": lesson.head.id,
                    "position": number,
                    "title": plain(lesson.head.title),
                    "summary": plain(lesson.head.summary),
                    "minutes": lesson.head.minutes,
                    "html": lesson.html.replace(f'src="{FIGURE_BASE}', f'src="{escape(base)}'),
                    "headings": lesson.headings,
                    "sources": plain(lesson.head.sources),
                }
            )
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


def _search_text(loaded: ProgrammeFolder) -> str:
    """Code, names, audience and strands, and what a version teaches."""
    file = loaded.file
    texts: list[Short | Text] = [file.name, file.audience.text, *(strand.text for strand in file.strands)]
    if loaded.version is not None:
        texts += [topic.title for topic in loaded.version.block.topics]
        texts += [module.file.title for module in loaded.version.modules]
    return words(" ".join([file.code, *(f"{text.vi} {text.en}" for text in texts)]))
