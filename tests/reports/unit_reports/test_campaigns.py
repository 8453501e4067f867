"""Home Affairs opens a year's collection, reminds, extends, closes, and sees who has not reported."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import func, insert, select, text

from lms.core.audit import AuditEntry
from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.core.i18n import ZONE
from lms.people import services as people
from lms.people.models import Unit
from lms.people.sessions import local_day
from lms.reports.unit_reports.models import ReportCampaign, UnitReport, UnitReportCover
from lms.reports.unit_reports.services import duties
from tests import factories as make
from tests.reports.unit_reports.conftest import YEAR

PAGE = f"/reports/campaigns/{YEAR}"
OPENED = {"year": str(YEAR), "levels": ["department"], "quota_from": "2026", "quota_to": "2030"}


def due_in(days):
    return (local_day(utcnow()) + timedelta(days=days)).isoformat()


def audited(action):
    return db.session.scalar(select(func.count()).where(AuditEntry.action == action))


def test_units_of_the_levels_and_those_that_sent_people_report(city, sign_in, submit):
    answer = submit(sign_in(city.officer), "/reports/campaigns/new", OPENED | {"due_on": due_in(20)})
    assert answer.location == PAGE
    units = set(db.session.scalars(select(UnitReport.unit_id)))
    assert {city.first.id, city.second.id, city.ward.id} <= units
    assert not {city.gone.id, city.idle.id, city.root.id} & units
    covers = dict(db.session.execute(select(UnitReportCover.unit_id, UnitReportCover.report_id)).all())
    assert covers[city.gone.id] == covers[city.first.id] == city.report(city.first).id
    assert audited("report_campaign.open") == audited("report_campaign.units") == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"due_on": ""}, "Vui lòng chọn ngày"),
        ({"due_on": "2025-12-31"}, "không thể trước năm báo cáo"),
        ({"year": "1999"}, "Vui lòng nhập năm"),
        ({"quota_from": "2031"}, "không thể kết thúc trước khi bắt đầu"),
        ({"levels": ["moon"]}, "field-error"),
        ({"extra": "1"}, "không thuộc biểu mẫu"),
    ],
)
def test_a_wrong_opening_is_refused_at_its_field(city, sign_in, submit, wrong, words):
    answer = submit(sign_in(city.officer), "/reports/campaigns/new", OPENED | {"due_on": due_in(20)} | wrong)
    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.scalar(select(func.count()).select_from(ReportCampaign)) == 0


def test_a_year_is_collected_once(city, sign_in, submit):
    city.open()
    answer = submit(sign_in(city.officer), "/reports/campaigns/new", OPENED | {"due_on": due_in(20)})
    assert answer.status_code == 422
    assert "đang được thu" in answer.text


def test_who_has_not_reported_is_listed_by_name_and_found_by_level_and_search(city, sign_in, write):
    city.open(levels=["department", "commune"])
    assert write(city.first).status_code == 302
    client = sign_in(city.officer)
    html = client.get(PAGE).text
    assert city.second.name in html and city.ward.name in html and city.idle.name in html
    assert city.first.name not in html
    assert city.ward.name not in client.get(f"{PAGE}?level=department").text
    found = client.get(f"{PAGE}?q=khong+cu").text
    assert city.idle.name in found and city.ward.name not in found
    reported = client.get(f"{PAGE}?show=submitted").text
    assert city.first.name in reported and city.second.name not in reported
    assert "thay cho: Sở đã sáp nhập" in reported
    assert client.get(f"{PAGE}?show=nonsense").status_code == 400
    assert client.get(f"{PAGE}?after=nonsense").status_code == 400
    assert client.get("/reports/campaigns/2024").status_code == 404


def test_three_thousand_units_are_paged_with_few_statements(city, sign_in, queries, session):
    now = date(2020, 1, 1)
    session.execute(
        insert(Unit),
        [
            {"code": f"TH{n:04}", "name": f"Trường Trung học số {n:04}", "kind": "service_unit", "valid_from": now}
            | {"parent_id": city.root.id, "path": f"{city.root.path}{10**9 + n}/", "search_text": f"th{n:04}"}
            for n in range(3_200)
        ],
    )
    city.open(levels=["department", "service_unit"])
    client = sign_in(city.officer)
    url, seen, pages = PAGE, set(), 0
    for _ in range(3):
        queries.clear()
        html = client.get(url).text
        assert len(queries) <= 12
        rows = {part[:8] for part in html.split("Trường Trung học số ")[1:]}
        assert len(rows) >= 97 and not rows & seen
        seen |= rows
        pages += 1
        url = html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert pages == 3
    queries.clear()
    assert client.get(f"{PAGE}/summary").status_code == 200
    assert len(queries) <= 12


# -- reminders ---------------------------------------------------------------------------------------------------------


def scheduled():
    rows = db.session.execute(
        text(
            "SELECT scheduled_at, args FROM procrastinate_jobs WHERE task_name = 'reports.remind_units' "
            "ORDER BY scheduled_at, id"
        )
    )
    return [(row.scheduled_at.astimezone(ZONE), row.args["due_on"]) for row in rows]


def test_reminders_are_planned_before_and_after_the_last_day(city):
    city.open(days=20)
    last = local_day(utcnow()) + timedelta(days=20)
    days = [last + timedelta(days=n) for n in (-14, -3, 1, 14)]
    assert [when for when, _ in scheduled()] == [datetime(d.year, d.month, d.day, 8, tzinfo=ZONE) for d in days]


def test_who_is_missing_is_reminded_on_the_own_pages_and_who_has_reported_is_not(city, sign_in, submit, write):
    city.open()
    write(city.first)
    manager = make.holder("unit_manager", city.second)
    assert "nhắc" not in sign_in(manager).get("/reports/completion").text
    answer = submit(sign_in(city.officer), f"{PAGE}/remind", page=PAGE)
    assert answer.location == PAGE
    for page in ("/learn", "/reports/completion"):
        html = sign_in(manager).get(page).text
        assert "nhắc" in html and city.url(city.second, "/edit") in html
        assert "/edit" not in sign_in(city.manager).get(page).text
    assert (city.report(city.second).reminders, city.report(city.first).reminders) == (1, 0)
    assert "1 lần" in sign_in(city.officer).get(f"{PAGE}?q={city.second.code}").text
    assert audited("report_campaign.remind") == 1


def test_units_for_which_nobody_can_report_are_marked(city, sign_in):
    city.open()
    make.holder("unit_manager", city.second)
    gone = make.holder("unit_manager", city.ward)
    gone.active = False
    db.session.commit()
    html = sign_in(city.officer).get(PAGE).text
    lines = {
        name: next(row for row in html.split("<tr>") if name in row) for name in (city.second.name, city.ward.name)
    }
    assert "chưa có người báo cáo" not in lines[city.second.name]
    assert "chưa có người báo cáo" in lines[city.ward.name]
    make.holder("unit_manager", city.root)
    db.session.commit()
    assert "chưa có người báo cáo" not in sign_in(city.officer).get(PAGE).text


def test_planned_reminders_do_their_work(city, run_jobs):
    city.open()
    assert run_jobs() == 4
    assert city.report(city.second).reminders == 4


def test_a_planned_reminder_of_a_closed_or_moved_campaign_reminds_nobody(city, sign_in, submit, run_jobs):
    city.open()
    submit(sign_in(city.officer), f"{PAGE}/close", page=PAGE)
    run_jobs()
    assert city.report(city.second).reminders == 0
    submit(sign_in(city.officer), f"{PAGE}/extend", {"due_on": due_in(60)}, page=PAGE)
    assert {due for _, due in scheduled()} == {due_in(60)}
    submit(sign_in(city.officer), f"{PAGE}/extend", {"due_on": due_in(90)}, page=PAGE)
    run_jobs()
    assert city.report(city.second).reminders == 4  # of eight, those of the last day moved away do nothing


# -- closing and extending ---------------------------------------------------------------------------------------------


def test_a_closed_campaign_takes_no_report_and_is_open_again_when_extended(city, sign_in, submit, write):
    city.open()
    client = sign_in(city.officer)
    assert submit(client, f"{PAGE}/close", page=PAGE).status_code == 302
    editing = sign_in(city.manager)
    assert editing.get(city.url(city.first, "/edit")).status_code == 302
    assert "Đợt thu báo cáo đã đóng" in editing.get("/reports/units").text
    assert "/edit" not in editing.get("/learn").text
    answer = write(city.first)
    assert answer.status_code == 409 and "Chương trình sát với công việc." in answer.text, "what was typed is not lost"
    assert city.report(city.first).state == "due"
    assert submit(client, f"{PAGE}/remind", page=PAGE).status_code == 409
    assert city.report(city.first).reminders == 0
    assert submit(client, f"{PAGE}/extend", {"due_on": due_in(5)}, page=PAGE).status_code == 302
    write(city.first)
    assert city.report(city.first).state == "submitted"
    assert audited("report_campaign.close") == audited("report_campaign.extend") == 1


def test_a_deadline_is_not_moved_into_the_past(city, sign_in, submit):
    city.open(days=5)
    client = sign_in(city.officer)
    answer = submit(client, f"{PAGE}/extend", {"due_on": due_in(-1)}, page=PAGE)
    assert answer.status_code == 422 and "không thể ở trong quá khứ" in answer.text
    assert submit(client, f"{PAGE}/extend", {"due_on": "hôm qua"}, page=PAGE).status_code == 422
    assert db.session.get(ReportCampaign, YEAR).due_on.isoformat() == due_in(5)


# -- units that change meanwhile ---------------------------------------------------------------------------------------


def test_a_unit_abolished_meanwhile_is_reported_by_its_successor(city, sign_in, submit, write):
    city.open()
    write(city.ward, draft=True, A21_in_placed="1", A21_in_promoted="0")
    now = utcnow()
    people.succeed(SYSTEM, city.ward.id, [city.idle.id], on=local_day(now), document=None, at=now)
    answer = submit(sign_in(city.officer), f"{PAGE}/update", page=PAGE)
    assert answer.location == PAGE
    assert db.session.scalar(select(UnitReport).where(UnitReport.unit_id == city.ward.id)) is None
    assert db.session.get(UnitReportCover, (YEAR, city.ward.id)).report_id == city.report(city.idle).id
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "unit_report.hand_over"))
    assert entry.before["quality_text"] == "Chương trình sát với công việc."
    assert "Ủy ban nhân dân phường thử" in sign_in(make.holder("unit_manager", city.idle)).get(city.url(city.idle)).text


def test_a_report_already_submitted_keeps_whom_it_is_about(city, write):
    city.open()
    write(city.ward, A21_in_placed="1", A21_in_promoted="0")
    now = utcnow()
    people.succeed(SYSTEM, city.ward.id, [city.second.id], on=local_day(now), document=None, at=now)
    duties.bring_up_to_date(SYSTEM, YEAR, at=now)
    assert db.session.get(UnitReportCover, (YEAR, city.ward.id)).report_id == city.report(city.ward).id


def test_a_unit_that_sends_people_later_is_taken_in_once(city):
    city.open()
    make.enrolment(city.run, make.person(city.idle))
    db.session.commit()
    assert duties.bring_up_to_date(SYSTEM, YEAR, at=utcnow()) == 1
    assert duties.bring_up_to_date(SYSTEM, YEAR, at=utcnow()) == 0
    assert city.report(city.idle).state == "due"


def test_a_unit_abolished_without_a_successor_is_named(city, sign_in):
    lost = make.unit(city.root, name="Trung tâm đã giải thể", kind="service_unit", valid_to=date(YEAR, 2, 1))
    make.enrolment(city.run, make.person(lost), status="completed")
    city.open()
    assert "Trung tâm đã giải thể" in sign_in(city.officer).get(PAGE).text
    assert "Trung tâm đã giải thể" not in sign_in(city.officer).get(f"{PAGE}?show=all").text.split('id="units"')[1]


# -- who may -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["unit_manager", "institution_staff", "lecturer", "finance_reader"])
def test_others_do_not_see_the_collection(city, sign_in, role):
    city.open()
    client = sign_in(make.holder(role, city.first))
    for page in ("/reports/campaigns", PAGE, f"{PAGE}/summary", f"{PAGE}/summary.pdf", f"{PAGE}/summary.xlsx"):
        assert client.get(page).status_code == 403


def test_an_officer_of_one_unit_does_not_collect_for_the_city(city, sign_in, submit):
    city.open()
    client = sign_in(make.holder("home_affairs_officer", city.first))
    assert client.get(PAGE).status_code == 403
    assert submit(client, f"{PAGE}/close", page="/account").status_code == 403
    assert db.session.get(ReportCampaign, YEAR).closed_at is None


def test_the_peoples_committee_reads_but_does_not_collect(city, sign_in, submit):
    city.open()
    client = sign_in(make.holder("approving_authority"))
    assert "Nhắc" not in client.get(PAGE).text.split("<main")[1]
    assert client.get(f"{PAGE}/summary").status_code == 200
    assert client.get("/reports/campaigns/new").status_code == 403
    for act in ("remind", "close", "extend", "update"):
        assert submit(client, f"{PAGE}/{act}", page="/account").status_code == 403


def test_no_campaign_no_act(city, sign_in, submit):
    client = sign_in(city.officer)
    for act in ("remind", "close", "update"):
        assert submit(client, f"/reports/campaigns/2031/{act}", page="/account").status_code == 404
    assert "Chưa có đợt thu báo cáo nào" in client.get("/reports/campaigns").text
    assert sign_in(city.manager).get(f"/reports/units/{uuid4()}").status_code == 404


def test_the_day_counts_in_hanoi(city, write):
    with time_machine.travel(datetime(2026, 12, 1, 3, tzinfo=ZONE), tick=False):
        city.open(days=0)
    with time_machine.travel(datetime(2026, 12, 1, 23, 59, tzinfo=ZONE), tick=False):
        write(city.first)
    with time_machine.travel(datetime(2026, 12, 2, 0, 1, tzinfo=ZONE), tick=False):
        write(city.ward, A21_in_placed="1", A21_in_promoted="0")
    assert db.session.scalar(select(func.count()).where(UnitReport.state == "submitted")) == 2
    from lms.reports.unit_reports.queries import campaigns

    late = {row.unit for row in campaigns.units(YEAR, "late", None, "")}
    assert late == {city.ward.name}
