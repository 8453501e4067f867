"""Rosters as offices keep them: what is odd about a file is read rightly, or named before anything is written."""

import io
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from tests import factories as make
from tests.pages import has_fact
from tests.people.test_roster import (  # noqa: F401 - fixtures
    HEADERS,
    ROW,
    URL,
    changed,
    check,
    city,
    count,
    csv,
    department,
    officer,
    person,
    run,
    xlsx,
)  # fmt: skip

CASES = Path(__file__).parents[1] / "data" / "cases"


@pytest.fixture
def case(officer, session, city, check):  # noqa: F811
    for code in ("SNV", "STC"):
        make.unit(city, code=code)
    city.code = "HN"
    session.commit()
    return lambda name: (CASES / f"{name}.xlsx").read_bytes()


def again(officer, page, **values):  # noqa: F811
    token = re.search(r'name="token"[^>]*value="([^"]+)"', page.split("<main")[1])[1]
    csrf = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.split("<main")[1])[1]
    return officer.post(f"{URL}/again", data={"token": token, "csrf_token": csrf} | values).get_data(as_text=True)


@pytest.mark.parametrize(
    ("name", "code", "full_name", "born", "said"),
    [
        ("roster-1904-serial", "BH0411", "Nguyễn Thị Ánh", date(1985, 5, 16), "từ năm 1904"),
        ("roster-blank-cell-far-down", "BH0424", "Nguyễn Thị Ánh", date(1985, 5, 17), ""),
        ("roster-code-number-format", "000085012345", "Trần Văn Số", date(1985, 5, 17), "000085012345"),
        ("roster-ede-name", "BH0405", "Y Sô̆ Niê", date(1985, 5, 17), ""),
        ("roster-eth", "BH0420", "Đỗ Thị Điệp", date(1985, 5, 17), ""),
        ("roster-filtered-row", "BH0404", "Người Bị Lọc", date(1985, 5, 17), "dòng 3"),
        ("roster-workbook2", "BH0423", "Nguyễn Thị Ánh", date(1985, 5, 17), ""),
        ("roster-hidden-first-sheet", "BH0202", "Người Trong Trang Hiện", date(1985, 5, 17), "2024 (cũ)"),
        ("roster-one-sheet-per-unit", "BH0203", "Nguyễn Thị Ánh", date(1985, 5, 17), "Sở Tài chính"),
    ],
)
def test_a_case_is_read_rightly_and_what_is_odd_is_said(case, check, run, session, name, code, full_name, born, said):  # noqa: F811
    page = check(case(name)).get_data(as_text=True)
    assert "Không phát hiện lỗi" in page, page
    assert said in page
    run(case(name))
    row = person(session, code)
    assert (row.full_name, row.birth_date) == (full_name, born)


def test_the_sheet_is_named_and_another_can_be_chosen(case, check, officer, run_jobs, session):  # noqa: F811
    page = check(case("roster-one-sheet-per-unit")).get_data(as_text=True)
    assert "Đã đọc trang tính “Sở Nội vụ”" in page
    page = again(officer, page, sheet="Sở Tài chính")
    assert "Đã đọc trang tính “Sở Tài chính”" in page and has_fact(page, "Số người mới", 2)
    fields = dict(re.findall(r'name="(csrf_token|token)"[^>]*value="([^"]+)"', page.split("start")[1]))
    assert officer.post(f"{URL}/start", data=fields).status_code == 302
    run_jobs()
    assert person(session, "BH0204") is not None
    assert person(session, "BH0203") is None


