"""From what stands between ``:::`` to typed blocks: each kind's own form, every fault with its line."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from lms.catalogue.content import blocks, formulas, recall, simulations, situations
from lms.catalogue.content.blocks import AnyBlock, Words
from lms.catalogue.content.faults import Reader
from lms.catalogue.content.formulas import BadFormulaError
from lms.catalogue.content.markup import Raw, items, parts, picture, pieces, words
from lms.catalogue.content.registers import SOURCES, Registers
from lms.catalogue.content.shapes import Line, Shape, plain
from lms.core.text import fold

_MINUTES = re.compile(r"(.*?)\(?\b(\d{1,3}) phút\)?")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


class Writer:
    """Reads the blocks of one lesson.

    :param folder: the module's folder, where situations and simulations lie
    :param first: the line of the file at which the lesson's text begins (from 1)
    """

    def __init__(self, reader: Reader, path: Path, registers: Registers, first: int) -> None:
        self.reader, self.path, self.folder, self.registers = reader, path, path.parent, registers
        self.first = first
        self._used: dict[str, int] = {}

    def read(self, text: str) -> list[AnyBlock]:
        """Return the blocks of a lesson; what is at fault is left out and told."""
        found = []
        for raw in pieces(text):
            block = self._block(Raw(raw.name, raw.argument, raw.body, raw.line + self.first - 1, raw.closed))
            if block is not None:
                found.append(block)
        return found

    def fault(self, line: int, expected: str) -> None:
        """Tell what is wrong at a line of the file."""
        self.reader.fault(self.path, f"line {line}", expected)

    def _block(self, raw: Raw) -> AnyBlock | None:
        if not raw.name:
            return blocks.Prose(line=raw.line, key="", text=Words(raw.body, raw.line))
        write = _WRITERS.get(raw.name)
        if raw.name == ":::":
            self.fault(raw.line, "a block that is open before its closing :::")
        elif write is None:
            self.fault(raw.line, f"one of the blocks {', '.join(_WRITERS)}; “{raw.name}” is none")
        elif not raw.closed:
            self.fault(raw.line, f"a line with only ::: that closes the block {raw.name}")
        else:
            slug = fold(raw.name)
            self._used[slug] = self._used.get(slug, 0) + 1
            return write(self, raw, f"{slug}-{self._used[slug]}")
        return None

    def _body(self, raw: Raw) -> tuple[Words, Words]:
        return parts(raw.body, raw.line + 1)

    def _whole(self, raw: Raw) -> Words:
        text = words(raw.body.split("\n"), raw.line + 1)
        if not text.text:
            self.fault(raw.line, f"words in the block {raw.name}")
        return text

    def _minutes(self, raw: Raw, *, needed: bool = False) -> tuple[str, int]:
        """Return the title and the minutes of an opening line."""
        match = _MINUTES.fullmatch(raw.argument)
        if match is not None:
            return match[1].strip(" ,:–-"), int(match[2])
        if needed:
            self.fault(raw.line, f"minutes, such as :::{raw.name} 5 phút")
        return raw.argument, 0

    def _list(self, raw: Raw, text: Words, least: int, most: int) -> list[tuple[Words, bool]]:
        found = items(text)
        if not least <= len(found) <= most:
            self.fault(raw.line, f"{least} to {most} lines of a list in {raw.name}; here are {len(found)}")
        return found

    def _columns(self, raw: Raw, text: Words, least: int, most: int, form: str) -> list[list[Words]]:
        """Return the lines of a list, divided at ``=>``."""
        rows = []
        for item, _ in self._list(raw, text, least, most):
            cells = [Words(cell.strip(), item.line) for cell in item.text.split("=>")]
            if not 2 <= len(cells) <= 3 or not all(cell.text for cell in cells):
                self.fault(item.line, form)
            else:
                rows.append([*cells, Words("", item.line)][:3])
        return rows

    def situation(self, raw: Raw, key: str) -> AnyBlock:
        """``:::tình-huống dựng|thật title``."""
        kind, _, title = raw.argument.partition(" ")
        if kind not in ("dựng", "thật"):
            self.fault(raw.line, ":::tình-huống dựng (made up for learning) or :::tình-huống thật (with its source)")
        text = self._whole(raw)
        if kind == "thật" and "[@" not in text.text:
            self.fault(raw.line, "a citation [@…] in a situation that is real")
        return blocks.Situation(line=raw.line, key=key, title=title, text=text, constructed=kind != "thật")

    def attempt(self, raw: Raw, key: str) -> AnyBlock:
        """``:::tự-làm 5 phút``, the task, ``---``, the solution."""
        _, minutes = self._minutes(raw, needed=True)
        task, solution = self._body(raw)
        if not task.text or not solution.text:
            self.fault(raw.line, "a task, a line of ---, and its solution")
        return blocks.TryIt(line=raw.line, key=key, minutes=minutes, task=task, solution=solution)

    def basis(self, raw: Raw, key: str) -> AnyBlock:
        """``:::căn-cứ code place; code place``."""
        cited = [one.strip() for one in raw.argument.split(";") if one.strip()]
        if not cited:
            self.fault(raw.line, f"a code of {SOURCES}, such as :::căn-cứ ldd-2024 Đ135")
        return blocks.Basis(line=raw.line, key=key, cited=cited, text=self._whole(raw))

    def remember(self, raw: Raw, key: str) -> AnyBlock:
        """``:::ghi-nhớ title``."""
        return blocks.Remember(line=raw.line, key=key, title=raw.argument, text=self._whole(raw))

    def mistake(self, raw: Raw, key: str) -> AnyBlock:
        """``:::sai-lầm title``, the mistake, ``---``, what to do instead."""
        self._whole(raw)
        text, better = self._body(raw)
        return blocks.Mistake(line=raw.line, key=key, title=raw.argument, text=text, better=better)

    def checklist(self, raw: Raw, key: str) -> AnyBlock:
        """``:::danh-mục title`` with lines of ``- [ ]``."""
        found = []
        for item, _ in self._list(raw, self._whole(raw), 2, 20):
            if not item.text.startswith("[ ]"):
                self.fault(item.line, "- [ ] what is to be ticked")
            found.append(Words(item.text.removeprefix("[ ]").strip(), item.line))
        self._title(raw)
        return blocks.Checklist(line=raw.line, key=key, title=raw.argument, items=found)

    def apply(self, raw: Raw, key: str) -> AnyBlock:
        """``:::áp-dụng 45 phút``."""
        _, minutes = self._minutes(raw, needed=True)
        return blocks.Apply(line=raw.line, key=key, minutes=minutes, text=self._whole(raw))

    def discussion(self, raw: Raw, key: str) -> AnyBlock:
        """``:::trao-đổi 10 phút``."""
        _, minutes = self._minutes(raw)
        return blocks.Discussion(line=raw.line, key=key, minutes=minutes, text=self._whole(raw))

    def media(self, raw: Raw, key: str) -> AnyBlock | None:
        """``:::nghe-nhìn title``, the recording as a picture, ``---``, its transcript."""
        title, minutes = self._minutes(raw)
        first, transcript = self._body(raw)
        found = picture(first)
        if found is None:
            self.fault(raw.line, "![what is heard or seen](nghe-nhin/….mp3)")
            return None
        if not transcript.text:
            self.fault(raw.line, "a line of --- and the transcript of the recording")
        return blocks.Media(
            line=raw.line, key=key, title=title, minutes=minutes, source=found[0], alt=found[1], transcript=transcript
        )

    def sorting(self, raw: Raw, key: str) -> AnyBlock:
        """``- item => bin => why``."""
        self._title(raw)
        rows = self._columns(raw, self._whole(raw), 3, 12, "- item => group, or - item => group => why")
        bins = list(dict.fromkeys(row[1].text for row in rows))
        if rows and not 2 <= len(bins) <= 5:
            self.fault(raw.line, f"2 to 5 groups; here are {len(bins)}")
        sorted_items = [blocks.SortItem(text, bins.index(name.text), why) for text, name, why in rows]
        return blocks.Sorting(line=raw.line, key=key, title=raw.argument, bins=bins, items=sorted_items)

    def ordering(self, raw: Raw, key: str) -> AnyBlock:
        """A numbered list in its right order, ``---``, why."""
        self._title(raw)
        text, why = self._body(raw)
        found = self._list(raw, text, 3, 8)
        if not all(ordered for _, ordered in found):
            self.fault(raw.line, "a numbered list: 1. …")
        steps = [step for step, _ in found]
        return blocks.Ordering(
            line=raw.line, key=key, title=raw.argument, items=steps, shown=_shuffled(len(steps), raw.argument), why=why
        )

    def recall(self, raw: Raw, key: str) -> AnyBlock | None:
        """``:::nhớ-lại lesson count``."""
        lesson, _, count = raw.argument.partition(" ")
        if not _NAME.fullmatch(lesson) or count not in ("1", "2", "3", "4", "5"):
            self.fault(raw.line, "a lesson and how many questions: :::nhớ-lại a21-m2-l3 2")
            return None
        found = recall.questions(self.reader, self.folder, lesson, int(count))
        if isinstance(found, str):
            self.fault(raw.line, found)
            return None
        return blocks.Recall(line=raw.line, key=key, lesson=lesson, title="", questions=found)

    def timeline(self, raw: Raw, key: str) -> AnyBlock:
        """``- when => what => more``."""
        self._title(raw)
        rows = self._columns(raw, self._whole(raw), 2, 15, "- when => what, or - when => what => more")
        events = [blocks.Event(moment.text, text, why) for moment, text, why in rows]
        return blocks.Timeline(line=raw.line, key=key, title=raw.argument, events=events)

    def map(self, raw: Raw, key: str) -> AnyBlock | None:
        """A picture, then ``- x, y => name => more``."""
        self._title(raw)
        text = self._whole(raw)
        found = picture(text)
        if found is None or not found[1].strip():
            self.fault(raw.line, "![what it shows](figures/….svg)")
            return None
        form = "- x, y => name => more, with x and y in percent from 0 to 100"
        points = []
        for place, name, more in self._columns(raw, text, 2, 12, form):
            match = re.fullmatch(r"(\d+(?:\.\d+)?), *(\d+(?:\.\d+)?)", place.text)
            if match is None or max(float(match[1]), float(match[2])) > 100:
                self.fault(place.line, form)
            else:
                points.append(blocks.Point(float(match[1]), float(match[2]), name.text, more))
        return blocks.MapPoints(
            line=raw.line, key=key, title=raw.argument, source=found[0], alt=found[1], points=points
        )

    def calculator(self, raw: Raw, key: str) -> AnyBlock | None:
        """YAML with ``inputs`` and ``results``, ``---``, what to think of it."""
        self._title(raw)
        text, note = self._body(raw)
        document = self.reader.document(self.path, "\n" * (text.line - 1) + text.text, f"line {raw.line}")
        if document is None:
            return None
        before = len(self.reader.faults)
        file: CalculatorFile | None = self.reader.shape(
            self.path, CalculatorFile, document, f"line {raw.line}: bảng-tính."
        )
        if file is None:
            return None
        results = []
        for name, given in file.inputs.items():
            if not formulas.NAME.fullmatch(name):
                self.fault(raw.line, f"a name of small letters without marks, digits and _, not “{name}”")
            if not given.min <= given.value <= given.max:
                self.fault(raw.line, f"a value of {name} between min and max")
        values = {name: given.value for name, given in file.inputs.items()}
        for result in file.results:
            try:
                tree = formulas.read(result.formula, set(file.inputs))
                formulas.value(tree, values)
                results.append(plain(result) | {"tree": tree})
            except BadFormulaError as error:
                self.fault(raw.line, f"{result.label}: {error}")
        if len(self.reader.faults) > before:
            return None
        inputs = [{"name": name, **plain(given)} for name, given in file.inputs.items()]
        return blocks.Calculator(line=raw.line, key=key, title=raw.argument, inputs=inputs, results=results, note=note)

    def decision(self, raw: Raw, key: str) -> AnyBlock | None:
        """``:::quyết-định name``: ``tinh-huong/name.yaml``."""
        path = self._file(raw, situations.FOLDER)
        read = situations.read_situation(self.reader, path) if path is not None else None
        if read is None:
            return None
        intro = words(raw.body.split("\n"), raw.line + 1)
        return blocks.Decision(line=raw.line, key=key, intro=intro, file=plain(read[0]), steps=read[1])

    def simulation(self, raw: Raw, key: str) -> AnyBlock | None:
        """``:::mô-phỏng name``: ``mo-phong/name.yaml``."""
        path = self._file(raw, simulations.FOLDER)
        read = simulations.read_simulation(self.reader, path) if path is not None else None
        if read is None:
            return None
        intro = words(raw.body.split("\n"), raw.line + 1)
        return blocks.Simulation(line=raw.line, key=key, intro=intro, file=plain(read[0]), model=read[1])

    def _file(self, raw: Raw, folder: str) -> Path | None:
        path = self.folder / folder / f"{raw.argument}.yaml"
        if not _NAME.fullmatch(raw.argument) or not path.is_file():
            self.fault(raw.line, f"the name of a file in {folder}/, without .yaml; “{raw.argument}” is none")
            return None
        return path

    def _title(self, raw: Raw) -> None:
        if not raw.argument:
            self.fault(raw.line, f"a title: :::{raw.name} What is asked")


class Input(Shape):
    """A figure of the reader's own."""

    label: Line
    value: float
    min: float
    max: float
    unit: Line = " "
    step: float = 1


