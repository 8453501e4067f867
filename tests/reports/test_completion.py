"""Completion records as Home Affairs and unit managers read them."""

from io import BytesIO
from uuid import uuid4

import openpyxl
import pytest

from lms.core.database import utcnow
from tests import factories as make


@pytest.fixture
def world(session):
    """Two units under the city; a class with three trainees of the first and one of the second."""
    city = make.city()
    first, second = make.unit(city, name="Sở Xây dựng thử"), make.unit(city, name="Sở Tài chính thử")
    run = make.class_run()
    people = [make.person(first, full_name=f"Nguyễn Văn Số {n}") for n in range(3)] + [make.person(second)]
    statuses = ("completed", "completed", "enrolled", "withdrawn")
    for person, status in zip(people, statuses, strict=True):
        make.enrolment(run, person, status=status, completed_at=utcnow() if status == "completed" else None)
    session.commit()
    return {"city": city, "first": first, "second": second, "run": run, "people": people}


def test_home_affairs_sees_the_whole_city_by_programme(world, sign_in):
    html = sign_in(make.holder("home_affairs_officer")).get("/reports/completion").get_data(as_text=True)
    assert "A2.1" in html
    assert "2/3" in html
    assert "67%" in html


@pytest.mark.parametrize("by", ["programme", "unit", "class"])
def test_each_grouping_has_its_page(world, sign_in, by):
    answer = sign_in(make.holder("home_affairs_officer")).get(f"/reports/completion?by={by}")
    assert answer.status_code == 200
    wanted = {"programme": "A2.1", "unit": "Sở Xây dựng thử", "class": world["run"].code}[by]
    assert wanted in answer.get_data(as_text=True)


def test_a_unit_manager_sees_her_unit_only(world, sign_in):
    client = sign_in(make.holder("unit_manager", world["second"]))
    html = client.get("/reports/completion?by=unit").get_data(as_text=True)
    assert "Sở Tài chính thử" in html
    assert "Sở Xây dựng thử" not in html
    names = client.get("/reports/completion/trainees").get_data(as_text=True)
    assert "Nguyễn Văn Số" not in names


def test_search_finds_units_without_accents(world, sign_in):
    html = (
        sign_in(make.holder("home_affairs_officer"))
        .get("/reports/completion?by=unit&q=so xay dung thu")
        .get_data(as_text=True)
    )
    assert "Sở Xây dựng thử" in html
    assert "Sở Tài chính thử" not in html


def test_the_record_of_a_trainee_is_open_to_her_and_to_her_managers_only(world, sign_in):
    person = world["people"][0]
    url = f"/records/{person.id}"
    assert sign_in(make.account(person)).get(url).status_code == 200
    assert sign_in(make.holder("home_affairs_officer")).get(url).status_code == 200
    assert sign_in(make.holder("unit_manager", world["first"])).get(url).status_code == 200
    assert sign_in(make.holder("unit_manager", world["second"])).get(url).status_code == 403
    assert sign_in(make.trainee()).get(url).status_code == 403
    assert sign_in(make.holder("home_affairs_officer")).get(f"/records/{uuid4()}").status_code == 404


def test_both_exports_open_in_a_spreadsheet(world, sign_in):
    client = sign_in(make.holder("home_affairs_officer"))
    book = openpyxl.load_workbook(BytesIO(client.get("/reports/completion.xlsx").data))
    assert len(book.worksheets) == 4
    names = [row[1] for row in book.worksheets[3].iter_rows(min_row=4, values_only=True)]
    assert "Nguyễn Văn Số 0" in names
    record = openpyxl.load_workbook(BytesIO(client.get(f"/records/{world['people'][0].id}.xlsx").data))
    assert "A2.1" in [row[0] for row in record.worksheets[0].iter_rows(min_row=4, values_only=True)]


def test_an_export_writes_no_formula(session, sign_in):
    run = make.class_run()
    person = make.person(full_name="=HYPERLINK(1)")
    make.enrolment(run, person)
    session.commit()
    book = openpyxl.load_workbook(
        BytesIO(sign_in(make.holder("home_affairs_officer")).get("/reports/completion.xlsx").data)
    )
    cells = [cell for row in book.worksheets[3].iter_rows(min_row=4) for cell in row if cell.value == "=HYPERLINK(1)"]
    assert cells
    assert all(cell.data_type == "s" for cell in cells)


def test_pages_need_few_statements_with_many_rows(session, sign_in, queries):
    run = make.class_run(capacity=500)
    city = make.city()
    for _ in range(60):
        make.enrolment(run, make.person(make.unit(city)))
    session.commit()
    client = sign_in(make.holder("home_affairs_officer"))
    for url in ("/reports/completion", "/reports/completion?by=unit", "/reports/completion/trainees"):
        queries.clear()
        assert client.get(url).status_code == 200
        assert len(queries) <= 12, url


def test_long_lists_continue_on_a_next_page(session, sign_in):
    run = make.class_run(capacity=500)
    unit = make.unit(make.city())
    for n in range(120):
        make.enrolment(run, make.person(unit, full_name=f"Người học {n:03}"))
    session.commit()
    client = sign_in(make.holder("unit_manager", unit))
    first = client.get("/reports/completion/trainees").get_data(as_text=True)
    assert "Người học 099" in first
    assert "Người học 100" not in first
    import re

    link = re.search(r'rel="next" href="([^"]+)"', first).group(1).replace("&amp;", "&")
    second = client.get(link).get_data(as_text=True)
    assert "Người học 100" in second
    assert "Người học 119" in second


@pytest.mark.parametrize("query", ["year=20x6", "year=99999", "by=nothing", "unit=abc"])
def test_wrong_filters_are_refused(session, sign_in, query):
    assert sign_in(make.holder("home_affairs_officer")).get(f"/reports/completion?{query}").status_code == 400


def test_a_wrong_cursor_is_refused(session, sign_in):
    client = sign_in(make.holder("home_affairs_officer"))
    assert client.get("/reports/completion/trainees?after=zzz").status_code == 400
