"""The roster import through HTTP and the command line: dry run, problems, real run as a job."""

import io
import re
import unicodedata
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from lms.core.audit import AuditEntry
from lms.people.models import Account, Person, Unit
from lms.people.roster import template
from lms.people.roster.columns import COLUMNS
from lms.people.views import imports
from tests import factories as make
from tests.pages import fields_of, has_fact

URL = "/admin/people/import"
HEADERS = [column.title for column in COLUMNS]
ROW = [
    "HN10001",
    "Nguyễn Thị Ánh Tuyết",
    "17/05/1985",
    "Nữ",
    "a@hanoi.gov.vn",
    "Công chức",
    "Chuyên viên",
    "",
    "SXD",
    "",
]


@pytest.fixture
def city(session):
    return make.city()


@pytest.fixture
def department(session, city):
    unit = make.unit(city, code="SXD", name="Sở Xây dựng")
    session.commit()
    return unit


@pytest.fixture
def officer(sign_in, session, city, department):
    account = make.holder("home_affairs_officer", city)
    session.commit()
    return sign_in(account)


def xlsx(*rows, headers=HEADERS, above=0):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        for number, row in enumerate([headers, *rows], above):
            for index, value in enumerate(row):
                if isinstance(value, (date, datetime)):
                    sheet.write_datetime(number, index, value, day)
                elif isinstance(value, (int, float)):
                    sheet.write_number(number, index, value)
                else:
                    sheet.write_string(number, index, value)
    return stream.getvalue()


def csv(*rows, headers=HEADERS, delimiter=",", encoding="utf-8"):
    quoted = [[f'"{value}"' if delimiter in value else value for value in row] for row in [headers, *rows]]
    return "\r\n".join(delimiter.join(row) for row in quoted).encode(encoding)


def changed(**values):
    keys = [column.key for column in COLUMNS]
    row = list(ROW)
    for key, value in values.items():
        row[keys.index(key)] = value
    return row


@pytest.fixture
def check(officer, submit):
    def send(content, filename="danh-sach.xlsx"):
        return submit(officer, URL, {"file": (io.BytesIO(content), filename)}, content_type="multipart/form-data")

    return send


@pytest.fixture
def run(officer, check, run_jobs):
    def send(content, filename="danh-sach.xlsx"):
        page = check(content, filename).get_data(as_text=True)
        fields = dict(re.findall(r'name="(csrf_token|token)"[^>]*value="([^"]+)"', page.split("<main")[1]))
        answer = officer.post(f"{URL}/start", data=fields)
        assert answer.status_code == 302, page
        assert run_jobs() >= 2  # the import, and for each check the forgetting of the file when its time is over
        progress = officer.get(answer.location).get_data(as_text=True)
        return officer.get(re.search(r'href="([^"]+/result)"', progress).group(1)).get_data(as_text=True)

    return send


def count(session):
    return session.scalar(select(func.count()).select_from(Person))


def person(session, code="HN10001"):
    return session.scalar(select(Person).where(Person.staff_code == code).execution_options(populate_existing=True))


# -- what works -------------------------------------------------------------------------------------------------------


def test_a_dry_run_counts_and_writes_nothing(check, session):
    before = count(session)
    page = check(xlsx(ROW, changed(staff_code="HN10002"))).get_data(as_text=True)
    assert "Không phát hiện lỗi" in page
    assert has_fact(page, "Số người mới", 2)
    assert count(session) == before


def test_a_run_makes_persons_and_accounts_without_password_and_is_audited_once(run, session, department):
    page = run(
        xlsx(ROW, changed(staff_code="HN10002", full_name="Đặng Văn Bình", service_ends_on=datetime(2045, 6, 1)))
    )
    assert has_fact(page, "Số tài khoản đã tạo", 2)
    row = person(session)
    assert (row.full_name, row.birth_date, row.sex, row.category) == (
        "Nguyễn Thị Ánh Tuyết", date(1985, 5, 17), "female", "civil_servant",
    )  # fmt: skip
    assert (row.unit_id, row.rank, row.search_text) == (department.id, None, "nguyen thi anh tuyet hn10001")
    assert person(session, "HN10002").service_ends_on == date(2045, 6, 1)
    account = session.scalar(select(Account).where(Account.person_id == row.id))
    assert (account.username, account.display_name, account.password_hash) == ("hn10001", row.full_name, None)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "roster.import")).all()
    assert [(e.after["new"], e.after["accounts"], len(e.after["sha256"])) for e in entries] == [(2, 2, 64)]


