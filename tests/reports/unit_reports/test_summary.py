"""The units' reports put together: sums equal to the parts, on the page, in the workbook and on paper."""

from io import BytesIO

import docx as python_docx
import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from lms import documents
from lms.reports.unit_reports.models import UnitReport, UnitReportLine
from lms.reports.unit_reports.queries import summary as queries
from lms.reports.unit_reports.queries.summary import SUMS
from tests import factories as make
from tests.documents.laws import hold
from tests.reports.unit_reports.conftest import YEAR

PAGE = f"/reports/campaigns/{YEAR}/summary"


@pytest.fixture
def reported(city, write):
    """Two of three units have reported; the third keeps a draft that counts nowhere."""
    city.open()
    write(city.first)
    write(city.ward, A21_in_quality="2", A21_in_placed="0", A21_in_promoted="0", A21_in_departed="1", proposals="")
    nothing = dict.fromkeys([f"A21_in_{name}" for name in ("quality", "placed", "promoted", "moved", "departed")])
    write(city.second, draft=True, **(nothing | {"A21_in_quota": "500"}))
    return city


def test_sums_equal_the_parts(reported, session):
    found = queries.summary(YEAR)
    lines = session.scalars(
        select(UnitReportLine)
        .join(UnitReport, UnitReport.id == UnitReportLine.report_id)
        .where(UnitReport.state == "submitted")
    ).all()
    for name in SUMS:
        total = sum(getattr(line, name) or 0 for line in lines)
        assert getattr(found.city, name) == total
        assert sum(getattr(one, name) for one in found.programmes) == total
        assert sum(getattr(one, name) for one in found.by_level) == total
    assert sum(one.ratings for one in found.by_level) == found.city.ratings == 2
    assert all(sum(one.uses) == one.completed for one in [*found.programmes, *found.by_level, found.city])
    assert found.city.quality == 3.0
    assert (found.units.units, found.units.reported) == (sum(one.units for one in found.levels), 2)


def test_the_page_says_it_in_words_and_tables(reported, sign_in):
    client = sign_in(reported.officer)
    html = client.get(PAGE).text
    assert "đơn vị đã gửi báo cáo" in html and "Đợt thu báo cáo còn mở" in html
    assert "Trong 5 lượt người hoàn thành chương trình, 3 lượt người (60%)" in html
    assert "Các đơn vị đề xuất tổng cộng 18 chỉ tiêu" in html
    assert "500" not in html.split("<main")[1]
    for name in ("reporting", "use", "quality"):
        answer = client.get(f"/reports/campaigns/{YEAR}/charts/{name}.svg")
        assert f"charts/{name}.svg" in html and "<svg" in answer.text
    assert client.get(f"/reports/campaigns/{YEAR}/charts/none.svg").status_code == 404


def test_without_a_report_the_page_says_so(city, sign_in):
    city.open()
    html = sign_in(city.officer).get(PAGE).text
    assert "Chưa có đơn vị nào gửi báo cáo" in html
    assert sign_in(city.officer).get(f"{PAGE}.pdf").status_code == 200


def test_the_workbook_holds_the_sums_every_unit_and_all_texts(reported, sign_in):
    book = openpyxl.load_workbook(BytesIO(sign_in(reported.officer).get(f"{PAGE}.xlsx").data))
    programmes, levels, units, texts = (list(one.iter_rows(min_row=4, values_only=True)) for one in book.worksheets)
    assert [sum(row[3] for row in programmes[:-1]), programmes[-1][3]] == [6, 6]
    assert levels[-1][1:4] == (7, 6, 5)
    assert {row[0] for row in units} >= {reported.first.name, reported.second.name, reported.ward.name}
    assert next(row for row in units if row[0] == reported.first.name)[7] == "Sở đã sáp nhập"
    assert [row[5] for row in texts if row[0] == reported.first.name] == ["Đề nghị tăng thời lượng thực hành."]


