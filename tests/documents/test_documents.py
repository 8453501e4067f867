"""Official documents as Word files and as PDF: layout, literal texts, the same bytes every time."""

import datetime as dt
import os
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from unicodedata import normalize
from zipfile import ZipFile

import docx as python_docx
import pytest
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from lms.documents import Bullets, Column, Heading, Official, Paragraph, Picture, Table, docx, pdf
from lms.documents.wording import clean

pytestmark = pytest.mark.long
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="80"><rect width="120" height="30" fill="#0f5f5c"/>'
    '<text x="4" y="60" font-weight="bold">Phường Cửa Nam</text></svg>'
)
COLUMNS = (Column("TT", 1, "center"), Column("Đơn vị", 4, "left"), Column("Học viên", 2, "right"))
REPORT = Official(
    superior="Ủy ban nhân dân Thành phố Hà Nội",
    authority="Trường Đào tạo cán bộ",
    number="12/BC-ĐTCB",
    place="Hà Nội",
    date=dt.date(2026, 2, 4),
    kind="BÁO CÁO",
    subject="Kết quả bồi dưỡng năm 2026",
    body=(
        Heading(1, "Kết quả"),
        Paragraph("Trường đã mở các lớp."),
        Heading(2, "Chi tiết"),
        Table(COLUMNS, (("1", "Xã Đông Anh", "1.250"),), "Bảng 1. Học viên", "Nguồn: sổ ghi nhận."),
        Heading(1, "Kiến nghị"),
        Bullets(("Mở thêm lớp", "Bổ sung kinh phí")),
        Picture(SVG, "Biểu đồ cột", "Hình 1. Phân bố"),
        Paragraph("Kính đề nghị xem xét./."),
    ),
    recipients=("UBND Thành phố", "Sở Nội vụ;", "Lưu: VT."),
    signer_title="Phó Hiệu trưởng",
    signer_name="Nguyễn Thị Phượng",
    signer_on_behalf="KT. HIỆU TRƯỞNG",
    draft=True,
    stamp="Số liệu đóng băng ngày 31/01/2026, mã kiểm tra abc123",
)
PARTS = (
    "TRƯỜNG ĐÀO TẠO CÁN BỘ|Số: 12/BC-ĐTCB|Hà Nội, ngày 04 tháng 02 năm 2026|BÁO CÁO|Kết quả bồi dưỡng năm 2026|"
    "I. Kết quả|Trường đã mở các lớp.|1. Chi tiết|Bảng 1. Học viên|Xã Đông Anh|Nguồn: sổ ghi nhận.|II. Kiến nghị|"
    "Mở thêm lớp|Bổ sung kinh phí|Hình 1. Phân bố|Kính đề nghị xem xét./.|Nơi nhận:|- UBND Thành phố;|"
    "- Sở Nội vụ;|- Lưu: VT.|PHÓ HIỆU TRƯỞNG|Nguyễn Thị Phượng"
)
ORDER = PARTS.split("|")
HOSTILE = (
    '#import "x"',
    "$a$ *b* _c_ `d` <e> @f",
    "<script>alert(1)</script>",
    "= Tiêu đề // ẩn /* ẩn */",
    "\\u{41} \\# ~ -- --- ...",
    "&amp; ]]> {{ x }} %(x)s",
    '#panic("x") #sys.inputs',
)
WRITERS = pytest.mark.parametrize("write", [docx, pdf])


def with_body(*blocks, **changes):
    return replace(REPORT, body=blocks, **changes)


def opened(document):
    return python_docx.Document(BytesIO(docx(document)))


def word_text(document):
    """All texts of the body in reading order, a line a paragraph."""
    paragraphs = opened(document).element.body.iter(qn("w:p"))
    parts = (qn("w:t"), qn("w:noBreakHyphen"))
    lines = ("".join("-" if part.tag == parts[1] else part.text or "" for part in p.iter(*parts)) for p in paragraphs)
    return "\n".join(lines).replace("\u00a0", " ")


def pages(document):
    return [normalize("NFC", page.extract_text()) for page in PdfReader(BytesIO(pdf(document))).pages]


def squeezed(text):
    return "".join(text.split())


def paper_text(document):
    return squeezed("".join(pages(document)))


def long_table(rows):
    return Table(COLUMNS, tuple((str(n), f"Ủy ban nhân dân xã số {n}", str(n * 3)) for n in range(rows)))


@WRITERS
def test_the_same_document_gives_the_same_bytes(write):
    assert write(REPORT) == write(replace(REPORT))


