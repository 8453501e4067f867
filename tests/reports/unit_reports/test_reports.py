"""The head of a unit writes its report; Home Affairs returns or accepts it."""

import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms import create_app
from lms.classes.models import Enrolment
from lms.core.audit import AuditEntry
from lms.core.database import db, utcnow
from lms.core.edits import Edit
from lms.core.errors import DomainError
from lms.core.guard import Actor
from lms.reports.unit_reports.models import UnitReport, UnitReportLine
from lms.reports.unit_reports.services import reports
from lms.surveys.models import FollowUp
from lms.surveys.services import instruments
from tests import factories as make
from tests.conftest import _settings, make_database
from tests.pages import fields_of
from tests.reports.unit_reports.conftest import WRITTEN, YEAR, City


def line_of(report, code="A2.1"):
    programme = make.version(code).programme_id if code == "A2.1" else None
    return db.session.scalars(
        select(UnitReportLine).where(
            UnitReportLine.report_id == report.id, UnitReportLine.programme_id == programme if programme else True
        )
    ).first()


def test_the_form_knows_what_the_system_knows(city, sign_in):
    city.open()
    html = sign_in(city.manager).get(city.url(city.first, "/edit")).text
    table = html.split("<tbody>")[1].split("</tbody>")[0]
    hours = make.version().hours
    cells = [part.split("</td>")[0] for part in table.split('<td class="num">')[1:]]
    assert cells[:5] == ["6", "5", "4", f"{hours * 4}", "4"]
    assert "Sở đã sáp nhập" in html
    assert "4 người đã hoàn thành" in html


def test_a_draft_is_kept_whole_or_not_and_read_by_nobody_else(city, sign_in, write):
    city.open()
    answer = write(city.first, city.manager, draft=True, use_text="", A21_in_placed="9")
    assert answer.location == city.url(city.first, "/edit")
    html = sign_in(city.manager).get(city.url(city.first, "/edit")).text
    assert "Chương trình sát với công việc." in html and 'value="9"' in html
    assert city.report(city.first).state == "draft"
    assert sign_in(city.officer).get(city.url(city.first)).status_code == 403
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "unit_report.save")) == 1


def test_a_number_that_is_taken_out_of_a_draft_is_gone(city, write):
    city.open()
    write(city.first, draft=True)
    write(city.first, draft=True, A21_in_moved="", A21_in_quality="", B3_in_quota="")
    line = line_of(city.report(city.first))
    assert (line.placed, line.moved, line.quality) == (2, None, None)
    assert db.session.scalar(select(func.count()).select_from(UnitReportLine)) == 1
    answer = write(city.first, A21_in_moved="")
    assert answer.status_code == 422 and 'id="A2.1-moved-error"' in answer.text


def test_a_submitted_report_is_frozen(city, sign_in, write):
    city.open()
    assert write(city.first, city.manager).location == city.url(city.first)
    report = city.report(city.first)
    assert (report.state, report.submitted_by) == ("submitted", city.manager.id)
    line = line_of(report)
    hours = make.version().hours
    assert (line.sent, line.enrolled, line.completed, line.hours, line.trained) == (6, 5, 4, 4 * hours, 4)
    assert (line.placed, line.promoted, line.quota) == (2, 1, 7)
    db.session.execute(Enrolment.__table__.update().values(status="failed"))
    db.session.commit()
    html = sign_in(city.officer).get(city.url(city.first)).text
    assert f'<td class="num">{4 * hours}</td>' in html
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "unit_report.submit"))
    assert entry.after["figures"]["A2.1"]["completed"] == 4
    assert entry.after["lines"]["B3"] == {"quota": 2}


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"quality_text": ""}, "quality_text", "Vui lòng điền"),
        ({"use_text": ""}, "use_text", "Vui lòng điền"),
        ({"signer_name": ""}, "signer_name", "Vui lòng điền"),
        ({"A21_in_quality": ""}, "A2.1-quality", "Vui lòng điền"),
        ({"A21_in_moved": ""}, "A2.1-moved", "Vui lòng điền"),
        ({"A21_in_moved": "2"}, "A2.1-placed", "A2.1: tổng cộng vượt quá 4 người đã hoàn thành"),
        ({"A21_in_placed": "-1"}, "A2.1-placed", "số nguyên"),
        ({"A21_in_placed": "hai"}, "A2.1-placed", "số nguyên"),
        ({"A21_in_placed": "2.5"}, "A2.1-placed", "số nguyên"),
        ({"A21_in_placed": "99999999999999999999"}, "A2.1-placed", "số nguyên"),
        ({"B3_in_quota": "x"}, "B3-quota", "số nguyên"),
        ({"A21_in_quality": "6"}, "A2.1-quality", "field-error"),
        ({"quality_text": "a" * 5001}, "quality_text", "field-error"),
    ],
)
def test_what_is_wrong_is_named_at_its_field_and_nothing_is_submitted(city, write, wrong, field, words):
    city.open()
    answer = write(city.first, **wrong)
    assert answer.status_code == 422
    assert words in answer.text.split(f'id="{field}-error"')[1].split("</p>")[0] or words == "field-error"
    assert f'id="{field}-error"' in answer.text
    assert "Chương trình sát" in answer.text or "quality_text" in wrong, "what was typed is kept"
    assert city.report(city.first).state == "due"


