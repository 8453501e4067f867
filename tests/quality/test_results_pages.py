"""The pages of results of a year, of an institution and of a programme, as their readers see them."""

from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy import text as sql

from tests import factories as make
from tests.quality.closed import adjusted, held

YEAR = "/reports/results"


@pytest.fixture
def officer(session):
    return make.holder("home_affairs_officer")


def of_school(school):
    return f"{YEAR}/institutions/{school.id}"


def text(answer):
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def test_nothing_closed_yet_says_what_comes(school, officer, sign_in):
    client = sign_in(officer)
    for path in (YEAR, of_school(school), f"{YEAR}/programmes/A2.1"):
        assert "Chưa có" in text(client.get(path))
        assert client.get(f"{path}.xlsx").status_code == 404
        assert client.get(f"{path}/charts/objects.svg").status_code == 404


def test_one_class_is_told_with_its_range_and_how_far_to_trust_it(school, officer, sign_in):
    held(school, [3, 4, 4, 5, 5, 5], invited=14)
    html = text(sign_in(officer).get(YEAR))
    assert "4,33" in html
    assert "43%" in html  # 6 of 14
    assert "chưa đến một nửa" in html
    assert "dưới 30" in html


def test_from_the_year_the_reader_gets_to_institution_programme_and_class(school, officer, sign_in):
    run = held(school, [4] * 12)
    client = sign_in(officer)
    html = text(client.get(YEAR))
    for path in (f"{of_school(school)}?year=2026", f"{YEAR}/programmes/A2.1?year=2026"):
        assert path in html
        below = text(client.get(path))
        assert f"/reports/classes/{run.id}/quality" in below
    assert YEAR in text(client.get("/reports/quality"))


def test_the_year_is_chosen(school, officer, sign_in):
    held(school, [4] * 12, year=2025)
    held(school, [2] * 12, year=2026)
    client = sign_in(officer)
    assert "2,00" in text(client.get(of_school(school)))
    last = text(client.get(f"{of_school(school)}?year=2025"))
    assert "4,00" in last
    assert "2,00" not in last
    assert "Chưa có" in text(client.get(f"{of_school(school)}?year=2031"))
    for odd in ("abc", "20261", "1900", "-1", "²026"):
        assert client.get(of_school(school), query_string={"year": odd}).status_code == 400


def test_what_was_left_out_is_said(school, officer, sign_in):
    held(school, [4] * 12)
    held(school, [1] * 4)
    held(school, [1] * 2)
    html = text(sign_in(officer).get(of_school(school)))
    assert "2 đợt đánh giá" in html
    assert "dưới năm phiếu hợp lệ" in html
    assert "4,00" in html


def test_only_hidden_classes_leave_a_page_without_figures(school, officer, sign_in):
    held(school, [3] * 4)
    client = sign_in(officer)
    html = text(client.get(of_school(school)))
    assert "3,00" not in html
    assert client.get(f"{of_school(school)}/charts/spread.svg?year=2026").status_code == 404


def test_a_trend_says_whether_it_is_more_than_chance(school, officer, sign_in):
    held(school, [3, 4] * 20, year=2025)
    held(school, [4, 5] * 20, year=2026)
    assert "vượt mức do ngẫu nhiên" in text(sign_in(officer).get(of_school(school)))


def test_an_adjustment_shows_what_moved(school, officer, sign_in, session):
    first = held(school, [2] * 20)
    adjusted(session.scalar(select(make.Survey).where(make.Survey.class_id == first.id)))
    html = text(sign_in(officer).get(of_school(school)))
    assert "Thay máy chiếu" in html
    assert "chưa được đánh giá lại" in html


def test_an_institution_reads_its_own_results_beside_the_city_and_no_others(school, session, sign_in):
    held(school, [4] * 12)
    other = make.institution(name="Trường khác")
    hidden = held(other, [2] * 12)
    client = sign_in(make.holder("institution_staff", school))
    html = text(client.get(of_school(school)))
    assert "4,00" in html
    assert "3,00" in html  # the city
    for suffix in ("", ".xlsx", "/charts/objects.svg"):
        assert client.get(of_school(other) + suffix).status_code == 403
    for path in (YEAR, f"{YEAR}/programmes/A2.1"):
        html = text(client.get(path))
        assert "Trường khác" not in html
        assert str(hidden.id) not in html
        book = openpyxl.load_workbook(BytesIO(client.get(f"{path}.xlsx").data))
        assert not any("Trường khác" in row for sheet in book for row in sheet.iter_rows(values_only=True))