def test_a_column_with_data_and_no_heading_stops_the_import_so_that_nothing_is_erased(case, check, session):  # noqa: F811
    answer = check(case("roster-column-without-header"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<td>E</td>" in page and "có dữ liệu nhưng không có tiêu đề" in page


def test_old_encodings_are_refused_shown_and_converted_when_wished(case, check, officer, run_jobs, session):  # noqa: F811
    answer = check(case("roster-tcvn3-text"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "TCVN3" in page and "Trần Thị Hồng" in page
    page = again(officer, page, encoding="TCVN3")
    assert "Không phát hiện lỗi" in page and "TrÇn ThÞ Hång → Trần Thị Hồng" in page
    fields = dict(re.findall(r'name="(csrf_token|token)"[^>]*value="([^"]+)"', page.split("start")[1]))
    officer.post(f"{URL}/start", data=fields)
    run_jobs()
    row = person(session, "BH0421")
    assert (row.full_name, row.position) == ("Trần Thị Hồng", "Chuyên viên")


def test_what_would_be_erased_and_who_has_two_codes_is_told(check, run, session):  # noqa: F811
    run(xlsx(ROW))
    page = check(xlsx(changed(email=""), changed(staff_code="HN77777"))).get_data(as_text=True)
    assert "Các ô trống sẽ xóa 1 giá trị" in page
    assert "HN77777" in page and "HN10001" in page and "hai mã" in page


def test_a_wrong_choice_is_refused(check, officer):  # noqa: F811
    page = check(xlsx(ROW)).get_data(as_text=True)
    assert "400" in again(officer, page, encoding="KOI8") or "không hợp lệ" in again(officer, page, encoding="KOI8")
    assert "Không phát hiện lỗi" in again(officer, page, sheet="none of these")


# -- what costs more than it is long ----------------------------------------------------------------------------------


def _repacked(sheet=None, strings=None):
    """A workbook whose sheet or shared strings are replaced."""
    stream, made = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet()
        for number, row in enumerate([HEADERS, ROW]):
            for index, value in enumerate(row):
                page.write_string(number, index, value)
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            data = old.read(part)
            if part == "xl/worksheets/sheet1.xml" and sheet:
                data = data.replace(b"</sheetData>", sheet() + b"</sheetData>")
            if part == "xl/sharedStrings.xml" and strings:
                data = data.replace(b"</sst>", strings() + b"</sst>")
            new.writestr(part, data)
    return made.getvalue()


def _styled():
    return b"".join(b'<row r="%d">%s</row>' % (n, b'<c s="1"/>' * 10) for n in range(3, 100_003))


def test_a_million_empty_cells_with_a_format_are_no_rows(check):  # noqa: F811
    page = check(_repacked(_styled)).get_data(as_text=True)
    assert has_fact(page, "Số người mới", 1)


@pytest.mark.parametrize(
    ("sheet", "strings", "message"),
    [
        (lambda: b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', None, "XFD1048576"),
        (lambda: b'<row r="3">' + b'<c t="n"><v>1</v></c>' * 60_000 + b"</row>", None, "Một dòng của trang tính"),
        (
            lambda: b"".join(b'<row r="%d"><c r="A%d" t="s"><v>21</v></c></row>' % (n, n) for n in range(3, 45_003)),
            lambda: b"<si><t>" + b"x" * 32_000 + b"</t></si>" * 1 + b"<si><t>y</t></si>" * 3,
            "",
        ),
    ],
)
def test_sheets_that_cost_more_than_they_are_long_are_refused_in_good_time(check, session, sheet, strings, message):  # noqa: F811
    before = count(session)
    answer = check(_repacked(sheet, strings))
    assert answer.status_code == 422
    assert message in answer.get_data(as_text=True)
    assert count(session) == before


def test_a_line_far_too_long_is_named(check):  # noqa: F811
    content = csv(ROW) + b"\r\n" + b"x," * 200_000
    answer = check(content, "ds.csv")
    assert answer.status_code == 422
    assert "Dòng 3 quá dài" in answer.get_data(as_text=True)


def test_after_one_sheet_the_next_is_offered_until_all_are_imported(case, check, officer, run_jobs, session):  # noqa: F811
    page = check(case("roster-one-sheet-per-unit")).get_data(as_text=True)
    for number, sheet in enumerate(("Sở Nội vụ", "Sở Tài chính")):
        assert f"Đã đọc trang tính “{sheet}”" in page
        fields = dict(re.findall(r'name="(csrf_token|token)"[^>]*value="([^"]+)"', page.split("start")[1]))
        job = officer.post(f"{URL}/start", data=fields).location
        run_jobs()
        result = officer.get(f"{URL}/{job.rsplit('/', 1)[1]}/result").get_data(as_text=True)
        assert f"Đã đọc trang tính “{sheet}”" in result
        assert result.count(">đã nhập<") == number  # beside each other sheet that was imported
        chosen = re.search(r'name="sheet"[^>]*value="([^"]+)" checked', result.replace("\n", " "))[1]
        page = again(officer, result, sheet=chosen)
    assert {person(session, code) is not None for code in ("BH0203", "BH0204")} == {True}
    assert "Đã nhập tất cả các trang tính" in result


def test_a_file_that_is_gone_is_asked_for_again(case, check, officer, monkeypatch):  # noqa: F811
    page = check(case("roster-one-sheet-per-unit")).get_data(as_text=True)

    def gone(_sha256):
        raise FileNotFoundError

    monkeypatch.setattr("lms.core.files.read", gone)
    assert "Vui lòng chọn lại tệp" in again(officer, page, sheet="Sở Tài chính")


@pytest.mark.parametrize("order", ['min="{0}" max="{0}" hidden="1"', 'hidden="true" max="{0}" min="{0}"'])
def test_hidden_columns_are_read_and_named(check, run, session, city, department, order):  # noqa: F811
    content = _with_columns(xlsx(ROW), f"<cols><col {order.format(2)}/></cols>")
    page = check(content).get_data(as_text=True)
    assert "Các cột ẩn của trang tính cũng đã được đọc: B." in page
    run(content)
    assert person(session).full_name == ROW[1]


def _with_columns(book, columns):
    """A workbook whose first sheet has these columns."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = re.sub(r"<cols>.*?</cols>", "", data.decode())
                data = text.replace("<sheetData", f"{columns}<sheetData").encode()
            target.writestr(name, data)
    return out.getvalue()
