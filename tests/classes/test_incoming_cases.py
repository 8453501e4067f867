"""What came in from outside and broke, as it was reported: an impossible year, a comma in a mark, a hidden blank."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.assessment.models import Submission
from lms.classes.models import Enrolment, Session
from tests import factories as make
from tests.classes.conftest import mark_form

CASES = Path(__file__).parents[1] / "data" / "cases"


@pytest.mark.parametrize("year", ["0001", "0027", "1999", "2101", "20266"])
def test_a_session_in_an_impossible_year_is_refused(world, sign_in, submit, session, year):
    fields = dict(
        part.split("=", 1)
        for line in (CASES / "session-year-0001.txt").read_text("utf-8").splitlines()[1:4]
        for part in line.split("  ")
        if "=" in part
    )
    fields["starts_at"], fields["ends_at"] = (
        fields[name].split()[0].replace("0001-", f"{year}-") for name in ("starts_at", "ends_at")
    )
    fields["lecturer_id"] = ""
    before = session.scalar(select(func.count()).select_from(Session))
    answer = submit(sign_in(world["staff"]), f"{world['url']}/sessions/new", fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Năm phải trong khoảng từ 2000 đến 2100" in page
    assert session.scalar(select(func.count()).select_from(Session)) == before


@pytest.mark.parametrize(("typed", "score"), [("8,5", 8.5), ("0,5", 0.5), ("8.5", 8.5)])
def test_a_mark_with_a_comma_is_that_mark(world, session, sign_in, submit, essay, typed, score):
    submission = essay(world["enrolments"][0])
    session.commit()
    client, url = sign_in(world["lecturer"]), f"{world['url']}/essays/{submission.id}"
    page = client.get(url).get_data(as_text=True)
    assert 'inputmode="decimal"' in page and 'type="number"' not in page
    assert submit(client, url, mark_form(typed)).status_code == 302
    session.expire_all()
    assert session.get(Submission, submission.id).score == score


def test_a_code_with_a_hidden_blank_is_the_code(world, session, sign_in, submit):
    code = (CASES / "enrol-code-zero-width-space.txt").read_text("utf-8")
    assert "\u200b" in code
    person = make.person(staff_code="BH0020")
    session.commit()
    submit(sign_in(world["officer"]), f"{world['url']}/enrol", {"codes": code}, follow_redirects=True)
    assert session.scalar(select(func.count()).select_from(Enrolment).where(Enrolment.person_id == person.id)) == 1
