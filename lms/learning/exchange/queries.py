"""Collecting a module or a programme version as plain data that can leave the product.

Quizzes stay: every quiz of the product counts towards a certificate, so its questions and answers must not leave.
"""

import re
from collections.abc import Iterable
from html import unescape
from urllib.parse import unquote
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from lms.assessment.models import Quiz
from lms.catalogue import queries as catalogue
from lms.catalogue.models import Programme, ProgrammeVersion
from lms.core import files
from lms.core.database import db
from lms.library.exports.content import Course, FileItem, Lesson, Module
from lms.records import vocabulary

_FIGURE = re.compile(r'(src=")/figures/([0-9a-f-]{36})/([^"]+)(")')


def collect(version_id: UUID, *, module_id: UUID | None = None) -> Course | None:
    """Return a programme version, or one module of it, as it may be handed on; None when there is no such thing."""
    row = db.session.execute(
        select(Programme.code, Programme.name, ProgrammeVersion.number)
        .join(ProgrammeVersion, ProgrammeVersion.programme_id == Programme.id)
        .where(ProgrammeVersion.id == version_id)
    ).one_or_none()
    if row is None:
        return None
    wanted = [one for one in catalogue.outline(version_id).modules if module_id in (None, one.id)]
    if module_id is not None and not wanted:
        return None
    names: set[str] = set()
    modules = tuple(_module(one, names) for one in wanted)
    base = f"{vocabulary.ACTIVITIES}/exported/{row.code}/{row.number}"
    identifier = base if module_id is None else f"{base}/{wanted[0].code}"
    title = row.name["vi"] if module_id is None else wanted[0].title["vi"]
    return Course(identifier, title, modules, files=_figures(version_id, sorted(names)), notes=_left_out(wanted))


def proposed(version_id: UUID) -> bool:
    """Tell whether a version still waits for its approval."""
    found = db.session.scalar(select(ProgrammeVersion.status).where(ProgrammeVersion.id == version_id))
    return found == "proposed"


def _module(outline: catalogue.ModuleOutline, names: set[str]) -> Module:
    texts = [text for line in outline.lessons if (text := catalogue.lesson(line.id)) is not None]
    return Module(outline.code, outline.title["vi"], tuple(_lesson(text, names) for text in texts))


def _lesson(text: catalogue.LessonText, names: set[str]) -> Lesson:
    own: list[str] = []

    def moved(match: re.Match[str]) -> str:
        own.append(unquote(unescape(match[3])))
        return f"{match[1]}files/{match[3]}{match[4]}"

    html = _FIGURE.sub(moved, text.html)
    names.update(own)
    return Lesson(text.code, text.title["vi"], html, tuple(dict.fromkeys(own)))


def _figures(version_id: UUID, names: Iterable[str]) -> tuple[FileItem, ...]:
    found = ((name, catalogue.figure(version_id, name)) for name in names)
    return tuple(FileItem(name, b"".join(files.read(one.sha256)), one.media_type) for name, one in found if one)


def _left_out(modules: Iterable[catalogue.ModuleOutline]) -> tuple[str, ...]:
    quizzes = db.session.scalars(select(Quiz.title).where(Quiz.module_id.in_([one.id for one in modules])))
    words = _("It counts towards the certificate, so its questions and answers do not leave the system.")
    return tuple(f"{title['vi']}: {words}" for title in quizzes)