@WRITERS
def test_another_document_gives_other_bytes(write):
    assert write(REPORT) != write(replace(REPORT, stamp="khác"))


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_at_another_time_gives_the_same_bytes(seed):
    code = (
        "import time_machine, hashlib; from tests.documents import test_documents as t\n"
        f"with time_machine.travel({int(seed) * 10**9}):\n"
        "    for write in (t.docx, t.pdf): print(hashlib.sha256(write(t.REPORT)).hexdigest())"
    )
    environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": seed}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert told.stdout.split() == [sha256(write(REPORT)).hexdigest() for write in (docx, pdf)]


def test_the_word_file_says_everything_in_order():
    text = word_text(REPORT)
    places = [text.index(part) for part in ORDER]
    assert places[:3] == sorted(places[:3]) and places[3:] == sorted(places[3:])


def test_the_paper_says_everything_in_order():
    text = paper_text(REPORT)
    places = [text.index(squeezed(part)) for part in ORDER]
    assert places == sorted(places)


def test_the_state_and_its_motto_head_both():
    for text in (squeezed(word_text(REPORT)), paper_text(REPORT)):
        assert squeezed("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc") in text
        assert squeezed("ỦY BAN NHÂN DÂN THÀNH PHỐ HÀ NỘI") in text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_markup_is_printed_as_it_stands(hostile):
    body = (
        Heading(1, hostile),
        Paragraph(hostile),
        Bullets((hostile,)),
        Table((Column(hostile, 1, "left"),), ((hostile,),), hostile, hostile),
        Picture(SVG, hostile, hostile),
    )
    texts = dict.fromkeys(("superior", "authority", "number", "place", "kind", "subject", "signer_title"), hostile)
    texts |= {"signer_name": hostile, "signer_on_behalf": hostile, "stamp": hostile, "recipients": (hostile,)}
    document = with_body(*body, **texts)
    for text, times in ((squeezed(word_text(document)), 11), (paper_text(document), 12)):
        assert text.upper().count(squeezed(hostile).upper()) >= times


def test_page_and_margins_of_the_word_file():
    section = opened(REPORT).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(side.mm) for side in sides] == [20, 20, 30, 20]


def test_page_and_margins_of_the_paper():
    page = PdfReader(BytesIO(pdf(with_body(*[Paragraph("chữ nghĩa " * 60)] * 8)))).pages[0]
    assert [round(float(size) / 72 * 25.4) for size in page.mediabox[2:]] == [210, 297]
    lefts = []
    page.extract_text(visitor_text=lambda text, cm, tm, *_: text.strip() and lefts.append(cm[0] * tm[4] + cm[4]))
    assert round(min(lefts) / 72 * 25.4) == 30


def test_the_head_of_a_table_is_repeated_and_rows_stay_whole_in_word():
    table = opened(with_body(long_table(60))).tables[1]
    first, *others = table._tbl.tr_lst
    assert first.trPr.find(qn("w:tblHeader")) is not None
    assert all(row.trPr.find(qn("w:tblHeader")) is None for row in others)
    assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in table._tbl.tr_lst)


def test_the_head_of_a_table_is_repeated_on_paper():
    sheets = pages(with_body(long_table(90)))
    assert len(sheets) > 2
    assert all("Học viên" in sheet for sheet in sheets if "nhân dân xã số" in sheet)


def test_a_row_stays_on_one_page():
    cell = " ".join(["dòng"] * 40)
    sheets = pages(with_body(Table(COLUMNS, tuple((f"[{n}]", f"{cell} hết{n}.", "") for n in range(40)))))
    assert len(sheets) > 2
    assert all(any(f"[{n}]" in sheet and f"hết{n}." in sheet for sheet in sheets) for n in range(40))


def test_a_word_wider_than_its_column_stays_in_it_and_gains_no_character():
    word = "https://khue.example.gov.vn/" + "0123456789abcdef" * 4
    sheet = PdfReader(BytesIO(pdf(with_body(Table(COLUMNS, ((word, word, word),))))))
    assert squeezed("".join(page.extract_text() for page in sheet.pages)).count(word) >= 1
    rights = []
    sheet.pages[0].extract_text(visitor_text=lambda text, cm, tm, *_: text.strip() and rights.append(tm[4]))
    assert max(rights) < 190 / 25.4 * 72


def test_a_row_taller_than_a_page_loses_nothing():
    words = " ".join(f"từ{n}" for n in range(1500))
    assert paper_text(with_body(Table(COLUMNS, (("1", words, "2"),)))).count("từ") == 1500


