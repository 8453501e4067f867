"""Properties of the roster reader: what is written is read; what is malformed is told, never thrown."""

import csv
import io
from datetime import date, datetime

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.core import legacy
from lms.core.collation import name_key
from lms.core.text import fold
from lms.people.roster import cells, columns
from lms.people.roster.cells import NULL, Fault, UnitRef
from lms.people.roster.checking import Checker
from lms.people.roster.columns import COLUMNS
from lms.people.roster.reading import RosterError, open_table

TODAY = date(2026, 11, 23)
UNITS = {"SXD": UnitRef(7, True, True, ""), "SNV": UnitRef(8, True, True, "")}

words = st.sampled_from(["Nguyễn", "Thị", "Đỗ", "Ánh", "Văn", "Hương", "O'Brien", "Tôn-Nữ", "Ý"])
names = st.lists(words, min_size=2, max_size=6).map(" ".join)
text = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Co", "Cn")), min_size=1, max_size=60)
free = text.map(cells.text_of).filter(lambda value: value and value not in ("#REF!", "#N/A") and value[0] != "#")
free = free.filter(lambda value: legacy.recognise(value) is None)
people = st.fixed_dictionaries(
    {
        "full_name": names,
        "birth_date": st.none() | st.dates(date(1930, 1, 1), date(2005, 1, 1)),
        "sex": st.sampled_from(["", "Nam", "Nữ"]),
        "email": st.sampled_from(["", "a.b@hanoi.gov.vn"]),
        "category": st.sampled_from(["Công chức", "Cán bộ, công chức cấp xã", "Viên chức"]),
        "position": free,
        "rank": st.just("") | free,
        "unit_code": st.sampled_from(["SXD", "SNV"]),
        "service_ends_on": st.none() | st.dates(date(2027, 1, 1), date(2060, 1, 1)),
    }
)
rosters = st.lists(people, min_size=1, max_size=8)
quick = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


def _read(content, filename):
    with open_table(io.BytesIO(content), filename) as table:
        checker = Checker(table, UNITS, TODAY, {})
        return checker, [row for batch in checker.batches() for row in batch]


def _expected(number, one):
    values = [
        one["birth_date"].isoformat() if one["birth_date"] else NULL,
        {"": NULL, "Nam": "male", "Nữ": "female"}[one["sex"]],
        one["email"] or NULL,
        {"Công chức": "civil_servant", "Viên chức": "public_employee"}.get(one["category"], "commune_level"),
        one["position"].replace("\\", "\\\\"),
        one["rank"].replace("\\", "\\\\") or NULL,
        str(UNITS[one["unit_code"]].id),
        one["service_ends_on"].isoformat() if one["service_ends_on"] else NULL,
    ]
    code = f"HN{number:05}"
    search_text = f"{fold(one['full_name'])} {code.lower()}"
    return (code, search_text, name_key(one["full_name"]), one["full_name"], "\t".join(values))


def _rows(roster):
    for number, one in enumerate(roster):
        yield [f"HN{number:05}", *(one[column.key] for column in COLUMNS[1:])]


@quick
@given(rosters)
def test_any_valid_rows_come_back_from_a_workbook(roster):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        for number, row in enumerate([[column.title for column in COLUMNS], *_rows(roster)]):
            for index, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, index, datetime.combine(value, datetime.min.time()), day)
                elif value:
                    sheet.write_string(number, index, value)
    checker, read = _read(stream.getvalue(), "x.xlsx")
    assert [(p.column, p.value, str(p.message)) for p in checker.problems] == []
    assert [tuple(row) for row in read] == [_expected(n, one) for n, one in enumerate(roster)]


@quick
@given(rosters, st.sampled_from(",;\t"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_any_valid_rows_come_back_from_csv(roster, delimiter, encoding):
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerow([column.title for column in COLUMNS])
    for row in _rows(roster):
        writer.writerow([value.strftime("%d/%m/%Y") if isinstance(value, date) else value or "" for value in row])
    checker, read = _read(stream.getvalue().encode(encoding), "x.csv")
    assert checker.sound, checker.problems
    assert [tuple(row) for row in read] == [_expected(n, one) for n, one in enumerate(roster)]


HEADER = ",".join(column.headers[0] for column in COLUMNS if "," not in column.headers[0])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["x.csv", "x.xlsx", "x"]), st.booleans())
def test_no_bytes_at_all_break_the_reader(content, filename, with_header):
    if with_header:
        content = HEADER.encode() + b"\r\n" + content
    try:
        checker, read = _read(content, filename)
    except RosterError as error:
        assert str(error.message)
    else:
        assert read or not checker.sound


def _small_workbook():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [column.title for column in COLUMNS])
        sheet.write_row(1, 0, ["HN00001", "Nguyễn An", "", "", "", "Công chức", "Chuyên viên", "", "SXD", ""])
    return stream.getvalue()


WORKBOOK = _small_workbook()


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.integers(2, len(WORKBOOK) - 20), st.integers(0, 255), min_size=1, max_size=6))
def test_a_workbook_with_damaged_bytes_does_not_break_the_reader(damage):
    content = bytearray(WORKBOOK)
    for place, value in damage.items():
        content[place] = value
    try:
        _read(bytes(content), "x.xlsx")
    except RosterError as error:
        assert str(error.message)


raw_cells = st.one_of(
    st.text(max_size=40), st.floats(), st.integers(), st.booleans(), st.dates(), st.datetimes(), st.times(), st.none(),
    st.timedeltas(),
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(raw_cells)
def test_every_converter_answers_every_cell_with_text_for_copy_or_a_fault(cell):
    converters = [
        cells.staff_code, cells.full_name, cells.free_text(needed=True), cells.free_text(needed=False), cells.sex,
        cells.email, cells.category, cells.unit(UNITS), cells.birth_day(TODAY), cells.last_day(TODAY),
    ]  # fmt: skip
    for convert in converters:
        answer = convert(cell)
        assert isinstance(answer, (str, Fault))
        if isinstance(answer, str):
            assert answer
            assert not set(answer) & set("\t\n\r\x00")
            assert answer == NULL or "\\" not in answer.replace("\\\\", "")


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_have_the_letters_of_a_spreadsheet(index, name):
    assert columns.letters(index) == name


def test_every_header_of_every_column_is_known_once():
    keys = [columns.header_key(header) for column in COLUMNS for header in {*map(columns.header_key, column.headers)}]
    assert len(keys) == len(set(keys))
