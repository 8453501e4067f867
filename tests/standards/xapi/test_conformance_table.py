"""docs/xapi-conformance.md names only what is there: each test it points to, and each module."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TABLE = (ROOT / "docs/xapi-conformance.md").read_text(encoding="utf-8")
ROWS = [line for line in TABLE.splitlines() if re.match(r"\| (Data|Comm|2\.0) ", line)]


def test_every_requirement_names_where_it_is_met_and_a_test():
    assert len(ROWS) > 100
    for row in ROWS:
        _clause, _requirement, version, where, test = (cell.strip() for cell in row.strip("|").split(" | "))
        assert version.startswith(("both", "1.0.3", "2.0")), row
        assert re.search(r"`\w+\.py`", where), row
        assert "test_" in test, row


def test_every_test_it_names_exists():
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    defined = set(re.findall(r"def (test_\w+)", sources))
    named = set(re.findall(r"(?<![\w/])(test_\w+)(?=`)", TABLE))
    assert len(named) > 150
    assert named - defined == set()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(\w+\.py)`", "\n".join(ROWS)))))
def test_every_module_it_names_exists(name):
    assert (ROOT / "lms/records" / name).exists() or (ROOT / "lms/core" / name).exists()
