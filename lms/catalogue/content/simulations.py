"""Simulations over rounds (``mo-phong/<name>.yaml``): read, and every variable kept within its bounds."""

import random
from collections.abc import Iterator
from itertools import islice, product
from math import prod
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta

from lms.catalogue.content import formulas
from lms.catalogue.content.faults import Reader
from lms.catalogue.content.formulas import BadFormulaError
from lms.catalogue.content.shapes import Code, Line, Long, Shape, Short

FOLDER = "mo-phong"
_ALL = 20_000
"""All ways are tried up to this many, otherwise SAMPLE of them."""
_SAMPLE = 5_000


class Variable(Short):
    """What rounds change."""

    start: float
    min: float
    max: float
    unit: Line = " "
    good: Literal["low", "high"] | None = None
    shown: bool = True


class Choice(Shape):
    """What can be decided in a round."""

    text: Line
    feedback: Long
    effect: list[Line] = []


class Round(Shape):
    """A round; without choices of its own it offers those of the file."""

    text: Long
    choices: list[Choice] = []


class End(Shape):
    """How it ended; the first whose condition holds."""

    text: Long
    when: Line | None = None


class SimulationFile(Shape):
    """``mo-phong/<name>.yaml``."""

    id: Code
    title: Short
    constructed: Literal[True]
    role: Short
    variables: Annotated[dict[str, Variable], Meta(min_length=1, max_length=12)]
    rounds: Annotated[list[Round], Meta(min_length=2, max_length=8)]
    ends: Annotated[list[End], Meta(min_length=1, max_length=8)]
    debrief: Short
    choices: list[Choice] = []
    each_round: list[Line] = []


def read_simulation(reader: Reader, path: Path) -> tuple[SimulationFile, dict[str, Any]] | None:
    """Read a simulation and try its ways; returned with its model: the formulas as trees."""
    document = reader.document(path)
    if document is None:
        return None
    before = len(reader.faults)
    variables = document.get("variables")
    for key, entry in variables.items() if isinstance(variables, dict) else ():
        if isinstance(entry, dict):
            reader.shape(path, Variable, entry, f"variables.{key}.")
    file: SimulationFile | None = reader.shape(path, SimulationFile, document) if len(reader.faults) == before else None
    if file is None:
        return None
    for name, variable in file.variables.items():
        if not formulas.NAME.fullmatch(name):
            reader.fault(path, f"variables.{name}", "a name of small letters without marks, digits and _")
        if not variable.min <= variable.start <= variable.max:
            reader.fault(path, f"variables.{name}.start", "a start between min and max")
    if not 1 <= sum(variable.shown for variable in file.variables.values()) <= 4:
        reader.fault(path, "variables", "1 to 4 variables that are shown; the others with shown: false")
    if any(end.when is None for end in file.ends[:-1]) or file.ends[-1].when is not None:
        reader.fault(path, "ends", "a condition (when) at each end but the last")
    model = _model(reader, path, file)
    if len(reader.faults) > before:
        return None
    _try(reader, path, file, model)
    return (file, model) if len(reader.faults) == before else None


def _model(reader: Reader, path: Path, file: SimulationFile) -> dict[str, Any]:
    names = set(file.variables)

    def steps(lines: list[str], key: str) -> list[Any]:
        found = []
        for number, line in enumerate(lines):
            try:
                found.append(list(formulas.read_assignment(line, names)))
            except BadFormulaError as error:
                reader.fault(path, f"{key}[{number}]", str(error))
        return found

    rounds = []
    for number, one in enumerate(file.rounds):
        key = f"rounds[{number}].choices" if one.choices else "choices"
        choices = one.choices or file.choices
        if not 2 <= len(choices) <= 4:
            reader.fault(path, key, f"2 to 4 choices; here are {len(choices)}")
        rounds.append([steps(choice.effect, f"{key}[{n}].effect") for n, choice in enumerate(choices)])
    ends: list[Any] = []
    for number, end in enumerate(file.ends):
        try:
            ends.append(formulas.read(end.when, names) if end.when is not None else 1)
        except BadFormulaError as error:
            reader.fault(path, f"ends[{number}].when", str(error))
    return {"rounds": rounds, "each": steps(file.each_round, "each_round"), "ends": ends}


def _ways(counts: list[int]) -> Iterator[tuple[int, ...]]:
    """Give all ways through the rounds, or a sample that is the same each time."""
    if prod(counts) <= _ALL:
        return product(*(range(count) for count in counts))
    chance = random.Random(1)  # noqa: S311 - a sample, no secret
    return islice(iter(lambda: tuple(chance.randrange(count) for count in counts), None), _SAMPLE)


def _try(reader: Reader, path: Path, file: SimulationFile, model: dict[str, Any]) -> None:
    met: set[int] = set()
    told: set[str] = set()
    for way in _ways([len(choices) for choices in model["rounds"]]):
        name = ", ".join(str(choice + 1) for choice in way)
        try:
            values = run(file, model, way)
            ended = next(n for n, when in enumerate(model["ends"]) if formulas.value(when, values[-1]))
        except BadFormulaError as error:
            reader.fault(path, f"choices {name}", str(error))
            return
        met.add(ended)
        for key, variable in file.variables.items():
            out = [one[key] for one in values if not variable.min <= one[key] <= variable.max]
            if out and key not in told:
                told.add(key)
                bounds = f"between {variable.min:g} and {variable.max:g}"
                reader.fault(path, f"variables.{key}", f"{bounds}; with choices {name} it becomes {out[0]:g}")
    for number in set(range(len(file.ends))) - met:
        reader.note(path, f"ends[{number}]", "một câu kết gặp được; không đường nào tới câu này")


def run(file: SimulationFile, model: dict[str, Any], way: tuple[int, ...]) -> list[dict[str, float]]:
    """Return the variables after each round of a way.

    :raises BadFormulaError: a formula has no value
    """
    values = {name: float(variable.start) for name, variable in file.variables.items()}
    found = []
    for choices, choice in zip(model["rounds"], way, strict=True):
        for name, tree in [*choices[choice], *model["each"]]:
            values[name] = formulas.value(tree, values)
        found.append(dict(values))
    return found