def test_the_same_file_again_changes_nothing_and_a_changed_one_only_what_differs(run, session):
    run(xlsx(ROW))
    first = person(session).id
    assert has_fact(run(xlsx(ROW)), "Số người không thay đổi", 1)
    page = run(xlsx(changed(full_name="Nguyễn Thị Ánh", position="Phó Trưởng phòng"), changed(staff_code="HN10003")))
    assert has_fact(page, "Số người có thay đổi", 1)
    row = person(session)
    assert (row.id, row.position) == (first, "Phó Trưởng phòng")
    assert session.scalar(select(Account.display_name).where(Account.person_id == first)) == "Nguyễn Thị Ánh"


def test_columns_that_are_not_there_stay_as_they_are_and_empty_cells_clear(run, session):
    run(xlsx(ROW))
    needed = [i for i, column in enumerate(COLUMNS) if column.required]
    run(xlsx([ROW[i] for i in needed], headers=[HEADERS[i] for i in needed]))
    assert person(session).email == "a@hanoi.gov.vn"
    run(xlsx(changed(email="")))
    assert person(session).email is None


def test_somebody_who_had_left_and_is_on_the_roster_again_is_back(run, session, department):
    make.person(department, staff_code="HN10001", left_on=date(2025, 1, 1))
    session.commit()
    run(xlsx(ROW))
    assert person(session).left_on is None


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_csv_is_read_in_every_delimiter_and_encoding_of_offices(check, delimiter, encoding):
    page = check(csv(ROW, delimiter=delimiter, encoding=encoding), "ds.csv").get_data(as_text=True)
    assert has_fact(page, "Số người mới", 1), page


def test_windows_1258_is_read_with_a_warning_and_names_become_nfc(check, run, session):
    def old(text):  # base letters with combining tone marks, as that code page writes them
        return "".join(
            unicodedata.normalize("NFC", c[0] + "".join(m for m in c[1:] if m in "\u0302\u0306\u031b"))
            + "".join(m for m in c[1:] if m not in "\u0302\u0306\u031b")
            for c in _clusters(text)
        )

    content = csv([old(v) for v in ROW], headers=[old(h) for h in HEADERS], encoding="cp1258")
    page = check(content, "ds.csv").get_data(as_text=True)
    assert "Windows-1258" in page
    run(content, "ds.csv")
    assert person(session).full_name == "Nguyễn Thị Ánh Tuyết"


def _clusters(text):
    cluster = ""
    for c in unicodedata.normalize("NFD", text):
        if cluster and not unicodedata.combining(c):
            yield cluster
            cluster = ""
        cluster += c
    if cluster:
        yield cluster


def test_decomposed_names_blanks_and_control_characters_are_cleaned(run, session):
    name = unicodedata.normalize("NFD", "Nguyễn\u00a0Thị  Ánh\u200b Tuyết ")
    run(csv(changed(full_name=name + "\x0b")), "ds.csv")
    assert person(session).full_name == "Nguyễn Thị Ánh Tuyết"


def test_headers_in_any_order_without_accents_in_english_below_a_title(check):
    headers = ["STT", "UNIT CODE", "ho va ten", "Position", "doi tuong", "Mã CBCCVC (*)", ""]
    row = ["1", "sxd", "Lê Văn A", "Chuyên viên", "VIÊN CHỨC", "hn10009", ""]
    page = check(xlsx(row, headers=headers, above=4)).get_data(as_text=True)
    assert has_fact(page, "Số người mới", 1), page


def test_dates_are_read_as_dates_texts_and_serial_numbers(run, session):
    born = [datetime(1985, 5, 17), "17/05/1985", "17-5-1985", "1985-05-17", 31184, "31184"]
    run(xlsx(*(changed(staff_code=f"HN2000{i}", birth_date=value) for i, value in enumerate(born))))
    assert [person(session, f"HN2000{i}").birth_date for i in range(len(born))] == [date(1985, 5, 17)] * len(born)


def test_numbers_as_codes_keep_no_decimals(run, session, city):
    make.unit(city, code="901")
    session.commit()
    run(xlsx(changed(staff_code=123456, unit_code=901)))
    assert person(session, "123456") is not None


