"""Collecting a module or a programme version as plain data that can leave the product.

Quizzes count towards a certificate, so their questions and answers leave only when that is asked for.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape, unescape
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from lms.assessment import models
from lms.catalogue import queries as catalogue
from lms.catalogue.content import drawing
from lms.catalogue.life import PENDING
from lms.catalogue.models import Programme, ProgrammeVersion
from lms.core import files
from lms.core.database import db
from lms.core.html import render_markdown
from lms.core.text import one_line
from lms.packages.course import Course, FileItem, Lesson, Module, Option, Question, Quiz
from lms.records import vocabulary

_TAG = re.compile(r"<[^>]*>")


def collect(version_id: UUID, *, module_id: UUID | None = None, quizzes: bool = False) -> Course | None:
    """Return a programme version, or one module of it, as it may be handed on; None when there is no such thing.

    :param quizzes: with the quizzes and their right answers
    """
    row = db.session.execute(
        select(Programme.code, Programme.name, ProgrammeVersion.number)
        .join(ProgrammeVersion, ProgrammeVersion.programme_id == Programme.id)
        .where(ProgrammeVersion.id == version_id)
    ).one_or_none()
    if row is None:
        return None
    wanted = [module for module in catalogue.outline(version_id).modules if module_id in (None, module.id)]
    if module_id is not None and not wanted:
        return None
    names: set[str] = set()
    asked = dict(_quizzes(module.id for module in wanted)) if quizzes else {}
    modules = tuple(_module(version_id, module, names, asked.get(module.id)) for module in wanted)
    notes = () if quizzes else _left_out(wanted)
    base = f"{vocabulary.ACTIVITIES}/exported/{row.code}/{row.number}"
    identifier = base if module_id is None else f"{base}/{wanted[0].code}"
    title = row.name["vi"] if module_id is None else wanted[0].title["vi"]
    return Course(identifier, title, modules, files=_figures(version_id, sorted(names)), notes=notes)


def proposed(version_id: UUID) -> bool:
    """Tell whether a version still waits for its approval."""
    status = db.session.scalar(select(ProgrammeVersion.status).where(ProgrammeVersion.id == version_id))
    return status in PENDING


def _module(version_id: UUID, outline: catalogue.ModuleOutline, names: set[str], quiz: Quiz | None) -> Module:
    texts = [text for line in outline.lessons if (text := catalogue.lesson(line.id)) is not None]
    kept = catalogue.figures(version_id)
    lessons = tuple(_lesson(text, names, kept) for text in texts)
    return Module(outline.code, outline.title["vi"], (*lessons, quiz) if quiz else lessons)


def _lesson(text: catalogue.LessonText, names: set[str], kept: Sequence[str]) -> Lesson:
    """Return a lesson with what it shows beside it; an address in it stands between quotation marks."""
    base = f'"/figures/{text.version_id}/'
    own = [name for name in kept if f'{base}{escape(name)}"' in text.html]
    names.update(own)
    html = text.html.replace(base, '"files/')
    if text.tasks or 'class="block ' in html:
        names.update(drawing.exported())
        own += drawing.exported()
        html = drawing.EXPORTED_HEAD + html
    return Lesson(text.code, text.title["vi"], html, tuple(own))


def _figures(version_id: UUID, names: Iterable[str]) -> tuple[FileItem, ...]:
    ours = drawing.exported()
    figures = ((name, catalogue.figure(version_id, name)) for name in names if name not in ours)
    own = tuple(
        FileItem(name, b"".join(files.read(figure.sha256)), figure.media_type) for name, figure in figures if figure
    )
    kinds = {"js": "text/javascript", "css": "text/css"}
    shared = (FileItem(name, ours[name], kinds[name.rpartition(".")[2]]) for name in names if name in ours)
    return (*own, *shared)


def _quizzes(modules: Iterable[UUID]) -> Iterator[tuple[UUID, Quiz]]:
    rows = db.session.execute(
        select(models.Quiz, models.Question)
        .join(models.Question, models.Question.quiz_id == models.Quiz.id)
        .where(models.Quiz.module_id.in_(list(modules)))
        .order_by(models.Quiz.id, models.Question.position)
    )
    for quiz, pairs in groupby(rows, itemgetter(0)):
        questions = tuple(_question(question.code, question.kind, question.body) for _quiz, question in pairs)
        yield quiz.module_id, Quiz(quiz.code, quiz.title["vi"], quiz.pass_percent, questions)


def _question(code: str, kind: str, body: Mapping[str, Any]) -> Question:
    """Return a stored question (:mod:`lms.assessment.content`) as it is handed on, its Markdown as plain text."""
    right = body["right"]
    options: tuple[Option, ...] = ()
    match kind:
        case "single" | "multiple":
            chosen = [right] if kind == "single" else right
            options = tuple(
                Option(
                    option["key"],
                    option["text"],
                    right=option["key"] in chosen,
                    explanation=_plain(option["explanation"]),
                )
                for option in body["options"]
            )
        case "true_false":
            explanations = body["explanations"]
            options = (
                Option("true", "Đúng", right=right is True, explanation=_plain(explanations["true"])),
                Option("false", "Sai", right=right is False, explanation=_plain(explanations["false"])),
            )
        case "ordering":
            options = tuple(Option(item["key"], item["text"]) for item in body["items"])
        case "matching":
            sides = {side["key"]: side["text"] for side in body["right_side"]}
            options = tuple(Option(item["key"], item["text"], match=sides[right[item["key"]]]) for item in body["left"])
    unit = f" ({body['unit']})" if body.get("unit") else ""
    return Question(
        code,
        kind,
        _plain(body["prompt"]) + unit,
        options,
        answers=(right,) if kind == "numeric" else (),
        explanation=_plain(body["explanation"]),
        tolerance=float(body.get("tolerance", 0)),
    )


def _plain(markdown: str) -> str:
    return one_line(unescape(_TAG.sub(" ", render_markdown(markdown))))


def _left_out(modules: Iterable[catalogue.ModuleOutline]) -> tuple[str, ...]:
    wanted = [module.id for module in modules]
    quizzes = db.session.scalars(select(models.Quiz.title).where(models.Quiz.module_id.in_(wanted)))
    words = _("Its questions and answers stay in the system unless you include them.")
    return tuple(f"{title['vi']}: {words}" for title in quizzes)
