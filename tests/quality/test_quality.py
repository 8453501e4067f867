"""The quality report of a class as its institution reads it."""

from io import BytesIO

import openpyxl
import pytest
from lxml import html
from sqlalchemy import select

from lms.classes import services as classes
from lms.classes.models import Teaching
from lms.core.database import utcnow
from lms.core.guard import SYSTEM
from lms.quality.models import Adjustment
from lms.surveys.models import Survey
from lms.surveys.services import comments, evaluations
from tests import factories as make


@pytest.fixture
def closed(app, session):
    """``closed(n)`` gives a class whose evaluation ended with n valid forms."""

    def build(forms, value=4):
        institution = make.institution()
        run = make.class_run(institution)
        lecturers = [make.person(institution, full_name=n) for n in ("Vũ Thị Hải Yến", "Hoàng Văn Thắng")]
        for topic, person in zip(make.topics(run), lecturers, strict=False):
            make.teaching(run, topic, person)
        enrolments = [make.enrolment(run) for _ in range(forms + 2)]
        session.commit()
        classes.finish_class(SYSTEM, run.id, reason="Thử", at=utcnow())
        survey = session.scalars(select(Survey).where(Survey.class_id == run.id)).one()
        for number, enrolment in enumerate(enrolments[:forms]):
            said = {"eff_comment": "Rất thiết thực"} if number == 0 else {}
            make.answered(survey, session.get(make.Person, enrolment.person_id), str(value), **said)
        keys = app.config["SETTINGS"].keys_dir
        evaluations.close(SYSTEM, survey.id, keys=keys, at=utcnow())
        comments.pass_all(SYSTEM, survey.id, at=utcnow())
        session.commit()
        return run, make.holder("institution_staff", institution)

    return build


def test_results_are_shown_from_five_forms_on(closed, sign_in):
    run, staff = closed(5)
    html = sign_in(staff).get(f"/reports/classes/{run.id}/quality").get_data(as_text=True)
    assert "Vũ Thị Hải Yến" in html
    assert "4,00" in html
    assert "Rất thiết thực" in html
    assert "71%" in html  # 5 of 7


def test_four_forms_show_nothing_but_their_number(closed, sign_in):
    run, staff = closed(4)
    client = sign_in(staff)
    html = client.get(f"/reports/classes/{run.id}/quality").get_data(as_text=True)
    assert "Rất thiết thực" not in html
    assert "Vũ Thị Hải Yến" not in html
    assert "4,00" not in html
    assert client.get(f"/reports/classes/{run.id}/charts/sections.svg").status_code == 404
    assert client.get(f"/reports/classes/{run.id}/quality.xlsx").status_code == 404


@pytest.mark.parametrize("name", ["sections", "spread", "topics"])
def test_charts_are_drawn_on_the_server(closed, sign_in, name):
    run, staff = closed(6)
    chart = sign_in(staff).get(f"/reports/classes/{run.id}/charts/{name}.svg")
    assert chart.mimetype == "image/svg+xml"
    assert chart.data.startswith(b"<svg")
    assert "sandbox" in chart.headers["Content-Security-Policy"]


def test_a_lecturer_reads_her_results_in_words_and_as_charts(closed, sign_in, session):
    run, _staff = closed(6)
    teaching = session.scalars(select(Teaching).where(Teaching.class_id == run.id)).first()
    account = make.account(session.get(make.Person, teaching.lecturer_id))
    make.role(account, "lecturer", session.get(make.Unit, run.institution_id))
    client, page = sign_in(account), f"/reports/own/{teaching.id}"
    assert client.get("/reports/own/chart.svg").status_code == 404
    assert client.get(f"{page}/chart.svg").status_code in (403, 404), "not released yet"
    evaluations.release(SYSTEM, session.scalars(select(Survey.id).where(Survey.class_id == run.id)).one(), at=utcnow())
    session.commit()
    for chart in (client.get("/reports/own/chart.svg"), client.get(f"{page}/chart.svg")):
        assert (chart.status_code, chart.mimetype) == (200, "image/svg+xml")
    text = " ".join(html.fromstring(client.get(page).text).xpath("string(//main)").split())
    assert "(100%)" in text
    assert "Một nửa số câu trả lời bằng hoặc cao hơn trung vị." in text
    other = make.holder("lecturer", session.get(make.Unit, run.institution_id))
    assert sign_in(other).get(f"{page}/chart.svg").status_code in (403, 404)


def test_an_unknown_chart_is_absent(closed, sign_in):
    run, staff = closed(5)
    assert sign_in(staff).get(f"/reports/classes/{run.id}/charts/other.svg").status_code == 404


def test_the_export_holds_the_figures_of_the_page(closed, sign_in):
    run, staff = closed(5, value=3)
    answer = sign_in(staff).get(f"/reports/classes/{run.id}/quality.xlsx")
    book = openpyxl.load_workbook(BytesIO(answer.data))
    rows = list(book.worksheets[0].iter_rows(min_row=4, values_only=True))
    assert {row[6] for row in rows} == {3}
    assert {row[4] for row in rows if row[3]} == {5}
    assert any("Rất thiết thực" in row for row in book.worksheets[2].iter_rows(values_only=True))


def test_another_institution_cannot_read_the_report(closed, sign_in):
    run, _ = closed(5)
    stranger = make.holder("institution_staff", make.institution(name="Trường khác"))
    assert sign_in(stranger).get(f"/reports/classes/{run.id}/quality").status_code == 403


def test_the_page_says_how_far_the_results_can_be_trusted(closed, sign_in):
    run, staff = closed(5)
    html = sign_in(staff).get(f"/reports/classes/{run.id}/quality").get_data(as_text=True)
    assert "ít nhất một nửa số người được mời" in html  # 5 of 7
    assert "Số phiếu dưới 30" in html


def test_the_page_says_what_moved_after_an_adjustment(closed, sign_in, session):
    run, staff = closed(6, value=2)
    line = session.scalars(
        select(Adjustment).where(Adjustment.class_id == run.id, Adjustment.section == "course")
    ).one()
    url = f"/reports/classes/{run.id}/quality"
    client = sign_in(staff)
    assert "Thay đổi sau khi điều chỉnh" not in client.get(url).get_data(as_text=True)
    line.state, line.measure, line.done_at = "done", "Gửi lịch học sớm hơn", utcnow()
    session.commit()
    assert "Gửi lịch học sớm hơn" in client.get(url).get_data(as_text=True)
    later = make.class_run(session.get(make.Unit, run.institution_id))
    make.evaluated(later, [5] * 8, opens_at=utcnow())
    session.commit()
    html = client.get(url).get_data(as_text=True)
    assert "+3,00" in html
    assert "tốt lên" in html


def test_the_page_needs_few_statements_whatever_the_number_of_forms(closed, sign_in, queries):
    run, staff = closed(40)
    client = sign_in(staff)
    queries.clear()
    assert client.get(f"/reports/classes/{run.id}/quality").status_code == 200
    assert len(queries) <= 12


def test_before_the_evaluation_the_page_says_what_comes(session, sign_in):
    institution = make.institution()
    run = make.class_run(institution)
    staff = make.holder("institution_staff", institution)
    html = sign_in(staff).get(f"/reports/classes/{run.id}/quality").get_data(as_text=True)
    assert "chưa mở" in html
