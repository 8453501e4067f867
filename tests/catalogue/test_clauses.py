"""Decision 1698/QĐ-UBND is cited as it is: one register, its own words, and no number from elsewhere."""

import re
import subprocess

import pytest

from lms.catalogue import services
from lms.core import clauses
from lms.core.config import ROOT
from lms.core.i18n import speaking

PROGRAMMES = {folder.file.code: folder.file for folder in services.read(ROOT)}
NUMBER = r"(?:I|II|III|IV|V)(?:\.(?:[A-D]|[0-9]+|[ab]))+(?![.\d]*\w)"
CITED = re.compile(rf"(?:mục|sections?|cite\(|place\()\s*[\"']?({NUMBER})")
PARTS = re.compile(r"Phần (?:I|II|III|IV|V)\b|\bParts? (?:I|II|III|IV|V)\b")


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace(" [nguyên văn]", "")).strip().rstrip(".").casefold()


def said(key: str) -> str:
    return plain(" ".join(clauses.register()[key].words))


def papers() -> list[str]:
    """Every text file of the product that may cite; decisions tell what was once thought."""
    listed = subprocess.run(
        ["git", "ls-files", "lms", "docs", "courses", "content", "README.md"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    kinds = (".py", ".html", ".po", ".md", ".yaml")
    return [name for name in listed.stdout.split() if name.endswith(kinds) and "docs/decisions/" not in name]


@pytest.mark.parametrize("code", PROGRAMMES)
def test_a_programme_has_the_decisions_words(code):
    file = PROGRAMMES[code]
    assert plain(file.name.vi) in plain(clauses.register()[file.clause].words[0])
    assert plain(file.audience.text.vi) in said(file.clause)
    for strand in file.strands:
        assert plain(strand.text.vi) in said(file.clause)
    assert plain(file.aims.text.vi) in said(file.aims.clause)
    assert plain(file.target.text.vi) in said(file.target.clause)
    assert file.eligibility.clause is None or file.eligibility.clause in clauses.register()


def test_every_citation_is_in_the_register():
    wrong = []
    for name in papers():
        text = (ROOT / name).read_text("utf-8")
        wrong += [f"{name}: {found}" for found in CITED.findall(text) if found not in clauses.register()]
        wrong += [f"{name}: {found}" for found in PARTS.findall(text)]
    assert wrong == []


def test_every_clause_stands_in_another_or_in_the_scheme():
    for key in clauses.register():
        above, _dot, _own = key.rpartition(".")
        assert not above or above in clauses.register()


@pytest.mark.parametrize(
    ("key", "inferred"), [("III.A.2.1", False), ("III.C.1", True), ("IV.5", True), ("II.2.1.a", True), ("III", False)]
)
def test_what_stands_below_a_lost_heading_has_an_inferred_number(key, inferred):
    assert clauses.is_inferred(key) == inferred


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("vi", ["mục IV.5, Đề án kèm theo Quyết định số 1698/QĐ-UBND", "điểm a mục II.2.1, mục IV.1"]),
        (
            "en",
            [
                "section IV.5 of the scheme issued with Decision 1698/QĐ-UBND",
                "point a of section II.2.1, section IV.1",
            ],
        ),
    ],
)
def test_a_citation_reads_as_officials_cite(app, language, said):
    with app.test_request_context(), speaking(language):
        assert [clauses.cite("IV.5"), clauses.place("II.2.1.a", "IV.1")] == said


def test_a_clause_that_is_not_there_is_not_cited(app):
    with app.test_request_context(), pytest.raises(KeyError):
        clauses.cite("IV.9")


def test_a_programmes_clause_leads_to_its_words(client):
    html = client.get("/programmes/B1").get_data(as_text=True)
    assert 'href="/decision#III.B.1"' in html
    assert "chuyên [nguyên văn] thành quận" in html and "chuyển đổi số trong quản lý đất đai" in html
    page = client.get("/decision").get_data(as_text=True)
    assert "Mục III.B.1" in page and "Điểm a mục II.2.1" in page
    assert 'id="III.B.1"' in page and "Số lượng học viên: 900 người." in page
    assert page.count("suy ra") >= 6