@pytest.mark.parametrize("role", ["lecturer", "unit_manager", "comment_reader", "finance_reader"])
def test_others_read_none(role, school, sign_in):
    held(school, [4] * 12)
    client = sign_in(make.holder(role, school))
    for path in (YEAR, of_school(school), f"{YEAR}/programmes/A2.1"):
        for suffix in ("", ".xlsx", "/charts/objects.svg"):
            assert client.get(path + suffix).status_code == 403


def test_what_does_not_exist_is_absent(officer, school, sign_in):
    held(school, [4] * 12)
    client = sign_in(officer)
    assert client.get(f"{YEAR}/institutions/999999").status_code == 404
    assert client.get(f"{YEAR}/programmes/Z9").status_code == 404
    assert client.get(f"{YEAR}/charts/other.svg").status_code == 404


@pytest.mark.parametrize("name", ["objects", "spread", "trend"])
def test_charts_are_drawn_on_the_server(school, officer, sign_in, name):
    held(school, [4] * 12, year=2025)
    held(school, [4] * 12)
    held(make.institution(), [2] * 12)
    chart = sign_in(officer).get(f"{of_school(school)}/charts/{name}.svg?year=2026")
    assert chart.mimetype == "image/svg+xml"
    assert chart.data.startswith(b"<svg")
    assert "sandbox" in chart.headers["Content-Security-Policy"]


def test_the_workbook_holds_the_data_behind_the_page(school, officer, sign_in, session):
    run = held(school, [4] * 12, lecturers=[make.person(school, full_name="Trần Thị Anh")])
    held(school, [1] * 3)
    adjusted(session.scalar(select(make.Survey).where(make.Survey.class_id == run.id)))
    book = openpyxl.load_workbook(BytesIO(sign_in(officer).get(f"{of_school(school)}.xlsx").data))
    sheets = {one.title: list(one.iter_rows(min_row=4, values_only=True)) for one in book}
    objects, questions, years, _institutions, programmes, topics, lecturers, classes, moved = sheets.values()
    assert {row[3] for row in objects} == {4}
    assert {row[3] for row in questions} == {4}
    assert years[-1][:2] == (2026, 2)
    assert programmes[0][0] == "A2.1"
    assert len(topics) == len(make.topics(run))
    assert {row[0] for row in lecturers} == {"Trần Thị Anh"}
    assert len(classes) == 2
    assert sorted(row[12] for row in classes if row[12]) == [12]
    assert moved[0][6] == "Thay máy chiếu"


def test_four_hundred_classes_need_no_more_statements_than_one(school, officer, sign_in, queries, session):
    lecturers = [make.person(school, full_name=f"Nguyễn Thị Phương Thảo {number}") for number in range(12)]
    first = held(school, [4] * 6, lecturers=lecturers[:1])
    client = sign_in(officer)
    paths = (YEAR, of_school(school), f"{YEAR}/programmes/A2.1", f"/reports/classes/{first.id}/quality")
    for path in paths:
        text(client.get(path))
        queries.clear()
        text(client.get(path))
        assert len(queries) <= (14 if path == of_school(school) else 13), path
    for number in range(399):
        held(school, [1 + (number + k) % 5 for k in range(5)], lecturers=[lecturers[number % 12]])
    session.commit()
    session.execute(sql("ANALYZE"))  # autovacuum's part; without it the plans of one class stand
    for path in paths:
        queries.clear()
        html = text(client.get(path))
        assert len(queries) <= (14 if path == of_school(school) else 13), path
        assert "400 đợt đánh giá" in html or path == paths[-1]
    queries.clear()
    book = openpyxl.load_workbook(BytesIO(client.get(f"{of_school(school)}.xlsx").data))
    assert book["Lớp học"].max_row == 403
    assert len(queries) <= 14
