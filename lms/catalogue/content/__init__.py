"""The repository's curricula: ``courses/`` and ``content/`` read into typed shapes, every fault told at once."""

from lms.catalogue.content.faults import ContentError, Fault, Reader
from lms.catalogue.content.lessons import FIGURE_BASE, LessonFile
from lms.catalogue.content.repository import (
    ModuleFolder,
    ProgrammeFolder,
    VersionFolder,
    note_version,
    read_repository,
)
from lms.catalogue.content.shapes import Code, Line, Long, Short, Text, plain

__all__ = [
    "FIGURE_BASE",
    "Code",
    "ContentError",
    "Fault",
    "LessonFile",
    "Line",
    "Long",
    "ModuleFolder",
    "ProgrammeFolder",
    "Reader",
    "Short",
    "Text",
    "VersionFolder",
    "note_version",
    "plain",
    "read_repository",
]
