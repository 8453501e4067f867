"""Inside a domain imports go one way: views > services > queries > rules > models, and no two rooms need each other.

The floors between domains are import-linter's (pyproject.toml); here are the rooms within one. ``EXCEPTIONS`` names
what does not hold yet: it may only get shorter.
"""

import ast
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

LMS = Path(__file__).resolve().parents[2] / "lms"
ORDER = ("views", "services", "queries", "rules", "models")
DOORS = ("cli", "tasks", "routes", "__init__")
"""They open into every room, and services name the jobs behind them."""
EXCEPTIONS: dict[str, str] = {}
"""What is still wrong -> who mends it."""


def _module(path):
    parts = path.relative_to(LMS.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_module(path): path for path in LMS.rglob("*.py") if "static" not in path.parts}
DOMAINS = sorted(path.name for path in LMS.iterdir() if (path / "__init__.py").exists())


@cache
def imports(module):
    """Every module of ours that this one imports, wherever the import stands."""
    named = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names if alias.name in MODULES}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("lms"):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                named.add(inner if inner in MODULES else node.module)
    return named


def _inside(domain):
    """The imports from one module of a domain to another."""
    own = [module for module in MODULES if module.startswith(f"lms.{domain}.")]
    return sorted((module, target) for module in own for target in imports(module) if target in own)


def _split(module, target):
    """The folder that both are in, and what they are called there."""
    one, other = module.split("."), target.split(".")
    same = next((n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    return None if same is None else (".".join(one[:same]), one[same], other[same])


def upward(domain):
    """Imports from a room to one above it in the same folder."""
    for module, target in _inside(domain):
        place = _split(module, target)
        if place and place[1] in ORDER and place[2] in ORDER and ORDER.index(place[1]) > ORDER.index(place[2]):
            yield f"{module} -> {target}"


def circles(domain):
    """Rooms of one folder that need each other, directly or through others."""
    graphs = {}
    for module, target in _inside(domain):
        place = _split(module, target)
        if place and place[1] not in DOORS and place[2] not in DOORS:
            graphs.setdefault(place[0], {}).setdefault(place[1], set()).add(place[2])
    for folder, graph in sorted(graphs.items()):
        for room in sorted(graph):
            way = _way_back(graph, room)
            if way and room == min(way):
                yield f"{folder}: {' -> '.join(way)}"


def _way_back(graph, start):
    """The shortest way from a room to itself."""
    ways = [[start]]
    seen = set()
    while ways:
        way = ways.pop(0)
        for target in sorted(graph.get(way[-1], ())):
            if target == start:
                return [*way, start]
            if target not in seen:
                seen.add(target)
                ways.append([*way, target])
    return None


FAULTS = {domain: [*upward(domain), *circles(domain)] for domain in DOMAINS}


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_rooms_of_a_domain_need_only_those_below(domain):
    assert [fault for fault in FAULTS[domain] if fault not in EXCEPTIONS] == []


def test_no_exception_outlives_its_reason():
    assert sorted(set(EXCEPTIONS) - {fault for faults in FAULTS.values() for fault in faults}) == []


def test_the_order_is_one():
    """A room that stands twice in the order would let everything pass."""
    assert all(a != b for a, b in pairwise(ORDER))
    assert len(set(ORDER)) == len(ORDER)