@pytest.mark.parametrize("row", [(), ("1",), ("1", "2", "3", "4")])
def test_rows_of_another_length_fit_the_columns(row):
    table = opened(with_body(Table(COLUMNS, (row,)))).tables[1]
    assert [cell.text for cell in table.rows[1].cells] == [*row, "", "", ""][:3]
    assert pdf(with_body(Table(COLUMNS, (row,))))


def test_the_name_of_the_state_has_room_for_one_line_of_times_new_roman():
    left, right = opened(REPORT).tables[0].rows[0].cells
    assert (round(left.width.mm), round(right.width.mm)) == (62, 98)  # the line is 93 mm long


def test_columns_keep_their_side_and_their_share():
    row = opened(REPORT).tables[1].rows[1]
    assert [cell.paragraphs[0].alignment.name for cell in row.cells] == ["CENTER", "LEFT", "RIGHT"]
    assert [round(cell.width.mm) for cell in row.cells] == [23, 91, 46]


@pytest.mark.parametrize("draft", [True, False])
def test_the_draft_mark_stands_on_every_page(draft):
    document = with_body(long_table(60), draft=draft)
    section = opened(document).sections[0]
    heads = ["".join(p.text for p in head.paragraphs) for head in (section.first_page_header, section.header)]
    assert ["DỰ THẢO" in text for text in (*heads, *pages(document))] == [draft] * (2 + len(pages(document)))


def test_pages_are_numbered_from_the_second_on():
    document = with_body(*[Paragraph("x")] * 60, draft=False)
    assert [sheet.strip().split()[0] for sheet in pages(document)[1:]] == ["2", "3"][: len(pages(document)) - 1]
    section = opened(document).sections[0]
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header._element.xpath("string(.//w:instrText)")
    assert not section.first_page_header._element.xpath(".//w:instrText")


def test_the_stamp_stands_once_below_the_signature():
    document = with_body(long_table(60))
    sheets = [squeezed(sheet) for sheet in pages(document)]
    assert [squeezed(REPORT.stamp) in sheet for sheet in sheets] == [False] * (len(sheets) - 1) + [True]
    assert sheets[-1].index(squeezed(REPORT.signer_name)) < sheets[-1].index(squeezed(REPORT.stamp))
    word = opened(document)
    assert word.paragraphs[-1].text == REPORT.stamp
    assert not any(
        p.text for part in (word.sections[0].first_page_footer, word.sections[0].footer) for p in part.paragraphs
    )


def test_without_recipients_there_is_no_list():
    document = replace(REPORT, recipients=())
    assert "Nơi nhận" not in word_text(document)
    assert squeezed("Nơi nhận") not in paper_text(document)
    assert "Nguyễn Thị Phượng" in word_text(document)


def test_without_date_and_number_there_is_room_to_write_them():
    document = replace(REPORT, date=None, number="")
    for text in (squeezed(word_text(document)), paper_text(document)):
        assert squeezed("Hà Nội, ngày … tháng … năm …") in text
        assert "Số:……" in text


def test_headings_count_within_their_level_and_skip_none():
    levels = (3, 1, 3, 2, 2, 3, 3, 1, 2, 9, -4)
    lines = word_text(with_body(*(Heading(level, "x") for level in levels))).split("\n")
    numbers = [line.split()[0] for line in lines if line.endswith(" x")]
    assert numbers == ["I.", "II.", "1.", "2.", "3.", "a)", "b)", "III.", "1.", "a)", "IV."]


def test_headings_are_headings():
    styles = [(p.style.name, p.text) for p in opened(REPORT).paragraphs if p.style.name.startswith("Heading")]
    assert styles == [("Heading 1", "I. Kết quả"), ("Heading 2", "1. Chi tiết"), ("Heading 1", "II. Kiến nghị")]


def test_the_word_file_is_in_times_new_roman_and_vietnamese():
    styles = opened(REPORT).styles
    assert {styles[name].font.name for name in ("Normal", "Body Text", "Title", "Heading 1")} == {"Times New Roman"}
    assert "vi-VN" in styles.element.xpath("w:docDefaults//w:lang/@w:val")
    assert styles["Body Text"].font.size.pt in (13, 14)
    assert 10 <= styles["Body Text"].paragraph_format.first_line_indent.mm <= 12.71


