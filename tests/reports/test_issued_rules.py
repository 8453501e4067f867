"""The rules of a report's life, and what freezing keeps."""

import unicodedata
from dataclasses import replace
from datetime import date, timedelta

import orjson
from hypothesis import given
from hypothesis import strategies as st

from lms.documents import Table
from lms.reports.issued.papers import frozen
from lms.reports.issued.papers.groups import grouped
from lms.reports.issued.papers.sheets import Sheet
from lms.reports.issued.rules import figures, life
from tests.documents.test_documents import REPORT

AFTER = {"submit": "submitted", "approve": "approved", "send_back": "draft", "issue": "issued"}
"""The states that acts lead to (lms.reports.issued.services.reports)."""
DAYS = st.dates(date(2022, 1, 1), date(2030, 12, 31))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(acts=st.lists(st.sampled_from(sorted(AFTER)), max_size=30))
def test_a_report_is_issued_only_after_approval_and_never_leaves_that_state(acts):
    state, seen = "draft", ["draft"]
    for act in acts:
        if life.REPORT.refusal(act, state) is None:
            seen.append(state := AFTER[act])
    if "issued" in seen:
        assert seen.index("issued") == len(seen) - 1
        assert seen[-2] == "approved"
        assert "submitted" in seen


@given(text=st.text())
def test_a_written_part_is_composed_text_without_controls_or_turned_direction(text):
    clean = life.plain(text)
    assert clean == life.plain(clean)
    assert clean == unicodedata.normalize("NFC", clean)
    assert not {c for c in clean if c != "\n" and c != "\t" and unicodedata.category(c) == "Cc" and ord(c) < 0x80}
    assert not {c for c in clean if unicodedata.bidirectional(c) in ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI")}


@given(
    kind=st.sampled_from(life.KINDS),
    written=st.dictionaries(st.sampled_from(["basis", "assessment", "causes", "measures"]), st.just("x")),
    below=st.integers(0, 3),
)
def test_basis_and_assessment_are_always_needed_causes_and_measures_below_a_threshold(kind, written, below):
    needed = {"basis", "assessment"} | ({"causes", "measures"} if below else set())
    assert set(life.missing(kind, written, below)) == needed - set(written)


@given(on=DAYS, approved=DAYS, today=DAYS)
def test_a_report_is_dated_from_its_approval_to_today(on, approved, today):
    assert life.date_fits(on, approved, today) == (sorted([on, approved, today]) == [approved, on, today])
    assert not life.date_fits(today + timedelta(days=1), approved, today)
    assert not life.date_fits(approved - timedelta(days=1), approved, today)


@given(kind=st.sampled_from(life.KINDS), ids=st.lists(st.integers(1, 99), min_size=1, max_size=5))
def test_only_a_class_is_decided_below_the_city(kind, ids):
    path = "/" + "".join(f"{one}/" for one in ids)
    assert life.deciding_path(kind, path) == (path if kind == "class" else f"/{ids[0]}/")


def test_nobody_decides_on_her_own_words_nor_does_nobody():
    assert not life.may_decide(None, [])
    assert not life.may_decide("a", ["a", "b"])
    assert life.may_decide("c", ["a", "b"])


@given(before=JSON, now=JSON)
def test_differences_are_found_exactly_where_there_are_any(before, now):
    found = list(figures.differences(before, now))
    assert bool(found) == (before != now)


@given(values=JSON)
def test_canonical_json_says_the_same_and_is_the_same_whatever_the_order_of_keys(values):
    written = figures.canonical(values)
    assert orjson.loads(written) == values
    assert figures.canonical(orjson.loads(written)) == written


SCORE = figures.Score(6, 4.25, 4.0, 0.5, (0, 0, 1, 2, 3), 4.0, 4.5)
MADE = figures.Figures(
    response=figures.Response(1, 0, 7, 6, 6, 0),
    trust="most",
    few=True,
    blank_limit=5.0,
    points=5,
    labels=("một", "hai", "ba", "bốn", "năm"),
    overall=SCORE,
    programme=None,
    city=4.0,
    parts=(figures.Part("Chương trình", "programme", SCORE, 3.5, None, 4.0),),
    taught=(figures.Taught("Chuyên đề", "Vũ Thị Hải Yến", None, 3.5),),
    questions=(),
    options=(figures.Option("Câu hỏi", "Phương án", 6, 2, 0.333333, None),),
    groups=(figures.Group("year", "2026", "", None, SCORE),),
    themes=(figures.Theme("", 1, 0, 1),),
    comments=1,
    removed=0,
)


def test_a_frozen_report_reads_back_as_it_was():
    sheet = Sheet("Tổng hợp", (("Chỉ tiêu", 10.0),), (("a",), (1,), (2.5,), (None,)), (0,))
    kept = frozen.Frozen(MADE, REPORT, (sheet,))
    assert frozen.load(frozen.dump(kept)) == kept


def test_versions_are_told_by_their_means_alone_once_there_are_two():
    first, second = (figures.Group("version", number, "", None, SCORE) for number in "12")
    assert not [block for block in grouped(replace(MADE, groups=(first,))) if isinstance(block, Table)]
    (table,) = (block for block in grouped(replace(MADE, groups=(first, second))) if isinstance(block, Table))
    assert [column.title for column in table.columns] == ["Phiên bản", "Điểm trung bình"]
    assert table.rows == (("1", "4,25\n(4,00–4,50)"), ("2", "4,25\n(4,00–4,50)"))
