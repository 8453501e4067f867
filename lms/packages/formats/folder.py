"""This product's own folder form, read (docs/folder-form.md)."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import msgspec
import yaml

from lms.core.html import clean
from lms.packages.course import (
    QUESTION_KINDS,
    Attached,
    Course,
    FileItem,
    Item,
    Lesson,
    Link,
    Module,
    Question,
    Quiz,
)
from lms.packages.messages import message as _l
from lms.packages.structure import Fault, Files, Refused, placed, read

_LIMIT = 2 * 1024 * 1024
_FILES = 200 * 1024 * 1024
_MOST = 5_000


class _Bare(yaml.SafeLoader):
    """YAML without aliases: they could grow without bounds."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not taken")
        return super().compose_node(parent, index)


class _File(msgspec.Struct, forbid_unknown_fields=True):
    path: str
    type: str = "application/octet-stream"
    title: str = ""


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    title: str
    lesson: str | None = None
    quiz: str | None = None
    link: str | None = None
    file: str | None = None
    figures: list[str] = []
    pass_percent: int | None = None


class _Module(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    title: str
    items: list[_Entry] = []


class _Head(msgspec.Struct, forbid_unknown_fields=True):
    form: int
    identifier: str
    title: str
    modules: list[_Module]
    language: str = "vi"
    files: list[_File] = []


def read_course(files: Files, manifest: str = "khue.yaml") -> Course:
    """Read a folder as the course it holds; pages are cleaned.

    :raises Refused: the first thing at fault and its place.
    """
    head = _head(files, manifest)
    if sum(len(module.items) for module in head.modules) + len(head.files) > _MOST:
        raise Refused(Fault(manifest, _l("The course has more than %(most)s parts. Please split it.", most=_MOST)))
    total = sum(files.size(f"files/{file.path}") for file in head.files if f"files/{file.path}" in files)
    if total > _FILES:
        raise Refused(Fault(manifest, _l("The files are larger than %(most)s MB.", most=_FILES // 1024**2)))
    items = tuple(
        FileItem(file.path, _bytes(files, f"files/{file.path}", _FILES), file.type, file.title) for file in head.files
    )
    paths = {item.path for item in items}
    modules = tuple(
        Module(module.id, module.title, tuple(_item(files, manifest, entry, paths) for entry in module.items))
        for module in head.modules
    )
    return Course(head.identifier, head.title, modules, head.language, items)


def _head(files: Files, manifest: str) -> _Head:
    try:
        loaded = yaml.load(_bytes(files, manifest, _LIMIT).decode(), _Bare)  # noqa: S506 - a SafeLoader
        head = msgspec.convert(loaded, _Head)
    except (yaml.YAMLError, msgspec.ValidationError, ValueError, RecursionError) as error:
        words = _l("The description does not have the form that it should. Please compare it with the documented form.")
        raise Refused(Fault(_place(manifest, error), words)) from None
    if head.form != 1:
        raise Refused(Fault(manifest, _l("This is form %(form)s; form 1 is taken.", form=head.form)))
    return head


def _item(files: Files, manifest: str, entry: _Entry, paths: set[str]) -> Item:
    contents = [content for content in (entry.lesson, entry.quiz, entry.link, entry.file) if content is not None]
    if len(contents) != 1:
        raise Refused(
            Fault(manifest, _l("“%(name)s” must be one of lesson, quiz, link and file.", name=entry.title[:100]))
        )
    if entry.lesson is not None:
        html = clean(_text(files, entry.lesson))
        return Lesson(entry.id, entry.title, html, tuple(entry.figures))
    if entry.quiz is not None:
        return Quiz(entry.id, entry.title, entry.pass_percent, _questions(files, entry.quiz))
    if entry.link is not None:
        if not _is_web(entry.link):
            raise Refused(Fault(entry.link[:200], _l("A link must be an http or https address.")))
        return Link(entry.id, entry.title, entry.link)
    if entry.file not in paths:
        raise Refused(Fault(str(entry.file)[:200], _l("The file is not in the list of files.")))
    return Attached(entry.id, entry.title, str(entry.file))


def _questions(files: Files, path: str) -> tuple[Question, ...]:
    try:
        questions = msgspec.convert(json.loads(_text(files, path)), tuple[Question, ...])
    except (ValueError, msgspec.ValidationError, RecursionError) as error:
        words = _l("The quiz does not have the form that it should. Please compare it with the documented form.")
        raise Refused(Fault(_place(path[:200], error), words)) from None
    if any(question.kind not in QUESTION_KINDS for question in questions):
        raise Refused(Fault(path[:200], _l("Kinds of questions are: %(kinds)s.", kinds=", ".join(QUESTION_KINDS))))
    return questions


def _place(path: str, error: Exception) -> str:
    """Return where in a file a parser stopped, without its English words."""
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        return placed(path, mark.line + 1)
    at = re.search(r"`(\$[^`]*)`", str(error)) if isinstance(error, msgspec.ValidationError) else None
    return f"{path} {at[1]}" if at else placed(path, getattr(error, "lineno", None))


def _text(files: Files, path: str) -> str:
    try:
        return _bytes(files, path, _LIMIT).decode()
    except UnicodeDecodeError:
        raise Refused(Fault(path[:200], _l("The file must be text in UTF-8."))) from None


def _bytes(files: Files, path: str, limit: int) -> bytes:
    if path not in files:
        raise Refused(Fault(path[:200], _l("The file is not in the folder.")))
    return read(files, path, limit=limit)


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
