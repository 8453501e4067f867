"""The papers of the house: links lead somewhere within it, licences are known."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from lms.core.config import ROOT, version

PAGES = [
    Path(name)
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    if name and not name.startswith(("courses/", "content/"))
]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_to_files_of_this_repository(page):
    text = re.sub(r"```.*?```|`[^`]*`", "", (ROOT / page).read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:|#", target):
            continue
        path = ((ROOT / page).parent / target.split("#")[0]).resolve()
        assert path.is_relative_to(ROOT), f"{target} leaves the repository"
        assert path.exists(), f"{target} does not exist"
    assert "../../../" not in (ROOT / page).read_text("utf-8")


def test_licences_are_known_and_none_is_the_gpl():
    script = subprocess.run(
        [sys.executable, "scripts/licences.py", "check"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert (script.returncode, script.stdout) == (0, "")


def test_the_version_has_its_section_and_locks_hold_no_addresses():
    assert f"\n## {version()} - " in (ROOT / "CHANGELOG.md").read_text("utf-8")
    for lock in ROOT.glob("requirements*.lock"):
        assert "://" not in lock.read_text("utf-8"), lock


def test_production_needs_neither_node_nor_the_embedded_database():
    base = (ROOT / "requirements.lock").read_text("utf-8")
    assert "nodejs" not in base
    assert "pgserver" not in base
    assert "s3fs" not in base


def test_decisions_have_numbers_of_their_own():
    numbers = [page.name[:4] for page in (ROOT / "docs" / "decisions").glob("[0-9]*.md")]
    assert len(numbers) == len(set(numbers))