@pytest.mark.parametrize("forged", ["B3_in_placed", "Z9_in_quota", "A21_in_sent", "state"])
def test_a_field_that_is_not_asked_is_refused(city, write, forged):
    city.open()
    answer = write(city.first, **{forged: "1"})
    assert answer.status_code == 422
    assert city.report(city.first).state == "due"


def test_the_database_itself_refuses_more_than_were_trained(city, write):
    city.open()
    write(city.first)
    line_of(city.report(city.first)).moved = 2
    with pytest.raises(IntegrityError, match="ck_unit_report_lines_use"):
        db.session.flush()


def test_texts_are_shown_as_text(city, sign_in, write):
    city.open()
    write(city.first, difficulties="<script>alert(1)</script>\ndòng hai")
    html = sign_in(city.officer).get(city.url(city.first)).text
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_a_unit_without_anybody_in_a_class_reports_too(city, sign_in, write):
    city.open()
    uses = dict.fromkeys([f"A21_in_{name}" for name in ("quality", "placed", "promoted", "moved", "departed")])
    assert write(city.second, **uses).location == city.url(city.second)
    html = sign_in(city.officer).get(city.url(city.second)).text
    assert "không có người tham dự lớp nào" in html


# -- returned, late, twice ---------------------------------------------------------------------------------------------


def test_a_returned_report_shows_its_reason_and_is_submitted_anew(city, sign_in, submit, write):
    city.open()
    write(city.first, city.manager)
    client = sign_in(city.officer)
    page = city.url(city.first)
    assert submit(client, f"{page}/return", {"reason": ""}, page=page).status_code == 422
    assert submit(client, f"{page}/return", {"reason": "Thiếu số liệu quý IV."}, page=page).status_code == 302
    assert client.get(page).status_code == 403, "it is the unit's again"
    for where in (page, f"{page}/edit", "/reports/units", "/learn", "/reports/completion"):
        assert "Thiếu số liệu quý IV." in sign_in(city.manager).get(where).text
    make.enrolment(city.run, make.person(city.first), status="completed")
    db.session.commit()
    assert write(city.first, city.manager, A21_in_placed="3").location == page
    assert line_of(city.report(city.first)).completed == 5, "frozen as of the new submission"
    assert submit(client, f"{page}/accept", page=page).location == page
    assert city.report(city.first).state == "accepted"
    actions = list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_type == "unit_report")))
    wanted = ["unit_report.submit", "unit_report.return", "unit_report.submit", "unit_report.accept"]
    assert [one for one in actions if one in wanted] == wanted


def test_an_accepted_report_stays(city, sign_in, submit, write):
    city.open()
    write(city.first)
    client, page = sign_in(city.officer), city.url(city.first)
    submit(client, f"{page}/accept", page=page)
    assert submit(client, f"{page}/return", {"reason": "x"}, page="/account").status_code == 409
    assert submit(client, f"{page}/accept", page="/account").status_code == 409
    assert write(city.first, quality_text="anders").status_code == 409
    assert city.report(city.first).quality_text == WRITTEN["quality_text"]