def test_the_paper_is_tagged_has_a_title_and_a_language():
    reader = PdfReader(BytesIO(pdf(REPORT)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].lower() == "vi-vn"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "BÁO CÁO Kết quả bồi dưỡng năm 2026"
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert b"pdfaid" in root["/Metadata"].get_data()


def test_the_paper_needs_no_font_of_the_machine():
    fonts = {
        font.get_object()["/BaseFont"].split("+")[-1]
        for page in PdfReader(BytesIO(pdf(REPORT))).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert {name.split("-")[0] for name in fonts} == {"Tinos"}  # as wide as Times New Roman


def test_a_picture_has_its_description_in_word_and_is_drawn_in_200_dots_an_inch():
    word = opened(REPORT)
    (shape,) = word.inline_shapes
    assert shape._inline.docPr.get("descr") == "Biểu đồ cột"
    assert round(shape.width.inches * 96) == 200
    (name,) = [name for name in ZipFile(BytesIO(docx(REPORT))).namelist() if name.startswith("word/media/")]
    assert name.endswith(".png")


def test_a_picture_larger_than_the_text_area_is_made_smaller():
    wide = SVG.replace('width="200" height="80"', 'width="2000" height="4000" viewBox="0 0 200 400"')
    (shape,) = opened(with_body(Picture(wide, "x", ""))).inline_shapes
    assert shape.width.mm <= 161 and shape.height.mm <= 191
    assert len(pages(with_body(Picture(wide, "x", "")))) == 2


def test_a_picture_stays_a_drawing_with_its_letters_on_paper():
    reader = PdfReader(BytesIO(pdf(REPORT)))
    assert squeezed("Phường Cửa Nam") in paper_text(REPORT)
    assert not any(page.images for page in reader.pages)


@WRITERS
@pytest.mark.parametrize("svg", ["", "x", "<svg/>", "<html xmlns='http://www.w3.org/1999/xhtml'/>", SVG[:-3]])
def test_what_is_no_svg_is_refused(write, svg):
    with pytest.raises(ValueError, match="not SVG"):
        write(with_body(Picture(svg, "x", "y")))


@WRITERS
@pytest.mark.parametrize("size", ['width="0" height="0"', 'width="-4" height="4"'])
def test_a_picture_without_a_size_is_refused(write, size):
    with pytest.raises(ValueError, match="typst cannot set it"):
        write(with_body(Picture(SVG.replace('width="200" height="80"', size), "x", "y")))


@WRITERS
def test_a_picture_reads_no_file(write, tmp_path):
    secret = tmp_path / "secret.svg"
    secret.write_text(SVG)
    thief = (
        f'<!DOCTYPE svg [<!ENTITY e SYSTEM "file://{secret}">]><svg xmlns="http://www.w3.org/2000/svg" width="9" '
        f'height="9" xmlns:x="http://www.w3.org/1999/xlink"><image x:href="file://{secret}" width="9" height="9"/>'
        f'<use href="{secret}"/><script>1</script><style>@import "x"</style><text>&e;</text></svg>'
    )
    blank = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    assert write(with_body(Picture(thief, "x", "y"))) == write(with_body(Picture(blank, "x", "y")))


@WRITERS
def test_a_document_of_almost_nothing_is_written(write):
    empty = Official("", "", "", "", None, "", "", (), (), "", "", "", False, "")
    assert write(empty)
    assert write(with_body(Table((), ((), ())), Table(COLUMNS, ()), Bullets(()), Paragraph(""), Heading(1, "")))


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("a\x00b\x0b\x1fc", "abc"),
        ("\ud800x\ufffe", "x"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("e\u0302\u0301", "ế"),
        ("\t", "\t"),
    ],
)
def test_what_paper_cannot_hold_is_dropped(given_text, kept):
    assert clean(given_text) == kept


texts = st.text(max_size=40)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts, texts, st.lists(st.tuples(texts, texts), max_size=3), st.lists(texts, max_size=3))
def test_any_text_is_accepted_and_kept(one, other, rows, items):
    columns = (Column(one, 0, "left"), Column(other, 3, "right"))
    body = (
        Heading(2, one),
        Paragraph(other),
        Bullets(tuple(items)),
        Table(columns, tuple(rows), one, other),
        Picture(SVG, one, other),
    )
    document = with_body(*body, superior=one, number=other, subject=one, recipients=tuple(items), stamp=other)
    assert [cell.text for row in opened(document).tables[1].rows[1:] for cell in row.cells] == [
        clean(text) for row in rows for text in row
    ]
    assert pdf(document).startswith(b"%PDF")


@settings(max_examples=40, deadline=None)
@given(st.text(st.sampled_from("aăâeêoôơuưyđAĂÂĐƠƯ0189.,;:-–“”()#$*_<>@\\`/=~[]{}"), min_size=1, max_size=60))
def test_any_vietnamese_text_is_printed_letter_by_letter(text):
    assert squeezed(text) in paper_text(with_body(Paragraph(text)))


@WRITERS
def test_another_script_is_still_written(write):
    assert write(with_body(Paragraph("漢字 😀 \ue000")))
