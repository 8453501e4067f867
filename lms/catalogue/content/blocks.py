"""The blocks of a lesson: typed, stored as JSON with the lesson, drawn by ``templates/lesson/blocks.html``.

Words are kept as the author's Markdown with the line they begin at, so that a lesson can be drawn again when a register
changes, and a fault found while drawing can be told with its line.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field


class Words(Struct, array_like=True, frozen=True):
    """Markdown, and the line of its file that it begins at (from 1)."""

    text: str
    line: int


NOTHING = Words("", 0)


class Block(Struct, tag_field="kind", kw_only=True):
    """The base of all blocks.

    :ivar line: the line of the file that the block begins at
    :ivar key: tells the block from others of its lesson, such as ``phan-loai-1``; what a trainee did is kept under it
    """

    line: int
    key: str


class Prose(Block, tag="prose"):
    """Running text."""

    text: Words


class Situation(Block, tag="situation"):
    """A case; ``constructed`` where people, offices and figures are made up for learning."""

    title: str
    text: Words
    constructed: bool


class TryIt(Block, tag="try"):
    """A task to attempt before its solution is read."""

    minutes: int
    task: Words
    solution: Words


class Basis(Block, tag="basis"):
    """A rule with its sources (``code`` or ``code locator``)."""

    cited: list[str]
    text: Words


class Remember(Block, tag="remember"):
    """What to keep in mind."""

    title: str
    text: Words


class Mistake(Block, tag="mistake"):
    """A common mistake, and what to do instead (may be empty)."""

    title: str
    text: Words
    better: Words


class Checklist(Block, tag="checklist"):
    """A list to print and to take along."""

    title: str
    items: list[Words]


class Apply(Block, tag="apply"):
    """A task at one's own office."""

    minutes: int
    text: Words


class Discussion(Block, tag="discussion"):
    """A question for the class; 0 minutes where none are stated."""

    minutes: int
    text: Words


class Media(Block, tag="media"):
    """Sound or video with its transcript."""

    title: str
    minutes: int
    source: str
    alt: str
    transcript: Words


class SortItem(Struct):
    """What is to be sorted, its place in ``bins``, and why."""

    text: Words
    bin: int
    why: Words


class Sorting(Block, tag="sorting"):
    """Items to sort into bins."""

    title: str
    bins: list[str]
    items: list[SortItem]


class Ordering(Block, tag="ordering"):
    """Steps in their right order; ``shown`` is the order in which they are given (indices)."""

    title: str
    items: list[Words]
    shown: list[int]
    why: Words


class Recall(Block, tag="recall"):
    """Questions of an earlier lesson (:mod:`lms.catalogue.content.recall`)."""

    lesson: str
    title: str
    questions: list[dict[str, Any]]


class Event(Struct):
    """A moment of a timeline."""

    when: str
    text: Words
    why: Words


class Timeline(Block, tag="timeline"):
    """What happened when."""

    title: str
    events: list[Event]


class Point(Struct):
    """A point on a drawing, in percent from its left and its top."""

    x: float
    y: float
    name: str
    text: Words


class MapPoints(Block, tag="map"):
    """Points on a drawing."""

    title: str
    source: str
    alt: str
    points: list[Point]


class Calculator(Block, tag="calculator"):
    """A calculation with the reader's own figures.

    :ivar inputs: each with ``name``, ``label``, ``value``, ``unit``, ``min``, ``max``, ``step``
    :ivar results: each with ``label``, ``unit``, ``digits``, ``formula`` as read and ``tree`` as computed
    """

    title: str
    inputs: list[dict[str, Any]]
    results: list[dict[str, Any]]
    note: Words


class Decision(Block, tag="decision"):
    """A branching situation: its file, checked (:mod:`lms.catalogue.content.situations`)."""

    intro: Words
    file: dict[str, Any]
    steps: int


class Simulation(Block, tag="simulation"):
    """A simulation over rounds: its file, checked (:mod:`lms.catalogue.content.simulations`)."""

    intro: Words
    file: dict[str, Any]
    model: dict[str, Any]


AnyBlock = (
    Prose
    | Situation
    | TryIt
    | Basis
    | Remember
    | Mistake
    | Checklist
    | Apply
    | Discussion
    | Media
    | Sorting
    | Ordering
    | Recall
    | Timeline
    | MapPoints
    | Calculator
    | Decision
    | Simulation
)

_DONE = {
    "sorting": "Phân loại",
    "ordering": "Trình tự",
    "recall": "Nhớ lại",
    "calculator": "Tính với số của mình",
    "decision": "Quyết định",
    "simulation": "Mô phỏng",
}
"""What is done rather than read, by the kind of block: each is a step of the lesson."""


class UsedFile(Struct, kw_only=True):
    """A picture or a download of a lesson.

    :ivar name: path below the content folder
    :ivar size: in bytes
    """

    name: str
    media_type: str
    width: int | None = None
    height: int | None = None
    size: int = 0


class Document(Struct, kw_only=True):
    """A lesson as it is stored: its blocks, the files they use by the address written, and what its head names."""

    blocks: list[AnyBlock]
    files: dict[str, UsedFile] = field(default_factory=dict)
    outcomes: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)


def tasks(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what is done on a stored lesson's page, in order: ``[{"id": key, "text": what it is called}]``."""
    return [
        {"id": block["key"], "text": f"{_DONE[block['kind']]}: {title}" if (title := _title(block)) else "Nhớ lại"}
        for block in document.get("blocks", ())
        if block["kind"] in _DONE
    ]


def _title(block: Mapping[str, Any]) -> str:
    return str(block["file"]["title"]["vi"] if "file" in block else block["title"])