def test_the_template_s_example_is_never_a_person(officer, check, session, city):
    make.unit(city, code="SQHKT")
    session.commit()
    answer = officer.get(f"{URL}/template")
    assert answer.data[:2] == b"PK"
    assert "dòng ví dụ của tệp mẫu" in check(answer.data).get_data(as_text=True)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    page = check(xlsx(rows[1], ROW)).get_data(as_text=True)
    assert has_fact(page, "Số người mới", 1)
    assert "Dòng 2 là dòng ví dụ của tệp mẫu" in page
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(template.build())).sheet_names
    assert sheets == ["Danh sách nhân sự", "Hướng dẫn"]


# -- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "place", "message"),
    [
        ({"staff_code": ""}, "A", "Ô còn trống"),
        ({"staff_code": "Mã số"}, "A", "Mã CBCCVC gồm"),
        ({"full_name": ""}, "B", "Ô còn trống"),
        ({"full_name": "<script>alert(1)</script>"}, "B", "Không phải họ tên"),
        ({"full_name": "=HYPERLINK(A1)"}, "B", "Không phải họ tên"),
        ({"birth_date": "31/02/1985"}, "C", "Không phải ngày hợp lệ"),
        ({"birth_date": "1985"}, "C", "Không phải ngày hợp lệ"),
        ({"birth_date": "17/05/85"}, "C", "Không phải ngày hợp lệ"),
        ({"birth_date": "17/05/2024"}, "C", "Ngày phải trong khoảng"),
        ({"sex": "X"}, "D", "“Nam” hoặc “Nữ”"),
        ({"email": "a@b"}, "E", "Không phải địa chỉ thư"),
        ({"category": "Lãnh đạo"}, "F", "Vui lòng ghi “Công chức”"),
        ({"position": ""}, "G", "Ô còn trống"),
        ({"position": "#REF!"}, "G", "công thức bị lỗi"),
        ({"rank": "x" * 251}, "H", "dài hơn 250"),
        ({"unit_code": "NOPE"}, "I", "Không có đơn vị mang mã này"),
        ({"unit_code": "OLD"}, "I", "Đơn vị kế thừa: SXD"),
        ({"service_ends_on": "01/01/1980", "birth_date": ""}, "J", "Ngày phải trong khoảng"),
        ({"service_ends_on": "01/01/1995", "birth_date": "17/05/1999"}, "J", "Ngày nghỉ hưu phải sau ngày sinh"),
    ],
)
def test_each_problem_is_named_by_row_column_header_and_value(check, session, city, values, place, message):
    from lms.people.models import UnitSuccession

    old = make.unit(city, code="OLD", valid_to=date(2025, 7, 1))
    heir = session.scalar(select(Unit).where(Unit.code == "SXD"))
    session.add(UnitSuccession(predecessor_id=old.id, successor_id=heir.id, on=date(2025, 7, 1)))
    session.commit()
    before = count(session)
    answer = check(xlsx(changed(staff_code="HN1"), changed(**values)))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert re.search(rf'<th scope="row" class="num">3</th>\s*<td>{place}</td>', page), page
    assert message in page
    assert "<script>alert" not in page
    assert count(session) == before


def test_all_problems_are_listed_and_can_be_saved(officer, check):
    import re

    rows = [changed(staff_code=f"HN{n}", sex="?", unit_code="NOPE") for n in range(300)]
    page = check(xlsx(*rows)).get_data(as_text=True)
    assert "500 lỗi đầu tiên trong tổng số 600 lỗi" in page
    fields = dict(re.findall(r'name="(csrf_token|token)"[^>]*value="([^"]+)"', page.split("<main")[1]))
    answer = officer.post(f"{URL}/problems", data=fields)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert len(sheet) == 603
    assert sheet[3][:4] == ["2", "D", "Giới tính", "?"]


def test_a_code_that_comes_twice_names_the_first_row(check):
    page = check(xlsx(ROW, changed(staff_code="hn10001 "))).get_data(as_text=True)
    assert "Mã này đã có ở dòng 2" in page


def test_a_code_that_is_the_username_of_another_account_is_refused(check, session):
    make.account(username="hn10001")
    session.commit()
    assert "tên đăng nhập của một tài khoản khác" in check(xlsx(ROW)).get_data(as_text=True)


