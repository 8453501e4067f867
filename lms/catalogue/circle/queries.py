"""What the pages and acts of the circle ask: facts of a version, comments, papers, and what it is compared by."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from lms.catalogue.circle.rules import Content, Line, content_of
from lms.catalogue.hooks import version_questions
from lms.catalogue.life import VersionFacts
from lms.catalogue.models import (
    Figure,
    Lesson,
    Module,
    Programme,
    ProgrammeVersion,
    Topic,
    VersionComment,
    VersionPaper,
)
from lms.core.database import db
from lms.people.models import Account, Unit


class Head(NamedTuple):
    """A version as the pages of the circle name it."""

    id: UUID
    programme_id: UUID
    code: str
    name: dict[str, str]
    number: int
    status: str
    checksum: str
    review_unit: str | None
    review_path: str | None


class Comment(NamedTuple):
    """A comment with who gave and who answered it."""

    id: UUID
    place: str
    quote: str
    text: str
    who: str
    at: datetime
    given_on: int
    """Number of the version it was given on."""
    answer_kind: str | None
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None


class Paper(NamedTuple):
    """A paper of a version."""

    id: UUID
    kind: str
    number: str
    dated: date
    signer: str
    checksum: str
    sha256: str | None
    filename: str | None


def head(code: str, number: int) -> Head | None:
    """Return a version by the code of its programme and its number."""
    row = db.session.execute(
        select(
            ProgrammeVersion.id,
            Programme.id,
            Programme.code,
            Programme.name,
            ProgrammeVersion.number,
            ProgrammeVersion.status,
            ProgrammeVersion.checksum,
            Unit.name,
            Unit.path,
        )
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .outerjoin(Unit, Unit.id == ProgrammeVersion.review_unit_id)
        .where(Programme.code == code, ProgrammeVersion.number == number)
    ).first()
    return None if row is None else Head(*row)


def facts_of(version: ProgrammeVersion) -> VersionFacts:
    """Return what the moves of a version ask; one statement."""
    mine = VersionComment.version_id == version.id
    sent = version.moved_at or version.loaded_at
    row = db.session.execute(
        select(
            select(func.count()).where(Module.version_id == version.id).scalar_subquery(),
            select(func.count()).where(Topic.version_id == version.id).scalar_subquery(),
            select(func.count()).where(mine, VersionComment.answered_at.is_(None)).scalar_subquery(),
            select(func.count()).where(mine, VersionComment.at >= sent).scalar_subquery(),
        )
    ).one()
    criteria = (version.document.get("essay") or {}).get("criteria") or []
    return VersionFacts(modules=row[0], topics=row[1], criteria=len(criteria), unanswered=row[2], given=row[3])


def comments(version_id: UUID) -> list[Comment]:
    """Return the comments on a version, unanswered ones first, then the latest."""
    by, answerer = Account.__table__.alias(), Account.__table__.alias()
    rows = db.session.execute(
        select(
            VersionComment.id,
            VersionComment.place,
            VersionComment.quote,
            VersionComment.text,
            func.coalesce(by.c.display_name, ""),
            VersionComment.at,
            ProgrammeVersion.number,
            VersionComment.answer_kind,
            VersionComment.answer,
            answerer.c.display_name,
            VersionComment.answered_at,
        )
        .join(ProgrammeVersion, ProgrammeVersion.id == VersionComment.given_on)
        .outerjoin(by, by.c.id == VersionComment.account_id)
        .outerjoin(answerer, answerer.c.id == VersionComment.answered_by)
        .where(VersionComment.version_id == version_id)
        .order_by(VersionComment.answered_at.is_not(None), VersionComment.at.desc(), VersionComment.id)
    )
    return [Comment(*row) for row in rows]


def papers(version_id: UUID) -> list[Paper]:
    """Return the papers of a version, in the order in which they came."""
    rows = db.session.execute(
        select(
            VersionPaper.id,
            VersionPaper.kind,
            VersionPaper.number,
            VersionPaper.dated,
            VersionPaper.signer,
            VersionPaper.checksum,
            VersionPaper.sha256,
            VersionPaper.filename,
        )
        .where(VersionPaper.version_id == version_id)
        .order_by(VersionPaper.at, VersionPaper.id)
    )
    return [Paper(*row) for row in rows]


def paper_file(version_id: UUID, paper_id: UUID) -> tuple[str, str] | None:
    """Return where the scan of a paper is kept, and its name."""
    row = db.session.execute(
        select(VersionPaper.sha256, VersionPaper.filename).where(
            VersionPaper.id == paper_id, VersionPaper.version_id == version_id, VersionPaper.sha256.is_not(None)
        )
    ).first()
    return None if row is None else (str(row[0]), row[1] or "")


def departments(on: date) -> list[tuple[int, str]]:
    """Return the departments that exist on this day and may be asked for an opinion."""
    open_then = and_(Unit.valid_from <= on, or_(Unit.valid_to.is_(None), Unit.valid_to > on))
    rows = db.session.execute(
        select(Unit.id, Unit.name).where(Unit.kind == "department", open_then).order_by(Unit.sort_key, Unit.id)
    )
    return [(row.id, row.name) for row in rows]


def numbers(programme_id: UUID) -> list[tuple[int, str]]:
    """Return number and state of each version of a programme, the newest first."""
    rows = db.session.execute(
        select(ProgrammeVersion.number, ProgrammeVersion.status)
        .where(ProgrammeVersion.programme_id == programme_id)
        .order_by(ProgrammeVersion.number.desc())
    )
    return [(row.number, row.status) for row in rows]


def content(version_id: UUID) -> Content:
    """Return all that a version teaches, to be compared with another; five statements."""
    version = db.session.get_one(ProgrammeVersion, version_id)
    modules = db.session.execute(
        select(Module.code, Module.title, Module.hours, Module.outcomes)
        .where(Module.version_id == version_id)
        .order_by(Module.position)
    ).all()
    lessons = db.session.execute(
        select(Lesson.code, Lesson.title, Lesson.minutes, Lesson.html)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.version_id == version_id)
        .order_by(Module.position, Lesson.position)
    ).all()
    topics = db.session.execute(
        select(Topic.code, Topic.title, Topic.hours, Topic.objectives)
        .where(Topic.version_id == version_id)
        .order_by(Topic.position)
    ).all()
    figures = db.session.execute(
        select(Figure.name, Figure.sha256).where(Figure.version_id == version_id).order_by(Figure.name)
    ).all()
    asked: Sequence[Sequence[Any]] = version_questions.ask(version_id)
    questions = [Line(*one) for answers in asked for one in answers]
    return content_of(version, modules, lessons, topics, figures, questions)


def places(version_id: UUID) -> dict[str, dict[str, str] | None]:
    """Return the places of a version that can be commented on, with their titles, in order; three statements."""
    found: dict[str, dict[str, str] | None] = {"whole": None}
    modules = select(Module.code, Module.title).where(Module.version_id == version_id).order_by(Module.position)
    lessons = (
        select(Lesson.code, Lesson.title, Module.code.label("module"))
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.version_id == version_id)
        .order_by(Module.position, Lesson.position)
    )
    of_module: dict[str, dict[str, dict[str, str]]] = {}
    for row in db.session.execute(lessons):
        of_module.setdefault(row.module, {})[f"lesson:{row.code}"] = row.title
    for row in db.session.execute(modules):
        found[f"module:{row.code}"] = row.title
        found |= of_module.get(row.code, {})
    topics = select(Topic.code, Topic.title).where(Topic.version_id == version_id).order_by(Topic.position)
    found |= {f"topic:{row.code}": row.title for row in db.session.execute(topics)}
    return found | {"essay": None}
