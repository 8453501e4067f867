"""Typed rows of programmes, versions and lessons."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import distinct_on

from lms.catalogue.content.blocks import tasks
from lms.catalogue.models import Figure, GlossaryTerm, Lesson, Module, Programme, ProgrammeVersion, Topic
from lms.core.collation import text_key
from lms.core.database import db

Texts = dict[str, str]


class LessonLine(NamedTuple):
    """A lesson in an outline."""

    id: UUID
    code: str
    title: Texts
    minutes: int


class ModuleOutline(NamedTuple):
    """A module with its lessons."""

    id: UUID
    code: str
    title: Texts
    hours: int
    outcomes: list[Texts]
    lessons: list[LessonLine]


class TopicLine(NamedTuple):
    """A topic of a version."""

    id: UUID
    code: str
    title: Texts
    hours: int
    objectives: list[Texts]


class Outline(NamedTuple):
    """What a version teaches, in order."""

    modules: list[ModuleOutline]
    topics: list[TopicLine]


class LessonText(NamedTuple):
    """A lesson in full, with its module and version."""

    id: UUID
    code: str
    position: int
    title: Texts
    summary: Texts
    minutes: int
    html: str
    headings: list[dict[str, str]]
    sources: list[dict[str, Any]]
    tasks: list[dict[str, str]]
    """What is done on its page, in order: ``[{"id": …, "text": …}]``."""
    drawn: str | None
    """None in lessons loaded before there were blocks: their HTML lacks the list of sources."""
    module_id: UUID
    module_code: str
    module_title: Texts
    version_id: UUID


class ProgrammeRow(NamedTuple):
    """A programme in the catalogue."""

    code: str
    group: str
    name: Texts
    field: str
    audience_kinds: list[str]
    forms: list[str]
    quota: int
    trained: int
    search_text: str
    status: str | None
    """Status of its newest version, None where there is no full curriculum yet."""


class VersionLine(NamedTuple):
    """A version of a programme."""

    id: UUID
    number: int
    status: str
    loaded_at: datetime
    hours: int
    notice: Texts
    attendance_min_percent: int
    document: dict[str, Any]


class FigureFile(NamedTuple):
    """Where a picture is kept."""

    sha256: str
    media_type: str


_REVISION = text(
    """
    SELECT md5(string_agg(concat_ws(' ', p.code, p.checksum, p.trained, v.number, v.status, v.checksum), ','
                          ORDER BY p.position, v.number))
    FROM programmes p LEFT JOIN programme_versions v ON v.programme_id = p.id
    """
)


def revision() -> str:
    """Return a value that changes with anything the catalogue shows: one statement over some twenty rows."""
    return db.session.scalar(_REVISION) or ""


def programmes() -> list[ProgrammeRow]:
    """Return every programme in the Decision's order."""
    newest = (
        select(ProgrammeVersion.programme_id, ProgrammeVersion.status)
        .ext(distinct_on(ProgrammeVersion.programme_id))
        .order_by(ProgrammeVersion.programme_id, ProgrammeVersion.number.desc())
        .subquery()
    )
    p = Programme
    rows = db.session.execute(
        select(
            p.code, p.group, p.name, p.field, p.audience_kinds, p.forms, p.quota, p.trained, p.search_text,
            newest.c.status,
        )
        .outerjoin(newest, newest.c.programme_id == p.id)
        .order_by(p.position)
    )  # fmt: skip
    return [ProgrammeRow(*row) for row in rows]


def all_programmes() -> list[Programme]:
    """Return every programme with its whole document, in the Decision's order."""
    return list(db.session.scalars(select(Programme).order_by(Programme.position)))


def programme(code: str) -> Programme | None:
    """Return a programme by its code."""
    return db.session.scalar(select(Programme).where(Programme.code == code))


def versions(programme_id: UUID) -> Sequence[VersionLine]:
    """Return the versions of a programme, newest first."""
    v = ProgrammeVersion
    rows = db.session.execute(
        select(v.id, v.number, v.status, v.loaded_at, v.hours, v.notice, v.attendance_min_percent, v.document)
        .where(v.programme_id == programme_id)
        .order_by(v.number.desc())
    )
    return [VersionLine(*row) for row in rows]


def version_id(code: str, number: int) -> UUID | None:
    """Return the id of a version by its programme's code and its number."""
    return db.session.scalar(
        select(ProgrammeVersion.id).join(Programme).where(Programme.code == code, ProgrammeVersion.number == number)
    )


def outline(version_id: UUID) -> Outline:
    """Return modules with their lessons, and topics, in two statements."""
    m, lesson, t = Module, Lesson, Topic
    rows = db.session.execute(
        select(m.id, m.code, m.title, m.hours, m.outcomes, lesson.id, lesson.code, lesson.title, lesson.minutes)
        .outerjoin(lesson, lesson.module_id == m.id)
        .where(m.version_id == version_id)
        .order_by(m.position, lesson.position)
    )
    modules: dict[UUID, ModuleOutline] = {}
    for module_id, code, title, hours, outcomes, *line in rows:
        module = modules.setdefault(module_id, ModuleOutline(module_id, code, title, hours, outcomes, []))
        if line[0] is not None:
            module.lessons.append(LessonLine(*line))
    topics = db.session.execute(
        select(t.id, t.code, t.title, t.hours, t.objectives).where(t.version_id == version_id).order_by(t.position)
    )
    return Outline(list(modules.values()), [TopicLine(*row) for row in topics])


def lesson(lesson_id: UUID) -> LessonText | None:
    """Return a lesson in full."""
    return _lesson(Lesson.id == lesson_id)


def lesson_by_code(version_id: UUID, code: str) -> LessonText | None:
    """Return a lesson of a version by its code."""
    return _lesson(Module.version_id == version_id, Lesson.code == code)


def glossary() -> list[GlossaryTerm]:
    """Return all terms of the glossary, in the order of their names."""
    return sorted(db.session.scalars(select(GlossaryTerm)), key=lambda term: text_key(term.name))


def figures(version_id: UUID) -> list[str]:
    """Return the names of all pictures, recordings and downloads of a version."""
    return list(db.session.scalars(select(Figure.name).where(Figure.version_id == version_id).order_by(Figure.name)))


def figure(version_id: UUID, name: str) -> FigureFile | None:
    """Return where a picture of a version is kept."""
    row = db.session.execute(
        select(Figure.sha256, Figure.media_type).where(Figure.version_id == version_id, Figure.name == name)
    ).first()
    return None if row is None else FigureFile(*row)


def _lesson(*conditions: Any) -> LessonText | None:
    row = db.session.execute(
        select(
            Lesson.id,
            Lesson.code,
            Lesson.position,
            Lesson.title,
            Lesson.summary,
            Lesson.minutes,
            Lesson.html,
            Lesson.headings,
            Lesson.sources,
            Lesson.blocks,
            Lesson.drawn,
            Module.id.label("module_id"),
            Module.code.label("module_code"),
            Module.title.label("module_title"),
            Module.version_id,
        )
        .join(Module, Module.id == Lesson.module_id)
        .where(*conditions)
    ).first()
    if row is None:
        return None
    columns = dict(row._mapping)
    return LessonText(tasks=tasks(columns.pop("blocks") or {}), **columns)