class Result(Shape):
    """What is computed of the figures."""

    label: Line
    formula: Line
    unit: Line = " "
    digits: int = 0


class CalculatorFile(Shape):
    """What stands in a block ``bảng-tính``."""

    inputs: dict[str, Input]
    results: list[Result]


def _shuffled(count: int, seed: str) -> list[int]:
    """Return an order that is not the right one, the same each time."""
    order = list(range(count))
    chance = Random(seed)  # noqa: S311 - no secret
    while count > 1 and order == sorted(order):
        chance.shuffle(order)
    return order


_WRITERS: dict[str, Callable[[Writer, Raw, str], AnyBlock | None]] = {
    "tình-huống": Writer.situation,
    "tự-làm": Writer.attempt,
    "căn-cứ": Writer.basis,
    "ghi-nhớ": Writer.remember,
    "sai-lầm": Writer.mistake,
    "danh-mục": Writer.checklist,
    "áp-dụng": Writer.apply,
    "trao-đổi": Writer.discussion,
    "nghe-nhìn": Writer.media,
    "phân-loại": Writer.sorting,
    "trình-tự": Writer.ordering,
    "nhớ-lại": Writer.recall,
    "quyết-định": Writer.decision,
    "bảng-tính": Writer.calculator,
    "mô-phỏng": Writer.simulation,
    "thời-gian": Writer.timeline,
    "bản-đồ": Writer.map,
}


def names() -> Sequence[str]:
    """Return the names of all blocks."""
    return list(_WRITERS)


def all_words(value: Any) -> list[Words]:
    """Return every piece of words within blocks, in order."""
    if isinstance(value, Words):
        return [value]
    if isinstance(value, list | tuple):
        return [found for one in value for found in all_words(one)]
    if hasattr(value, "__struct_fields__"):
        return [found for name in value.__struct_fields__ for found in all_words(getattr(value, name))]
    return []
