"""Enrolling through the page meets the rules of whom to send."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from lms.classes.models import Enrolment
from lms.people.models import Person, Unit
from tests import factories as make


@pytest.fixture
def run(session):
    made = make.class_run(make.institution())
    session.commit()
    return made


@pytest.fixture
def enrol(run, session, sign_in, submit):
    officer = make.holder("home_affairs_officer")
    session.commit()

    def send(*people, assurance=""):
        codes = "\n".join(person.staff_code for person in people)
        url = f"/classes/{run.id}/enrol"
        return submit(sign_in(officer), url, {"codes": codes, "assurance": assurance})

    return send


def _enrolled(session, run):
    return session.scalar(select(func.count()).where(Enrolment.class_id == run.id))


@pytest.mark.parametrize(
    ("values", "unit", "said"),
    [
        ({"birth_date": make.today() - timedelta(days=int(61 * 365.25)), "sex": "male"}, {}, "năm công tác"),
        ({"category": "commune_level", "position": "Chủ tịch UBND"}, {"kind": "commune"}, "không thuộc nhóm"),
        ({"category": "public_employee", "position": "Hiệu trưởng"}, {"kind": "service_unit"}, "không thuộc nhóm"),
        ({}, {"name": "Hội Nông dân Thành phố"}, "đoàn thể"),
    ],
)
def test_who_may_not_be_sent_is_refused_with_the_reason_and_the_clause(values, unit, said, run, session, enrol):
    meant, barred = make.person(), make.person(make.unit(make.city(), **unit), **values)
    session.commit()
    answer = enrol(meant, barred)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert said in page and barred.full_name in page and barred.staff_code in page and "mục" in page
    assert f"{meant.full_name} ({meant.staff_code}):" not in page
    assert meant.staff_code in page  # nothing typed is lost
    assert _enrolled(session, run) == 0


def test_who_has_completed_the_programme_is_not_sent_again(run, session, enrol):
    person = make.person()
    earlier = make.class_run(session.get_one(Unit, run.institution_id), status="finished")
    make.enrolment(earlier, person, status="completed")
    session.commit()
    answer = enrol(person)
    assert answer.status_code == 422 and "đã hoàn thành chương trình này" in answer.get_data(as_text=True)


def test_what_the_roster_does_not_tell_is_answered_and_kept(run, session, enrol):
    person: Person = make.person(position="Chuyên viên")
    session.commit()
    asked = enrol(person)
    assert asked.status_code == 422 and _enrolled(session, run) == 0
    assert person.full_name in asked.get_data(as_text=True) and 'id="assurance-error"' in asked.get_data(as_text=True)
    assert enrol(person, assurance="Sở Xây dựng xác nhận, Công văn 12/SXD-VP").status_code == 302
    assert _enrolled(session, run) == 1
    kept = session.scalar(text("SELECT after FROM audit_entries WHERE action = 'class.enrol' ORDER BY id DESC LIMIT 1"))
    assert kept["assurance"] == "Sở Xây dựng xác nhận, Công văn 12/SXD-VP"
