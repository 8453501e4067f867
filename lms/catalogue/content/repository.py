"""Walks ``courses/`` and ``content/``: programmes, the version each may have, its modules and lessons."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from lms.catalogue.content import marks
from lms.catalogue.content.faults import Reader
from lms.catalogue.content.lessons import LessonFile, read_lesson
from lms.catalogue.content.registers import Registers, read_registers
from lms.catalogue.content.shapes import ModuleFile, ProgrammeFile, Version, plain


@dataclass(frozen=True, slots=True)
class ModuleFolder:
    """A module with its lessons; its quiz is read by lms.assessment."""

    folder: Path
    file: ModuleFile
    lessons: list[LessonFile]

    @property
    def quiz_path(self) -> Path:
        """Where the module's quiz lies."""
        return self.folder / self.file.quiz


@dataclass(frozen=True, slots=True)
class VersionFolder:
    """A version block with everything it refers to."""

    block: Version
    folder: Path
    modules: list[ModuleFolder]
    checksum: str


@dataclass(frozen=True, slots=True)
class ProgrammeFolder:
    """A programme's file, the name of its folder and its place within the Decision."""

    file: ProgrammeFile
    slug: str
    position: int
    checksum: str
    version: VersionFolder | None


def read_repository(root: Path) -> tuple[list[ProgrammeFolder], Registers, Reader]:
    """Read both registers and every programme in the Decision's order; the reader holds what is wrong."""
    reader = Reader(root)
    registers = read_registers(reader)
    paths = sorted((root / "courses").glob("*/programme.yaml"))
    if not paths:
        reader.fault(root / "courses", "", "a folder for each programme, with a programme.yaml")
    found = [one for path in paths if (one := _read_programme(reader, path, registers)) is not None]
    _refuse_doubles(reader, root / "courses", (one.file.code for one in found))
    found.sort(key=lambda one: _order(one.file.code))
    return [replace(one, position=number) for number, one in enumerate(found, 1)], registers, reader


def _read_modules(reader: Reader, folder: Path, names: Sequence[str], registers: Registers) -> list[ModuleFolder]:
    modules = [one for name in names if (one := _read_module(reader, folder / name, folder, registers)) is not None]
    _refuse_doubles(reader, folder, (module.file.id for module in modules))
    _refuse_doubles(reader, folder, (lesson.head.id for module in modules for lesson in module.lessons))
    return modules


def note_version(reader: Reader, version: VersionFolder, registers: Registers, today: date) -> None:
    """Note what the authors of a version should look at: its sources, its periods."""
    for module in version.modules:
        asked = reader.document(module.quiz_path) if module.quiz_path.is_file() else None
        questions = len((asked or {}).get("questions") or ())
        computed = sum(lesson.minutes for lesson in module.lessons) + marks.MINUTES_A_QUESTION * questions
        marks.note_periods(reader, module.folder / "module.yaml", module.file.hours, computed)
        for lesson in module.lessons:
            codes = [source["code"] for source in lesson.sources if "code" in source]
            marks.note_sources(reader, lesson.path, codes, registers, today)


def _read_programme(reader: Reader, path: Path, registers: Registers) -> ProgrammeFolder | None:
    document = reader.document(path)
    if document is None:
        return None
    file: ProgrammeFile | None = reader.shape(path, ProgrammeFile, document)
    if file is None:
        return None
    code, _, slug = path.parent.name.partition("-")
    if code != file.code or not slug:
        reader.fault(path, "code", f"the folder's name to be {file.code}-<slug>, not {path.parent.name}")
    if not file.code.startswith(file.group):
        reader.fault(path, "group", f"the group that the code {file.code} belongs to")
    version = _read_version(reader, path, file.version, registers) if file.version else None
    record = plain(file) | {"version": None}
    return ProgrammeFolder(file, slug, 0, _digest([orjson.dumps(record, option=orjson.OPT_SORT_KEYS)]), version)


def _read_version(reader: Reader, path: Path, block: Version, registers: Registers) -> VersionFolder | None:
    folder = reader.root / block.content
    modules = _read_modules(reader, folder, block.modules, registers)
    if len(modules) < len(block.modules):
        return None
    _check_sums(reader, path, block, modules)
    content = (one for name in block.modules for one in sorted((folder / name).rglob("*")) if one.is_file())
    told: dict[str, Any] = plain(block) | {"number": None}
    parts: list[bytes] = [orjson.dumps(told, option=orjson.OPT_SORT_KEYS)]
    for file in content:
        parts += [file.relative_to(folder).as_posix().encode(), file.read_bytes()]
    return VersionFolder(block, folder, modules, _digest(parts))


def _check_sums(reader: Reader, path: Path, block: Version, modules: Sequence[ModuleFolder]) -> None:
    topics = {topic.code: topic for topic in block.topics}
    _refuse_doubles(reader, path, (topic.code for topic in block.topics))
    for number, session in enumerate(block.sessions):
        key = f"version.sessions[{number}]"
        if session.topic not in topics:
            reader.fault(path, f"{key}.topic", f"one of {', '.join(topics)}")
        elif session.kind == "classroom" and session.hours != topics[session.topic].hours:
            reader.fault(path, f"{key}.hours", "the hours of its topic")
    field_study = sum(session.hours for session in block.sessions if session.kind == "field_study")
    total = sum(m.file.hours for m in modules) + sum(t.hours for t in block.topics) + field_study + block.essay.hours
    if total != block.hours:
        reader.fault(path, "version.hours", f"{total}, the sum of modules, topics, field study and essay")
    if sum(criterion.weight for criterion in block.essay.criteria) != 100:
        reader.fault(path, "version.essay.criteria", "weights that add up to 100")
    if block.essay.pass_score > block.essay.max_score:
        reader.fault(path, "version.essay.pass_score", "a score that can be reached")


def _read_module(reader: Reader, folder: Path, content: Path, registers: Registers) -> ModuleFolder | None:
    path = folder / "module.yaml"
    document = reader.document(path)
    file: ModuleFile | None = reader.shape(path, ModuleFile, document) if document is not None else None
    if file is None:
        return None
    read = (read_lesson(reader, folder / name, content, registers) for name in file.lessons)
    lessons = [lesson for lesson in read if lesson is not None]
    unlisted = {one.name for one in folder.glob("*.md")} - set(file.lessons)
    if unlisted:
        reader.fault(path, "lessons", f"every lesson of the folder, also {', '.join(sorted(unlisted))}")
    if not (folder / file.quiz).is_file():
        reader.fault(folder / file.quiz, "", "the file is missing")
    return ModuleFolder(folder, file, lessons)


def _refuse_doubles(reader: Reader, path: Path, codes: Iterable[str]) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            reader.fault(path, code, "a code of its own, this one is used twice")
        seen.add(code)


def _order(code: str) -> tuple[str, list[int]]:
    return code[0], [int(part) for part in code[1:].split(".")]


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
