"""docs/cmi5-conformance.md names only what is there: each test it points to, and each module."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
TABLE = (ROOT / "docs/cmi5-conformance.md").read_text(encoding="utf-8")
ROWS = [line for line in TABLE.splitlines() if re.match(r"\| \d", line)]


def test_every_requirement_names_where_it_is_met_and_a_test() -> None:
    assert len(ROWS) > 20
    for row in ROWS:
        _clause, _requirement, where, test = (cell.strip() for cell in row.strip("|").split(" | "))
        assert re.search(r"`[\w/]+\.py`", where), row
        assert "test_" in test, row


def test_everything_it_names_exists() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    defined = set(re.findall(r"def (test_\w+)", sources))
    named = set(re.findall(r"(?<![\w/])(test_\w+)(?=`)", TABLE))
    assert named - defined == set()
    modules = set(re.findall(r"`([\w/]+\.py)`", "\n".join(ROWS)))
    assert [name for name in modules if not _module(name).exists()] == []


def _module(name: str) -> Path:
    return ROOT / "lms" / name if name.startswith("packages/") else ROOT / "lms/library" / name