def test_a_late_report_is_taken_and_marked(city, sign_in, write):
    city.open(days=-2)
    assert "sẽ được ghi là quá hạn" in sign_in(city.manager).get(city.url(city.first, "/edit")).text
    assert write(city.first).status_code == 302
    assert "quá hạn" in sign_in(city.officer).get(city.url(city.first)).text
    assert city.first.name in sign_in(city.officer).get(f"/reports/campaigns/{YEAR}?show=late").text


def test_to_be_returned_makes_nobody_late(city, sign_in, submit, write):
    city.open(days=3)
    write(city.first)
    page = city.url(city.first)
    submit(sign_in(city.officer), f"{page}/return", {"reason": "Bổ sung"}, page=page)
    report = city.report(city.first)
    report.first_submitted_at = utcnow() - timedelta(days=9)
    db.session.commit()
    write(city.first)
    assert city.report(city.first).first_submitted_at < utcnow() - timedelta(days=8)
    assert (
        city.first.name not in sign_in(city.officer).get(f"/reports/campaigns/{YEAR}?show=late").text.split("<main")[1]
    )


def test_two_write_one_report(city, sign_in):
    city.open()
    page = city.url(city.first, "/edit")
    first, second = (sign_in(make.holder("unit_manager", city.first)) for _ in range(2))
    one, other = (fields_of(client.get(page).text) for client in (first, second))
    assert first.post(page, data=one | {"quality_text": "Bản thứ nhất", "A2.1-quota": "7"}).status_code == 302
    assert second.post(page, data=other | {"use_text": "Đã áp dụng"}).status_code == 302
    report = city.report(city.first)
    assert (report.quality_text, report.use_text) == ("Bản thứ nhất", "Đã áp dụng")
    answer = second.post(page, data=other | {"quality_text": "Bản thứ hai", "A2.1-quota": "9"})
    assert answer.status_code == 409
    assert "Bản thứ nhất" in answer.text and fields_of(answer.text)["quality_text"] == "Bản thứ hai"
    assert city.report(city.first).quality_text == "Bản thứ nhất"
    assert second.post(page, data=fields_of(answer.text)).status_code == 302
    assert city.report(city.first).quality_text == "Bản thứ hai"


def test_of_two_submissions_at_the_same_instant_one_counts():
    app = create_app(_settings(make_database(f"lms_twice_{uuid.uuid4().hex[:8]}")))
    with app.app_context():
        city = City().open()
        report_id, account_id = city.report(city.first).id, city.manager.id
        db.session.remove()
    start, told = threading.Barrier(4), []
    use = {"quality": 4, "placed": 1, "promoted": 1, "moved": 0, "departed": 0}

    def send(number):
        content = reports.Content(WRITTEN | {"quality_text": f"Bản {number}"}, {"A2.1": use})
        with app.app_context():
            start.wait()
            try:
                reports.submit(Actor(account_id, None, "x"), report_id, Edit(content.fields()), at=utcnow())
                told.append(f"Bản {number}")
            except DomainError as refused:
                told.append(refused.code)
            db.session.remove()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with app.app_context():
        row = db.session.get(UnitReport, report_id)
        assert sorted(told) == sorted([row.quality_text, "submitted", "submitted", "submitted"])
        assert db.session.scalar(select(func.count()).where(AuditEntry.action == "unit_report.submit")) == 1
        db.session.remove()
        db.engine.dispose()


# -- who may -----------------------------------------------------------------------------------------------------------


def test_only_the_head_of_the_unit_writes_its_report(city, sign_in, write):
    city.open()
    edit, page = city.url(city.first, "/edit"), city.url(city.first)
    for account in (
        make.holder("unit_manager", city.second),
        make.trainee(city.first),
        make.holder("institution_staff"),
        make.holder("home_affairs_officer"),
        make.holder("auditor"),
    ):
        client = sign_in(account)
        assert client.get(edit).status_code == 403
        assert client.get(page).status_code == 403
        assert client.get(f"{page}.pdf").status_code == 403
        assert write(city.first, account).status_code == 403
    assert city.report(city.first).state == "due"
    write(city.first)
    for account in (
        make.holder("unit_manager", city.second),
        make.trainee(city.first),
        make.holder("institution_staff"),
    ):
        assert sign_in(account).get(page).status_code == 403
    for account in (make.holder("auditor"), make.holder("approving_authority"), city.officer):
        assert sign_in(account).get(page).status_code == 200


