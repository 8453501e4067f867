"""Branching situations (``tinh-huong/<name>.yaml``): read, and their graph checked."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta

from lms.catalogue.content.faults import Reader
from lms.catalogue.content.shapes import Code, Line, Long, Shape, Short, plain

FOLDER = "tinh-huong"
_UNLIKE = 2.0
"""A choice that is longer than another by this factor gives itself away."""


class Meter(Short):
    """What choices move, between 0 and 100."""

    start: Annotated[int, Meta(ge=0, le=100)]


class Choice(Shape):
    """What can be done at a node, what it changes, and where it leads."""

    text: Line
    next: Code
    feedback: Long
    effect: dict[str, Annotated[int, Meta(ge=-100, le=100)]] = {}


class Node(Shape):
    """A moment of a situation, or its end."""

    text: Long
    choices: list[Choice] = []
    end: bool = False


class SituationFile(Shape):
    """``tinh-huong/<name>.yaml``."""

    id: Code
    title: Short
    constructed: Literal[True]
    role: Short
    meters: Annotated[dict[str, Meter], Meta(min_length=1, max_length=3)]
    start: Code
    nodes: Annotated[dict[str, Node], Meta(min_length=2, max_length=60)]
    debrief: Short


def read_situation(reader: Reader, path: Path) -> tuple[SituationFile, int] | None:
    """Read a situation and check its graph; returned with the number of choices on its longest way."""
    document = reader.document(path)
    if document is None:
        return None
    before = len(reader.faults)
    for name in ("nodes", "meters"):  # each entry by itself, so that a fault names it
        kind = Node if name == "nodes" else Meter
        entries = document.get(name)
        for key, entry in entries.items() if isinstance(entries, dict) else ():
            if isinstance(entry, dict):
                reader.shape(path, kind, entry, f"{name}.{key}.")
    if len(reader.faults) > before:
        return None
    file: SituationFile | None = reader.shape(path, SituationFile, document)
    if file is None:
        return None
    _check_nodes(reader, path, file)
    if len(reader.faults) > before:
        return None
    steps = _longest(reader, path, file)
    if steps is None:
        return None
    _check_meters(reader, path, file)
    return file, steps


def longest_way(start: str, nodes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the nodes on the way with the most choices; the graph is sound."""
    known: dict[str, list[str]] = {}
    for name in reversed(in_order(start, nodes)):
        rest = max((known[choice["next"]] for choice in nodes[name]["choices"]), key=len, default=[])
        known[name] = [name, *rest]
    return known[start]


def _check_nodes(reader: Reader, path: Path, file: SituationFile) -> None:
    if file.start not in file.nodes:
        reader.fault(path, "start", f"one of {', '.join(file.nodes)}")
    for name, node in file.nodes.items():
        key = f"nodes.{name}"
        if node.end and node.choices:
            reader.fault(path, f"{key}.choices", "none at an end")
        elif not node.end and not 2 <= len(node.choices) <= 4:
            reader.fault(path, f"{key}.choices", f"2 to 4 choices, or end: true; here are {len(node.choices)}")
        for number, choice in enumerate(node.choices):
            if choice.next not in file.nodes:
                reader.fault(path, f"{key}.choices[{number}].next", f"a node; “{choice.next}” is none")
            for meter in choice.effect.keys() - file.meters.keys():
                reader.fault(path, f"{key}.choices[{number}].effect.{meter}", f"one of {', '.join(file.meters)}")
        lengths = [len(choice.text) for choice in node.choices]
        if lengths and max(lengths) > _UNLIKE * min(lengths):
            told = f"nay từ {min(lengths)} tới {max(lengths)} chữ"
            reader.note(path, f"{key}.choices", f"lựa chọn dài ngắn tương đương ({told})")


def _longest(reader: Reader, path: Path, file: SituationFile) -> int | None:
    """Check that every node is reached and every way ends; return the most choices on a way."""
    reached, open_nodes, depth = set[str](), set[str](), dict[str, int]()
    loops: list[str] = []

    def visit(name: str) -> int:
        if name in open_nodes:
            loops.append(name)
            return 0
        if name not in depth:
            reached.add(name)
            open_nodes.add(name)
            depth[name] = max((1 + visit(choice.next) for choice in file.nodes[name].choices), default=0)
            open_nodes.discard(name)
        return depth[name]

    steps = visit(file.start)
    for name in dict.fromkeys(loops):
        reader.fault(path, f"nodes.{name}", "ways that end; one leads back here")
    for name in file.nodes:
        if name not in reached:
            reader.fault(path, f"nodes.{name}", f"a choice that leads here from {file.start}; there is none")
    return None if loops or len(reached) < len(file.nodes) else steps


def _check_meters(reader: Reader, path: Path, file: SituationFile) -> None:
    """Note meters that would leave 0 to 100; the page stops them there."""
    for name, meter in file.meters.items():
        for end, values in _ranges(file, name, meter.start):
            if min(values) < 0 or max(values) > 100:
                told = f"tới {end} thì từ {min(values)} đến {max(values)}"
                reader.note(path, f"meters.{name}", f"trong khoảng 0-100 trên mọi đường; {told}")


def _ranges(file: SituationFile, meter: str, start: int) -> Iterator[tuple[str, set[int]]]:
    """Give each node with all values of a meter on arriving there; the graph has no circle."""
    values: dict[str, set[int]] = {name: set() for name in file.nodes}
    values[file.start].add(start)
    for name in in_order(file.start, plain(file.nodes)):
        for choice in file.nodes[name].choices:
            values[choice.next] |= {one + choice.effect.get(meter, 0) for one in values[name]}
    yield from values.items()


def in_order(start: str, nodes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the nodes, each after all that lead to it."""
    seen: list[str] = []

    def visit(name: str) -> None:
        if name not in seen:
            for choice in reversed(nodes[name]["choices"]):
                visit(choice["next"])
            seen.append(name)

    visit(start)
    return seen[::-1]