def test_one_imports_only_for_the_units_one_holds(sign_in, submit, session, city, department):
    local = make.holder("home_affairs_officer", department)
    make.unit(city, code="SNV")
    make.person(staff_code="HN10005")
    session.commit()
    file = io.BytesIO(xlsx(ROW, changed(staff_code="HN4", unit_code="SNV"), changed(staff_code="HN10005")))
    answer = submit(sign_in(local), URL, {"file": (file, "x.xlsx")}, content_type="multipart/form-data")
    page = answer.get_data(as_text=True)
    assert "Đơn vị này ngoài phạm vi" in page
    assert "Người này thuộc đơn vị ngoài phạm vi" in page
    assert "Số lỗi: 2" in page


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        (HEADERS[1:], "Thiếu cột này"),
        ([*HEADERS[:-1], "Cân nặng"], "Không nhận ra cột này"),
        ([*HEADERS[:-1], "Họ tên"], "Cột này bị lặp"),
        (["a", "b", "c"], "Thiếu cột này"),
    ],
)
def test_wrong_headers_are_named_with_those_expected(check, headers, message):
    page = check(xlsx(ROW, headers=headers)).get_data(as_text=True)
    assert message in page
    if "lặp" not in message:
        assert "Vị trí việc làm*" in page


def _zip(**parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return stream.getvalue()


def _far_cells():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "a")
        sheet.write_string(1048575, 16383, "b")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "filename", "message"),
    [
        (b"", "x.xlsx", "Tệp không có nội dung"),
        (b"\xef\xbb\xbf\r\n", "x.csv", "Tệp không có nội dung"),
        (b"%PDF-1.7 ...", "x.xlsx", "không phải tệp Excel"),
        (b"\x89PNG\r\n", "x.csv", "không phải tệp Excel"),
        (b"PK\x03\x04 broken", "x.xlsx", "Không đọc được tệp Excel"),
        (_zip(word__document_xml="x"), "x.docx", "không phải tệp Excel"),
        (_zip(xl__workbook_xml="<x"), "x.xlsx", "Không đọc được tệp Excel"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "x.xlsx",
            "bảo vệ bằng mật khẩu",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Workbook", "x.xls", "định dạng .xls cũ"),
        (_far_cells, "x.xlsx", "quá xa bảng dữ liệu"),
        (xlsx(), "x.xlsx", "không có dòng dữ liệu"),
        (xlsx(headers=[]), "x.xlsx", "đều trống"),
        (csv([*ROW[:9], '"unfinished']), "x.csv", "dấu ngoặc kép"),
        (csv(ROW) + b"\x8d\x9d", "x.csv", "bảng mã"),
    ],
)
def test_a_file_that_is_no_roster_gets_a_message_at_the_field(check, session, content, filename, message):
    before = count(session)
    answer = check(content() if callable(content) else content, filename)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="file-error"' in page
    assert message in page, page.split("file-error")[1][:300]
    assert count(session) == before


def test_no_file_at_all_is_named_at_the_field(officer, submit):
    answer = submit(officer, URL, {})
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.get_data(as_text=True)


def test_a_run_that_meets_new_problems_writes_nothing_and_tells_them(officer, check, run_jobs, session, department):
    import re

    page = check(xlsx(ROW, changed(staff_code="HN10002"))).get_data(as_text=True)
    department.valid_to = date(2026, 1, 1)
    session.commit()
    before = count(session)
    fields = dict(re.findall(r'name="(csrf_token|token)"[^>]*value="([^"]+)"', page.split("<main")[1]))
    location = officer.post(f"{URL}/start", data=fields).location
    run_jobs()
    progress = officer.get(location).get_data(as_text=True)
    assert "Không có dữ liệu nào được nhập" in progress
    result = officer.get(re.search(r'href="([^"]+/result)"', progress).group(1)).get_data(as_text=True)
    assert "không hoạt động" in result
    assert count(session) == before


def test_a_right_taken_away_before_the_job_runs_stops_it(officer, check, run_jobs, session, city):
    import re

    from lms.people.models import RoleHolding

    page = check(xlsx(ROW)).get_data(as_text=True)
    fields = dict(re.findall(r'name="(csrf_token|token)"[^>]*value="([^"]+)"', page.split("<main")[1]))
    officer.post(f"{URL}/start", data=fields)
    session.execute(RoleHolding.__table__.delete())
    session.commit()
    run_jobs()
    assert person(session) is None


