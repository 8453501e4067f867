"""What a course consists of when it leaves the product or comes in: plain data, without a database."""

from collections.abc import Iterator
from dataclasses import dataclass, field

QUESTION_KINDS = ("single", "multiple", "true_false", "short", "essay", "numeric", "ordering", "matching")


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a question, or an item to put in order.

    :ivar key: stable within the question
    :ivar match: what belongs to it, in matching
    """

    key: str
    text: str
    right: bool = False
    explanation: str = ""
    match: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question.

    :ivar key: stable within the quiz
    :ivar kind: one of QUESTION_KINDS
    :ivar prompt: plain text
    :ivar options: of ``ordering``, in the right order; of ``true_false``, with the keys ``true`` and ``false``
    :ivar answers: what is taken as right in ``short`` and ``numeric``
    :ivar tolerance: how far a number may be off
    """

    key: str
    kind: str
    prompt: str
    options: tuple[Option, ...] = ()
    answers: tuple[str, ...] = ()
    explanation: str = ""
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class Quiz:
    """A practice quiz; :ivar pass_percent: from how many percent it is passed; none when it says nothing of it."""

    key: str
    title: str
    pass_percent: int | None
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class FileItem:
    """A file of a course.

    :ivar path: relative, with ``/``, unique in the course
    :ivar title: empty for a figure that only belongs to lessons
    """

    path: str
    content: bytes
    media_type: str = "application/octet-stream"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson.

    :ivar html: the inside of the page's ``main``, already cleaned; figures at ``files/<path>``
    :ivar figures: paths of its figures among the course's files
    """

    key: str
    title: str
    html: str
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A page elsewhere; :ivar url: absolute, http or https."""

    key: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A file shown as a part of a module; :ivar path: among the course's files."""

    key: str
    title: str
    path: str


Item = Lesson | Quiz | Link | Attached


@dataclass(frozen=True, slots=True)
class Module:
    """A module with its parts in order."""

    key: str
    title: str
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """A module or a programme version as it is handed on.

    :ivar identifier: an absolute IRI, the same at each export
    :ivar notes: what was left out and why, for whoever exports
    """

    identifier: str
    title: str
    modules: tuple[Module, ...]
    language: str = "vi"
    files: tuple[FileItem, ...] = ()
    notes: tuple[str, ...] = field(default=(), compare=False)

    def parts(self) -> Iterator[tuple[str, Item]]:
        """Give all parts with a name that is unique in the course and safe in paths: ``m01-02``."""
        for place, module in enumerate(self.modules, 1):
            for number, item in enumerate(module.items, 1):
                yield f"m{place:02}-{number:02}", item