def test_the_unit_does_not_decide_on_its_own_report(city, sign_in, submit, write):
    city.open()
    write(city.first)
    for act in ("accept", "return"):
        answer = submit(sign_in(city.manager), city.url(city.first, f"/{act}"), {"reason": "x"}, page="/account")
        assert answer.status_code == 403
    assert city.report(city.first).state == "submitted"


def test_a_manager_sees_the_reports_of_her_units_only(city, sign_in):
    city.open()
    html = sign_in(city.manager).get("/reports/units").text
    assert city.first.name in html and city.second.name not in html
    assert "/edit" in html


def test_a_manager_of_many_units_sees_them_page_by_page(city, sign_in, queries):
    department = make.unit(city.root, name="Sở Giáo dục và Đào tạo thử")
    for number in range(70):
        make.unit(department, name=f"Trường số {number:02}", kind="service_unit")
    city.open(levels=["service_unit"])
    client = sign_in(make.holder("unit_manager", department))
    queries.clear()
    first = client.get("/reports/units").text
    assert len(queries) <= 6
    after = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(after).text
    names = [[part[:2] for part in html.split("Trường số ")[1:]] for html in (first, second)]
    assert names[0] + names[1] == [f"{number:02}" for number in range(70)]
    assert client.get("/reports/units?after=x").status_code == 400
    assert client.get("/learn").text.count("Báo cáo năm") == 5, "the most pressing ones only"


# -- after training ----------------------------------------------------------------------------------------------------


def follow_up(enrolment, use, audience="employer", **values):
    form = instruments.for_audience(audience)
    now = utcnow()
    said = {"em-applied": 4, "em-use": use} if use else None
    given = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=80), "answers": said}
    return make.add(
        FollowUp(
            id=uuid.uuid4(), class_id=enrolment.class_id, enrolment_id=enrolment.id, audience=audience,
            instrument_id=form.id, **(given | values),
        )
    )  # fmt: skip


@pytest.mark.parametrize(("answered", "counted"), [(4, False), (5, True)])
def test_what_managers_said_after_training_is_counted_from_five_on(city, sign_in, write, answered, counted):
    city.open()
    for number in range(answered + 1):
        enrolment = make.enrolment(make.class_run(), make.person(city.gone), status="failed")
        follow_up(enrolment, "related" if number < answered else None)
    other = make.enrolment(city.run, make.person(city.second))
    follow_up(other, "moved")
    late = make.enrolment(make.class_run(), make.person(city.first), status="failed")
    follow_up(late, "moved", opens_at=utcnow() + timedelta(days=2))
    db.session.commit()
    assert write(city.first).status_code == 302
    html = sign_in(city.officer).get(city.url(city.first)).text
    assert f"Đã điền {answered} trên {answered + 1} phiếu" in html
    assert (f"Bố trí đúng nội dung được bồi dưỡng: {answered}" in html) == counted
    assert "Dưới năm phiếu" in html or counted


def test_a_text_that_is_converted_is_submitted_when_it_was_to_be(city, sign_in, write):
    """The button that converts says again which button was pressed: a report is submitted, a draft stays one."""
    city.open()
    answer = write(city.first, city.manager, use_text="®Õn muén v× t¾c ®­êng")
    assert answer.status_code == 422 and 'value="submit=1"' in answer.text
    button = {"draft": True, "use_text": "®Õn muén v× t¾c ®­êng"}
    assert 'name="to-unicode"\n    value="1"' in write(city.first, city.manager, **button).text
    write(city.first, city.manager, **button, **{"to-unicode": "1"})
    assert city.report(city.first).state == "draft"
    write(city.first, city.manager, **button, **{"to-unicode": "submit=1"})
    assert city.report(city.first).state == "submitted"
    assert "đến muộn vì tắc đường" in sign_in(city.manager).get(city.url(city.first)).text
