"""What a version consists of. It never changes, so that it is read once and kept in memory."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from lms.assessment.models import Assignment, Quiz
from lms.assessment.queries import criteria
from lms.catalogue import queries as catalogue
from lms.catalogue.models import ProgrammeVersion
from lms.core.database import db
from lms.core.errors import NotFound


class QuizShape(NamedTuple):
    """A quiz of a version."""

    id: UUID
    title: dict[str, str]
    pass_percent: int
    attempts: int


class EssayShape(NamedTuple):
    """An assignment of a version."""

    id: UUID
    title: dict[str, str]
    instructions: dict[str, str]
    max_score: int
    pass_score: int
    criteria: tuple[dict[str, Any], ...]
    """Of its rubric: ``weight`` in percent, and ``text``."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a version consists of. A version never changes, so shapes are kept in memory."""

    attendance_min_percent: int
    modules: tuple[catalogue.ModuleOutline, ...]
    topics: tuple[catalogue.TopicLine, ...]
    quizzes: dict[UUID, QuizShape]
    """By module."""
    essays: tuple[EssayShape, ...]


@lru_cache(maxsize=128)
def shape(version_id: UUID) -> Shape:
    """Return the shape of a version (four statements once a process).

    :raises NotFound: there is none; that is not kept in memory.
    """
    percent = db.session.scalar(
        select(ProgrammeVersion.attendance_min_percent).where(ProgrammeVersion.id == version_id)
    )
    if percent is None:
        raise NotFound
    outline = catalogue.outline(version_id)
    quizzes = db.session.execute(
        select(Quiz.module_id, Quiz.id, Quiz.title, Quiz.pass_percent, Quiz.attempts_allowed).where(
            Quiz.module_id.in_([module.id for module in outline.modules])
        )
    )
    essays = db.session.execute(
        select(
            Assignment.id, Assignment.title, Assignment.instructions, Assignment.max_score, Assignment.pass_score
        ).where(Assignment.version_id == version_id)
    )
    return Shape(
        percent,
        tuple(outline.modules),
        tuple(outline.topics),
        {row.module_id: QuizShape(row.id, row.title, row.pass_percent, row.attempts_allowed) for row in quizzes},
        tuple(EssayShape(**essay, criteria=tuple(criteria(version_id))) for essay in essays.mappings()),
    )


def lesson(lesson_id: UUID, drawn: str | None = None) -> catalogue.LessonText | None:
    """Return a lesson's text, kept in memory (that there is none is not): a loaded lesson only changes when drawn anew.

    :param drawn: how it is drawn now, where its HTML is wanted
    """
    try:
        return _lesson(lesson_id, drawn)
    except NotFound:
        return None


@lru_cache(maxsize=512)
def _lesson(lesson_id: UUID, _drawn: str | None) -> catalogue.LessonText:
    text = catalogue.lesson(lesson_id)
    if text is None:
        raise NotFound
    return text
