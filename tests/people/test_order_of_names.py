"""Names stand as Vietnamese expect them, on pages and in what is taken away."""

import re
from html import unescape
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import text

from lms.core.database import db, utcnow
from lms.people import queries
from lms.people.models import Unit
from lms.people.services import rosters
from lms.people.sessions import actor_of
from lms.reports.completion import queries as completion
from tests import factories as make

ORDERED = ["Bùi An", "Lê Thị An", "TS. Đỗ Ánh", "Trần Dũng", "Lê Đạt", "H'Hen Niê", "Lê Hoa", "Lê Thị Hoà", "Lê Hoá"]
CODES = ["TT5", "TT1", "TT9", "TT3", "TT8", "TT2", "TT7", "TT6", "TT4"]
"""Neither in the order of names nor that in which people are made."""


@pytest.fixture
def people(session):
    unit = make.unit(make.city(), name="Sở Xây dựng")
    made = [
        make.person(unit, full_name=name, staff_code=code) for code, name in sorted(zip(CODES, ORDERED, strict=True))
    ]
    session.commit()
    return made


def _order(html):
    """The names of ORDERED as they stand in a page."""
    text_ = unescape(html)
    return sorted((name for name in ORDERED if name in text_), key=text_.index)


def test_the_list_of_people_goes_on_where_its_page_ended(sign_in, people, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    client, url, listed = sign_in(make.holder("administrator")), "/admin/people?unit=" + _code(people), []
    for _page in range(9):
        html = client.get(url).get_data(as_text=True)
        listed += _order(html)
        onward = re.search(r'href="(/admin/people\?[^"]*after=[^"]*)"', html)
        if onward is None:
            break
        url = unescape(onward[1])
    assert listed == ORDERED


def test_a_search_finds_them_in_the_same_order(sign_in, people):
    html = sign_in(make.holder("administrator")).get("/admin/people?q=le").get_data(as_text=True)
    assert _order(html) == ["Lê Thị An", "Lê Đạt", "Lê Hoa", "Lê Thị Hoà", "Lê Hoá"]


def test_a_class_its_attendance_sheet_and_its_essays_are_in_this_order(sign_in, people, session):
    run = make.class_run(make.institution())
    for person in people:
        make.enrolment(run, person)
    meeting = make.class_session(run)
    session.commit()
    client = sign_in(make.holder("institution_staff", session.get(Unit, run.institution_id)))
    for url in ("", f"/sessions/{meeting.id}/attendance", "/essays"):
        answer = client.get(f"/classes/{run.id}{url}")
        assert answer.status_code == 200
        assert _order(answer.get_data(as_text=True)) == ORDERED, url


def test_units_are_listed_by_name_with_numbers_by_value(sign_in, session):
    names = ["Phường 2", "Phường 10", "Phường Dịch Vọng", "Phường Đống Đa"]
    for name in reversed(names):
        make.unit(make.city(), name=name, kind="commune")
    session.commit()
    html = sign_in(make.holder("administrator")).get("/admin/units?q=phuong").get_data(as_text=True)
    assert sorted(names, key=html.index) == names


def test_the_report_and_its_workbook_are_in_this_order(sign_in, people, session, monkeypatch):
    run = make.class_run(make.institution())
    units = [make.unit(make.city(), name=name) for name in ("Phường 10", "Phường 2", "Sở Đất đai", "Sở Du lịch")]
    for number, person in enumerate(people):
        person.unit_id = units[number % len(units)].id
        make.enrolment(run, person)
    session.commit()
    monkeypatch.setattr(completion, "PAGE", 2)
    client, url, listed = sign_in(make.holder("home_affairs_officer")), "/reports/completion/trainees", []
    while url:
        html = client.get(url).get_data(as_text=True)
        listed += _order(html)
        onward = re.search(r'href="(/reports/completion/trainees\?[^"]*after=[^"]*)"', html)
        url = unescape(onward[1]) if onward else None
    assert listed == ORDERED
    book = openpyxl.load_workbook(BytesIO(client.get("/reports/completion.xlsx").data))
    assert [row[1] for row in book.worksheets[-1].values if row[1] in ORDERED] == ORDERED
    by_unit = [row[1] for row in book.worksheets[1].values]
    assert by_unit[-4:] == ["Phường 2", "Phường 10", "Sở Du lịch", "Sở Đất đai"]


def test_people_of_a_roster_are_in_order_too(sign_in, session, people):
    """New ones are written past the model, and known ones renamed."""
    lines = ["Mã cán bộ,Họ và tên,Đối tượng,Vị trí việc làm,Mã đơn vị"]
    lines += [f"{person.staff_code},Phan Văn Ưng,Công chức,Chuyên viên,{_code(people)}" for person in people[:1]]
    lines += [f"HN77,Phan Văn Ơn,Công chức,Chuyên viên,{_code(people)}"]
    officer = make.holder("home_affairs_officer")
    session.commit()
    actor = actor_of(officer.id, at=utcnow())
    rosters.import_roster(actor, BytesIO("\n".join(lines).encode()), "danh-sach.csv", at=utcnow())
    html = sign_in(make.holder("administrator")).get(f"/admin/people?unit={_code(people)}").get_data(as_text=True)
    assert html.index("Lê Hoá") < html.index("Phan Văn Ơn") < html.index("Phan Văn Ưng")


def _code(people):
    return db.session.execute(text("SELECT code FROM units WHERE id = :id"), {"id": people[0].unit_id}).scalar_one()