@pytest.mark.parametrize("token", ["", "x", "WyJhIl0.x.y"])
def test_a_forged_token_is_refused(officer, submit, token):
    assert submit(officer, f"{URL}/start", {"token": token}, page=URL).status_code == 400


def test_the_token_of_another_is_refused(officer, check, sign_in, submit, session, city):
    import re

    page = check(xlsx(ROW)).get_data(as_text=True)
    token = re.search(r'name="token"[^>]*value="([^"]+)"', page).group(1)
    other = make.holder("home_affairs_officer", city)
    session.commit()
    assert submit(sign_in(other), f"{URL}/start", {"token": token}, page=URL).status_code == 403


# -- the command line -------------------------------------------------------------------------------------------------


def test_the_command_line_checks_and_imports(app, session, department, tmp_path):
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.csv"
    good.write_bytes(xlsx(ROW))
    bad.write_bytes(csv(changed(sex="?")))
    runner = app.test_cli_runner()
    result = runner.invoke(args=["people", "import-roster", str(good), "--dry-run"])
    assert "new 1, changed 0" in result.output
    assert person(session) is None
    result = runner.invoke(args=["people", "import-roster", str(bad)])
    assert result.exit_code == 1
    assert "D2 Giới tính [?]" in result.output
    assert runner.invoke(args=["people", "import-roster", str(good)]).exit_code == 0
    assert person(session) is not None


# -- large rosters are checked by a job -------------------------------------------------------------------------------


@pytest.fixture
def check_large(monkeypatch, officer, check, run_jobs):
    """Check as a job whatever its size; returns the answer of the page to which its owner is led."""
    monkeypatch.setattr(imports, "DIRECT", 0)

    def send(content, filename="danh-sach.xlsx"):
        answer = check(content, filename)
        assert (answer.status_code, run_jobs() > 0) == (302, True)
        following = officer.get(answer.location, headers={"HX-Request": "true"})
        assert following.status_code == 204
        plain = officer.get(answer.location)
        assert plain.location == following.headers["HX-Redirect"]
        return officer.get(plain.location)

    return send


def test_a_large_roster_is_checked_by_a_job_and_imported_from_its_page(officer, check_large, run_jobs, session):
    page = check_large(xlsx(ROW, changed(staff_code="HN10002", full_name="Lê Văn Bình"))).get_data(as_text=True)
    assert has_fact(page, "Số người mới", 2)
    assert person(session, "HN10002") is None, "nothing was written"
    fields = {name: value for name, value in fields_of(page).items() if value}
    assert officer.post(f"{URL}/start", data=fields).status_code == 302
    run_jobs()
    assert person(session, "HN10002").full_name == "Lê Văn Bình"


def test_a_large_roster_with_problems_lists_them_and_keeps_all_as_a_workbook(officer, check_large, sign_in, city):
    wrong = [changed(staff_code=f"HN{n:05}", birth_date="31/02/1985") for n in range(510)]
    answer = check_large(xlsx(*wrong))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert page.count("Không phải ngày hợp lệ") == 500
    address = re.search(r'href="([^"]+/problems)"', page).group(1)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(officer.get(address).data)).get_sheet_by_index(0).to_python()
    assert sum("Không phải ngày hợp lệ" in str(row) for row in rows) == 510
    other = sign_in(make.holder("home_affairs_officer", city))
    assert {other.get(address).status_code, other.get(address.replace("/problems", "/checked")).status_code} == {404}


def test_a_large_file_that_is_no_roster_is_refused_at_its_field(check_large):
    page = check_large(b"PK\x03\x04 broken").get_data(as_text=True)
    assert 'id="file-error"' in page and "Không đọc được tệp Excel" in page


def test_another_sheet_of_a_large_roster_is_checked_by_a_job(officer, check_large, run_jobs):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        for name, code in (("Một", "HN10001"), ("Hai", "HN10002")):
            sheet = book.add_worksheet(name)
            for number, row in enumerate((HEADERS, changed(staff_code=code))):
                sheet.write_row(number, 0, row)
    page = check_large(stream.getvalue()).get_data(as_text=True)
    assert "Đã đọc trang tính “Một”" in page
    answer = officer.post(f"{URL}/again", data=fields_of(page) | {"sheet": "Hai"})
    run_jobs()
    page = officer.get(officer.get(answer.location).location).get_data(as_text=True)
    assert "Đã đọc trang tính “Hai”" in page
