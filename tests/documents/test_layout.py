"""The layout of official documents at every length: nothing is torn apart, whatever was typed."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.documents import Column, LegalBases, Paragraph, Table, docx, pdf
from lms.documents.issuers import Body, issuer_of
from lms.documents.wording import basis_lines, printed, recipient_lines
from lms.reports.issued.papers import frozen
from tests.documents.laws import hold
from tests.documents.test_documents import REPORT

pytestmark = pytest.mark.long
END = Paragraph(
    "Trên đây là báo cáo kết quả bồi dưỡng năm 2026, trân trọng báo cáo các cơ quan, đơn vị biết, chỉ đạo./."
)
BASES = LegalBases(("- Quyết định số 1698/QĐ-UBND ngày 19 tháng 5 năm 2022;", "Nghị định số 171/2025/NĐ-CP;"))


@pytest.mark.parametrize("lines", range(12, 34))
@pytest.mark.parametrize("end", [(END,), (Paragraph("Mở thêm lớp tại các xã."), Paragraph("Kính trình./."))])
def test_the_signature_stands_whole_below_two_lines_at_every_length(lines, end):
    body = (BASES, *(Paragraph(f"Dòng số {n} của phần này.") for n in range(lines)), *end)
    hold(replace(REPORT, body=body))


def test_narrow_columns_are_as_wide_as_their_words():
    heads = ("TT", "Mã", "Hoàn thành", "Nguyên nhân", "Độ lệch chuẩn", "Tổng số lượt tiết học")
    row = ("1", "BD2026-QLDT-01", "123.456", "Phòng học chật, thiếu máy chiếu", "0,55", "1.234.567")
    columns = tuple(Column(head, width, "left") for head, width in zip(heads, (1, 1, 1, 6, 1, 1), strict=True))
    hold(replace(REPORT, body=(Table(columns, (row,) * 40, "Bảng 1"), END)))


@pytest.mark.parametrize(
    "typed",
    ["Sở Nội vụ", "- Sở Nội vụ", "-- Sở Nội vụ;", "– – Sở Nội vụ.", " -Sở Nội vụ ;.", "•\tSở Nội vụ,", "— Sở Nội vụ"],
)
def test_recipients_have_one_dash_whatever_was_typed(typed):
    document = replace(REPORT, recipients=("- Lưu VT, NV.", typed, "Như trên"))
    assert recipient_lines(document) == ["- Như trên;", "- Sở Nội vụ;", "- Lưu: VT, NV."]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.sampled_from("-–—•;., abcLưuVT:"), max_size=12), max_size=5))
def test_no_recipient_has_a_doubled_dash_or_mark(typed):
    for line in recipient_lines(replace(REPORT, recipients=tuple(typed))):
        assert line.startswith("- ")
        assert line[2] not in "-–— "
        assert line[-2] not in ";., "


def test_bases_are_a_line_each_whatever_was_typed():
    typed = (
        "Căn cứ:",
        "- quyết định số 5/QĐ-UBND;",
        "",
        "căn cứ Luật Cán bộ, công chức.",
        "Theo đề nghị của Hiệu trưởng",
    )
    assert basis_lines(LegalBases(typed)) == [
        "Căn cứ quyết định số\u00a05/QĐ-UBND;",
        "Căn cứ Luật Cán bộ, công chức;",
        "Theo đề nghị của Hiệu trưởng.",
    ]


@pytest.mark.parametrize(
    "together",
    [
        "số 12/BC-SNV",
        "ngày 28/11/2026",
        "ngày 19 tháng 5",
        "năm 2022",
        "1.250 lượt",
        "60 phiếu",
        "2022 - 2025",
        "Bảng 3",
    ],
)
def test_official_texts_keep_together(together):
    assert together.replace(" ", "\u00a0") in printed(f"theo {together} của Thành phố")


@pytest.mark.parametrize(
    ("units", "said"),
    [
        (
            ("Thành phố Hà Nội", "Sở Nội vụ"),
            ("Ủy ban nhân dân\nthành phố Hà Nội", "Sở Nội vụ", "U1", "Hà Nội", "Giám đốc"),
        ),
        (
            ("Thành phố Hà Nội", "Sở Nội vụ", "Phòng Công chức"),
            ("Ủy ban nhân dân\nthành phố Hà Nội", "Sở Nội vụ", "U1", "Hà Nội", "Giám đốc"),
        ),
        (("Thành phố Hà Nội", "Sở Y tế", "Trường Y"), ("Sở Y tế", "Trường Y", "U2", "Hà Nội", "Hiệu trưởng")),
        (
            ("Thành phố Hà Nội", "Ủy ban nhân dân phường Cửa Nam"),
            ("", "Ủy ban nhân dân\nphường Cửa Nam", "U1", "Cửa Nam", "Chủ tịch"),
        ),
        (("Thành phố Hà Nội",), ("", "Ủy ban nhân dân\nthành phố Hà Nội", "U0", "Hà Nội", "Chủ tịch")),
    ],
)
def test_the_head_follows_from_who_issues(units, said):
    issuer = issuer_of([Body(f"U{n}", name) for n, name in enumerate(units)])
    assert (issuer.superior, issuer.authority, issuer.code, issuer.place, issuer.signer_title) == said


def test_other_bytes_have_another_layout_number():
    """Issued files are made again by their own layout only: raise lms.documents.LAYOUT, then note the bytes here."""
    document = replace(REPORT, body=(BASES, *REPORT.body), addressee="Kính gửi: Sở Nội vụ", stamp="Số liệu chốt")
    made = " ".join(sha256(write(document)).hexdigest() for write in (docx, pdf))
    noted = (Path(__file__).parent / "layout.txt").read_text("utf-8").splitlines()
    assert noted == [frozen.renderer(), made]