def paper_text(content):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def word_text(content):
    document = python_docx.Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join(" ".join([*(one.text for one in document.paragraphs), *cells]).split())


@pytest.mark.parametrize(("form", "read"), [("pdf", paper_text), ("docx", word_text)])
def test_the_report_to_the_peoples_committee(reported, sign_in, submit, form, read):
    client = sign_in(reported.officer)
    client.set_cookie("lang", "en")  # an official document is in Vietnamese all the same
    text = read(client.get(f"{PAGE}.{form}").data)
    assert "SỞ NỘI VỤ" in text
    assert "Trong 5 lượt người hoàn thành, 3 lượt người (60%)" in text
    assert "Danh sách đơn vị chưa gửi báo cáo" in text and reported.second.name in text
    assert "Toàn Thành phố" in text and "being written" not in text
    submit(client, f"/reports/campaigns/{YEAR}/close", page="/account")
    assert paper_text(client.get(f"{PAGE}.pdf").data).count("DỰ THẢO") == 0


@pytest.mark.parametrize(("form", "read"), [("pdf", paper_text), ("docx", word_text)])
def test_the_units_report_on_paper_is_a_draft_until_it_is_submitted(city, sign_in, write, form, read):
    city.open()
    write(city.first, city.manager, draft=True)
    client = sign_in(city.manager)
    draft = client.get(city.url(city.first, f".{form}"))
    assert "attachment" in draft.headers["Content-Disposition"]
    assert "Số liệu chưa chốt" in paper_text(client.get(city.url(city.first, ".pdf")).data)
    write(city.first, city.manager)
    text = read(client.get(city.url(city.first, f".{form}")).data)
    for part in (city.first.name.upper(), "Kính gửi: Sở Nội vụ", "đã cử 6 lượt người", "4/5 – Tốt", "Sở đã sáp nhập"):
        assert part in text
    for part in ("Đã giao việc đúng nội dung.", "giai đoạn 2026 - 2030", "GIÁM ĐỐC", "Đỗ Thị Thanh Hương"):
        assert part in text
    sheets = PdfReader(BytesIO(client.get(city.url(city.first, ".pdf")).data)).pages
    assert not any("DỰ THẢO" in sheet.extract_text() for sheet in sheets)


def test_the_draft_mark_stands_on_the_papers(city, sign_in):
    city.open()
    for url, account in ((city.url(city.first, ".pdf"), city.manager), (f"{PAGE}.pdf", city.officer)):
        assert "DỰ THẢO" in paper_text(sign_in(account).get(url).data)


def test_every_missing_unit_stands_on_the_paper(city, sign_in):
    for number in range(300):
        make.unit(city.root, name=f"Trường Mầm non công lập số {number} xã Đông Anh", kind="service_unit")
    city.open(levels=["service_unit"])
    text = paper_text(sign_in(city.officer).get(f"{PAGE}.pdf").data)
    assert all(f"công lập số {number} " in text for number in range(300))


@pytest.mark.parametrize("state", ["empty", "draft", "submitted", "closed"])
def test_the_papers_are_laid_out_as_the_decree_asks(city, sign_in, write, submit, monkeypatch, state):
    made, pdf = [], documents.pdf
    monkeypatch.setattr(documents, "pdf", lambda document: made.append(document) or pdf(document))
    city.open()
    if state != "empty":
        write(city.first, city.manager, draft=state == "draft")
    client = sign_in(city.officer)
    if state == "closed":
        submit(client, f"/reports/campaigns/{YEAR}/close", page="/account")
    for url, reader in ((f"{PAGE}.pdf", client), (city.url(city.first, ".pdf"), sign_in(city.manager))):
        answer = reader.get(url)
        assert "bao-cao-" in answer.headers["Content-Disposition"]
    for document in made:
        hold(document)
        assert document.authority and document.number.startswith("…/BC-")
    assert len(made) == 2
